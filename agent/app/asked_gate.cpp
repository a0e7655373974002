#include "agent/app/asked_gate.hpp"

#include <algorithm>

namespace app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using common::Error;

constexpr auto brisk = 250ms;
constexpr auto calm = 1s;
constexpr auto brisk_for = 5min;
// An answer of a server that is there takes milliseconds.
constexpr std::chrono::nanoseconds shortest_ask = 200ms;
constexpr std::chrono::nanoseconds longest_ask = 2s;

GateSaid read(const http::Answer& answer, const std::string& where) {
  auto report = views::read_gate_report(answer.body);
  if (answer.status == 200) {
    if (!report) report = views::GateReport{};
    report->open = true;
    return report;
  }
  if (answer.status == 503 && report && !report->open) return report;
  return Error{where + ": answers " + std::to_string(answer.status) + ", not as an agent does"};
}

}  // namespace

AskedGate::AskedGate(http::Origin origin, model::Gate gate)
    : origin_(std::move(origin)), question_{gate == model::Gate::ready ? "/readyz" : "/startupz", "application/json"} {}

boost::asio::awaitable<GateSaid> AskedGate::next(common::SteadyTime until) {
  if (began_ == common::SteadyTime{}) {
    began_ = Steady::now();
  } else {
    const std::chrono::milliseconds pace = Steady::now() - began_ < brisk_for ? brisk : calm;
    co_await common::sleep_until(std::min(Steady::now() + pace, until));
  }
  const auto now = Steady::now();
  const auto left = until - now;
  auto answer = co_await http::get(origin_, question_, now + std::clamp(left, shortest_ask, longest_ask));
  if (!answer) co_return answer.error();
  co_return read(*answer, origin_.host);
}

}  // namespace app
