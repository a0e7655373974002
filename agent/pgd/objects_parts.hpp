// What Services and Certificates have in common: head, metadata, and a spec that the user has written in part. Knows
// neither; judges nothing.
#pragma once
#include <string>
#include <string_view>

#include "agent/pgd/manifest.hpp"

namespace pgd {

/// The prefix of the operator's own labels and annotations, as documented ("Predefined labels").
inline constexpr std::string_view label_prefix = "k8s.pgd.enterprisedb.io/";
std::string label_key(std::string_view name);

struct ObjectHead {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string ns;     ///< "" = none
  Metadata metadata;  ///< of two values of one key the later counts
};
/// apiVersion, kind, metadata and spec; labels and annotations only where there are any.
YamlNode object(const ObjectHead& head, YamlNode spec);

/// `first`, then `second`.
Metadata joined(const Metadata& first, const Metadata& second);

/// A tree as written, but a key that comes twice only with its last value, which is how Kubernetes reads it: written
/// twice, strict field validation would refuse it.
YamlNode copied(const YamlNode& node);

/// Whether the mapping says something of that key: neither absent nor null nor an empty mapping, sequence or text.
bool says(const YamlNode& mapping, std::string_view key);

}  // namespace pgd
