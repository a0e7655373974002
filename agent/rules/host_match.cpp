#include "agent/rules/host_match.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

namespace rules {
namespace {

using common::Deleter;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

HostMatch match_name(const ASN1_STRING* name, const std::string& host) {
  const auto pattern = bytes_of(name);
  if (pattern.find('\0') != std::string_view::npos) return HostMatch::malformed;
  return name_matches(pattern, host) ? HostMatch::match : HostMatch::no_match;
}

HostMatch match_address(const ASN1_OCTET_STRING* address, const std::string& host) {
  const auto bytes = bytes_of(address);
  in_addr v4{};
  in6_addr v6{};
  const auto same = [&](const void* parsed) {
    return std::memcmp(parsed, bytes.data(), bytes.size()) == 0 ? HostMatch::match : HostMatch::no_match;
  };
  if (bytes.size() == sizeof v4) return inet_aton(host.c_str(), &v4) == 1 ? same(&v4) : HostMatch::no_match;
  if (bytes.size() == sizeof v6) return inet_pton(AF_INET6, host.c_str(), &v6) == 1 ? same(&v6) : HostMatch::no_match;
  return HostMatch::malformed;
}

}  // namespace

bool is_ip_address(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_aton(host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

bool name_matches(std::string_view pattern, std::string_view host) {
  if (equal_ignoring_case(pattern, host)) return true;
  if (pattern.size() < 3 || !pattern.starts_with("*.") || pattern.size() > host.size()) return false;
  const std::size_t dot = host.size() - (pattern.size() - 1);
  // libpq's comparison forgives one dot right before the one of the pattern.
  return equal_ignoring_case(pattern.substr(1), host.substr(dot)) && host.find('.') + 1 >= dot;
}

HostMatch host_match(const model::Certificate& certificate, const std::string& host) {
  if (host.empty() || host.find('\0') != std::string::npos) return HostMatch::no_match;
  common::clear_errors();
  const std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.x509.get(), NID_subject_alt_name, nullptr, nullptr))};
  common::clear_errors();
  const int host_type = is_ip_address(host) ? GEN_IPADD : GEN_DNS;
  bool fall_back = true;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == host_type) fall_back = false;
    auto outcome = HostMatch::no_match;
    if (type == GEN_DNS) outcome = match_name(static_cast<const ASN1_STRING*>(value), host);
    if (type == GEN_IPADD) outcome = match_address(static_cast<const ASN1_OCTET_STRING*>(value), host);
    if (outcome != HostMatch::no_match) return outcome;
  }
  if (!fall_back) return HostMatch::no_match;
  const X509_NAME* subject = X509_get_subject_name(certificate.x509.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return HostMatch::no_match;
  return match_name(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), host);
}

}  // namespace rules
