#include "agent/views/status_page.hpp"

#include <algorithm>
#include <sstream>

#include "agent/views/page_parts.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"
#include "common/base64.hpp"
#include "common/openssl.hpp"

namespace views {
namespace {

Tone tone_of(const model::World& world) {
  if (!world.snapshot || !world.verdict) return Tone::quiet;
  for (const model::Gate gate : {model::Gate::live, model::Gate::startup, model::Gate::ready}) {
    if (!passes(world, gate)) return Tone::bad;
  }
  return none_critical(world.verdict->findings) ? Tone::good : Tone::warning;
}

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::good: return "good";
    case Tone::warning: return "warning";
    case Tone::bad: return "bad";
    case Tone::quiet: break;
  }
  return "quiet";
}

std::string_view sign(Tone tone) {
  switch (tone) {
    case Tone::good: return "✓";
    case Tone::warning: return "!";
    case Tone::bad: return "✕";
    case Tone::quiet: break;
  }
  return "○";
}

void page_header(std::string& out, const model::World& world, common::WallTime now) {
  const model::Group* group = world.snapshot ? world.snapshot->group.get() : nullptr;
  const Tone tone = tone_of(world);
  const std::string first_line = html(headline(world));
  const std::string node = group && !group->node.empty() ? html(group->node) : "";
  out += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta http-equiv=\"refresh\" content=\"15\">\n";
  out += "<title>" + first_line + (node.empty() ? "" : " · " + node) + " · PGD connectivity agent</title>\n";
  out.append("<style>").append(page_style()).append("</style>\n</head>\n<body>\n<header>\n");
  out += "<p class=\"where\">PGD connectivity agent";
  if (!node.empty()) out += " · node <strong>" + node + "</strong>";
  if (group && !group->name.empty()) out += " · group <strong>" + html(group->name) + "</strong>";
  if (group && !group->ns.empty()) out += " · namespace " + html(group->ns);
  if (group) out += " · TLS mode " + std::string(name(group->mode));
  out += "</p>\n<h1 class=\"" + std::string(tone_class(tone)) + "\"><span aria-hidden=\"true\">" +
         std::string(sign(tone)) + "</span> " + first_line + "</h1>\n";
  out += "<p class=\"asof\">As of " + time_html(now, common::to_rfc3339(now));
  if (world.snapshot) out += " · running for " + common::human(now - world.snapshot->started_at);
  out += " · reloads every 15 s · <a href=\"/status.json\">JSON</a> · <a href=\"/metrics\">metrics</a></p>\n";
  out += "</header>\n<main>\n";
}

std::string startup_words(const model::Verdict& verdict, common::WallTime now) {
  if (!verdict.started) return "is there what Postgres needs to start?";
  const std::string when = verdict.started_at ? " " + age_html(*verdict.started_at, now) : "";
  if (!verdict.startup_released) return "passed" + when + ", stays open";
  return "released" + when + " because its time was up: " + html(verdict.startup_reason);
}

void page_gate(std::string& out, const model::World& world, model::Gate gate, std::string_view title,
               const std::string& words) {
  const bool ok = passes(world, gate);
  const bool released = gate == model::Gate::startup && world.verdict->startup_released;
  const Tone tone = !ok ? Tone::bad : released ? Tone::warning : Tone::good;
  const std::string_view state = !ok ? "holds" : released ? "released" : "passes";
  out += "<li class=\"card\"><div class=\"line\"><h3>" + std::string(title) + "</h3>" +
         badge(tone, gate == model::Gate::startup || ok ? state : "fails") + "</div><p class=\"faint\">" + words +
         "</p>";
  std::string failed;
  for (const model::Check& check : world.verdict->checks) {
    if (!ok && check.gate == gate && !check.ok)
      failed += "<li><code>" + html(check.name) + "</code>: " + html(check.reason) + "</li>";
  }
  if (!failed.empty()) out += "<ul>" + failed + "</ul>";
  out += "</li>\n";
}

void page_gates(std::string& out, const model::World& world, common::WallTime now) {
  const model::Verdict& verdict = *world.verdict;
  out += "<section aria-labelledby=\"gates\">\n<h2 id=\"gates\">Gates</h2>\n<ul class=\"gates\">\n";
  page_gate(out, world, model::Gate::startup, "Startup", startup_words(verdict, now));
  page_gate(out, world, model::Gate::ready, "Ready", "is the node's own mounted material usable?");
  page_gate(out, world, model::Gate::live, "Live", "does the agent's loop answer?");
  out += "</ul>\n<details class=\"checks\"><summary>All " + count_of(verdict.checks.size(), "check") + "</summary>\n";
  out += table_head("Every check of every gate", {"Check", "Gate", "State", "Since", "Reason"});
  for (const model::Check& check : verdict.checks) {
    out += "<tr><th scope=\"row\"><code>" + html(check.name) + "</code></th>" + cell("Gate", name(check.gate)) +
           cell("State", check.ok ? badge(Tone::good, "ok")
                                  : badge(check.gate == model::Gate::advisory ? Tone::warning : Tone::bad, "failed")) +
           cell("Since", check.since ? age_html(*check.since, now) : "") + cell("Reason", html(check.reason)) +
           "</tr>\n";
  }
  out += "</tbody></table></details>\n</section>\n";
}

