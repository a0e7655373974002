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
/// at least `ndots` dots, else last; a trailing dot means only as it is. A candidate longer than 253 characters ends
/// the search list. None where `name` is no host name: glibc takes no answer to such a one.
std::vector<std::string> candidates(const std::string& name, const model::ResolverConfig& config);

/// Per candidate one server after the other is asked for A and AAAA together, `attempts` rounds, until one answers;
/// what counts as an answer of both is glibc's (resolv/res_send.c):
/// * Silence or a closed port: the server is lost, and what it said of the other family with it. But where A answered
/// and
///   AAAA is silent, AAAA is asked once more, and without it A is enough; where AAAA answered alone, A is asked once
///   more.
/// * servfail, refused and notimp are passed over where the other family answered; both so: the next server. By TCP
/// they
///   are the last word, and every server is asked once at most.
/// * `single_request`: AAAA is asked when A has answered.
/// A server that was silent for this name is asked last for its further candidates. A candidate answers when either
/// family has addresses, or an alias without any (glibc stops there, too). Otherwise the search goes on after nxdomain,
/// nodata or servfail, and after other losses only the name as it is remains (where the families differ, as glibc
/// decides); with every server unreachable it ends.
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
    int asked = 0;                         ///< of the present server
    bool open = false;                     ///< asked and not yet replied to
    std::optional<model::DnsReply> reply;  ///< the present server's
    std::optional<model::DnsReply> final;
    std::optional<model::DnsStatus> loss;  ///< the worst of the servers lost: a server's word before silence
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

  [[nodiscard]] std::size_t server() const { return order_[step_ % order_.size()]; }
  Question& of(model::Family family) { return questions_[static_cast<std::size_t>(family)]; }
  std::vector<Ask> begin_candidate();
  std::vector<Ask> begin_server();
  Ask ask(model::Family family);
  std::vector<Ask> after_reply();
  std::vector<Ask> lose_server();
  std::vector<Ask> end_candidate();
  [[nodiscard]] bool candidate_answered() const;
  [[nodiscard]] bool first_as_is() const;
  [[nodiscard]] model::Lookup combined(bool at_deadline) const;

  std::string name_;
  const model::ResolverConfig* config_;
  std::vector<std::string> candidates_;
  std::size_t candidate_ = 0;
  std::size_t step_ = 0;            ///< servers lost so far for the present candidate, over all rounds
  std::vector<std::size_t> order_;  ///< servers of the present candidate
  bool one_by_one_;                 ///< AAAA after A
  std::vector<bool> silent_;        ///< servers that timed out for this name
  std::array<Question, 2> questions_;
  std::array<Memory, 2> memory_;
  model::Lookup lookup_;
  bool done_ = false;
};

}  // namespace rules
