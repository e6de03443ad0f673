#!/usr/bin/env python3
"""Compares the #include lines of core/, sdk/ and plugins/ with the table of rooms in docs/architecture.md.

A room may include itself, the rooms that the table's last column names for it, and what those may know in turn. The SDK
includes nothing of core; a plugin includes <foley/…> and its own files.
"""

import os
import re

import house

TABLE_ROW = re.compile(r"^\| (`core/[a-z]+`(?:, `core/[a-z]+`)*) \|.*\| ([^|]+) \|$", re.MULTILINE)
# What the last column may name beside rooms, and which headers of the SDK that opens.
SDK_WORDS = {
    "sdk's ABI": ("foley/abi.h",),
    "sdk's payloads": tuple(f"foley/{name}.hpp" for name in
                            ("error", "json", "secret", "shape", "site_connection", "utf8", "value")),
    "sdk's site clients": ("foley/site/",),
    "sdk": ("foley/",),
}


def table():
    """room -> set of words it may know directly."""
    rooms = {}
    for match in TABLE_ROW.finditer(house.read("docs/architecture.md")):
        may = match.group(2).strip()
        words = set() if may in ("–", "-") else {word.strip() for word in may.split(",")}
        for room in re.findall(r"`core/([a-z]+)`", match.group(1)):
            rooms[room] = words
    for room in rooms:
        if rooms[room] == {"all"}:
            rooms[room] = set(rooms) | {"sdk"}
    return rooms


def closure(room, rooms):
    known, todo = set(), [room]
    while todo:
        word = todo.pop()
        if word not in known:
            known.add(word)
            todo += rooms.get(word, ())
    return known


def main():
    rooms = table()
    findings = []
    for folder in sorted(os.listdir(os.path.join(house.ROOT, "core"))):
        if os.path.isdir(os.path.join(house.ROOT, "core", folder)) and folder not in rooms:
            findings.append(f"docs/architecture.md:1: the table of rooms does not have core/{folder}")
    for room, words in rooms.items():
        for word in words - set(rooms) - set(SDK_WORDS):
            findings.append(f"docs/architecture.md:1: core/{room} may know “{word}”, which is neither a room nor "
                            f"one of: {', '.join(SDK_WORDS)}")
    known = {room: closure(room, rooms) for room in rooms}
    opened = {room: tuple(prefix for word in known[room] for prefix in SDK_WORDS.get(word, ())) for room in rooms}

    paths = house.files(("core", "sdk", "plugins"), house.SOURCE_ENDINGS)
    for path in paths:
        parts = path.split("/")
        for line, _, name in house.includes(house.read(path)):
            other = name.split("/")[1] if name.startswith("core/") else None
            where = f"{path}:{line}:"
            if parts[0] != "core":
                if other or name.startswith("tests/"):
                    findings.append(f"{where} {parts[0]} must not include {name}: it is built against the SDK alone")
            elif parts[1] in rooms:
                if name.startswith("tests/") or name.startswith("plugins/"):
                    findings.append(f"{where} core must not include {name}")
                elif other and other not in known[parts[1]]:
                    findings.append(f"{where} core/{parts[1]} may not know core/{other} (docs/architecture.md)")
                elif name.startswith("foley/") and not name.startswith(opened[parts[1]] or ("\0",)):
                    findings.append(f"{where} core/{parts[1]} may not know <{name}> (docs/architecture.md)")
    house.finish("layering", findings, len(paths))


main()
