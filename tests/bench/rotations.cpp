// Does the agent miss a rotation, see a torn one, or see it late? A writer process rotates Secrets as kubelet does;
// each version carries its number in every file. Prints figures; exit code 1 where one is out of bounds.
//   bench_rotations [--rotations N] [--bursts N] [--polled N] [--directory DIR]
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sources/directory_watch.hpp"
#include "agent/sources/secret_files.hpp"
#include "tests/support/await.hpp"
#include "tests/support/child.hpp"
#include "tests/support/secret_volume.hpp"

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Delay = std::chrono::duration<double, std::milli>;

constexpr auto missed_after = 1s;
constexpr auto late_after = 20ms;
constexpr auto burst_length = 200ms;
constexpr auto resync = 20ms;

enum class Layout { direct, chained, ca_bundle };
constexpr const char* name(Layout layout) {
  switch (layout) {
    case Layout::direct: return "direct mount";
    case Layout::chained: return "chained links";
    case Layout::ca_bundle: return "CA bundle";
  }
  return "";
}

// --- what is written, and how its number is read back
// -------------------------------------------------------------------------

support::SecretData version(Layout layout, int number) {
  const std::string text = std::to_string(number) + '\n';
  if (layout == Layout::ca_bundle) return {{"ca.crt", text + std::string(8000, 'c')}};
  return {{"tls.crt", text + std::string(3000, 'c')},
          {"tls.key", text + std::string(1700, 'k')},
          {"ca.crt", text + std::string(1500, 'a')}};
}

constexpr int torn = 0;
constexpr int nothing = -1;

/// The number of the version, `torn` where the files are of more than one or not all there, `nothing` where read_secret
/// saw itself that they changed under its hands (no state is reported then, and the next event is already there).
int number_of(Layout layout, const model::SecretFiles& files) {
  if (files.problems.size() == 1 && files.problems[0].error == model::ReadError::unstable) return nothing;
  if (!files.problems.empty() || !files.ca) return torn;
  const int number = std::atoi(files.ca->bytes.c_str());
  if (layout == Layout::ca_bundle) return number;
  if (!files.cert || !files.key || std::atoi(files.cert->bytes.c_str()) != number ||
      std::atoi(files.key->bytes.view().data()) != number) {
    return torn;
  }
  return number;
}

// --- the observer: what of the agent is measured
// ------------------------------------------------------------------------------

struct Seen {
  int number = nothing;
  model::DetectedBy by = model::DetectedBy::poll;
  steady_clock::time_point at{};
};

class Observer {
 public:
  Observer(asio::io_context& io, Layout layout, const std::string& directory, bool use_inotify)
      : io_(io),
        layout_(layout),
        request_{.directory = directory, .leaf = layout != Layout::ca_bundle},
        watch_(io.get_executor(), {.use_inotify = use_inotify}),
        subscription_(watch_.subscribe(directory, sources::wanted_files(request_))) {}

  /// The state after the next change, or at the deadline.
  Seen next(steady_clock::time_point deadline) {
    Seen seen;
    seen.by = support::await(io_, subscription_.changed(deadline));
    seen.number = number_of(layout_, sources::read_secret(request_));
    seen.at = steady_clock::now();
    return seen;
  }

 private:
  asio::io_context& io_;
  Layout layout_;
  sources::SecretRequest request_;
  sources::DirectoryWatch watch_;
  sources::DirectoryWatch::Subscription subscription_;
};

// --- the writer, another process
// ----------------------------------------------------------------------------------------------

class Writer {
 public:
  Writer(Layout layout, const fs::path& root) : layout_(layout), volume_(root / "volume") {
    volume_.before_swap = [this] { board_->swapped_at = steady_clock::now().time_since_epoch().count(); };
    directory_ = volume_.directory();
    volume_.publish(version(layout_, 1));
    if (layout_ == Layout::chained) {
      directory_ = (root / "chained").string();
      link_to_volume(directory_, volume_, version(layout_, 1));
    }
    if (::pipe(orders_) != 0) std::abort();
    child_ = std::make_unique<support::Child>([this] { return obey(); });
  }
  ~Writer() {
    ::close(orders_[0]);
    ::close(orders_[1]);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[nodiscard]] const std::string& directory() const { return directory_; }
  void rotate_once() { order('1'); }
  void rotate_for_a_while() { order('b'); }
  /// Orders carried out.
  [[nodiscard]] int done() const { return board_->done; }
  [[nodiscard]] int last_number() const { return board_->number; }
  [[nodiscard]] steady_clock::time_point last_swap() const {
    return steady_clock::time_point{steady_clock::duration{board_->swapped_at}};
  }

 private:
  struct Board {
    std::atomic<std::int64_t> swapped_at;
    std::atomic<int> number;
    std::atomic<int> done;
  };

  void order(char what) {
    if (::write(orders_[1], &what, 1) != 1) std::abort();
  }
  int obey() {
    ::close(orders_[1]);
    int number = 1;
    for (char what = 0; ::read(orders_[0], &what, 1) == 1; ++board_->done) {
      const auto end = steady_clock::now() + (what == 'b' ? burst_length : 0ms);
      do {
        board_->number = ++number;
        volume_.publish(version(layout_, number));
      } while (steady_clock::now() < end);
    }
    return 0;
  }

  Layout layout_;
  support::SecretVolume volume_;
  std::string directory_;
  support::Shared<Board> board_;
  int orders_[2] = {-1, -1};
  std::unique_ptr<support::Child> child_;
};

