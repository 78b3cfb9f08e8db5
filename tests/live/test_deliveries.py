"""Deliveries reach receivers that fail on purpose: each at least once, under a constant id, in order, and none holds up another.

The outbox and the courier run in tests/live/deliver.cpp; what it is to tell comes as stored changes.
"""
import contextlib
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import jsonschema
import pytest

SCHEMA = json.loads((pathlib.Path(__file__).parents[2] / "docs/schema/alert.schema.json").read_text())
DELIVER = pathlib.Path(os.environ["TUNNELSCOPE_BUILD"]) / "tests/deliver"
NO_TIME = -9223372036854775808
OPENED, SEVERITY, RESOLVED = 0, 1, 2
WARNING, CRITICAL = 1, 2


def change(number, kind=OPENED, key="00000000000000aa", severity=CRITICAL, **texts):
    start = 1_772_323_200_000
    recovered = start + 60_000 if kind == RESOLVED else NO_TIME
    episode = [key, 0, "vpn-0123456789abcdef0", texts.get("connection", "vpn-0123456789abcdef0"), "gateway-outage",
               "00000000000000ff", severity, 0, texts.get("title", "The gateway stopped answering"), texts.get("summary", "Both tunnels are down."), "Look at the gateway.",
               "https://runbooks.example.net/gateway", "network", [], start, recovered]
    return [f"{number:016x}", kind, start + 10_000 * (number + 1), episode]


class Receiver:
    """Answers each request as its plan says, then with 200. Keeps the requests that it took."""

    def __init__(self, plan=(), port=0):
        self.plan, self.taken, self.seen = list(plan), [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.seen.append((time.monotonic(), dict(self.headers), json.loads(body)))
                what = outer.plan.pop(0) if outer.plan else 200
                if what == "hang":
                    time.sleep(3)
                    return
                if what == "close":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                    return
                status, headers = what if isinstance(what, tuple) else (what, {})
                if status == 200:
                    outer.taken.append(outer.seen[-1])
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"why not")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/alerts"

    def ids(self):
        return [body["delivery"] for _, _, body in self.taken]

    def changes(self):
        return [(body["episode"]["key"], body["change"]) for _, _, body in self.taken]


def deliver(state, changes, *receivers, seconds=15, env=None):
    run = subprocess.run([DELIVER, state, str(seconds), *receivers], input="".join(json.dumps(c) + "\n" for c in changes), text=True,
                         capture_output=True, env={**os.environ, **(env or {})}, check=False)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state.db")


@pytest.mark.parametrize("plan", [[500, 503], ["hang"], ["close"], [408], [404, 401, 302]], ids=str)
def test_a_delivery_that_failed_is_made_again_under_the_same_id(state, plan):
    receiver = Receiver(plan)
    status, = deliver(state, [change(1)], f"webhook:{receiver.url}")
    assert status == {"delivered": 1, "failed_attempts": len(plan), "refused": 0, "waiting": 0, "trouble": ""}
    assert len({headers["Idempotency-Key"] for _, headers, _ in receiver.seen}) == 1
    _, headers, body = receiver.taken[0]
    assert headers["X-Tunnelscope-Delivery"] == headers["Idempotency-Key"] == body["delivery"]


def test_a_receiver_that_comes_up_later_gets_what_waited_in_order(state):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    changes = [change(1), change(2, SEVERITY, severity=WARNING), change(3, RESOLVED), change(4, key="00000000000000bb")]
    status, = deliver(state, changes, f"webhook:http://127.0.0.1:{port}/alerts", seconds=1)
    assert status["waiting"] == 4 and status["trouble"]
    receiver = Receiver(port=port)
    status, = deliver(state, [], f"webhook:{receiver.url}")
    assert status["waiting"] == 0
    assert [c for k, c in receiver.changes() if k.endswith("aa")] == ["opened", "severity-changed", "resolved"]
    assert len(set(receiver.ids())) == 4


