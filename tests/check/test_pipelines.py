"""The formats for pipelines, over all samples of `check` and some of `diagnose`: what their readers demand, and what they say."""
import functools
import json
import re
import subprocess
import sys
import pathlib
import xml.etree.ElementTree

import jsonschema
import pytest

TESTS = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "samples"), str(TESTS / "tools")]
import tool  # noqa: E402
from schemas import junit_faults, sarif_faults  # noqa: E402

CHECKS = sorted(p.name for p in (tool.SAMPLES / "check").iterdir() if p.is_dir())
LOGS = ["psk-mismatch-ikev2", "mixed-five-systems"]
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}, "additionalProperties": False}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(properties, *required):
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


# The parts of SARIF 2.1.0 that are written, each closed, which the standard's own schema cannot say: sections 3.13, 3.14, 3.19, 3.27, 3.28, 3.29, 3.49 of the standard.
SARIF = closed({
    "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"},
    "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": closed({
        "tool": closed({"driver": closed({
            "name": {"type": "string"}, "version": {"type": "string"},
            "rules": {"type": "array", "uniqueItems": True, "items": closed({
                "id": {"type": "string"}, "shortDescription": TEXT, "fullDescription": TEXT,
                "helpUri": {"type": "string", "pattern": "^https?://"},
                "defaultConfiguration": closed({"level": LEVEL}, "level")}, "id")}}, "name")}, "driver"),
        "invocations": {"type": "array", "items": closed({
            "executionSuccessful": {"type": "boolean"},
            "toolExecutionNotifications": {"type": "array", "items": closed({
                "level": LEVEL, "message": TEXT, "locations": {"type": "array"}}, "message")}}, "executionSuccessful")},
        "results": {"type": "array", "items": closed({
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": LEVEL, "message": TEXT,
            "locations": {"type": "array", "items": closed({"physicalLocation": closed({
                "artifactLocation": closed({"uri": {"type": "string", "pattern": r"^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}}, "uri"),
                "region": closed({"startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}, "startLine")}, "artifactLocation")},
                "physicalLocation")},
            "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
            "suppressions": {"type": "array", "items": closed({"kind": {"enum": ["external"]}, "status": {"enum": ["accepted"]},
                                                               "justification": {"type": "string"}}, "kind", "status")},
            "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]}}, "message", "ruleId")}}, "tool", "results")}},
    "version", "runs")


@functools.cache
def run(command, name, form):
    if command == "check":
        folder = tool.SAMPLES / "check" / name
        return tool.run("check", "--format", form, *(folder / "args").read_text().split(), cwd=folder)
    return tool.run("diagnose", "--format", form, str(tool.SAMPLES / name / "input"))


RUNS = pytest.mark.parametrize("command, name", [("check", n) for n in CHECKS] + [("diagnose", n) for n in LOGS])


def findings(command, name):
    return json.loads(run(command, name, "json").out)["findings"]


@RUNS
def test_sarif_has_each_finding_once_with_its_rule(command, name):
    log = json.loads(run(command, name, "sarif").out)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    driver, results = log["runs"][0]["tool"]["driver"], log["runs"][0]["results"]
    assert [driver["rules"][r["ruleIndex"]]["id"] for r in results] == [r["ruleId"] for r in results]
    assert sorted(r["partialFingerprints"]["tunnelscope/1"] for r in results) == sorted(f["fingerprint"] for f in findings(command, name))


@RUNS
def test_sarif_is_valid_against_the_schema_of_oasis(command, name):
    assert sarif_faults(json.loads(run(command, name, "sarif").out)) == []


@RUNS
def test_junit_is_valid_against_the_xsd_of_jenkins(command, name):
    assert junit_faults(run(command, name, "junit").out) == []


def test_the_schemas_notice_what_is_wrong():
    log = json.loads(run("check", "pfs-mismatch", "sarif").out)
    log["runs"][0]["results"][0]["level"] = "critical"
    del log["runs"][0]["tool"]["driver"]["name"]
    assert len(sarif_faults(log)) == 2
    assert junit_faults(run("check", "pfs-mismatch", "junit").out.replace(b"<failure ", b"<failing ").replace(b"</failure>", b"</failing>"))


@RUNS
def test_junit_counts_what_it_lists(command, name):
    suite = xml.etree.ElementTree.fromstring(run(command, name, "junit").out).find("testsuite")
    failed = suite.findall("testcase/failure")
    assert int(suite.get("tests")) == len(suite.findall("testcase")) and int(suite.get("failures")) == len(failed)
    serious = [f for f in findings(command, name) if f["severity"] != "info" and f.get("change") != "fixed" and not f.get("suppressed")]
    assert len(failed) == len(serious)


@RUNS
def test_github_shows_at_most_ten_of_a_kind_the_worst_first(command, name):
    lines = run(command, name, "github").out.decode().splitlines()
    kinds = [re.match(r"::(error|warning|notice)[ :]", line).group(1) for line in lines]
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    assert all(kinds.count(kind) <= 10 for kind in kinds)


@RUNS
def test_gitlab_has_unique_fingerprints_and_a_place_for_each(command, name):
    issues = json.loads(run(command, name, "gitlab").out)
    prints = [i["fingerprint"] for i in issues]
    assert len(set(prints)) == len(prints) == len([f for f in findings(command, name) if f.get("change") != "fixed" and not f.get("suppressed")])
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"] and issue["location"]["lines"]["begin"] >= 1


def test_what_could_not_be_read_is_in_every_format(tmp_path):
    plan = (tool.SAMPLES / "check/terraform-plan-changes-pfs/plan.json").read_bytes()
    (tmp_path / "plan.json").write_bytes(plan[:len(plan) // 2])
    gateway = tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf"
    out = {form: tool.run("check", "--format", form, "plan.json", str(gateway), cwd=tmp_path) for form in ("sarif", "junit", "github")}
    assert {run.status for run in out.values()} == {4}
    invocation = json.loads(out["sarif"].out)["runs"][0]["invocations"][0]
    assert not invocation["executionSuccessful"] and invocation["toolExecutionNotifications"]
    suite = xml.etree.ElementTree.fromstring(out["junit"].out).find("testsuite")
    assert int(suite.get("errors")) == len(suite.findall("testcase/error")) > 0
    assert out["github"].out.startswith(b"::error file=plan.json,line=")


def test_a_finding_stands_in_a_file_that_people_write_where_it_has_a_place_there():
    places = {i["check_name"]: i["location"]["path"] for i in json.loads(run("check", "terraform-plan-changes-pfs", "gitlab").out)}
    assert places == {"pfs-mismatch": "swanctl.conf", "config/both-tunnels-bounce": "plan.json", "config/log-off": "plan.json"}


def test_the_sample_pull_request_is_the_change_between_its_files(tmp_path):
    sample = tool.SAMPLES / "check/pull-request"
    tool.write_files(tmp_path, {"gateway/swanctl.conf": (sample / "swanctl.before.conf").read_bytes()})
    subprocess.run(["git", "apply", "--include=gateway/*", str(sample / "pull-request.diff")], cwd=tmp_path, check=True)
    assert (tmp_path / "gateway/swanctl.conf").read_text() == (sample / "gateway/swanctl.conf").read_text()


# ---- what could not be read, and what logs show ----

def broken_pair(folder, form):
    """A gateway whose `proposals` is misspelt, in the sixth line from the fifth column on."""
    for name in ("cloud", "gateway"):
        text = (tool.SAMPLES / f"check/healthy/{name}.swanctl.conf").read_text()
        (folder / f"{name}.conf").write_text(text.replace("    proposals", "    propozals") if name == "gateway" else text)
    return tool.run("check", "--format", form, "--cloud", "cloud.conf", "--gateway", "gateway.conf", cwd=folder).out.decode()


def test_what_could_not_be_read_is_told_with_its_column(tmp_path):
    [problem] = json.loads(broken_pair(tmp_path, "json"))["problems"]
    assert (problem["at"], problem["line"], problem["column"]) == ("gateway.conf:6", 6, 5)
    [told] = json.loads(broken_pair(tmp_path, "sarif"))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert told["locations"][0]["physicalLocation"]["region"] == {"startLine": 6, "startColumn": 5}
    assert "::error file=gateway.conf,line=6,col=5,title=could not be read::" in broken_pair(tmp_path, "github")


def with_logs(form):
    folder = tool.SAMPLES / "check/identity-mismatch"
    done = tool.run("check", "--format", form, *(folder / "args").read_text().split(), "--logs", tool.SAMPLES / "lab-id-v2/input", cwd=folder)
    assert done.status == 1
    return done.out.decode()


def test_what_the_logs_show_is_in_every_format_and_decides_nothing():
    [explained] = json.loads(with_logs("json"))["logs"]["tunnels"]
    assert explained["explained_by"]
    log = json.loads(with_logs("sarif"))
    assert sarif_faults(log) == []
    shown = [r for r in log["runs"][0]["results"] if "the logs show" in r["message"]["text"]]
    assert [(r["ruleId"], r["level"]) for r in shown] == [("authentication-failed", "note")]
    assert junit_faults(with_logs("junit").encode()) == [] and "the logs show" in with_logs("junit")
    assert "::notice title=the logs show authentication-failed" in with_logs("github")
    [issue] = [i for i in json.loads(with_logs("gitlab")) if "the logs show" in i["description"]]
    assert issue["severity"] == "info"
