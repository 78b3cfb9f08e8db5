# Writes the same records in every container that a user can hand in (facts/aws-site-to-site-vpn.md section 5).
# In: a list of (stream, envelope_ms, record), ordered by time. Out: {path below the input folder: bytes}.
# Containers without a stream name inside give one file a stream, named after it: the path is then the identity.
# gzip headers carry no time, so the same records give the same bytes.
import base64
import csv
import gzip
import io
import json
import random
from datetime import datetime, timezone

from story import readable, rfc3339

GROUP = "/aws/vendedlogs/vpn"
OLD_NAMES = {"event_timestamp": "VpnLogCreationTimestamp", "timestamp": "VpnLogCreationTimestampReadable",
             "details": "VpnLogDetail", "dpd_enabled": "TunnelDPDEnabled",
             "nat_t_detected": "TunnelCGWNATTDetectionStatus", "ike_phase1_state": "TunnelIKEPhase1State",
             "ike_phase2_state": "TunnelIKEPhase2State"}


def encode(container, records):
    return CONTAINERS[container](records)


def with_old_names(records):
    """The IKE records under the field names of the 2023 guide, tunnel identity and readable time included."""
    def old(stream, record):
        if "details" not in record:
            return record
        renamed = {OLD_NAMES[key]: value for key, value in record.items()}
        seconds = record["event_timestamp"]
        ms = seconds if seconds >= 1e11 else seconds * 1000
        vpn, ip = identity(stream)
        return {"VpnConnectionId": vpn, "TunnelOutsideIPAddress": ip, **renamed,
                "VpnLogCreationTimestamp": readable(ms)}
    return [(stream, ms, old(stream, record)) for stream, ms, record in records]


def identity(stream):
    vpn, rest = stream[:21], stream[22:]
    return vpn, rest.rsplit("-", 1)[0]


def message(record):
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def gz(data):
    return gzip.compress(data if isinstance(data, bytes) else data.encode(), 9, mtime=0)


def by_stream(records):
    streams = {}
    for record in records:
        streams.setdefault(record[0], []).append(record)
    return streams


def iso(ms, digits=True):
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + (
        f".{ms % 1000:03d}000+00:00" if digits else "")


def event_id(stream, index):
    return f"{random.Random(f'{stream} {index}').randrange(10 ** 55):056d}"


def s3_export(records, prefix=rfc3339, compress=True):
    files = {"exportedlogs/aws-logs-write-test": b"Permission Check Successful"}
    task = "exportedlogs/6e0d1c1b-5f4e-4c6a-9d0b-1f2e3d4c5b6a"
    for stream, own in by_stream(records).items():
        for part in range(0, len(own), 2000):  # CloudWatch begins a new object now and then
            text = "".join(f"{prefix(ms)} {message(r)}\n" for _, ms, r in own[part:part + 2000])
            name = f"{task}/{stream}/{part // 2000:06d}"
            files[name + (".gz" if compress else "")] = gz(text) if compress else text.encode()
    return files


def filter_log_events(records):
    events = [{"logStreamName": stream, "timestamp": ms, "message": message(r), "ingestionTime": ms + 1723,
               "eventId": event_id(stream, i)} for i, (stream, ms, r) in enumerate(records)]
    return {"events.json": json.dumps({"events": events, "searchedLogStreams": []}, indent=4).encode()}


def get_log_events(records):
    files = {}
    for stream, own in by_stream(records).items():
        events = [{"timestamp": ms, "message": message(r), "ingestionTime": ms + 1723} for _, ms, r in own]
        files[f"{stream}.json"] = json.dumps({"events": events, "nextForwardToken": "f/31967338", "nextBackwardToken":
                                              "b/31967337"}, indent=4).encode()
    return files


def tail_detailed(records):
    return {"tail.txt": "".join(f"{iso(ms)} {stream} {message(r)}\n" for stream, ms, r in records).encode()}


def tail_short(records):
    return {f"{stream}.txt": "".join(f"{iso(ms, False)} {message(r)}\n" for _, ms, r in own).encode()
            for stream, own in by_stream(records).items()}


