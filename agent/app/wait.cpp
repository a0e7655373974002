#include "agent/app/wait.hpp"

#include <algorithm>

namespace app {

boost::asio::awaitable<WaitOutcome> wait_for_gate(GateSource source, WaitBounds bounds, WaitListener listener) {
  using Steady = std::chrono::steady_clock;
  constexpr auto never = Steady::time_point::max();
  const auto began = Steady::now();
  const auto time_up = bounds.timeout.count() > 0 ? began + bounds.timeout : never;
  auto heard = began;
  for (;;) {
    const auto silent = bounds.silence.count() > 0 ? heard + bounds.silence : never;
    auto said = co_await source(std::min(time_up, silent));
    const auto now = Steady::now();
    if (said) heard = now;
    if (said && said->open) {
      const auto end = said->released ? WaitEnd::released : WaitEnd::passed;
      co_return WaitOutcome{end, std::move(said), now - began};
    }
    listener(said, now - began);
    if (now >= time_up) co_return WaitOutcome{WaitEnd::timed_out, std::move(said), now - began};
    if (!said && now >= silent) co_return WaitOutcome{WaitEnd::silent, std::move(said), now - began};
  }
}

}  // namespace app
