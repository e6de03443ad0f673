#!/usr/bin/env python3
"""Compiles the plugins that the documentation shows, against the SDK's headers, with warnings as errors.

    tests/checks/doc_samples.py [COMPILER]

Every ```cpp block of a page that has a FOLEY_PLUGIN is a whole plugin and must compile as it stands. Other blocks are
fragments; a fragment that should be checked too is marked by a first line `// with: <text>`, which is put inside a plugin's
callback (`event` and `context` are there) when the text is `callback`, or beside it when the text is `namespace`.
"""

import os
import re
import subprocess
import sys
import tempfile

import house

BLOCK = re.compile(r"^```cpp[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEAD = "#include <foley/plugin.hpp>\n"
TAIL = "FOLEY_PLUGIN(registrar) { (void)registrar; }\n"


def whole(block):
    """The block as a source that can be compiled; nothing when it is a fragment that is not checked."""
    if re.search(r"^FOLEY_PLUGIN\(", block, re.MULTILINE):
        return block
    marked = re.match(r"// with: (callback|namespace)\n", block)
    if not marked:
        return None
    if marked.group(1) == "namespace":
        return HEAD + block + TAIL
    return (HEAD + "foley::Outcome sample(const foley::Event& event, foley::Context& context);\n"
            "foley::Outcome sample(const foley::Event& event, foley::Context& context) {\n(void)event; (void)context;\n"
            + block + ("" if "return" in block else "return foley::done();\n") + "}\n" + TAIL)


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "g++"
    pages = [p for p in os.listdir(house.ROOT) if p.endswith(".md")] + house.files(("docs", "plugins", "sdk"), (".md",))
    findings, looked_at = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            text = house.read(page)
            for match in BLOCK.finditer(text):
                source = whole(match.group(1))
                if source is None:
                    continue
                looked_at += 1
                line = text.count("\n", 0, match.start()) + 1
                path = os.path.join(folder, "sample.cpp")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(source)
                done = subprocess.run(
                    [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                     "-I" + os.path.join(house.ROOT, "sdk", "include"), path],
                    capture_output=True, text=True)
                if done.returncode:
                    findings.append(f"{page}:{line}: the sample does not compile:\n{done.stderr.strip()}")
    house.finish("doc samples", findings, looked_at)


main()