Tone tone_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::critical: return Tone::bad;
    case model::Severity::warning: return Tone::warning;
    case model::Severity::info: return Tone::quiet;
  }
  return Tone::quiet;
}

void page_findings(std::string& out, const model::World& world, common::WallTime now) {
  const std::vector<model::Finding>& findings = world.verdict->findings;
  const std::string words = findings.empty() ? "none" : severities_in_words(findings);
  out += "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings<small>" + words + "</small></h2>\n";
  if (findings.empty() && tone_of(world) == Tone::good) {
    out += "<p class=\"card\">" + badge(Tone::good, "Nothing found wrong.") + "</p>\n";
  }
  for (const model::Finding& finding : sorted(findings)) {
    const Tone tone = tone_of(finding.severity);
    const std::string source = finding.source ? ", " + std::string(name(*finding.source)) : "";
    out += "<article class=\"card finding " + std::string(tone_class(tone)) + "\"><div class=\"line\">" +
           badge(tone, name(finding.severity)) + "<h3><code>" + std::string(name(finding.code)) + "</code></h3><span>" +
           html(finding.subject) + "</span><span class=\"faint\">" + std::string(name(finding.area)) + source;
    if (finding.since) out += ", since " + age_html(*finding.since, now);
    if (finding.holds_startup) out += ", holds the startup gate";
    out += "</span></div><p>" + html(finding.message) + "</p>";
    if (!finding.remedy.empty()) out += "<p class=\"remedy\"><b>Remedy:</b> " + html(finding.remedy) + "</p>";
    out += "</article>\n";
  }
  out += "</section>\n";
}

void page_footer(std::string& out, const model::World& world, const model::BuildInfo& build) {
  const auto item = [&](std::string_view what, const std::string& value) {
    if (value.empty()) return;
    out.append("<dt>").append(what).append("</dt><dd>");
    std::istringstream lines(value);
    std::string separator;
    for (std::string line; std::getline(lines, line); separator = "<br>") out += separator + html(line);
    out += "</dd>\n";
  };
  out += "</main>\n<footer>\n<dl>\n";
  item("Agent", build.version + " (" + build.revision + "), OpenSSL " + build.openssl + ", c-ares " + build.cares);
  if (world.snapshot) {
    const model::Snapshot& snapshot = *world.snapshot;
    item("Configuration", snapshot.config.path + (snapshot.config.loaded ? "" : " (never read)"));
    item("Configuration error", snapshot.config.error);
    if (snapshot.resolver) {
      std::vector<std::string> servers;
      for (const auto& server : snapshot.resolver->servers) servers.push_back(to_text(server));
      item("Name servers", join(servers, ", "));
      item("Search list", join(snapshot.resolver->search, " "));
    }
    item("Resolver error", snapshot.resolver_error);
    for (const model::Monitor monitor : model::all_monitors) {
      const model::MonitorState& state = snapshot.of(monitor);
      if (state.restarts > 0) {
        item("Monitor " + std::string(name(monitor)),
             count_of(state.restarts, "restart") + (state.last_error.empty() ? "" : ", last: " + state.last_error));
      }
    }
  }
  out += "</dl>\n</footer>\n</body>\n</html>\n";
}

}  // namespace

std::string badge(Tone tone, std::string_view word) {
  return "<span class=\"badge " + std::string(tone_class(tone)) + "\"><span aria-hidden=\"true\">" +
         std::string(sign(tone)) + "</span> " + std::string(word) + "</span>";
}

std::string time_html(common::WallTime time, std::string_view words) {
  const std::string instant = common::to_rfc3339(time);
  return "<time datetime=\"" + instant + "\" title=\"" + instant + "\">" + std::string(words) + "</time>";
}

std::string age_html(common::WallTime time, common::WallTime now) { return time_html(time, relative(time, now)); }

std::string table_head(std::string_view caption, std::initializer_list<std::string_view> heads) {
  std::string out = "<table><caption class=\"hidden\">" + std::string(caption) + "</caption><thead><tr>";
  for (const std::string_view head : heads) out.append("<th scope=\"col\">").append(head).append("</th>");
  return out += "</tr></thead><tbody>\n";
}

std::string cell(std::string_view head, std::string_view content) {
  return "<td data-head=\"" + std::string(head) + "\"><div>" + std::string(content) + "</div></td>";
}

std::string status_page(const model::World& world, const model::BuildInfo& build, common::WallTime now) {
  std::string out;
  page_header(out, world, now);
  if (world.snapshot && world.verdict) {
    page_gates(out, world, now);
    page_findings(out, world, now);
  }
  if (world.snapshot) {
    page_names(out, world, now);
    page_probes(out, world, now);
    page_secrets(out, world, now);
    page_events(out, world, now);
  }
  page_footer(out, world, build);
  return out;
}

std::string status_page_policy() {
  const std::string digest = common::sha256_hex(page_style());
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digest.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
  }
  return "default-src 'none'; style-src 'sha256-" + common::base64(bytes) +
         "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace views
