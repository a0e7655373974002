// The secrets, their certificates, and the recent events of the status page.
#include <algorithm>

#include "agent/views/page_parts.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t names_shown = 12;  // of one certificate
constexpr std::size_t events_shown = 50;

std::string names_html(const model::Certificate& certificate) {
  std::vector<std::string> all = certificate.dns_names;
  all.insert(all.end(), certificate.ip_addresses.begin(), certificate.ip_addresses.end());
  if (all.empty()) return "–";
  std::string out = "<ul class=\"plain mono\">";
  for (std::size_t i = 0; i < std::min(all.size(), names_shown); ++i) out += "<li>" + html(all[i]) + "</li>";
  if (all.size() > names_shown) out += "<li>and " + std::to_string(all.size() - names_shown) + " more</li>";
  return out += "</ul>";
}

void certificate_row(std::string& out, const model::Certificate& certificate, common::WallTime now) {
  const std::string subject = certificate.subject.empty() ? "(no subject)" : html(certificate.subject);
  out += "<tr><th scope=\"row\">" + subject + "<span class=\"sub\">" + std::string(name(certificate.position)) +
         (certificate.self_issued ? ", self-issued" : ", by " + html(certificate.issuer)) + "</span></th>";
  out += cell("Expires", expiry_html(certificate, now));
  out += cell("Names", names_html(certificate));
  out +=
      cell("Key", html(certificate.key) + "<span class=\"sub\">" + html(certificate.signature) + "</span>") + "</tr>\n";
}

std::string state_html(const model::SecretObservation& secret, const std::vector<model::Finding>& findings) {
  if (!secret.bundle) return badge(Tone::quiet, "not read yet");
  const auto counts = count_severities(findings);
  if (!is_loaded(secret)) {
    // That nothing was written is no trouble of its own: where it is one, there is a finding.
    const bool quiet = secret.source != model::Source::mounted && counts[0] + counts[1] == 0;
    return quiet ? badge(Tone::quiet, "nothing written") : badge(Tone::bad, "no certificate");
  }
  if (counts[0] + counts[1] == 0) return badge(Tone::good, "good");
  return badge(counts[0] > 0 ? Tone::bad : Tone::warning, severities_in_words(findings));
}

std::string facts_html(const model::World& world, const model::SecretObservation& secret, common::WallTime now) {
  std::vector<std::string> facts{"<code>" + html(secret.directory) + "</code>"};
  if (secret.bundle) facts.push_back("read " + age_html(secret.last_read, now));
  std::uint64_t rotations = 0;
  for (const std::uint64_t count : secret.rotations) rotations += count;
  if (secret.last_rotation) {
    facts.push_back("changed " + age_html(*secret.last_rotation, now) + " (" + count_of(rotations, "rotation") + ")");
  }
  facts.push_back(secret.watch_active
                      ? "watched"
                      : "polled" + (secret.watch_problem.empty() ? "" : ": " + html(secret.watch_problem)));
  const model::SecretTimes* times = times_of(world, secret);
  if (times && times->renewal_due) {
    facts.push_back((*times->renewal_due > now ? "renewal due " : "renewal was due ") +
                    age_html(*times->renewal_due, now));
  }
  if (times && times->effective_not_after) {
    const common::WallTime end = *times->effective_not_after;
    facts.push_back("usable until " + time_html(end, common::to_rfc3339(end).substr(0, 10)));
  }
  return join(facts, " · ");
}

void secret_card(std::string& out, const model::World& world, const model::SecretObservation& secret,
                 common::WallTime now) {
  const auto findings = world.verdict ? findings_of(world.verdict->findings, secret) : std::vector<model::Finding>{};
  const std::string source = secret.source == model::Source::mounted ? "" : ", " + std::string(name(secret.source));
  out += "<article class=\"card\"><div class=\"line\"><h3>" + std::string(title_of(secret.role)) + source + "</h3>" +
         state_html(secret, findings) + "</div><p class=\"faint\">" + facts_html(world, secret, now) + "</p>\n";
  if (secret.bundle && !shown_certificates(*secret.bundle).empty()) {
    out +=
        table_head("Certificates of the " + std::string(title_of(secret.role)), {"Subject", "Expires", "Names", "Key"});
    for (const auto& certificate : shown_certificates(*secret.bundle)) certificate_row(out, *certificate, now);
    out += "</tbody></table>";
  }
  out += "</article>\n";
}

Tone tone_of(model::Level level) {
  switch (level) {
    case model::Level::error: return Tone::bad;
    case model::Level::warning: return Tone::warning;
    case model::Level::info:
    case model::Level::debug: break;
  }
  return Tone::quiet;
}

}  // namespace

std::string_view title_of(model::SecretRole role) {
  switch (role) {
    case model::SecretRole::server: return "Server certificate";
    case model::SecretRole::server_ca: return "Server CA";
    case model::SecretRole::client: return "Client certificate";
    case model::SecretRole::client_ca: return "Client CA";
  }
  return "";
}

std::string expiry_html(const model::Certificate& certificate, common::WallTime now) {
  const std::string date = common::to_rfc3339(certificate.not_after).substr(0, 10);
  if (certificate.not_before > now) return badge(Tone::bad, "valid only " + age_html(certificate.not_before, now));
  if (certificate.not_after <= now) {
    return badge(Tone::bad, "expired " + age_html(certificate.not_after, now)) + "<span class=\"sub\">" + date +
           "</span>";
  }
  return age_html(certificate.not_after, now) + "<span class=\"sub\">" + date + "</span>";
}

void page_secrets(std::string& out, const model::World& world, common::WallTime now) {
  if (world.snapshot->secrets.empty()) return;
  out += "<section aria-labelledby=\"secrets\">\n<h2 id=\"secrets\">Secrets and certificates</h2>\n";
  for (const auto& secret : world.snapshot->secrets) secret_card(out, world, *secret, now);
  page_drifts(out, world, now);
  out += "</section>\n";
}

void page_events(std::string& out, const model::World& world, common::WallTime now) {
  const auto& events = world.snapshot->events;
  if (events.empty()) return;
  out += "<section aria-labelledby=\"events\">\n<h2 id=\"events\">Recent events<small>newest first</small></h2>\n";
  out += table_head("Recent events, newest first", {"When", "Level", "What", "Message"});
  std::size_t shown = 0;
  for (auto event = events.rbegin(); event != events.rend() && shown < events_shown; ++event, ++shown) {
    out +=
        "<tr><td data-head=\"When\"><div>" + age_html((*event)->at, now) + "</div></td>" +
        cell("Level", badge(tone_of((*event)->level), name((*event)->level))) +
        cell("What", std::string(name((*event)->kind)) + "<span class=\"sub\">" + html((*event)->subject) + "</span>") +
        cell("Message", html((*event)->message)) + "</tr>\n";
  }
  out += "</tbody></table>\n</section>\n";
}

}  // namespace views
