#include <iterator>

#include "agent/pgd/yaml.hpp"
#include "agent/pgd/yaml_text.hpp"

namespace pgd {

YamlNode YamlNode::of(YamlKind kind) {
  YamlNode node;
  node.kind = kind;
  return node;
}

YamlNode YamlNode::mapping() { return of(YamlKind::mapping); }

YamlNode YamlNode::sequence() { return of(YamlKind::sequence); }

YamlNode YamlNode::string(std::string text) {
  YamlNode node = of(YamlKind::scalar);
  node.quoted = means_other_than_string(text);
  node.text = std::move(text);
  return node;
}

YamlNode YamlNode::plain(std::string text) {
  YamlNode node = of(YamlKind::scalar);
  node.text = std::move(text);
  return node;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (member->key == key) return &member->value;
  }
  return nullptr;
}

const YamlNode* YamlNode::find(std::initializer_list<std::string_view> path) const { return find(std::vector(path)); }

const YamlNode* YamlNode::find(const std::vector<std::string_view>& path) const {
  const YamlNode* node = this;
  for (const auto key : path) {
    node = node->find(key);
    if (!node) return nullptr;
  }
  return node;
}

YamlNode& YamlNode::set(std::string key, YamlNode value) {
  kind = YamlKind::mapping;
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (member->key == key) return member->value = std::move(value);
  }
  return members.emplace_back(YamlMember{std::move(key), {}, std::move(value)}).value;
}

YamlNode& YamlNode::add(YamlNode value) {
  kind = YamlKind::sequence;
  return items.emplace_back(std::move(value));
}

}  // namespace pgd
