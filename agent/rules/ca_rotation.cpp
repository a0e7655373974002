#include "agent/rules/ca_rotation.hpp"

#include <algorithm>
#include <tuple>

#include "agent/rules/chain.hpp"
#include "agent/rules/facts.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/probe_answer.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::CertificateRef;
using model::Code;
using model::Purpose;
using model::Rehearsal;
using model::SecretRole;

const Certificate* leaf_of(const std::vector<CertificateRef>& chain) {
  return chain.empty() || chain.front()->position != model::Position::leaf ? nullptr : chain.front().get();
}

ChainVerdict verdict_of(const std::vector<CertificateRef>& chain, const std::vector<CertificateRef>& anchors,
                        Purpose purpose, common::WallTime now) {
  return judge_chain({chain, anchors, {}, purpose, second_of(now)});
}

/// The issuer is one that the file does not hold, or holds with another key. What else breaks a chain has nothing to do
/// with the order of a rotation.
bool issuer_is_unknown(const ChainVerdict& verdict) {
  if (!verdict.trouble) return false;
  if (verdict.trouble->code == Code::ca_key_changed) return true;
  return verdict.trouble->code == Code::untrusted && !verdict.anchor();
}

/// Why the chain fails under the anchors, in a sentence; "" where it holds.
std::string why_not(const std::vector<CertificateRef>& chain, const std::vector<CertificateRef>& anchors,
                    Purpose purpose, common::WallTime now) {
  if (anchors.empty()) return "The file holds no CA certificate.";
  const auto verdict = verdict_of(chain, anchors, purpose, now);
  if (verdict.trouble) return verdict.trouble->message;
  if (!verdict.wrong_purpose.empty())
    return subject_of(*verdict.wrong_purpose.front()) + " may not issue certificates of that purpose.";
  if (verdict.anchor_is_no_ca) return subject_of(*verdict.anchor()) + " is not a CA.";
  const bool server = purpose == Purpose::server;
  const bool allowed =
      X509_check_purpose(chain.front()->x509.get(), server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT, 0) == 1;
  common::clear_errors();
  if (allowed) return "";
  return subject_of(*chain.front()) + " may not be used as a " + (server ? "server" : "client") + " certificate.";
}

class Rehearsing {
 public:
  Rehearsing(const model::Snapshot& snapshot, const std::vector<CertificateRef>& next, common::WallTime now,
             std::optional<Purpose> only)
      : snapshot_(snapshot), next_(next), now_(now), only_(only) {}

  [[nodiscard]] const model::Bundle* mounted(SecretRole role) const {
    for (const auto& secret : snapshot_.secrets) {
      if (secret->role == role && secret->source == model::Source::mounted) return secret->bundle.get();
    }
    return nullptr;
  }

  void add(std::string who, const std::vector<CertificateRef>& chain, Purpose purpose) {
    if (!leaf_of(chain) || (only_ && *only_ != purpose)) return;
    const auto* ca = mounted(purpose == Purpose::server ? SecretRole::server_ca : SecretRole::client_ca);
    Rehearsal line;
    line.who = std::move(who);
    line.holds_now = ca && why_not(chain, ca->anchors, purpose, now_).empty();
    line.why = why_not(chain, next_, purpose, now_);
    line.holds_next = line.why.empty();
    if (!line.holds_next) line.step = step(line.holds_now, purpose);
    lines_.push_back(std::move(line));
  }

  std::vector<Rehearsal> take() {
    const auto key = [](const Rehearsal& line) { return std::tie(line.who, line.why); };
    std::sort(lines_.begin(), lines_.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return std::move(lines_);
  }

 private:
  static std::string step(bool holds_now, Purpose purpose) {
    if (!holds_now) return "Add the CA that issued it to the file, or replace the certificate, before anything else.";
    const std::string verb = purpose == Purpose::server ? "served" : "in use";
    return "Keep the present CA in the file beside the new one until a certificate of the new one is " + verb +
           " there: steps 3 and 4 come before step 5.";
  }

  const model::Snapshot& snapshot_;
  const std::vector<CertificateRef>& next_;
  const common::WallTime now_;
  const std::optional<Purpose> only_;
  std::vector<Rehearsal> lines_;
};

}  // namespace

SkippedStep skipped_step(const std::vector<CertificateRef>& chain, const std::vector<CertificateRef>& anchors,
                         const std::vector<CertificateRef>& before, Purpose purpose, common::WallTime now) {
  const auto* leaf = leaf_of(chain);
  if (!leaf || anchors.empty()) return SkippedStep::none;
  if (!issuer_is_unknown(verdict_of(chain, anchors, purpose, now))) return SkippedStep::none;
  if (!before.empty() && !verdict_of(chain, before, purpose, now).trouble) return SkippedStep::replace_all_leaves;
  const bool older =
      std::all_of(anchors.begin(), anchors.end(), [&](const auto& one) { return leaf->not_before < one->not_before; });
  // The CA it came from was never seen here, so if there was one it went before what is known of.
  return older ? SkippedStep::replace_all_leaves : SkippedStep::add_everywhere;
}

std::vector<Rehearsal> rehearse(const model::Snapshot& snapshot, const std::vector<CertificateRef>& next,
                                common::WallTime now, std::optional<Purpose> only) {
  Rehearsing rehearsing{snapshot, next, now, only};
  for (const auto& probe : snapshot.probes) {
    const auto endpoint = endpoint_text(probe->target.host, probe->target.port);
    const bool own = !probe->target.by_name();
    for (const auto& address : probe->addresses) {
      const auto* result = newest_chain(address);
      if (!result) continue;
      rehearsing.add(own ? "own Postgres at " + endpoint : endpoint + " (" + address.address + ")", result->chain,
                     Purpose::server);
    }
  }
  if (const auto* server = rehearsing.mounted(SecretRole::server))
    rehearsing.add("server certificate", server->chain, Purpose::server);
  if (const auto* client = rehearsing.mounted(SecretRole::client))
    rehearsing.add("client certificate", client->chain, Purpose::client);
  return rehearsing.take();
}

}  // namespace rules
