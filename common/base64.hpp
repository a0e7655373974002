// Bytes as base64 with padding (RFC 4648 §4), for texts that carry bytes.
#pragma once
#include <string>
#include <string_view>

namespace common {

std::string base64(std::string_view bytes);

}  // namespace common