// --- figures
// ------------------------------------------------------------------------------------------------------------------

struct Figures {
  int made = 0;
  int missed = 0;
  int torn = 0;
  int late = 0;
  std::vector<Delay> delays;

  void add(const Figures& other) {
    made += other.made;
    missed += other.missed;
    torn += other.torn;
    late += other.late;
    delays.insert(delays.end(), other.delays.begin(), other.delays.end());
  }
  Delay percentile(double part) {
    if (delays.empty()) return Delay{0};
    const auto at = static_cast<std::size_t>(part * static_cast<double>(delays.size() - 1));
    std::nth_element(delays.begin(), delays.begin() + static_cast<std::ptrdiff_t>(at), delays.end());
    return delays[at];
  }
  void print(const char* what) {
    std::printf("%-28s %6d made  %d missed  %d torn  %d late  delay p50 %.3f ms  p99 %.3f ms  max %.3f ms\n", what,
                made, missed, torn, late, percentile(.5).count(), percentile(.99).count(), percentile(1).count());
    std::fflush(stdout);
  }
};

/// Each version once the one before was counted or given up.
Figures one_by_one(Writer& writer, Observer& observer, int rotations, bool by_inotify) {
  Figures figures;
  for (int i = 0; i < rotations; ++i) {
    const int expected = writer.last_number() == 0 ? 2 : writer.last_number() + 1;
    const int orders = writer.done();
    writer.rotate_once();
    ++figures.made;
    const auto give_up = steady_clock::now() + missed_after;
    Seen seen;
    do {
      seen = observer.next(by_inotify ? give_up : steady_clock::now() + resync);
      if (seen.number == torn) ++figures.torn;
    } while (seen.number != expected && seen.at < give_up);
    if (seen.number != expected || (by_inotify && seen.by != model::DetectedBy::inotify)) {
      ++figures.missed;
    } else {
      figures.delays.push_back(seen.at - writer.last_swap());
      if (figures.delays.back() > late_after + (by_inotify ? 0ms : resync)) ++figures.late;
    }
    while (writer.done() == orders) ::usleep(10);
  }
  return figures;
}

/// As fast as the writer can, for a while each: the state after the last swap must be seen in time.
Figures in_bursts(Writer& writer, Observer& observer, int bursts) {
  Figures figures;
  for (int i = 0; i < bursts; ++i) {
    const int orders = writer.done();
    const int before = writer.last_number();
    writer.rotate_for_a_while();
    const auto give_up = steady_clock::now() + burst_length + 5s;
    Seen last;
    while (steady_clock::now() < give_up && (writer.done() == orders || last.number != writer.last_number())) {
      // The short deadline only lets this loop look at the writer: what a poll finds does not count.
      const Seen seen = observer.next(steady_clock::now() + 2ms);
      if (seen.number == torn) ++figures.torn;
      if (seen.by == model::DetectedBy::inotify) last = seen;
    }
    figures.made += writer.last_number() - before;
    if (last.number != writer.last_number()) {
      ++figures.missed;
    } else {
      figures.delays.push_back(last.at - writer.last_swap());
      if (figures.delays.back() > late_after) ++figures.late;
    }
  }
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  int rotations = 10'000;
  int bursts = 50;
  int polled = 200;
  fs::path root = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--rotations") rotations = std::atoi(argv[i + 1]);
    if (option == "--bursts") bursts = std::atoi(argv[i + 1]);
    if (option == "--polled") polled = std::atoi(argv[i + 1]);
    if (option == "--directory") root = argv[i + 1];
  }
  root /= "pgd-agent-bench-" + std::to_string(::getpid());

  Figures all;
  Figures all_bursts;
  Figures all_polled;
  int part = 0;
  for (const Layout layout : {Layout::direct, Layout::chained, Layout::ca_bundle}) {
    // Thirds, the first takes what is left over.
    const auto share = [&](int of) { return part == 0 ? of - 2 * (of / 3) : of / 3; };
    asio::io_context io;
    {
      Writer writer(layout, root / std::to_string(part));
      Observer observer(io, layout, writer.directory(), true);
      auto figures = one_by_one(writer, observer, share(rotations), true);
      figures.print(name(layout));
      all.add(figures);
      all_bursts.add(in_bursts(writer, observer, share(bursts)));
    }
    Writer writer(layout, root / ("polled" + std::to_string(part)));
    Observer observer(io, layout, writer.directory(), false);
    all_polled.add(one_by_one(writer, observer, share(polled), false));
    ++part;
  }
  all.print("all, one by one");
  all_bursts.print("bursts, state after the last");
  all_polled.print("polled every 20 ms");
  fs::remove_all(root);
  double load[1] = {};
  if (::getloadavg(load, 1) == 1) {
    std::printf("load average %.1f on %ld processors (delays grow where others use them)\n", load[0],
                ::sysconf(_SC_NPROCESSORS_ONLN));
  }

  const bool ok = all.missed == 0 && all.torn == 0 && all.percentile(.99) <= late_after && all_bursts.missed == 0 &&
                  all_bursts.torn == 0 && all_bursts.late == 0 && all_polled.missed == 0 && all_polled.torn == 0 &&
                  all_polled.late == 0;
  std::puts(ok ? "well" : "OUT OF BOUNDS");
  return ok ? 0 : 1;
}
