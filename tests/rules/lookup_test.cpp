// Transcripts: what is asked of whom, what comes back, what it adds up to.
#include <algorithm>
#include <map>

#include "tests/rules/lookup_world.hpp"

TEST_CASE("candidates in glibc's order") {
  const Texts pod{"ns.svc.cluster.local", "svc.cluster.local", "cluster.local"};
  CHECK(rules::candidates("a-node", config_of(1, pod, 5)) ==
        Texts{"a-node.ns.svc.cluster.local", "a-node.svc.cluster.local", "a-node.cluster.local", "a-node"});
  CHECK(rules::candidates("a.ns.svc.cluster.local", config_of(1, pod, 5)).back() == "a.ns.svc.cluster.local");
  CHECK(rules::candidates("a.b.c.d.e.f", config_of(1, {"x"}, 5)) == Texts{"a.b.c.d.e.f", "a.b.c.d.e.f.x"});
  CHECK(rules::candidates("a.b.", config_of(1, pod, 5)) == Texts{"a.b."});
  CHECK(rules::candidates("a", config_of(1, {}, 1)) == Texts{"a"});
  CHECK(rules::candidates("a.b", config_of(1, {}, 1)) == Texts{"a.b"});
  CHECK(rules::candidates("a", config_of(1, {"x"}, 0)) == Texts{"a", "a.x"});
  // The root in the list stands for the name as it is.
  CHECK(rules::candidates("a", config_of(1, {"x", ".", "y"}, 1)) == Texts{"a.x", "a", "a.y"});
  CHECK(rules::candidates("a.b", config_of(1, {".", "x."}, 1)) == Texts{"a.b", "a.b.x"});
  // What does not fit into a name ends the list.
  const std::string longest =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd');
  CHECK(rules::candidates(longest, config_of(1, pod, 5)) == Texts{longest});
  const auto some = longest.substr(0, 250);
  CHECK(rules::candidates(some, config_of(1, {"x", "long", "y"}, 5)) == Texts{some + ".x", some});
  // Without `no-tld-query` a name without a dot is asked as it is in the end; with it, where there is a list, never.
  auto no_tld = config_of(1, {"x"}, 1);
  no_tld.no_tld_query = true;
  CHECK(rules::candidates("a", no_tld) == Texts{"a.x"});
  CHECK(rules::candidates("a.", no_tld) == Texts{"a."});
  CHECK(rules::candidates("a.b", no_tld) == Texts{"a.b", "a.b.x"});
  no_tld.search.clear();
  CHECK(rules::candidates("a", no_tld) == Texts{"a"});
}

TEST_CASE("what is no host name is not asked at all") {
  for (const auto* name : {"-a.b", "a b", "a*", "a\\.b"}) {
    INFO(name);
    CHECK(rules::candidates(name, config_of(1, {"x"})).empty());
    const auto [asked, lookup] = run(name, config_of(1, {"x"}), always(noerror));
    CHECK(asked.empty());
    CHECK(lookup.ipv4.status == formerr);
  }
}

TEST_CASE("both families are asked together and combined") {
  struct Row {
    DnsStatus v4, v6;
    bool resolved;
  };
  const auto config = config_of(1);
  for (const auto& [v4, v6, resolved] :
       {Row{noerror, noerror, true},  Row{noerror, nodata, true},           Row{nodata, noerror, true},
        Row{noerror, servfail, true}, Row{noerror, nxdomain, true},         Row{noerror, refused, true},
        Row{noerror, formerr, true},  Row{servfail, noerror, true},         Row{refused, noerror, true},
        Row{notimp, noerror, true},   Row{formerr, noerror, true},          Row{nxdomain, noerror, true},
        Row{nodata, nodata, false},   Row{nxdomain, nxdomain, false},       Row{servfail, servfail, false},
        Row{refused, refused, false}, Row{notimp, notimp, false},           Row{formerr, formerr, false},
        Row{timeout, timeout, false}, Row{unreachable, unreachable, false}, Row{servfail, timeout, false}}) {
    INFO(model::name(v4) << " " << model::name(v6));
    const auto answer = [&, four = v4, six = v6](const Ask& ask) {
      const auto status = ask.family == Family::ipv4 ? four : six;
      return reply_of(status,
                      status == noerror ? Texts{ask.family == Family::ipv4 ? "192.0.2.1" : "2001:db8::1"} : Texts{});
    };
    const auto [asked, lookup] = run("a.example", config, answer);
    CHECK(asked == Texts{"4 a.example @0", "6 a.example @0"});
    CHECK(lookup.ipv4.status == v4);  // a family that was lost says so
    CHECK(lookup.ipv6.status == v6);
    CHECK(lookup.resolved() == resolved);
    CHECK(lookup.answered_as == (resolved ? "a.example" : ""));
    CHECK(lookup.queries.size() == 2);
    CHECK(lookup.queries[0].server == "10.0.0.1:53");
  }
}

