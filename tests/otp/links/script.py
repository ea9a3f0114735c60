# SPDX-License-Identifier: MIT
"""The lines of a scenario's script, as link_oracle.erl understands them."""

from players import Client, Player
from wire import NOBODY, Refused, Wire


class Scenario(Player):
    """Runs once, under the supd that has its children."""

    def run(self, supd):
        self.supd, self.wire = supd, Wire(supd.path)
        self.born(*self.processes)
        for line in self.script:
            self.trace.say("> " + line)
            self.act(line.split())
            self.settle()
            self.trace.write_step()
        self.trace.say("> end")
        self.write_states()

    def write_states(self):
        children = self.status()
        for name in sorted(self.alive):
            child = children[name]
            self.trace.write_state(
                name, child.get("traps", False),
                [self.name(other) for other in child.get("links", [])],
                child.get("monitors", 0))
        for key, client in sorted(self.clients.items()):
            for line in client.close():
                self.trace.say(f"{key} printed: {line}")
        self.clients = {}

    def act(self, words):
        if words[0] == "ctl":
            getattr(self, "ctl_" + words[1])(*words[2:])
        elif words[0] == "client":
            getattr(self, "client_" + words[2])(words[1], *words[3:])
        elif words[0] not in self.alive:
            self.trace.say(f"- {words[0]} is not running")
        elif words[1] == "spawn_link":
            self.spawn(words[2], words[3:], "--link", self.id(words[0]))
        else:
            self.order(words[0], " ".join(words[1:]).split(";"))

    # --- from outside ---

    def ctl_link(self, name, other):
        status, said = self.supd.ctl("link", self.id(name), self.id(other))
        answer = said.strip() if status else "true"
        if status and "noproc" in said:
            answer = "noproc"
        self.trace.say(f"ctl link {name} {other} = {answer}")

    def ctl_unlink(self, name, other):
        self.supd.ctl("unlink", self.id(name), self.id(other))

    def ctl_exit(self, name, reason):
        self.supd.ctl("exit", self.id(name), reason)

    def ctl_send(self, name, word):
        self.supd.ctl("send", self.id(name), f"text - {word}")

    def ctl_start(self, name):
        if name in self.alive:
            return
        status, said = self.supd.ctl("start", self.id(name))
        if status:
            self.trace.say("start: " + said.strip())
        else:
            self.born(name)

    def settings_as_words(self, words):
        """One that is added and temporary would be forgotten with its end."""
        return [word for key in self.settings(words, "transient")
                for word in ("--set", key)]

    def spawn_words(self, name, words, *options):
        self.processes[name] = words
        if any(w.startswith("dies=") for w in words):
            self.doomed.add(name)
        return ["start-child", "--id", self.id(name), *options,
                *self.settings_as_words(words), "--", *self.command(words)]

    def spawn(self, name, words, *options):
        command = self.spawn_words(name, words, *options)
        status, said = self.supd.ctl(*command)
        if status:
            self.trace.say("start-child: " + said.strip())
        else:
            self.pids[name] = self.alive[name] = int(said.split()[1])
            self.wait_until_up(name)

    # --- by clients ---

    def client_monitor(self, key, *names):
        """nobody never runs: its DOWN comes when all are monitored."""
        client = Client(self.supd, ["monitor", *(self.id(n) for n in names),
                                    NOBODY])
        self.clients[key] = client
        client.watched = [(name, self.alive.get(name, 0)) for name in names]
        client.skip(f" {NOBODY} - noproc")

    def client_spawn_monitor(self, key, name, *words):
        command = self.spawn_words(name, list(words), "--monitor")
        with self.supd.calm:
            client = Client(self.supd, command)
            self.clients[key] = client
            said = client.line()
        self.pids[name] = self.alive[name] = int(said.split()[1])
        client.watched = [(name, self.alive[name])]
        self.wait_until_up(name)

    def client_close(self, key):
        for line in self.clients.pop(key).close():
            self.trace.results.append(f"{key} printed: {line}")

    # --- by processes ---

    def order(self, name, operations):
        """They are done, or have been its end."""
        lines = [self.operation(name, o.split()) for o in operations]
        try:
            with self.supd.calm:
                self.wire.call("Send", id=self.id(name),
                               text="do " + "; ".join(lines))
        except Refused as refused:
            self.trace.say(f"{name}: {refused}")
            return
        done = []

        def over():
            child = self.status()[name]
            return done or (child["state"], child.get("pid")) != (
                "RUNNING", self.alive[name])
        self.collect(over, lambda n, _: done.append(n), "done")

    def operation(self, name, words):
        """With ids for names."""
        verb, *rest = words
        if verb == "exit" and len(rest) == 1:
            self.doomed.add(name)
        elif verb in ("link", "unlink", "exit", "send"):
            rest[0] = self.id(rest[0])
        elif verb == "monitor":
            rest[1] = self.id(rest[1])
        elif verb == "monitor_pid":
            rest[1] = str(self.pids[rest[1]])
        return " ".join([verb, *rest])
