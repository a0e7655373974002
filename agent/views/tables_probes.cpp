// Terminal tables of probed endpoints: `probe` phase by phase, the sections of `check`, the rehearsal of a CA rotation.
#include <algorithm>

#include "agent/views/probe_facts.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/table_parts.hpp"
#include "agent/views/tables.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

std::string_view title_of(model::ProbePhase phase) {
  return phase == model::ProbePhase::sslrequest ? "SSLRequest" : name(phase);
}

/// How the exchange ended, where it did not go through.
std::string end_in_words(const model::Exchange& exchange) {
  switch (exchange.end) {
    case model::WireEnd::finished: return "";
    case model::WireEnd::refused: return "refused";
    case model::WireEnd::timeout: return "no answer in time";
    case model::WireEnd::unreachable: return "unreachable";
    case model::WireEnd::closed: return "closed by the other side";
    case model::WireEnd::declined: return "N: no TLS";
    case model::WireEnd::server_error: return "the server answered with an error";
    case model::WireEnd::foreign: return "an answer that Postgres does not give";
    case model::WireEnd::alert: return "TLS alert" + (exchange.alert < 0 ? "" : " " + std::to_string(exchange.alert));
    case model::WireEnd::tls_failed: return "TLS failed";
  }
  return "";
}

std::string after_handshake(const model::Exchange& exchange) {
  if (exchange.level != model::ClientCertificate::login) return "closed without complaint";
  if (!exchange.authentication) return "";
  return *exchange.authentication == 0 ? "logged in"
                                       : "asks for authentication " + std::to_string(*exchange.authentication);
}

std::string done(const model::Exchange& exchange, model::ProbePhase phase) {
  switch (phase) {
    case model::ProbePhase::connect: return "open";
    case model::ProbePhase::sslrequest: return "S: offers TLS";
    case model::ProbePhase::handshake:
      return exchange.tls_version + ", " + exchange.cipher + (exchange.alpn.empty() ? "" : ", ALPN " + exchange.alpn);
    case model::ProbePhase::authenticate: return after_handshake(exchange);
  }
  return "";
}

Row phase_row(const model::Exchange& exchange, model::ProbePhase phase) {
  const auto took = exchange.phases[static_cast<std::size_t>(phase)];
  Row row{{std::string(title_of(phase))}, {took ? milliseconds_text(*took) : "-"}};
  const bool failed = exchange.end != model::WireEnd::finished;
  if (failed && exchange.phase == phase) {
    std::string words = end_in_words(exchange);
    if (!exchange.detail.empty()) words += ": " + exchange.detail;
    if (exchange.error) {
      words +=
          ": SQLSTATE " + exchange.error->sqlstate + " " + exchange.error->routine + ": " + exchange.error->message;
    }
    row.push_back({words, Style::bad});
  } else if (took) {
    row.push_back({done(exchange, phase)});
  } else {
    row.push_back({failed && phase > exchange.phase ? "not reached" : "not needed", Style::faint});
  }
  return row;
}

Style style_of(model::ProbeStatus status) { return status == model::ProbeStatus::ok ? Style::good : Style::bad; }
Cell cell_of(model::ProbeStatus status) { return {std::string(name(status)), style_of(status)}; }

Style style_of(OurCertificate ours) {
  switch (ours) {
    case OurCertificate::required:
    case OurCertificate::rejected: return Style::bad;
    case OurCertificate::off:
    case OurCertificate::unknown: return Style::faint;
    case OurCertificate::not_requested:
    case OurCertificate::not_offered:
    case OurCertificate::accepted: break;
  }
  return Style::plain;
}
Cell cell_of(OurCertificate ours) { return {std::string(in_words(ours)), style_of(ours)}; }

/// Findings that say more than the sentence on the status does.
std::vector<model::Finding> further(const model::AddressVerdict& verdict) {
  std::vector<model::Finding> out;
  std::copy_if(verdict.findings.begin(), verdict.findings.end(), std::back_inserter(out),
               [&](const model::Finding& finding) { return finding.message != verdict.detail; });
  return out;
}

std::string address_text(const ProbedAddress& probed, bool only, bool colour) {
  const model::AddressVerdict& verdict = *probed.verdict;
  std::string out = title(printable(verdict.address), colour);
  if (probed.last) {
    const model::Exchange& exchange = probed.last->exchange;
    std::vector<Row> rows;
    for (const model::ProbePhase phase : model::all_probe_phases) rows.push_back(phase_row(exchange, phase));
    rows.push_back({{"our certificate"}, {""}, cell_of(our_certificate(probed.last, verdict.status))});
    // Of a single address the last line says it.
    if (!only) rows.push_back({{"result"}, {""}, cell_of(verdict.status)});
    out += columns(rows, colour, 2);
    if (!probed.last->chain.empty()) {
      std::vector<Row> served{header({"SERVED", "SUBJECT", "KEY", "EXPIRES", "NAMES"})};
      for (const auto& certificate : probed.last->chain) certificate_rows(served, {}, *certificate, probed.last->at);
      out += columns(served, colour, 2);
    }
  }
  return out + sentences(verdict.detail, verdict.remedy) + findings_text(further(verdict), colour);
}

