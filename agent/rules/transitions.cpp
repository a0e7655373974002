#include "agent/rules/transitions.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/rules/judge.hpp"

namespace rules {
namespace {

using common::to_rfc3339;
using model::Event;
using model::EventKind;
using model::Finding;
using model::Level;

class Collector {
 public:
  explicit Collector(common::WallTime at) : at_(at) {}
  void add(EventKind kind, Level level, std::string subject, std::string message,
           std::vector<std::pair<std::string, std::string>> fields = {}) {
    events_.push_back({at_, kind, level, std::move(subject), std::move(message), std::move(fields)});
  }
  std::vector<Event> take() { return std::move(events_); }

 private:
  common::WallTime at_;
  std::vector<Event> events_;
};

Level level_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::critical: return Level::error;
    case model::Severity::warning: return Level::warning;
    case model::Severity::info: return Level::info;
  }
  return Level::info;
}

void config(Collector& out, const model::ConfigState& before, const model::ConfigState& after) {
  if (after.error != before.error && !after.error.empty()) {
    out.add(EventKind::config, Level::error, after.path, "configuration rejected: " + after.error,
            {{"in_force", after.loaded ? "last good" : "none"}});
  } else if (after.loaded && (!before.loaded || after.hash != before.hash)) {
    out.add(EventKind::config, Level::info, after.path,
            before.loaded ? "configuration changed and applied" : "configuration applied");
  } else if (!before.error.empty() && after.error.empty()) {
    out.add(EventKind::config, Level::info, after.path, "configuration is as applied again");
  }
}

const model::Certificate* first_certificate(const model::Bundle& bundle) {
  if (is_ca(bundle.role)) return bundle.anchors.empty() ? nullptr : bundle.anchors.front().get();
  return bundle.leaf();
}

std::string fingerprints(const std::vector<model::CertificateRef>& list) {
  std::string all;
  for (const auto& certificate : list) all += certificate->fingerprint_sha256 + ",";
  return all;
}

std::string describe(const model::Bundle& bundle) {
  const auto* certificate = first_certificate(bundle);
  if (!certificate) return "no certificate";
  std::string text = "serial " + certificate->serial + ", expires " + to_rfc3339(certificate->not_after);
  if (is_ca(bundle.role) && bundle.anchors.size() > 1)
    text += " (first of " + std::to_string(bundle.anchors.size()) + ")";
  return text;
}

/// "server", "server (written)".
std::string label(const model::SecretObservation& secret) {
  std::string text{name(secret.role)};
  if (secret.source != model::Source::mounted) text += " (" + std::string(name(secret.source)) + ")";
  return text;
}

/// Which of certificate, key and CA differ, in words.
std::string what_changed(const model::Bundle& before, const model::Bundle& after) {
  std::string what;
  const auto say = [&](const char* part) { what += (what.empty() ? "" : ", ") + std::string(part); };
  if (fingerprints(before.chain) != fingerprints(after.chain)) say("certificate");
  if (before.key_fingerprint != after.key_fingerprint) say("key");
  if (fingerprints(before.anchors) != fingerprints(after.anchors)) say("CA");
  return what.empty() ? "bytes only" : what;
}

void rotation(Collector& out, const model::SecretObservation& before, const model::SecretObservation& after) {
  const auto& old = *before.bundle;
  const auto& now = *after.bundle;
  const auto by = before.rotations[0] != after.rotations[0] ? model::DetectedBy::inotify : model::DetectedBy::poll;
  std::vector<std::pair<std::string, std::string>> fields{{"changed", what_changed(old, now)},
                                                          {"detected_by", std::string(name(by))}};
  const auto* a = first_certificate(old);
  const auto* b = first_certificate(now);
  if (a && b) {
    fields.insert(fields.end(), {{"old_serial", a->serial},
                                 {"new_serial", b->serial},
                                 {"old_not_after", to_rfc3339(a->not_after)},
                                 {"new_not_after", to_rfc3339(b->not_after)}});
  }
  out.add(EventKind::rotation, Level::info, label(after),
          "rotated (" + what_changed(old, now) + "): " + describe(old) + " -> " + describe(now), std::move(fields));
}

void secrets(Collector& out, const model::Snapshot& before, const model::Snapshot& after) {
  for (const auto& now : after.secrets) {
    const model::SecretObservation* was = nullptr;
    for (const auto& candidate : before.secrets) {
      if (candidate->role == now->role && candidate->source == now->source && candidate->directory == now->directory)
        was = candidate.get();
    }
    if (was == now.get() || !now->bundle) continue;
    const std::string subject = label(*now);
    const bool had = was && was->bundle && was->bundle->loaded();
    const bool has = now->bundle->loaded();
    if (had && now->rotations != was->rotations) {
      rotation(out, *was, *now);
    } else if (has && !had) {
      out.add(EventKind::secret, Level::info, subject, "loaded from " + now->directory + ": " + describe(*now->bundle));
    } else if (had && !has) {
      out.add(EventKind::secret, Level::warning, subject,
              "no longer readable in " + now->directory + "; it held " + describe(*was->bundle));
    }
  }
}

