// The parts of the status page, for status_page.cpp and page_*.cpp alone. Each appends complete HTML to `out`.
#pragma once
#include <string>
#include <string_view>

#include "agent/model/snapshot.hpp"

namespace views {

enum class Tone { good, warning, bad, quiet };

/// The style sheet, as it stands between <style> and </style>.
std::string_view page_style();

/// `✓ up`: a state told by sign, word and colour.
std::string badge(Tone tone, std::string_view word);

/// <time>: `words` shown, the instant machine-readable and on hovering.
std::string time_html(common::WallTime time, std::string_view words);
/// "3 min ago", "in 41 days" as <time>.
std::string age_html(common::WallTime time, common::WallTime now);

/// A table's beginning: a caption (shown to screen readers only) and the column heads.
std::string table_head(std::string_view caption, std::initializer_list<std::string_view> heads);
/// A cell that knows its column's head, for narrow screens where the table becomes a list. `content` is HTML.
std::string cell(std::string_view head, std::string_view content);

/// "Server certificate"
std::string_view title_of(model::SecretRole role);
/// When it expires, or that it has, with the date below.
std::string expiry_html(const model::Certificate& certificate, common::WallTime now);

void page_names(std::string& out, const model::World& world, common::WallTime now);
void page_probes(std::string& out, const model::World& world, common::WallTime now);
void page_secrets(std::string& out, const model::World& world, common::WallTime now);
/// Within page_secrets().
void page_drifts(std::string& out, const model::World& world, common::WallTime now);
void page_events(std::string& out, const model::World& world, common::WallTime now);

}  // namespace views
