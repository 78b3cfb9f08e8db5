"""A running `tunnelscope serve` or `watch` over a log that a test writes.
In: lines of two tunnels, at this machine's present. Out: a server that can be asked; it ends with its test."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TUNNELSCOPE", str(ROOT / "build/release/tunnelscope"))
VPN = "vpn-0123456789abcdef0"
ONE, TWO = "203.0.113.17", "203.0.113.18"
PATIENCE = 60  # seconds for what must come; the machine may be busy


def until(check, patience=PATIENCE):
    """What `check` says as soon as it says something true."""
    deadline = time.monotonic() + patience
    while True:
        said = check()
        if said:
            return said
        assert time.monotonic() < deadline, f"it did not come within {patience} s"
        time.sleep(0.05)


class Log:
    """As `aws logs tail` writes them: both tunnels' records in one file that grows."""

    def __init__(self, path):
        self.path = path
        path.write_text("")

    def say(self, ip, details, phase1, phase2, at=None):
        at = time.time() if at is None else at
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03}000+00:00"
        record = {"event_timestamp": int(at), "details": details, "dpd_enabled": True, "nat_t_detected": False,
                  "ike_phase1_state": phase1, "ike_phase2_state": phase2}
        with self.path.open("a") as file:
            file.write(f"{stamp} {VPN}-{ip}-IKE.log {json.dumps(record)}\n")

    def up(self, ip, at=None):
        self.say(ip, "AWS tunnel received DPD reply from cgw", "established", "established", at)

    def down(self, ip, at=None):
        self.say(ip, "AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20", "down", "down", at)


def history(path):
    """A log in which both tunnels have been up for ten minutes."""
    log = Log(path)
    now = time.time()
    for ago in range(600, 0, -20):
        log.up(ONE, now - ago)
        log.up(TWO, now - ago)
    return log


class Server:
    def __init__(self, process, port, token=""):
        self.process, self.port, self.token = process, port, token

    def ask(self, path, headers=None, method="GET", body=None):
        """The answer, with its body as `text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            connection.request(method, path, body=body, headers={**own, **(headers or {})})
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            connection.close()

    def json(self, path):
        answer = self.ask(path)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def metrics(self):
        """Samples by their series: name and labels as they stand."""
        lines = self.ask("/metrics").text.splitlines()
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def statuses(self):
        return {tunnel["outside_ip"]: tunnel["status"] for tunnel in self.json("/api/report")["tunnels"]}

    def rss(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) * 1024


def said_within(process, pattern, patience=PATIENCE):
    """Waits for a line of standard error."""
    deadline, text = time.monotonic() + patience, ""
    while time.monotonic() < deadline:
        if select.select([process.stderr], [], [], 0.2)[0]:
            some = os.read(process.stderr.fileno(), 65536).decode()
            text += some
            if found := re.search(pattern, text):
                return found
            if not some:
                break
    raise AssertionError(f"it did not say {pattern}: {text}")


@contextlib.contextmanager
def running(inputs, *options, command="serve", token="", environment=None, before=None):
    process = subprocess.Popen([PROGRAM, command, "--listen", "127.0.0.1:0", "--config", "none", *options, *map(str, inputs)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, **(environment or {})}, preexec_fn=before)
    try:
        port = int(said_within(process, r"listening on http://127\.0\.0\.1:(\d+)/")[1])
        server = Server(process, port, token)
        until(lambda: process.poll() is not None or "only begun" not in server.ask("/healthz").text)
        assert process.poll() is None
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.stderr.close()
