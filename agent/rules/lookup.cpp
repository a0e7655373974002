#include "agent/rules/lookup.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "agent/rules/name_syntax.hpp"

namespace rules {
namespace {

using model::DnsStatus;
using model::Family;

constexpr std::size_t longest_name = 253, queries_kept = 64;
/// Of one server, of one family that is silent while the other answers. glibc asks a third time, on a new socket.
constexpr int asked_at_most = 2;

/// What a server says of the zone.
bool is_answer(DnsStatus status) {
  switch (status) {
    case DnsStatus::noerror:
    case DnsStatus::nodata:
    case DnsStatus::nxdomain: return true;
    case DnsStatus::servfail:
    case DnsStatus::refused:
    case DnsStatus::notimp:
    case DnsStatus::formerr:
    case DnsStatus::timeout:
    case DnsStatus::unreachable: return false;
  }
  return false;
}

/// What one family's reply means for the server: taken as it is, passed over beside the other family's, or none at all.
enum class Weight { taken, passed, silent, closed };
Weight weigh(const model::DnsReply& reply) {
  switch (reply.status) {
    case DnsStatus::noerror:
    case DnsStatus::nodata:
    case DnsStatus::nxdomain:
    case DnsStatus::formerr: return Weight::taken;
    case DnsStatus::servfail:
    case DnsStatus::refused:
    case DnsStatus::notimp: return reply.tcp ? Weight::taken : Weight::passed;
    case DnsStatus::timeout: return Weight::silent;
    case DnsStatus::unreachable: return Weight::closed;
  }
  return Weight::closed;
}

/// Whether glibc goes on with the search list after a candidate that did not answer (resolv/res_query.c, given what
/// res_send.c leaves of two replies): it goes by the A reply, or by the AAAA reply where the first is NOERROR or was
/// passed over (servfail, refused, notimp); a lost A reply beside an AAAA reply ends the search.
bool search_goes_on(DnsStatus four, DnsStatus six) {
  const auto taken = [](DnsStatus status) { return is_answer(status) || status == DnsStatus::formerr; };
  const auto lost = [](DnsStatus status) { return status == DnsStatus::timeout || status == DnsStatus::unreachable; };
  if (taken(four)) return (four == DnsStatus::nodata && taken(six) ? six : four) != DnsStatus::formerr;
  if (taken(six)) return !lost(four) && six != DnsStatus::formerr;
  return (lost(four) ? six : four) == DnsStatus::servfail;
}

/// What a server said tells more than silence, silence more than a closed door; of the same kind the later.
DnsStatus worse(std::optional<DnsStatus> before, DnsStatus now) {
  const auto weight = [](DnsStatus status) {
    return status == DnsStatus::unreachable ? 0 : status == DnsStatus::timeout ? 1 : 2;
  };
  return before && weight(*before) > weight(now) ? *before : now;
}

model::DnsReply just(DnsStatus status) {
  model::DnsReply reply;
  reply.status = status;
  return reply;
}

bool as_is_first(const std::string& name, const model::ResolverConfig& config) {
  return name.ends_with('.') || std::count(name.begin(), name.end(), '.') >= config.ndots;
}

std::size_t length(const std::string& name) { return name.size() - (name.ends_with('.') ? 1 : 0); }

}  // namespace

std::vector<std::string> candidates(const std::string& name, const model::ResolverConfig& config) {
  std::vector<std::string> names;
  const auto add = [&](std::string candidate) {
    if (length(candidate) > longest_name) return false;
    if (std::find(names.begin(), names.end(), candidate) == names.end()) names.push_back(std::move(candidate));
    return true;
  };
  if (!is_host_name(name)) return names;
  const bool first = as_is_first(name, config);
  if (first) add(name);
  if (name.ends_with('.')) return names;
  bool root_listed = false, fits = true;
  for (auto listed = config.search.begin(); fits && listed != config.search.end(); ++listed) {
    std::string_view domain = *listed;
    if (domain.starts_with('.')) domain.remove_prefix(1);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    root_listed = root_listed || domain.empty();
    fits = add(domain.empty() ? name : name + "." + std::string(domain));
  }
  const bool without_dot = config.no_tld_query && !config.search.empty() && name.find('.') == std::string::npos;
  if (!first && !root_listed && !without_dot) add(name);
  return names;
}

LookupMachine::LookupMachine(std::string name, const model::ResolverConfig& config, std::size_t server_offset)
    : name_(std::move(name)),
      config_(&config),
      candidates_(candidates(name_, config)),
      order_(config.servers.size()),
      one_by_one_(config.single_request),
      silent_(config.servers.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  if (config.rotate && !order_.empty()) {
    std::rotate(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(server_offset % order_.size()),
                order_.end());
  }
}

std::vector<Ask> LookupMachine::start() {
  if (!candidates_.empty() && !order_.empty()) return begin_candidate();
  // Nobody to ask, or nothing that fits into a question.
  const auto status = order_.empty() ? DnsStatus::unreachable : DnsStatus::formerr;
  for (auto& memory : memory_) memory.loss = status;
  done_ = true;
  return {};
}

std::vector<Ask> LookupMachine::begin_candidate() {
  std::stable_partition(order_.begin(), order_.end(), [&](std::size_t server) { return !silent_[server]; });
  questions_ = {};
  step_ = 0;
  return begin_server();
}

std::vector<Ask> LookupMachine::begin_server() {
  for (auto& question : questions_) {
    question.asked = 0;
    question.open = false;
    question.reply.reset();
  }
  std::vector<Ask> asks{ask(Family::ipv4)};
  if (config_->no_aaaa) {
    of(Family::ipv6).reply = just(DnsStatus::nodata);
  } else if (!one_by_one_) {
    asks.push_back(ask(Family::ipv6));
  }
  return asks;
}

Ask LookupMachine::ask(Family family) {
  Question& question = of(family);
  ++question.asked;
  question.open = true;
  question.reply.reset();
  return {candidates_[candidate_], family, server()};
}

std::vector<Ask> LookupMachine::resume(const Ask& ask, model::DnsReply reply) {
  if (done_ || ask.server >= silent_.size() || ask.name != candidates_[candidate_]) return {};
  Question& question = of(ask.family);
  if (!question.open || server() != ask.server) return {};
  if (lookup_.queries.size() < queries_kept) {
    lookup_.queries.push_back(
        {ask.name, ask.family, model::to_text(config_->servers[ask.server]), reply.status, reply.duration, reply.tcp});
  }
  if (reply.status == DnsStatus::timeout) silent_[ask.server] = true;
  question.open = false;
  question.reply = std::move(reply);
  return after_reply();
}

std::vector<Ask> LookupMachine::after_reply() {
  Question &four = of(Family::ipv4), &six = of(Family::ipv6);
  if (four.open || six.open) return {};
  const auto heard_four = weigh(*four.reply);
  // With A passed over glibc never comes to ask for AAAA, but waits in vain.
  if (!six.reply) return heard_four == Weight::taken ? std::vector{ask(Family::ipv6)} : lose_server();
  const auto heard_six = weigh(*six.reply);
  if (heard_four == Weight::closed || heard_six == Weight::closed) return lose_server();
  const bool by_tcp = four.reply->tcp || six.reply->tcp;  // glibc asks both that way, on one connection
  if (heard_four == Weight::silent) {
    const bool again = heard_six == Weight::taken && !by_tcp && !config_->no_aaaa && four.asked < asked_at_most;
    one_by_one_ = one_by_one_ || again;
    return again ? std::vector{ask(Family::ipv4)} : lose_server();
  }
  if (heard_six == Weight::silent) {
    if (heard_four == Weight::passed || by_tcp) return lose_server();
    one_by_one_ = true;
    if (six.asked < asked_at_most) return {ask(Family::ipv6)};
  } else if (heard_four == Weight::passed && (heard_six == Weight::passed || config_->no_aaaa)) {
    return lose_server();
  }
  for (auto& question : questions_) question.final = std::move(question.reply);
  // glibc reads A first, and of what it can't read it takes nothing.
  if (four.final->unreadable && six.final->status == DnsStatus::noerror) six.final = just(DnsStatus::formerr);
  return end_candidate();
}

std::vector<Ask> LookupMachine::lose_server() {
  for (auto& question : questions_) {
    const auto heard = question.reply ? question.reply->status : DnsStatus::timeout;
    question.loss = worse(question.loss, heard == DnsStatus::noerror ? DnsStatus::timeout : heard);
  }
  const auto rounds = static_cast<std::size_t>(config_->use_tcp ? 1 : std::max(config_->attempts, 1));
  if (++step_ < order_.size() * rounds) return begin_server();
  for (auto& question : questions_) question.final = just(*question.loss);
  return end_candidate();
}

bool LookupMachine::candidate_answered() const {
  return std::any_of(questions_.begin(), questions_.end(), [](const Question& question) {
    return question.final && (question.final->status == DnsStatus::noerror || question.final->ends_search);
  });
}

std::vector<Ask> LookupMachine::end_candidate() {
  if (candidate_answered()) {
    done_ = true;
    return {};
  }
  const bool go_on = search_goes_on(questions_[0].final->status, questions_[1].final->status);
  bool reached = false;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    reached = reached || questions_[i].final->status != DnsStatus::unreachable;
    memory_[i].add(*questions_[i].final, first_as_is());
    if (const auto ttl = questions_[i].final->negative_ttl) {
      lookup_.negative_ttl = std::min(ttl.value(), lookup_.negative_ttl.value_or(*ttl));
    }
  }
  auto next = candidates_.begin() + static_cast<std::ptrdiff_t>(candidate_) + 1;
  if (!go_on) next = std::find(next, candidates_.end(), name_);
  if (!reached || next == candidates_.end()) {
    done_ = true;
    return {};
  }
  candidate_ = static_cast<std::size_t>(next - candidates_.begin());
  return begin_candidate();
}

