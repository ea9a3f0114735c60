# SPDX-License-Identifier: MIT
"""Calls of supd's control socket, and a supd of one's own."""

import json
import os
import signal
import socket
import subprocess
import threading
import time

NOBODY = "nobody"  # a child that never runs
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
        self.path = path
        self.socket = None
        self.connect()

    def connect(self):
        self.close()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(self.path)

    def call(self, method, **parameters):
        """The answer's parameters; Refused with the error's name.  Asked again
        where a supervisor was killed before it answered."""
        request = {"method": "org.supd.Supervisor." + method,
                   "parameters": parameters}
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                answer = self.exchange(json.dumps(request).encode() + b"\0")
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                self.connect()
        if "error" in answer:
            raise Refused(answer["error"].rsplit(".", 1)[1])
        return answer.get("parameters", {})

    def exchange(self, request):
        self.socket.sendall(request)
        answer = b""
        while not answer.endswith(b"\0"):
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("supd hung up")
            answer += more
        return json.loads(answer[:-1])

    def close(self):
        if self.socket:
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
                       "intensity = 0\n"  # none is restarted
                       f"[child:{NOBODY}]\ncommand = false\n"
                       "autostart = no\n" + sections)
        self.errors = self.process = None
        # held by what must be done once: the supervisor is not killed then
        self.calm = threading.Lock()
        self.was_killed = False

    def __enter__(self):
        self.errors = open(os.path.join(self.place, "err"), "wb")
        self.process = subprocess.Popen(
            [self.program, "-c", self.configuration],
            stdout=subprocess.DEVNULL, stderr=self.errors)
        try:
            until(self.answers, "supd answers")
            wire = Wire(self.path)
            wire.call("Wait", ready=True)
            wire.close()
        except BaseException:
            self.__exit__()
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise EOFError("supd ended at once:\n" + self.said())
        try:
            Wire(self.path).close()
            return True
        except OSError:
            return False

    def kill_supervisor(self):
        with self.calm:
            self.was_killed = True
            wire = Wire(self.path)
            os.kill(wire.call("GetVersion")["supervisor"], signal.SIGKILL)
            wire.close()

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
        with self.calm:
            done = subprocess.run([self.supctl, "-s", self.path, *words],
                                  stdin=subprocess.DEVNULL, timeout=LIMIT,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()
