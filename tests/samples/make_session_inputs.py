# Writes samples/<name>/input/ of user sessions from session_tales.py: one row a sample, as make_inputs.py for tunnels.
# In: nothing, or names of samples. Out: the input files, the same bytes on every run.
# seed-* hold the seed documents' own examples and are not made here.
import json
import random
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import session_containers  # noqa: E402
import session_tales  # noqa: E402
from containers import gz, message  # noqa: E402
from session_containers import COLUMNS, EMPTY_EXPORT, cell, lines  # noqa: E402
from session_story import ClientVpn, CloudConnexa, Pangolin, Twingate  # noqa: E402
from session_tales import day, tell  # noqa: E402

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

# name: tale, container
TALES = {
    "authorization-handler-failing-client-vpn": ("client-vpn-handler-fails-for-everyone", "filter-log-events"),
    "authorization-handler-recovered-client-vpn": ("client-vpn-handler-failed-and-recovered", "s3-export"),
    "authorization-handler-one-user-client-vpn": ("client-vpn-handler-fails-for-one-user", "pretty"),
    "posture-denied-client-vpn": ("client-vpn-posture-rejected", "ndjson"),
    "authorization-policy-denied-client-vpn": ("client-vpn-policy-denies", "insights-csv"),
    "authorization-policy-device-token-client-vpn": (
        "client-vpn-policy-error-for-want-of-a-device-token", "get-log-events"),
    "authorization-policy-ends-sessions-client-vpn": ("client-vpn-policy-ends-sessions", "firehose"),
    "authorization-policy-shadow-mode-client-vpn": ("client-vpn-policy-in-shadow-mode", "array"),
    "login-abandoned-client-vpn": ("client-vpn-login-abandoned", "tail-short"),
    "authentication-failures-client-vpn": ("client-vpn-one-user-fails-to-authenticate", "subscription-raw"),
    "authentication-failures-of-many-client-vpn": ("client-vpn-nobody-can-authenticate", "s3-export-unpacked"),
    "credential-guessing-client-vpn": ("client-vpn-accounts-are-guessed", "firehose-members"),
    "office-behind-one-address-client-vpn": ("client-vpn-office-behind-one-address", "filter-log-events"),
    "session-churn-client-vpn": ("client-vpn-session-churn", "console-csv"),
    "mass-disconnect-client-vpn": ("client-vpn-mass-disconnect", "tail-detailed"),
    "session-timeout-client-vpn": ("client-vpn-sessions-end-at-the-limit", "ndjson"),
    "one-way-traffic-client-vpn": ("client-vpn-nothing-returns", "live-tail"),
    "unlisted-failure-client-vpn": ("client-vpn-unlisted-reason", "subscription-lambda"),
    "healthy-saml-client-vpn": ("client-vpn-healthy-saml", "s3-export"),
    "healthy-certificates-client-vpn": ("client-vpn-healthy-certificates", "ndjson"),
    "healthy-policy-permits-client-vpn": ("client-vpn-healthy-policy-permits", "pretty"),
    "authentication-failures-cloudconnexa": ("cloudconnexa-one-user-fails-to-authenticate", "session-dump"),
    "credential-guessing-cloudconnexa": ("cloudconnexa-accounts-are-guessed", "session-lines"),
    "unlisted-failure-cloudconnexa": ("cloudconnexa-unlisted-reason", "session-dump"),
    "session-churn-cloudconnexa": ("cloudconnexa-session-churn", "s3-jsonl-gz"),
    "session-churn-of-a-connector-cloudconnexa": ("cloudconnexa-connector-churn", "jsonl"),
    "mass-disconnect-cloudconnexa": ("cloudconnexa-mass-disconnect", "pretty"),
    "session-timeout-cloudconnexa": ("cloudconnexa-sessions-end-at-the-limit", "filter-log-events"),
    "access-denied-cloudconnexa": ("cloudconnexa-access-denied", "jsonl"),
    "one-way-traffic-cloudconnexa": ("cloudconnexa-nothing-returns", "s3-jsonl-gz"),
    "subscription-limit-cloudconnexa": ("cloudconnexa-over-the-limit", "jsonl"),
    "log-stream-paused-cloudconnexa": ("cloudconnexa-stream-paused", "s3-jsonl-gz"),
    "threat-blocked-cloudconnexa": ("cloudconnexa-threat-blocked", "firehose"),
    "healthy-cloudconnexa": ("cloudconnexa-healthy", "s3-jsonl-gz"),
    "healthy-session-dump-cloudconnexa": ("cloudconnexa-healthy-dump-of-sessions", "session-dump"),
    "resource-unreachable-timeouts-pangolin": ("pangolin-resource-drops-everything", "csv-export"),
    "resource-unreachable-refused-pangolin": ("pangolin-resource-refuses-everything", "api-json-in-pages"),
    "resource-unreachable-agent-log-pangolin": ("pangolin-agent-names-the-error", "docker-t"),
    "agent-restart-pangolin": ("pangolin-site-restarts", "stream-csv"),
    "agent-restart-agent-log-pangolin": ("pangolin-agent-shuts-down", "bare"),
    "mass-disconnect-pangolin": ("pangolin-mass-disconnect", "stream-array"),
    "session-timeout-pangolin": ("pangolin-sessions-end-at-the-limit", "stream-ndjson-gz"),
    "healthy-pangolin": ("pangolin-healthy", "csv-export-older-header"),
    "healthy-agent-log-pangolin": ("pangolin-agent-healthy", "journald-short"),
    "first-page-of-many-pangolin": ("pangolin-healthy", "api-json-first-page"),
    "resource-unreachable-twingate": ("twingate-resource-fails-for-everyone", "journald-short"),
    "resource-unreachable-one-connector-twingate": ("twingate-resource-fails-at-one-connector", "shipper"),
    "dns-failure-twingate": ("twingate-name-is-not-resolved", "cri"),
    "access-denied-twingate": ("twingate-access-denied", "docker-t"),
    "mass-disconnect-twingate": ("twingate-mass-disconnect", "shipper"),
    "agent-restart-twingate": ("twingate-connector-restarts", "journald-json"),
    "session-timeout-twingate": ("twingate-connections-end-at-the-limit", "vector"),
    "connector-offline-twingate": ("twingate-connector-goes-offline", "journald-short"),
    "connector-was-offline-twingate": ("twingate-connector-was-offline", "cri"),
    "relayed-traffic-twingate": ("twingate-most-traffic-is-relayed", "datadog"),
    "connector-clock-drift-twingate": ("twingate-connector-clock-drifts", "syslog"),
    "connector-credentials-twingate": ("twingate-connector-tokens-are-gone", "docker-json-file"),
    "connector-file-limit-twingate": ("twingate-connector-runs-out-of-files", "cloudwatch"),
    "relay-unreachable-twingate": ("twingate-relay-unreachable", "docker-json-file"),
    "console-report-twingate": ("twingate-resource-fails-at-one-connector", "report-csv"),
    "healthy-twingate": ("twingate-healthy", "journald-json"),
}


