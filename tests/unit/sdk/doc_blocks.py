#!/usr/bin/env python3
"""Holds the pages for plugin authors and the files that they show together.

    doc_blocks.py ROOT

Every fenced block with a language stands below a comment that names a file, <!-- sdk/examples/hello/hello.cpp -->, and its
text is that file's, or a part of it: whole lines, in one piece, the indentation aside. Blocks without a language are commands or
output and are not looked at.
"""

import os
import re
import sys
import textwrap

PAGES = ("docs/writing-a-plugin.md", "docs/sdk-reference.md")
BLOCK = re.compile(r"^(?:<!-- (\S+) -->\n)?```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lines_of(text):
    return [line.strip() for line in textwrap.dedent(text).strip("\n").split("\n")]


def is_part(part, whole):
    return any(whole[at:at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def check(root, page):
    with open(os.path.join(root, page), encoding="utf-8") as file:
        text = file.read()
    found = 0
    for match in BLOCK.finditer(text):
        found += 1
        where = f"{page}:{text.count(chr(10), 0, match.start()) + 1}"
        name = match.group(1)
        if not name:
            yield f"{where}: no comment names the file that this block is from"
        elif not os.path.isfile(os.path.join(root, name)):
            yield f"{where}: there is no {name}"
        else:
            with open(os.path.join(root, name), encoding="utf-8") as file:
                if not is_part(lines_of(match.group(3)), lines_of(file.read())):
                    yield f"{where}: this is not what {name} says"
    if not found:
        yield f"{page}: shows nothing, or its blocks have changed their form"


def main():
    findings = [finding for page in PAGES for finding in check(sys.argv[1], page)]
    print("\n".join(findings))
    sys.exit(1 if findings else 0)


main()
