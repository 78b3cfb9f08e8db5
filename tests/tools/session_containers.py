# Writes the records of session_story.py in every container of facts/session-logs.md 1.4, 2.4, 3.1 and 4.2.
# In: a list of (stream, ms, record), ordered by time; a record is a JSON object, or text for an agent's own lines.
# Out: {path below the input folder: bytes}. CloudWatch's containers are those of containers.py.
import csv
import io
import json
from datetime import datetime, timezone

import containers
from containers import gz, message
from story import rfc3339

HOST = "edge-1.example.com"


def encode(system, container, records):
    return CONTAINERS[system][container](records)


def lines(path, texts, compress=False):
    data = "".join(text + "\n" for text in texts).encode()
    return {path: gz(data) if compress else data}


def when(ms, form):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime(form)


# CloudWatch, for everything that is JSON or text there.

def insights_csv(records):
    rows = [(containers.insights_time(ms), message(r)) for _, ms, r in reversed(records)]
    return {"logs-insights-results.csv": containers.table(("@timestamp", "@message"), rows)}


def one_object_a_file(records):
    return {f"{number:05d}.json": json.dumps(r, indent=4, ensure_ascii=False).encode()
            for number, (_, _, r) in enumerate(records)}


CLIENT_VPN = {name: containers.CONTAINERS[name] for name in (
    "ndjson", "pretty", "array", "filter-log-events", "get-log-events", "subscription-raw", "subscription-lambda",
    "firehose", "firehose-members", "s3-export", "s3-export-unpacked", "tail-short", "tail-detailed", "live-tail",
    "console-csv", "kinesis")} | {"insights-csv": insights_csv}


# CloudConnexa.

def s3_stream(records):
    path = "CloudConnexa/example-org/2026/04/13/part-0001.jsonl.gz"
    return lines(path, [message(r) for _, _, r in records], compress=True)


def jsonl(records):
    return lines("events.jsonl", [message(r) for _, _, r in records])


CLOUDCONNEXA = {"s3-jsonl-gz": s3_stream, "jsonl": jsonl, "pretty": containers.pretty,
                "filter-log-events": containers.filter_log_events, "firehose": containers.firehose}


def api_dump(records):
    dump = {"sessions": [r for _, _, r in records], "nextCursor": None}
    return {"sessions.json": json.dumps(dump, indent=1).encode()}


CLOUDCONNEXA_API = {"session-dump": api_dump, "session-lines": jsonl}


# Pangolin.

COLUMNS = """sessionId siteResourceId orgId siteId clientId clientEndpoint userId sourceAddr destAddr protocol startedAt
endedAt bytesTx bytesRx""".split()
EMPTY_EXPORT = b"orgId,action,actorType,timestamp,actor\n"


def cell(value):
    """generateCSV: an apostrophe before what a spreadsheet would calculate, quotes only where they are needed."""
    text = "" if value is None else str(value).replace("\r", "\\r").replace("\n", "\\n")
    if text[:1] in ("=", "+", "-", "@", "\t"):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def export(columns):
    def write(records):
        rows = [[cell(r[c]) for c in columns] for _, _, r in sorted(records, key=lambda r: -r[2]["startedAt"])]
        text = "\n".join(",".join(row) for row in [columns, *rows])  # no newline at the end
        return {"connection-audit-logs-example-org-1776082000.csv": text.encode()}
    return write


def api_row(record, names=False):
    """A row of the API: the export's columns and what people call them."""
    number = record["clientId"]
    known = {"siteName": "Berlin", "siteNiceId": "berlin-branch", "clientName": f"laptop-{number}",
             "clientNiceId": f"client-{number}", "clientType": "olm",
             "userEmail": record["userId"] and record["userId"][3:-6] + "@example.com"}
    resource = record["siteResourceId"]
    return {**record, "resourceName": f"resource {resource}", "resourceNiceId": f"res-{resource}",
            **{key: value if names else None for key, value in known.items()}}


