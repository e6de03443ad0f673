#!/usr/bin/env python3
"""Checks the documentation against the tree.

Every relative link of a page leads to a file, and its anchor to a heading; every path in backticks that starts with a
folder of the house exists (`core/x.{hpp,cpp}` and `core/*/x.hpp` are understood, `core/<room>` is a placeholder); every
page of docs/ is named in docs/README.md.
"""

import glob
import itertools
import os
import re

import house

TOP = ("core", "sdk", "plugins", "tests", "docs", "etc", "cmake", ".ci")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?:%s)/[A-Za-z0-9_.,{}*/+-]*" % "|".join(re.escape(top) for top in TOP))
HEADING = re.compile(r"^#+[ \t]+(.+?)[ \t]*$", re.MULTILINE)


def blank(match):
    return "\n" * match.group(0).count("\n")


def anchors(page):
    found = set()
    for title in HEADING.findall(FENCE.sub(blank, house.read(page))):
        name = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")
        found.add(next(candidate for candidate in itertools.chain([name], (f"{name}-{n}" for n in range(1, 99)))
                       if candidate not in found))
    return found


def expand(path):
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [done for part in match.group(1).split(",")
            for done in expand(path[:match.start()] + part + path[match.end():])]


def check_links(page, text):
    for match in LINK.finditer(text):
        target = match.group(1)
        if re.match(r"[a-z]+:", target):
            continue
        line = text.count("\n", 0, match.start()) + 1
        file, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), file)) if file else page
        if not os.path.exists(os.path.join(house.ROOT, path)):
            yield f"{page}:{line}: the link leads to {path}, which does not exist"
        elif anchor and path.endswith(".md") and anchor not in anchors(path):
            yield f"{page}:{line}: {path} has no heading for #{anchor}"


def check_paths(page, text):
    for code in CODE.finditer(text):
        whole = code.group(1)
        for match in PATH.finditer(whole):
            before, after = whole[:match.start()], whole[match.end():]
            if (before and before[-1] not in " ('\"") or after.startswith("<"):
                continue  # a part of another path (/usr/lib/… or build/…), or a placeholder
            for path in expand(match.group(0).rstrip(".,/")):
                if not glob.glob(os.path.join(house.ROOT, path)):
                    line = text.count("\n", 0, code.start()) + 1
                    yield f"{page}:{line}: there is no {path}"


def main():
    pages = [p for p in os.listdir(house.ROOT) if p.endswith(".md")] + house.files(house.CODE_FOLDERS, (".md",))
    findings = []
    for page in pages:
        text = FENCE.sub(blank, house.read(page))
        findings += check_links(page, text)
        findings += check_paths(page, text)
    index = house.read("docs/README.md")
    for page in house.files(("docs",), (".md",)):
        name = os.path.relpath(page, "docs")
        if name != "README.md" and f"({name})" not in index:
            findings.append(f"docs/README.md:1: does not name {name}")
    house.finish("docs", findings, len(pages))


main()