def encode(tale, container, records):
    """Agents' lines have one table of containers, whoever wrote them."""
    system = session_tales.CATALOGUE[tale].system
    if isinstance(records[0][2], str):
        system = "twingate"
    return session_containers.encode(system, container, records)


def empty_export():
    """One export of a quiet week, beside one with rows."""
    records = tell("pangolin-healthy", "beside-an-empty-one").records()
    return session_containers.encode("pangolin", "csv-export", records) | {"quiet-week.csv": EMPTY_EXPORT}


def spoilt(texts, bad, seed):
    """Newest first, the bad lines among the others."""
    rng, out = random.Random(seed), texts[::-1]
    for line in bad:
        out.insert(rng.randrange(5, len(out) - 5), line)
    return out


def bad_client_vpn():
    records = tell("client-vpn-posture-rejected", "bad").records()
    texts = []
    for number, (_, _, r) in enumerate(records):
        if number % 5 == 0:  # numbers as numbers, absence as words
            r = {k: int(v) if isinstance(v, str) and v.isdigit() else "null" if (k, v) == ("client-ip-v6", "NA") else v
                 for k, v in r.items()}
        texts.append(message(r))
    files = lines("export-1.json", spoilt(texts, ['{"connection-log-type": "connection-att', "not json }{"], "vpn"))
    return files | lines("export-2.json", texts[-12:] + [texts[-1][:200]])


def bad_cloudconnexa():
    records = tell("cloudconnexa-session-churn", "bad").records()
    texts = []
    for number, (_, _, r) in enumerate(records):
        log = dict(r["log"])
        if number % 4 == 0:
            log = {k: str(v) if isinstance(v, int) else v for k, v in log.items()}
            log["clientTunnelIpV6"] = "fd:0:0:8102::2" if number % 8 else "null"
        texts.append(message({**r, "log": log}))
    audit = message({**records[0][2], "eventName": "user-updated", "category": "Audit.Admin", "traceId": "0f0f",
                     "log": {"operation": "UPDATE", "entityType": "User", "entityName": "ada"}})
    files = {"part-1.jsonl": b"\xef\xbb\xbf" + "\n".join(spoilt(texts, [texts[3][:150], audit, "[]x"], "cc")).encode()}
    return files | {"part-2.jsonl.gz": gz("\n".join(texts[:20]))}


