#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs scenarios of links and monitors with real processes under supd.

usage: drive.py BUILD_DIR DIRECTORY SCENARIO...

Writes DIRECTORY/NAME.trace of each.  Some tens of scenarios share a supd, each
with children of its own, and run side by side.
"""

import concurrent.futures
import os
import sys
import tempfile
import traceback

from script import Scenario
from wire import Supd

TOGETHER = 40


def run(scenario, supd):
    try:
        scenario.run(supd)
    except Exception:  # its trace then says what happened
        scenario.has_failed = True
        scenario.trace.say("failed: " + traceback.format_exc())
    finally:
        scenario.done()


def chunk(build, paths, directory):
    with tempfile.TemporaryDirectory(prefix="links.") as place:
        scenarios = [Scenario(number, path, build, place)
                     for number, path in enumerate(paths)]
        sections = "".join(s.sections() for s in scenarios)
        with Supd(build, place, sections) as supd:
            with concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
                list(pool.map(lambda s: run(s, supd), scenarios))
        if any(s.has_failed for s in scenarios):
            print(supd.said(), file=sys.stderr, end="")
    for scenario in scenarios:
        name = os.path.basename(scenario.path)[:-len(".scn")] + ".trace"
        with open(os.path.join(directory, name), "w",
                  encoding="ascii") as file:
            file.write("\n".join(scenario.trace.lines) + "\n")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    build, directory, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    for begin in range(0, len(paths), TOGETHER):
        chunk(build, paths[begin:begin + TOGETHER], directory)


main()
