// What the monitors of one epoch share: the configuration in force and the owners that outlive it.
#pragma once
#include <memory>

#include "agent/app/log.hpp"
#include "agent/app/store.hpp"
#include "agent/config/config.hpp"
#include "agent/model/policy.hpp"
#include "agent/sources/directory_watch.hpp"

namespace app {

struct Context {
  Store& store;
  Log& log;
  sources::DirectoryWatch& watch;
  config::Config config;
  model::Policy policy;
};
using ContextRef = std::shared_ptr<const Context>;

}  // namespace app