def api_pages(size=1000, names=False, given=None):
    """`given`: so many pages are there, of all that the total promises."""
    def write(records):
        rows = [api_row(r, names) for _, _, r in sorted(records, key=lambda r: -r[2]["startedAt"])]
        files = {}
        for offset in range(0, len(rows), size):
            if given is not None and len(files) == given:
                break
            page = {"data": {"log": rows[offset:offset + size],
                             "pagination": {"total": len(rows), "limit": size, "offset": offset},
                             "filterAttributes": {"protocols": ["tcp", "udp"], "destAddrs": ["10.20.0.5:443"],
                                                  "clients": [{"id": 100, "name": "laptop-100"}]}},
                    "success": True, "error": False, "status": 200,
                    "message": "Connection audit logs retrieved successfully"}
            files[f"page-{offset:06d}.json"] = json.dumps(page).encode()
        return files
    return write


def streamed(record, ms, number):
    return {"event": "connection", "timestamp": rfc3339(ms), "data": {"id": 9000 + number, **record}}


def stream_objects(records, size=250):
    for part in range(0, len(records), size):
        yield f"logs/connection/2026/04/13/07-{part // size:02d}-30-0b5ad1f2", [
            streamed(r, ms, part + i) for i, (_, ms, r) in enumerate(records[part:part + size])]


def stream_array(records):
    return {f"{name}.json": json.dumps(events).encode() for name, events in stream_objects(records)}


def stream_ndjson(records):
    return {f"{name}.ndjson.gz": gz("".join(message(e) + "\n" for e in events))
            for name, events in stream_objects(records)}


def stream_csv(records):
    files = {}
    for name, events in stream_objects(records):
        out = io.StringIO()
        keys = list(dict.fromkeys(key for e in events for key in e["data"]))
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(["event", "timestamp", *keys])
        writer.writerows([e["event"], e["timestamp"], *("" if e["data"][k] is None else e["data"][k] for k in keys)]
                         for e in events)
        files[f"{name}.csv"] = out.getvalue().encode()
    return files


def templated(wrap):
    def write(records):
        other = message({"type": "action", "ts": rfc3339(records[0][1]),
                         "payload": {"action": "updateSite", "actor": "ada"}})
        return lines("bodies.ndjson", [other, *(message(wrap(r, rfc3339(ms))) for _, ms, r in records)])
    return write


PANGOLIN = {
    "csv-export": export(COLUMNS),
    "csv-export-other-order": export(COLUMNS[7:] + COLUMNS[:7]),
    "api-json": api_pages(),
    "api-json-in-pages": api_pages(50),
    "stream-array": stream_array,
    "stream-ndjson-gz": stream_ndjson,
    "stream-csv": stream_csv,
    "templated-payload": templated(lambda r, time: {"type": "connection", "ts": time, "payload": r}),
    "templated-event": templated(lambda r, time: {"source": "pangolin", "time": time, "event": r}),
}
# Its header lacks one column, so its sessions lack one field.
PANGOLIN_OLDER = {"csv-export-older-header": export([c for c in COLUMNS if c != "clientEndpoint"])}


# Lines of agents: the connector's (ANALYTICS and service lines) and newt's.

def line_of(record):
    return record if isinstance(record, str) else "ANALYTICS " + message(record).replace("/", "\\/")


def program_of(record):
    return "newt" if isinstance(record, str) and record.startswith("INFO: ") else "twingate-connector"


def prefixed(path, prefix):
    """`prefix` may hold {program}."""
    return lambda records: lines(path, [prefix(ms).format(program=program_of(r)) + line_of(r) for _, ms, r in records])


def journald_json(records):
    return lines("journal.json", [message({
        "__REALTIME_TIMESTAMP": str(ms * 1000), "_HOSTNAME": HOST, "_SYSTEMD_UNIT": program_of(r) + ".service",
        "SYSLOG_IDENTIFIER": program_of(r), "PRIORITY": "6", "MESSAGE": line_of(r)}) for _, ms, r in records])


def docker_json_file(records):
    return lines("0c1d2e-json.log", [message({"log": line_of(r) + "\n", "stream": "stdout", "time": nano(ms)})
                                     for _, ms, r in records])


def nano(ms):
    return rfc3339(ms)[:-1] + "123456Z"


def vector(records):
    return lines("vector.json", [message({
        "file": "/var/log/pods/twingate_connector-0_1f/connector/0.log", "kubernetes": {"pod_name": "connector-0"},
        "message": r, "stream": "stderr", "timestamp": nano(ms)}) for _, ms, r in records])


def datadog(records):
    journald = {"_HOSTNAME": HOST, "_SYSTEMD_UNIT": "twingate-connector.service"}
    return lines("datadog.json", [message({**r, "journald": journald}) for _, _, r in records])


