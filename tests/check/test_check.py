"""`tunnelscope check` over samples/check: goldens, schema, exit statuses, what is said of bad input, and that no key gets out."""
import functools
import html
import json
import pathlib
import re
import shutil
import sys

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
import tool  # noqa: E402

FOLDER = tool.SAMPLES / "check"
NAMES = sorted(p.name for p in FOLDER.iterdir() if p.is_dir())
FORMATS = ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"]
# The stage at which the daemons of the lab failed, and the cause; samples that are no run of theirs are in the goldens alone.
LAB = {
    "pfs-mismatch": ("child-rekey", "pfs-mismatch"),
    "psk-mismatch": ("authentication", "psk-mismatch"),
    "identity-mismatch": ("identity", "identity-mismatch"),
    "ike-proposal-mismatch": ("ike-proposal", "ike-proposal-mismatch"),
    "child-proposal-mismatch-ikev1": ("child-proposal", "child-proposal-mismatch"),
    "traffic-selector-mismatch": ("traffic-selectors", "traffic-selector-mismatch"),
    "ike-version-mismatch": ("ike-version", "ike-version-mismatch"),
    "ike-mode-mismatch": ("ike-mode", "ike-mode-mismatch"),
    "peer-address-mismatch": ("peer-address", "peer-address-mismatch"),
    "lifetime-without-rekey": ("child-rekey", "lifetime-without-rekey"),
}
KEY = re.compile(r'(?:secret\s*=\s*|preshared_key":\s*)"?([^"\s}]+)')

every_sample = pytest.mark.parametrize("name", NAMES)


def check(*arguments, cwd=None, format="json", stdin=b""):
    return tool.run("check", "--format", format, "--color", "never", *arguments, cwd=cwd, stdin=stdin)


@functools.cache
def first_run(name, format):
    folder = FOLDER / name
    return check(*(folder / "args").read_text().split(), cwd=folder, format=format)


@functools.cache
def schema():
    return jsonschema.Draft202012Validator(json.loads((tool.REPOSITORY / "docs/schema/check.schema.json").read_text()))


def faults_of(report):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in schema().iter_errors(report)]


@every_sample
@pytest.mark.parametrize("format, golden", [("json", "expected.json"), ("text", "expected.txt")])
def test_report_is_the_golden_one(name, format, golden, request):
    run, path = first_run(name, format), FOLDER / name / golden
    if request.config.getoption("--bless"):
        path.write_bytes(run.out)
    assert path.exists(), "no golden yet: run with --bless and review"
    assert run.out.decode() == path.read_text()


def test_the_page_shows_every_algorithm_that_differs_and_what_applying_interrupts_only_where_something_is_applied():
    page = first_run("ike-proposal-mismatch", "html").out.decode()
    for attribute, gateway, cloud in (("ike-encryption", "3des", "aes256"), ("ike-integrity", "md5", "sha256")):
        assert f"{attribute} <mark>{gateway}" in page and f"{attribute} <mark>{cloud}" in page
    assert "Applying it interrupts" not in page and "Applying it interrupts" in first_run("change-mends-and-breaks", "html").out.decode()


def test_a_repair_at_the_clouds_end_says_that_the_endpoint_is_replaced():
    page = first_run("psk-mismatch", "html").out.decode()
    assert page.count("Or at the cloud") == page.count("replaces its endpoint") > 0


def test_two_keys_that_differ_are_said_to_differ_in_words():
    page = first_run("psk-mismatch", "html").out.decode()
    assert "pre-shared-key set, and differs from the other end&#39;s" in page or "pre-shared-key set, and differs from the other end's" in page


@every_sample
def test_the_page_says_of_settings_and_starts_what_the_json_says(name):
    page, report = html.unescape(first_run(name, "html").out.decode()), first_run(name, "json").report
    initiators = {"cloud": "the cloud's end", "gateway": "the gateway", "both": "either end", "neither": "neither end by itself", None: "not known"}
    for tunnel in report["tunnels"]:
        assert f">{initiators[tunnel['initiator']]}" in page, tunnel["initiator"]
    for f in report["findings"]:
        if not f["cause"].startswith("config/") or f.get("change") == "fixed" or f.get("suppressed"):
            continue
        for e in f["evidence"]:
            assert f"{e['at']}</span>: {e['message']}" in page, e
        for step in f["steps"]:
            assert f"Do: {step['do']}" in page, step


