# SPDX-License-Identifier: MIT
"""A scenario's processes under supd, and how they are told what to do.

A step is over when nothing is on its way: supd stops and starts none of them,
those that were to end have, and each mailbox has given back an echo that was
put behind all that was in it.
"""

import os
import select
import socket
import subprocess
import time

from telling import Trace, read
from wire import LIMIT, Refused, until

BUSY = ("STARTING", "STOPPING", "BACKOFF")


class Client:
    """A supctl that monitors."""

    def __init__(self, supd, words):
        self.process = subprocess.Popen(
            [supd.supctl, "-s", supd.path, *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.output = b""
        self.lines = []
        self.watched = []  # (name, pid)

    def line(self):
        """The next that it prints, or has."""
        return self.lines.pop(0) if self.lines else self.read()

    def skip(self, end):
        """The next that ends so."""
        line = self.read()
        while line and not line.endswith(end):
            self.lines.append(line)
            line = self.read()

    def read(self):
        deadline = time.monotonic() + LIMIT
        while b"\n" not in self.output:
            left = max(0, deadline - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            more = ready and os.read(self.process.stdout.fileno(), 4096)
            if not more:
                return ""
            self.output += more
        line, self.output = self.output.split(b"\n", 1)
        return line.decode()

    def close(self):
        """What it had printed that nobody was waiting for."""
        self.process.terminate()
        rest = self.output + self.process.stdout.read()
        self.process.wait()
        self.process.stdout.close()
        return self.lines + rest.decode().splitlines()


class Player:
    """A scenario whose children are NUMBER.NAME."""

    def __init__(self, number, path, build, place):
        self.number, self.path = number, path
        self.helper = os.path.abspath(
            os.path.join(build, "tests", "links_helper"))
        self.processes, self.script = read(path)
        self.trace = Trace()
        self.address = os.path.join(place, f"r{number}")
        self.reports = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.reports.bind(self.address)
        self.reports.settimeout(0.01)
        self.pids = {}       # name: of its last process
        self.alive = {}      # name: pid
        self.doomed = set()  # those that end by themselves
        self.clients = {}
        self.echoes = 0
        self.supd = self.wire = None
        self.has_failed = False

    def done(self):
        for client in self.clients.values():
            client.close()
        self.reports.close()
        if self.wire:
            self.wire.close()

    # --- children ---

    def id(self, name):
        return f"{self.number}.{name}"

    def name(self, identity):
        return "ctl" if identity == "-" else identity.split(".", 1)[1]

    def settings(self, words, restart="temporary"):
        """Of a child, as key=value."""
        keys = [f"restart={restart}",
                "shutdown=" + ("0.2" if "term=ignore" in words else "10")]
        if "plain" not in words:
            keys.append("mailbox=yes")
        if "trap" in words:
            keys.append("trap_exit=yes")
        return keys

    def command(self, words):
        if "plain" in words:
            return ["sleep", "infinity"]
        return [self.helper, self.address,
                *(w for w in words if w.startswith(("term=", "dies=")))]

    def sections(self):
        return "".join(
            f"[child:{self.id(name)}]\ncommand = "
            + " ".join(self.command(words)) + "\n"
            + "".join(key + "\n" for key in self.settings(words))
            for name, words in self.processes.items())

    def status(self):
        ids = [self.id(name) for name in self.processes]
        if not ids:
            return {}
        answer = self.wire.call("Status", ids=ids)
        return {self.name(c["id"]): c for c in answer["children"]}

    def born(self, *names):
        children = self.status()
        for name in names:
            self.pids[name] = self.alive[name] = children[name].get("pid")
        self.wait_until_up(*names)

    def wait_until_up(self, *names):
        """Those that can say so, and live long enough."""
        silent = {name for name in names
                  if "plain" not in self.processes[name]
                  and name not in self.doomed}
        self.collect(lambda: not silent,
                     lambda name, _: silent.discard(name), "up")

    # --- what they report ---

    def collect(self, condition, hear, verb, limit=LIMIT):
        """Takes reports until condition, and those that are there then;
        hear(name, text) those of a verb."""
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no report: {verb}")
            self.take(hear, verb, 0)
        while self.take(hear, verb, socket.MSG_DONTWAIT):
            pass

    def take(self, hear, verb, flags):
        """One report, if there is one."""
        try:
            report, sender = self.reports.recvfrom(16384, flags)
        except (TimeoutError, BlockingIOError):
            return False
        identity, _, what = report.decode().split(" ", 2)
        kind, _, text = what.partition(" ")
        name = self.name(identity)
        if kind == "result":
            self.trace.results.append(f"{name} {self.renamed(text)}")
        elif kind == "got":
            self.trace.got.append((name, *self.received(text)))
        elif kind == "sync":
            self.settle(name)
            self.reports.sendto(b"go", sender)
        elif kind == verb:
            hear(name, text)
        return True

    def renamed(self, text):
        return " ".join(w.split(".", 1)[1]
                        if w.startswith(f"{self.number}.") else w
                        for w in text.split(" "))

    def received(self, text):
        """(sender, rank, text), as in link_process.erl."""
        kind, *words = text.split(" ")
        if kind == "EXIT":
            sender = self.name(words[0])
            return (sender, 0, f"EXIT {sender} "
                    + self.reason(sender, words[1:]))
        if kind == "DOWN" and words[1] == "-":
            sender = next((n for n, p in self.pids.items()
                           if str(p) == words[2]), "unknown")
            return sender, 1, " ".join(["DOWN", words[0], sender, *words[3:]])
        if kind == "DOWN":
            sender = self.name(words[1])
            return (sender, 1, f"DOWN {words[0]} {sender} "
                    + self.reason(sender, words[2:]))
        sender = self.name(words[0]) if kind == "text" else "supd"
        return sender, 0, " ".join(["TEXT", sender, *words[1:]])

    def reason(self, sender, words):
        """The words after an id are the pid, which must be right, and why."""
        pid, reason = words[0], " ".join(words[1:])
        if sender == "ctl" or pid == str(self.pids.get(sender, 0)):
            return reason
        if pid in ("0", "-") and (reason == "noproc" or self.supd.was_killed):
            return reason  # a client that was away is not told the pid
        return f"{reason} (of process {pid})"

    # --- until nothing is on its way ---

    def settle(self, waiting=None):
        """waiting: the process that does not receive just now."""
        children = until(self.rested, "all are at rest")
        while True:
            self.echo([n for n, c in children.items() if n != waiting
                       and c["state"] == "RUNNING"
                       and "plain" not in self.processes[n]])
            again = until(self.rested, "all are at rest")
            if self.states(again) == self.states(children):
                break
            children = again
        for name, pid in list(self.alive.items()):
            child = again[name]
            if child["state"] != "RUNNING" or child.get("pid") != pid:
                self.trace.ended[name] = child.get("reason", "for no reason")
                del self.alive[name]
                self.doomed.discard(name)
        self.hear_clients()

    @staticmethod
    def states(children):
        return {n: (c["state"], c.get("pid")) for n, c in children.items()}

    def rested(self):
        children = self.status()
        for name, child in children.items():
            if child["state"] in BUSY or (
                    name in self.doomed and child["state"] == "RUNNING"):
                return None
        return children

    def echo(self, names):
        self.echoes += 1
        asked = set()
        for name in names:
            try:
                self.wire.call("Send", id=self.id(name),
                               text=f"echo {self.echoes}")
                asked.add(name)
            except Refused as refused:
                if str(refused) != "NotRunning":  # it ended meanwhile
                    raise

        def hear(name, text):
            if text == str(self.echoes):
                asked.discard(name)

        def answered():
            if asked:
                states = self.status()
                asked.intersection_update(
                    n for n in asked if states[n]["state"] == "RUNNING")
            return not asked
        self.collect(answered, hear, "echo")

    def hear_clients(self):
        for key, client in self.clients.items():
            over = [w for w in client.watched if self.alive.get(w[0]) != w[1]]
            client.watched = [w for w in client.watched if w not in over]
            for _ in over:
                self.down(key, client.line())

    def down(self, key, line):
        words = line.split(" ")
        if words[0] != "DOWN" or len(words) != 5:
            self.trace.results.append(f"{key} printed: {line}")
            return
        sender = self.name(words[2])
        reason = self.reason(sender, words[3:])
        self.trace.got.append((key, sender, 1, f"DOWN {sender} {reason}"))
