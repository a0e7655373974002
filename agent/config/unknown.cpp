#include "agent/config/unknown.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "agent/config/quote.hpp"
#include "agent/config/suggest.hpp"

namespace config {
namespace {

// Beyond these nobody reads on, and a hostile text must not make the suggestions costly.
constexpr std::size_t most_suggestions = 100;

class Search {
 public:
  Search(const Table& root, std::span<const KnownKey> known) : root_(root), known_(known) {
    for (const auto& [table, key] : known) index_.emplace(table, key);
  }

  std::vector<Complaint> run() {
    for (const auto& entry : root_) {
      const auto* inner = std::get_if<Table>(&entry.value.data);
      if (is_known(entry.key, "")) {
        // [entry.key] may still be no table: the reader has complained then.
        for (const auto& key : inner ? *inner : Table{}) {
          if (!is_known(entry.key, key.key)) refuse(key, entry.key);
        }
      } else if (!is_known("", entry.key)) {
        refuse(entry, "");
      }
    }
    return complaints_;
  }

 private:
  [[nodiscard]] bool is_known(std::string_view table, std::string_view key) const {
    return index_.contains({table, key});
  }

  /// Words that could have been meant at this place.
  [[nodiscard]] std::vector<std::string_view> words(std::string_view table) const {
    std::vector<std::string_view> all;
    for (const auto& known : known_) {
      if (known.table == table && !known.key.empty()) all.push_back(known.key);
      if (table.empty() && known.key.empty()) all.push_back(known.table);
    }
    return all;
  }

  void refuse(const Entry& entry, std::string_view table) {
    const bool is_table = table.empty() && std::holds_alternative<Table>(entry.value.data);
    const std::string what =
        is_table ? "unknown table [" + printable(entry.key) + "]"
                 : "unknown key " + in_quotes(entry.key) + (table.empty() ? "" : " in [" + std::string(table) + "]");
    complaints_.push_back({entry.place, what + (complaints_.size() < most_suggestions ? remedy(entry, table) : "")});
  }

  [[nodiscard]] std::string remedy(const Entry& entry, std::string_view table) const {
    const auto home =
        std::find_if(known_.begin(), known_.end(), [&](const KnownKey& known) { return known.key == entry.key; });
    if (home == known_.end() || entry.key.empty()) return did_you_mean(entry.key, words(table));
    if (home->table.empty()) return "; it belongs at the top, before the first [table]";
    return "; it belongs in [" + std::string(home->table) + "]";
  }

  const Table& root_;
  std::span<const KnownKey> known_;
  std::set<std::pair<std::string_view, std::string_view>> index_;
  std::vector<Complaint> complaints_;
};

}  // namespace

std::vector<Complaint> unknown_keys(const Table& root, std::span<const KnownKey> known) {
  return Search(root, known).run();
}

}  // namespace config
