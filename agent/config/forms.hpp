// The forms a configured string may have: DNS labels and names, directories, file names. Each check answers what was
// expected, or "" where the text is fine; "" as text is for the caller to allow.
#pragma once
#include <string_view>

namespace config {

using Form = std::string_view (*)(std::string_view text);

/// One DNS label (RFC 1123): letters, digits, inner hyphens, at most 63. What Kubernetes lets a Service be called.
std::string_view label_form(std::string_view text);
/// What can follow a service name inside its label: letters, digits, hyphens, not ending in one.
std::string_view suffix_form(std::string_view text);
/// A domain name of labels (underscores allowed), at most 253, one trailing dot allowed.
std::string_view domain_form(std::string_view text);
/// A domain name that libpq would not take for an address.
std::string_view host_form(std::string_view text);
/// An absolute path: a relative one would depend on where the agent was started.
std::string_view directory_form(std::string_view text);
/// A key of a Kubernetes Secret: letters, digits, "-", "_", ".", not beginning with "..".
std::string_view file_form(std::string_view text);
/// An X.509 common name: 1 to 64 characters (RFC 5280, ub-common-name).
std::string_view common_name_form(std::string_view text);

}  // namespace config
