// Metrics of certificates and of the Secrets they come from: CA roles show their anchors, leaf roles the leaf and what
// follows it, our own endpoints what they serve.
#include "agent/views/metric_families.hpp"
#include "agent/views/probe_facts.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t longest_info = 200;  // bytes of a subject, issuer, serial or fingerprint

struct CertificateFamilies {
  prometheus::MetricFamily not_after =
      gauge("pgd_agent_certificate_not_after_timestamp_seconds", "When a certificate expires.");
  prometheus::MetricFamily not_before =
      gauge("pgd_agent_certificate_not_before_timestamp_seconds", "When a certificate becomes valid.");
  prometheus::MetricFamily info = gauge("pgd_agent_certificate_info", "What a certificate is, always 1.");
};

void chain_metrics(model::SecretRole role, model::Source seen, const std::vector<model::CertificateRef>& chain,
                   CertificateFamilies& families) {
  for (const model::CertificateRef& certificate : chain) {
    const std::string index = std::to_string(certificate->index);
    const std::string_view secret = name(role), source = name(seen), position = name(certificate->position);
    const Labels labels{{"secret", secret}, {"source", source}, {"position", position}, {"index", index}};
    add(families.not_after, certificate->not_after, labels);
    add(families.not_before, certificate->not_before, labels);
    const auto shown = [](const std::string& text) { return printable(text, longest_info); };
    const std::string subject = shown(certificate->subject), issuer = shown(certificate->issuer),
                      serial = shown(certificate->serial), fingerprint = shown(certificate->fingerprint_sha256);
    add(families.info, 1,
        {{"secret", secret},
         {"source", source},
         {"position", position},
         {"index", index},
         {"subject", subject},
         {"issuer", issuer},
         {"serial", serial},
         {"fingerprint_sha256", fingerprint}});
  }
}

/// Appears when first seen, to keep the budget: a Secret as kubelet writes it can't have these.
bool is_rare(model::ReadError error) {
  switch (error) {
    case model::ReadError::too_large:
    case model::ReadError::not_a_file:
    case model::ReadError::unstable: return true;
    case model::ReadError::missing:
    case model::ReadError::permission:
    case model::ReadError::io: break;
  }
  return false;
}

}  // namespace

void certificate_metrics(const model::World& world, Families& all) {
  CertificateFamilies families;
  if (world.snapshot) {
    for (const auto& secret : world.snapshot->secrets) {
      if (secret->bundle) chain_metrics(secret->role, secret->source, shown_certificates(*secret->bundle), families);
    }
    if (const model::ProbeResult* served = served_by_self(*world.snapshot)) {
      chain_metrics(model::SecretRole::server, model::Source::served, served->chain, families);
    }
  }
  auto effective = gauge("pgd_agent_certificate_effective_not_after_timestamp_seconds",
                         "When the first certificate that a leaf depends on expires.");
  auto renewal = gauge("pgd_agent_certificate_renewal_due_timestamp_seconds", "When a leaf should have been renewed.");
  for (const model::SecretRole role : model::all_secret_roles) {
    const model::SecretTimes* times = times_of(world, role);
    if (times && times->effective_not_after) add(effective, *times->effective_not_after, {{"secret", name(role)}});
    if (times && times->renewal_due) add(renewal, *times->renewal_due, {{"secret", name(role)}});
  }
  append(all, {&families.not_after, &families.not_before, &families.info, &effective, &renewal});
}

void secret_metrics(const model::Snapshot& snapshot, Families& all) {
  auto loaded = gauge("pgd_agent_secret_loaded", "Whether a mounted secret was read and holds a certificate.");
  auto watch = gauge("pgd_agent_secret_watch_active", "Whether changes of a mounted secret are announced by inotify.");
  auto last = gauge("pgd_agent_secret_last_rotation_timestamp_seconds", "When a mounted secret last changed.");
  auto rotations =
      counter("pgd_agent_secret_rotations_total", "Changes of a mounted secret, by how they were noticed.");
  auto delay = histogram("pgd_agent_secret_rotation_detection_delay_seconds",
                         "From the appearance of a new version of a secret to its reading.");
  auto errors = counter("pgd_agent_secret_read_errors_total", "Failed readings of a mounted secret.");
  for (const model::SecretRole role : model::all_secret_roles) {
    const model::SecretObservation unmounted;
    const model::SecretObservation* observed = &unmounted;
    for (const auto& secret : snapshot.secrets) {
      if (secret->role != role || secret->source != model::Source::mounted) continue;
      observed = secret.get();
      add(loaded, is_loaded(*secret) ? 1 : 0, {{"secret", name(role)}});
      add(watch, secret->watch_active ? 1 : 0, {{"secret", name(role)}});
      if (secret->last_rotation) add(last, *secret->last_rotation, {{"secret", name(role)}});
      break;
    }
    for (const model::DetectedBy by : model::all_detected_by) {
      add(rotations, static_cast<double>(observed->rotations[static_cast<std::size_t>(by)]),
          {{"secret", name(role)}, {"detected_by", name(by)}});
    }
    for (const model::ReadError error : model::all_read_errors) {
      const std::uint64_t count = observed->read_errors[static_cast<std::size_t>(error)];
      if (count == 0 && is_rare(error)) continue;
      add(errors, static_cast<double>(count), {{"secret", name(role)}, {"reason", name(error)}});
    }
  }
  add(delay, model::rotation_delay_bounds, snapshot.counters->rotation_delay);
  append(all, {&loaded, &watch, &last, &rotations, &delay, &errors});
}

}  // namespace views
