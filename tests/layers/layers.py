#!/usr/bin/python3
"""Checks the shape of the program: who includes whom, which library lives where, what is banned.

The tables below are the arrows of docs/architecture.md. A broken one is printed as file:line and the rule it breaks.
Usage: layers.py [ROOT]; exit status 1 where something is broken.
"""

import pathlib
import re
import sys

# A room may include itself and these. main.cpp counts as a room of its own.
ARROWS = {
    "common": "",
    "model": "common",
    "config": "model common",
    "rules": "model common",
    "pgd": "rules model common",
    "inject": "pgd model common",
    "sources": "model common",
    "views": "model common",
    "http": "views model common",
    "app": "http sources inject rules views pgd config model common",
    "cli": "app http sources inject rules views pgd config model common",
    "main": "cli",
}

# One library, one room (Asio and OpenSSL: the rooms that do I/O, or look at certificates). First match wins.
LIBRARIES = [
    (r"ares\w*\.h", "sources"),
    (r"sys/inotify\.h", "sources"),
    (r"toml\+\+/.*", "config"),
    (r"yaml-cpp/.*", "pgd"),
    (r"boost/json(/.*|\.hpp)", "views inject"),
    (r"prometheus/.*", "views"),
    (r"boost/beast(/.*|\.hpp)", "http"),
    (r"(spdlog|fmt)/.*", "app"),
    (r"CLI/.*", "cli"),
    (r"boost/asio/ssl(/.*|\.hpp)", "http"),
    (r"boost/asio(/.*|\.hpp)", "common sources http app cli"),
    (r"openssl/.*", "common model rules sources http app cli"),
    (r"boost/(system|core|assert|config)(/.*|\.hpp)", " ".join(ARROWS)),
    (r"(sys|net|netinet|arpa|linux)/.*", " ".join(ARROWS)),
    (r"(fstream|unistd\.h|fcntl\.h|netdb\.h|sys/socket\.h)", "common sources http app cli"),
    (r"(thread|mutex|shared_mutex|atomic|future|condition_variable|regex|stop_token)", ""),
]

# Pattern, the rooms where it may stand, and why not elsewhere.
BANNED = [
    (r"\bsystem_clock\s*::\s*now\b", "app cli", "the wall clock is handed in (common::WallClock)"),
    (r"\bsteady_clock\s*::\s*now\b", "common sources http app cli", "a pure room is told the time"),
    (r"\bstd\s*::\s*j?thread\b", "", "one thread, one io_context"),
    (r"\bstd\s*::\s*(mutex|atomic|condition_variable|async)\b", "", "one thread, one io_context"),
    (r"\basio\s*::\s*detached\b", "", "a coroutine's end is always looked at"),
    (r"\bgetaddrinfo\b", "", "blocks, and hides who answered"),
    (r"\bgmtime(_r)?\b", "", "use common/time.hpp"),
    (r"\bstd\s*::\s*regex\b", "", "unbounded stack on hostile input"),
    (r"\bawaitable\s*<[^;{}]*>\s*[\w:]+\s*\([^;{}]*\bstring_view\b", "", "a string_view may not cross a suspension"),
]

TYPE = re.compile(r"\b(?:class|struct|union|enum(?:\s+class)?|concept)\s+(\w+)\s*(?:final\s*)?(?=[:{=])|\busing\s+(\w+)\s*=")
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*$")
VAGUE = re.compile(r"(Manager|Helper|Utils?)$")
PROTOCOL_TYPES = {"value_type", "iterator", "const_iterator", "body_type", "is_transparent"}  # names others prescribe
LONGEST_FILE = 350
TABLES = {"agent/model/catalogue.cpp"}  # prose, as long as it has to be

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<d>[^\s()\\]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\b\d[\w'.]*|'(?:\\.|[^'\\\n])+'""", re.S
)


def code_only(text):
    """The text with comments and literals blanked, line numbers kept."""

    def blank(match):
        token = match.group()
        return token if token[0].isdigit() else '""' + "\n" * token.count("\n")

    return TOKEN.sub(blank, text)


def room_of(path):
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] == "common":
        return "common"
    if len(parts) == 2:
        return "main" if parts[1] == "main.cpp" else None
    return parts[1]


def include_trouble(root, room, bracket, target):
    if bracket == '"' or target.startswith(("agent/", "common/", "tests/")):
        if not (root / target).is_file():
            return f'"{target}" is no file: includes are written from the root of the tree'
        if not target.startswith(("agent/", "common/")):
            return f"{room} may not include {target}: product code includes agent/ and common/ only"
        other = room_of(target)
        if other != room and other not in ARROWS[room].split():
            return f"{room} may not include {target}: allowed is {room} → {ARROWS[room] or 'nothing of ours'}"
        return None
    for pattern, rooms in LIBRARIES:
        if re.fullmatch(pattern, target):
            if room in rooms.split():
                return None
            return f"{room} may not include <{target}>: " + (f"it belongs to {rooms}" if rooms else "nobody may")
    if "/" in target:
        return f"<{target}>: a library without a room; give it one in tests/layers/layers.py"
    return None


def file_troubles(root, path):
    """Yields (line, what is wrong) of one product file."""
    room = room_of(path)
    if room not in ARROWS:
        yield 1, f"no room called {room}: add its arrows to tests/layers/layers.py and docs/architecture.md"
        return
    text = (root / path).read_text(encoding="utf-8")
    lines = text.splitlines()
    if path.endswith(".hpp") and not text.startswith("//"):
        yield 1, "a header starts with what this file answers and what it never does"
    if len(lines) > LONGEST_FILE and path not in TABLES:
        yield len(lines), f"longer than {LONGEST_FILE} lines: split it by responsibility"
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        trouble = match and include_trouble(root, room, match[1], match[2])
        if trouble:
            yield number, trouble
    code = code_only(text)
    for pattern, rooms, why in BANNED:
        if room in rooms.split():
            continue
        for match in re.finditer(pattern, code):
            yield code.count("\n", 0, match.start()) + 1, f"{' '.join(match.group().split())[:60]} is banned in {room}: {why}"
    for match in TYPE.finditer(code):
        name = match[1] or match[2]
        if name not in PROTOCOL_TYPES and (not PASCAL.match(name) or VAGUE.search(name)):
            yield code.count("\n", 0, match.start()) + 1, f"type {name}: PascalCase, and no Manager, Helper or Util"


def troubles(root):
    """Every trouble of the tree as "file:line: what"."""
    root = pathlib.Path(root)
    found = []
    for top in ("agent", "common"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".cpp", ".hpp"):
                path = file.relative_to(root).as_posix()
                found += [f"{path}:{line}: {what}" for line, what in file_troubles(root, path)]
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    found = troubles(root)
    for trouble in found:
        print(trouble)
    print(f"layers: {len(found)} broken")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
