// The gate of a running agent, asked by HTTP again and again. A 200 opens it, whoever sent it; only an agent's own
// "held" holds it: anything else is as if nothing had answered.
#pragma once
#include "agent/app/wait.hpp"
#include "agent/http/client.hpp"
#include "agent/model/verdict.hpp"

namespace app {

class AskedGate {
 public:
  /// `gate`: startup or ready.
  AskedGate(http::Origin origin, model::Gate gate);

  /// A GateSource: asks at once, then every quarter of a second; every second where it has taken minutes already.
  boost::asio::awaitable<GateSaid> next(common::SteadyTime until);

 private:
  http::Origin origin_;
  http::Question question_;
  common::SteadyTime began_{};
};

}  // namespace app