def bad_pangolin():
    records = tell("pangolin-resource-drops-everything", "bad").records()
    rows = [",".join(cell(r[c]) for c in COLUMNS) for _, _, r in records]
    odd = dict(records[0][2])

    def row(**changed):
        return ",".join(cell({**odd, **changed}[c]) for c in COLUMNS)
    bad = ['0123456789abcdef,11,"example-org,4,101', row(sessionId="00000000000000aa", endedAt=odd["startedAt"] - 5),
           row(sessionId="00000000000000ab", startedAt=-62135596800), "x,y", ""]
    text = "\n".join([",".join(COLUMNS), *rows[::-1][:80], *bad, *rows[::-1][80:], rows[0][:40]])
    overlap = "\n".join([",".join(COLUMNS), *rows[-30:][::-1]])
    return {"connection-audit-logs-example-org-1.csv": text.encode(),
            "connection-audit-logs-example-org-2.csv": overlap.encode()}


def bad_twingate():
    records = tell("twingate-resource-fails-for-everyone", "bad").records()
    texts = []
    for number, (_, _, r) in enumerate(records):
        r = json.loads(json.dumps(r))
        if number % 7 == 0:
            r["timestamp"] = str(r["timestamp"])
            r["connection"]["client_ip"] += ":40123"
        if number % 7 == 1:
            r["user"]["email"] = "[email\u00a0protected]"
        if number % 7 == 2:
            r["connection"]["client_ip"] = ""
        texts.append("ANALYTICS " + message(r))
    bad = ['ANALYTICS {"connection":{"client_ip":"198.51.100.9","id":', "ANALYTICS not json", "ANALYTICS {}"]
    files = lines("connector.log", spoilt(texts, bad, "tg"))
    return files | lines("overlap.log", texts[:15])


def mixed_five_systems():
    """The tunnel of dpd-timeout-ikev2 is down from 08:43:21 to 08:45:10; what users reach through it fails."""
    start = "2026-03-02T07:00:00"
    tunnel = SAMPLES / "dpd-timeout-ikev2/input"
    files = {f"tunnel/{path.name}": path.read_bytes() for path in sorted(tunnel.iterdir())}
    twingate = Twingate("mixed", start=start)
    twingate.working_day(avoid=("1172",), hours=2.5)
    outage = 1772440800 + 3 * 60 + 25  # 2026-03-02 08:43:25
    for number in range(8):
        twingate.fail(outage + number * 11, number % 5, "1172", "CONNECTION_FAILED")
    for number in range(12):
        conn = twingate.establish(outage + 150 + number * 200, number % 5, "1172")
        twingate.close(conn, conn["start"] + 40)
    logs = {"client-vpn": (day(ClientVpn("mixed", start=start), people=6, hours=6), "aws-client-vpn", "s3-export"),
            "cloudconnexa": (day(CloudConnexa("mixed", start=start), people=6, hours=6), "cloudconnexa", "s3-jsonl-gz"),
            "pangolin": (day(Pangolin("mixed", start=start), people=4, hours=3), "pangolin", "csv-export"),
            "twingate": (twingate, "twingate", "journald-short")}
    for folder, (log, system, container) in logs.items():
        encoded = session_containers.encode(system, container, log.records())
        files |= {f"{folder}/{path}": data for path, data in encoded.items()}
    return files


OTHERS = {"healthy-empty-export-pangolin": empty_export, "bad-input-client-vpn": bad_client_vpn,
          "bad-input-cloudconnexa": bad_cloudconnexa, "bad-input-pangolin": bad_pangolin,
          "bad-input-twingate": bad_twingate, "mixed-five-systems": mixed_five_systems}
TABLE = {**TALES, **OTHERS}


def files_of(name):
    """The input files of one sample: {path below input/: bytes}."""
    if name in OTHERS:
        return OTHERS[name]()
    tale, container = TALES[name]
    return encode(tale, container, tell(tale, name).records())


def write(name):
    folder = SAMPLES / name / "input"
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files_of(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    for sample in sys.argv[1:] or TABLE:
        write(sample)