TEST_CASE("fail-over: both questions go from server to server, round after round, until one answers") {
  const auto config = config_of(3, {}, 1, 2);
  for (const auto lost : {servfail, refused, notimp, timeout, unreachable}) {
    INFO(model::name(lost));
    const auto second_answers = [&](const Ask& ask) {
      return ask.server == 1 ? reply_of(noerror, {"192.0.2.1"}) : reply_of(lost);
    };
    auto [asked, lookup] = run("a", config, second_answers);
    CHECK(asked == Texts{"4 a @0", "6 a @0", "4 a @1", "6 a @1"});
    CHECK(lookup.ipv4.status == noerror);
    CHECK(lookup.queries[0].status == lost);
    const auto nobody = run("a", config, always(lost));
    CHECK(nobody.asked.size() == 12);
    CHECK(nobody.asked[4] == "4 a @2");
    CHECK(nobody.asked[6] == "4 a @0");
    CHECK(nobody.lookup.ipv4.status == lost);
    CHECK(nobody.lookup.ipv6.status == lost);
  }
  for (const auto last_word : {noerror, nodata, nxdomain, formerr}) {
    CHECK(run("a", config, [&](const Ask&) { return reply_of(last_word); }).asked == Texts{"4 a @0", "6 a @0"});
  }
}

TEST_CASE("of several losses a server's word counts more than silence, silence more than a closed door") {
  const auto config = config_of(3);
  const auto world = [](std::array<DnsStatus, 3> said) {
    return [said](const Ask& ask) { return reply_of(said[ask.server]); };
  };
  CHECK(run("a", config, world({timeout, servfail, timeout})).lookup.ipv4.status == servfail);
  CHECK(run("a", config, world({refused, servfail, timeout})).lookup.ipv4.status == servfail);
  CHECK(run("a", config, world({unreachable, timeout, unreachable})).lookup.ipv4.status == timeout);
}

TEST_CASE("the search goes on after nxdomain, nodata and servfail, and stops at an answer") {
  const auto config = config_of(1, {"x", "y", "z"}, 5);
  for (const auto negative : {nxdomain, nodata, servfail}) {
    const auto [asked, lookup] = run("a.b", config, [&](const Ask& ask) {
      return ask.name == "a.b.y" ? reply_of(noerror, {"192.0.2.1"}) : reply_of(negative);
    });
    CHECK(asked == Texts{"4 a.b.x @0", "6 a.b.x @0", "4 a.b.y @0", "6 a.b.y @0"});
    CHECK(lookup.answered_as == "a.b.y");
    CHECK(lookup.ipv4.status == noerror);
  }
  // One family of a candidate is enough.
  const auto six_only = run("a", config, [](const Ask& ask) {
    return ask.name == "a.x" && ask.family == Family::ipv6 ? reply_of(noerror, {"2001:db8::1"}) : reply_of(nxdomain);
  });
  CHECK(six_only.lookup.answered_as == "a.x");
  CHECK(six_only.lookup.ipv4.status == nxdomain);
}

TEST_CASE("an alias that leads nowhere ends the search") {
  const auto config = config_of(1, {"x", "y"}, 5);
  const auto [asked, lookup] = run("a", config, [](const Ask&) {
    auto reply = reply_of(nodata);
    reply.cnames = {"gone.example"};
    reply.ends_search = true;
    return reply;
  });
  CHECK(asked == Texts{"4 a.x @0", "6 a.x @0"});
  CHECK(lookup.ipv4.status == nodata);
  CHECK(lookup.ipv4.cnames == Texts{"gone.example"});
  CHECK(lookup.answered_as == "a.x");
}

TEST_CASE("after other losses only the name as it is remains; with no server reachable nothing does") {
  const auto config = config_of(1, {"x", "y"}, 5);
  for (const auto lost : {timeout, refused, notimp, formerr}) {
    INFO(model::name(lost));
    const auto [asked, lookup] =
        run("a", config, [&](const Ask& ask) { return reply_of(ask.name == "a" ? nxdomain : lost); });
    CHECK(asked == Texts{"4 a.x @0", "6 a.x @0", "4 a @0", "6 a @0"});
    CHECK(lookup.ipv4.status == lost);  // what the first candidate would have said is unknown: not nxdomain
  }
  CHECK(run("a", config, always(unreachable)).asked == Texts{"4 a.x @0", "6 a.x @0"});
  // The root comes early in the list: not asked twice.
  CHECK(run("a", config_of(1, {".", "y"}, 5), always(refused)).asked == Texts{"4 a @0", "6 a @0"});
}

