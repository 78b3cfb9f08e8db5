# A watch on a log group of a CloudWatch-compatible server that verifies signatures: live, over kill -9, late events and an expired token.
import json
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "live"), str(TESTS / "tools")]
import cloudwatch_world  # noqa: E402
import pypi  # noqa: E402
from logs import ADDRESSES, CONNECTION, message  # noqa: E402
from test_watch import is_live, openings, records_in  # noqa: E402
from watching import Watch  # noqa: E402

GROUP = "/aws/vpn/watched"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = cloudwatch_world.World(pypi.cloudwatch(), tmp_path_factory.mktemp("home"))
    try:
        made.call("CreateLogGroup", logGroupName=GROUP)
        for address in ADDRESSES:
            made.call("CreateLogStream", logGroupName=GROUP, logStreamName=f"{CONNECTION}-{address}-IKE.log")
        yield made
    finally:
        made.close()


def put(world, number, seconds, down=False, was_down=False):
    state = "down" if down else "established"
    record = {"event_timestamp": seconds, "details": message(seconds, down, was_down), "dpd_enabled": True, "nat_t_detected": False,
              "ike_phase1_state": state, "ike_phase2_state": state}
    world.put(GROUP, f"{CONNECTION}-{ADDRESSES[number]}-IKE.log", [(seconds * 1000, json.dumps(record))])


def stale_reasons(watch):
    return [e["stale"] or "" for e in watch.events if e["type"] == "watch"]


def test_a_group_is_watched_without_a_record_missed_or_doubled(world, tmp_path):
    state, now = tmp_path / "state", int(time.time())
    name = f"cloudwatch:{GROUP}?region={cloudwatch_world.REGION}&endpoint={world.address}"
    for at in range(now - 600, now - 100, 10):
        put(world, 0, at)
        put(world, 1, at)
    with Watch("--state", state, name, env=world.environment()) as watch:
        watch.until(lambda: is_live(watch) or len(watch.events) >= 2, "the first report")
        put(world, 0, now - 90, down=True)
        put(world, 0, now - 75, down=True, was_down=True)
        watch.until(lambda: openings(watch) == ["opened"], "the outage")
        watch.kill()
    put(world, 1, now - 85)                       # later than what has been read already
    put(world, 0, now - 60, was_down=True)        # it is up again
    for at in range(now - 50, now, 10):
        put(world, 0, at)
    with Watch("--state", state, "--stable", "20s", name, env=world.environment()) as watch:
        watch.until(lambda: openings(watch) == ["resolved"], "the end of the outage")
        watch.kill()
    group = json.loads(world_events(world))
    assert records_in(state) == len(group["events"]), "as many as the AWS CLI counts"


def world_events(world):
    return world.cli("logs", "filter-log-events", "--log-group-name", GROUP, "--endpoint-url", world.address, "--output", "json")


def test_an_expired_token_makes_the_watch_stale_and_never_green(world, tmp_path):
    name = f"cloudwatch:{GROUP}?region={cloudwatch_world.REGION}&endpoint={world.address}"
    with Watch("--until", "healthy", "--timeout", "20s", name, env=world.environment(AWS_SESSION_TOKEN="expired")) as watch:
        assert watch.wait() == 1
        assert any("token" in text for text in stale_reasons(watch) + watch.errors), (watch.events, watch.errors)
