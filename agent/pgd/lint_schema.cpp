#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "agent/pgd/lint_crd.hpp"
#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/lint_suggest.hpp"

namespace pgd {
namespace {

std::string listed(std::span<const std::string_view> words) {
  constexpr std::size_t readable = 8;  // the list of usages is too long for a sentence
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), readable); ++i) text += (i ? ", " : "") + std::string(words[i]);
  return words.size() > readable ? text + " and so on" : text;
}

std::string_view wanted(Shape shape) {
  switch (shape) {
    case Shape::text: return "a text";
    case Shape::integer: return "an integer";
    case Shape::boolean: return "true or false";
    case Shape::integer_or_text: return "an integer or a text";
    case Shape::texts: return "a list of texts";
    case Shape::text_map: return "a mapping of texts";
    case Shape::text_maps: return "a list of mappings of texts";
    case Shape::object: return "a mapping";
    case Shape::objects: return "a list of mappings";
    case Shape::any: return "anything";
  }
  return "";
}

std::string what_is(const YamlNode& node) {
  if (node.is_mapping()) return "a mapping";
  if (node.is_sequence()) return "a list";
  switch (scalar_type(node)) {
    case ScalarType::boolean: return "the boolean " + in_quotes(node.text);
    case ScalarType::integer:
    case ScalarType::number: return "the number " + in_quotes(node.text);
    case ScalarType::text: return "the text " + in_quotes(node.text);
    case ScalarType::none: break;
  }
  return "null";
}

class Schema {
 public:
  explicit Schema(Report& report) : report_(report) {}

  /// `at` is given.
  void judge(const Spot& at, std::string_view name, const Object& object) {
    if (!at.node()->is_mapping()) return wrong(at, name, Shape::object);
    for (const auto& field : object.fields) {
      if (!field.moved_to.empty() && at.has(field.name))
        elsewhere_.insert(at.path() + "." + std::string(field.moved_to));
    }
    for (const auto& member : at.members()) {
      if (!member.value.given() && known(member.key, object)) continue;  // null: as if it were not there
      judge_member(member.key, member.value, object);
    }
    for (const auto& field : object.fields) {
      if (field.required && !at.has(field.name) && !stands_elsewhere((at / field.name).path(), field)) {
        report_.add("lint-missing-field", at / field.name, "Required field " + in_quotes(field.name) + " is missing.");
      }
    }
  }

 private:
  static bool known(std::string_view key, const Object& object) {
    return std::any_of(object.fields.begin(), object.fields.end(), [&](const Field& f) { return f.name == key; });
  }

  /// At its old place, which is told there; of an object, all that it needs.
  [[nodiscard]] bool stands_elsewhere(const std::string& path, const Field& field) const {
    if (elsewhere_.contains(path)) return true;
    if (field.shape != Shape::object) return false;
    const auto covered = [&](const Field& f) {
      return !f.required || stands_elsewhere(path + "." + std::string(f.name), f);
    };
    const auto& fields = field.object->fields;
    return std::any_of(fields.begin(), fields.end(), [](const Field& f) { return f.required; }) &&
           std::all_of(fields.begin(), fields.end(), covered);
  }

  void judge_member(std::string_view key, const Spot& at, const Object& object) {
    const auto* field = std::find_if(object.fields.data(), object.fields.data() + object.fields.size(),
                                     [&](const Field& f) { return f.name == key; });
    if (field == object.fields.data() + object.fields.size()) {
      if (!object.open) unknown(key, at, object);
    } else if (!field->moved_to.empty()) {
      report_.add("lint-old-spelling", at,
                  "Field " + in_quotes(key) + " is not read here: the CRD has it at certManager." +
                      std::string(field->moved_to) + ".",
                  "Move it to certManager." + std::string(field->moved_to) + ".");
    } else {
      judge_value(at, *field);
    }
  }

  void unknown(std::string_view key, const Spot& at, const Object& object) {
    const std::string better = meant(key, object);
    report_.add("lint-unknown-field", at, "There is no field " + in_quotes(key) + " here.",
                better.empty() ? "" : "Write " + better + ", if that is what is meant.");
  }

  void judge_value(const Spot& at, const Field& field) {
    const YamlNode& node = *at.node();
    const ScalarType type = scalar_type(node);
    switch (field.shape) {
      case Shape::text: return type == ScalarType::text ? judge_text(at, field) : wrong(at, field.name, field.shape);
      case Shape::integer:
        return type == ScalarType::integer ? judge_range(at, field) : wrong(at, field.name, field.shape);
      case Shape::boolean: return type == ScalarType::boolean ? void() : wrong(at, field.name, field.shape);
      case Shape::integer_or_text:
        if (type != ScalarType::integer && type != ScalarType::text) wrong(at, field.name, field.shape);
        return;
      case Shape::object: return judge(at, field.name, *field.object);
      case Shape::text_map: return judge_map(at, field.name);
      case Shape::any: return;
      case Shape::texts:
      case Shape::text_maps:
      case Shape::objects: return node.is_sequence() ? judge_items(at, field) : wrong(at, field.name, field.shape);
    }
  }

