#include "tests/support/golden.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace support {

void check_file(const std::string& path, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(SOURCE_DIR) / path;
  const char* update = std::getenv("UPDATE_GOLDEN");
  if (update && std::string_view(update) == "1") {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  const std::string expected = content.str();
  INFO(path << " differs; UPDATE_GOLDEN=1 rewrites it");
  REQUIRE(in.good());
  std::istringstream expected_lines(expected), actual_lines(text);
  std::string expected_line, actual_line;
  for (int line = 1;; ++line) {
    const bool more_expected = static_cast<bool>(std::getline(expected_lines, expected_line));
    const bool more_actual = static_cast<bool>(std::getline(actual_lines, actual_line));
    if (!more_expected && !more_actual) break;
    INFO("line " << line);
    REQUIRE((more_actual ? actual_line : "(end)") == (more_expected ? expected_line : "(end)"));
  }
  REQUIRE((text == expected));
}

void check_golden(std::string_view name, const std::string& text) {
  check_file("tests/golden/" + std::string(name), text);
}

}  // namespace support
