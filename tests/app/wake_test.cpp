// A loop's sleep, and what ends it.
#include "agent/app/wake.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/await.hpp"

namespace asio = boost::asio;
using app::News;
using app::Wake;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

steady_clock::duration waited(asio::io_context& io, Wake& wake, steady_clock::duration until) {
  const auto start = steady_clock::now();
  support::await(io, wake.wait(start + until), 2s);
  return steady_clock::now() - start;
}

/// Waits `times` times for an hour each; counts.
asio::awaitable<void> loop(Wake& wake, int times, int& rounds) {
  for (; rounds < times; ++rounds) co_await wake.wait(steady_clock::now() + 1h);
}

asio::awaitable<void> news_then_wait(Wake& wake) {
  wake.now();
  co_await wake.wait(steady_clock::time_point::max());
}

}  // namespace

TEST_CASE("without news the wait ends at its time") {
  asio::io_context io;
  Wake wake(io.get_executor());
  const auto took = waited(io, wake, 50ms);
  CHECK(took >= 50ms);
  CHECK(took < 1s);
  CHECK(waited(io, wake, -1s) < 1s);
}

TEST_CASE("news that came before the wait ends it at once, and one wait alone") {
  asio::io_context io;
  Wake wake(io.get_executor());
  wake.now();
  wake.now();
  CHECK(waited(io, wake, 1h) < 1s);
  CHECK(waited(io, wake, 50ms) >= 50ms);
}

TEST_CASE("news ends the wait under way, however long it is") {
  asio::io_context io;
  Wake wake(io.get_executor());
  int rounds = 0;
  asio::co_spawn(io, loop(wake, 1000, rounds), [](const std::exception_ptr&) {});
  io.run_for(20ms);
  CHECK(rounds == 0);
  wake.now();
  io.run_for(20ms);
  CHECK(rounds == 1);
  wake.now();
  wake.now();  // before the loop comes round: one round does for both
  io.run_for(20ms);
  CHECK(rounds == 2);
  support::await(io, news_then_wait(wake));
}

TEST_CASE("a cancelled wait throws, and does not take news for it") {
  asio::io_context io;
  Wake wake(io.get_executor());
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  int rounds = 0;
  asio::co_spawn(io, loop(wake, 1000, rounds),
                 asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& error) { failure = error; }));
  io.run_for(20ms);
  stop.emit(asio::cancellation_type::terminal);
  io.run_for(20ms);
  REQUIRE(failure != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(failure), boost::system::system_error);
  CHECK(rounds == 0);
  CHECK(waited(io, wake, 50ms) >= 50ms);  // nothing is left behind for the next epoch's loop
}

TEST_CASE("news for one loop is none for the other, news for all is") {
  asio::io_context io;
  News news(io.get_executor());
  int self = 0, peers = 0;
  asio::co_spawn(io, loop(news.self, 1000, self), [](const std::exception_ptr&) {});
  asio::co_spawn(io, loop(news.peers, 1000, peers), [](const std::exception_ptr&) {});
  io.run_for(20ms);
  news.self.now();
  io.run_for(20ms);
  CHECK((self == 1 && peers == 0));
  news.now();
  io.run_for(20ms);
  CHECK((self == 2 && peers == 1));
}
