#!/usr/bin/env python3
"""Runs clang-tidy on our own sources, and compiles each of our headers alone.

    tests/checks/tidy.py BUILD [-j N] [FILE…]

BUILD is configured by the preset `lint` (clang++, no precompiled headers) and need not be built. Sources: core, sdk,
plugins and tests/sites; the tests themselves are laid out and built with warnings as errors, but Catch2's macros are
more noise than clang-tidy finds in them. What passed is remembered by a hash of everything that can change the
answer (source, our headers that it reaches, command line, .clang-tidy, the tool), under ~/.cache/foley/lint, so only what
changed is checked again.
"""

import argparse
import concurrent.futures
import copy
import functools
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time

import house

OURS = ("core/", "sdk/", "plugins/", "tests/sites/")
TIDY = "clang-tidy-16"
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "foley", "lint")


def relative(path):
    return os.path.relpath(os.path.realpath(path), house.ROOT)


class Unit:
    """One source and how it is compiled."""

    def __init__(self, entry):
        self.directory = entry["directory"]
        self.path = relative(os.path.join(self.directory, entry["file"]))
        words = shlex.split(entry["command"]) if "command" in entry else entry["arguments"]
        start = next(i for i, word in enumerate(words) if os.path.basename(word).startswith("clang"))
        self.compiler, self.flags, skip = words[start], [], False
        for word in words[start + 1:]:
            if skip or word in ("-o", "-MF", "-MT", "-MQ"):
                skip = not skip
            elif word not in ("-c", "-MD", "-MMD", entry["file"]):
                self.flags.append(word)
        self.search = []
        for flag, following in zip(self.flags, self.flags[1:] + [""]):
            if flag in ("-I", "-isystem", "-iquote"):
                self.search.append(following)
            elif flag.startswith("-I"):
                self.search.append(flag[2:])


@functools.lru_cache(maxsize=None)
def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def reached(path, search):
    """The source and all headers inside the house or its build that it includes, absolute."""
    found, todo = set(), [os.path.join(house.ROOT, path)]
    while todo:
        current = os.path.realpath(todo.pop())
        if current in found:
            continue
        found.add(current)
        for _, kind, name in house.includes(text_of(current)):
            for folder in ([os.path.dirname(current)] if kind == '"' else []) + search:
                candidate = os.path.join(folder, name)
                if candidate.startswith(house.ROOT) and os.path.isfile(candidate):
                    todo.append(candidate)
                    break
    return sorted(found)


def fingerprint(tool, command, path, search):
    digest = hashlib.sha256()
    for text in (tool, " ".join(command).replace(house.ROOT, "")):
        digest.update(text.encode() + b"\0")
    for name in reached(path, search):
        digest.update(name.replace(house.ROOT, "").encode() + b"\0" + text_of(name).encode() + b"\0")
    return digest.hexdigest()


def run(label, path, key, command, directory):
    """None when it passed, now or before; otherwise what the tool said."""
    mark = os.path.join(CACHE, key)
    if os.path.exists(mark):
        os.utime(mark)
        return None
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode == 0:
        open(mark, "w").close()
        return None
    said = done.stdout.strip() or done.stderr.strip()
    return f"{label} {path}:\n{said}"


def jobs_for(units, chosen, build):
    with open(os.path.join(house.ROOT, ".clang-tidy"), encoding="utf-8") as file:
        settings = file.read()
    tidy = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout + settings
    for unit in units:
        if not chosen or unit.path in chosen:
            key = fingerprint("tidy" + tidy, unit.flags, unit.path, unit.search)
            yield ("clang-tidy", unit.path, key, [TIDY, "-p", build, "--quiet", os.path.join(house.ROOT, unit.path)],
                   unit.directory)
    for header in house.files(("core", "sdk/include", "sdk/src", "plugins"), (".hpp", ".h")):
        if chosen and header not in chosen:
            continue
        unit = nearest(header, units)
        if unit is None:
            continue
        language = "c" if header.endswith(".h") else "c++"
        compiler = unit.compiler.replace("clang++", "clang") if language == "c" else unit.compiler
        flags = [f for f in unit.flags if language == "c++" or f.startswith(("-I", "-isystem", "-W", "/"))
                 and f not in ("-Wnon-virtual-dtor", "-Wold-style-cast", "-Woverloaded-virtual")]
        command = [compiler, *flags, "-Wno-pragma-once-outside-header", "-fsyntax-only", "-x", language,
                   os.path.join(house.ROOT, header)]
        yield ("compiling alone:", header, fingerprint("header", command, header, unit.search), command, unit.directory)


def nearest(header, units):
    """The source that the header belongs to, or else one that shares the longest folder with it: it is compiled as that
    one is. What its room may include is layering.py's business, so all that its neighbours find is found."""
    def closeness(unit):
        own = os.path.splitext(header)[0] == os.path.splitext(unit.path)[0]
        return own, len(os.path.commonpath([os.path.dirname(header), os.path.dirname(unit.path)]))

    def room(path):
        parts = path.split("/")
        return parts[:2] if parts[0] == "core" else parts[:1]

    neighbours = [unit for unit in units if room(unit.path) == room(header)]
    if not neighbours:
        return None
    best = copy.copy(max(neighbours, key=closeness))
    seen = set(best.search)
    for folder in (folder for unit in neighbours for folder in unit.search):
        if folder not in seen:
            seen.add(folder)
            best.search = best.search + [folder]
            best.flags = best.flags + (["-I" + folder] if folder.startswith(house.ROOT) else ["-isystem", folder])
    return best


def main():
    parser = argparse.ArgumentParser(description="clang-tidy on what is ours")
    parser.add_argument("build")
    parser.add_argument("-j", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these")
    arguments = parser.parse_intermixed_args()
    build = os.path.realpath(arguments.build)
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    units = {}
    for entry in entries:
        path = relative(os.path.join(entry["directory"], entry["file"]))
        if path.startswith(OURS) and path not in units:
            units[path] = Unit(entry)

    started, findings = time.monotonic(), []
    jobs = list(jobs_for(list(units.values()), {relative(name) for name in arguments.files}, build))
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        for count, said in enumerate(pool.map(lambda job: run(*job), jobs), 1):
            if said:
                findings.append(said)
                print(said, flush=True)
            if sys.stdout.isatty() and not said:
                print(f"\r{count}/{len(jobs)}", end="\r", flush=True)
    print(f"clang-tidy: {len(findings)} of {len(jobs)} files with findings, {time.monotonic() - started:.0f} s")
    if not jobs:
        print("clang-tidy: found nothing to look at, so this check is broken")
    sys.exit(1 if findings or not jobs else 0)


main()
