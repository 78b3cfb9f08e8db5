"""`tunnelscope check --logs`: what the configurations explain of what the logs show. Both are of the lab: two daemons were run with
these configurations, and the logs are those of their cloud's end in AWS's words."""
import json
import pathlib
import re
import sys

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
import tool  # noqa: E402

LAB = tool.REPOSITORY / "tests/lab"
# What the logs of each run show, and the stage and cause of the configurations that explains it.
EXPLAINED = {
    "aggressive-v1": ("tunnel-down", "ike-mode", "ike-mode-mismatch"),
    "espprop-v1": ("child-proposal-mismatch", "child-proposal", "child-proposal-mismatch"),
    "espprop-v2": ("child-proposal-mismatch", "child-proposal", "child-proposal-mismatch"),
    "id-v2": ("authentication-failed", "identity", "identity-mismatch"),
    "ikedh-v2": ("ike-proposal-mismatch", "ike-proposal", "ike-proposal-mismatch"),
    "ikeprop-v2": ("ike-proposal-mismatch", "ike-proposal", "ike-proposal-mismatch"),
    "pfs-v2": ("pfs-mismatch", "child-rekey", "pfs-mismatch"),
    "psk-v2": ("psk-mismatch", "authentication", "psk-mismatch"),
    "ts-v2": ("traffic-selector-mismatch", "traffic-selectors", "traffic-selector-mismatch"),
    "vermismatch-cgw1-v2": ("tunnel-down", "ike-version", "ike-version-mismatch"),
    "wrongpeerip-v2": ("tunnel-down", "peer-address", "peer-address-mismatch"),
}


def check(run, *arguments, state="bad", format="json", logs=None, **more):
    ends = LAB / run / state
    if logs is None:
        logs = ["--logs", tool.SAMPLES / f"lab-{run}/input"]
    return tool.run("check", "--format", format, "--color", "never", "--cloud", ends / "endpoint.swanctl.conf", "--gateway",
                    ends / "gateway.swanctl.conf", *logs, *arguments, **more)


def faults_of(report):
    schema = json.loads((tool.REPOSITORY / "docs/schema/check.schema.json").read_text())
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(report)]


@pytest.mark.parametrize("run", EXPLAINED)
def test_the_fault_of_the_configurations_explains_what_the_daemons_logged(run):
    done = check(run)
    tunnel, = done.report["logs"]["tunnels"]
    explanations = [(e["shown"], e["stage"], e["cause"]) for e in tunnel["explained_by"] if e["stage"]]
    assert explanations == [EXPLAINED[run]]
    assert tunnel["unexplained"] == [] and tunnel["primary_cause"] == EXPLAINED[run][0]
    assert faults_of(done.report) == []


@pytest.mark.parametrize("run", EXPLAINED)
def test_the_mended_configurations_explain_nothing(run):
    tunnel, = check(run, state="good").report["logs"]["tunnels"]
    assert tunnel["explained_by"] == [] and tunnel["unexplained"] == [EXPLAINED[run][0]]


def test_an_outage_that_no_configuration_causes_is_unexplained():
    tunnel, = check("pfs-v2", logs=["--logs", tool.SAMPLES / "lab-dpd-v2/input"]).report["logs"]["tunnels"]
    assert "dpd-timeout" in tunnel["unexplained"]


def test_what_differs_and_has_not_shown_is_said():
    tunnel, = check("pfs-v2", logs=["--logs", tool.SAMPLES / "lab-healthy-v2/input"]).report["logs"]["tunnels"]
    (fault,) = tunnel["not_shown"]
    assert (fault["stage"], fault["cause"], fault["because"]) == ("child-rekey", "pfs-mismatch", "it shows only when an SA is due for renewal")


