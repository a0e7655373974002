// What the monitors of one epoch share: the configuration in force and the owners that outlive it.
#pragma once
#include <memory>

#include "agent/app/log.hpp"
#include "agent/app/store.hpp"
#include "agent/app/wake.hpp"
#include "agent/config/config.hpp"
#include "agent/model/policy.hpp"
#include "agent/rules/query_ceiling.hpp"
#include "agent/sources/directory_watch.hpp"

namespace app {

struct Context {
  Store& store;
  Log& log;
  sources::DirectoryWatch& watch;
  News& news;  ///< a secret changed, or a sweep of the names ended
  config::Config config;
  model::Policy policy;
  std::shared_ptr<rules::QueryCeiling> questions;  ///< put to DNS servers, by all of them together
};
using ContextRef = std::shared_ptr<const Context>;

}  // namespace app
