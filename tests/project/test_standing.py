"""Suppressions, baselines and --before, in `diagnose` and `check`: what fails a run, what each format shows, what is said of a mistake."""
import json
import xml.etree.ElementTree

import jsonschema
import pytest
import tool

ILL = tool.SAMPLES / "psk-mismatch-ikev2/input"
WELL = tool.SAMPLES / "healthy-ike-rekey-ikev2/input"
WORSE = tool.SAMPLES / "redundancy-lost-ikev2/input"
CHECK = tool.SAMPLES / "check/pfs-mismatch"
MENDED = tool.SAMPLES / "check/healthy"
NOW = ["--now", "2026-06-15T12:00"]


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((tool.REPOSITORY / f"docs/schema/{name}.schema.json").read_text()))


def diagnose(folder, *arguments, form="json"):
    return tool.diagnose("--config", "none" if not (folder / "c.yaml").exists() else "c.yaml", *arguments, cwd=folder, format=form)


def check(folder, *arguments, form="json", sample=CHECK):
    config = "none" if not (folder / "c.yaml").exists() else "c.yaml"
    return tool.run("check", "--config", config, "--format", form, "--cloud", sample / "cloud.swanctl.conf", "--gateway",
                    sample / "gateway.swanctl.conf", *arguments, cwd=folder)


def suppress(folder, **what):
    what = {"reason": "it is being mended, CHG-1", "expires": "2026-06-15", **what}
    (folder / "c.yaml").write_text(json.dumps({"suppressions": [{k: v for k, v in what.items() if v}]}))


def standing(report):
    return {f["cause"]: (f["change"], f["suppressed"] and f["suppressed"]["reason"]) for f in report["findings"]}


@pytest.mark.parametrize("what, status", [
    ({"cause": "psk-mismatch"}, 0),
    ({"cause": "psk-*", "subject": "vpn-*/203.0.113.17"}, 0),
    ({"cause": "*"}, 0),
    ({"cause": "psk-mismatch", "expires": "never"}, 0),
    ({"fingerprint": "FINGERPRINT"}, 0),
    ({"cause": "psk-mismatch", "subject": "vpn-0a1b2c3d4e5f60718"}, 1),
    ({"cause": "dpd-timeout"}, 1),
    ({"cause": "psk-mismatch", "expires": "2026-06-14"}, 1),
])
def test_a_suppressed_finding_stays_in_the_report_and_fails_nothing(tmp_path, what, status):
    fingerprint = diagnose(tmp_path, ILL).report["findings"][0]["fingerprint"]
    suppress(tmp_path, **{k: v.replace("FINGERPRINT", fingerprint) for k, v in what.items()})
    run = diagnose(tmp_path, *NOW, ILL)
    assert run.status == status
    assert standing(run.report) == {"psk-mismatch": (None, "it is being mended, CHG-1" if status == 0 else None)}
    assert list(schema("report").iter_errors(run.report)) == []


def test_check_has_the_same_suppressions(tmp_path):
    assert check(tmp_path, *NOW).status == 1
    suppress(tmp_path, cause="pfs-mismatch", owner="team network")
    run = check(tmp_path, *NOW)
    assert run.status == 0 and list(schema("check").iter_errors(run.report)) == []
    suppressed = next(f["suppressed"] for f in run.report["findings"] if f["cause"] == "pfs-mismatch")
    assert suppressed == {"reason": "it is being mended, CHG-1", "expires": "2026-06-15", "owner": "team network"}
    assert check(tmp_path, "--now", "2026-06-16").status == 1


@pytest.mark.parametrize("run, clock", [(diagnose, ["--now", "2026-06-16"]), (check, ["--now", "2026-06-16"])])
def test_an_expired_suppression_is_said_on_standard_error_and_in_the_report(tmp_path, run, clock):
    suppress(tmp_path, cause="*")
    inputs = [ILL] if run is diagnose else []
    text = run(tmp_path, *clock, *inputs, form="text")
    assert text.status == 1 and "c.yaml:1: the suppression of * expired after 2026-06-15" in text.err
    assert "the suppression of * expired after 2026-06-15" in " ".join(text.out.decode().split())
    use, = run(tmp_path, *clock, *inputs).report["suppressions"]
    assert use["expired"] and use["matched"] > 0