def shipper(records):
    return lines("2026-04-13/07-00.ndjson.gz", [message(r) for _, _, r in records], compress=True)


def cloudwatch(records):
    events = [{"logStreamName": stream, "timestamp": ms, "message": line_of(r), "ingestionTime": ms + 900,
               "eventId": containers.event_id(stream, i)} for i, (stream, ms, r) in enumerate(records)]
    return {"events.json": json.dumps({"events": events, "searchedLogStreams": []}).encode()}


AGENT_LINES = {
    "journald-short": prefixed("journal.txt", lambda ms: when(ms, "%b %d %H:%M:%S ") + "edge-1 {program}[369075]: "),
    "journald-json": journald_json,
    "docker-t": prefixed("docker.txt", lambda ms: nano(ms) + " "),
    "docker-json-file": docker_json_file,
    "cri": prefixed("connector-0.log", lambda ms: nano(ms) + " stderr F "),
    "syslog": prefixed("syslog", lambda ms: f"<30>1 {rfc3339(ms)} {HOST} {{program}} 369075 - - "),
    "cloudwatch": cloudwatch,
}
# Without the prefix only events can be carried.
TWINGATE_EVENTS = {"vector": vector, "datadog": datadog, "shipper": shipper,
                   "bare": lambda records: lines("connector.log", [line_of(r) for _, _, r in records])}


# Twingate's console report: one row a flow, times of its own.

REPORT_COLUMNS = """start_time end_time user user_id device_id resource_address resource_id resource_ip resource_port
protocol remote_network remote_network_id connector connector_id client_ip status bytes_transferred bytes_received relays
relay_ips relay_ports""".split()
REPORT_TIME = "%Y-%m-%d %H:%M:%S.%f UTC"


def report_rows(records):
    """Rows of the flows that the events tell, as far as they are over."""
    for _, ms, r in records:
        if isinstance(r, str) or r["event_type"] in ("established_connection", "denied_access"):
            continue
        c = r["connection"]
        error = c.get("error_message", "NORMAL")
        status = "DNS_ERROR" if error.startswith("DNS") else error
        yield dict(zip(REPORT_COLUMNS, [
            when(ms - c.get("duration", 0), REPORT_TIME), when(ms, REPORT_TIME), r.get("user", {}).get("email", ""),
            r.get("user", {}).get("id", ""), r["device"]["id"], r["resource"]["address"], r["resource"]["id"],
            c["resource_ip"], str(c["resource_port"]), c["protocol"], r["remote_network"]["name"],
            r["remote_network"]["id"],
            r["connector"]["name"], r["connector"]["id"], c["client_ip"], status,
            str(c.get("tx", 0)), str(c.get("rx", 0)), "", "", ""]))


def report_csv(records):
    rows = list(report_rows(records))
    return {"network-traffic.csv": containers.table(REPORT_COLUMNS, [list(row.values()) for row in rows])}


def report_json(records):
    return lines("network-traffic.json.gz", [message(row) for row in report_rows(records)], compress=True)


TWINGATE_REPORT = {"report-csv": report_csv, "report-json-gz": report_json}

CONTAINERS = {
    "aws-client-vpn": CLIENT_VPN, "cloudconnexa": CLOUDCONNEXA | CLOUDCONNEXA_API,
    "pangolin": PANGOLIN | PANGOLIN_OLDER | {
        "api-json-first-page": api_pages(100, names=True, given=1), "api-json-names": api_pages(names=True)},
    "twingate": AGENT_LINES | TWINGATE_EVENTS | TWINGATE_REPORT}


def fitting(records):
    """Names of the containers that carry these records, all of them with the same meaning."""
    first = next((r for _, _, r in records if isinstance(r, dict)), None)
    text = any(isinstance(r, str) for _, _, r in records)
    if first is None:
        return ["bare", *AGENT_LINES]
    if "client-vpn-endpoint-id" in first:
        return list(CLIENT_VPN)
    if "CloudConnexaLogVersion" in first:
        return list(CLOUDCONNEXA)
    if "sourceAddr" in first:
        return list(PANGOLIN)
    if "connector" in first:
        return list(AGENT_LINES) + ([] if text else list(TWINGATE_EVENTS))
    return list(CLOUDCONNEXA_API)
