"""Metrics: Prometheus's own tools read them, a real Prometheus scrapes them, and what is written about them names what exists."""
import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
import yaml
from serving import ONE, ROOT, TWO, VPN, history, running, until

RULES = ROOT / "docs/prometheus/alerts.yml"
DASHBOARD = ROOT / "docs/grafana/dashboard.json"
NAME = re.compile(r"\btunnelscope_[a-z0-9_]+")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = history(tmp_path_factory.mktemp("live") / "ike.log")
    with running([log.path]) as one:
        one.log = log
        log.down(ONE)
        until(lambda: one.statuses().get(ONE) == "down")
        yield one


def families(text):
    return dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE"))


def promtool(*words, **options):
    run = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, timeout=60, **options)
    return run.returncode, run.stdout + run.stderr


def test_promtool_finds_nothing_to_say(server):
    assert promtool("check", "metrics", input=server.ask("/metrics").text) == (0, "")


def test_promtool_would_find_what_is_wrong():
    status, said = promtool("check", "metrics", input="# TYPE downtime_ms counter\ndowntime_ms 1\n")
    assert status != 0 and "downtime_ms" in said


def test_counters_are_told_by_their_names(server):
    for name, kind in families(server.ask("/metrics").text).items():
        assert name.endswith("_total") == (kind == "counter"), name


def test_the_rules_are_right_and_do_what_they_say():
    status, said = promtool("check", "rules", RULES)
    assert status == 0, said
    status, said = promtool("test", "rules", RULES.with_name("alerts.test.yml"))
    assert status == 0, said


def test_each_rule_has_a_test():
    rules = {rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
    tested = {case["alertname"] for test in yaml.safe_load(RULES.with_name("alerts.test.yml").read_text())["tests"]
              for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert tested == rules


@pytest.mark.parametrize("path", [RULES, DASHBOARD, ROOT / "docs/metrics.md"], ids=lambda path: path.name)
def test_what_is_named_exists(server, path):
    there = families(server.ask("/metrics").text)
    text = path.read_text()
    assert len(NAME.findall(text)) > 10
    assert set(NAME.findall(text)) - set(there) == set()


def test_the_page_about_metrics_has_all_of_them_with_their_types_and_labels(server):
    rows = re.findall(r"^\| `(tunnelscope_\w+)` \| (\w+) \| (.*?) \|", (ROOT / "docs/metrics.md").read_text(), re.M)
    text = server.ask("/metrics").text
    assert {name: kind for name, kind, _ in rows} == families(text)
    labels = {name: set(re.findall(r"`(\w+)`", cell)) for name, _, cell in rows}
    for name, said in re.findall(r"^(tunnelscope_\w+)\{(.*)\} ", text, re.M):
        assert set(re.findall(r'(\w+)="', said)) == labels[name], name


def test_the_dashboards_queries_can_be_read(tmp_path):
    board = json.loads(DASHBOARD.read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    queries += [annotation["expr"] for annotation in board["annotations"]["list"]]
    assert len(queries) > 20
    rules = [{"record": f"query:number_{i}", "expr": re.sub(r"\$\w+", ".*", query)} for i, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    status, said = promtool("check", "rules", file)
    assert status == 0, said


def test_every_panel_shows_what_the_program_gives(server):
    """With the labels that queries ask for, not by names alone."""
    labels = {}
    for name, said in re.findall(r"^(tunnelscope_\w+)\{(.*)\} ", server.ask("/metrics").text, re.M):
        labels.setdefault(name, set()).update(re.findall(r'(\w+)="', said))
    board = json.loads(DASHBOARD.read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            for name, asked in re.findall(r"(tunnelscope_\w+)\{(.*?)\}", target["expr"]):
                wanted = set(re.findall(r'(\w+)(?:=~|=|!=)"', asked)) - {"instance"}
                assert wanted <= labels.get(name, wanted), (panel["title"], name)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask_prometheus(port, path, **query):
    address = f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]
    except OSError:
        return None


@pytest.fixture(scope="module")
def prometheus(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "prometheus.yml").write_text(yaml.safe_dump({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [{"job_name": "tunnelscope", "static_configs": [{"targets": [f"127.0.0.1:{server.port}"]}]}]}))
    port = free_port()
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
                                    f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        until(lambda: process.poll() is not None or ask_prometheus(port, "/api/v1/query", query="tunnelscope_build_info")["result"]
              if ask_prometheus(port, "/api/v1/status/runtimeinfo") else process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield lambda path, **query: ask_prometheus(port, path, **query)
    finally:
        process.terminate()
        process.wait(30)


def value_of(prometheus, query):
    result = prometheus("/api/v1/query", query=query)["result"]
    return float(result[0]["value"][1]) if result else None


def test_a_real_prometheus_scrapes_it(server, prometheus):
    assert value_of(prometheus, 'up{job="tunnelscope"}') == 1
    assert value_of(prometheus, f'tunnelscope_tunnel_status{{tunnel="{VPN}/{ONE}",status="down"}}') == 1
    assert value_of(prometheus, f'tunnelscope_tunnel_status{{tunnel="{VPN}/{TWO}",status="down"}}') == 0
    target = prometheus("/api/v1/targets")["activeTargets"][0]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert len(prometheus("/api/v1/rules")["groups"]) == 2


def test_what_happens_to_a_tunnel_reaches_it(server, prometheus):
    records = value_of(prometheus, "tunnelscope_records_total")
    server.log.down(TWO)
    until(lambda: value_of(prometheus, f'tunnelscope_connection_redundancy{{connection="{VPN}",redundancy="none"}}') == 1)
    assert value_of(prometheus, "tunnelscope_records_total") > records
    until(lambda: any(alert["labels"]["alertname"] == "VpnConnectionDown" for alert in prometheus("/api/v1/alerts")["alerts"]))


def test_the_textfile_is_whole_whenever_it_is_read(tmp_path):
    log, file = history(tmp_path / "ike.log"), tmp_path / "tunnelscope.prom"
    with running([log.path], "--textfile", str(file)):
        until(file.exists)
        seen, deadline = set(), time.monotonic() + 60
        while len(seen) < 4 and time.monotonic() < deadline:
            log.down(ONE) if len(seen) % 2 else log.up(ONE)
            text = file.read_text()
            assert "# HELP tunnelscope_series_omitted" in text and text.endswith("\n")
            seen.add(re.search(r"^tunnelscope_watch_steps_total (\d+)", text, re.M)[1])
            time.sleep(0.3)
        assert len(seen) == 4
        status, said = promtool("check", "metrics", input=file.read_text())
        assert (status, said) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ike.log", "tunnelscope.prom"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there (Debian: systemd)")
def test_the_unit_is_one_that_systemd_takes(tmp_path):
    unit = ROOT / "docs/systemd/tunnelscope.service"
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/usr/bin/tunnelscope", "/usr/bin/true").replace("man:tunnelscope(1)", "https://example.com"))
    verify = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    assert (verify.returncode, [line for line in verify.stderr.splitlines() if "tunnelscope" in line]) == (0, [])
    said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stdout[-300:]
