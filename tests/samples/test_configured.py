"""`tunnelscope diagnose --cloud`: the figures of a configuration in place of AWS's defaults, and what is said of files that are of no use."""
import json

import jsonschema
import pytest

import tool

TUNNEL = "vpn-0a1b2c3d4e5f60718/203.0.113.17"
CLOCKS = tool.SAMPLES / "rekey-failure-phase1-lifetime-ikev2/input"


def described(folder, name="vpn.json", ip="203.0.113.17", static=False, **options):
    """The answer of describe-vpn-connections about one tunnel."""
    path = folder / name
    path.write_text(json.dumps({"VpnConnections": [{"VpnConnectionId": TUNNEL.split("/")[0], "Options": {
        "StaticRoutesOnly": static, "TunnelOptions": [{"OutsideIpAddress": ip, **options}]}}]}, indent=1))
    return path


def findings_of(report):
    return {f["cause"]: f for f in report["findings"]}


def test_the_clock_is_that_of_the_configured_lifetime(tmp_path):
    by_default = tool.diagnose(CLOCKS).report
    assert findings_of(by_default)["rekey-failure"]["details"]["clock"] == "phase1"
    shorter = tool.diagnose("--cloud", described(tmp_path, Phase1LifetimeSeconds=7200, Phase2LifetimeSeconds=1800), CLOCKS).report
    finding = findings_of(shorter)["rekey-failure"]
    assert finding["details"]["clock"] == "gateway"
    assert "Phase 1 for 7200 s" in finding["explanation"]
    assert any("Phase 1 6400 s and Phase 2 1200 s" in step["do"] for step in finding["steps"])
    tunnel, = shorter["tunnels"]
    assert (tunnel["configuration"]["phase1_lifetime_s"], tunnel["configuration"]["dpd_action"]) == (7200, "clear")


def test_static_routing_misses_no_bgp(tmp_path):
    sample = tool.SAMPLES / "bgp-down-ikev2/input"
    assert tool.diagnose(sample).report["tunnels"][0]["primary_cause"] == "bgp-down"
    assert "bgp-down" in findings_of(tool.diagnose("--cloud", described(tmp_path), sample).report)
    static = tool.diagnose("--cloud", described(tmp_path, static=True), sample)
    assert static.status == 0 and static.report["tunnels"][0]["status"] == "up"


@pytest.mark.parametrize("startup, action, says, asks_aws_to_begin", [
    ("add", "clear", "AWS never begins", True),
    ("start", "clear", "but not after a DPD timeout", True),
    ("start", "restart", "AWS should begin by itself", False),
])
def test_who_has_to_begin_follows_from_the_configuration(tmp_path, startup, action, says, asks_aws_to_begin):
    run = tool.diagnose("--cloud", described(tmp_path, StartupAction=startup, DpdTimeoutAction=action, IkeVersions=[{"Value": "ikev2"}]),
                        tool.SAMPLES / "nobody-initiates-ikev2/input")
    finding = findings_of(run.report)["nobody-initiates"]
    assert says in finding["explanation"].replace("\n", " ")
    asked = any('"StartupAction":"start","DPDTimeoutAction":"restart"' in (step["command"] or "") for step in finding["steps"])
    assert asked == asks_aws_to_begin


def test_the_report_still_validates_and_differs_in_what_is_configured_alone(tmp_path):
    schema = json.loads((tool.REPOSITORY / "docs/schema/report.schema.json").read_text())
    report = tool.diagnose("--cloud", described(tmp_path), CLOCKS).report
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(report)] == []
    assert "configuration" not in tool.diagnose(CLOCKS).report["tunnels"][0]


@pytest.mark.parametrize("text, fragment", [
    (None, "no such file"),
    ("", "the file is empty"),
    ("hello\n", "neither a VPN configuration of AWS nor of a gateway"),
    ('{"Resources": {}}', "vpn.json"),
])
def test_a_file_that_is_of_no_use_is_said_and_the_report_is_written_all_the_same(tmp_path, text, fragment):
    path = tmp_path / "vpn.json"
    if text is not None:
        path.write_text(text)
    run = tool.diagnose("--cloud", path, CLOCKS)
    assert run.status == 4 and fragment in run.err
    assert run.report["tunnels"][0]["primary_cause"] == "rekey-failure"
    assert str(path) in [p["path"] for p in run.report["problems"]]


def test_a_configuration_of_other_tunnels_is_said(tmp_path):
    run = tool.diagnose("--cloud", described(tmp_path), "--cloud", described(tmp_path, "other.json", ip="203.0.113.99"), CLOCKS)
    assert run.status == 4
    assert "other.json: it describes no tunnel of the logs" in run.err and "the logs have " + TUNNEL in run.err
    assert "/vpn.json" not in run.err


def test_a_log_without_identity_is_taken_to_be_of_the_only_tunnel_described(tmp_path):
    record = {"event_timestamp": 1767225600, "details": "AWS tunnel DPD timed out after 3 retransmits", "ike_phase1_state": "down",
              "ike_phase2_state": "down"}
    bare = json.dumps(record).encode() + b"\n"
    run = tool.diagnose("--cloud", described(tmp_path), "-", stdin=bare)
    assert "configuration" in run.report["tunnels"][0]
    assert any("taken to be the only one" in note["text"] for note in run.report["notes"])


def test_redaction_covers_what_is_configured(tmp_path):
    path = described(tmp_path, Phase1LifetimeSeconds=7200)
    (tmp_path / "key").write_bytes(b"0123456789abcdef0123456789abcdef")
    run = tool.diagnose("--redact", "--redact-key", tmp_path / "key", "--cloud", path, CLOCKS)
    assert "203.0.113.17" not in run.out.decode() and TUNNEL.split("/")[0] not in run.out.decode()


def test_help_names_the_options():
    assert "--cloud FILE" in tool.run("diagnose", "--help").out.decode()
    assert "--logs INPUT" in tool.run("check", "--help").out.decode()
