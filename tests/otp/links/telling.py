# SPDX-License-Identifier: MIT
"""Reads scenarios and writes traces, as link_oracle.erl does."""


def read(path):
    """The declared processes, {name: words}, and the lines of the script."""
    processes, script = {}, []
    with open(path, encoding="ascii") as file:
        for line in file.read().split("\n"):
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if words[0] == "process":
                processes[words[1]] = words[2:]
            else:
                script.append(line)
    return processes, script


class Trace:
    """The lines of a scenario, in the order of its steps."""

    def __init__(self):
        self.lines = []
        self.results = []
        self.got = []    # (receiver, sender, rank, text)
        self.ended = {}  # name: reason

    def say(self, line):
        self.lines.append(line)

    def write_step(self):
        """What a process received in the step in which it ended may have come
        before its end or not at all: left out."""
        kept = [g for g in self.got if g[0] not in self.ended]
        kept.sort(key=lambda g: (*g[:3], g[3] if g[2] else ""))
        self.lines += self.results
        self.lines += [f"{name} < {text}" for name, _, _, text in kept]
        self.lines += [f"{name} ended {reason}"
                       for name, reason in sorted(self.ended.items())]
        self.results, self.got, self.ended = [], [], {}

    def write_state(self, name, traps, links, monitors):
        self.say(f"{name} lives" + (", traps" if traps else "")
                 + ("".join([", linked to", *(f" {other}"
                                              for other in sorted(links))])
                    if links else "")
                 + (f", monitors {monitors}" if monitors else ""))
