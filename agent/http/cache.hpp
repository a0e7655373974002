// Texts made of a world, kept until the world changes: a hundred scrapes of the same world cost one rendering.
#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "agent/model/snapshot.hpp"

namespace http {

class Cache {
 public:
  enum class Text { metrics, page, json };

  /// The kept text where it was made of this very world (and second); otherwise what `make()` returns, kept from now
  /// on. The world stays alive with its text, so that a new one can't be mistaken for it by having its address.
  template <class Make>
  std::shared_ptr<const std::string> text(Text which, const model::World& world, std::chrono::sys_seconds second,
                                          Make&& make) {
    Entry& entry = entries_[static_cast<std::size_t>(which)];
    const bool same =
        entry.world.snapshot == world.snapshot && entry.world.verdict == world.verdict && entry.second == second;
    if (!entry.text || !same) entry = {world, second, std::make_shared<const std::string>(std::forward<Make>(make)())};
    return entry.text;
  }

 private:
  struct Entry {
    model::World world;
    std::chrono::sys_seconds second{};
    std::shared_ptr<const std::string> text;
  };
  std::array<Entry, 3> entries_;
};

}  // namespace http
