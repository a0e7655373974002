// Rows of cells as aligned columns for a terminal, with the few colours used there.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"

namespace views {

enum class Style { plain, strong, faint, good, warning, bad };

/// `text` in the style, where `colour`; unchanged otherwise.
std::string styled(std::string_view text, Style style, bool colour);

Style style_of(model::Severity severity);

struct Cell {
  std::string text;  ///< made printable here
  Style style = Style::plain;
};
using Row = std::vector<Cell>;

/// Every column as wide as its widest cell, two spaces between, nothing after the last; each line after `indent`
/// spaces.
std::string columns(const std::vector<Row>& rows, bool colour, std::size_t indent = 0);

}  // namespace views
