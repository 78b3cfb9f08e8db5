# Runs `tunnelscope watch` beside a test. In: arguments. Out: its NDJSON as it comes.
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "samples"))
from tool import PROGRAM, run  # noqa: E402, F401

DEADLINE = 60  # seconds for what should take less than one, on a busy machine


def environment(**more):
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"} | {
        k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")} | more


def full_disk():
    """For a process before it begins: no file of its can be written, until make_room."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def fill_disk(process):
    """The same for one that runs: from now on."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def make_room(process):
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Watch:
    def __init__(self, *arguments, command="watch", cwd=None, stdin=subprocess.DEVNULL, env=None, format="ndjson", before=None):
        form = ["--format", format] if command == "watch" else []
        self.process = subprocess.Popen([PROGRAM, command, *form, "--config", "none", *map(str, arguments)], cwd=cwd, stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**(env or {})), preexec_fn=before)
        self.output, self.errors = [], []
        self.threads = [threading.Thread(target=self._collect, args=(stream, to), daemon=True)
                        for stream, to in ((self.process.stdout, self.output), (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _collect(stream, to):
        for text in stream:
            to.append(text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def events(self):
        return [json.loads(text) for text in list(self.output)]

    def alerts(self):
        return [e for e in self.events if e["type"] == "alert"]

    def changes(self, subject):
        return [(e["change"], e["severity"]) for e in self.alerts() if e["subject"] == subject]

    def until(self, condition, what):
        """Waits until condition() is true; `what` it is, for the failure."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.errors}"
            assert time.monotonic() < end, f"{what} did not come; events: {self.events[-5:]}, errors: {self.errors}"
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        return self.wait()

    def wait(self):
        self.process.wait(timeout=DEADLINE)
        for thread in self.threads:
            thread.join()
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
