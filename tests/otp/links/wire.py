# SPDX-License-Identifier: MIT
"""Calls of supd's control socket, and a supd of one's own."""

import json
import os
import socket
import subprocess
import time

NOBODY = "nobody" # a child that never runs
LIMIT = float(os.environ.get("LINKS_LIMIT", "20"))


class Refused(Exception):
    """supd answered with an error."""


def until(condition, what, limit=LIMIT):
    """What condition returns as soon as that is true."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {limit:g} s still not: {what}")
        time.sleep(0.003)


class Wire:
    """A connection; one call at a time."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(path)
        self.buffer = b""

    def call(self, method, **parameters):
        """The answer's parameters; Refused with the error's name."""
        request = {"method": "org.supd.Supervisor." + method,
                   "parameters": parameters}
        self.socket.sendall(json.dumps(request).encode() + b"\0")
        while b"\0" not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("supd hung up")
            self.buffer += more
        answer, self.buffer = self.buffer.split(b"\0", 1)
        answer = json.loads(answer)
        if "error" in answer:
            raise Refused(answer["error"].rsplit(".", 1)[1])
        return answer.get("parameters", {})

    def close(self):
        self.socket.close()


class Supd:
    """A supd whose children are given as sections; ends with its block."""

    def __init__(self, build, place, sections):
        self.program = os.path.join(build, "supd")
        self.supctl = os.path.join(build, "supctl")
        self.place = place
        self.path = os.path.join(place, "s")
        self.configuration = os.path.join(place, "t.ini")
        with open(self.configuration, "w", encoding="ascii") as file:
            file.write(f"[supd]\nstate_dir = {place}/state\n"
                       f"socket = {self.path}\nlog_level = err\n"
                       "intensity = 0\n" # none is restarted
                       f"[child:{NOBODY}]\ncommand = false\n"
                       "autostart = no\n" + sections)
        self.errors = None
        self.process = None

    def __enter__(self):
        self.errors = open(os.path.join(self.place, "err"), "wb")
        self.process = subprocess.Popen(
            [self.program, "-c", self.configuration],
            stdout=subprocess.DEVNULL, stderr=self.errors)
        until(self.answers, "supd answers")
        wire = Wire(self.path)
        wire.call("Wait", ready=True)
        wire.close()
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise EOFError("supd ended at once:\n" + self.said())
        try:
            wire = Wire(self.path)
            wire.call("Ping")
            wire.close()
            return True
        except OSError:
            return False

    def said(self):
        with open(os.path.join(self.place, "err"), encoding="utf-8",
                  errors="replace") as file:
            return file.read()

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def ctl(self, *words):
        """Of supctl: its status and what it printed."""
        done = subprocess.run([self.supctl, "-s", self.path, *words],
                              stdin=subprocess.DEVNULL, timeout=LIMIT,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()
