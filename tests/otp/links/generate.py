#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes random scenarios: up to 8 processes, their links, and what they do.

usage: generate.py DIRECTORY SEED COUNT

DIRECTORY/random_SEED.scn and COUNT - 1 more, of the seeds that follow.  The
same seed gives the same scenario.

A step has one outcome by the rules of Erlang: one process begins it, and does
nothing after it sent an exit signal that depends on whether that has arrived,
or, as a monitor does, on whether a Unix process is gone.
"""

import os
import random
import sys

OWN_ENDS = ["normal", "return", "kill", "killed", "shutdown", "oops", "noproc",
            "exit:1", "exit:77", "signal:SEGV"]
SIGNALS = ["normal", "kill", "killed", "shutdown", "oops", "other"]
MOST = 8


class Scenario:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = [f"# Made by generate.py from the seed {seed}."]
        self.names = []
        self.talking = []    # those with a mailbox
        self.ending = set()  # those that may have ended
        self.brief = set()   # those whose processes end at once
        self.monitors = []   # (who, monitor)
        self.clients = []    # that may be closed
        self.made = 0        # monitors and clients
        for _ in range(self.random.randint(2, 7)):
            self.declare()
        if not self.talking:
            self.say("process", self.name(), "trap")
            self.talking.append(self.names[-1])
        self.graph()
        for _ in range(self.random.randint(8, 20)):
            self.pick((5, self.links), (4, self.end), (4, self.signal),
                      (4, self.signals_in_a_row), (3, self.watch),
                      (2, self.unwatch), (2, self.trap), (2, self.text),
                      (1, self.spawn), (2, self.from_outside),
                      (1, self.client), (5, self.start))()

    def pick(self, *weighted):
        """One of (weight, value)."""
        values = [value for _, value in weighted]
        return self.random.choices(values, [w for w, _ in weighted])[0]

    def say(self, *words):
        self.lines.append(" ".join(str(word) for word in words if word != ""))

    def order(self, who, *operations):
        self.say(who, "; ".join(operations))

    def name(self):
        self.names.append(f"p{len(self.names) + 1}")
        return self.names[-1]

    def number(self):
        self.made += 1
        return self.made

    def declare(self):
        kind = self.pick((8, ""), (6, "trap"), (1, "plain"), (1, "term=0"),
                         (1, "term=3"), (1, "term=ignore"))
        self.say("process", self.name(), kind)
        if kind != "plain":
            self.talking.append(self.names[-1])

    def one(self):
        """Who does something; mostly one that lives."""
        living = [n for n in self.talking if n not in self.ending]
        return self.random.choice(living or self.talking)

    def other(self, who=None):
        return self.random.choice([n for n in self.names if n != who])

    # --- links ---

    def graph(self):
        """A chain, a ring, a star, everybody with everybody, or by chance."""
        names = list(self.talking)
        self.random.shuffle(names)
        pairs = self.pick(
            (2, list(zip(names, names[1:]))),
            (2, list(zip(names, names[1:] + names[:1]))),
            (2, [(names[0], n) for n in names[1:]]),
            (1, [(a, b) for a in names for b in names if a < b]),
            (4, [(a, self.other()) for a in names
                 if self.random.random() < 0.8]))
        for who in names:
            whom = [b for a, b in pairs if a == who]
            if whom:
                self.order(who, *(f"link {n}" for n in whom))

    def links(self):
        who = self.one()
        self.order(who, *(
            self.pick((4, f"link {self.other(who)}"),
                      (2, f"unlink {self.other(who)}"),
                      (1, f"link {who}"))
            for _ in range(self.random.randint(1, 3))))

    # --- ends and signals ---

    def end(self):
        who, reason = self.one(), self.random.choice(OWN_ENDS)
        before = self.pick((3, []), (1, [f"unlink {self.other(who)}"]),
                           (1, [f"link {self.other(who)}"]))
        self.order(who, *before, f"exit {reason}")
        self.ending.add(who)

    def signal(self):
        who = self.one()
        whom = self.pick((3, self.other(who)), (1, who))
        self.order(who, f"exit {whom} {self.random.choice(SIGNALS)}")
        self.ending.add(whom)

    def signals_in_a_row(self):
        """One that traps does not end of their echo, and goes on."""
        who = self.one()
        whom = self.other(who)
        operations = ["trap on"]
        if self.random.random() < 0.5:
            operations.append(self.watching(who, whom))
        link_again = self.random.random() < 0.4
        if link_again:
            operations.append(f"unlink {whom}")
        for _ in range(self.random.randint(1, 3)):
            operations.append(f"exit {whom} {self.random.choice(SIGNALS)}")
        if link_again:
            operations.append(f"link {whom}")
        elif self.random.random() < 0.6:
            operations += ["sync", *self.after_sync(who, whom)]
        self.order(who, *operations)
        self.ending.add(whom)

    def after_sync(self, who, whom):
        own = [m for w, m in self.monitors if w == who]
        result = self.pick((3, []), (2, [f"unlink {whom}"]),
                           (1, [f"link {whom}"]),
                           (2, [self.watching(who, whom)]))
        if own:
            result.append(f"demonitor {self.random.choice(own)}"
                          + self.pick((1, ""), (1, " flush")))
        return result + self.pick((1, []), (1, ["trap off"]))

    def trap(self):
        self.order(self.one(), self.pick(
            (3, "trap on"), (2, "trap off"), (1, "trap on; trap off")))

    def start(self):
        names = sorted(self.ending - self.brief)
        if names:
            name = self.random.choice(names)
            self.ending.discard(name)
            self.say("ctl start", name)

    def spawn(self):
        if len(self.names) == MOST:
            return
        who, name = self.one(), self.name()
        words = self.pick((2, ""), (2, "trap"),
                          (4, f"dies={self.random.choice(OWN_ENDS)}"))
        if self.random.random() < 0.7:
            self.say("ctl start", who)
            self.say(who, "spawn_link", name, words)
        else:
            self.say(f"client c{self.number()} spawn_monitor", name, words)
        if words.startswith("dies"):
            self.brief.add(name)
        else:
            self.talking.append(name)

    # --- monitors and messages ---

    def watching(self, who, whom):
        name = f"m{self.number()}"
        self.monitors.append((who, name))
        return f"monitor {name} {whom}"

    def watch(self):
        who = self.one()
        self.order(who, *(self.watching(who, self.other())
                          for _ in range(self.random.randint(1, 3))))

    def unwatch(self):
        """Those that it has, or had: its next process has none of them."""
        own = [(w, m) for w, m in self.monitors if w not in self.ending]
        if own:
            who, monitor = self.random.choice(own)
            self.order(who, f"demonitor {monitor}"
                       + self.pick((1, ""), (1, " flush")))

    def text(self):
        who, whom = self.one(), self.random.choice(self.talking)
        self.order(who, *(f"send {whom} t{i}"
                          for i in range(self.random.randint(1, 3))))

    def from_outside(self):
        name = self.other()
        verb = self.pick((2, "link"), (1, "unlink"), (3, "exit"))
        if verb == "exit":
            self.say("ctl exit", name, self.random.choice(SIGNALS))
            self.ending.add(name)
        else:
            self.say("ctl", verb, name, self.other(name))

    def client(self):
        if self.clients and self.random.random() < 0.3:
            self.say("client", self.clients.pop(), "close")
            return
        key = f"c{self.number()}"
        whom = [self.other() for _ in range(self.random.randint(1, 3))]
        self.say("client", key, "monitor", *whom)
        self.clients.append(key)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    directory, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + count):
        path = os.path.join(directory, f"random_{seed}.scn")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(Scenario(seed).lines) + "\n")


main()
