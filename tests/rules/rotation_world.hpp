// Three regions that replace their CAs: each holds, serves and trusts by itself, and what one sees of another follows
// from the values.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agent/rules/judge.hpp"
#include "tests/rules/wire_world.hpp"

namespace rotation_world {

using namespace wire_world;

inline const auto rotation_day = day(50);

inline Minted ca_from(std::string name, int from) {
  return Recipe{std::move(name)}.ca().valid(day(from), day(from + 3650)).self_signed();
}

struct Region {
  std::string name;
  std::vector<Minted> server_ca, client_ca, server_ca_before, client_ca_before;
  Minted server, client;
  std::vector<Minted> server_before;
  std::string client_issuer;  ///< fingerprint

  void trust_server(std::vector<Minted> anchors) { server_ca_before = std::exchange(server_ca, std::move(anchors)); }
  void trust_client(std::vector<Minted> anchors) { client_ca_before = std::exchange(client_ca, std::move(anchors)); }
  void issue_server(const Minted& issuer, int from) {
    if (server.x509) server_before = {server};
    server = Recipe{name}.dns({name + "-node.example"}).valid(day(from), day(from + 90)).issued_by(issuer);
  }
  void issue_client(const Minted& issuer, int from) {
    client = Recipe{"streaming_replica"}.client().valid(day(from), day(from + 90)).issued_by(issuer);
    client_issuer = ca_bundle({issuer})->anchors.front()->fingerprint_sha256;
  }
};

struct Regions {
  Minted old_ca = ca_from("ca", 0), new_ca = ca_from("ca", 49);
  Minted old_client_ca = ca_from("client-ca", 0), new_client_ca = ca_from("client-ca", 49);
  std::array<Region, 3> all{};

  Regions() {
    constexpr std::array names{"a-1", "b-1", "c-1"};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].name = names[i];
      all[i].server_ca = {old_ca};
      all[i].client_ca = {old_client_ca};
      all[i].issue_server(old_ca, 1);
      all[i].issue_client(old_client_ca, 1);
    }
  }

  /// What `region` meets at `other`.
  static model::ProbeResult meet(const Region& region, const Region& other, std::string address) {
    auto result = fine(chain({other.server}), rotation_day, std::move(address));
    const auto trusted = ca_bundle(other.client_ca)->anchors;
    const bool known = std::any_of(trusted.begin(), trusted.end(), [&](const auto& anchor) {
      return anchor->fingerprint_sha256 == region.client_issuer;
    });
    if (!known) {
      result.exchange.end = model::WireEnd::alert;
      result.exchange.alert = 48;
    }
    return result;
  }

  [[nodiscard]] model::Snapshot snapshot_of(const Region& region) const {
    using model::SecretRole;
    const auto before = [](const std::vector<Minted>& anchors, SecretRole role) {
      return anchors.empty() ? nullptr : ca_bundle(anchors, role);
    };
    model::Snapshot snapshot;
    snapshot.started_at = rotation_day;
    snapshot.config.loaded = true;
    snapshot.secrets = {secret(leaf_bundle(region.server),
                               region.server_before.empty() ? nullptr : leaf_bundle(region.server_before.front())),
                        secret(ca_bundle(region.server_ca), before(region.server_ca_before, SecretRole::server_ca)),
                        secret(leaf_bundle(region.client, SecretRole::client)),
                        secret(ca_bundle(region.client_ca, SecretRole::client_ca),
                               before(region.client_ca_before, SecretRole::client_ca))};
    const auto add = [&](model::ProbeTarget target, model::ProbeResult result) {
      model::ProbeObservation seen;
      seen.target = std::move(target);
      seen.last_probe = rotation_day;
      const auto address = result.exchange.address;
      seen.addresses = {{address, ref(std::move(result)), nullptr, 0, nullptr}};
      snapshot.probes.push_back(std::make_shared<const model::ProbeObservation>(std::move(seen)));
    };
    add(self(), meet(region, region, "127.0.0.1"));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name == region.name) continue;
      add(peer(all[i].name + "-node.example"), meet(region, all[i], "10.0.0." + std::to_string(i + 1)));
    }
    return snapshot;
  }

  [[nodiscard]] model::Verdict verdict_of(const Region& region) const {
    return rules::judge({}, snapshot_of(region), {}, {rotation_day, std::chrono::hours{1}});
  }

  /// "a-1 ca-rotation-order b-1-node.example:5432" of every region, those about CAs and peers only.
  [[nodiscard]] std::vector<std::string> troubles() const {
    std::vector<std::string> found;
    for (const auto& region : all) {
      for (const auto& finding : verdict_of(region).findings)
        found.push_back(region.name + " " + std::string(model::name(finding.code)) + " " + finding.subject);
    }
    std::sort(found.begin(), found.end());
    return found;
  }
};

}  // namespace rotation_world
