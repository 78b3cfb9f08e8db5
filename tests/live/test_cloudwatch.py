"""`diagnose cloudwatch:GROUP` reads a log group as the AWS CLI does, signs what it asks, and says what keeps it from reading."""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

TESTS = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "live"), str(TESTS / "tools")]
import cloudwatch_world  # noqa: E402
import pypi  # noqa: E402

PROGRAM = os.environ["TUNNELSCOPE"]
VPN = "vpn-0123456789abcdef0"
IKE = f"{VPN}-203.0.113.17-IKE.log"
GROUP = "/aws/vpn/prod"
SECONDS = 120


def ike(seconds, details, phase1="established", phase2="established"):
    return seconds * 1000 + 250, json.dumps({"event_timestamp": seconds, "details": details, "dpd_enabled": True, "nat_t_detected": False,
                                             "ike_phase1_state": phase1, "ike_phase2_state": phase2})


def story():
    """Three hours of two tunnels up to now, one of which goes down; more than one page, and messages that are no JSON."""
    now = int(time.time())
    steady = "AWS tunnel processed a request for INFORMATIONAL exchange ☎ \"quoted\"\n\tsecond line"
    streams = {}
    for ip in ("203.0.113.17", "203.0.113.29"):
        streams[f"{VPN}-{ip}-IKE.log"] = [ike(now - 10_800 + 2 * i, steady) for i in range(5_200)]
    streams[IKE] += [ike(now - 300, "Peer is not responsive - Declaring peer dead", "down", "down"),
                     ike(now - 290, "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.7", "down", "down"),
                     (now * 1000 - 280_000, "plain text of no known form\nin two lines")]
    return streams


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = cloudwatch_world.World(pypi.cloudwatch(), tmp_path_factory.mktemp("home"))
    try:
        made.group(GROUP, story())
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def fresh(world):
    world.asked.clear()
    world.faults.clear()


def diagnose(*inputs, environment, options=("--since", "24h")):
    return subprocess.run([PROGRAM, "diagnose", *inputs, "--format", "json", "--fail-on", "never", *options], env=environment,
                          capture_output=True, text=True, timeout=SECONDS)


def verdicts(done):
    """What a report says of tunnels, apart from where its evidence stands."""
    def bare(value):
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("path", "line", "input", "evidence")}
        if isinstance(value, str):
            return re.sub(r"^(cloudwatch:|/).*:\d+$", "PLACE", value)
        return [bare(v) for v in value] if isinstance(value, list) else value
    report = json.loads(done.stdout)
    return {name: bare(report[name]) for name in ("window", "coverage", "tunnels", "connections", "findings", "now")}


def test_a_group_gives_the_report_of_the_clis_export(world, tmp_path):
    export = tmp_path / "export.json"
    export.write_text(world.cli("logs", "filter-log-events", "--log-group-name", GROUP))
    world.asked.clear()
    group = diagnose(f"cloudwatch:{GROUP}", environment=world.environment())
    file = diagnose(str(export), environment=world.environment(), options=())
    assert group.returncode == 0, group.stderr
    assert verdicts(group) == verdicts(file)
    [summary] = json.loads(group.stdout)["inputs"]
    assert (summary["path"], summary["container"]) == (f"cloudwatch:{GROUP}", "filter-log-events")
    assert [f["cause"] for f in json.loads(group.stdout)["findings"]], "the story has a fault"
    assert [action for action, _, _ in world.asked] == ["FilterLogEvents"] * 2, "10,403 events are two pages"


def test_since_bounds_what_is_fetched_and_a_day_is_the_default(world):
    diagnose(f"cloudwatch:{GROUP}", environment=world.environment(), options=("--since", "4m"))
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.environment(), options=())
    [narrow, *wide] = [body["startTime"] for action, body, _ in world.asked]
    now = time.time() * 1000
    assert abs(now - narrow - 240_000) < 60_000
    assert abs(now - wide[0] - 86_400_000) < 60_000
    assert "reading what the last day holds" in done.stderr


def test_the_gate_refuses_a_wrong_secret_and_no_secret_is_printed(world):
    wrong = cloudwatch_world.SECRET[:-1] + "X"
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.environment(AWS_SECRET_ACCESS_KEY=wrong))
    assert done.returncode == 4
    assert "access is denied: The request signature we calculated does not match" in done.stderr
    assert "hint: the secret key does not belong to the key id" in done.stderr
    assert wrong not in done.stderr + done.stdout and len(world.asked) == 1


def test_a_group_that_is_not_there_is_told_with_the_nearest(world):
    done = diagnose("cloudwatch:/aws/vpn/prd", environment=world.environment())
    assert done.returncode == 4
    assert f"cloudwatch:/aws/vpn/prd: there is no log group /aws/vpn/prd in {cloudwatch_world.REGION}" in done.stderr
    assert f"hint: did you mean {GROUP}?" in done.stderr


def test_a_name_without_a_region_is_an_input_that_cannot_be_read(world):
    environment = world.environment()
    del environment["AWS_REGION"]
    done = diagnose(f"cloudwatch:{GROUP}", environment=environment)
    assert done.returncode == 4 and f"cloudwatch:{GROUP}: no region is named" in done.stderr


