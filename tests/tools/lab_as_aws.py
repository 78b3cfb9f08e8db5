# Turns charon's log of the cloud side of a lab run into AWS records, by the equivalences of facts/ike-faults.md section 3.
# In: lab/<scenario>/endpoint.log. Out: a list of (stream, envelope_ms, record), in the log's order and with its timing.
# Only what AWS documents gets AWS's words; what it has no message for stays as undocumented text or is dropped. The lab's
# lifetimes are seconds, so `stretch` multiplies the time since the start where a scenario is about clocks or outages.
# Usage: lab_as_aws.py [scenario...]   writes samples/lab-<scenario>/input/
import json
import re
import shutil
import sys
from pathlib import Path

from containers import encode
from story import (AUTH_FAILED, COLLISION, DELETE_CHILD, DELETE_IKE, DOWN, DPD_V1, DPD_V2, HALF_OPEN, NEGOTIATING,
                   NO_PROPOSAL, NO_PROPOSAL_NOTIFY, PHASE2_FAILED, PROCESSED_REQUEST, PROCESSED_RESPONSE, PSK_V1, PSK_V2,
                   REDUNDANT, REKEYING, SENDING_REQUEST, SENDING_RESPONSE, TS_UNACCEPTABLE, UP, epoch)

LAB = Path("/work/shared/lab")
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
STREAM = "vpn-0c0ffee0c0ffee0c0-203.0.113.10-IKE.log"
CGW = "198.51.100.20"

# charon's text (a regular expression on what follows the group and the SA name) and AWS's message.
EQUIVALENTS = [
    (r"giving up after (?P<retries>\d+) retransmits", DPD_V2),
    (r"DPD check timed out, enforcing DPD action", DPD_V1),
    (r"received DELETE for IKE_SA ", DELETE_IKE),
    (r"received DELETE for \S+ CHILD_SA with SPI (?P<spi>\w+)", DELETE_CHILD),
    (r"detected CHILD_REKEY collision with CHILD_DELETE", COLLISION),
    (r"CHILD_SA (rekey|rekey/delete) collision( lost)?, deleting redundant child", REDUNDANT),
    (r"failed to establish CHILD_SA, keeping IKE_SA", PHASE2_FAILED),
    (r"received TS_UNACCEPTABLE notify, no CHILD_SA built", TS_UNACCEPTABLE),
    (r"generating IKE_AUTH response \d+ \[ .*N\(AUTH_FAILED\)", AUTH_FAILED),
    (r"tried \d+ shared keys? for .*, but MAC mismatched", PSK_V2),
    (r"invalid \S+ payload length, decryption failed\?", PSK_V1),
    (r"deleting half open IKE_SA with \S+ after timeout", HALF_OPEN),
    (r"received proposals unacceptable|no proposal found$", NO_PROPOSAL),
    (r"no acceptable proposal found|no matching proposal found, sending", NO_PROPOSAL_NOTIFY),
    (r"parsed (?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) request (?P<id>\d+)", PROCESSED_REQUEST),
    (r"parsed (?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) response (?P<id>\d+)", PROCESSED_RESPONSE),
    (r"generating (?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) request (?P<id>\d+)", SENDING_REQUEST),
    (r"generating (?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) response (?P<id>\d+)", SENDING_RESPONSE),
]
# Lines without an AWS message that an endpoint may well log in some words: kept, with the payload lists cut off.
KEPT_GROUPS = ("IKE", "ENC", "JOB")
LINE = re.compile(r"(?P<time>\S+) \d+\[(?P<group>\w+)\] (?:<(?:[^|>]*\|)?(?P<sa>\d+)> )?(?P<text>.*)")


class Endpoint:
    """Which SAs exist, as charon's lines tell it: {IKE SA: state} and {(IKE SA, outbound SPI)}."""

    def __init__(self):
        self.ike, self.children, self.trying_child = {}, {}, False

    def follow(self, sa, text):
        if "is initiating" in text or text.startswith("initiating"):
            self.ike.setdefault(sa, NEGOTIATING)
        elif re.match(r"IKE_SA \S+ established", text):
            self.ike[sa] = UP
        elif found := re.match(r"(?:inbound )?CHILD_SA \S+ established with SPIs \w+_i (\w+)_o", text):
            self.children[found[1]] = sa
            self.trying_child = False
        elif found := re.match(r"(?:closing CHILD_SA \S+ with SPIs \w+_i \([^)]*\) (\w+)_o)|"
                               r"(?:received DELETE for \S+ CHILD_SA with SPI (\w+))", text):
            self.children.pop(found[1] or found[2], None)
        elif found := re.search(r"adopting \d+ children", text):
            newest = max(self.ike, key=int)
            self.children = {spi: newest for spi in self.children}
        elif re.search(r"received DELETE for IKE_SA|giving up after|deleting half open|destroying duplicate IKE_SA|"
                       r"DPD check timed out|N\(AUTH_FAILED\)|SA_INIT response \d+ \[ N\(NO_PROP\)", text):
            self.ike.pop(sa, None)
            self.children = {spi: owner for spi, owner in self.children.items() if owner != sa}
        elif re.search(r"(CREATE_CHILD_SA|QUICK_MODE) request", text):
            self.trying_child = True
        elif re.search(r"failed to establish CHILD_SA|no matching proposal found|no acceptable proposal", text):
            self.trying_child = False

    @property
    def phase1(self):
        states = self.ike.values()
        return UP if UP in states else NEGOTIATING if NEGOTIATING in states else DOWN

    @property
    def phase2(self):
        if self.children:
            return REKEYING if self.trying_child else UP
        return NEGOTIATING if self.trying_child else DOWN


