// What the PGDGroup CRDs of operator 1.2 and 2.0 allow, as a table: all of `.spec.connectivity`; of the rest what names
// depend on, what is required, and which fields there are. Only data.
#pragma once
#include <span>
#include <string_view>

namespace pgd {

enum class Shape { text, integer, boolean, integer_or_text, texts, text_map, text_maps, object, objects, any };

struct Field;

struct Object {
  std::span<const Field> fields;
  bool open = false;  ///< has fields beyond those of the table
};

struct Field {
  std::string_view name;
  Shape shape = Shape::text;
  bool required = false;
  const Object* object = nullptr;               ///< of object and objects
  std::span<const std::string_view> allowed{};  ///< of text and texts; empty = any
  long long least = 0, most = 0;                ///< of integer, both included; 0, 0 = any
  std::string_view moved_to{};                  ///< no field but an old spelling: where it belongs now
};

/// A whole PGDGroup.
const Object& group_object();

}  // namespace pgd
