#!/usr/bin/env python3
"""Runs a demo of `make run` for a few changes, then once more and ends it as Ctrl-C does, and looks for what is left.

    tests/checks/demo.py BUILD SITE
"""

import os
import re
import signal
import subprocess
import sys
import time

import house

# The script of each, and what it says of each change.
DEMOS = {"ftrack": ("demo.py", "the artist moves"), "shotgrid": ("shotgrid_demo.py", "the artist sets")}


def start(script, *arguments):
    path = os.path.join(house.ROOT, "etc", "demo", script)
    return subprocess.Popen([sys.executable, "-B", path, *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def folder_in(output):
    match = re.search(r"All of it lives in (\S+) and", output)
    if not match:
        sys.exit(f"The demo did not start:\n{output}")
    return match.group(1)


def check_nothing_left(folder):
    left = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                if folder.encode() in file.read():
                    left.append(number)
        except OSError:
            pass  # it has just ended
    if left:
        sys.exit(f"The demo left processes running: {left}")
    if os.path.exists(folder):
        sys.exit(f"The demo left its folder behind: {folder}")


def main():
    build, (script, change) = sys.argv[1], DEMOS[sys.argv[2]]
    demo = start(script, build, "--rounds", "3", "--every", "0.5")
    output, _ = demo.communicate()
    print(output)
    if demo.returncode:
        sys.exit(demo.returncode)
    if output.count(change) != 3:
        sys.exit("The demo did not show three changes.")
    check_nothing_left(folder_in(output))

    demo = start(script, build, "--every", "0.5")
    output = ""
    while change not in output:
        line = demo.stdout.readline()
        if not line:
            sys.exit(f"The demo ended by itself:\n{output}")
        output += line
    demo.send_signal(signal.SIGINT)
    started = time.monotonic()
    output += demo.communicate()[0]
    if demo.returncode:
        sys.exit(f"The demo ended with {demo.returncode} when it was interrupted:\n{output}")
    print(f"Interrupted, it ended within {time.monotonic() - started:.1f} s.")
    check_nothing_left(folder_in(output))


main()
