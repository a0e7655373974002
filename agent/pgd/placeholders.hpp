// The placeholders of the service templates, `{node_svc}` and the like: which there are, where, and what becomes of
// them. Pure text; composes no name.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/group.hpp"

namespace pgd {

/// What a template may use, braces and all: the service's name, then its FQDN. Closed: nothing else is expanded. Both
/// proxies' templates use `{proxy_svc}` and `{proxy_fqdn}`, each for its own service. Empty texts for roles without a
/// service. Documented for labels and annotations; whether the operator expands them in `spec` is not.
std::array<std::string_view, 2> placeholders(model::NameRole role);

/// `text` with the role's placeholders replaced; everything else, other roles' placeholders too, stays as it is.
std::string expand(std::string_view text, model::NameRole role, std::string_view service, std::string_view fqdn);

/// What looks like a placeholder and would stay in the text, braces and all, in order, each once: letters, digits, and
/// `_-. ` between single braces. So JSON in an annotation is none, and neither is `{}`.
std::vector<std::string> unknown_placeholders(std::string_view text, model::NameRole role);

}  // namespace pgd
