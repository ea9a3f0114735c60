#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Replays the commands of a text at a shell, and compares what they print.

usage: tour.py [--write] FILE

A line `$ COMMAND` in a ``` block is a command, what follows up to the next one
is what it printed; both standard output and error count.  What differs from
run to run is compared by its shape: times, and numbers of three digits and
more (process ids), each of which must be the same one wherever the text has
the same one, and another where it has another.

A command that only looks is given ten seconds to see what it should.
--write puts what was printed into FILE.
"""

import difflib
import re
import subprocess
import sys
import time

PATIENCE = 10.0
PAUSE = 0.05
LOOKS = re.compile(
    r"supctl (-j )?(status|tree|why|events|pid|which-children|monitor crash)"
    r"|cat |tail |grep |client .*(allocate|read)")
END = "\x01"
TIMES = re.compile(r"(\d{4}-\d{2}-\d{2}T)?\d{2}:\d{2}:\d{2}\.\d{3}"
                   r"|\b\d+m\d{2}s\b|\b\d+m?s\b")
NUMBERS = re.compile(r"\b\d{3,}\b")


class Shell:
    """A bash that is told one command after the other."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            bufsize=1)
        # The answers of a busy machine take longer than a second.
        self.run('client() { [ $BASH_SUBSHELL = 0 ] || exec client -t 10 "$@"'
                 '; command client -t 10 "$@"; }')

    def run(self, command):
        silently = "disown -a" if command.endswith("&") else ":"
        self.process.stdin.write(f"{command}\n{silently}\n"
                                 f"printf '\\n{END}\\n'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == END + "\n":
                break
            lines.append(line.rstrip("\n"))
        return lines[:-1] if lines and not lines[-1] else lines

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Shapes:
    """Which number of the text is which number now."""

    def __init__(self):
        self.names = {}

    def of(self, lines):
        names = dict(self.names)

        def name(match):
            return names.setdefault(match[0], f"#{len(names) + 1}")

        def shape(line):
            line = NUMBERS.sub(name, TIMES.sub("TIME", line))
            return re.sub(r" {2,}", " ", line).strip()

        return [shape(line) for line in lines], names


def blocks(lines):
    """(first line, command, what it printed) of each command."""
    inside, steps = False, []
    for number, line in enumerate(lines):
        if line.startswith("```"):
            inside = not inside
        elif inside and line.startswith("$ "):
            steps.append((number, line[2:], []))
        elif inside and steps:
            steps[-1][2].append(line)
    return steps


def differs(wrote, sees):
    return "\n".join(difflib.unified_diff(wrote, sees, "text", "seen",
                                          lineterm="", n=9))


def record(shell, command):
    """What is printed when all has come to rest, as it has for a person."""
    if LOOKS.match(command):
        time.sleep(1)
    return shell.run(command)


def step(shell, text, now, command, expected):
    """What is printed, and how it differs from what should be."""
    deadline = time.monotonic() + PATIENCE
    wrote, text_names = text.of(expected)
    while True:
        printed = shell.run(command)
        sees, now_names = now.of(printed)
        if sees == wrote:
            text.names, now.names = text_names, now_names
            return ""
        if not LOOKS.match(command) or time.monotonic() > deadline:
            return differs(wrote, sees)
        time.sleep(PAUSE)


def replay(shell, path, lines):
    """Does every command print what it should?"""
    text, now = Shapes(), Shapes()
    for number, command, expected in blocks(lines):
        wrong = step(shell, text, now, command, expected)
        if wrong:
            print(f"{path}:{number + 1}: {command}\n{wrong}")
            return False
    return True


def rewritten(shell, lines):
    """The text with what its commands print now."""
    done, at = [], 0
    for number, command, expected in blocks(lines):
        done += lines[at:number + 1] + record(shell, command)
        at = number + 1 + len(expected)
    return done + lines[at:]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    path = sys.argv[-1]
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    with Shell() as shell:
        if sys.argv[1] != "--write":
            return 0 if replay(shell, path, lines) else 1
        lines = rewritten(shell, lines)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return 0


sys.exit(main())
