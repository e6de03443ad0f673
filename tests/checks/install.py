#!/usr/bin/env python3
"""Installs a build below a temporary root and looks at what came out.

    tests/checks/install.py BUILD

Everything that docs/operating.md names is there, nothing of the tests is; programs start from where they are; nothing leads back to the
build tree; a configuration that was edited survives a second installation.
"""

import os
import re
import subprocess
import sys
import tempfile

WANTED = """
bin/foleyctl
bin/foleyd
include/foley/abi.h
include/foley/plugin.hpp
include/foley/site/ftrack.hpp
include/foley/testing.hpp
lib/foley/plugins/copy_fields.so
lib/foley/plugins/create_entities.so
lib/foley/plugins/hammertrack.so
lib/foley/plugins/log_events.so
lib/foley/plugins/make_folders.so
lib/foley/plugins/notify.so
lib/foley/plugins/protect_final.so
lib/foley/plugins/status_flow.so
lib/foley/plugins/task_templates.so
libexec/foley/foley-host
libexec/foley/foley-symbolizer
share/doc/foley/LICENSE
share/doc/foley/README.md
share/doc/foley/docs/guarantees.md
share/doc/foley/plugins/copy_fields/README.md
share/doc/foley/plugins/create_entities/README.md
share/doc/foley/plugins/hammertrack/README.md
share/doc/foley/plugins/log_events/README.md
share/doc/foley/plugins/make_folders/README.md
share/doc/foley/plugins/notify/README.md
share/doc/foley/plugins/protect_final/README.md
share/doc/foley/plugins/status_flow/README.md
share/doc/foley/plugins/task_templates/README.md
""".split()
WANTED_SOMEWHERE = ("/cmake/foley-sdk/foley-sdkConfig.cmake", "/pkgconfig/foley-sdk.pc", "/foley.service",
                    "/foley/foley.yaml")
UNWANTED = re.compile(r"catch|sim-|_test(?!ing)|demo/|greeter|fragile|/tests/|unit_")


def install(build, root):
    done = subprocess.run(["cmake", "--install", build], env={**os.environ, "DESTDIR": root}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"cmake --install {build} failed:\n{done.stdout}{done.stderr}")
    return sorted(os.path.join(where, leaf) for where, _, leaves in os.walk(root) for leaf in leaves)


def cache_of(build):
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as file:
        return dict(re.findall(r"^([A-Za-z_]+):[A-Z]+=(.*)$", file.read(), re.MULTILINE))


def leads_back(path, build, source):
    """The first mention of the build tree that someone would follow: run paths of programs, text of configuration."""
    if path.endswith((".cmake", ".pc", ".service", ".yaml", ".env", ".json")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return next((folder for folder in (build, source) if folder in text), None)
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return None
    dynamic = subprocess.run(["readelf", "-d", path], capture_output=True, text=True).stdout
    return next((line.strip() for line in dynamic.splitlines() if "RUNPATH" in line or "RPATH" in line), None)


def main():
    build = os.path.realpath(sys.argv[1])
    cache = cache_of(build)
    source = cache["CMAKE_HOME_DIRECTORY"]
    findings = []
    with tempfile.TemporaryDirectory() as root:
        files = install(build, root)
        prefix = root + cache["CMAKE_INSTALL_PREFIX"]
        for name in WANTED:
            if os.path.join(prefix, name) not in files:
                findings.append(f"{name} is not installed")
        for ending in WANTED_SOMEWHERE:
            if not any(path.endswith(ending) for path in files):
                findings.append(f"nothing that ends in {ending} is installed")
        for path in files:
            name = path[len(root):]
            if UNWANTED.search(name):
                findings.append(f"{name} is no business of an installation")
            back = leads_back(path, build, source)
            if back:
                findings.append(f"{name} leads back to the build: {back}")
            if os.stat(path).st_mode & 0o022:
                findings.append(f"{name} can be written by others than its owner")
        for program in ("foleyd", "foleyctl"):
            path = os.path.join(prefix, "bin", program)
            if os.path.exists(path):
                done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30)
                if done.returncode or not done.stdout.startswith(program):
                    findings.append(f"{program} --version said {done.stdout!r}{done.stderr!r} ({done.returncode})")
        configuration = next((path for path in files if path.endswith("/foley/foley.yaml")), None)
        if configuration:
            with open(configuration, "w", encoding="utf-8") as file:
                file.write("# edited\n")
            install(build, root)
            with open(configuration, encoding="utf-8") as file:
                if file.read() != "# edited\n":
                    findings.append("a second installation overwrote the edited foley.yaml")
    for finding in findings:
        print(finding)
    print(f"install: {len(files)} files, {len(findings)} findings")
    sys.exit(1 if findings else 0)


main()
