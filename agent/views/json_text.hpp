// JSON as text: UTF-8 whatever the strings held, two spaces of indentation, numbers in the shortest spelling that reads
// back.
#pragma once
#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace views {

/// Ends with a newline. Arrays and objects that fit on a line of 100 columns stay on it.
std::string indented(const boost::json::value& value);

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace views
