# Every folder of samples/: the report against expect.yaml (written from the documents), against the goldens byte for
# byte, and against the JSON Schema; and the same bytes again on a second run and with two jobs.
# `pytest tests/samples --bless` rewrites the goldens; the diff is then reviewed.
import functools
import json

import jsonschema
import pytest
import yaml

import lab_as_aws
import make_inputs
import make_session_inputs
import tool
from containers import encode

NAMES = sorted(p.name for p in tool.SAMPLES.iterdir() if p.is_dir() and p.name != "check")  # which tests/check/ runs
SCHEMA = tool.REPOSITORY / "docs/schema/report.schema.json"

# contract/causes.md, the tables of tunnels, connection, log and BGP, with the notification that AWS sends.
CAUSES = """psk-mismatch authentication-failed ike-proposal-mismatch child-proposal-mismatch pfs-mismatch
traffic-selector-mismatch peer-unreachable dpd-timeout gateway-outage peer-closed-ike-sa peer-closed-child-sa
idle-timeout rekey-failure rekey-collision sa-churn endpoint-replacement gateway-restart nobody-initiates
tunnel-flapping tunnel-down connection-outage redundancy-lost log-gap contradictory-state unrecognised-messages
bgp-down bgp-hold-timer-expired bgp-prefix-limit bgp-as-mismatch bgp-as-path-loop bgp-next-hop-denied
bgp-closed-by-aws bgp-closed-by-peer bgp-flapping""".split()
# The table of user sessions, with what the connector's lines and the reasons that no document lists lead to.
SESSION_CAUSES = """authorization-handler-failing posture-denied authorization-policy-denied login-abandoned
authentication-failures credential-guessing session-churn mass-disconnect session-timeout resource-unreachable dns-failure
access-denied agent-restart connector-offline relayed-traffic one-way-traffic subscription-limit log-stream-paused
connector-clock-drift connector-credentials connector-file-limit relay-unreachable threat-blocked unlisted-failure
tunnel-and-sessions""".split()

every_sample = pytest.mark.parametrize("name", NAMES)


def arguments_of(name):
    path = tool.SAMPLES / name / "args"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def diagnose(name, format, *more):
    return tool.diagnose("input", *arguments_of(name), *more, cwd=tool.SAMPLES / name, format=format)


first_run = functools.cache(diagnose)


def expect_of(name):
    return yaml.safe_load((tool.SAMPLES / name / "expect.yaml").read_text())


@functools.cache
def schema():
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


@every_sample
def test_report_says_what_happened(name):
    run = first_run(name, "json")
    assert run.status in (0, 1), run.err
    assert not (tool.mismatches(expect_of(name), run.status, run.report) + tool.consistent(run.report))


@every_sample
@pytest.mark.parametrize("format, golden", [("json", "expected.json"), ("text", "expected.txt")])
def test_report_is_the_golden_one(name, format, golden, request):
    run, path = first_run(name, format), tool.SAMPLES / name / golden
    if request.config.getoption("--bless"):
        path.write_bytes(run.out)
    assert path.exists(), "no golden yet: run with --bless and review"
    assert run.out.decode() == path.read_text()


@every_sample
def test_report_validates_against_the_schema(name):
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in schema().iter_errors(first_run(name, "json").report)]
    assert not errors


@every_sample
@pytest.mark.parametrize("format", ["json", "text"])
def test_second_run_and_two_jobs_give_the_same_bytes(name, format):
    once = first_run(name, format)
    assert diagnose(name, format).out == once.out
    assert diagnose(name, format, "--jobs", "2").out == once.out


@pytest.mark.parametrize("name", ["mixed-five-systems", "one-connection-of-two-is-ill-ikev1", "tunnel-flapping-by-dpd-ikev2"])
def test_the_page_depends_on_neither_threads_nor_runs(name):
    assert diagnose(name, "html").out == diagnose(name, "html", "--jobs", "2").out


@every_sample
def test_text_fits_the_terminal_and_has_no_control_characters(name):
    text = first_run(name, "text").out.decode()
    assert not [c for c in text if ord(c) < 32 and c != "\n" or ord(c) in range(127, 160)]
    uncut = ("input/", "http", " aws ")  # places, addresses and commands stay whole; most commands stand deep
    wide = [line for line in text.splitlines() if len(line) > 80 and not line.startswith(" " * 8)
            and not any(word in line for word in uncut)]
    assert not wide


@every_sample
def test_folder_is_complete(name):
    folder = tool.SAMPLES / name
    assert (folder / "README.md").read_text().startswith("# ")
    assert any((folder / "input").rglob("*"))
    size = sum(p.stat().st_size for p in (folder / "input").rglob("*") if p.is_file())
    assert size < 400_000


@pytest.mark.parametrize("name", sorted(make_inputs.TABLE))
def test_inputs_are_those_of_the_story(name):
    assert make_inputs.files_of(name) == committed(name)


@pytest.mark.parametrize("name", sorted(make_session_inputs.TABLE))
def test_session_inputs_are_those_of_the_story(name):
    assert make_session_inputs.files_of(name) == committed(name)


@pytest.mark.skipif(not lab_as_aws.LAB.exists(), reason="the lab's logs are not on this machine")
@pytest.mark.parametrize("scenario", sorted(lab_as_aws.TABLE))
def test_lab_inputs_are_those_of_the_run(scenario):
    container, stretch, until = lab_as_aws.TABLE[scenario]
    assert encode(container, lab_as_aws.translate(scenario, stretch, until)) == committed(f"lab-{scenario}")


def committed(name):
    folder = tool.SAMPLES / name / "input"
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_cause_has_a_sample_that_expects_it():
    expected = set()
    for name in NAMES:
        expect = expect_of(name)
        wanted = [e.get("primary_cause") for kind in ("tunnels", "sessions") for e in expect.get(kind, {}).values()]
        wanted += [f["cause"] for f in expect.get("findings", [])]
        expected.update(c for w in wanted for c in (w if isinstance(w, list) else [w]))
    assert not set(CAUSES + SESSION_CAUSES) - expected


def test_enough_samples_must_stay_silent():
    assert sum(expect_of(name).get("silent", False) for name in NAMES) >= 14


@pytest.mark.parametrize("system", ["aws-client-vpn", "cloudconnexa", "pangolin", "twingate"])
def test_each_session_system_has_a_sample_that_must_stay_silent(system):
    expects = [expect_of(name) for name in NAMES]
    assert any(e.get("silent") and any(group.startswith(system + "/") for group in e.get("sessions", {})) for e in expects)
