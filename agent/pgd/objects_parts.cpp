#include "agent/pgd/objects_parts.hpp"

#include <utility>

namespace pgd {
namespace {

void set_labels(YamlNode& metadata, const std::string& key, const Labels& labels) {
  if (labels.empty()) return;
  YamlNode& mapping = metadata.set(key, YamlNode::mapping());
  for (const auto& [name, value] : labels) mapping.set(name, YamlNode::string(value));
}

}  // namespace

std::string label_key(std::string_view name) {
  std::string key(label_prefix);
  return key += name;
}

YamlNode object(const ObjectHead& head, YamlNode spec) {
  YamlNode object = YamlNode::mapping();
  object.set("apiVersion", YamlNode::string(head.api_version));
  object.set("kind", YamlNode::string(head.kind));
  YamlNode metadata = YamlNode::mapping();
  metadata.set("name", YamlNode::string(head.name));
  if (!head.ns.empty()) metadata.set("namespace", YamlNode::string(head.ns));
  set_labels(metadata, "labels", head.metadata.labels);
  set_labels(metadata, "annotations", head.metadata.annotations);
  object.set("metadata", std::move(metadata));
  object.set("spec", std::move(spec));
  return object;
}

Metadata joined(const Metadata& first, const Metadata& second) {
  Metadata both = first;
  both.labels.insert(both.labels.end(), second.labels.begin(), second.labels.end());
  both.annotations.insert(both.annotations.end(), second.annotations.begin(), second.annotations.end());
  return both;
}

YamlNode copied(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::null:
    case YamlKind::scalar: return node;
    case YamlKind::sequence: {
      YamlNode copy = YamlNode::sequence();
      for (const auto& item : node.items) copy.add(copied(item));
      return copy;
    }
    case YamlKind::mapping: {
      YamlNode copy = YamlNode::mapping();
      for (const auto& member : node.members) copy.set(member.key, copied(member.value));
      return copy;
    }
  }
  return node;
}

bool says(const YamlNode& mapping, std::string_view key) {
  const YamlNode* value = mapping.find(key);
  if (!value) return false;
  switch (value->kind) {
    case YamlKind::null: return false;
    case YamlKind::scalar: return !value->text.empty();
    case YamlKind::sequence: return !value->items.empty();
    case YamlKind::mapping: return !value->members.empty();
  }
  return false;
}

}  // namespace pgd
