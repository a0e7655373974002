// A lookup driven by a world that answers each question, for tests of rules/lookup.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "agent/rules/lookup.hpp"

using model::DnsStatus;
using model::Family;
using rules::Ask;
using rules::LookupMachine;
using enum model::DnsStatus;
using Texts = std::vector<std::string>;

inline model::ResolverConfig config_of(std::size_t servers, std::vector<std::string> search = {}, int ndots = 1,
                                       int attempts = 1) {
  model::ResolverConfig config;
  for (std::size_t i = 0; i < servers; ++i) config.servers.push_back({"10.0.0." + std::to_string(i + 1)});
  config.search = std::move(search);
  config.ndots = ndots;
  config.attempts = attempts;
  return config;
}

inline model::DnsReply reply_of(DnsStatus status, Texts addresses = {}) {
  model::DnsReply reply;
  reply.status = status;
  for (auto& text : addresses) reply.addresses.push_back({text, std::chrono::seconds{30}});
  return reply;
}

/// "4 name @0": what a test compares asks by.
inline std::string text_of(const Ask& ask) {
  return std::string(ask.family == Family::ipv4 ? "4 " : "6 ") + ask.name + " @" + std::to_string(ask.server);
}

struct Run {
  Texts asked;
  model::Lookup lookup;
};

/// Drives a lookup with a world that answers each ask; unknown asks fail the test.
inline Run run(const std::string& name, const model::ResolverConfig& config,
               const std::function<model::DnsReply(const Ask&)>& world, std::size_t offset = 0) {
  Run run;
  LookupMachine machine(name, config, offset);
  std::vector<Ask> open = machine.start();
  while (!machine.done()) {
    REQUIRE_FALSE(open.empty());
    const Ask ask = open.front();
    open.erase(open.begin());
    run.asked.push_back(text_of(ask));
    REQUIRE(run.asked.size() < 200);
    for (auto& next : machine.resume(ask, world(ask))) open.push_back(next);
  }
  CHECK(open.empty());
  run.lookup = machine.result();
  return run;
}

inline std::function<model::DnsReply(const Ask&)> always(DnsStatus status) {
  return [status](const Ask&) { return reply_of(status); };
}
