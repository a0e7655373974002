#include "agent/sources/dns_reply.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace sources {
namespace {

using model::DnsStatus;

constexpr std::size_t max_addresses = 256;
constexpr std::size_t max_cnames = 16;
constexpr std::size_t max_name_wire_length = 255;  // RFC 1035 §3.1

constexpr std::uint16_t type_a = 1, type_cname = 5, type_soa = 6, type_aaaa = 28, class_in = 1;

/// Reads forward; once something does not fit, everything after it reads as zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> message) : message_(message) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  void go_to(std::size_t at) {
    at_ = at;
    ok_ = ok_ && at <= message_.size();
  }
  std::uint8_t u8() {
    if (!ok_ || at_ >= message_.size()) {
      ok_ = false;
      return 0;
    }
    return message_[at_++];
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  std::span<const std::uint8_t> bytes(std::size_t count) {
    if (!ok_ || message_.size() - at_ < count) {
      ok_ = false;
      return {};
    }
    at_ += count;
    return message_.subspan(at_ - count, count);
  }
  std::string name();

 private:
  std::span<const std::uint8_t> message_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

void append_label(std::string& text, std::span<const std::uint8_t> label) {
  if (!text.empty()) text += '.';
  for (const std::uint8_t c : label) {
    if (c == '.' || c == '\\') {
      text += '\\';
      text += static_cast<char>(c);
    } else if (c > ' ' && c < 0x7f) {
      text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : static_cast<char>(c);
    } else {
      text += {'\\', static_cast<char>('0' + c / 100), static_cast<char>('0' + c / 10 % 10),
               static_cast<char>('0' + c % 10)};
    }
  }
}

/// RFC 1035 §4.1.4. A pointer must lead backwards, so that no chain of them is endless.
std::string Reader::name() {
  std::string text;
  std::size_t wire_length = 1, limit = at_;
  std::optional<std::size_t> resume_at;
  while (ok_) {
    const std::uint8_t length = u8();
    if (length == 0) break;
    if (length >= 0xc0) {
      const std::size_t target = static_cast<std::size_t>(length & 0x3f) << 8 | u8();
      if (!resume_at) resume_at = at_;
      ok_ = ok_ && target < limit;
      at_ = limit = target;
      continue;
    }
    wire_length += length + 1U;
    ok_ = ok_ && length < 0x40 && wire_length <= max_name_wire_length;
    append_label(text, bytes(length));
  }
  if (resume_at) at_ = *resume_at;
  return text;
}

/// RFC 2181 §8.
std::chrono::seconds ttl(std::uint32_t seconds) { return std::chrono::seconds{seconds > 0x7fffffffU ? 0 : seconds}; }

std::string address_text(model::Family family, std::span<const std::uint8_t> bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = family == model::Family::ipv4;
  if (bytes.size() != (v4 ? 4U : 16U)) return "";
  return ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size()) ? text.data() : "";
}

/// Takes one record of the answer section: an alias of `owner_wanted` moves that on, an address of it is kept. In the
/// order of the message, as glibc reads it: an alias behind its addresses does not lead to them, and an address that is
/// none is skipped, with the status left at formerr.
void read_answer(Reader& in, model::Family family, std::string& owner_wanted, std::chrono::seconds& least_ttl,
                 model::DnsReply& reply) {
  const std::string owner = in.name();
  const std::uint16_t type = in.u16(), record_class = in.u16();
  const auto record_ttl = ttl(in.u32());
  const std::size_t length = in.u16(), end = in.at() + length;
  if (!in.ok() || record_class != class_in) return in.go_to(end);
  if (type == type_cname) {
    std::string target = in.name();
    if (in.at() != end) return in.go_to(std::string::npos);
    if (owner != owner_wanted) return;
    least_ttl = std::min(least_ttl, record_ttl);
    if (reply.cnames.size() < max_cnames) reply.cnames.push_back(target);
    owner_wanted = std::move(target);
  } else if (type == (family == model::Family::ipv4 ? type_a : type_aaaa)) {
    std::string text = address_text(family, in.bytes(length));
    if (text.empty()) reply.status = DnsStatus::formerr;
    if (!text.empty() && owner == owner_wanted)
      reply.addresses.push_back({std::move(text), std::min(record_ttl, least_ttl)});
  }
  in.go_to(end);
}

