#!/usr/bin/python3
"""The layer check finds what is planted in a copy of the tree, and nothing in what is merely mentioned."""

import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import layers  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]

# Where, one line of code, and what the report has to say.
PLANTED = [
    ("agent/model/planted.hpp", '#include "agent/rules/planted_target.hpp"', "model may not include agent/rules/"),
    ("agent/model/planted.hpp", '#include "agent/app/planted_target.hpp"', "allowed is model → common"),
    ("agent/sources/planted.cpp", '#include "agent/rules/planted_target.hpp"', "sources may not include agent/rules/"),
    ("agent/views/planted.cpp", '#include "agent/rules/planted_target.hpp"', "views may not include agent/rules/"),
    ("agent/http/planted.cpp", '#include "agent/sources/planted_target.hpp"', "http may not include agent/sources/"),
    ("agent/app/planted.cpp", '#include "agent/cli/planted_target.hpp"', "app may not include agent/cli/"),
    ("common/planted.cpp", '#include "agent/model/planted_target.hpp"', "common may not include agent/model/"),
    ("common/planted.cpp", '#include "agent/model/planted_target.hpp"', "allowed is common → nothing of ours"),
    ("agent/rules/planted.cpp", '#include "planted.hpp"', "includes are written from the root"),
    ("agent/rules/planted.cpp", '#include "tests/support/planted_target.hpp"', "product code includes agent/ and common/"),
    ("agent/rules/planted.cpp", "#include <ares.h>", "it belongs to sources"),
    ("agent/app/planted.cpp", "#include <sys/inotify.h>", "it belongs to sources"),
    ("agent/app/planted.cpp", "#include <toml++/toml.h>", "it belongs to config"),
    ("agent/http/planted.cpp", "#include <boost/json.hpp>", "it belongs to views"),
    ("agent/http/planted.cpp", "#include <prometheus/metric_family.h>", "it belongs to views"),
    ("agent/app/planted.cpp", "#include <boost/beast/http.hpp>", "it belongs to http"),
    ("agent/sources/planted.cpp", "#include <spdlog/spdlog.h>", "it belongs to app"),
    ("agent/app/planted.cpp", "#include <CLI/CLI.hpp>", "it belongs to cli"),
    ("agent/rules/planted.cpp", "#include <boost/asio/awaitable.hpp>", "rules may not include <boost/asio/awaitable.hpp>"),
    ("agent/sources/planted.cpp", "#include <curl/curl.h>", "a library without a room"),
    ("agent/app/planted.cpp", "#include <thread>", "nobody may"),
    ("agent/rules/planted.cpp", "auto now = std::chrono::system_clock::now();", "system_clock::now is banned in rules"),
    ("agent/rules/planted.cpp", "auto now = std::chrono::steady_clock::now();", "a pure room is told the time"),
    ("agent/sources/planted.cpp", "std::thread worker;", "std::thread is banned"),
    ("agent/app/planted.cpp", "co_spawn(io, f(), boost::asio::detached);", "asio::detached is banned"),
    ("agent/sources/planted.cpp", "int rc = getaddrinfo(a, b, c, d);", "getaddrinfo is banned"),
    ("agent/views/planted.cpp", "auto* tm = gmtime_r(&t, &out);", "gmtime_r is banned"),
    ("agent/rules/planted.cpp", 'std::regex pattern("a");', "std::regex is banned"),
    ("agent/sources/planted.cpp", "asio::awaitable<int> ask(int a,\n std::string_view name);", "may not cross a suspension"),
    ("agent/rules/planted.cpp", "struct bad_name {};", "type bad_name: PascalCase"),
    ("agent/app/planted.cpp", "class StoreManager {};", "no Manager"),
    ("agent/nowhere/planted.cpp", "int x;", "no room called nowhere"),
    ("agent/planted.cpp", "int x;", "no room called None"),
    ("agent/rules/planted.hpp", "\n#pragma once", "a header starts with"),
    ("agent/rules/planted.cpp", "int x;\n" * 351, "longer than 350 lines"),
]

# Code that only looks like a breach.
INNOCENT = [
    ("agent/rules/planted.cpp", "// system_clock::now and getaddrinfo\n/* std::thread\n std::regex */ int x;"),
    ("agent/rules/planted.cpp", 'const char* text = "std::thread and getaddrinfo";'),
    ("agent/rules/planted.cpp", 'const char* text = R"(gmtime " )";'),
    ("agent/rules/planted.cpp", "constexpr int big = 86'400, other = 10'000;"),
    ("agent/app/planted.cpp", "auto now = std::chrono::system_clock::now();"),
    ("agent/sources/planted.cpp", "#include <ares.h>"),
    ("agent/rules/planted.cpp", "struct stat info {};"),
    ("agent/rules/planted.cpp", '#include "agent/model/planted_target.hpp"'),
    ("agent/main.cpp", '#include "agent/cli/planted_target.hpp"'),
]


class Layers(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="layers-"))
        self.addCleanup(shutil.rmtree, self.root)
        for room in ("rules", "app", "cli", "model", "sources"):
            self.write(f"agent/{room}/planted_target.hpp", "// Target.\n#pragma once\n")
        self.write("tests/support/planted_target.hpp", "// Target.\n")
        (self.root / "common").mkdir()

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text + "\n", encoding="utf-8")

    def test_each_planted_breach_is_found_at_its_line(self):
        for path, code, expected in PLANTED:
            with self.subTest(code=code[:60]):
                self.write(path, code if code.startswith("\n") else "// Head.\n" + code)
                found = layers.troubles(self.root)
                self.assertEqual(len(found), 1, found)
                self.assertRegex(found[0], rf"^{path}:\d+: ")
                self.assertIn(expected, found[0])
                if "#include" in code:
                    self.assertTrue(found[0].startswith(f"{path}:2: "), found[0])
                (self.root / path).unlink()

    def test_what_is_merely_mentioned_is_no_breach(self):
        for path, code in INNOCENT:
            with self.subTest(code=code):
                self.write(path, "// Head.\n" + code)
                self.assertEqual(layers.troubles(self.root), [])
                (self.root / path).unlink()

    def test_a_breach_in_a_copy_of_this_tree_is_found(self):
        copy = self.root / "copy"
        for top in ("agent", "common"):
            shutil.copytree(ROOT / top, copy / top)
        before = layers.troubles(copy)
        file = copy / "agent/model/group.hpp"
        file.write_text(file.read_text() + '#include "agent/rules/judge.hpp"\n')
        added = [trouble for trouble in layers.troubles(copy) if trouble not in before]
        self.assertEqual(len(added), 1, added)
        self.assertIn("model may not include agent/rules/judge.hpp: allowed is model → common", added[0])


if __name__ == "__main__":
    unittest.main()
