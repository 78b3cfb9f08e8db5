"""`rules lint`, `rules test` and `rules list` in every format: the same faults with their places, valid for those who read them."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

import pytest

TESTS = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "samples"), str(TESTS / "tools")]
import tool  # noqa: E402
from schemas import junit_faults, sarif_faults  # noqa: E402

BROKEN = TESTS / "broken-kb"
RULE = "messages/aws-s2s/psk-mismatch.yaml"
# What is wrong, by which command, in which folder: the line and column of the first fault, its kind, and a part of its text.
FAULTS = {
    "a fault that lint finds": ("lint", "one-example", (8, 3), "fault", "needs two examples or more"),
    "a file that cannot be loaded": ("lint", "unknown-key", (6, 1), "fault", "unknown key"),
    "an example that its rule does not match": ("test", "example-does-not-match", (10, 5), "example", "expected a match"),
    "a near miss that a rule matches": ("test", "near-miss-matches", (12, 5), "near-miss", "expected no rule to match"),
}
CASES = pytest.mark.parametrize("command, folder, place, kind, text", FAULTS.values(), ids=FAULTS)


def run(command, folder, form):
    done = tool.run("rules", command, folder, "--format", form, cwd=BROKEN)
    assert done.status == 3
    return done.out


@CASES
def test_sarif(command, folder, place, kind, text):
    log = json.loads(run(command, folder, "sarif"))
    assert sarif_faults(log) == []
    result = log["runs"][0]["results"][0]
    where = result["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": f"{folder}/{RULE}"}, "region": {"startLine": place[0], "startColumn": place[1]}}
    assert result["ruleId"] == f"knowledge-base/{kind}" and result["level"] == "error"
    assert result["message"]["text"].startswith("aws-s2s/psk-mismatch: ") and text in result["message"]["text"]


@CASES
def test_github(command, folder, place, kind, text):
    first = run(command, folder, "github").decode().splitlines()[0]
    assert first.startswith(f"::error file={folder}/{RULE},line={place[0]},col={place[1]},title=")
    assert f"(knowledge-base/{kind})::aws-s2s/psk-mismatch: " in first and text in first


@CASES
def test_gitlab(command, folder, place, kind, text):
    issues = json.loads(run(command, folder, "gitlab"))
    assert issues[0]["location"] == {"path": f"{folder}/{RULE}", "lines": {"begin": place[0]}}
    assert issues[0]["check_name"] == f"knowledge-base/{kind}" and text in issues[0]["description"]


@CASES
def test_markdown(command, folder, place, kind, text):
    page = run(command, folder, "markdown").decode()
    assert page.startswith(f"# rules {command}\n") and text in page
    assert f"| `{folder}/{RULE}:{place[0]}:{place[1]}` | `aws-s2s/psk-mismatch` |" in page


@CASES
def test_junit(command, folder, place, kind, text):
    report = run(command, folder, "junit")
    assert junit_faults(report) == []
    suites = xml.etree.ElementTree.fromstring(report)
    [failure] = [c for c in suites.iter("testcase") if c.find("failure") is not None]
    said = failure.find("failure")
    assert failure.get("classname") == "aws-s2s/psk-mismatch" and text in said.get("message") + (said.text or "")


@pytest.mark.parametrize("folder", ["unknown-key", "one-example"])
def test_json_of_lint_has_faults_of_loading_too(folder):
    errors = json.loads(run("lint", folder, "json"))["errors"]
    assert [e["file"] for e in errors] == [f"{folder}/{RULE}"] and all(e["line"] > 0 and e["column"] > 0 for e in errors)


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_sound_knowledge_base_gives_nothing_in_any_format(command):
    out = {form: tool.run("rules", command, "--format", form) for form in ("sarif", "github", "gitlab", "junit", "markdown")}
    assert {run.status for run in out.values()} == {0}
    log = json.loads(out["sarif"].out)
    assert sarif_faults(log) == [] and log["runs"][0]["results"] == []
    assert out["github"].out == b"" and json.loads(out["gitlab"].out) == []
    assert junit_faults(out["junit"].out) == [] and b"<failure" not in out["junit"].out
    assert out["junit"].out.count(b"<testcase ") > 100
    assert re.fullmatch(rb"# rules \w+\n\n[^\n|]+\n", out["markdown"].out)


def test_faults_that_read_alike_have_fingerprints_of_their_own(tmp_path):
    rule = (BROKEN / "near-miss-matches" / RULE).read_text()
    matched = "  - 'AWS tunnel has a pre-shared key mismatch with cgw: 198.51.100.20'\n"
    tool.write_files(tmp_path, {f"kb/{RULE}": rule.replace(matched, 3 * matched).encode()})
    prints = [i["fingerprint"] for i in json.loads(tool.run("rules", "test", "kb", "--format", "gitlab", cwd=tmp_path).out)]
    assert len(prints) == len(set(prints)) >= 3


def test_markdown_of_the_list_has_a_row_for_each_rule():
    page = tool.run("rules", "list", "--format", "markdown").out.decode()
    listed = json.loads(tool.run("rules", "list", "--format", "json").out)
    for kind, title in (("message_rules", "message rules"), ("causes", "causes"), ("configuration_rules", "configuration rules")):
        assert f"## {title} ({len(listed[kind])})\n" in page
        assert all(f"| `{entry['id']}` |" in page for entry in listed[kind])
