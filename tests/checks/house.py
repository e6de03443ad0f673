"""What the checks share: where the house stands, which files are ours, how a finding is told."""

import os
import re
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
CODE_FOLDERS = ("core", "sdk", "plugins", "tests", "etc", "docs")
SOURCE_ENDINGS = (".cpp", ".hpp", ".c", ".h")


def files(folders, endings):
    """Paths below ROOT, relative, sorted. Dot folders and caches are not ours."""
    found = []
    for folder in folders:
        for where, names, leaves in os.walk(os.path.join(ROOT, folder)):
            names[:] = sorted(n for n in names if not n.startswith(".") and n not in ("__pycache__", "build"))
            found += [os.path.relpath(os.path.join(where, leaf), ROOT) for leaf in sorted(leaves)
                      if leaf.endswith(endings)]
    return found


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(text):
    """(line number, "<" or '"', name) of every include in a source."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def finish(name, findings, looked_at):
    """Prints the findings, one per line as file:line: sentence, and ends the program."""
    for finding in findings:
        print(finding)
    if not looked_at:
        print(f"{name}: found nothing to look at, so this check is broken")
    if findings or not looked_at:
        print(f"{name}: {len(findings)} finding{'s' if len(findings) != 1 else ''} in {looked_at} files")
        sys.exit(1)
    print(f"{name}: {looked_at} files, all well")
    sys.exit(0)
