// The text exposition taken apart again, for tests: families with their type, and every sample with its labels.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace support {

struct Sample {
  std::string family;  ///< without _bucket, _sum, _count
  std::string name;
  std::map<std::string, std::string> labels;  ///< unescaped
  std::string series;                         ///< name and labels as written: what must be unique
  std::string value;
};

struct Exposition {
  std::map<std::string, std::string> types;  ///< family -> type
  std::map<std::string, std::string> helps;
  std::vector<Sample> samples;
  std::vector<std::string> repeated;  ///< families announced twice
};

/// Throws std::runtime_error on a line that is neither comment nor sample.
Exposition parse_exposition(const std::string& text);

/// The value of a series, named as in the text; "absent" where there is none.
std::string value(const Exposition& exposition, const std::string& series);

}  // namespace support
