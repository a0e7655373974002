#include "agent/pgd/lint_rules.hpp"

namespace pgd {
namespace {

/// Placeholders and the like stay as they are: nothing of it is markup, but for angle brackets, pipes and underscores.
std::string escaped(std::string_view text) {
  std::string out;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (!code && (c == '<' || c == '>' || c == '_' || c == '*' || c == '[' || c == ']' || c == '|')) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string lint_markdown() {
  std::string text =
      "# Lint\n\n"
      "What `pgd-agent lint` finds in the connectivity section of PGDGroup manifests, by code. The codes are a "
      "contract. A\n"
      "finding has the YAML path and the line, one sentence with what was seen, and how to mend it.\n\n"
      "*This file is generated from the code; change it there.*\n\n"
      "| severity | means |\n|---|---|\n"
      "| critical | the API server or the operator refuses it, or connections fail |\n"
      "| warning | it works, and will hurt |\n"
      "| info | a fact worth knowing |\n\n"
      "The table gives the gravest that a code can be. Fields are judged by the CRDs of operator 1.2 and 2.0.\n\n"
      "| code | severity |\n|---|---|\n";
  for (const auto& rule : lint_rules()) {
    const std::string code(rule.code);
    text += "| [`" + code + "`](#" + code + ") | " + std::string(name(rule.severity)) + " |\n";
  }
  for (const auto& rule : lint_rules()) {
    text += "\n## " + std::string(rule.code) + "\n\n" + escaped(rule.meaning) + "\n\n*Remedy:* " +
            escaped(rule.remedy) + "\n";
  }
  return text;
}

}  // namespace pgd