def test_one_that_matched_nothing_is_a_note_with_what_may_be_meant(tmp_path):
    suppress(tmp_path, cause="psk-mismach")
    run = diagnose(tmp_path, *NOW, ILL, form="text")
    assert run.status == 1 and run.err == ""
    assert "matched nothing: there is no such cause, did you mean `psk-mismatch`?" in " ".join(run.out.decode().split())


def test_what_only_configurations_show_is_no_note_of_diagnose(tmp_path):
    suppress(tmp_path, cause="config/log-off")
    assert diagnose(tmp_path, *NOW, ILL).report["suppressions"] == []


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_see_suppressed_findings_apart(tmp_path, form):
    suppress(tmp_path, cause="psk-mismatch")
    text = " ".join(diagnose(tmp_path, *NOW, ILL, form=form).out.decode().replace("\\", "").split())
    assert "1 finding is suppressed" in text and "Suppressed: 1 finding" in text
    assert "until 2026-06-15: it is being mended, CHG-1" in text
    assert "What happened" not in text and "To do" not in text


def test_pipelines_see_suppressed_findings_as_such_or_not_at_all(tmp_path):
    suppress(tmp_path, cause="psk-mismatch")
    result, = json.loads(diagnose(tmp_path, *NOW, ILL, form="sarif").out)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted",
                                       "justification": "until 2026-06-15: it is being mended, CHG-1"}]
    suite = xml.etree.ElementTree.fromstring(diagnose(tmp_path, *NOW, ILL, form="junit").out).find("testsuite")
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1") and len(suite.findall("testcase/skipped")) == 1
    assert diagnose(tmp_path, *NOW, ILL, form="github").out == b""
    assert json.loads(diagnose(tmp_path, *NOW, ILL, form="gitlab").out) == []


@pytest.mark.parametrize("text, place, fragment", [
    ("suppressions: {cause: x}", "1:1", "`suppressions` must be a list"),
    ("suppressions: [psk-mismatch]", "1:16", "a suppression is a map"),
    ("suppressions:\n- {cause: x, expires: never}", "2:3", "needs a `reason`"),
    ("suppressions:\n- {cause: x, reason: y}", "2:3", "needs `expires`"),
    ("suppressions:\n- {reason: y, expires: never}", "2:3", "needs `cause` or `fingerprint`"),
    ("suppressions:\n- {cause: x, reason: y, expires: 2026-02-30}", "2:34", "is not a day"),
    ("suppressions:\n- {cause: x, reason: y, expires: soon}", "2:34", "is not a day"),
    ("suppressions:\n- {cause: x, reason: y, expire: never}", "2:25", "did you mean `expires`?"),
    ("suppressions:\n- {fingerprint: abc, reason: y, expires: never}", "2:17", "16 hex digits"),
    ("suppressions:\n- {cause: x, reason: " + "y" * 2000 + ", expires: never}", "2:22", "longer than 1000 bytes"),
    ("suppressions: [" + "{}," * 3000 + "]", "1:1", "more than 2000"),
    ("active-standby: {}", "1:1", "`active-standby` must be a list"),
    ("active-standby: [tunnel-1]", "1:18", "names no connection"),
    ("active-standby:\n- {connection: vpn-0123456789abcdef0, standby: nowhere}", "2:3", "no outside address"),
    ("active-standby:\n- {connection: vpn-0123456789abcdef0, stanby: 203.0.113.1}", "2:39", "did you mean `standby`?"),
])
def test_mistakes_in_sections_are_told_with_their_place(tmp_path, text, place, fragment):
    (tmp_path / "c.yaml").write_text(text)
    run = diagnose(tmp_path, ILL)
    assert run.status == 2 and run.err.startswith(f"tunnelscope: c.yaml:{place}") and fragment in run.err


def test_a_key_in_a_reason_is_not_repeated(tmp_path):
    suppress(tmp_path, cause="psk-mismatch", reason="new psk = correct-horse-battery")
    for form in ("text", "json", "markdown", "sarif", "junit"):
        assert b"correct-horse" not in diagnose(tmp_path, *NOW, ILL, form=form).out


def write_report(folder, name, *inputs):
    (folder / name).write_bytes(diagnose(folder, *inputs).out)


