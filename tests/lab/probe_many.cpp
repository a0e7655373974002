// Many probes of one Postgres server from one process, for the lab: what came of them, what they cost, and whether a
// descriptor was left open. Usage: probe_many ADDRESS PORT off|handshake|login COUNT CERT KEY
#include <fcntl.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "agent/sources/postgres_tls.hpp"
#include "common/files.hpp"

namespace {

using model::ClientCertificate;

std::size_t open_descriptors() {
  std::size_t open = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++open;
  return open;
}

std::string outcome(const model::Exchange& exchange) {
  if (exchange.alert >= 0) return "alert_" + std::to_string(exchange.alert);
  if (exchange.error) return "error_" + exchange.error->sqlstate;
  if (exchange.end == model::WireEnd::finished) return "finished";
  return "ended_in_" + std::string(name(exchange.phase));
}

struct Tally {
  std::map<std::string, int> outcomes;
  std::vector<double> milliseconds;
};

boost::asio::awaitable<void> probe(sources::PostgresQuestion question, int count, Tally& tally) {
  for (int i = 0; i < count; ++i) {
    const auto answer = co_await sources::probe_postgres(question);
    ++tally.outcomes[outcome(answer.exchange)];
    tally.milliseconds.push_back(static_cast<double>(answer.exchange.duration.count()) / 1000);
  }
}

sources::IdentityRef identity(const char* cert, const char* key) {
  constexpr std::size_t limit = std::size_t{1} << 20;
  auto certificate = common::read_file_at(AT_FDCWD, cert, limit).value();
  auto secret = common::read_file_at(AT_FDCWD, key, limit).value();
  model::SecretFiles files;
  files.directory = cert;
  files.cert = model::SecretFile{std::move(certificate.bytes), 0, 0};
  files.key = model::SecretKeyFile{common::SecretBytes(std::move(secret.bytes)), 0, 0};
  return sources::Identity::load(std::move(files)).value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "usage: probe_many ADDRESS PORT off|handshake|login COUNT CERT KEY\n";
    return 2;
  }
  const std::string level = argv[3];
  sources::PostgresQuestion question;
  question.address = argv[1];
  question.port = static_cast<std::uint16_t>(std::atoi(argv[2]));
  question.level = level == "login"       ? ClientCertificate::login
                   : level == "handshake" ? ClientCertificate::handshake
                                          : ClientCertificate::off;
  question.identity = identity(argv[5], argv[6]);
  Tally tally;
  boost::asio::io_context io{1};
  std::size_t before = 0;
  const auto run = [&](int count) {
    boost::asio::co_spawn(io, probe(question, count, tally), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io.restart();
    io.run();
  };
  run(1);
  before = open_descriptors();
  run(std::max(std::atoi(argv[4]) - 1, 0));
  auto& times = tally.milliseconds;
  std::sort(times.begin(), times.end());
  std::cout << R"({"descriptors_before":)" << before << R"(,"descriptors_after":)" << open_descriptors()
            << R"(,"p50_ms":)" << times[times.size() / 2] << R"(,"p99_ms":)" << times[times.size() * 99 / 100]
            << R"(,"outcomes":{)";
  const char* comma = "";
  for (const auto& [what, count] : tally.outcomes) {
    std::cout << comma << '"' << what << "\":" << count;
    comma = ",";
  }
  std::cout << "}}\n";
  return 0;
}