def test_what_a_change_mends_is_judged_by_what_stood_there_before_it():
    folder = tool.SAMPLES / "check/change-mends-and-breaks"
    done = tool.run("check", "--format", "json", *(folder / "args").read_text().split(), "--logs", tool.SAMPLES / "lab-pfs-v2/input", cwd=folder)
    tunnel, = done.report["logs"]["tunnels"]
    assert [(e["shown"], e["cause"], e["mended"]) for e in tunnel["explained_by"]] == [("pfs-mismatch", "pfs-mismatch", True)]
    assert faults_of(done.report) == []


@pytest.mark.parametrize("format, fragments", [
    ("text", ["What the logs show", "explained   authentication-failed by identity, identity", "(identity-mismatch)"]),
    ("markdown", ["## What the logs show", "- explained: authentication-failed by identity, identity (identity-mismatch)"]),
])
def test_the_formats_for_people_say_it(format, fragments):
    out = check("id-v2", format=format).out.decode()
    assert [f for f in fragments if f not in out] == []


def test_without_logs_nothing_is_said_of_them():
    done = check("id-v2", logs=[])
    assert "logs" not in done.report and faults_of(done.report) == []


def bare_records(folder):
    """Records without anything that says which tunnel they are of."""
    path = folder / "bare.json"
    path.write_text("\n".join(json.dumps({"event_timestamp": 1795303496 + i, "details": "AWS tunnel is sending AUTHENTICATION_FAILED as the response",
                                          "ike_phase1_state": "down", "ike_phase2_state": "down"}) for i in range(0, 60, 20)) + "\n")
    return path


def test_logs_without_identity_are_taken_to_be_of_the_only_tunnel_and_that_is_said(tmp_path):
    path = bare_records(tmp_path)
    tunnel, = check("id-v2", logs=["--logs", path]).report["logs"]["tunnels"]
    assert tunnel["assumed"] and tunnel["id"] == "unknown" and tunnel["tunnel"] == "203.0.113.10/198.51.100.20"
    text = " ".join(check("id-v2", logs=["--logs", path], format="text").out.decode().split())
    assert "taken to be 203.0.113.10/198.51.100.20, the only one" in text
    named, = check("id-v2", "--tunnel", "vpn-0123456789abcdef0/203.0.113.10", logs=["--logs", path]).report["logs"]["tunnels"]
    assert not named["assumed"] and named["tunnel"] == "203.0.113.10/198.51.100.20"


def test_logs_of_other_tunnels_are_told_apart():
    done = check("id-v2", logs=["--logs", tool.SAMPLES / "psk-mismatch-ikev2/input"])
    tunnel, = done.report["logs"]["tunnels"]
    assert tunnel["tunnel"] is None and done.report["logs"]["without_log"] == ["203.0.113.10/198.51.100.20"]


@pytest.mark.parametrize("logs, status, fragment", [
    (["--logs", "no-such-folder"], 4, "no-such-folder: no such file"),
    (["--logs", str(LAB / "README.md")], 4, "README.md: "),
    (["--logs", str(tool.SAMPLES / "lab-id-v2/input"), "--tunnel", "x"], 2, "is not a tunnel"),
    (["--logs", str(tool.SAMPLES / "lab-id-v2/input")], 1, ""),
    (["--logs", str(tool.SAMPLES / "lab-id-v2/input"), "--fail-on", "never"], 0, ""),
])
def test_exit_status_and_what_is_said(logs, status, fragment, tmp_path):
    done = check("id-v2", logs=logs, cwd=tmp_path)
    assert done.status == status and fragment in done.err
    if status != 2:
        assert [t["primary_cause"] for t in done.report["tunnels"]] == ["identity-mismatch"], "the report is written all the same"


@pytest.mark.parametrize("format", ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"])
def test_no_key_gets_out(format):
    keys = {key for path in (LAB / "psk-v2/bad").iterdir() for key in re.findall(r'secret = "([^"]+)"', path.read_text())}
    done = check("psk-v2", format=format)
    assert len(keys) == 2 and [key for key in keys if key in done.out.decode() + done.err] == []