def test_a_report_is_compared_with_an_earlier_one(tmp_path):
    write_report(tmp_path, "old.json", ILL)
    same, mended = diagnose(tmp_path, "--before", "old.json", ILL), diagnose(tmp_path, "--before", "old.json", WELL)
    assert same.status == 1 and standing(same.report) == {"psk-mismatch": ("unchanged", None)} and same.report["fixed"] == []
    assert mended.status == 0 and [(f["cause"], f["subject_seen"]) for f in mended.report["fixed"]] == [("psk-mismatch", True)]
    assert mended.report["compared_with"] == {"before": "old.json", "baseline": None}
    worse = diagnose(tmp_path, "--before", "old.json", WORSE)
    assert set(standing(worse.report).values()) == {("new", None)}
    for run in (same, mended, worse):
        assert list(schema("report").iter_errors(run.report)) == []


@pytest.mark.parametrize("form, fragment", [
    ("text", "compared with old.json: 1 new, 0 unchanged, 1 fixed"),
    ("text", "Not found any more: 1 finding of before"),
    ("markdown", "1 new, 0 unchanged, 1 fixed"),
    ("markdown", "## Not found any more: 1 finding of before"),
    ("sarif", '"baselineState": "absent"'),
])
def test_every_format_proves_that_a_change_helped(tmp_path, form, fragment):
    write_report(tmp_path, "old.json", ILL)
    assert fragment in " ".join(diagnose(tmp_path, "--before", "old.json", WELL, form=form).out.decode().split())


def test_a_tunnel_that_is_not_in_the_logs_proves_nothing(tmp_path):
    write_report(tmp_path, "old.json", ILL)
    elsewhere = ["--before", "old.json", tool.SAMPLES / "healthy-twingate/input"]
    gone, = diagnose(tmp_path, *elsewhere).report["fixed"]
    assert gone["cause"] == "psk-mismatch" and gone["subject_seen"] is False
    text = " ".join(diagnose(tmp_path, *elsewhere, form="text").out.decode().split())
    assert "0 fixed, 1 not seen at all" in text and "so this proves nothing" in text


def test_a_baseline_keeps_what_is_known_from_failing_a_run(tmp_path):
    first = diagnose(tmp_path, "--write-baseline", "known.json", ILL)
    assert first.status == 1 and standing(first.report) == {"psk-mismatch": (None, None)}
    known = json.loads((tmp_path / "known.json").read_text())
    assert list(schema("baseline").iter_errors(known)) == []
    run = diagnose(tmp_path, "--baseline", "known.json", ILL)
    assert run.status == 0 and standing(run.report) == {"psk-mismatch": ("unchanged", None)}
    assert diagnose(tmp_path, "--baseline", "known.json", WORSE).status == 1
    gone, = diagnose(tmp_path, "--baseline", "known.json", WELL).report["fixed"]
    assert (gone["cause"], gone["severity"], gone["title"]) == ("psk-mismatch", "critical", "the two ends use different pre-shared keys")


def test_a_report_is_a_baseline_too(tmp_path):
    write_report(tmp_path, "old.json", ILL)
    assert diagnose(tmp_path, "--baseline", "old.json", ILL).status == 0
    (tmp_path / "old-check.json").write_bytes(check(tmp_path).out)
    run = check(tmp_path, "--baseline", "old-check.json")
    assert run.status == 0 and list(schema("check").iter_errors(run.report)) == []
    assert {f["change"] for f in run.report["findings"]} == {"unchanged"}
    assert check(tmp_path, "--baseline", "old-check.json", sample=MENDED).report["fixed"]


def test_a_baseline_in_the_formats_of_pipelines(tmp_path):
    diagnose(tmp_path, "--write-baseline", "known.json", ILL)
    known = ["--baseline", "known.json", ILL]
    result, = json.loads(diagnose(tmp_path, *known, form="sarif").out)["runs"][0]["results"]
    assert result["baselineState"] == "unchanged" and "suppressions" not in result
    assert b'failures="0" errors="0" skipped="1"' in diagnose(tmp_path, *known, form="junit").out
    assert diagnose(tmp_path, *known, form="github").out == b""
    assert len(json.loads(diagnose(tmp_path, *known, form="gitlab").out)) == 1


def test_what_is_suppressed_does_not_get_into_a_baseline(tmp_path):
    suppress(tmp_path, cause="psk-mismatch")
    diagnose(tmp_path, *NOW, "--write-baseline", "known.json", ILL)
    assert json.loads((tmp_path / "known.json").read_text())["findings"] == []


