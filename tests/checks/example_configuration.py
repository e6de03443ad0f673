#!/usr/bin/python3
"""Takes etc/foley.yaml at its word.

    tests/checks/example_configuration.py BUILD

What it shows commented out is a configuration too: foleyd accepts it, etc/foley.schema.json accepts it, and every key that the schema
knows stands in it. So the example, the schema and the program cannot drift apart.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

import house

# "#key:", "#  key:", "#  - item": a line of configuration. "# Prose" has one blank, "#   prose" of a command three.
SHOWN = re.compile(r"^#(?=(?:  )*(?:[a-z_0-9]+:|- |[ ]{6,}#))", re.MULTILINE)
# Where a user's own names stand.
NAMED = ("sites", "sources", "plugins")


def schema_keys(schema, node, path=()):
    """The path of every property; a user's own name is '*'."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    for choice in node.get("oneOf", []):
        yield from schema_keys(schema, choice, path)
    for name, inner in node.get("properties", {}).items():
        yield (*path, name)
        yield from schema_keys(schema, inner, (*path, name))
    if isinstance(node.get("items"), dict):
        yield from schema_keys(schema, node["items"], path)
    if isinstance(node.get("additionalProperties"), dict):
        yield from schema_keys(schema, node["additionalProperties"], (*path, "*"))


def words_of(text):
    """Every word that stands where a key can stand, also in braces and in the remarks."""
    return set(re.findall(r"([a-z_]+):(?= |$)", text, re.MULTILINE))


def main(build):
    findings = []
    example = SHOWN.sub("", house.read("etc/foley.yaml"))
    schema = json.loads(house.read("etc/foley.schema.json"))

    data = yaml.load(example, yaml.BaseLoader)  # as foleyd reads it: every scalar is a text
    typed = yaml.safe_load(example)
    jsonschema.Draft202012Validator.check_schema(schema)
    for error in sorted(jsonschema.Draft202012Validator(schema).iter_errors(typed), key=lambda e: list(e.path)):
        findings.append("etc/foley.schema.json refuses the example at "
                        f"{'.'.join(map(str, error.path))}: {error.message[:200]}")

    words = words_of(example)
    for path in sorted(set(schema_keys(schema, schema))):
        if path[-1] not in words:
            findings.append(f"etc/foley.yaml does not show {'.'.join(path)}, which the schema has")
    for section in NAMED:
        if not isinstance(data.get(section), dict):
            findings.append(f"etc/foley.yaml shows no {section}")

    with tempfile.TemporaryDirectory() as folder:
        secret = os.path.join(folder, "secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("no-real-key\n")
        os.chmod(secret, 0o600)
        config = os.path.join(folder, "foley.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(re.sub(r"/etc/foley/secrets/[a-z-]+", secret, example))
        run = subprocess.run([os.path.join(build, "bin", "foleyd"), "--config", config, "--check"],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            findings.append(f"foleyd refuses the example:\n{run.stderr}")
    house.finish("example configuration", findings, 1)


main(os.path.realpath(sys.argv[1]))