/// The negative TTL, where the record is an SOA.
void read_authority(Reader& in, std::optional<std::chrono::seconds>& negative_ttl) {
  in.name();
  const std::uint16_t type = in.u16(), record_class = in.u16();
  const auto record_ttl = ttl(in.u32());
  const std::size_t length = in.u16(), end = in.at() + length;
  if (in.ok() && record_class == class_in && type == type_soa) {
    in.name();
    in.name();
    in.bytes(4 * sizeof(std::uint32_t));
    const auto minimum = ttl(in.u32());
    if (!in.ok() || in.at() != end) return in.go_to(std::string::npos);
    negative_ttl = std::min(record_ttl, minimum);
  }
  in.go_to(end);
}

/// Sorted, each once.
void tidy(std::vector<model::Address>& addresses) {
  std::sort(addresses.begin(), addresses.end());
  const auto same_text = [](const model::Address& a, const model::Address& b) { return a.text == b.text; };
  addresses.erase(std::unique(addresses.begin(), addresses.end(), same_text), addresses.end());
  if (addresses.size() > max_addresses) addresses.resize(max_addresses);
}

DnsStatus status_of(unsigned rcode) {
  switch (rcode) {
    case 0: return DnsStatus::nodata;
    case 1: return DnsStatus::formerr;
    case 3: return DnsStatus::nxdomain;
    case 4: return DnsStatus::notimp;
    case 5: return DnsStatus::refused;
    default: return DnsStatus::servfail;
  }
}

model::DnsReply just(DnsStatus status) {
  model::DnsReply reply;
  reply.status = status;
  return reply;
}

}  // namespace

model::DnsReply parse_reply(std::span<const std::uint8_t> message, model::Family family) {
  Reader in(message);
  in.u16();  // the id is c-ares' business
  const std::uint16_t flags = in.u16(), questions = in.u16(), answers = in.u16(), authorities = in.u16(),
                      additionals = in.u16();
  constexpr unsigned is_reply = 0x8000, opcode = 0x7800, authoritative = 0x0400, truncated = 0x0200, recursive = 0x0080;
  if (!in.ok() || !(flags & is_reply) || (flags & opcode)) return just(DnsStatus::formerr);

  model::DnsReply reply = just(status_of(flags & 0xfU));
  if (reply.status != DnsStatus::nodata && reply.status != DnsStatus::nxdomain) return reply;
  if (questions != 1 || (flags & truncated)) return just(DnsStatus::formerr);
  if (reply.status == DnsStatus::nodata && !answers && !additionals && !(flags & (authoritative | recursive))) {
    return just(DnsStatus::refused);
  }
  std::string asked = in.name();
  in.u16();
  in.u16();
  auto least_ttl = std::chrono::seconds::max();
  std::optional<std::chrono::seconds> negative_ttl;
  reply.ends_search = reply.status == DnsStatus::nodata && answers > 0;
  for (unsigned i = 0; in.ok() && i < answers; ++i) read_answer(in, family, asked, least_ttl, reply);
  if (!in.ok()) {
    const bool ends_search = reply.ends_search;
    reply = just(DnsStatus::formerr);
    reply.ends_search = ends_search;
    reply.unreadable = true;
    return reply;
  }
  for (unsigned i = 0; in.ok() && i < authorities; ++i) read_authority(in, negative_ttl);
  tidy(reply.addresses);
  if (reply.status == DnsStatus::nxdomain) reply.addresses.clear();
  if (!reply.addresses.empty()) reply.status = DnsStatus::noerror;
  if (reply.status != DnsStatus::noerror) reply.negative_ttl = negative_ttl;
  return reply;
}

}  // namespace sources