TEST_CASE("where the families differ the search goes on as glibc's does") {
  // Observed of glibc 2.36 by getaddrinfo against a server that logs what it is asked.
  struct Row {
    DnsStatus four, six;
    bool goes_on;
  };
  const auto config = config_of(1, {"x", "y"}, 5);
  for (const auto& [four, six, goes_on] :
       {Row{timeout, nxdomain, false}, Row{nxdomain, timeout, true},  Row{nodata, timeout, true},
        Row{timeout, nodata, false},   Row{servfail, timeout, true},  Row{timeout, servfail, true},
        Row{nxdomain, servfail, true}, Row{servfail, nxdomain, true}, Row{servfail, nodata, true},
        Row{nodata, servfail, true},   Row{nxdomain, refused, true},  Row{refused, nxdomain, true},
        Row{refused, nodata, true},    Row{nodata, refused, true},    Row{refused, servfail, false},
        Row{servfail, refused, true},  Row{formerr, nxdomain, false}, Row{nxdomain, formerr, true},
        Row{nodata, formerr, false},   Row{formerr, nodata, false},   Row{notimp, nxdomain, true},
        Row{nxdomain, notimp, true},   Row{nodata, notimp, true},     Row{notimp, nodata, true},
        Row{nxdomain, nodata, true},   Row{nodata, nxdomain, true}}) {
    INFO(model::name(four) << " " << model::name(six));
    const auto [asked, lookup] = run("a", config, [v4 = four, v6 = six](const Ask& ask) {
      if (ask.name != "a.x") return reply_of(nxdomain);
      return reply_of(ask.family == Family::ipv4 ? v4 : v6);
    });
    const bool other = asked.at(2).ends_with(" a.x @0");  // one family was silent
    CHECK(asked.at(other ? 3 : 2) == (goes_on ? "4 a.y @0" : "4 a @0"));
    CHECK(lookup.ipv4.status == four);  // nothing later outweighs it
    CHECK(lookup.ipv6.status == six);
  }
}

TEST_CASE("where nothing answered: as it is if that was first, else nodata, else the first loss, else nxdomain") {
  const auto world = [](std::map<std::string, DnsStatus> said) {
    return [said = std::move(said)](const Ask& ask) { return reply_of(said.at(ask.name)); };
  };
  const auto last = config_of(1, {"x", "y"}, 5), first = config_of(1, {"x", "y"}, 0);
  CHECK(run("a", last, world({{"a.x", nxdomain}, {"a.y", nodata}, {"a", nxdomain}})).lookup.ipv4.status == nodata);
  CHECK(run("a", last, world({{"a.x", servfail}, {"a.y", nxdomain}, {"a", nxdomain}})).lookup.ipv4.status == servfail);
  CHECK(run("a", last, world({{"a.x", servfail}, {"a.y", nodata}, {"a", nxdomain}})).lookup.ipv4.status == nodata);
  CHECK(run("a", last, always(nxdomain)).lookup.ipv4.status == nxdomain);
  CHECK(run("a", first, world({{"a", servfail}, {"a.x", nxdomain}, {"a.y", nxdomain}})).lookup.ipv4.status == servfail);
  CHECK(run("a", first, world({{"a", nxdomain}, {"a.x", nodata}, {"a.y", nxdomain}})).lookup.ipv4.status == nxdomain);
}

TEST_CASE("rotate begins with another server; a silent one comes last for the next candidates") {
  auto config = config_of(3);
  CHECK(run("a", config, always(nxdomain), 1).asked.front() == "4 a @0");
  config.rotate = true;
  CHECK(run("a", config, always(nxdomain), 1).asked.front() == "4 a @1");
  CHECK(run("a", config, always(servfail), 5).asked ==
        Texts{"4 a @2", "6 a @2", "4 a @0", "6 a @0", "4 a @1", "6 a @1"});

  const auto searching = config_of(2, {"x", "y"}, 5);
  const auto first_is_dead = [](const Ask& ask) { return ask.server == 0 ? reply_of(timeout) : reply_of(nxdomain); };
  CHECK(run("a", searching, first_is_dead).asked ==
        Texts{"4 a.x @0", "6 a.x @0", "4 a.x @1", "6 a.x @1", "4 a.y @1", "6 a.y @1", "4 a @1", "6 a @1"});
}

