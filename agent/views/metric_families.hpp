// Metric families of prometheus-cpp under construction, for the metrics_*.cpp files alone: what a sample is, and how
// families become text. Label values are made printable, so that one odd byte in a certificate can't spoil a whole
// scrape.
#pragma once
#include <prometheus/metric_family.h>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"

namespace views {

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// An empty family; `help` is one sentence without backslash or line end.
prometheus::MetricFamily gauge(std::string_view name, std::string_view help);
prometheus::MetricFamily counter(std::string_view name, std::string_view help);
prometheus::MetricFamily histogram(std::string_view name, std::string_view help);

/// One series of a gauge or a counter.
void add(prometheus::MetricFamily& family, double value, Labels labels = {});
void add(prometheus::MetricFamily& family, common::WallTime time, Labels labels = {});

/// `counts[i]` is what fell in (bounds[i-1], bounds[i]], the last what is above them all.
void add_histogram(prometheus::MetricFamily& family, const double* bounds, const std::uint64_t* counts,
                   std::size_t size, double sum, Labels labels);
template <std::size_t N>
void add(prometheus::MetricFamily& family, const std::array<double, N>& bounds, const model::Histogram<N>& observed,
         Labels labels = {}) {
  add_histogram(family, bounds.data(), observed.counts.data(), N, observed.sum, labels);
}

/// Moves the families to the end of `all`; one without a series is left out, so that HELP never stands alone.
void append(Families& all, std::initializer_list<prometheus::MetricFamily*> families);

/// The text exposition of the families.
std::string exposition(const Families& families);

/// What well-behaved clients are answered on a counted path, from 0; other pairs (405 of any) appear when first seen.
using PossibleAnswer = std::pair<std::string_view, int>;

// The parts that the sidecar and the webhook share.
void build_metrics(const model::BuildInfo& build, Families& all);
void request_metrics(const model::Runtime& runtime, std::span<const PossibleAnswer> possible, Families& all);
void process_metrics(const model::ProcessFacts& process, Families& all);

// The parts of metrics().
void agent_metrics(const model::World& world, const model::BuildInfo& build, Families& all);
void dns_metrics(const model::Snapshot& snapshot, Families& all);
void secret_metrics(const model::Snapshot& snapshot, Families& all);
void certificate_metrics(const model::World& world, Families& all);
void probe_metrics(const model::World& world, Families& all);

}  // namespace views
