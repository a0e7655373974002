// A manifest out of a text, for the tests of what is read of it.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "agent/pgd/manifest.hpp"

namespace tests {

/// The only PGDGroup of the text.
inline pgd::Manifest read_one(const std::string& text) {
  CAPTURE(text);
  const auto read = pgd::read_manifests(text);
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  return read->front();
}

}  // namespace tests
