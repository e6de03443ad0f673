#!/usr/bin/env python3
"""Two builds side by side: runs `figures` with the programs of each in turn, and prints how they compare.

    compare.py BASE_BIN NEW_BIN FIGURES [--runs 5] [--only CASES] [--full]

BASE_BIN and NEW_BIN are directories with foleyd and foley-host; FIGURES is the program that measures, the same for
both. Of each figure: both medians, the median of new : base over the pairs, and the least and the most of it.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile


def measure(figures, programs, options):
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        command = [figures, "--json", result.name] + options
        environment = dict(os.environ, FOLEY_TEST_PROGRAMS=programs)
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        with open(result.name, encoding="utf-8") as file:
            return {one["id"]: one for one in json.load(file)["figures"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("new")
    parser.add_argument("figures")
    parser.add_argument("--runs", type=int, default=5, help="pairs of runs")
    parser.add_argument("--only", help="cases by name, as figures knows them")
    parser.add_argument("--full", action="store_true", help="the largest sizes")
    arguments = parser.parse_args()
    base, new = os.path.abspath(arguments.base), os.path.abspath(arguments.new)  # the daemon starts elsewhere
    options = (["--only", arguments.only] if arguments.only else []) + (["--full"] if arguments.full else [])

    pairs = []
    for number in range(arguments.runs):
        # Each is the first half of the time, so that what warms up or wears out meets both.
        order = [base, new]
        if number % 2:
            order.reverse()
        measured = {programs: measure(arguments.figures, programs, options) for programs in order}
        pairs.append((measured[base], measured[new]))
        print(f"pair {number + 1} of {arguments.runs} is measured", file=sys.stderr)

    print(f"{'figure':<72} {'base':>12} {'new':>12} {'unit':<4} {'new:base':>8}  spread")
    for identity, first in pairs[0][0].items():
        values = [(old[identity]["value"], later[identity]["value"]) for old, later in pairs
                  if identity in old and identity in later]
        ratios = [later / old for old, later in values if old > 0]
        if not ratios:
            continue
        better = "less is better" if first["less_is_better"] else ""
        print(f"{first['what'][:72]:<72} {statistics.median(v[0] for v in values):>12.5g} "
              f"{statistics.median(v[1] for v in values):>12.5g} {first['unit']:<4} "
              f"{statistics.median(ratios):>8.3f}  {min(ratios):.3f} to {max(ratios):.3f}  {better}".rstrip())


if __name__ == "__main__":
    main()
