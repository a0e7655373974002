// Texts we emit, pinned by files: tests/golden/<name>. With UPDATE_GOLDEN=1 in the environment the files are rewritten
// instead of compared; look at the difference before committing it.
#pragma once
#include <string>
#include <string_view>

namespace support {

/// Fails the running test where the file (its path relative to the source tree) differs, showing the first line that
/// does.
void check_file(const std::string& path, const std::string& text);
/// check_file("tests/golden/<name>").
void check_golden(std::string_view name, const std::string& text);

}  // namespace support
