// One name, looked up as glibc's getaddrinfo would: which candidate is asked of which server next, and what the replies
// add up to. A step machine without clock or socket: start() and resume() say what to ask, the caller asks.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"

namespace rules {

/// A question to put: `server` is an index into ResolverConfig::servers.
struct Ask {
  std::string name;
  model::Family family = model::Family::ipv4;
  std::size_t server = 0;
  friend bool operator==(const Ask&, const Ask&) = default;
};

/// The names asked for `name`, in glibc's order (resolv/res_query.c, __res_context_search): as it is first where it has
/// at least `ndots` dots, else last; a trailing dot means only as it is. Candidates longer than 253 characters are left
/// out.
std::vector<std::string> candidates(const std::string& name, const model::ResolverConfig& config);

/// Per candidate A and AAAA are asked together. Each goes from server to server, `attempts` rounds, until one answers
/// (noerror, nodata, nxdomain); a server that was silent for this name is asked last for its further candidates. A
/// candidate answers when either family has addresses, or an alias without any (glibc stops there, too). Otherwise the
/// search goes on after nxdomain, nodata or servfail, and after other losses only the name as it is remains (where the
/// families differ, as glibc decides); with every server unreachable it ends.
class LookupMachine {
 public:
  /// `config` must outlive the machine. With `options rotate`, `server_offset` is the server to begin with.
  LookupMachine(std::string name, const model::ResolverConfig& config, std::size_t server_offset = 0);
  LookupMachine(std::string, model::ResolverConfig&&, std::size_t = 0) = delete;

  std::vector<Ask> start();
  /// `ask` as it was handed out, with its reply; an ask of a candidate that is over is ignored.
  std::vector<Ask> resume(const Ask& ask, model::DnsReply reply);

  [[nodiscard]] bool done() const { return done_; }
  /// Once done. Where a candidate answered: that candidate's families, each with its own status. Where none did, per
  /// family: the status of the name as it is if that was asked first, else nodata if any candidate had it, else the
  /// first loss, else nxdomain. `duration` is left to the caller.
  [[nodiscard]] model::Lookup result() const;
  /// Not done: what was learned, with `timeout` for what was not.
  [[nodiscard]] model::Lookup result_at_deadline() const;

 private:
  /// One family of the present candidate.
  struct Question {
    std::size_t asked = 0;  ///< servers asked so far, over all rounds
    std::optional<model::DnsReply> final;
    std::optional<model::DnsStatus> loss;  ///< the worst reply that was not an answer: a server's word before silence
  };
  /// One family over the candidates that did not answer.
  struct Memory {
    std::optional<model::DnsStatus> as_is_first;
    bool nodata = false;
    std::optional<model::DnsStatus> loss;
    std::vector<std::string> cnames;  ///< the first that led nowhere
    void add(const model::DnsReply& reply, bool first_as_is);
    [[nodiscard]] model::FamilyAnswer answer() const;
  };

  [[nodiscard]] std::size_t server_at(std::size_t step) const { return order_[step % order_.size()]; }
  Question& of(model::Family family) { return questions_[static_cast<std::size_t>(family)]; }
  std::vector<Ask> begin_candidate();
  Ask ask_next(model::Family family);
  std::vector<Ask> end_candidate();
  [[nodiscard]] bool candidate_answered() const;
  [[nodiscard]] bool first_as_is() const;
  [[nodiscard]] model::Lookup combined(bool at_deadline) const;

  std::string name_;
  const model::ResolverConfig* config_;
  std::vector<std::string> candidates_;
  std::size_t candidate_ = 0;
  std::vector<std::size_t> order_;  ///< servers of the present candidate
  std::vector<bool> silent_;        ///< servers that timed out for this name
  std::array<Question, 2> questions_;
  std::array<Memory, 2> memory_;
  model::Lookup lookup_;
  bool done_ = false;
};

}  // namespace rules
