# The watch and the real Alertmanager: what it shows while a log is written, over a restart, and when the tunnels are well again.
import http.server
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from logs import CONNECTION, lines  # noqa: E402
from test_deliveries import active, alertmanager  # noqa: E402, F401
from watching import Watch  # noqa: E402

OUTAGES = ((0, 600, 900), (1, 630, 900))


def append(path, begin, end):
    with open(path, "a") as file:
        file.writelines(lines(end, OUTAGES, begin=begin))


def shown(url):
    labels = [a["labels"] for a in active(url)]
    return [(of["alertname"], of["subject"], of["severity"]) for of in labels if of["alertname"] != "TunnelscopeWatchStale"]


def started(log, state, url):
    watch = Watch(log, "--state", state, "--alert", f"alertmanager:{url}")
    watch.until(lambda: any(e["type"] == "watch" for e in watch.events), "the first report")
    return watch


def test_one_alert_is_shown_while_both_tunnels_are_down_and_resolves_with_them_over_a_kill_9(tmp_path, alertmanager):  # noqa: F811
    log, state = tmp_path / "tunnels.log", tmp_path / "state.db"
    append(log, 0, 500)
    with started(log, state, alertmanager) as watch:
        append(log, 500, 700)
        watch.until(lambda: shown(alertmanager) == [("TunnelscopeOutage", CONNECTION, "critical")], "one alert on the connection")
        cause = next(a["annotations"]["cause"] for a in active(alertmanager) if a["labels"]["subject"] == CONNECTION)
        assert cause in ("gateway-outage", "connection-outage")
        watch.kill()
    assert shown(alertmanager) == [("TunnelscopeOutage", CONNECTION, "critical")]
    with started(log, state, alertmanager) as watch:
        append(log, 700, 1100)
        time.sleep(1)
        assert len(shown(alertmanager)) == 1, "not stable yet"
        append(log, 1100, 1400)
        watch.until(lambda: shown(alertmanager) == [], "its end")
        assert watch.stop() == 0


def test_heartbeats_tell_that_the_watch_lives(tmp_path):
    beats = []

    class Beat(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            beats.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Beat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(100, start=int(time.time()) - 100)))
    with Watch(log, "--heartbeat", f"http://127.0.0.1:{server.server_address[1]}/beat") as watch:
        watch.until(lambda: beats == ["/beat"], "a heartbeat")
        assert watch.stop() == 0
    server.shutdown()