def test_what_was_not_read_in_full_is_no_baseline(tmp_path):
    run = diagnose(tmp_path, "--write-baseline", "known.json", ILL, "no-such-log")
    assert run.status == 4 and "known.json was not written" in run.err and not (tmp_path / "known.json").exists()


def test_a_baseline_beside_a_change_of_configurations(tmp_path):
    before = ["--before", tool.SAMPLES / "check/change-mends-and-breaks/gateway.before.swanctl.conf"]
    sample = tool.SAMPLES / "check/change-mends-and-breaks"
    check(tmp_path, *before, "--write-baseline", "known.json", sample=sample)
    run = check(tmp_path, *before, "--baseline", "known.json", sample=sample)
    changes = {f["cause"]: f["change"] for f in run.report["findings"]}
    assert (changes["pfs-mismatch"], changes["identity-mismatch"]) == ("fixed", "unchanged")
    assert run.status == 0 and run.report["fixed"] == []


@pytest.mark.parametrize("content, fragment", [
    (b'{"schema": "tunnelscope/report/1", "findings": [{"cause": "psk', "old.json:1:"),
    (b'{"schema": "tunnelscope/report/2", "findings": []}', "old.json:1:12: its schema is `tunnelscope/report/2`"),
    (b'{"schema": "tunnelscope/check/1", "findings": []}', "expected is a report of `tunnelscope diagnose --format json`"),
    (b'{"schema": "tunnelscope/report/1"}', "it has no list of `findings`"),
    (b'{"schema": "tunnelscope/report/1", "findings": [{}]}', "old.json:1:49: a finding without cause, subject or fingerprint"),
    (b'[]', "this is no report"),
    (b'', "old.json:1:1"),
    (b'\xff\xfe', "old.json:1:1"),
    (b'[' * 100_000, "nested too deeply"),
])
def test_what_is_no_earlier_report_is_said_before_anything_is_read(tmp_path, content, fragment):
    (tmp_path / "old.json").write_bytes(content)
    for option in ("--before", "--baseline"):
        run = diagnose(tmp_path, option, "old.json", ILL)
        assert (run.status, run.out) == (2, b"") and fragment in run.err


def test_a_baseline_of_the_other_command_is_refused(tmp_path):
    diagnose(tmp_path, "--write-baseline", "known.json", ILL)
    run = check(tmp_path, "--baseline", "known.json")
    assert run.status == 2 and "is not one of `tunnelscope check`" in run.err


def test_pseudonyms_are_compared_with_pseudonyms_and_names_do_not_get_out(tmp_path):
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef")
    redact = ["--redact", "--redact-key", "key"]
    write_report(tmp_path, "plain.json", ILL)
    write_report(tmp_path, "redacted.json", *redact, ILL)
    for old in ("plain.json", "redacted.json"):
        same, mended = (diagnose(tmp_path, *redact, "--before", old, log) for log in (ILL, WELL))
        assert standing(same.report) == {"psk-mismatch": ("unchanged", None)}
        gone, = mended.report["fixed"]
        assert gone["subject"] == same.report["findings"][0]["subject"] and gone["fingerprint"] == same.report["findings"][0]["fingerprint"]
        assert b"vpn-0a1b2c3d4e5f60718" not in same.out + mended.out
    run = diagnose(tmp_path, "--before", "redacted.json", ILL)
    assert run.status == 2 and "--redact" in run.err


def test_suppressions_of_real_names_work_under_pseudonyms_and_are_not_shown(tmp_path):
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef")
    suppress(tmp_path, cause="psk-mismatch", subject="vpn-0a1b2c3d4e5f60718/*", reason="203.0.113.17 waits for its key")
    run = diagnose(tmp_path, *NOW, "--redact", "--redact-key", "key", ILL)
    assert run.status == 0
    assert b"vpn-0a1b2c3d4e5f60718" not in run.out and b"203.0.113.17" not in run.out


def test_a_standby_that_the_project_declares_is_not_critical(tmp_path):
    (tmp_path / "c.yaml").write_text("active-standby: [vpn-0a1b2c3d4e5f60718]\n")
    run = diagnose(tmp_path, WORSE)
    assert [c["active_standby"] for c in run.report["connections"]] == [True]
    assert {f["cause"]: f["severity"] for f in run.report["findings"]} == {"dpd-timeout": "info", "peer-unreachable": "warning"}
    assert "the other is a standby" in " ".join(diagnose(tmp_path, WORSE, form="text").out.decode().split())