bool LookupMachine::first_as_is() const { return candidate_ == 0 && as_is_first(name_, *config_); }

void LookupMachine::Memory::add(const model::DnsReply& reply, bool first_as_is) {
  if (first_as_is) as_is_first = reply.status;
  if (reply.status == DnsStatus::nodata) nodata = true;
  if (!is_answer(reply.status) && !loss) loss = reply.status;
  if (cnames.empty()) cnames = reply.cnames;
}

model::FamilyAnswer LookupMachine::Memory::answer() const {
  const auto searched = nodata ? DnsStatus::nodata : loss.value_or(DnsStatus::nxdomain);
  return {as_is_first.value_or(searched), {}, cnames};
}

model::Lookup LookupMachine::combined(bool at_deadline) const {
  model::Lookup lookup = lookup_;
  const bool answered = candidate_answered();
  const bool last_candidate = candidate_ + 1 >= candidates_.size();
  if (answered) {
    lookup.answered_as = candidates_[candidate_];
    lookup.negative_ttl.reset();
  }
  for (const Family family : model::all_families) {
    const auto i = static_cast<std::size_t>(family);
    const auto& final = questions_[i].final;
    model::FamilyAnswer& answer = lookup.of(family);
    if (answered && final) {
      answer = {final->status, final->addresses, final->cnames};
      if (final->negative_ttl) lookup.negative_ttl = final->negative_ttl;
    } else if (!answered && !at_deadline) {
      answer = memory_[i].answer();
    } else if (!answered && last_candidate && final) {
      Memory memory = memory_[i];
      memory.add(*final, first_as_is());
      answer = memory.answer();
    } else {
      answer.status = DnsStatus::timeout;
    }
  }
  return lookup;
}

model::Lookup LookupMachine::result() const { return combined(false); }

model::Lookup LookupMachine::result_at_deadline() const {
  LookupMachine cut = *this;
  // A is enough without AAAA, not the other way round.
  const bool some = !done_ && cut.of(Family::ipv4).reply;
  for (auto& question : cut.questions_) {
    if (some && question.reply) question.final = std::move(question.reply);
  }
  return cut.combined(!done_);
}

}  // namespace rules
