#include "agent/config/expand.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/config/quote.hpp"

namespace config {
namespace {

using common::Error;

bool is_variable(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

/// What pods usually take from the downward API, and from which field.
std::string remedy(std::string_view variable) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> fields{{{"POD_NAME", "metadata.name"},
                                                                                 {"NAMESPACE", "metadata.namespace"},
                                                                                 {"POD_IP", "status.podIP"},
                                                                                 {"NODE_NAME", "spec.nodeName"}}};
  const auto* const known =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == variable; });
  const std::string how = known == fields.end() ? "" : " (downward API: fieldPath " + std::string(known->second) + ")";
  return "set it in the container's env" + how + ", or write ${" + std::string(variable) + ":-else}";
}

common::Result<std::string> value_of(std::string_view reference, const Environment& environment) {
  const auto dash = reference.find(":-");
  const auto variable = reference.substr(0, dash);
  if (!is_variable(variable)) {
    return Error{in_quotes("${" + std::string(reference) + "}") +
                 " is not a reference: expected ${NAME} or ${NAME:-else}; a literal ${ is written $${"};
  }
  auto value = environment(variable);
  if (dash != std::string_view::npos) {
    return value && !value->empty() ? *value : std::string(reference.substr(dash + 2));
  }
  if (!value) return Error{"environment variable " + printable(variable) + " is not set: " + remedy(variable)};
  return *std::move(value);
}

}  // namespace

common::Result<std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  while (!text.empty() && out.size() <= longest_string) {
    if (text.starts_with("$${")) {
      out += "${";
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return Error{"${ without }: a literal ${ is written $${"};
      auto value = value_of(text.substr(2, end - 2), environment);
      if (!value) return value.error();
      out += *value;
      text.remove_prefix(end + 1);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  if (out.size() > longest_string) return Error{"longer than " + std::to_string(longest_string) + " bytes"};
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(out.begin(), out.end(), control)) return Error{in_quotes(out) + " contains a control character"};
  if (utf8_prefix(out) < out.size()) return Error{in_quotes(out) + " is not UTF-8"};
  return out;
}

std::string unexpanded(std::string_view value) {
  std::string out;
  for (; !value.empty(); value.remove_prefix(1)) {
    if (value.starts_with("${")) out += '$';
    out += value.front();
  }
  return out;
}

}  // namespace config
