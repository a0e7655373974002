#include "agent/inject/settings.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/inject/syntax.hpp"

using namespace inject;

TEST_CASE("every setting is read, trimmed") {
  std::vector<std::string> problems;
  const auto settings = read_settings({{"image", "registry.example.com:5000/pgd/agent@sha256:0a1b\n"},
                                       {"cpu", "0.2"},
                                       {"memory", "128Mi\n"},
                                       {"sidecar", "container"},
                                       {"config", "{group}-agent"},
                                       {"client-ca-secret", "client-ca"},
                                       {"server-secret", "\n"},
                                       {"written", "enabled"},
                                       {"gate", "strict"},
                                       {"gate-max-wait", "2m"}},
                                      problems);
  CHECK(problems.empty());
  CHECK(settings.image == "registry.example.com:5000/pgd/agent@sha256:0a1b");
  CHECK(settings.cpu == "0.2");
  CHECK(settings.memory == "128Mi");
  CHECK(settings.sidecar == Sidecar::container);
  CHECK(settings.choices.config == "{group}-agent");
  CHECK(settings.choices.secrets[3] == "client-ca");
  CHECK_FALSE(settings.choices.secrets[0]);
  CHECK(settings.choices.written == true);
  CHECK(settings.choices.gate == Gate::strict);
  CHECK(settings.choices.gate_max_wait == "2m");
}

TEST_CASE("what is not valid keeps its default and is said") {
  std::vector<std::string> problems;
  const auto settings = read_settings({{"image", "my image"},
                                       {"cpu", "plenty"},
                                       {"memory", "0"},
                                       {"sidecar", "x"},
                                       {"gate-max-wait", "0s"},
                                       {"tls", "?"}},
                                      problems);
  CHECK(problems.size() == 6);
  CHECK(settings.image.empty());
  CHECK(settings.cpu == "100m");
  CHECK(settings.memory == "64Mi");
  CHECK(settings.sidecar == Sidecar::native);
  CHECK_FALSE(settings.choices.gate_max_wait);
}

TEST_CASE("quantities, waits and names as Kubernetes takes them") {
  for (const auto good : {"1", "100m", "0.5", "64Mi", "1.5Gi", "2k", "1E"}) CHECK(is_quantity(good));
  for (const auto bad : {"", "0", "0m", ".5", "1.", "1.2.3", "64MiB", "-1", "1 Mi", "mi", "000000000000000000001"})
    CHECK_FALSE(is_quantity(bad));
  for (const auto good : {"1ms", "999999s", "5m", "2h"}) CHECK(is_wait(good));
  for (const auto bad : {"", "s", "0s", "05s", "1000000s", "1d", "1 s", "-1s", "1.5s"}) CHECK_FALSE(is_wait(bad));
  for (const auto good : {"a", "a-b.c0", "0"}) CHECK(is_subdomain(good));
  for (const auto bad : {"", "A", "-a", "a-", "a..b", "a.-b", "a-.b", ".a", "a_b"}) CHECK_FALSE(is_subdomain(bad));
  CHECK(is_subdomain(std::string(253, 'a')));
  CHECK_FALSE(is_subdomain(std::string(254, 'a')));
}

TEST_CASE("placeholders are filled in wherever they stand") {
  CHECK(object_name("{group}-{node}-{group}", "g", "g-1") == "g-g-1-g");
  CHECK(object_name("plain", "g", "n") == "plain");
  CHECK_FALSE(object_name("{other}", "g", "n"));
  CHECK_FALSE(object_name("{group}.", "g", "n"));
}

TEST_CASE("a hostile text is shown cut and harmless") {
  CHECK(shown("a\"b\n\x01\xff") == "\"a?b???\"");
  CHECK(shown(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "…\"");
}
