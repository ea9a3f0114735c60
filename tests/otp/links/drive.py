#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs scenarios of links and monitors with real processes under supd.

usage: drive.py --build BUILD_DIR [--kills N] DIRECTORY SCENARIO...

Writes DIRECTORY/NAME.trace of each.  Some tens of scenarios share a supd, each
with children of its own, and run side by side.  With --kills its supervisor
is killed so many times meanwhile (five in a minute are too many).
"""

import argparse
import concurrent.futures
import os
import random
import signal
import sys
import tempfile
import threading
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


def kill_now_and_then(supd, kills, is_over):
    for _ in range(kills):
        if is_over.wait(random.uniform(0.05, 0.4)):
            return
        supd.kill_supervisor()


def play(scenarios, supd, kills):
    """All of them, side by side."""
    is_over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(TOGETHER + 1) as pool:
        killer = pool.submit(kill_now_and_then, supd, kills, is_over)
        try:
            list(pool.map(lambda s: run(s, supd), scenarios))
        finally:
            is_over.set()
    killer.result()


def chunk(build, paths, directory, kills):
    with tempfile.TemporaryDirectory(prefix="links.") as place:
        scenarios = [Scenario(number, path, build, place)
                     for number, path in enumerate(paths)]
        sections = "".join(s.sections() for s in scenarios)
        with Supd(build, place, sections) as supd:
            play(scenarios, supd, kills)
        if any(s.has_failed for s in scenarios):
            print(supd.said(), file=sys.stderr, end="")
    for scenario in scenarios:
        name = os.path.basename(scenario.path)[:-len(".scn")] + ".trace"
        with open(os.path.join(directory, name), "w",
                  encoding="ascii") as file:
            file.write("\n".join(scenario.trace.lines) + "\n")


def main():
    usage = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    usage.add_argument("--kills", type=int, default=0)
    usage.add_argument("--build", required=True)
    usage.add_argument("directory")
    usage.add_argument("scenarios", nargs="+")
    args = usage.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends supd
    for begin in range(0, len(args.scenarios), TOGETHER):
        chunk(args.build, args.scenarios[begin:begin + TOGETHER],
              args.directory, args.kills)


main()