  void judge_items(const Spot& at, const Field& field) {
    for (const auto& item : at.items()) {
      if (field.shape == Shape::texts) {
        const bool text = item.given() && scalar_type(*item.node()) == ScalarType::text;
        text ? judge_text(item, field) : wrong(item, field.name, Shape::text);
      } else if (!item.given()) {
        wrong(item, field.name, Shape::object);
      } else if (field.shape == Shape::objects) {
        judge(item, field.name, *field.object);
      } else {
        judge_map(item, field.name);
      }
    }
  }

  void judge_map(const Spot& at, std::string_view name) {
    if (!at.node()->is_mapping()) return wrong(at, name, Shape::text_map);
    for (const auto& member : at.members()) {
      if (!member.value.given()) continue;
      if (scalar_type(*member.value.node()) != ScalarType::text) wrong(member.value, member.key, Shape::text);
    }
  }

  void judge_text(const Spot& at, const Field& field) {
    const std::string& value = at.node()->text;
    if (field.required && value.empty()) {
      return report_.add("lint-empty-field", at, "Required field " + in_quotes(field.name) + " is empty.");
    }
    if (field.allowed.empty() || std::find(field.allowed.begin(), field.allowed.end(), value) != field.allowed.end())
      return;
    if (field.name == "mode" && value == "required") {
      return report_.add("lint-mode-required", at, "TLS mode \"required\" is refused; the CRD calls it \"require\".");
    }
    // These may be left empty, for core/v1 and cert-manager have defaults of their own.
    if (value.empty() && field.name != "mode" && field.name != "updateStrategy" && field.name != "algorithm" &&
        field.name != "encoding" && field.name != "usages" && field.name != "groupJoinMethod") {
      return;
    }
    report_.add(
        "lint-unknown-value", at,
        in_quotes(value) + " is no value of " + in_quotes(field.name) + ", which takes " + listed(field.allowed) + ".");
  }

  void judge_range(const Spot& at, const Field& field) {
    if (field.least == 0 && field.most == 0) return;
    const long long value = at.integer(field.most + 1);
    if (value >= field.least && value <= field.most) return;
    report_.add("lint-out-of-range", at,
                in_quotes(field.name) + " is " + at.node()->text + ", outside of " + std::to_string(field.least) +
                    " to " + std::to_string(field.most) + ".");
  }

  void wrong(const Spot& at, std::string_view name, Shape shape) {
    const std::string is = at.given() ? what_is(*at.node()) : "null";
    report_.add("lint-wrong-type", at,
                in_quotes(name) + " has " + is + " where " + std::string(wanted(shape)) + " is wanted.");
  }

  Report& report_;
  std::set<std::string> elsewhere_;  ///< paths of fields that stand at their old places
};

/// Tells of the last, the one that counts.
void find_duplicates(const Spot& at, Report& report) {
  std::map<std::string_view, int> left;
  const auto members = at.members();
  for (const auto& member : members) ++left[member.key];
  const auto times = left;
  for (const auto& member : members) {
    if (--left[member.key] == 0 && times.at(member.key) > 1) {
      report.add("lint-duplicate-key", member.value,
                 "Key " + in_quotes(member.key) + " stands " + std::to_string(times.at(member.key)) +
                     " times in this mapping; the last one counts.");
    }
    find_duplicates(member.value, report);
  }
  for (const auto& item : at.items()) find_duplicates(item, report);
}

}  // namespace

void lint_schema(const Lint& lint, Report& report) {
  Schema(report).judge(lint.root, "PGDGroup", group_object());
  find_duplicates(lint.root, report);
  if (lint.manifest.operator_1 && lint.spec.given() && !lint.spec.has("instances")) {
    report.add("lint-missing-field", lint.spec / "instances",
               "Required field \"instances\" is missing; operator 1.x has no default for it.");
  }
  for (const auto& one : templates) {
    const Spot at = lint.connectivity / one.key;
    if (!at.given() || !at.node()->is_mapping() || at.has("spec")) continue;
    const bool old = lint.manifest.operator_1;
    report.add("lint-template-without-spec", old ? info : critical, at / "spec",
               std::string(one.key) + " has no spec, " +
                   (old ? "which operator 2.x will refuse." : "which operator 2.x refuses."));
  }
}

}  // namespace pgd
