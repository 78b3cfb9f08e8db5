# Logs of two tunnels as `aws logs tail` prints them. In: a start, a length, when which tunnels are down. Out: lines.
import json
from datetime import datetime, timezone

CONNECTION = "vpn-0a1b2c3d4e5f60718"
ADDRESSES = ("203.0.113.17", "203.0.113.42")
TUNNELS = tuple(f"{CONNECTION}/{address}" for address in ADDRESSES)
START = 1772438400  # 2026-03-02T08:00:00Z
STEP = 10           # seconds between two records of a tunnel


def message(at, down, was_down):
    if down:
        return "AWS tunnel is sending request (id=0) for IKE_SA_INIT" if was_down else "AWS tunnel DPD timed out after 5 retransmits"
    return "AWS tunnel is sending response (id=1) for IKE_AUTH" if was_down else f"Sending DPD request with seq_no: {at}"


def line(start, at, number, down, was_down):
    state = "down" if down else "established"
    record = {"event_timestamp": start + at + number, "details": message(at, down, was_down), "dpd_enabled": True,
              "nat_t_detected": False, "ike_phase1_state": state, "ike_phase2_state": state}
    time = datetime.fromtimestamp(start + at + number, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return f"{time} {CONNECTION}-{ADDRESSES[number]}-IKE.log {json.dumps(record)}\n"


def lines(seconds, outages=(), start=START, begin=0):
    """outages: (tunnel's number, from second, to second). Lines of the seconds from `begin` on."""
    def is_down(number, at):
        return any(n == number and first <= at < behind for n, first, behind in outages)
    return [line(start, at, number, is_down(number, at), at > 0 and is_down(number, at - STEP))
            for at in range(begin, seconds, STEP) for number in range(len(ADDRESSES))]


OUTAGES = ((0, 600, 900), (0, 1500, 1700), (1, 1500, 1700), (1, 2900, 3000))


def hour():
    """One tunnel down, then both, then the other; the rest is quiet."""
    return lines(4000, OUTAGES)
