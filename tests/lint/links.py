#!/usr/bin/python3
"""Relative links of the Markdown files lead to a file, and to a heading where they name one."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)


def anchors(text):
    """The fragments GitHub and GitLab make of the headings."""
    headings = re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main():
    broken, links = [], 0
    files = [f for f in ROOT.rglob("*.md") if not {"build", ".git"} & set(f.relative_to(ROOT).parts)]
    for file in files:
        text = file.read_text(encoding="utf-8")
        code_blanked = re.sub(r"`[^`\n]*`", "", FENCE.sub(lambda m: "\n" * m.group().count("\n"), text))
        for match in LINK.finditer(code_blanked):
            target, _, fragment = match[1].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            links += 1
            path = (file.parent / target).resolve() if target else file
            line = code_blanked.count("\n", 0, match.start()) + 1
            where = f"{file.relative_to(ROOT)}:{line}"
            if not path.exists() or not path.is_relative_to(ROOT):
                broken.append(f"{where}: {match[1]}: no such file")
            elif fragment and path.suffix == ".md" and fragment not in anchors(path.read_text(encoding="utf-8")):
                broken.append(f"{where}: {match[1]}: no such heading")
    print("\n".join(broken) if broken else f"{links} links in {len(files)} files")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
