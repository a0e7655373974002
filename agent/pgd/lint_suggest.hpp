// Which field of the CRD somebody meant by one that it has not. Only text.
#pragma once
#include <string>
#include <string_view>

#include "agent/pgd/lint_crd.hpp"

namespace pgd {

/// The known field that is near in spelling, "" where none is; with its parent, "spec.duration", where the field is
/// right but stands one level too high.
std::string meant(std::string_view key, const Object& object);

}  // namespace pgd