def test_a_resolve_never_overtakes_its_open(state):
    receiver = Receiver([500, "close", 500])
    deliver(state, [change(1), change(2, RESOLVED)], f"webhook:{receiver.url}")
    assert [c for _, c in receiver.changes()] == ["opened", "resolved"]


def test_a_slow_receiver_holds_up_no_other(state):
    slow, quick = Receiver(["hang"] * 100), Receiver()
    changes = [change(n, key=f"{n:016x}") for n in range(20)]
    began = time.monotonic()
    statuses = deliver(state, changes, f"webhook:{slow.url}", f"webhook:{quick.url}", seconds=3)
    assert statuses[1]["delivered"] == 20 and statuses[0]["delivered"] == 0
    assert all(at - began < 2 for at, _, _ in quick.taken)


def test_what_a_receiver_will_never_take_is_given_up_with_a_complaint(state):
    receiver = Receiver([400])
    status, = deliver(state, [change(1), change(2, key="00000000000000bb")], f"webhook:{receiver.url}")
    assert (status["refused"], status["delivered"], len(receiver.seen)) == (1, 1, 2)
    receiver.plan = [400]
    status, = deliver(state, [change(3, RESOLVED)], f"webhook:{receiver.url}")
    assert status["trouble"] == "given up after 1 attempt: it answered 400: why not"


def test_a_receiver_says_when_to_come_again(state):
    receiver = Receiver([(429, {"Retry-After": "2"})])
    deliver(state, [change(1)], f"webhook:{receiver.url}")
    assert receiver.seen[1][0] - receiver.seen[0][0] >= 1.9


def test_what_a_webhook_gets_is_as_its_schema_says(state):
    receiver = Receiver()
    changes = [change(1, summary="\x1b[31m \u202e <script>"), change(2, SEVERITY, severity=WARNING), change(3, RESOLVED)]
    deliver(state, changes, f"webhook:{receiver.url}")
    assert len(receiver.taken) == 3
    for _, _, body in receiver.taken:
        jsonschema.validate(body, SCHEMA)
        assert set(body["episode"]) == set(SCHEMA["properties"]["episode"]["properties"])


def test_redirects_are_not_followed(state):
    elsewhere = Receiver()
    receiver = Receiver([(307, {"Location": elsewhere.url})])
    deliver(state, [change(1)], f"webhook:{receiver.url}")
    assert not elsewhere.seen and len(receiver.taken) == 1


def test_the_same_changes_put_twice_are_delivered_once(state):
    receiver = Receiver()
    deliver(state, [change(1)], f"webhook:{receiver.url}")
    deliver(state, [change(1), change(2, RESOLVED)], f"webhook:{receiver.url}")
    assert [c for _, c in receiver.changes()] == ["opened", "resolved"]


