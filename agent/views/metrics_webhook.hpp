// The webhook's facts as Prometheus text exposition; docs/metrics.md lists them in a table of their own.
#pragma once
#include <string>

#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/webhook.hpp"

namespace views {

/// Of `runtime`, what a program without monitors has: process, requests served, log lines dropped.
std::string webhook_metrics(const model::Webhook& webhook, const model::BuildInfo& build,
                            const model::Runtime& runtime);

}  // namespace views