@every_sample
def test_report_validates_against_the_schema(name):
    assert faults_of(first_run(name, "json").report) == []


@pytest.mark.parametrize("spoil", [
    lambda report: report.pop("findings"),
    lambda report: report["tunnels"][0].update(verdict="perhaps"),
    lambda report: report["tunnels"][0]["stages"].pop(),
    lambda report: report["findings"][0].update(change="gone"),
])
def test_the_schema_refuses_what_is_no_report(spoil):
    report = json.loads(first_run("pfs-mismatch", "json").out)
    spoil(report)
    assert faults_of(report) != []


@pytest.mark.parametrize("name", LAB)
def test_the_first_failing_stage_is_the_one_at_which_the_daemons_failed(name):
    tunnel, = first_run(name, "json").report["tunnels"]
    first = next(stage for stage in tunnel["stages"] if stage["verdict"] == "fails")
    assert (first["stage"], first["cause"]) == LAB[name]
    assert (tunnel["verdict"], tunnel["primary_cause"]) == ("fails", LAB[name][1])


@every_sample
def test_a_failing_stage_shows_both_ends_with_their_places(name):
    for tunnel in first_run(name, "json").report["tunnels"]:
        for stage in tunnel["stages"]:
            if stage["verdict"] == "fails":
                assert stage["attribute"] and stage["direction"]
                assert re.search(r":\d+$", stage["cloud"]["at"]) and re.search(r":\d+$", stage["gateway"]["at"])


@every_sample
@pytest.mark.parametrize("format", FORMATS)
def test_no_key_gets_out(name, format):
    keys = {key for path in (FOLDER / name).iterdir() if path.suffix in (".conf", ".json") for key in KEY.findall(path.read_text())}
    assert keys, "a sample without keys proves nothing"
    run = first_run(name, format)
    assert [key for key in keys if key in run.out.decode() + run.err] == []


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("field", ["id", "remote_addrs", "proposals", "start_action", "local_ts"])
def test_a_key_that_stands_where_something_else_belongs_gets_out_neither(format, field, tmp_path):
    shutil.copytree(FOLDER / "healthy", tmp_path, dirs_exist_ok=True)
    gateway = tmp_path / "gateway.swanctl.conf"
    text = gateway.read_text()
    key = KEY.search(text)[1]
    gateway.write_text(re.sub(rf"^(\s*{field}\s*=\s*).*$", rf"\g<1>{key}", text, count=1, flags=re.M))
    run = check(*(tmp_path / "args").read_text().split(), cwd=tmp_path, format=format)
    assert key not in run.out.decode() + run.err


@pytest.mark.parametrize("name, more, status", [
    ("healthy", [], 0),
    ("healthy", ["--fail-on", "info"], 1),
    ("pfs-mismatch", [], 1),
    ("pfs-mismatch", ["--fail-on", "never"], 0),
    ("keys-not-given", [], 0),
    ("keys-not-given", ["--fail-on", "info"], 1),
    ("keys-not-given", ["--require-verified", "authentication"], 1),
    ("keys-not-given", ["--require-verified", "authenticaton"], 2),
    ("healthy", ["no-such.conf"], 4),
    ("healthy", ["."], 4),
    ("healthy", ["README.md"], 4),
    ("healthy", ["--config", "no-such.yaml"], 2),
])
def test_exit_status(name, more, status):
    folder = FOLDER / name
    run = check(*(folder / "args").read_text().split(), *more, cwd=folder)
    assert run.status == status, run.err
    assert status < 2 or run.err.startswith("tunnelscope: ")


def test_what_a_change_does_to_findings():
    changes = {f["cause"]: f["change"] for f in first_run("change-mends-and-breaks", "json").report["findings"]}
    assert changes["pfs-mismatch"] == "fixed" and changes["identity-mismatch"] == "new"
    assert all(f["change"] is None for f in first_run("pfs-mismatch", "json").report["findings"])


def test_a_plan_says_what_it_breaks_and_what_applying_it_interrupts():
    report = first_run("terraform-plan-changes-pfs", "json").report
    assert [c["moment"] for c in report["configurations"] if c["kind"] == "terraform-plan"] == ["before", "after"]
    assert [(t["primary_cause"], t["apply_effect"], t["initiator"]) for t in report["tunnels"]] == [("pfs-mismatch", "tunnel", "both")] * 2
    assert {f["change"] for f in report["findings"] if not f["cause"].startswith("config/")} == {"new"}
    assert {f["cause"]: f["change"] for f in report["findings"] if f["cause"].startswith("config/")} == {
        "config/both-tunnels-bounce": "new", "config/log-off": "unchanged"}


