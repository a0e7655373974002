// Names and secrets of the hand-made worlds.
#include "world.hpp"
#include "world_parts.hpp"

namespace support {

using namespace std::chrono_literals;
using model::DnsStatus;
using model::NameRole;

model::CertificateRef certificate(model::Position position, int index, const char* subject, const char* issuer,
                                  const char* not_before, const char* not_after) {
  model::Certificate facts;
  facts.position = position;
  facts.index = index;
  facts.subject = subject;
  facts.issuer = issuer;
  facts.serial = "1f0" + std::to_string(index);
  facts.fingerprint_sha256 = std::string(60, 'a' + static_cast<char>(position)) + "000" + std::to_string(index);
  facts.not_before = instant(not_before);
  facts.not_after = instant(not_after);
  facts.is_ca = position != model::Position::leaf;
  facts.self_issued = facts.subject == facts.issuer;
  facts.key = "EC P-256";
  facts.signature = "ecdsa-with-SHA256";
  return std::make_shared<const model::Certificate>(facts);
}

model::FamilyAnswer answer(DnsStatus status, std::vector<model::Address> addresses) {
  return {status, std::move(addresses), {}};
}

model::NameObservation name(const Seen& seen, model::FamilyAnswer ipv4, model::FamilyAnswer ipv6) {
  model::NameObservation observed;
  observed.name = {seen.fqdn, seen.role, seen.role == NameRole::extra ? "" : "region-a", seen.node, seen.own};
  observed.first_seen = instant("2026-02-26T12:00:05Z");
  observed.last_lookup = noon() - 8s;
  observed.last = model::Lookup{std::move(ipv4), std::move(ipv6), "", {}, std::nullopt, 1800us};
  if (observed.last->resolved()) {
    observed.last->answered_as = seen.fqdn;
    observed.last_success = observed.last_lookup;
  }
  observed.up = seen.up;
  return observed;
}

std::vector<model::ServerAnswer> server_answers(const model::NameObservation& observed) {
  const std::string& fqdn = observed.name.fqdn;
  model::Lookup first = *observed.last;
  first.answered_as = first.resolved() ? fqdn : "";
  first.duration = 2'400us;
  first.queries = {{fqdn, model::Family::ipv4, "10.96.0.10:53", first.ipv4.status, 1'200us, false},
                   {fqdn, model::Family::ipv6, "10.96.0.10:53", first.ipv6.status, 900us, true}};
  model::Lookup second;
  second.ipv4 = answer(DnsStatus::noerror, {{"192.0.2.80", 300s}, {"192.0.2.81", 300s}});
  second.ipv6 = answer(DnsStatus::nodata);
  second.ipv4.cnames = {"wildcard.corp.example", "parking.corp.example"};
  second.answered_as = fqdn + ".corp.example";
  second.duration = 1s;
  for (const auto& [asked, status] : {std::pair{fqdn, DnsStatus::timeout}, {second.answered_as, DnsStatus::noerror}}) {
    for (const auto family : model::all_families)
      second.queries.push_back({asked, family, "[fd00::a]:5353", status, 1'500us, false});
  }
  return {{"10.96.0.10:53", first}, {"[fd00::a]:5353", second}};
}

std::vector<std::shared_ptr<const model::NameObservation>> rich_names() {
  std::vector<model::NameObservation> all;
  const auto nodata = answer(DnsStatus::nodata);
  all.push_back(name({"region-a-1-node.pgd.svc.cluster.local", NameRole::node, "region-a-1", true},
                     answer(DnsStatus::noerror, {{"10.1.0.11", 30s}}), nodata));
  all.push_back(name({"region-a-2-node.pgd.svc.cluster.local", NameRole::node, "region-a-2"},
                     answer(DnsStatus::noerror, {{"10.1.0.12", 30s}}), answer(DnsStatus::noerror, {{"fd00::12", 5s}})));
  all.back().address_changes = 3;
  all.push_back(name({"region-a-3-node.pgd.svc.cluster.local", NameRole::node, "region-a-3", false, false},
                     answer(DnsStatus::nxdomain), answer(DnsStatus::nxdomain)));
  all.back().failures = 5;
  all.back().truth = std::make_shared<const model::Truth>(model::Truth{noon() - 30s, server_answers(all.back())});
  all.back().last_success = noon() - 2h;
  all.push_back(name({"region-a-group.pgd.svc.cluster.local", NameRole::group, "", true},
                     answer(DnsStatus::noerror, {{"10.1.0.11", 30s}, {"10.1.0.12", 25s}, {"10.1.0.13", 30s}}), nodata));
  all.push_back(name({"region-a-proxy-r.pgd.svc.cluster.local", NameRole::proxy_read}, answer(DnsStatus::timeout),
                     answer(DnsStatus::timeout)));
  all.back().failures = 1;
  all.back().last_success = noon() - 40s;
  all.push_back(name({"region-a-proxy.pgd.svc.cluster.local", NameRole::proxy, "", true},
                     answer(DnsStatus::noerror, {{"10.1.9.1", 30s}}), answer(DnsStatus::servfail)));
  all.push_back(name({"region-b-group.example.com", NameRole::discovery},
                     answer(DnsStatus::noerror, {{"192.0.2.7", 300s}}), nodata));
  all.back().name.target_group = "";
  all.back().last->ipv4 = answer(DnsStatus::nxdomain);
  all.back().last->hosts = {"192.0.2.7"};
  all.push_back(name({"under_score\"quoted<b>.example.com", NameRole::extra, "", false, false}, {}, {}));
  all.back().last.reset();
  all.back().invalid = "a label holds \"<\", which no host name may";
  all.push_back(name({"vault.example.com", NameRole::extra, "", false, false}, {}, {}));
  all.back().last.reset();
  std::vector<std::shared_ptr<const model::NameObservation>> names;
  for (const auto& observed : all) names.push_back(std::make_shared<const model::NameObservation>(observed));
  return names;
}

namespace {

model::CertificateRef with_names(const model::CertificateRef& from, std::vector<std::string> dns,
                                 std::vector<std::string> ips = {}) {
  model::Certificate facts = *from;
  facts.dns_names = std::move(dns);
  facts.ip_addresses = std::move(ips);
  return std::make_shared<const model::Certificate>(facts);
}

struct Read {
  model::SecretRole role;
  const char* directory;
  std::vector<model::CertificateRef> chain = {};
  std::vector<model::CertificateRef> anchors = {};
  model::KeyState key = model::KeyState::absent;
};

model::SecretObservation secret(Read read) {
  model::Bundle bundle;
  bundle.role = read.role;
  bundle.directory = read.directory;
  bundle.chain = std::move(read.chain);
  bundle.anchors = std::move(read.anchors);
  bundle.key = read.key;
  bundle.generation = "..2026_02_26_12_00_00.1234567";
  model::SecretObservation observed;
  observed.role = read.role;
  observed.directory = read.directory;
  observed.bundle = std::make_shared<const model::Bundle>(bundle);
  observed.last_read = noon() - 12s;
  observed.watch_active = true;
  return observed;
}

model::SecretObservation written_to(model::SecretObservation observed) {
  model::Bundle bundle = *observed.bundle;
  bundle.source = observed.source = model::Source::written;
  bundle.generation.clear();
  bundle.rotatable = false;
  observed.bundle = std::make_shared<const model::Bundle>(bundle);
  return observed;
}

using Secrets = std::vector<std::shared_ptr<const model::SecretObservation>>;

}  // namespace

std::vector<std::shared_ptr<const model::SecretObservation>> rich_secrets() {
  using model::Position;
  using model::SecretRole;
  const auto leaf = with_names(certificate(Position::leaf, 0, "CN=region-a-1-node", "CN=PGD issuing CA",
                                           "2025-12-08T12:00:00Z", "2026-03-08T12:00:00Z"),
                               {"region-a-1-node.pgd.svc.cluster.local", "region-a-group.pgd.svc.cluster.local",
                                "region-a-proxy.pgd.svc.cluster.local"},
                               {"10.1.0.11"});
  const auto issuing = certificate(Position::intermediate, 1, "CN=PGD issuing CA", "CN=PGD root CA,O=Example",
                                   "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
  const auto root = certificate(Position::anchor, 0, "CN=PGD root CA,O=Example", "CN=PGD root CA,O=Example",
                                "2024-01-01T00:00:00Z", "2034-01-01T00:00:00Z");
  const auto old_root =
      certificate(Position::anchor, 1, "CN=Old \"root\" & <sons>\\2C Ünïcode", "CN=Old \"root\" & <sons>\\2C Ünïcode",
                  "2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
  const auto client = certificate(Position::leaf, 0, "CN=streaming_replica", "CN=PGD client CA", "2026-01-15T00:00:00Z",
                                  "2026-04-15T00:00:00Z");

  auto server =
      secret({SecretRole::server, "/etc/pgd-agent/server", {leaf, issuing}, {root}, model::KeyState::matches});
  server.last_rotation = noon() - 83 * 24h;
  server.rotations = {4, 1};
  auto server_ca = secret({SecretRole::server_ca, "/etc/pgd-agent/server-ca", {}, {root, old_root}});
  auto client_leaf = secret({SecretRole::client, "/etc/pgd-agent/client", {client}, {}, model::KeyState::mismatch});
  client_leaf.watch_active = false;
  client_leaf.watch_problem = "inotify_add_watch: No space left on device";
  client_leaf.last_rotation = noon() - 25s;
  client_leaf.rotations = {0, 2};
  client_leaf.mismatch_since = noon() - 25s;
  client_leaf.mismatch_reads = 3;
  auto client_ca = secret({SecretRole::client_ca, "/etc/pgd-agent/client-ca"});
  client_ca.read_errors[static_cast<std::size_t>(model::ReadError::missing)] = 17;
  // What Postgres was given: the same, but for the client's last rotation; nothing yet of the client CA.
  const auto before = certificate(Position::leaf, 0, "CN=streaming_replica", "CN=PGD client CA", "2025-12-15T00:00:00Z",
                                  "2026-03-15T00:00:00Z");
  const char* given = "/controller/certificates";
  const auto written = [&](SecretRole role, std::vector<model::CertificateRef> chain,
                           std::vector<model::CertificateRef> anchors, model::KeyState key) {
    return written_to(secret({role, given, std::move(chain), std::move(anchors), key}));
  };
  auto written_server = written(SecretRole::server, {leaf, issuing}, {}, model::KeyState::matches);
  written_server.rotations = {7, 0};  // never to be mistaken for the mounted one's
  written_server.last_rotation = noon() - 82 * 24h;
  written_server.read_errors[static_cast<std::size_t>(model::ReadError::io)] = 99;
  const auto written_ca = written(SecretRole::server_ca, {}, {root}, model::KeyState::absent);
  const auto written_client = written(SecretRole::client, {before}, {}, model::KeyState::matches);
  const auto written_client_ca = written(SecretRole::client_ca, {}, {}, model::KeyState::absent);
  Secrets secrets;
  for (const auto& observed :
       {server, server_ca, client_leaf, client_ca, written_server, written_ca, written_client, written_client_ca})
    secrets.push_back(std::make_shared<const model::SecretObservation>(observed));
  return secrets;
}

}  // namespace support
