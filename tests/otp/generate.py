#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes random scenarios: trees of supervisors, and what befalls them.

usage: generate.py DIRECTORY SEED COUNT

DIRECTORY/random_SEED.scn and COUNT - 1 more, of the seeds that follow.  The
same seed gives the same scenario.
"""

import os
import random
import sys

STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one",
              "simple_one_for_one"]
RESTARTS = ["permanent", "transient", "temporary"]
REASONS = ["normal", "shutdown", "exit:1", "exit:2"]
TICKS = 12  # a scenario's seconds: the oracle waits for them


class Scenario:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = [f"# Made by generate.py from the seed {seed}."]
        self.supervisors = {}  # name: strategy
        self.inside = {}       # name: its supervisor
        self.children = []
        self.notifying = []
        self.temporary = []
        self.timed = None      # only below it, lest two times come together
        self.hung = False
        self.patient = []      # no time limits their stop
        self.gentle = []       # those whose stop is not a kill
        self.templates = {}    # name: number of the last instance
        self.instances = []
        self.dynamic = []
        self.ticks = TICKS
        self.tree()
        self.script()

    def pick(self, *weighted):
        """One of (weight, value)."""
        values = [value for _, value in weighted]
        return self.random.choices(values, [w for w, _ in weighted])[0]

    def say(self, *words):
        self.lines.append(" ".join(str(word) for word in words if word != ""))

    # --- the tree ---

    def tree(self):
        self.supervisor("root", None, 0)
        if not self.children:
            self.child("root", "a1", "one_for_one", "never")

    def supervisor(self, name, parent, depth):
        strategy = self.pick((4, "one_for_one"), (4, "one_for_all"),
                             (4, "rest_for_one"),
                             (2 if depth else 0, "simple_one_for_one"))
        simple = strategy == "simple_one_for_one"
        automatic = "never" if simple else self.pick(
            (6, "never"), (1, "any_significant"), (1, "all_significant"))
        self.supervisors[name] = strategy
        keys = [f"strategy={strategy}", f"intensity={self.intensity()}",
                f"period={self.random.randint(1, 6)}"]
        if automatic != "never":
            keys.append(f"auto_shutdown={automatic}")
        if parent:
            self.inside[name] = parent[0]
            keys = [f"in={parent[0]}", *self.as_child(name, parent[1]), *keys]
        self.say("supervisor", name, *keys)
        if simple:
            self.templates[name + "c"] = 0
            self.child(name, name + "c", strategy, automatic)
            return
        for i in range(1, self.random.randint(1, 4) + 1):
            prefix = "" if name == "root" else name
            if depth < 3 and self.random.random() < (0.45, 0.3, 0.2)[depth]:
                self.supervisor(f"{prefix}s{i}", (name, automatic), depth + 1)
            else:
                self.child(name, f"{prefix}c{i}", strategy, automatic)

    def intensity(self):
        return self.pick((1, 0), (3, 1), (4, 2), (3, 3), (1, 6))

    def as_child(self, name, automatic):
        restart = self.pick((5, "permanent"), (3, "transient"),
                            (2, "temporary"))
        keys = [f"restart={restart}"]
        if restart == "temporary":
            self.temporary.append(name)
        if (automatic != "never" and restart != "permanent"
                and self.random.random() < 0.6):
            keys.append("significant=yes")
        return keys

    def child_keys(self, name, automatic):
        keys = self.as_child(name, automatic)
        shutdown = self.pick((4, "5"), (4, "infinity"), (2, "brutal_kill"),
                             (2, str(self.random.randint(1, 3))))
        if shutdown != "5":
            keys.append(f"shutdown={shutdown}")
        if shutdown == "infinity":
            self.patient.append(name)
        if shutdown != "brutal_kill":
            self.gentle.append(name)
        if self.random.random() < 0.3:
            keys.append("ready=notify")
            self.notifying.append(name)
        return keys

    def child(self, parent, name, strategy, automatic):
        keys = self.child_keys(name, automatic)
        self.say("child", name, f"in={parent}", *keys)
        self.inside[name] = parent
        if strategy == "simple_one_for_one":
            for group in (self.notifying, self.gentle):
                if name in group:
                    group.remove(name)
        else:
            self.children.append(name)

    # --- the script ---

    def script(self):
        self.timed = self.random.choice(list(self.supervisors))
        for name in self.children:
            if self.random.random() < 0.15:
                self.slow(name)
        if self.random.random() < 0.15:
            self.plan_failures()
        self.say("boot")
        for _ in range(self.random.randint(6, 20)):
            self.pick((6, self.end), (2, self.kill), (2, self.signal),
                      (2, self.plan_failures), (2, self.change_pace),
                      (1, self.hang), (2, self.settle), (2, self.tick),
                      (2, self.terminate), (2, self.restart),
                      (1, self.delete), (2, self.add), (1, self.look))()
        self.say("settle")
        for name in self.supervisors:
            self.say("which_children", name)
            self.say("count_children", name)
        self.say("shutdown")
        self.say("settle")

    def anybody(self):
        return self.random.choice(self.children + self.instances)

    def end(self):
        self.say("exit", self.anybody(),
                 self.pick((3, "exit:1"), (2, "normal"), (1, "shutdown")))

    def kill(self):
        self.say("kill", self.anybody())

    def signal(self):
        if not self.gentle:
            return
        name = self.random.choice(self.gentle)
        self.say("quick", name)
        self.say("signal", name,
                 self.pick((1, "kill"), (1, "shutdown"), (1, "oops"),
                           (1, "normal")))

    def plan_failures(self):
        self.say("fail", self.anybody(), self.pick((3, 1), (2, 2), (1, 4)))

    def change_pace(self):
        name = self.anybody()
        if self.random.random() < 0.3:
            self.say("quick", name)
        else:
            self.slow(name)

    def slow(self, name):
        if name in self.patient or self.inside[name] == self.timed:
            self.say("slow", name)

    def hang(self):
        # Below the root only: when a nested supervisor is up after a wait,
        # it and its parent go on side by side, in no order.
        names = [n for n in self.notifying if self.inside[n] == "root"]
        if names:
            self.hung = True
            self.say("hang", self.random.choice(names), 1)

    def settle(self):
        self.say("settle")

    def tick(self):
        seconds = min(self.pick((3, 1), (2, 2), (1, 3), (1, 5)), self.ticks)
        if seconds:
            self.ticks -= seconds
            self.say("tick", seconds)

    def subject(self):
        nested = [n for n in self.supervisors if n != "root"]
        return self.random.choice(self.children + nested)

    def terminate(self):
        # While it starts supd ends its start, OTP waits for it; when it has
        # ended for good OTP has forgotten it, supd says ok.
        name = self.random.choice([self.subject(), self.anybody()])
        if self.hung or name in self.temporary:
            self.settle()
        self.say("terminate_child", name)

    def restart(self):
        self.say("restart_child", self.subject())

    def delete(self):  # workers: supd's supervisors do not come back
        name = self.random.choice(self.children)
        self.settle()
        if self.random.random() < 0.5:
            self.say("terminate_child", name)
            self.settle()
        self.say("delete_child", name)

    def add(self):
        simple = [n for n in self.templates]
        if simple and self.random.random() < 0.5:
            template = self.random.choice(simple)
            self.templates[template] += 1
            name = f"{template}@{self.templates[template]}"
            self.instances.append(name)
            self.inside[name] = self.inside[template]
            self.start(name, self.inside[template])
            return
        parent = self.random.choice([n for n, s in self.supervisors.items()
                                     if s != "simple_one_for_one"])
        name = f"d{len(self.dynamic) + 1}"
        self.dynamic.append(name)
        self.children.append(name)
        self.inside[name] = parent
        self.start(name, parent, *self.child_keys(name, "never"))

    def start(self, name, parent, *keys):
        self.say("start_child", name, f"in={parent}", *keys)

    def look(self):
        self.settle()
        self.say("which_children", self.random.choice(list(self.supervisors)))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    directory, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + count):
        path = os.path.join(directory, f"random_{seed}.scn")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(Scenario(seed).lines) + "\n")


main()
