#!/usr/bin/python3
"""clang-tidy over the product's source files; a file that was clean is not looked at again until it, a header it includes,
the flags or the list of checks change.

Usage: tidy.py BUILD_DIR [JOBS] [PATH…]   PATH: beginnings of paths, agent/ and common/ where none is given; results are
kept in build/tidy
"""

import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
CACHE = ROOT / "build/tidy"
TIDY = "clang-tidy-19"
# The flags are g++'s; and libstdc++ deprecates what its own stable_sort uses.
FLAGS = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-deprecated-declarations"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
# Other people's code, compiled once: nothing of ours to check.
SKIPPED = {"common/asio.cpp", "agent/http/beast.cpp", "agent/http/tls_asio.cpp"}


def with_headers(path, seen):
    """`path` and all headers of ours it includes."""
    if path in seen or not (ROOT / path).is_file():
        return seen
    seen.add(path)
    for header in INCLUDE.findall((ROOT / path).read_text(encoding="utf-8")):
        with_headers(header, seen)
    return seen


def fingerprint(path, command, base):
    digest = hashlib.sha256(base + re.sub(r" -o \S+", "", command).encode())
    for file in sorted(with_headers(path, set())):
        digest.update(file.encode() + b"\0" + (ROOT / file).read_bytes())
    return digest.hexdigest()


def tidy(path, build):
    started = time.monotonic()
    run = subprocess.run(
        [TIDY, "-p", build, "--quiet", *FLAGS, str(ROOT / path)],
        capture_output=True, text=True, check=False,
    )
    return run.returncode, run.stdout, time.monotonic() - started


def main():
    build, jobs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
    only = sys.argv[3:] or ["agent/", "common/"]
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    base = version + (ROOT / ".clang-tidy").read_bytes()
    CACHE.mkdir(parents=True, exist_ok=True)
    todo, clean = [], 0
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if not file.is_relative_to(ROOT) or file.is_relative_to(ROOT / "build"):
            continue
        path = file.relative_to(ROOT).as_posix()
        if path in SKIPPED or not path.startswith(tuple(only)):
            continue
        stamp = CACHE / fingerprint(path, entry["command"], base)
        if stamp.exists():
            stamp.touch()
            clean += 1
        elif (path, stamp) not in todo:
            todo.append((path, stamp))
    failed = 0
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(tidy, path, build): (path, stamp) for path, stamp in todo}
        for done in concurrent.futures.as_completed(waiting):
            path, stamp = waiting[done]
            status, text, _ = done.result()
            if status == 0:
                stamp.write_text(path)
            else:
                failed += 1
                print(text.rstrip() or f"{path}: {TIDY} failed", flush=True)
    for old in CACHE.iterdir():
        if time.time() - old.stat().st_mtime > 14 * 86400:
            old.unlink()
    print(f"{failed} of {len(todo)} files failed, {clean} unchanged, {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
