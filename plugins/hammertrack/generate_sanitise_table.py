#!/usr/bin/env python3
"""Writes sanitise_table.cpp: what each non-ASCII code point becomes in a file name.

The rule (ftrack's standard structure): decompose (NFKD), drop what is not ASCII, put "_" for what is not in
A-Z a-z 0-9 _ . -, lower case. The ASCII that is kept has no combining behaviour, so the result of a text is the
concatenation of the results of its code points, and a table will do. Made with Unicode 14 (Python 3.11); a newer
Unicode adds a few exotic entries, so run it with care: paths that exist were made with the table of their day.
"""
import pathlib
import re
import sys
import unicodedata


def sanitised(character):
    text = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9_.\-]", "_", text).lower()


def ranges():
    """(first, last, text, counts): `counts` means that a single character counts up with the code point."""
    run = None
    for code in range(0x80, 0x110000):
        text = "" if 0xD800 <= code < 0xE000 else sanitised(chr(code))
        if run and text:
            first, last, begin, counts = run
            if code == last + 1:
                if text == begin and (not counts or first == last):
                    run = (first, code, begin, False)
                    continue
                follows = len(begin) == len(text) == 1 and ord(text) == ord(begin) + code - first
                if follows and (counts or first == last):
                    run = (first, code, begin, True)
                    continue
        if run:
            yield run
        run = (code, code, text, False) if text else None
    if run:
        yield run


def main():
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"This Python knows Unicode {unicodedata.unidata_version}; the table is that of 14.0.0.")
    rows = list(ranges())
    lines = [
        "// Made by generate_sanitise_table.py from Unicode 14.0.0. Do not edit.",
        '#include "hammertrack/sanitise_table.hpp"',
        "",
        "namespace hammertrack {",
        "namespace {",
        "",
        "// clang-format off",
        "constexpr SanitiseRange kTable[] = {",
    ]
    line = "   "
    for first, last, text, counts in rows:
        entry = f' {{0x{first:X}, 0x{last:X}, {"true" if counts else "false"}, "{text}"}},'
        if len(line) + len(entry) > 118:
            lines.append(line)
            line = "   "
        line += entry
    lines += [line, "};", "// clang-format on", "", "}  // namespace", ""]
    lines += ["std::span<const SanitiseRange> sanitise_table() noexcept {", "    return kTable;", "}", ""]
    lines += ["}  // namespace hammertrack", ""]
    here = pathlib.Path(__file__).parent
    (here / "sanitise_table.cpp").write_text("\n".join(lines), encoding="ascii")
    print(len(rows), "ranges")


main()