def tail_json(records):
    def when(ms):
        return datetime.fromtimestamp(ms // 1000, timezone.utc).replace(microsecond=ms % 1000 * 1000).isoformat()
    text = "".join(f"{when(ms)} {stream} \n{json.dumps(r, indent=4, ensure_ascii=False)}\n" for stream, ms, r in records)
    return {"tail.txt": text.encode()}


def insights_time(ms):
    return readable(ms)[:-1]


def discovered(record):
    """The fields that Insights discovers in a record; everything is a string, nested keys get a dot."""
    flat = {}
    for key, value in record.items():
        for name, leaf in ((f"{key}.{k}", v) for k, v in value.items()) if isinstance(value, dict) else [(key, value)]:
            flat[name] = json.dumps(leaf) if isinstance(leaf, bool) else str(leaf)
    return flat


def insights_json(records, fields=False):
    rows = []
    for i, (stream, ms, record) in enumerate(reversed(records)):
        row = {"@timestamp": insights_time(ms), "@message": message(record), "@logStream": stream,
               "@log": f"123456789012:{GROUP}"}
        if fields:
            del row["@message"]
            row |= discovered(record)
        row["@ptr"] = base64.b64encode(event_id(stream, i)[:30].encode()).decode()
        rows.append([{"field": k, "value": v} for k, v in row.items()])
    document = {"queryLanguage": "CWLI", "results": rows, "statistics": {
        "recordsMatched": float(len(rows)), "recordsScanned": float(len(rows)), "bytesScanned": 1000.0 * len(rows)},
        "status": "Complete"}
    return {"insights.json": json.dumps(document, indent=4, ensure_ascii=False).encode()}


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def insights_csv(records):
    rows = [(stream, insights_time(ms), message(r)) for stream, ms, r in reversed(records)]
    return {"logs-insights-results.csv": table(("@logStream", "@timestamp", "@message"), rows)}


def insights_csv_fields(records):
    flat = [(stream, ms, discovered(r)) for stream, ms, r in reversed(records)]
    names = list(dict.fromkeys(name for _, _, r in flat for name in r))
    rows = [(insights_time(ms), *(r.get(name, "") for name in names), stream) for stream, ms, r in flat]
    return {"logs-insights-results.csv": table(("@timestamp", *names, "@logStream"), rows)}


def console_csv(records):
    return {f"{stream}.csv": table(("timestamp", "message"), ((ms, message(r)) for _, ms, r in own))
            for stream, own in by_stream(records).items()}


def payloads(records, size=25):
    """Subscription payloads of up to `size` events each, a control message first."""
    out = [{"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
            "subscriptionFilters": [], "logEvents": [{"id": "", "timestamp": records[0][1], "message":
                                                      "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}]
    for stream, own in by_stream(records).items():
        for part in range(0, len(own), size):
            events = [{"id": event_id(stream, part + i), "timestamp": ms, "message": message(r)}
                      for i, (_, ms, r) in enumerate(own[part:part + size])]
            out.append({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": GROUP, "logStream": stream,
                        "subscriptionFilters": ["all"], "logEvents": events})
    return [message(p) for p in out]


def base64_gz(text):
    return base64.b64encode(gz(text)).decode()


def subscription_raw(records):
    return {"payloads.json": "".join(p + "\n" for p in payloads(records)).encode()}


def subscription_lambda(records):
    return {"lambda-events.json": "".join(message({"awslogs": {"data": base64_gz(p)}}) + "\n"
                                          for p in payloads(records)).encode()}


def kinesis(records):
    found = [{"kinesis": {"partitionKey": "1", "sequenceNumber": str(i), "data": base64_gz(p)},
              "eventSource": "aws:kinesis"} for i, p in enumerate(payloads(records))]
    return {"kinesis.json": json.dumps({"Records": found}, indent=2).encode()}


def firehose_transform(records):
    found = [{"recordId": str(i), "data": base64_gz(p)} for i, p in enumerate(payloads(records))]
    return {"firehose-transform.json": json.dumps({"invocationId": "1", "records": found}).encode()}


def firehose(records):
    return {"delivery-1-2026-03-02-08-00-00-0f1e2d3c": "".join(payloads(records)).encode()}


def firehose_members(records):
    return {"delivery-1-2026-03-02-08-00-00-0f1e2d3c.gz": b"".join(gz(p) for p in payloads(records))}


def firehose_gzip_in_gzip(records):
    return {"delivery-1-2026-03-02-08-00-00-0f1e2d3c.gz": gz(b"".join(gz(p) for p in payloads(records)))}


def live_tail(records):
    lines = [message({"logStreamName": stream, "logGroupIdentifier": f"123456789012:{GROUP}", "message": message(r),
                      "timestamp": ms, "ingestionTime": ms + 900}) for stream, ms, r in records]
    return {"live-tail.json": "".join(line + "\n" for line in lines).encode()}


def ndjson(records):
    return {f"{stream}.json": "".join(message(r) + "\n" for _, _, r in own).encode()
            for stream, own in by_stream(records).items()}


def pretty(records):
    return {f"{stream}.json": "".join(json.dumps(r, indent=2, ensure_ascii=False) + "\n" for _, _, r in own).encode()
            for stream, own in by_stream(records).items()}


def array(records):
    return {f"{stream}.json": json.dumps([r for _, _, r in own], indent=2, ensure_ascii=False).encode()
            for stream, own in by_stream(records).items()}


def text(records):
    """The `text` output format, whose layout is not known: field values with a blank between them, as `tail` shows them."""
    def values(record):
        return " ".join(" ".join(map(str, v.values())) if isinstance(v, dict) else str(v) for v in record.values())
    return {"tail.txt": "".join(f"{iso(ms)} {stream} {values(r)}\n" for stream, ms, r in records).encode()}


CONTAINERS = {
    "s3-export": s3_export,
    "s3-export-epoch": lambda records: s3_export(records, prefix=str),
    "s3-export-unpacked": lambda records: s3_export(records, compress=False),
    "filter-log-events": filter_log_events,
    "get-log-events": get_log_events,
    "tail-detailed": tail_detailed,
    "tail-short": tail_short,
    "tail-json": tail_json,
    "insights-json": insights_json,
    "insights-json-fields": lambda records: insights_json(records, fields=True),
    "insights-csv": insights_csv,
    "insights-csv-fields": insights_csv_fields,
    "console-csv": console_csv,
    "subscription-raw": subscription_raw,
    "subscription-lambda": subscription_lambda,
    "kinesis": kinesis,
    "firehose-transform": firehose_transform,
    "firehose": firehose,
    "firehose-members": firehose_members,
    "firehose-gzip-in-gzip": firehose_gzip_in_gzip,
    "live-tail": live_tail,
    "ndjson": ndjson,
    "pretty": pretty,
    "array": array,
    "text": text,
}
