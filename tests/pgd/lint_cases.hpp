// A correct manifest, and mistakes that are each a small change of it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"

namespace lint_cases {

/// A group with everything that lint looks at, and nothing wrong with it.
extern const std::string good;

struct Change {
  std::string from;  ///< its first occurrence is replaced
  std::string to;
};

struct Expected {
  std::string_view code;
  model::Severity severity;
  std::string on;     ///< part of the line, the first that has it
  std::string names;  ///< part of the message
};

struct Mistake {
  std::string what;
  std::vector<Change> changes;
  std::vector<Expected> findings;  ///< all of them, and in this order
};

std::vector<Mistake> shape_mistakes();
std::vector<Mistake> group_mistakes();
std::vector<Mistake> name_mistakes();
std::vector<Mistake> service_mistakes();
std::vector<Mistake> certificate_mistakes();
std::vector<Mistake> all_mistakes();

std::string changed(const Mistake& mistake);
int line_of(const std::string& text, const std::string& part);

}  // namespace lint_cases
