#include "agent/app/hosts.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/app/sweep.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/temp_dir.hpp"

using Texts = std::vector<std::string>;

TEST_CASE("a hosts file that can't be read, or is too long, is empty") {
  const support::TempDir home;
  const auto path = (home.path() / "hosts").string();
  CHECK(app::read_hosts(path).empty());
  CHECK(app::read_hosts(home.path().string()).empty());
  support::write_file(path, "192.0.2.1 a.example\n");
  CHECK(rules::addresses_in(app::read_hosts(path), "a.example") == Texts{"192.0.2.1"});
  support::write_file(path, "192.0.2.1 a.example\n" + std::string(std::size_t{1} << 20, '#'));
  CHECK(app::read_hosts(path).empty());
}

TEST_CASE("an address is its own answer, with nobody asked") {
  const auto four = app::lookup_of_address("127.1");
  REQUIRE(four);
  CHECK(four->ipv4.status == model::DnsStatus::noerror);
  CHECK(four->ipv4.addresses == std::vector<model::Address>{{"127.0.0.1"}});
  CHECK(four->ipv6.status == model::DnsStatus::nodata);
  CHECK(four->usable());
  CHECK(four->queries.empty());
  const auto six = app::lookup_of_address("FD00::1");
  REQUIRE(six);
  CHECK(six->ipv6.addresses.at(0).text == "fd00::1");
  CHECK(six->ipv4.status == model::DnsStatus::nodata);
  CHECK_FALSE(app::lookup_of_address("a.example"));
}

TEST_CASE("a sweep puts this machine's hosts file beside what DNS says") {
  const auto hosts = app::read_hosts();
  boost::asio::io_context io;
  support::FakeDns dns(io, [](const support::DnsQuestion&) { return support::DnsAnswer{.rcode = 3}; });
  model::ResolverConfig config;
  config.servers = {dns.address()};
  app::Servers servers(io.get_executor(), config);
  const Texts names{"localhost", "in-no-hosts-file.example"};
  std::vector<model::Lookup> found(names.size());
  const auto keep = [&](std::size_t index, model::Lookup lookup) { found.at(index) = std::move(lookup); };
  support::await(io, app::sweep(servers, config, names, {}, keep));
  CHECK(found[0].hosts == rules::addresses_in(hosts, "localhost"));
  CHECK(found[0].usable() == hosts.contains("localhost"));
  CHECK(found[0].ipv4.status == model::DnsStatus::nxdomain);  // DNS's own
  CHECK(found[1].hosts.empty());
  CHECK_FALSE(found[1].usable());
}
