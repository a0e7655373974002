#include "agent/views/explain.hpp"

#include <algorithm>
#include <array>

#include "agent/views/text.hpp"

namespace views {
namespace {

using model::Code;

constexpr std::size_t text_width = 88;

const Gravity& gravity_of(Code code) { return gravities().at(static_cast<std::size_t>(code)); }

struct Chapter {
  std::string_view title;
  Code first;
  Code last;
};
constexpr std::array chapters{
    Chapter{"Secrets and certificates", Code::missing_file, Code::drift_served},
    Chapter{"Names", Code::name_invalid, Code::flapping},
    Chapter{"The wire", Code::client_certificate_refused, Code::own_postgres_unreachable},
    Chapter{"The agent itself", Code::watch_degraded, Code::config_rejected},
};

/// "Meaning  text", wrapped with the text aligned.
std::string paragraph(std::string_view label, std::string_view text) {
  std::string out;
  std::string head = std::string(label) + std::string(10 - label.size(), ' ');
  for (const std::string& line : wrap(text, text_width)) {
    out += head + line + "\n";
    head.assign(10, ' ');
  }
  return out;
}

/// Text as Markdown would show it: only backticks mean something in it.
std::string markdown(std::string_view text) {
  std::string out;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (!code && (c == '<' || c == '*' || c == '_' || c == '|' || c == '[')) out += '\\';
    out += c;
  }
  return out;
}

std::string joined_lines(std::string_view text, std::size_t columns) { return join(wrap(text, columns), "\n") + "\n"; }

std::string severity_table() {
  std::string out =
      "| code | verify-full | verify-ca | require, no CA | what decides |\n"
      "|---|---|---|---|---|\n";
  for (const Gravity& gravity : gravities()) {
    const std::string code(name(gravity.code));
    out += "| [`" + code + "`](#" + code + ")" + (gravity.holds_startup ? " **H**" : "") + " | " +
           std::string(gravity.verify_full) + " | " + std::string(gravity.verify_ca) + " | " +
           std::string(gravity.require_no_ca) + " | " + markdown(gravity.note) + " |\n";
  }
  return out;
}

std::string section(const model::Explanation& explanation) {
  const Gravity& gravity = gravity_of(explanation.code);
  std::string severity = gravity.verify_full == gravity.verify_ca && gravity.verify_ca == gravity.require_no_ca
                             ? "**Severity:** " + std::string(gravity.verify_full)
                             : "**Severity:** " + std::string(gravity.verify_full) + " with `verify-full`, " +
                                   std::string(gravity.verify_ca) + " with `verify-ca`, " +
                                   std::string(gravity.require_no_ca == "-" ? "not raised" : gravity.require_no_ca) +
                                   " with `require` and no CA";
  if (!gravity.note.empty()) severity += " (" + markdown(gravity.note) + ")";
  severity += gravity.holds_startup ? ". Holds the startup gate, where the material is mounted." : ".";
  std::string out = "### " + std::string(explanation.name) + "\n\n";
  out += joined_lines(markdown(explanation.meaning), 118) + "\n";
  out += joined_lines("**Cause:** " + markdown(explanation.cause), 118) + "\n";
  out += joined_lines("**Remedy:** " + markdown(explanation.remedy), 118) + "\n";
  return out + joined_lines(severity, 118);
}

}  // namespace

std::string explain(const model::Explanation& explanation) {
  const Gravity& gravity = gravity_of(explanation.code);
  std::string out{explanation.name};
  out += gravity.holds_startup ? "  (holds the startup gate)\n\n" : "\n\n";
  out += paragraph("Meaning", explanation.meaning);
  out += paragraph("Cause", explanation.cause);
  out += paragraph("Remedy", explanation.remedy);
  out += "\nSeverity  verify-full: " + std::string(gravity.verify_full) +
         "; verify-ca: " + std::string(gravity.verify_ca) +
         "; require without a CA: " + std::string(gravity.require_no_ca == "-" ? "not raised" : gravity.require_no_ca) +
         "\n";
  if (!gravity.note.empty()) out += paragraph("", gravity.note);
  return out;
}

std::string findings_markdown() {
  std::string out =
      "# Findings\n\n"
      "Everything the agent can find wrong, by code. The codes are a contract: they appear in logs, in "
      "`pgd_agent_findings`, on the\n"
      "status page, in JSON and as the argument of `pgd-agent explain CODE`. A finding names what it is about, says in "
      "one sentence\n"
      "what was seen, and how to mend it.\n\n"
      "*This file is generated from the code; change it there.*\n\n"
      "## Severities\n\n"
      "| severity | means |\n|---|---|\n"
      "| critical | a PGD connection fails now or at the next reconnect |\n"
      "| warning | it will fail, or something is degraded |\n"
      "| info | a fact worth knowing |\n\n"
      "**H**: holds the startup gate, where the material is mounted. The TLS mode `require` equals `verify-ca` as soon "
      "as a\n"
      "server_ca is mounted, because libpq then verifies the chain; *require, no CA* is about the server's secrets "
      "without one.\n"
      "The client's are judged as with `verify-ca` in every mode, because Postgres always verifies a client "
      "certificate.\n\n";
  out += severity_table();
  out +=
      "\nA code suppresses what follows from it: `expired` hides `expires-soon` and `renewal-overdue`; "
      "`ca-key-changed`,\n"
      "`incomplete-chain` and `partial-chain-only` replace `untrusted`; a file that can't be read hides all that "
      "depends on it.\n";
  for (const Chapter& chapter : chapters) {
    out += "\n## " + std::string(chapter.title) + "\n";
    for (const model::Explanation& explanation : model::catalogue()) {
      if (explanation.code >= chapter.first && explanation.code <= chapter.last) out += "\n" + section(explanation);
    }
  }
  return out;
}

}  // namespace views
