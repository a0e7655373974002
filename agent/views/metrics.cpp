#include "agent/views/metrics.hpp"

#include <prometheus/text_serializer.h>

#include "agent/views/metric_families.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

prometheus::MetricFamily family_of(prometheus::MetricType type, std::string_view name, std::string_view help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

prometheus::ClientMetric& series(prometheus::MetricFamily& family, Labels labels) {
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels) metric.label.push_back({std::string(name), printable(value)});
  return metric;
}

}  // namespace

prometheus::MetricFamily gauge(std::string_view name, std::string_view help) {
  return family_of(prometheus::MetricType::Gauge, name, help);
}

prometheus::MetricFamily counter(std::string_view name, std::string_view help) {
  return family_of(prometheus::MetricType::Counter, name, help);
}

prometheus::MetricFamily histogram(std::string_view name, std::string_view help) {
  return family_of(prometheus::MetricType::Histogram, name, help);
}

void add(prometheus::MetricFamily& family, double value, Labels labels) {
  prometheus::ClientMetric& metric = series(family, labels);
  (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

void add(prometheus::MetricFamily& family, common::WallTime time, Labels labels) {
  add(family, common::unix_seconds(time), labels);
}

void add_histogram(prometheus::MetricFamily& family, const double* bounds, const std::uint64_t* counts,
                   std::size_t size, double sum, Labels labels) {
  prometheus::ClientMetric::Histogram& histogram = series(family, labels).histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < size; ++i) {
    cumulative += counts[i];
    histogram.bucket.push_back({cumulative, bounds[i]});
  }
  histogram.sample_count = cumulative + counts[size];  // the serializer adds the +Inf bucket
  histogram.sample_sum = sum;
}

void append(Families& all, std::initializer_list<prometheus::MetricFamily*> families) {
  for (prometheus::MetricFamily* family : families) {
    if (!family->metric.empty()) all.push_back(std::move(*family));
  }
}

std::string exposition(const Families& families) { return prometheus::TextSerializer().Serialize(families); }

std::string metrics(const model::World& world, const model::BuildInfo& build) {
  Families all;
  agent_metrics(world, build, all);
  const model::Snapshot nothing;
  const model::Snapshot& snapshot = world.snapshot ? *world.snapshot : nothing;
  dns_metrics(snapshot, all);
  certificate_metrics(world, all);
  secret_metrics(snapshot, all);
  probe_metrics(world, all);
  return exposition(all);
}

}  // namespace views