TEST_CASE("negative TTL: the least while nothing answers, that of the empty family where one does") {
  const auto config = config_of(1, {"x"}, 5);
  const auto with_ttl = [](DnsStatus status, int ttl) {
    auto reply = reply_of(status);
    reply.negative_ttl = std::chrono::seconds{ttl};
    return reply;
  };
  CHECK(run("a", config, [&](const Ask& ask) {
          return with_ttl(nxdomain, ask.name == "a" ? 30 : 20);
        }).lookup.negative_ttl == std::chrono::seconds{20});
  CHECK(run("a", config, [&](const Ask& ask) {
          if (ask.name == "a.x") return with_ttl(nxdomain, 5);
          return ask.family == Family::ipv4 ? reply_of(noerror, {"192.0.2.1"}) : with_ttl(nodata, 40);
        }).lookup.negative_ttl == std::chrono::seconds{40});
}

TEST_CASE("at the deadline: what was learned, and timeout for what was not") {
  const auto config = config_of(2, {}, 1, 2);
  const Ask four{"a", Family::ipv4, 0}, six{"a", Family::ipv6, 0};
  {
    LookupMachine machine("a", config);
    machine.start();
    CHECK(machine.result_at_deadline().ipv4.status == timeout);
    CHECK(machine.resume(four, reply_of(noerror, {"192.0.2.1"})).empty());
    CHECK_FALSE(machine.done());
    const auto lookup = machine.result_at_deadline();
    CHECK(lookup.ipv4.status == noerror);
    CHECK(lookup.ipv4.addresses.size() == 1);
    CHECK(lookup.ipv6.status == timeout);
    CHECK(lookup.answered_as == "a");
  }
  {
    LookupMachine machine("a", config);
    machine.start();
    machine.resume(four, reply_of(nxdomain));
    CHECK(machine.result_at_deadline().ipv4.status == nxdomain);
    CHECK(machine.result_at_deadline().ipv6.status == timeout);
  }
  {
    // AAAA alone would not do for glibc either.
    LookupMachine machine("a", config);
    machine.start();
    machine.resume(six, reply_of(noerror, {"2001:db8::1"}));
    CHECK_FALSE(machine.result_at_deadline().resolved());
    CHECK(machine.result_at_deadline().ipv6.status == timeout);
  }
  {
    // A was there, AAAA is asked once more.
    LookupMachine machine("a", config);
    machine.start();
    machine.resume(four, reply_of(noerror, {"192.0.2.1"}));
    REQUIRE(machine.resume(six, reply_of(timeout)).size() == 1);
    CHECK(machine.result_at_deadline().resolved());
    CHECK(machine.result_at_deadline().ipv6.status == timeout);
  }
  {
    const auto searching = config_of(1, {"x"}, 5);
    LookupMachine machine("a", searching);
    machine.start();
    machine.resume({"a.x", Family::ipv4, 0}, reply_of(nxdomain));
    machine.resume({"a.x", Family::ipv6, 0}, reply_of(nxdomain));
    CHECK(machine.result_at_deadline().ipv4.status == timeout);  // the name as it is was still to come
  }
}

TEST_CASE("replies that nobody waits for change nothing") {
  const auto config = config_of(2, {"x"}, 5);
  LookupMachine machine("a", config);
  const auto asks = machine.start();
  CHECK(machine.resume({"b", Family::ipv4, 0}, reply_of(noerror)).empty());
  CHECK(machine.resume({"a.x", Family::ipv4, 1}, reply_of(noerror)).empty());
  CHECK(machine.resume({"a.x", Family::ipv4, 7}, reply_of(noerror)).empty());
  machine.resume(asks[0], reply_of(nxdomain));
  CHECK(machine.resume(asks[0], reply_of(noerror, {"192.0.2.1"})).empty());
  const auto next = machine.resume(asks[1], reply_of(nxdomain));
  REQUIRE(next.size() == 2);
  CHECK(next[0].name == "a");
  CHECK(machine.resume(asks[0], reply_of(noerror, {"192.0.2.1"})).empty());
  for (const auto& ask : next) machine.resume(ask, reply_of(nxdomain));
  CHECK(machine.done());
  CHECK(machine.resume(next[0], reply_of(noerror, {"192.0.2.1"})).empty());
  CHECK_FALSE(machine.result().resolved());
  CHECK(machine.result().queries.size() == 4);
}

TEST_CASE("nobody to ask is unreachable; queries kept are bounded") {
  const auto none = config_of(0);
  LookupMachine machine("a", none);
  CHECK(machine.start().empty());
  CHECK(machine.done());
  CHECK(machine.result().ipv6.status == unreachable);
  std::vector<std::string> many;
  for (int i = 0; i < 32; ++i) many.push_back("d" + std::to_string(i));
  CHECK(run("a", config_of(3, many, 5, 5), [](const Ask& ask) {
          return reply_of(ask.server == 2 ? nxdomain : servfail);
        }).lookup.queries.size() == 64);
}
