// Which texts Kubernetes takes where they are put, so that nothing injected can make a pod invalid: an invalid pod is a
// database that does not start. Pure.
#pragma once
#include <string>
#include <string_view>

namespace inject {

/// Without white space at both ends: files of a ConfigMap often end in a newline.
std::string_view trimmed(std::string_view text);

/// DNS-1123 subdomain, as names of ConfigMaps and Secrets are: `[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?`.
bool is_subdomain(std::string_view text);

/// An image reference as far as a pod is refused or can never start without: no white space, at most 1024 bytes, its
/// parts of `[A-Za-z0-9._:/@-]`.
bool is_image(std::string_view text);

/// A resource.Quantity above zero as people write them: digits, at most one point, and a suffix
/// `m k M G T P E Ki Mi Gi Ti Pi Ei` or none.
bool is_quantity(std::string_view text);

/// `[1-9][0-9]{0,5}(ms|s|m|h)`
bool is_wait(std::string_view text);

/// In quotes, printable ASCII, cut: for warnings, which the API server passes on to whoever made the pod.
std::string shown(std::string_view text);

}  // namespace inject
