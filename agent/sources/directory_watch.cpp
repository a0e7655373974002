#include "agent/sources/directory_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "agent/sources/pinned_path.hpp"

namespace sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint32_t entries_mask = IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
// Where files lie in the open, they may be rewritten or taken away. In a volume that is the business of `..data`.
constexpr std::uint32_t in_place_mask = IN_CLOSE_WRITE | IN_MOVED_FROM;
// The same directory may serve several subscriptions, so a mask only ever grows (IN_MASK_ADD).
constexpr std::uint32_t how = IN_ONLYDIR | IN_DONT_FOLLOW | IN_MASK_ADD;

// A file mounted by itself (kubelet's /etc/resolv.conf, a subPath) lies in a directory that nobody here can see: what
// is written to it is told to a watch on the file alone.
constexpr std::uint32_t file_mask = IN_CLOSE_WRITE | IN_MASK_ADD | IN_DONT_FOLLOW;
const std::string the_file_itself;

// A storm of events must not occupy the loop: after so many wake-ups within a window, inotify is left alone until it
// ends.
constexpr int wake_ups_in_window = 8;
constexpr std::chrono::milliseconds window{5};

// Links that keep moving while they are followed: what was missed is found at the deadline.
constexpr int most_rounds = 4;

std::string init_problem(int error) {
  std::string text = "inotify is not available: ";
  text += std::strerror(error);
  if (error == EMFILE) text += " (fs.inotify.max_user_instances or the limit of open files is reached)";
  return text;
}

std::string watch_problem(const std::string& directory, int error) {
  std::string text = "cannot watch " + directory + ": ";
  if (error == ENOSPC) return text + "fs.inotify.max_user_watches is reached";
  return text + std::strerror(error);
}

}  // namespace

struct DirectoryWatch::State {
  State(std::shared_ptr<Hub> its_hub, const asio::any_io_executor& executor, std::string its_directory,
        std::vector<std::string> its_files)
      : hub(std::move(its_hub)), timer(executor), directory(std::move(its_directory)), files(std::move(its_files)) {}

  void signal() {
    pending = true;
    timer.cancel();
  }

  std::shared_ptr<Hub> hub;
  asio::steady_timer timer;
  std::string directory;
  std::vector<std::string> files;
  std::set<int> watched;
  std::string problem;
  bool pending = false;
};

/// The inotify instance and who is interested in which of its watches.
class DirectoryWatch::Hub : public std::enable_shared_from_this<Hub> {
 public:
  Hub(asio::any_io_executor executor, WatchOptions options)
      : executor_(std::move(executor)), options_(options), descriptor_(executor_), pause_(executor_) {}

  const asio::any_io_executor& executor() const { return executor_; }
  std::uint64_t wake_ups() const { return wake_ups_; }

  void add(State& state) {
    states_.insert(&state);
    arm(state);
  }
  void remove(State& state) {
    states_.erase(&state);
    keep_only(state, {});
    state.timer.cancel();
  }
  void arm(State& state);

 private:
  using Names = std::set<std::string, std::less<>>;
  using Interests = std::map<State*, Names>;

  std::optional<int> open();
  void give_up(int error);
  bool watch_all(State& state, std::map<int, Names>& wanted);
  void keep_only(State& state, const std::map<int, Names>& wanted);
  void wait();
  void readable();
  void dispatch(const inotify_event& event, const char* entry);

  asio::any_io_executor executor_;
  WatchOptions options_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer pause_;
  std::set<State*> states_;
  std::map<int, Interests> watches_;
  std::optional<int> broken_;  ///< errno of a failed read, of which there is no way back
  std::uint64_t wake_ups_ = 0;
  SteadyClock::time_point window_start_{};
  int window_wake_ups_ = 0;
};

/// errno where inotify can't be had.
std::optional<int> DirectoryWatch::Hub::open() {
  if (broken_ || descriptor_.is_open()) return broken_;
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return errno;
  error_code failed;
  descriptor_.assign(fd, failed);
  if (failed) {
    ::close(fd);
    return failed.value();
  }
  wait();
  return std::nullopt;
}

void DirectoryWatch::Hub::give_up(int error) {
  broken_ = error;
  for (State* state : states_) state->signal();
}

void DirectoryWatch::Hub::arm(State& state) {
  if (!states_.contains(&state)) return;  // its Subscription ended while a coroutine was still waiting
  if (!options_.use_inotify) {
    state.problem = "inotify is switched off";
    return;
  }
  if (const auto error = open()) {
    state.problem = init_problem(*error);
    return;
  }
  std::map<int, Names> wanted;
  // A link may have moved before the directory it lies in was watched: follow them again until nothing new turns up.
  for (int round = 0; round < most_rounds; ++round) {
    wanted.clear();
    if (!watch_all(state, wanted)) break;
  }
  keep_only(state, wanted);
}

