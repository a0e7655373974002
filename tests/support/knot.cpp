#include "tests/support/knot.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "common/files.hpp"
#include "tests/support/fake_dns.hpp"

namespace support {
namespace {

constexpr const char* knotd = "/usr/sbin/knotd";

std::string zone_file(const std::string& text) {
  return "$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 30\n@ NS ns\nns A 127.0.0.1\n" + text;
}

/// Starts a program with its output in a file; it dies with us.
pid_t spawn(const std::string& program, const std::string& config, const std::string& log) {
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execl(program.c_str(), program.c_str(), "-c", config.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

Knot::Knot(const std::map<std::string, std::string>& zones) {
  if (::access(knotd, X_OK) != 0) throw std::runtime_error("knotd is not installed");
  for (const auto& [name, text] : zones) {
    write_file(dir_ / (name + ".zone"), "$ORIGIN " + name + ".\n" + zone_file(text));
    zone_list_ += "  - domain: " + name + "\n    file: " + name + ".zone\n";
  }
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (start()) return;
    stop();  // another took the port meanwhile
  }
  throw std::runtime_error("knotd does not start: " + read_file(dir_ / "log"));
}

Knot::~Knot() { stop(); }

bool Knot::start() {
  port_ = closed_port();
  const std::string dir = dir_.path().string();
  write_file(dir_ / "knot.conf",
             "server:\n    listen: 127.0.0.1@" + std::to_string(port_) + "\n    rundir: " + dir +
                 "\n    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n"
                 "control:\n    listen: " +
                 dir +
                 "/knot.sock\n"
                 "database:\n    storage: " +
                 dir +
                 "/db\n"
                 "mod-stats:\n  - id: all\n"
                 "template:\n  - id: default\n    storage: " +
                 dir +
                 "\n    global-module: mod-stats/all\n    zonefile-sync: -1\n    journal-content: none\n"
                 "zone:\n" +
                 zone_list_ + "log:\n  - target: stderr\n    any: warning\n");
  pid_ = spawn(knotd, dir_ / "knot.conf", dir_ / "log");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (std::chrono::steady_clock::now() < give_up) {
    if (answers()) return true;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
  }
  return false;
}

void Knot::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

/// Any reply with our id to a question about a zone of its own; waits 20 ms for it.
bool Knot::answers() const {
  const common::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{0, 20'000};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return false;
  auto question = dns_message(4711, {"id.server", 16}, {});
  question[2] = question[3] = 0;
  if (::send(fd.get(), question.data(), question.size(), 0) < 0) return ::usleep(20'000), false;
  std::array<std::uint8_t, 512> reply{};
  const auto size = ::recv(fd.get(), reply.data(), reply.size(), 0);
  if (size < 0) ::usleep(20'000);
  return size >= 12 && reply[0] == question[0] && reply[1] == question[1];
}

std::map<std::string, std::uint64_t> Knot::statistics() const {
  const std::string command = "/usr/sbin/knotc -s " + (dir_ / "knot.sock") + " stats";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  if (!pipe) throw std::runtime_error("knotc does not start");
  std::map<std::string, std::uint64_t> values;
  constexpr std::string_view prefix = "mod-stats.";
  for (std::array<char, 256> line{}; std::fgets(line.data(), line.size(), pipe.get());) {
    const std::string_view text = line.data();
    const auto equals = text.find(" = ");
    if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
    values[std::string(text.substr(prefix.size(), equals - prefix.size()))] =
        std::stoull(std::string(text.substr(equals + 3)));
  }
  return values;
}

}  // namespace support
