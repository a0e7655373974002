// A node with its Secrets and probes, judged anew after each round.
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/rules/judge.hpp"
#include "agent/rules/observe.hpp"
#include "tests/rules/wire_world.hpp"

namespace wire_world {

using namespace std::chrono_literals;
using model::ProbeResult;

inline constexpr auto start = day(10);

struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  Minted own = Recipe{"a-1"}.dns({"a-1-node.example"}).issued_by(root);
  std::vector<model::CertificateRef> b1 = chain({Recipe{"b-1"}.dns({"b-1-node.example"}).serial(0xb1).issued_by(root)});
  std::vector<model::CertificateRef> b1_renewed =
      chain({Recipe{"b-1"}.dns({"b-1-node.example"}).serial(0xb2).valid(day(5), day(95)).issued_by(root)});
  std::vector<model::CertificateRef> expired = chain({Recipe{"b-1"}.lives(24h).issued_by(root)});
  model::Snapshot snapshot;
  model::Policy policy;
  model::Verdict verdict;
  std::chrono::nanoseconds uptime = 1h;

  World() {
    snapshot.started_at = start - 1h;
    snapshot.config.loaded = true;
    snapshot.secrets = {secret(leaf_bundle(own)), secret(ca_bundle({root}))};
  }
  void round(const model::ProbeTarget& target, std::vector<ProbeResult> results, common::WallTime at = start) {
    std::vector<std::string> addresses;
    std::vector<model::ProbeResultRef> refs;
    for (auto& result : results) {
      addresses.push_back(result.exchange.address);
      refs.push_back(ref(std::move(result)));
    }
    const auto known = std::find_if(snapshot.probes.begin(), snapshot.probes.end(),
                                    [&](const auto& probe) { return probe->target == target; });
    model::ProbeObservation before;
    before.target = target;
    if (known != snapshot.probes.end()) before = **known;
    auto next = std::make_shared<const model::ProbeObservation>(rules::observe(before, addresses, refs, at));
    if (known != snapshot.probes.end())
      *known = next;
    else
      snapshot.probes.push_back(next);
  }
  const model::Verdict& judge(common::WallTime now = start) {
    verdict = rules::judge(verdict, snapshot, policy, {now, uptime});
    return verdict;
  }
  [[nodiscard]] const model::Finding* find(model::Code code) const {
    for (const auto& finding : verdict.findings) {
      if (finding.code == code) return &finding;
    }
    return nullptr;
  }
};

}  // namespace wire_world