/// Whether a directory had to be added that was not watched for this subscription before.
bool DirectoryWatch::Hub::watch_all(State& state, std::map<int, Names>& wanted) {
  PinnedWalk walk;
  if (const auto directory = walk.enter(state.directory); directory.has_value()) {
    for (const std::string& file : state.files) static_cast<void>(walk.find(*directory, file));
  }
  state.problem.clear();
  bool added = false;
  std::map<std::string, int> known;
  for (const Turning& turning : walk.turnings()) {
    const std::string key = (turning.in_place ? "w" : "-") + turning.directory;
    auto at = known.find(key);
    if (at == known.end()) {
      const std::uint32_t mask = entries_mask | how | (turning.in_place ? in_place_mask : 0U);
      const int watch = ::inotify_add_watch(descriptor_.native_handle(), turning.directory.c_str(), mask);
      if (watch < 0 && state.problem.empty()) state.problem = watch_problem(turning.directory, errno);
      at = known.emplace(key, watch).first;
    }
    if (at->second < 0) continue;
    wanted[at->second].insert(turning.name);
    watches_[at->second][&state].insert(turning.name);
    added |= state.watched.insert(at->second).second;
    if (!turning.in_place) continue;
    const std::string path = turning.directory + "/" + turning.name;
    const int file = ::inotify_add_watch(descriptor_.native_handle(), path.c_str(), file_mask);
    if (file < 0) continue;  // gone meanwhile, or not ours to read: the directory tells of what is put in its place
    wanted[file].insert(the_file_itself);
    watches_[file][&state].insert(the_file_itself);
    added |= state.watched.insert(file).second;
  }
  return added;
}

void DirectoryWatch::Hub::keep_only(State& state, const std::map<int, Names>& wanted) {
  for (auto watch = state.watched.begin(); watch != state.watched.end();) {
    const auto interests = watches_.find(*watch);
    const auto names = wanted.find(*watch);
    if (names != wanted.end()) {
      interests->second[&state] = names->second;
      ++watch;
      continue;
    }
    if (interests != watches_.end()) {
      interests->second.erase(&state);
      if (interests->second.empty()) {
        ::inotify_rm_watch(descriptor_.native_handle(), *watch);
        watches_.erase(interests);
      }
    }
    watch = state.watched.erase(watch);
  }
}

void DirectoryWatch::Hub::wait() {
  descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                         [this, alive = weak_from_this()](const error_code& failed) {
                           const auto self = alive.lock();
                           if (self && !failed) readable();
                         });
}

void DirectoryWatch::Hub::readable() {
  ++wake_ups_;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  const ssize_t length = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
  if (length < 0 && errno != EAGAIN && errno != EINTR) return give_up(errno);
  for (ssize_t at = 0; at < length;) {
    inotify_event event;
    std::memcpy(&event, buffer.data() + at, sizeof event);
    dispatch(event, event.len > 0 ? buffer.data() + at + sizeof event : "");
    at += static_cast<ssize_t>(sizeof event + event.len);
  }

  const auto now = SteadyClock::now();
  if (now - window_start_ >= window) {
    window_start_ = now;
    window_wake_ups_ = 0;
  }
  if (++window_wake_ups_ < wake_ups_in_window) return wait();
  pause_.expires_at(window_start_ + window);
  pause_.async_wait([this, alive = weak_from_this()](const error_code& failed) {
    const auto self = alive.lock();
    if (self && !failed) wait();
  });
}

void DirectoryWatch::Hub::dispatch(const inotify_event& event, const char* entry) {
  if (event.mask & IN_Q_OVERFLOW) {
    for (State* state : states_) state->signal();
    return;
  }
  const auto watch = watches_.find(event.wd);
  if (watch == watches_.end()) return;  // an answer to our own inotify_rm_watch, or an event queued before it
  const bool directory_itself = event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT);
  for (auto& [state, names] : watch->second) {
    if (directory_itself || names.contains(entry)) state->signal();
    if (event.mask & IN_IGNORED) state->watched.erase(event.wd);
  }
  if (event.mask & IN_IGNORED) watches_.erase(watch);
}

asio::awaitable<model::DetectedBy> DirectoryWatch::next_change(std::shared_ptr<State> state,
                                                               SteadyClock::time_point deadline) {
  if (!state->pending) {
    state->timer.expires_at(deadline);
    const auto [failed] = co_await state->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failed && !state->pending) throw boost::system::system_error(failed);
  }
  const auto by = state->pending ? model::DetectedBy::inotify : model::DetectedBy::poll;
  // Before following the links: what happens from here on is told by the next call.
  state->pending = false;
  state->hub->arm(*state);
  co_return by;
}

DirectoryWatch::DirectoryWatch(asio::any_io_executor executor, WatchOptions options)
    : hub_(std::make_shared<Hub>(std::move(executor), options)) {}

DirectoryWatch::Subscription DirectoryWatch::subscribe(std::string directory, std::vector<std::string> files) {
  auto state = std::make_shared<State>(hub_, hub_->executor(), std::move(directory), std::move(files));
  hub_->add(*state);
  return Subscription(std::move(state));
}

std::uint64_t DirectoryWatch::wake_ups() const { return hub_->wake_ups(); }

DirectoryWatch::Subscription::Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}
DirectoryWatch::Subscription::Subscription(Subscription&&) noexcept = default;
DirectoryWatch::Subscription& DirectoryWatch::Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    end();
    state_ = std::move(other.state_);
  }
  return *this;
}
DirectoryWatch::Subscription::~Subscription() { end(); }

void DirectoryWatch::Subscription::end() {
  if (state_) state_->hub->remove(*state_);
}

asio::awaitable<model::DetectedBy> DirectoryWatch::Subscription::changed(SteadyClock::time_point deadline) {
  return next_change(state_, deadline);
}

bool DirectoryWatch::Subscription::active() const { return state_->problem.empty(); }
const std::string& DirectoryWatch::Subscription::problem() const { return state_->problem; }

}  // namespace sources