def test_a_fixed_finding_does_not_fail_the_check():
    folder = FOLDER / "change-mends-and-breaks"
    mended = check("--cloud", "cloud.swanctl.conf", "--gateway", FOLDER / "healthy/gateway.swanctl.conf", "--before",
                   "gateway.before.swanctl.conf", cwd=folder)
    assert mended.status == 0 and [f["change"] for f in mended.report["findings"] if f["severity"] != "info"] == ["fixed"]


def test_which_end_a_file_is_must_be_said_where_it_is_not_clear():
    run = check("cloud.swanctl.conf", "gateway.swanctl.conf", cwd=FOLDER / "healthy")
    assert run.status == 2 and "--cloud FILE --gateway FILE" in run.err


def test_standard_input_is_a_file_like_any_other():
    text = (FOLDER / "healthy/gateway.swanctl.conf").read_bytes()
    run = check("--cloud", "cloud.swanctl.conf", "--gateway", "-", cwd=FOLDER / "healthy", stdin=text)
    assert run.status == 0 and [t["verdict"] for t in run.report["tunnels"]] == ["agrees"]


@pytest.mark.parametrize("name, text, fragment", [
    ("../outside.conf", "", "leads out of the folder"),
    ("missing.conf", None, "missing.conf"),
    ("loop.conf", "include loop.conf\n", "include"),
])
def test_an_include_that_cannot_be_followed_is_said_and_nothing_agrees_because_of_it(tmp_path, name, text, fragment):
    folder = tmp_path / "etc"
    folder.mkdir()
    if text is not None:
        (folder / name).write_text(text)
    gateway = folder / "gateway.conf"
    gateway.write_text((FOLDER / "healthy/gateway.swanctl.conf").read_text() + f"include {name}\n")
    run = check("--cloud", FOLDER / "healthy/cloud.swanctl.conf", "--gateway", gateway)
    assert fragment in run.err
    assert [p["path"] for p in run.report["problems"]]


def test_an_include_is_read_from_the_folder_of_the_file(tmp_path):
    text = (FOLDER / "healthy/gateway.swanctl.conf").read_text()
    connections, secrets = text[:text.index("secrets {")], text[text.index("secrets {"):]
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/keys.conf").write_text(secrets)
    (tmp_path / "gateway.conf").write_text(connections + "include conf.d/*.conf\n")
    run = check("--cloud", FOLDER / "healthy/cloud.swanctl.conf", "--gateway", tmp_path / "gateway.conf")
    assert run.status == 0 and [t["verdict"] for t in run.report["tunnels"]] == ["agrees"]


@pytest.mark.parametrize("text, fragment", [
    ("pairs:\n  - {cloud: a, gateway: b}\n", None),
    ("", None),
    ("pair: []\n", "did you mean `pairs`?"),
    ("pairs:\n  - {cloud: a, gatway: b}\n", "did you mean `gateway`?"),
    ("pairs:\n  - {cloud: a}\n", "a pair needs"),
    ("pairs: {\n", ".tunnelscope.yaml:"),
])
def test_settings_of_a_project(tmp_path, text, fragment):
    (tmp_path / ".tunnelscope.yaml").write_text(text)
    run = check("--cloud", FOLDER / "healthy/cloud.swanctl.conf", "--gateway", FOLDER / "healthy/gateway.swanctl.conf", cwd=tmp_path)
    assert run.status == (0 if fragment is None else 2)
    assert fragment is None or fragment in run.err


def test_a_diff_is_in_the_words_of_the_file():
    diffs = {name: [change["diff"] for f in first_run(name, "json").report["findings"] for change in f["repair_at_gateway"] + f["repair_at_cloud"]]
             for name in ("peer-address-mismatch", "ike-mode-mismatch")}
    assert diffs["peer-address-mismatch"] == [
        "--- a/cloud.swanctl.conf\n+++ b/cloud.swanctl.conf\n@@ -5 +5 @@\n-    remote_addrs = 198.51.100.99\n+    remote_addrs = 198.51.100.20\n"]
    assert diffs["ike-mode-mismatch"] == [
        "--- a/gateway.swanctl.conf\n+++ b/gateway.swanctl.conf\n@@ -7 +7 @@\n-    aggressive = yes\n+    aggressive = no\n"]
