#include "agent/rules/lookup.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace rules {
namespace {

using model::DnsStatus;
using model::Family;

constexpr std::size_t longest_name = 253, queries_kept = 64;

/// A server's last word on the question: not to be asked of another server.
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

bool as_is_first(const std::string& name, const model::ResolverConfig& config) {
  return name.ends_with('.') || std::count(name.begin(), name.end(), '.') >= config.ndots;
}

std::size_t length(const std::string& name) { return name.size() - (name.ends_with('.') ? 1 : 0); }

}  // namespace

std::vector<std::string> candidates(const std::string& name, const model::ResolverConfig& config) {
  std::vector<std::string> names;
  const auto add = [&](std::string candidate) {
    const bool known = std::find(names.begin(), names.end(), candidate) != names.end();
    if (!known && length(candidate) <= longest_name) names.push_back(std::move(candidate));
  };
  const bool first = as_is_first(name, config);
  if (first) add(name);
  if (name.ends_with('.')) return names;
  bool root_listed = false;
  for (std::string_view domain : config.search) {
    if (domain.starts_with('.')) domain.remove_prefix(1);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    root_listed = root_listed || domain.empty();
    add(domain.empty() ? name : name + "." + std::string(domain));
  }
  if (!first && !root_listed) add(name);
  return names;
}

LookupMachine::LookupMachine(std::string name, const model::ResolverConfig& config, std::size_t server_offset)
    : name_(std::move(name)),
      config_(&config),
      candidates_(candidates(name_, config)),
      order_(config.servers.size()),
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
  return {ask_next(Family::ipv4), ask_next(Family::ipv6)};
}

Ask LookupMachine::ask_next(Family family) { return {candidates_[candidate_], family, server_at(of(family).asked++)}; }

std::vector<Ask> LookupMachine::resume(const Ask& ask, model::DnsReply reply) {
  if (done_ || ask.server >= silent_.size() || ask.name != candidates_[candidate_]) return {};
  Question& question = of(ask.family);
  if (question.final || question.asked == 0 || server_at(question.asked - 1) != ask.server) return {};
  if (lookup_.queries.size() < queries_kept) {
    lookup_.queries.push_back(
        {ask.name, ask.family, model::to_text(config_->servers[ask.server]), reply.status, reply.duration, reply.tcp});
  }
  if (reply.status == DnsStatus::timeout) silent_[ask.server] = true;
  if (!is_answer(reply.status)) {
    question.loss = worse(question.loss, reply.status);
    const auto rounds = static_cast<std::size_t>(std::max(config_->attempts, 1));
    if (question.asked < order_.size() * rounds) return {ask_next(ask.family)};
    reply = {};
    reply.status = *question.loss;
  }
  question.final = std::move(reply);
  if (questions_[0].final && questions_[1].final) return end_candidate();
  return {};
}

bool LookupMachine::candidate_answered() const {
  return std::any_of(questions_.begin(), questions_.end(), [](const Question& question) {
    return question.final && (question.final->status == DnsStatus::noerror ||
                              (question.final->status == DnsStatus::nodata && !question.final->cnames.empty()));
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

model::Lookup LookupMachine::result_at_deadline() const { return combined(!done_); }

}  // namespace rules
