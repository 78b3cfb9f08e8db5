# The watch on files and standard input: what it tells, over rotation, truncation, restarts and kill -9. The program is the real one.
import contextlib
import fcntl
import http.server
import json
import os
import pty
import random
import re
import select
import sqlite3
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from logs import ADDRESSES, CONNECTION, OUTAGES, TUNNELS, hour, lines  # noqa: E402
from test_deliveries import Receiver  # noqa: E402
from watching import PROGRAM, Watch, environment, run  # noqa: E402

def append(path, text):
    with open(path, "a") as file:
        file.writelines(text)


def is_live(watch):
    return any(e["type"] == "watch" for e in watch.events)


def openings(watch):
    """Of the connection: opened and resolved, by turns."""
    return [e["change"] for e in watch.alerts() if e["subject"] == CONNECTION and e["change"] != "severity-changed"]


def test_an_outage_is_told_once_when_it_opens_and_once_when_it_is_over(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()[:60]))
    with Watch(log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        append(log, hour()[60:])
        watch.until(lambda: len(openings(watch)) == 6, "three outages and their ends")
        assert openings(watch) == ["opened", "resolved"] * 3
        both = [e for e in watch.alerts() if e["subject"] == CONNECTION and e["severity"] == "critical"]
        assert both and both[0]["cause"] in ("gateway-outage", "connection-outage")
        assert watch.stop() == 0


def test_what_had_ended_before_the_watch_began_alerts_nobody(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()))
    with Watch(log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        append(log, lines(4100, OUTAGES, begin=4000))
        time.sleep(1)
        assert [e for e in watch.alerts() if e["subject"] == CONNECTION] == []


def test_what_lasts_when_the_watch_begins_is_told(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch(log) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the outage that lasts")
        assert watch.changes(CONNECTION) == [("opened", "warning")]


def test_standard_input_is_followed_to_its_end():
    text = "".join(lines(700, OUTAGES))
    done = run("watch", "--format", "ndjson", "--config", "none", stdin=text.encode())
    last = [json.loads(one) for one in done.out.decode().splitlines() if json.loads(one)["type"] == "tunnel"][-2:]
    assert {e["tunnel"]: e["status"] for e in last} == {TUNNELS[0]: "down", TUNNELS[1]: "up"}
    assert done.status == 1, "a tunnel is down at the end, as for diagnose"


def test_a_fifo_is_followed_once_a_writer_comes_and_holds_up_nothing_until_then(tmp_path):
    fifo, log = tmp_path / "fifo", tmp_path / "tunnels.log"
    os.mkfifo(fifo)
    log.write_text("".join(hour()[:60]))
    with Watch(fifo, log) as watch:
        watch.until(lambda: is_live(watch), "the first report, without a writer")
        append(log, lines(700, OUTAGES, begin=300))
        watch.until(lambda: openings(watch) == ["opened"], "the outage in the file")
        with open(fifo, "w") as writer:
            writer.writelines(lines(1300, OUTAGES, begin=700))
            writer.flush()
            watch.until(lambda: openings(watch) == ["opened", "resolved"], "its end in the FIFO")
        assert watch.stop() == 0


def records_in(state):
    """Read from a copy, for a watch shares its state with nobody."""
    for suffix in ("", "-wal"):
        Path(f"{state}.copy{suffix}").unlink(missing_ok=True)
        if Path(f"{state}{suffix}").exists():
            Path(f"{state}.copy{suffix}").write_bytes(Path(f"{state}{suffix}").read_bytes())
    try:
        with sqlite3.connect(f"{state}.copy") as database:
            return database.execute("SELECT value FROM meta WHERE name = 'records'").fetchone()[0]
    except (sqlite3.Error, TypeError):
        return 0


@pytest.mark.parametrize("rotation", ["renamed", "truncated"])
def test_a_rotated_file_loses_nothing(tmp_path, rotation):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    parts = [hour()[i:i + 70] for i in range(0, len(hour()), 70)]
    log.write_text("".join(parts[0]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        for number, part in enumerate(parts[1:], 1):
            append(log, part)
            if number % 4 == 1 and rotation == "renamed":
                os.rename(log, tmp_path / f"tunnels.log.{number}")
            elif number % 4 == 1:  # what is truncated before it was read can be had by nobody
                watch.until(lambda: records_in(state) == 70 * (number + 1), "all lines so far")
                os.truncate(log, 0)
        watch.until(lambda: openings(watch) == ["opened", "resolved"] * 3, "three outages and their ends")
        watch.until(lambda: records_in(state) == len(hour()), "every line")
        assert watch.stop() == 0
    assert records_in(state) == len(hour())


def test_a_file_renamed_while_nobody_watched_is_read_to_its_end(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        watch.stop()
    append(log, hour()[60:200])
    os.rename(log, tmp_path / "tunnels.log.1")
    append(log, hour()[200:])
    with Watch("--state", state, log) as watch:
        watch.until(lambda: openings(watch) == ["opened", "resolved"] * 3, "three outages and their ends")
        watch.until(lambda: records_in(state) == len(hour()), "every line")
        watch.stop()
    assert records_in(state) == len(hour())


OTHER = "vpn-0ffffffffffffffff"


def of_another(text):
    return [one.replace(CONNECTION, OTHER) for one in text]


def test_an_input_that_is_no_longer_named_leaves_the_state_and_its_alert_is_resolved(tmp_path):
    receiver = Receiver()
    log, gone, state = tmp_path / "tunnels.log", tmp_path / "gone.log", tmp_path / "state"
    log.write_text("".join(lines(700)))
    gone.write_text("".join(of_another(lines(700, OUTAGES))))
    arguments = ["--alert", f"webhook:{receiver.url}", "--state", state]
    with Watch(*arguments, log, gone) as watch:
        watch.until(lambda: watch.changes(OTHER) == [("opened", "warning")], "the outage that lasts")
        watch.until(lambda: told(receiver), "its delivery")
        watch.stop()
    before = told(receiver)
    with Watch(*arguments, log, gone) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        append(log, lines(720, begin=700))
        time.sleep(1)
        assert watch.changes(OTHER) == [], "with the same inputs nothing changes"
        watch.stop()
    assert told(receiver) == before
    with Watch(*arguments, log) as watch:
        watch.until(lambda: watch.changes(OTHER) == [("resolved", "warning")], "the end of what it showed")
        watch.until(lambda: {change for _, change, _ in told(receiver).values()} == {"opened", "resolved"}, "its delivery")
        resolved = next(e for e in watch.alerts() if e["subject"] == OTHER)
        assert f"{gone} is no longer watched" in resolved["summary"]
        assert {e["tunnel"] for e in watch.events if e["type"] == "tunnel"} == set(TUNNELS)
        watch.stop()
    with contextlib.closing(sqlite3.connect(state)) as database:
        for table in ("piece", "cursor", "began"):
            assert database.execute(f"SELECT DISTINCT source FROM {table}").fetchall() == [(str(log),)]
    with Watch(*arguments, log, gone) as watch:
        watch.until(lambda: watch.changes(OTHER) == [("opened", "warning")], "the outage that lasts, as it is watched again")
        watch.until(lambda: len(told(receiver)) == 3, "its delivery, under another id")


def test_an_input_that_is_renamed_on_the_command_line_keeps_its_alert(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the outage that lasts")
        watch.stop()
    with Watch("--state", state, "tunnels.log", cwd=tmp_path) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        append(log, lines(1300, OUTAGES, begin=700))
        watch.until(lambda: openings(watch) == ["resolved"], "the end of the outage")


def test_the_past_of_an_input_that_is_added_alerts_nobody(tmp_path):
    log, added, state = tmp_path / "tunnels.log", tmp_path / "added.log", tmp_path / "state"
    log.write_text("".join(lines(700)))
    added.write_text("".join(of_another(lines(2500, OUTAGES, start=1772438400 + 1800))))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        watch.stop()
    with Watch("--state", state, log, added) as watch:
        watch.until(lambda: any(e["type"] == "tunnel" and OTHER in e["tunnel"] for e in watch.events), "the tunnels of the new input")
        time.sleep(1)
        assert watch.changes(OTHER) == [], "what had ended when it was read is history"
        append(added, of_another(lines(3000, OUTAGES, start=1772438400 + 1800, begin=2500)))
        watch.until(lambda: watch.changes(OTHER) == [("opened", "warning")], "what begins under its eyes")


def told(receiver):
    """What came under which id, without the watch's own staleness: these logs are old."""
    return {body["delivery"]: (body["episode"]["subject"], body["change"], body["at"]) for _, _, body in receiver.taken
            if body["episode"]["kind"] != "watch-stale"}


def test_killed_at_random_moments_it_delivers_what_an_undisturbed_watch_delivers(tmp_path):
    seed = random.randrange(1 << 30)
    moments = random.Random(seed)
    receiver = Receiver()
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    arguments = ["--alert", f"webhook:{receiver.url}", "--state", state, log]

    def begin():
        state.unlink(missing_ok=True)
        log.write_text("".join(hour()[:60]))
        with Watch(*arguments) as watch:
            watch.until(lambda: is_live(watch), "the first report")
            assert watch.stop() == 0

    begin()
    append(log, hour()[60:])
    with Watch(*arguments) as watch:
        watch.until(lambda: [change for _, change, _ in told(receiver).values()].count("resolved") == 3, "three outages and their ends")
        watch.stop()
    expected = told(receiver)
    assert len(expected) >= 6
    receiver.taken.clear()

    begin()
    rest = hour()[60:]
    for _ in range(100):
        with Watch(*arguments):
            count = moments.randrange(16)
            append(log, rest[:count])
            del rest[:count]
            time.sleep(moments.random() * 0.2)
    append(log, rest)
    with Watch(*arguments) as watch:
        watch.until(lambda: told(receiver).keys() >= expected.keys(), f"all deliveries (seed {seed})")
        watch.until(lambda: records_in(state) >= len(hour()), "every line")
        watch.stop()
    assert told(receiver) == expected, f"seed {seed}"
    assert records_in(state) == len(hour()), "no record is lost, and none counted twice"


def test_a_state_belongs_to_one_watch(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        second = run("watch", "--config", "none", "--state", state, log)
        assert second.status == 2 and "another process uses it" in second.err


@pytest.mark.parametrize("content, reason", [(b"no database at all, but long enough to be taken for one " * 4, "it is no state of tunnelscope")])
def test_a_file_that_is_no_state_is_refused(tmp_path, content, reason):
    (tmp_path / "state").write_bytes(content)
    done = run("watch", "--config", "none", "--state", tmp_path / "state", stdin=b"")
    assert done.status == 2 and reason in done.err
    assert (tmp_path / "state").read_bytes() == content


@pytest.mark.parametrize("arguments, hint", [
    (["--horizon", "soon"], "is not a span of time"), (["--until", "monday"], "it is healthy"), (["--journal", "0"], "1 to 65536"),
    (["."], "is a folder"), (["x.gz"], "is compressed"), (["--format", "pdf"], "it is one of auto, screen, lines, ndjson")])
def test_a_wrong_command_line_is_explained(arguments, hint):
    done = run("watch", "--config", "none", *arguments)
    assert done.status == 2 and hint in done.err


def test_until_healthy_ends_when_the_tunnels_have_been_up_for_long_enough(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch("--until", "healthy", "--stable", "4m", "--stale-after", "9999d", log) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the outage")
        append(log, lines(1100, OUTAGES, begin=700))  # up from 900 on
        time.sleep(1)
        assert watch.process.poll() is None, "three minutes are not four"
        append(log, lines(1200, OUTAGES, begin=1100))
        assert watch.wait() == 0
        assert any("healthy" in text for text in watch.errors)


def test_the_last_alert_is_tried_again_before_the_watch_ends(tmp_path):
    log, receiver = tmp_path / "tunnels.log", Receiver(plan=[200, 503])
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch("--until", "healthy", "--stable", "4m", "--stale-after", "9999d", "--alert", f"webhook:{receiver.url}", log) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the outage")
        append(log, lines(1200, OUTAGES, begin=700))
        assert watch.wait() == 0
    assert [body["change"] for _, _, body in receiver.seen] == ["opened", "resolved", "resolved"]
    assert [body["change"] for _, _, body in receiver.taken] == ["opened", "resolved"]


class Repeating(http.server.BaseHTTPRequestHandler):
    """A receiver that refuses, and says of what."""

    def do_POST(self):
        self.send_response(404)
        self.end_headers()
        self.wfile.write(f"Cannot POST {self.path}".encode())

    def log_message(self, *_):
        pass


def test_what_nobody_took_is_named_at_the_end_and_the_secret_of_its_url_is_not(tmp_path):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Repeating)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "url").write_text(f"http://127.0.0.1:{server.server_address[1]}/services/T0SECRETPATH/XyZ123abc\n")
    done = run("watch", "--format", "ndjson", "--config", "none", "--state", str(tmp_path / "state"), "--alert", f"webhook:@{tmp_path}/url",
               stdin="".join(lines(700, OUTAGES)).encode())
    server.shutdown()
    assert re.search(r"did not take \d alerts?: it answered 404: Cannot POST /.*tries again", done.err, re.S), done.err
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("state*"))
    assert b"Cannot POST" in kept and b"T0SECRETPATH" not in kept and b"XyZ123abc" not in kept
    assert "T0SECRETPATH" not in done.err + done.out.decode()


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_line_of_many_records_is_told_as_a_whole(tmp_path, end):
    events = [{"id": str(i), "timestamp": json.loads(text[text.index("{"):])["event_timestamp"] * 1000, "message": text[text.index("{"):].strip()}
              for i, text in enumerate(lines(700, OUTAGES)[::2])]
    payload = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": f"{CONNECTION}-203.0.113.17-IKE.log",
               "subscriptionFilters": ["x"], "logEvents": events}
    log = tmp_path / "delivery.json"
    log.write_text(json.dumps(payload) + end)
    with Watch("--stale-after", "9999d", "--horizon", "9999d", log) as watch:
        watch.until(lambda: [e["primary_cause"] for e in watch.events if e["type"] == "tunnel"][-1:] == ["dpd-timeout"], "the tunnel that is down")


def test_what_keeps_a_watch_from_starting_stays_on_the_screen(tmp_path):
    done = run("watch", "--format", "screen", "--config", "none", str(tmp_path / "gone.log.gz"))
    assert done.status == 2 and done.err and done.out == b""


@pytest.mark.parametrize("words, reason, hint", [
    (["--timeout", "5m"], "--timeout waits for nothing", "--until healthy"),
    (["--until", "healthy", "--timeout", "0s"], "--timeout 0s is not a span of time", "10m or 2h"),
    (["--until", "healthy", "--timeout", "2026-03-01"], "--timeout 2026-03-01 is not a span of time", "10m or 2h"),
], ids=["without a goal", "no time", "an instant"])
def test_a_time_limit_that_limits_nothing_is_a_mistake(tmp_path, words, reason, hint):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()))
    done = run("watch", "--config", "none", *words, log)
    assert done.status == 2 and reason in done.err and hint in done.err and done.out == b""


@pytest.mark.parametrize("command", ["watch", "serve"])
def test_without_an_input_it_is_said_what_may_be_followed(command):
    with Watch(command=command) as watch:
        assert watch.wait() == 2
    said = "".join(watch.errors)
    assert "no input was named" in said and "cloudwatch:GROUP" in said and f"--follow | tunnelscope {command}" in said
    assert "folder" not in said and "diagnose" not in said


def test_until_healthy_gives_up_in_time(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch("--until", "healthy", "--timeout", "1s", "--stale-after", "9999d", log) as watch:
        assert watch.wait() == 1
        assert any("is not up" in text for text in watch.errors)


def test_a_log_that_stopped_is_stale_and_never_green(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()))
    with Watch("--until", "healthy", "--timeout", "2s", log) as watch:
        assert watch.wait() == 1
        assert {(e["live"]) for e in watch.events if e["type"] == "watch"} == {False}
        assert [e["cause"] for e in watch.alerts()] == ["watch-stale"]


def test_a_present_log_is_live(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(600, start=int(time.time()) // 10 * 10 - 600)))
    with Watch("--until", "healthy", "--timeout", "30s", log) as watch:
        assert watch.wait() == 0, watch.errors
        assert watch.alerts() == []


@pytest.mark.parametrize("format", ["lines", "screen"])
def test_people_see_what_is_wrong_and_what_to_do_first(tmp_path, format):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch(log, format=format) as watch:
        watch.until(lambda: any("first: " in text and "gateway" in text for text in watch.output), "the first step")
        assert any(TUNNELS[0] in text and "down" in text for text in watch.output)


class Terminal:
    """A watch on a terminal whose size a test chooses."""

    def __init__(self, columns, *arguments):
        self.ours, theirs = pty.openpty()
        self.resize(columns)
        self.process = subprocess.Popen([PROGRAM, "watch", "--config", "none", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=theirs,
                                        stderr=subprocess.DEVNULL, env=environment(TERM="xterm"))
        os.close(theirs)
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)

    def resize(self, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def rows_with(self, pattern):
        """Of the first drawing from now on that has such a row."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([self.ours], [], [], 0.1)[0]:
                self.text += os.read(self.ours, 65536).decode()
            *whole, self.text = self.text.split("\x1b[H")
            for drawing in whole:
                rows = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", row).rstrip() for row in drawing.splitlines()]
                if any(re.search(pattern, row) for row in rows):
                    return rows
            self.text = "\x1b[H" + self.text if whole else self.text
        raise AssertionError(f"no row like {pattern}: {self.text}")


def test_a_narrow_terminal_shows_when_a_tunnel_changed_last_and_a_wider_one_its_whole_name(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    changed = r"  down +down +down +- +\d\d:\d\d:\d\d$"
    with Terminal(66, log) as terminal:
        rows = terminal.rows_with(changed)
        assert max(map(len, rows)) <= 66
        assert any(row.startswith("tunnel ") and row.endswith(" changed") for row in rows)
        assert all(any(re.match(f"vpn-0a[0-9a-f]+…/{address} ", row) for row in rows) for address in ADDRESSES)
        terminal.resize(120)
        rows = terminal.rows_with(f"^{TUNNELS[0]}{changed}")
        assert any(row.startswith(TUNNELS[1]) for row in rows)


@pytest.mark.parametrize("text", ["\x1b[2J\x1b]0;owned\x07", "\u202e</script>"])
def test_hostile_text_stays_text(tmp_path, text):
    log = tmp_path / "tunnels.log"
    hostile = lines(700, OUTAGES)
    hostile[-1] = hostile[-1].replace("Sending DPD", json.dumps(text)[1:-1])
    log.write_text("".join(hostile).replace(CONNECTION, CONNECTION))
    for format in ("lines", "ndjson", "screen"):
        with Watch(log, format=format) as watch:
            time.sleep(1)
            written = "".join(watch.output)
            assert text not in written and "\x1b]" not in written
