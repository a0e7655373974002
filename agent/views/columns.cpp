#include "agent/views/columns.hpp"

#include <algorithm>

#include "agent/views/text.hpp"

namespace views {

std::string styled(std::string_view text, Style style, bool colour) {
  const auto with = [&](std::string_view code) {
    return colour && !text.empty() ? std::string("\x1b[").append(code).append("m").append(text).append("\x1b[0m")
                                   : std::string(text);
  };
  switch (style) {
    case Style::plain: break;
    case Style::strong: return with("1");
    case Style::faint: return with("2");
    case Style::good: return with("32");
    case Style::warning: return with("33");
    case Style::bad: return with("1;31");
  }
  return std::string(text);
}

Style style_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::critical: return Style::bad;
    case model::Severity::warning: return Style::warning;
    case model::Severity::info: return Style::plain;
  }
  return Style::plain;
}

std::string columns(const std::vector<Row>& rows, bool colour, std::size_t indent) {
  std::vector<std::vector<std::string>> texts;
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    std::vector<std::string>& cells = texts.emplace_back();
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(printable(row[i].text));
      widths[i] = std::max(widths[i], width(cells.back()));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::size_t last = rows[r].size();
    while (last > 0 && texts[r][last - 1].empty()) --last;
    out.append(last == 0 ? 0 : indent, ' ');
    for (std::size_t i = 0; i < last; ++i) {
      out += styled(texts[r][i], rows[r][i].style, colour);
      if (i + 1 < last) out.append(widths[i] - width(texts[r][i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace views
