#include "agent/config/forms.hpp"

#include <algorithm>
#include <cstddef>

namespace config {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_label_character(char c) { return is_alphanumeric(c) || c == '-'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= longest_label && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), is_label_character);
}

/// As a label, but with underscores: they are not host names by the book, yet exist and resolve.
bool is_lenient_label(std::string_view text) {
  const auto allowed = [](char c) { return is_label_character(c) || c == '_'; };
  return !text.empty() && text.size() <= longest_label && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool is_domain(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > longest_name) return false;
  while (true) {
    const auto dot = text.find('.');
    if (!is_lenient_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// libpq asks inet_aton, which also reads "1", "10.1" and "0x7f.1": no top-level domain begins with a digit.
bool looks_like_address(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dot = text.rfind('.');
  const auto last = dot == std::string_view::npos ? text : text.substr(dot + 1);
  return std::all_of(last.begin(), last.end(), is_digit) || last.starts_with("0x") || last.starts_with("0X");
}

}  // namespace

std::string_view label_form(std::string_view text) {
  return is_label(text) ? "" : "expected a DNS label: letters, digits and inner hyphens, at most 63";
}

std::string_view suffix_form(std::string_view text) {
  const bool fine =
      text.size() < longest_label && std::all_of(text.begin(), text.end(), is_label_character) && !text.ends_with('-');
  return fine ? ""
              : "expected the end of a service name such as \"-dc1\": letters, digits and hyphens, no dot (that is "
                "domain's)";
}

std::string_view domain_form(std::string_view text) {
  return is_domain(text)
             ? ""
             : "expected a domain such as \"pgd.example.com\": labels of at most 63 joined by dots, at most 253";
}

std::string_view host_form(std::string_view text) {
  if (!is_domain(text)) return "expected a host name such as \"region-b-group.example.com\", without port";
  return looks_like_address(text) ? "expected a host name, not an address: only names are resolved" : "";
}

std::string_view directory_form(std::string_view text) {
  return text.starts_with('/') ? "" : "expected an absolute path such as \"/etc/pgd-agent/server\"";
}

std::string_view file_form(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  const bool fine = !text.empty() && text.size() <= longest_name && text != "." && !text.starts_with("..") &&
                    std::all_of(text.begin(), text.end(), allowed);
  return fine ? ""
              : "expected a key of the Secret such as \"tls.crt\": letters, digits, \"-\", \"_\" and \".\", no path";
}

std::string_view common_name_form(std::string_view text) {
  return !text.empty() && text.size() <= 64 ? "" : "expected a common name of 1 to 64 characters";
}

}  // namespace config
