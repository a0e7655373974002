// check --ca-next: how a rehearsal ends.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/cli/running.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using support::Minted;
using support::Recipe;

namespace {

/// A pod that probes nobody, its server Secrets in `mounted`, "" = none.
struct Pod {
  support::TempDir dir;
  Minted ca = Recipe("CA").ca().self_signed();
  Minted leaf = Recipe("n1").dns({"n1.example"}).issued_by(ca);

  running::Ran rehearse(const std::string& mounted, const Minted& next) const {
    support::write_file(dir / "config.toml", "[secrets]\nclient = \"\"\nclient_ca = \"\"\nserver = \"" + mounted +
                                                 "\"\nserver_ca = \"" + mounted +
                                                 "\"\n[probe]\nself = []\npeer_roles = []\n");
    support::write_file(dir / "next.crt", next.pem());
    const auto config = dir / "config.toml", file = dir / "next.crt";
    return running::run(
        {"check", "--config", config.c_str(), "--ca-next", file.c_str(), "--at", "2026-01-02T00:00:00Z"});
  }
};

}  // namespace

TEST_CASE("a rehearsal ends with 0 or 1, and with 2 where there is nothing to judge") {
  const Pod pod;
  const auto mounted = pod.dir / "server";
  std::filesystem::create_directory(mounted);
  support::write_file(mounted + "/tls.crt", pod.leaf.pem());
  support::write_file(mounted + "/tls.key", pod.leaf.key_pem());
  support::write_file(mounted + "/ca.crt", pod.ca.pem());
  const Minted foreign = Recipe("another CA").ca().self_signed();

  const auto holds = pod.rehearse(mounted, pod.ca);
  CHECK(holds.status == 0);
  CHECK(holds.out.find("ok: all would hold") != std::string::npos);
  const auto fails = pod.rehearse(mounted, foreign);
  CHECK(fails.status == 1);
  CHECK(fails.out.find("not ok: 1 of 1 certificate would fail") != std::string::npos);

  for (const std::string nothing : {"", "/nonexistent/server"}) {
    INFO(nothing);
    const auto empty = pod.rehearse(nothing, pod.ca);
    CHECK(empty.status == 2);
    CHECK(empty.out.empty());
    CHECK(empty.err == "pgd-agent: check: --ca-next: no certificate is mounted or served that could be judged by it\n");
  }
}