def test_kill_9_loses_nothing_and_makes_no_second_id(state, tmp_path):
    undisturbed = Receiver()
    changes = [change(n, key=f"{n // 2:016x}", kind=RESOLVED if n % 2 else OPENED) for n in range(60)]
    deliver(str(tmp_path / "other.db"), changes, f"webhook:{undisturbed.url}")
    # The name makes the ids, so the disturbed run must use the same one.
    disturbed = Receiver([500, 200, "close"] * 20)
    name, environment = "webhook:$HOOK", {**os.environ, "HOOK": disturbed.url}
    steady = Receiver()
    deliver(str(tmp_path / "steady.db"), changes, name, env={"HOOK": steady.url})
    lines = "".join(json.dumps(c) + "\n" for c in changes)
    for attempt in range(12):
        run = subprocess.Popen([DELIVER, state, "20", name], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
        with contextlib.suppress(BrokenPipeError):
            run.stdin.write(lines if attempt == 0 else "")
            run.stdin.close()
        time.sleep(0.15 + 0.02 * attempt)
        run.send_signal(signal.SIGKILL)
        run.wait()
    deliver(state, changes, name, env={"HOOK": disturbed.url}, seconds=30)
    assert set(disturbed.ids()) == set(steady.ids())
    assert len(steady.ids()) == len(set(steady.ids())) == 60
    for number in range(30):
        of_key = [c for k, c in disturbed.changes() if k == f"{number:016x}"]
        assert of_key.index("opened") < of_key.index("resolved") and "opened" not in of_key[of_key.index("resolved"):]


def test_slack_and_pagerduty_get_what_their_documents_ask_for(state, tmp_path):
    slack, pagerduty = Receiver(), Receiver()
    (tmp_path / "slack").write_text(slack.url + "\n")
    hostile = "<!channel> & <https://evil.example|click> \x1b[31m\u202e" + "x" * 9000
    changes = [change(1, title=hostile, summary=hostile), change(2, RESOLVED)]
    deliver(state, changes, f"slack:@{tmp_path}/slack", f"pagerduty:$KEY,url={pagerduty.url}", env={"KEY": "R0UT1NGKEY"})
    _, _, message = slack.taken[0]
    text = json.dumps(message)
    assert "<!channel>" not in text and "<https://evil" not in text and "\\u202e" not in text and "&lt;!channel&gt;" in text
    assert len(message["blocks"]) <= 50 and message["text"]
    assert all(len(b["text"]["text"]) <= 3000 for b in message["blocks"] if b["type"] == "section")
    trigger, resolve = [body for _, _, body in pagerduty.taken]
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["dedup_key"] == resolve["dedup_key"] == "00000000000000aa"
    assert trigger["routing_key"] == "R0UT1NGKEY"
    assert len(trigger["payload"]["summary"]) <= 1024 and trigger["payload"]["severity"] == "critical"
    assert len(json.dumps(trigger)) < 512 * 1024


def test_a_secret_is_in_no_complaint(state, tmp_path):
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(400)
            self.end_headers()
            self.wfile.write(body[:150])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    status, = deliver(state, [change(1)], f"pagerduty:$KEY,url={url}", env={"KEY": "R0UT1NGKEY"})
    assert "[secret]" in status["trouble"] and "R0UT1NGKEY" not in status["trouble"]
    server.shutdown()


# --- the real Alertmanager ------------------------------------------------------------


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def alertmanager(tmp_path):
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    url = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(["/usr/bin/prometheus-alertmanager", f"--config.file={config}", f"--storage.path={tmp_path}/data",
                                f"--web.listen-address={url[7:]}", "--cluster.listen-address=", "--log.level=error"])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/-/ready", timeout=1)
                break
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def active(url):
    with urllib.request.urlopen(f"{url}/api/v2/alerts?active=true", timeout=5) as answer:
        return sorted(json.load(answer), key=lambda a: a["labels"]["subject"])


def test_alertmanager_shows_one_alert_whose_severity_changes_and_that_resolves(state, alertmanager):
    target = f"alertmanager:{alertmanager}"
    status, = deliver(state, [change(1, severity=WARNING)], target)
    assert status["trouble"] == ""
    alert, = active(alertmanager)
    assert alert["labels"] == {"alertname": "TunnelscopeOutage", "severity": "warning", "subject": "vpn-0123456789abcdef0",
                               "connection": "vpn-0123456789abcdef0", "key": "00000000000000aa"}
    assert alert["annotations"]["cause"] == "gateway-outage"
    assert alert["startsAt"].startswith("2026-03-01T00:00:00")

    deliver(state, [change(2, SEVERITY, severity=CRITICAL)], target)
    alert, = active(alertmanager)
    assert alert["labels"]["severity"] == "critical"

    ends = alert["endsAt"]
    time.sleep(1.1)
    deliver(state, [], target, seconds=1)  # a restart tells at once what lasts
    alert, = active(alertmanager)
    assert alert["endsAt"] > ends

    deliver(state, [change(3, RESOLVED, severity=CRITICAL)], target)
    assert active(alertmanager) == []
