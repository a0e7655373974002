#include "exposition.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace support {
namespace {

std::string family_of(const std::string& name, const std::map<std::string, std::string>& types) {
  for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
    if (!name.ends_with(suffix)) continue;
    const std::string base = name.substr(0, name.size() - suffix.size());
    const auto found = types.find(base);
    if (found != types.end() && found->second == "histogram") return base;
  }
  return name;
}

Sample parse_sample(const std::string& line, const std::map<std::string, std::string>& types) {
  const auto fail = [&]() -> std::size_t { throw std::runtime_error("not a sample: " + line); };
  Sample sample;
  std::size_t at = line.find_first_of("{ ");
  if (at == std::string::npos) fail();
  sample.name = line.substr(0, at);
  if (line[at] == '{') {
    for (++at; line.at(at) != '}';) {
      const std::size_t equals = line.find("=\"", at);
      if (equals == std::string::npos) fail();
      const std::string label = line.substr(at, equals - at);
      std::string value;
      for (at = equals + 2; line.at(at) != '"'; ++at) {
        const bool escaped = line[at] == '\\';
        if (escaped) ++at;
        value += escaped && line.at(at) == 'n' ? '\n' : line.at(at);
      }
      sample.labels[label] = value;
      if (line.at(++at) == ',') ++at;
    }
    ++at;
  }
  if (line.at(at) != ' ') fail();
  sample.series = line.substr(0, at);
  sample.value = line.substr(at + 1);
  sample.family = family_of(sample.name, types);
  return sample;
}

}  // namespace

Exposition parse_exposition(const std::string& text) {
  Exposition out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      const std::string name = line.substr(7, space - 7), rest = line.substr(space + 1);
      auto& known = line[2] == 'H' ? out.helps : out.types;
      if (!known.emplace(name, rest).second) out.repeated.push_back(name);
    } else if (!line.empty()) {
      out.samples.push_back(parse_sample(line, out.types));
    }
  }
  return out;
}

std::string value(const Exposition& exposition, const std::string& series) {
  const auto found = std::find_if(exposition.samples.begin(), exposition.samples.end(),
                                  [&](const Sample& sample) { return sample.series == series; });
  return found == exposition.samples.end() ? "absent" : found->value;
}

}  // namespace support