void endpoint_rows(std::vector<Row>& rows, const ShownProbe& probe, common::WallTime now) {
  const model::ProbeTarget& target = probe.of->target;
  Row lead{{endpoint(target)}, {std::string(name(target.scope))}};
  if (!probe.verdict) {
    lead.insert(lead.end(), {{"-"}, {"not probed yet", Style::faint}});
    rows.push_back(std::move(lead));
    return;
  }
  const auto addresses = probed_addresses(*probe.of, *probe.verdict);
  if (addresses.empty()) {
    lead.insert(lead.end(), {{"-"}, cell_of(probe.verdict->status)});
    rows.push_back(std::move(lead));
    return;
  }
  for (const ProbedAddress& each : addresses) {
    const model::Certificate* leaf = served_leaf(each.last);
    lead.insert(lead.end(), {{each.verdict->address},
                             cell_of(each.verdict->status),
                             leaf ? expiry(*leaf, now) : Cell{"-"},
                             cell_of(our_certificate(each.last, each.verdict->status))});
    rows.push_back(std::move(lead));
    lead = {{""}, {""}};
  }
}

}  // namespace

std::string endpoints_text(const model::World& world, bool colour) {
  std::vector<Row> rows{header({"ENDPOINT", "SCOPE", "ADDRESS", "STATUS", "SERVED CERTIFICATE", "OUR CERTIFICATE"})};
  std::string failures;
  for (const ShownProbe& probe : shown_probes(world)) {
    endpoint_rows(rows, probe, world.verdict->at);
    if (!probe.verdict || probe.verdict->status == model::ProbeStatus::ok) continue;
    failures += sentences(endpoint(probe.of->target) + ": " + probe.verdict->detail, probe.verdict->remedy);
  }
  return columns(rows, colour, 2) + (failures.empty() ? "" : "\n" + failures);
}

std::string drifts_text(const model::Verdict& verdict, bool colour) {
  std::vector<Row> rows{header({"SECRET", "COPIES", "PORT", "STATE"})};
  for (const model::Drift& drift : verdict.drifts) {
    rows.push_back({{std::string(name(drift.secret))},
                    {copies_in_words(drift.between)},
                    {drift.port == 0 ? "-" : std::to_string(drift.port)},
                    drift.since ? Cell{"differ since " + common::to_rfc3339(*drift.since) + ", " +
                                           relative(*drift.since, verdict.at),
                                       Style::warning}
                                : Cell{"same"}});
  }
  return columns(rows, colour, 2);
}

std::string probe_table(const ProbeReport& report, bool colour) {
  const model::ProbeVerdict& verdict = report.verdict;
  std::string out = styled(printable(endpoint(report.probe.target)), Style::strong, colour) + "\n";
  const auto addresses = probed_addresses(report.probe, verdict);
  for (const ProbedAddress& each : addresses) out += address_text(each, addresses.size() == 1, colour);
  if (addresses.empty()) out += sentences(verdict.detail, verdict.remedy);
  if (!report.findings.empty()) out += title("CA file", colour) + findings_text(report.findings, colour);
  const bool ok = verdict.status == model::ProbeStatus::ok;
  out += "\n" + styled(ok ? "ok" : "not ok", style_of(verdict.status), colour);
  if (!ok) out += ": " + std::string(name(verdict.status));
  if (!ok && addresses.size() > 1) out += " at " + printable(verdict.address);
  return out + "\n";
}

std::string rehearsal_table(const std::vector<model::Rehearsal>& items, bool colour) {
  const auto state = [](bool holds) { return holds ? Cell{"holds", Style::good} : Cell{"fails", Style::bad}; };
  std::vector<Row> rows{header({"CERTIFICATE OF", "NOW", "NEXT"})};
  std::string failures;
  for (const model::Rehearsal& item : items) {
    rows.push_back({{item.who}, state(item.holds_now), state(item.holds_next)});
    if (!item.holds_next) failures += sentences(item.who + ": " + item.why, item.step);
  }
  std::string out = columns(rows, colour);
  if (!failures.empty()) out += "\n" + failures;
  const auto fail = static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [](const model::Rehearsal& item) { return !item.holds_next; }));
  if (rehearsal_passes(items)) return out + "\n" + styled("ok: all would hold", Style::good, colour) + "\n";
  return out + "\n" + styled("not ok", Style::bad, colour) + ": " + std::to_string(fail) + " of " +
         count_of(items.size(), "certificate") + " would fail\n";
}

}  // namespace views
