// The Postgres endpoints of the status page, our own first, and the copies of certificates that were compared.
#include <algorithm>

#include "agent/views/page_parts.hpp"
#include "agent/views/probe_facts.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

Tone tone_of(model::ProbeStatus status) {
  if (status == model::ProbeStatus::ok) return Tone::good;
  // Postgres is there and says it is starting, stopping or full.
  return status == model::ProbeStatus::server_unavailable ? Tone::warning : Tone::bad;
}

std::string ours_html(const ProbedAddress& probed) {
  const OurCertificate ours = our_certificate(probed.last, probed.verdict->status);
  switch (ours) {
    case OurCertificate::accepted: return badge(Tone::good, in_words(ours));
    case OurCertificate::required:
    case OurCertificate::rejected: return badge(Tone::bad, in_words(ours));
    case OurCertificate::off:
    case OurCertificate::not_requested:
    case OurCertificate::not_offered:
    case OurCertificate::unknown: break;
  }
  return "<span class=\"faint\">" + std::string(in_words(ours)) + "</span>";
}

std::string served_html(const ProbedAddress& probed, common::WallTime now) {
  const model::Certificate* leaf = served_leaf(probed.last);
  if (!leaf) return "<span class=\"faint\">not seen</span>";
  return expiry_html(*leaf, now) + "<span class=\"sub\">" + html(leaf->subject) + "</span>";
}

std::string probed_html(const ProbedAddress& probed, common::WallTime now) {
  return probed.last ? age_html(probed.last->at, now) : "–";
}

/// What went wrong and what to do, under its row.
void why_row(std::string& out, const std::string& detail, const std::string& remedy) {
  if (detail.empty() && remedy.empty()) return;
  out += "<tr class=\"why\"><td colspan=\"5\" data-head=\"Why\"><div><p>" + html(detail) + "</p>";
  if (!remedy.empty()) out += "<p class=\"faint\"><b>Remedy:</b> " + html(remedy) + "</p>";
  out += "</div></td></tr>\n";
}

void address_cells(std::string& out, const ProbedAddress& probed, common::WallTime now) {
  out += cell("State", badge(tone_of(probed.verdict->status), name(probed.verdict->status)));
  out += cell("Certificate", served_html(probed, now));
  out += cell("Ours", ours_html(probed));
  out += cell("Probed", probed_html(probed, now)) + "</tr>\n";
  why_row(out, probed.verdict->detail, probed.verdict->remedy);
}

std::string what_for(const model::ProbeTarget& target) {
  if (target.scope == model::ProbeScope::self) return target.own_name ? "our own name" : "our own";
  std::string out{name(target.role)};
  if (!target.target_node.empty()) {
    out += " " + target.target_node;
  } else if (!target.target_group.empty()) {
    out += " of " + target.target_group;
  }
  return html(out);
}

std::string endpoint_head(const model::ProbeTarget& target, const std::vector<ProbedAddress>& addresses) {
  std::vector<std::string> numeric;
  for (const ProbedAddress& each : addresses) {
    if (each.verdict->address != target.host) numeric.push_back(html(each.verdict->address));
  }
  std::string out = "<th scope=\"row\"><span class=\"mono\">" + html(endpoint(target)) + "</span><span class=\"sub\">" +
                    what_for(target) + "</span>";
  if (!numeric.empty()) out += "<span class=\"sub mono\">" + join(numeric, ", ") + "</span>";
  return out + "</th>";
}

/// Where its addresses differ an endpoint has a row of its own and one for each of them.
void endpoint_rows(std::string& out, const ShownProbe& probe, common::WallTime now) {
  const model::ProbeTarget& target = probe.of->target;
  const auto blank = [](std::string_view head) { return cell(head, "–"); };
  if (!probe.verdict) {
    out += "<tr>" + endpoint_head(target, {}) + cell("State", badge(Tone::quiet, "not probed yet")) +
           blank("Certificate") + blank("Ours") + blank("Probed") + "</tr>\n";
    return;
  }
  const model::ProbeVerdict& verdict = *probe.verdict;
  const auto addresses = probed_addresses(*probe.of, verdict);
  const std::string state = cell("State", badge(tone_of(verdict.status), name(verdict.status)));
  const std::string last = cell("Probed", probe.of->last_probe ? age_html(*probe.of->last_probe, now) : "–");
  if (addresses.empty()) {
    out += "<tr>" + endpoint_head(target, {}) + state + blank("Certificate") + blank("Ours") + last + "</tr>\n";
    return why_row(out, verdict.detail, verdict.remedy);
  }
  if (!addresses_differ(addresses)) {
    out += "<tr>" + endpoint_head(target, addresses);
    return address_cells(out, *deciding(addresses, verdict), now);
  }
  out += "<tr>" + endpoint_head(target, {}) + state + cell("Certificate", "<span class=\"faint\">by address</span>") +
         cell("Ours", "<span class=\"faint\">by address</span>") + last + "</tr>\n";
  for (const ProbedAddress& each : addresses) {
    out += "<tr class=\"part\"><th scope=\"row\"><span class=\"mono\">" + html(each.verdict->address) + "</span></th>";
    address_cells(out, each, now);
  }
}

}  // namespace

void page_probes(std::string& out, const model::World& world, common::WallTime now) {
  const std::vector<ShownProbe> probes = shown_probes(world);
  if (probes.empty()) return;
  const auto fine = static_cast<std::size_t>(std::count_if(probes.begin(), probes.end(), [](const ShownProbe& probe) {
    return probe.verdict && probe.verdict->status == model::ProbeStatus::ok;
  }));
  out += "<section aria-labelledby=\"probes\">\n<h2 id=\"probes\">Postgres endpoints<small>" + std::to_string(fine) +
         " of " + count_of(probes.size(), "endpoint") + " ok</small></h2>\n";
  out += table_head("Postgres endpoints as a connection of a PGD node would meet them, our own first",
                    {"Endpoint", "State", "Served certificate", "Our certificate", "Probed"});
  for (const ShownProbe& probe : probes) endpoint_rows(out, probe, now);
  out += "</tbody></table>\n</section>\n";
}

void page_drifts(std::string& out, const model::World& world, common::WallTime now) {
  if (!world.verdict || world.verdict->drifts.empty()) return;
  out +=
      "<article class=\"card\"><div class=\"line\"><h3>Copies compared</h3><span class=\"faint\">mounted in the agent, "
      "written for Postgres, served by it</span></div>\n";
  out += table_head("Copies of certificates that were compared", {"Secret", "Copies", "State"});
  for (const model::Drift& drift : world.verdict->drifts) {
    const std::string port = drift.port == 0 ? "" : " on port " + std::to_string(drift.port);
    out += "<tr><th scope=\"row\">" + std::string(title_of(drift.secret)) + "</th>" +
           cell("Copies", copies_in_words(drift.between) + port) +
           cell("State", drift.since ? badge(Tone::warning, "differ") + "<span class=\"sub\">since " +
                                           age_html(*drift.since, now) + "</span>"
                                     : badge(Tone::good, "same")) +
           "</tr>\n";
  }
  out += "</tbody></table></article>\n";
}

}  // namespace views