@pytest.mark.parametrize("fault", [("ThrottlingException", "Rate exceeded"), ("ServiceUnavailableException", "busy", 503),
                                   ("InternalFailure", "oops", 500)], ids=["throttled", "unavailable", "failed"])
def test_a_fault_that_passes_is_waited_for(world, fault):
    undisturbed = diagnose(f"cloudwatch:{GROUP}", environment=world.environment())
    world.faults[:] = [fault] * 2
    world.asked.clear()
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.environment())
    assert verdicts(done)["coverage"] == verdicts(undisturbed)["coverage"] and done.returncode == 0
    assert len(world.asked) == 4, "two refusals, two pages"


def test_an_expired_token_of_the_environment_is_told(world):
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.environment(AWS_SESSION_TOKEN="expired-token"))
    assert done.returncode == 4
    assert "the credentials are no longer valid: The security token included in the request is expired" in done.stderr
    assert "expired-token" not in done.stderr + done.stdout


def test_an_expired_token_of_the_cli_is_renewed_once(world, tmp_path):
    keys = {"Version": 1, "AccessKeyId": cloudwatch_world.KEY_ID, "SecretAccessKey": cloudwatch_world.SECRET}
    (tmp_path / "1").write_text(json.dumps({**keys, "SessionToken": "expired-token"}))
    (tmp_path / "2").write_text(json.dumps({**keys, "SessionToken": cloudwatch_world.TOKEN}))
    cli = tmp_path / "aws"
    cli.write_text(f"#!/bin/sh\necho \"$*\" >> {tmp_path}/calls\ncat {tmp_path}/$(wc -l < {tmp_path}/calls)\n")
    cli.chmod(0o755)
    done = diagnose(f"cloudwatch:{GROUP}?profile=ops", environment=world.environment(PATH=f"{tmp_path}:/usr/bin:/bin"))
    assert done.returncode == 0, done.stderr
    assert [token for _, _, token in world.asked] == ["expired-token", cloudwatch_world.TOKEN, cloudwatch_world.TOKEN]
    assert (tmp_path / "calls").read_text().splitlines() == ["configure export-credentials --format process --profile ops"] * 2


def test_a_login_that_has_expired_is_told_with_what_to_do(world, tmp_path):
    cli = tmp_path / "aws"
    cli.write_text("#!/bin/sh\necho 'Error when retrieving token from sso: Token has expired and refresh failed' >&2\nexit 255\n")
    cli.chmod(0o755)
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.without_keys(PATH=f"{tmp_path}:/usr/bin:/bin"))
    assert done.returncode == 4 and "Token has expired and refresh failed" in done.stderr and "hint: aws sso login" in done.stderr
    assert world.asked == []


@pytest.mark.parametrize("profile", ["", "?profile=ops"], ids=["any credentials", "a profile's"])
def test_a_cli_that_cannot_give_credentials_is_said_to_be_too_old(world, tmp_path, profile):
    """The real one, of version 1."""
    cli = tmp_path / "aws"
    cli.write_text('#!/bin/sh\nexec /usr/bin/python3 -m awscli "$@"\n')
    cli.chmod(0o755)
    done = diagnose(f"cloudwatch:{GROUP}{profile}", environment=world.without_keys(PATH=f"{tmp_path}:/usr/bin:/bin", PYTHONPATH=str(world.packages)))
    assert done.returncode == 4
    assert "the AWS CLI on the PATH is too old to give credentials: 2.9 or later does" in done.stderr
    assert "AWS_ACCESS_KEY_ID" in done.stderr and "add-model" not in done.stderr
    assert world.asked == []


def test_a_container_and_an_instance_have_credentials_of_their_own(world, tmp_path):
    (tmp_path / "token").write_text("container-token\n")
    container = world.without_keys(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{world.address}/container",
                                   AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"))
    instance = world.without_keys(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=world.address)
    for environment in (container, instance):
        done = diagnose(f"cloudwatch:{GROUP}", environment=environment)
        assert done.returncode == 0, done.stderr
    assert {token for _, _, token in world.asked} == {cloudwatch_world.TOKEN}


def test_without_credentials_all_places_are_named(world):
    done = diagnose(f"cloudwatch:{GROUP}", environment=world.without_keys())
    assert done.returncode == 4
    for place in ("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set", "the AWS CLI is not installed", "no container of ECS or EKS",
                  "AWS_EC2_METADATA_DISABLED is set"):
        assert place in done.stderr


def test_a_group_and_a_file_are_read_together(world, tmp_path):
    other = tmp_path / f"{VPN}-203.0.113.99-IKE.log"
    other.write_text(ike(int(time.time()) - 60, "AWS tunnel DPD is enabled")[1] + "\n")
    done = diagnose(str(other), f"cloudwatch:{GROUP}?stream-prefix={VPN}-203.0.113.29", environment=world.environment())
    assert done.returncode == 0, done.stderr
    assert sorted(t["outside_ip"] for t in json.loads(done.stdout)["tunnels"]) == ["203.0.113.29", "203.0.113.99"]
