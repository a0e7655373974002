// The documented severities against the function that decides them: every severity it can give is documented, and no
// other.
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <sstream>

#include "agent/rules/severity.hpp"
#include "agent/views/explain.hpp"

namespace {

/// Every combination of what a severity may depend on.
template <class Visit>
void for_all_facts(const Visit& visit) {
  for (const auto role : model::all_secret_roles) {
    for (const auto source : model::all_sources) {
      for (const auto position : {model::Position::leaf, model::Position::intermediate, model::Position::anchor}) {
        for (const auto name_role : model::all_name_roles) {
          for (unsigned bits = 0; bits < 32; ++bits) {
            visit({role, source, position, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                   (bits & 16) != 0, name_role});
          }
        }
      }
    }
  }
}

std::set<std::string> documented(std::string_view column) {
  std::set<std::string> words;
  std::istringstream in{std::string(column)};
  for (std::string word; in >> word;) {
    if (word != "or" && word != "-") words.insert(word);
  }
  return words;
}

/// Chains belong to leaf roles, anchors are anchors; the column without a CA is about the server's secrets.
bool applies(model::Code code, const rules::SeverityFacts& facts, bool ca_present) {
  const bool of_chain = code >= model::Code::untrusted && code <= model::Code::wrong_purpose;
  if (of_chain && is_ca(facts.role)) return false;
  if (code == model::Code::anchor_not_ca && facts.position != model::Position::anchor) return false;
  return ca_present || ca_of(facts.role) == model::SecretRole::server_ca;
}

std::set<std::string> given(model::Code code, model::TlsMode mode, bool ca_present) {
  std::set<std::string> words;
  for_all_facts([&](const rules::SeverityFacts& facts) {
    if (!applies(code, facts, ca_present)) return;
    const auto severity = rules::severity(code, facts, rules::effective_mode(mode, facts.role, ca_present));
    if (severity) words.emplace(name(*severity));
  });
  return words;
}

}  // namespace

TEST_CASE("the documented severities are those that are given") {
  REQUIRE(views::gravities().size() == model::catalogue().size());
  for (std::size_t i = 0; i < views::gravities().size(); ++i) {
    const views::Gravity& gravity = views::gravities()[i];
    INFO(name(gravity.code));
    CHECK(gravity.code == static_cast<model::Code>(i));
    CHECK(gravity.holds_startup == rules::holds_startup(gravity.code));
    CHECK(documented(gravity.verify_full) == given(gravity.code, model::TlsMode::verify_full, true));
    CHECK(documented(gravity.verify_ca) == given(gravity.code, model::TlsMode::verify_ca, true));
    CHECK(documented(gravity.require_no_ca) == given(gravity.code, model::TlsMode::require, false));
  }
}
