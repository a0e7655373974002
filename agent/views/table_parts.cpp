#include "agent/views/table_parts.hpp"

#include <algorithm>

#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t sentence_width = 98;
constexpr std::size_t names_shown = 12;  // of one certificate

}  // namespace

std::string title(std::string_view text, bool colour) { return "\n" + styled(text, Style::strong, colour) + "\n"; }

Row header(std::initializer_list<std::string_view> names) {
  Row row;
  for (const std::string_view name : names) row.push_back({std::string(name), Style::faint});
  return row;
}

Cell expiry(const model::Certificate& certificate, common::WallTime now) {
  const std::string when = common::to_rfc3339(certificate.not_after);
  if (certificate.not_after <= now) return {when + ", expired " + relative(certificate.not_after, now), Style::bad};
  if (certificate.not_before > now) return {when + ", valid only " + relative(certificate.not_before, now), Style::bad};
  return {when + ", " + relative(certificate.not_after, now), Style::plain};
}

void certificate_rows(std::vector<Row>& rows, Row lead, const model::Certificate& certificate, common::WallTime now) {
  const std::size_t names_column = lead.size() + 4;
  const auto& names = certificate.dns_names;
  lead.push_back({std::string(name(certificate.position)) + " " + std::to_string(certificate.index)});
  lead.push_back({certificate.subject.empty() ? "(no subject)" : certificate.subject});
  lead.push_back({certificate.key});
  lead.push_back(expiry(certificate, now));
  lead.push_back({names.empty() ? "" : names.front()});
  rows.push_back(std::move(lead));
  for (std::size_t i = 1; i < names.size(); ++i) {
    Row more(names_column);
    const bool last_shown = i == names_shown && i + 1 < names.size();
    more.push_back({last_shown ? "and " + std::to_string(names.size() - i) + " more" : names[i]});
    rows.push_back(std::move(more));
    if (last_shown) return;
  }
}

std::string sentences(std::string_view message, std::string_view remedy) {
  std::string out;
  if (!message.empty()) {
    for (const std::string& line : wrap(printable(message), sentence_width)) out += "  " + line + "\n";
  }
  if (remedy.empty()) return out;
  std::string_view mark = "  -> ";
  for (const std::string& line : wrap(printable(remedy), sentence_width - 3)) {
    out.append(mark).append(line).append("\n");
    mark = "     ";
  }
  return out;
}

}  // namespace views