def aws_text(group, text):
    for pattern, message in EQUIVALENTS:
        if found := re.search(pattern, text):
            return message.format(**{"cgw": CGW, **found.groupdict()})
    if group not in KEPT_GROUPS or "no IKE config found" in text:  # AWS shows nothing of that
        return None
    return "AWS tunnel " + text.split(" [ ")[0].replace("IKE_SA vpn-0abc-tunnel1", "IKE_SA")


def translate(scenario, stretch=1, until=None):
    """The records of one scenario; lines from the first that contains `until` on are left out."""
    meta = json.loads((LAB / scenario / "meta.json").read_text())
    endpoint, records, nat, start, in_second = Endpoint(), [], False, None, 0
    for line in (LAB / scenario / "endpoint.log").read_text().splitlines():
        found = LINE.match(line)
        if not found:
            continue
        if until and until in line:
            break
        text, seconds = found["text"], epoch(found["time"])
        start = start if start is not None else seconds
        endpoint.follow(found["sa"] or "0", text)
        nat = nat or (meta["nat"] and "remote host is behind NAT" in text)
        message = aws_text(found["group"], text)
        if message is None or found["sa"] is None and found["group"] != "JOB" or "spawning" in text:
            continue
        ms = int((start + (seconds - start) * stretch) * 1000)
        in_second = in_second + 1 if records and records[-1][1] - in_second == ms else 0
        records.append((STREAM, ms + in_second, {
            "event_timestamp": ms // 1000, "details": message, "dpd_enabled": True, "nat_t_detected": bool(nat),
            "ike_phase1_state": endpoint.phase1, "ike_phase2_state": endpoint.phase2}))
    return records


# scenario: container, stretch, text at which to stop
TABLE = {
    "aggressive-v1": ("filter-log-events", 1, None),
    "collide-child-v2": ("tail-detailed", 1, None),
    "crash-v1": ("pretty", 1, None),
    "delchild-v2": ("console-csv", 10, None),
    "delike-v2": ("live-tail", 10, None),
    "dpd-v2": ("s3-export", 10, None),
    "espprop-v1": ("array", 1, None),
    "espprop-v2": ("insights-json", 1, None),
    "flap-v2": ("s3-export-epoch", 10, None),
    "halfopen-v2": ("ndjson", 1, None),
    "healthy-v1": ("tail-short", 1, "received DELETE"),
    "healthy-v2": ("tail-json", 1, "received DELETE"),
    "id-v2": ("insights-csv", 1, None),
    "ikedh-v2": ("subscription-raw", 1, None),
    "ikeprop-v2": ("subscription-lambda", 1, None),
    "lifetime-norekey-v2": ("get-log-events", 330, None),
    "lifetime-v1": ("firehose", 400, None),
    "narrowed-ts-v2": ("filter-log-events", 1, None),
    "natt-v2": ("insights-csv-fields", 1, "received DELETE"),
    "pfs-v2": ("s3-export", 165, None),
    "psk-v2": ("firehose-members", 1, None),
    "reauth-v2": ("insights-json-fields", 1, None),
    "rekey-v1": ("s3-export", 400, None),
    "stk-psk-v2": ("kinesis", 1, None),
    "ts-v2": ("tail-detailed", 1, None),
    "vermismatch-cgw1-v2": ("pretty", 1, None),
    "wrongpeerip-v2": ("array", 1, None),
}

if __name__ == "__main__":
    for scenario in sys.argv[1:] or TABLE:
        container, stretch, until = TABLE[scenario]
        folder = SAMPLES / f"lab-{scenario}" / "input"
        shutil.rmtree(folder, ignore_errors=True)
        for path, data in encode(container, translate(scenario, stretch, until)).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
