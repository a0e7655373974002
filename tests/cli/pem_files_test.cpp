// PEM files named on the command line.
#include "agent/cli/pem_files.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/cli/running.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using support::Minted;
using support::Recipe;

TEST_CASE("the files given are read, and no other") {
  const support::TempDir dir;
  const Minted leaf = Recipe("n1").self_signed();
  support::write_file(dir / "a.crt", leaf.pem());
  support::write_file(dir / "a.key", leaf.key_pem());
  const auto both = cli::read_pem_files({dir / "a.crt", dir / "a.key", ""});
  REQUIRE(both.has_value());
  CHECK(both->cert->bytes == leaf.pem());
  CHECK((both->cert->mode & 0777) == 0644);
  const bool same_key = both->key->bytes.view() == leaf.key_pem();  // which a failure must not print
  CHECK(same_key);
  CHECK_FALSE(both->ca.has_value());
  const auto ca = cli::read_pem_files({"", "", dir / "a.crt"});
  REQUIRE(ca.has_value());
  CHECK_FALSE(ca->cert.has_value());
  CHECK_FALSE(ca->key.has_value());
  CHECK(ca->ca->bytes == leaf.pem());
}

TEST_CASE("a file that can't be read is named, with exit code 2") {
  const support::TempDir dir;
  const Minted leaf = Recipe("n1").self_signed();
  const auto good = dir / "a.crt", missing = dir / "b.crt", config = dir / "config.toml", junk = dir / "junk";
  support::write_file(good, leaf.pem());
  support::write_file(junk, "no block");
  support::write_file(config, "");
  struct Row {
    std::vector<const char*> arguments;
    std::string said;
  };
  const char *g = good.c_str(), *m = missing.c_str(), *c = config.c_str(), *j = junk.c_str();
  for (const auto& [arguments, said] : {
           Row{{"verify", "--cert", m, "--ca", g}, "verify: " + missing + ": "},
           Row{{"verify", "--cert", g, "--key", m, "--ca", g}, "verify: " + missing + ": "},
           Row{{"verify", "--cert", g, "--ca", m}, "verify: " + missing + ": "},
           Row{{"probe", "127.0.0.1", "--config", c, "--ca", m}, "probe: --ca: " + missing + ": "},
           Row{{"probe", "127.0.0.1", "--config", c, "--ca", j}, "probe: --ca: " + junk + ": no certificate"},
           Row{{"probe", "127.0.0.1", "--config", c, "--cert", g, "--key", m}, "probe: " + missing + ": "},
           Row{{"check", "--config", c, "--ca-next", m}, "check: --ca-next: " + missing + ": "},
           Row{{"check", "--config", c, "--ca-next", j}, "check: --ca-next: " + junk + ": no certificate"},
       }) {
    CAPTURE(said);
    const auto ran = running::run(arguments);
    CHECK(ran.status == 2);
    CHECK(ran.err.starts_with("pgd-agent: " + said));
    CHECK(ran.out.empty());
  }
}