using Key = std::tuple<model::Area, model::Code, int, std::string_view>;
Key key(const Finding& f) { return {f.area, f.code, f.source ? static_cast<int>(*f.source) : -1, f.subject}; }

void findings(Collector& out, const std::vector<Finding>& before, const std::vector<Finding>& after) {
  const auto fields = [](const Finding& f) {
    return std::vector<std::pair<std::string, std::string>>{{"code", std::string(name(f.code))},
                                                            {"severity", std::string(name(f.severity))},
                                                            {"area", std::string(name(f.area))}};
  };
  std::map<Key, const Finding*> old, now;
  for (const auto& f : before) old.emplace(key(f), &f);
  for (const auto& f : after) now.emplace(key(f), &f);
  for (const auto& f : after) {
    const auto was = old.find(key(f));
    if (was != old.end() && was->second->severity == f.severity) continue;
    auto facts = fields(f);
    if (was != old.end()) facts.emplace_back("before", std::string(name(was->second->severity)));
    facts.emplace_back("remedy", f.remedy);
    out.add(EventKind::finding, level_of(f.severity), f.subject,
            std::string(name(f.code)) + " (" + std::string(name(f.severity)) + "): " + f.message, std::move(facts));
  }
  for (const auto& f : before) {
    if (now.contains(key(f))) continue;
    std::string text = std::string(name(f.code)) + " is gone";
    if (f.since) text += ", it was there since " + to_rfc3339(*f.since);
    out.add(EventKind::cleared, Level::info, f.subject, text, fields(f));
  }
}

std::string join(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : " ") + item;
  return text;
}

void addresses(Collector& out, const model::Snapshot& before, const model::Snapshot& after) {
  auto was = before.names.begin();
  for (const auto& now : after.names) {
    while (was != before.names.end() && (*was)->name.fqdn < now->name.fqdn) ++was;
    if (was == before.names.end() || (*was)->name.fqdn != now->name.fqdn || *was == now) continue;
    if (now->address_changes == (*was)->address_changes) continue;
    out.add(EventKind::addresses, Level::info, now->name.fqdn,
            "addresses changed: " + join((*was)->last_addresses) + " -> " + join(now->last_addresses),
            {{"before", join((*was)->last_addresses)}, {"after", join(now->last_addresses)}});
  }
}

std::string why_not(const model::Verdict& verdict, model::Gate gate) {
  std::string text;
  for (const auto& check : verdict.checks) {
    if (check.gate == gate && !check.ok) text += (text.empty() ? "" : "; ") + check.name + ": " + check.reason;
  }
  return text;
}

/// While something has not been read for the first time, the gate's reason says no more than that.
bool all_observed(const model::Verdict& verdict) {
  return std::none_of(verdict.checks.begin(), verdict.checks.end(), [](const model::Check& check) {
    return check.gate == model::Gate::startup && check.reason == not_read_yet;
  });
}

void gates(Collector& out, const model::Verdict& before, const model::Verdict& after) {
  if (after.started && !before.started) {
    if (after.startup_released) {
      out.add(EventKind::gate, Level::error, "startup",
              "startup gate released by its time bound, Postgres starts although: " + after.startup_reason,
              {{"released", "true"}});
    } else {
      out.add(EventKind::gate, Level::info, "startup", "startup gate open");
    }
  } else if (!after.started && after.startup_reason != before.startup_reason && all_observed(after)) {
    out.add(EventKind::gate, Level::warning, "startup", "startup gate holds: " + after.startup_reason);
  }
  if (after.ready != before.ready) {
    if (after.ready)
      out.add(EventKind::gate, Level::info, "ready", "ready");
    else
      out.add(EventKind::gate, Level::error, "ready", "not ready: " + why_not(after, model::Gate::ready));
  }
}

void monitors(Collector& out, const model::Snapshot& before, const model::Snapshot& after) {
  for (const auto monitor : model::all_monitors) {
    const auto& was = before.of(monitor);
    const auto& now = after.of(monitor);
    const std::string subject{name(monitor)};
    if (now.restarts > was.restarts) {
      out.add(EventKind::monitor, Level::error, subject, "monitor restarted: " + now.last_error,
              {{"restarts", std::to_string(now.restarts)}});
    }
    if (now.fails_liveness && !was.fails_liveness) {
      out.add(EventKind::monitor, Level::error, subject, "monitor stuck beyond recovery: /livez fails");
    }
  }
}

}  // namespace

std::vector<Event> transitions(const model::World& before, const model::World& after) {
  Collector out{after.verdict->at};
  if (before.snapshot != after.snapshot) {
    config(out, before.snapshot->config, after.snapshot->config);
    secrets(out, *before.snapshot, *after.snapshot);
    addresses(out, *before.snapshot, *after.snapshot);
    monitors(out, *before.snapshot, *after.snapshot);
  }
  findings(out, before.verdict->findings, after.verdict->findings);
  gates(out, *before.verdict, *after.verdict);
  return out.take();
}

}  // namespace rules
