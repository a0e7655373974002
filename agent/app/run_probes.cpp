#include "agent/app/run_probes.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>

#include "agent/rules/decode.hpp"

namespace app {
namespace {

namespace asio = boost::asio;

/// Jobs by server: a queue each, so that whoever takes a queue is alone with that server.
struct Round {
  std::deque<std::vector<ProbeJob>> queues;
  common::WallClock clock;
  ProbeFound found;
};

asio::awaitable<void> work(Round& round) {
  while (!round.queues.empty()) {
    const auto queue = std::move(round.queues.front());
    round.queues.pop_front();
    for (const auto& job : queue) {
      auto answer = co_await sources::probe_postgres(job.question);
      auto result = std::make_shared<model::ProbeResult>();
      result->at = round.clock();
      result->chain = rules::decode_chain(answer.chain_der);
      if (answer.exchange.certificate_sent) result->client_fingerprint = job.question.identity->fingerprint();
      result->exchange = std::move(answer.exchange);
      round.found(job.target, std::move(result));
    }
  }
}

}  // namespace

asio::awaitable<void> run_probes(std::vector<ProbeJob> jobs, int concurrency, common::WallClock clock,
                                 ProbeFound found) {
  std::map<std::pair<std::string, std::uint16_t>, std::vector<ProbeJob>> by_server;
  for (auto& job : jobs) by_server[{job.question.address, job.question.port}].push_back(std::move(job));
  Round round{{}, std::move(clock), std::move(found)};
  for (auto& [server, queue] : by_server) round.queues.push_back(std::move(queue));
  if (round.queues.empty()) co_return;

  const auto executor = co_await asio::this_coro::executor;
  using Worker = decltype(asio::co_spawn(executor, work(round), asio::deferred));
  std::vector<Worker> workers;
  const auto wanted = std::min<std::size_t>(round.queues.size(), static_cast<std::size_t>(std::max(concurrency, 1)));
  for (std::size_t i = 0; i < wanted; ++i) workers.push_back(asio::co_spawn(executor, work(round), asio::deferred));
  auto group = asio::experimental::make_parallel_group(std::move(workers));
  const auto [order, errors] = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);  // what the workers threw is no news
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace app
