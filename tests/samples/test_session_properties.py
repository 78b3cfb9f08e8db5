# What must hold for logs of user sessions that no sample shows: other containers, orders, names, faults, bad input.
# The tales and what they must lead to stand in tests/tools/session_tales.py.
import csv
import gzip
import io
import json
import random
import re

import pytest

import session_containers
import tool
from containers import message
from make_session_inputs import encode
from session_containers import COLUMNS, cell, fitting, line_of, lines, nano, streamed
from session_story import DAY, PEOPLE, ClientVpn, CloudConnexa, Pangolin, Twingate
from session_tales import CATALOGUE, tell

SYSTEMS = ["aws-client-vpn", "cloudconnexa", "pangolin", "twingate"]
WRAPPED = ["client-vpn-handler-fails-for-everyone", "client-vpn-mass-disconnect", "client-vpn-healthy-saml",
           "client-vpn-policy-ends-sessions", "cloudconnexa-session-churn", "cloudconnexa-access-denied",
           "cloudconnexa-threat-blocked", "cloudconnexa-accounts-are-guessed", "pangolin-resource-drops-everything",
           "pangolin-site-restarts", "pangolin-healthy", "pangolin-agent-names-the-error",
           "twingate-resource-fails-at-one-connector", "twingate-name-is-not-resolved",
           "twingate-most-traffic-is-relayed", "twingate-access-denied"]
# Their findings are about the connector that a line's prefix names, and not every prefix names one.
SERVICE_LINES = ["twingate-connector-goes-offline", "twingate-connector-was-offline", "twingate-connector-clock-drifts",
                 "twingate-connector-tokens-are-gone", "twingate-connector-runs-out-of-files",
                 "twingate-relay-unreachable"]
ORDERED = ["client-vpn-handler-failed-and-recovered", "client-vpn-accounts-are-guessed",
           "client-vpn-healthy-certificates", "cloudconnexa-mass-disconnect", "cloudconnexa-over-the-limit",
           "pangolin-resource-refuses-everything",
           "pangolin-mass-disconnect", "twingate-resource-fails-for-everyone", "twingate-connector-was-offline"]
ordered_tales = pytest.mark.parametrize("name", ORDERED)


def plain(records):
    """One file in the order given, as bytes: a container that carries every record of its system."""
    texts = []
    for number, (_, ms, r) in enumerate(records):
        if isinstance(r, str) or "connector" in r:
            texts.append(f"{nano(ms)} {line_of(r)}")
        else:
            texts.append(message(streamed(r, ms, 0) if "sourceAddr" in r else r))
    (data,) = lines("log", texts).values()
    return data


def diagnosed(records):
    run = tool.diagnose("-", stdin=plain(records))
    assert run.status in (0, 1), run.err
    return run


def written(folder, name, container, records):
    tool.write_files(folder, encode(name, container, records))
    run = tool.diagnose(".", cwd=folder)
    assert run.status in (0, 1), run.err
    return run


def essence(report):
    """The report without what may differ between containers and orders: inputs, coverage and places. The fields of a
    session stay, except those that only some containers write."""
    def strip(value, key=""):
        if isinstance(value, dict):
            return {k: strip(v, k) for k, v in value.items()
                    if k not in ("at", "inputs", "coverage") and not (key == "reason" and k == "first")}
        if isinstance(value, list):
            return [strip(v, {"reasons": "reason"}.get(key, key)) for v in value]
        return value
    report = strip(report)
    for entry in report["sessions"]:
        for session in entry["list"]:
            del session["fields"]
    for finding in report["findings"]:
        for evidence in finding["evidence"]:
            evidence.pop("fields", None)
        # The agent's lines have a time to the second, or their container's finer one: the order within a second differs.
        finding["evidence"].sort(key=lambda e: (e["time"][:19], e["message"]))
    return report


def differences(a, b, path=""):
    if type(a) is not type(b) or not isinstance(a, (dict, list)):
        return [] if a == b else [f"{path}: {a!r} is not {b!r}"]
    if isinstance(a, dict):
        return [d for k in sorted(a.keys() | b.keys()) for d in differences(a.get(k), b.get(k), f"{path}/{k}")]
    if len(a) != len(b):
        return [f"{path}: {len(a)} is not {len(b)} long"]
    return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{path}/{i}")]


def assert_same(report, other):
    assert differences(essence(report), essence(other))[:6] == []


def sessions_of(report):
    return [session for entry in report["sessions"] for session in entry["list"]]


# (a) Containers.

@pytest.mark.parametrize("name", WRAPPED)
def test_container_makes_no_difference(name, tmp_path):
    records = tell(name, "container").records()
    first, *others = fitting(records)
    expected = written(tmp_path / first, name, first, records).report
    assert expected["sessions"]
    wrong = {}
    for container in others:
        report = written(tmp_path / container, name, container, records).report
        if found := differences(essence(expected), essence(report)):
            wrong[f"{first} and {container}"] = found[:4]
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("name", SERVICE_LINES)
def test_container_makes_no_difference_to_the_connectors_own_lines(name, tmp_path):
    records = tell(name, "container").records()
    found = {}
    for container in fitting(records):
        report = written(tmp_path / container, name, container, records).report
        found[container] = sorted([f[k] for k in ("cause", "severity", "role", "count", "ongoing")]
                                  for f in report["findings"])
        assert CATALOGUE[name].cause in {f[0] for f in found[container]}, container
    assert len({json.dumps(f) for f in found.values()}) == 1, json.dumps(found, indent=1)


@pytest.mark.parametrize("name", ["client-vpn-session-churn", "cloudconnexa-session-churn", "pangolin-healthy",
                                  "twingate-healthy"])
def test_input_names_its_dialect(name):
    (entry,) = diagnosed(tell(name, 1).records()).report["inputs"]
    assert CATALOGUE[name].system in entry["dialects"]


# (b) Order, splits, repetition.

ORDERS = {
    "shuffled": lambda records, rng: rng.sample(records, len(records)),
    "newest first": lambda records, rng: records[::-1],
    "repeated": lambda records, rng: records + records,
    "overlapping": lambda records, rng: records[:2 * len(records) // 3] + records[len(records) // 3:],
}


@ordered_tales
@pytest.mark.parametrize("order", ORDERS)
def test_order_makes_no_difference(name, order):
    records = tell(name, "order").records()
    other = ORDERS[order](records, random.Random(order))
    whole, turned = diagnosed(records).report, diagnosed(other).report
    assert_same(whole, turned)
    assert turned["coverage"]["duplicates"] - whole["coverage"]["duplicates"] == len(other) - len(records)


@ordered_tales
def test_splitting_into_files_makes_no_difference(name, tmp_path):
    records = tell(name, "split").records()
    rng = random.Random(name)
    parts = [[] for _ in range(4)]
    for record in records:
        for part in rng.sample(parts, 1 if rng.random() < 0.8 else 2):
            part.append(record)
    containers = [c for c in fitting(records) if c != "live-tail"]
    for number, part in enumerate(p for p in parts if p):
        tool.write_files(tmp_path / str(number), encode(name, rng.choice(containers), part))
    split = tool.diagnose(".", cwd=tmp_path)
    if "connector" in name:  # each prefix names the connector in its own way
        whole = diagnosed(records)
        assert {f["cause"] for f in split.report["findings"]} == {f["cause"] for f in whole.report["findings"]}
    else:
        assert_same(diagnosed(records).report, split.report)
        assert split.report["coverage"]["duplicates"] == sum(map(len, parts)) - len(records)


def test_systems_do_not_disturb_each_other(tmp_path):
    names = ["client-vpn-posture-rejected", "cloudconnexa-session-churn", "pangolin-resource-drops-everything",
             "twingate-name-is-not-resolved"]
    alone = []
    for name in names:
        records = tell(name, "together").records()
        tool.write_files(tmp_path / name, encode(name, fitting(records)[0], records))
        alone += diagnosed(records).report["sessions"]
    together = tool.diagnose(".", cwd=tmp_path).report
    keys = ("system", "group", "connections", "failed", "users", "primary_cause")
    assert [[e[k] for k in keys] for e in together["sessions"]] == [[e[k] for k in keys] for e in alone]


# (c) Names.

RENAMED = [("cvpn-endpoint-0", "cvpn-endpoint-f"), ("eu-central-1", "us-example-2"), ("Office VPC", "Branch VPC"),
           ("proud-otter", "quick-otter"), ("calm-heron", "dark-heron"), ("git.corp", "hub.corp")]


def renamed(records):
    def change(text):
        for person in PEOPLE:
            text = re.sub(rf"(?<![a-z]){person}(?![a-z])|(?<=\"usr){person}", "Q" + person, text)
            text = re.sub(rf"(?<![A-Za-z]){person.title()}(?![a-z])", "Q" + person.title(), text)
        for old, new in RENAMED:
            text = text.replace(old, new)
        return text
    return [(change(stream), ms, change(r) if isinstance(r, str) else json.loads(change(json.dumps(r))))
            for stream, ms, r in records]


def unrenamed(report):
    text = json.dumps(report)
    for person in PEOPLE:
        text = text.replace("Q" + person, person).replace("Q" + person.title(), person.title())
    for old, new in RENAMED:
        text = text.replace(new, old)
    report = json.loads(text)
    for finding in report["findings"]:  # what alerts key on is another subject's
        del finding["fingerprint"], finding["explains"]
    return report


@pytest.mark.parametrize("name", ["client-vpn-handler-fails-for-everyone", "client-vpn-session-churn",
                                  "cloudconnexa-mass-disconnect", "pangolin-resource-drops-everything",
                                  "twingate-resource-fails-at-one-connector"])
def test_other_names_change_nothing_but_names(name):
    records = tell(name, "names").records()
    changed = renamed(records)
    assert changed != records
    report = diagnosed(records).report
    for finding in report["findings"]:
        del finding["fingerprint"], finding["explains"]
    assert_same(report, unrenamed(diagnosed(changed).report))


# (d) The documented fields.

OMITTED = {"key", "cbct_freshness", "location", "key_id", "traceId"}  # a secret, or of no use to anybody


def flat(record, prefix=""):
    """The scalar fields of a record by their documented names, without those that say nothing."""
    out = {}
    for key, value in record.items():
        if isinstance(value, dict):
            out |= flat(value, f"{prefix}{key}." if key != "log" else "")
        elif not isinstance(value, list) and value not in (None, "", "NA", "null") and key not in OMITTED:
            out[prefix + key] = value
    return out


def lacking_fields(records, report, id_of):
    """Fields of records that the session of the same id does not say; of repeated fields one value will do."""
    said = {}
    for _, _, record in records:
        if isinstance(record, dict) and id_of(record):
            for name, value in flat(record).items():
                said.setdefault(id_of(record), {}).setdefault(name, []).append(value)
    listed = {session["id"]: session for session in sessions_of(report)}
    wrong = [f"no session {id}" for id in said.keys() - listed.keys()]
    for id in said.keys() & listed.keys():
        wrong += [f"{id}: {name} is none of {values}" for name, values in said[id].items()
                  if not any(tool.has_field(listed[id], name, value) for value in values)]
    return wrong


IDS = {
    "client-vpn-policy-ends-sessions": lambda r: r["connection-id"],
    "cloudconnexa-session-churn": lambda r: r["log"]["clientSessionId"],
    "cloudconnexa-healthy-dump-of-sessions": lambda r: r["id"],
    "pangolin-site-restarts": lambda r: r["sessionId"],
    "twingate-name-is-not-resolved": lambda r: r["connection"]["id"],
    "twingate-healthy": lambda r: r["connection"]["id"],
}


@pytest.mark.parametrize("name", IDS)
def test_documented_fields_come_back_from_every_container(name, tmp_path):
    records = tell(name, "fields").records()
    wrong = {}
    for container in fitting(records):
        if found := lacking_fields(records, written(tmp_path / container, name, container, records).report, IDS[name]):
            wrong[container] = [f"{len(found)} in all", *sorted(found)[:6]]
    assert not wrong, json.dumps(wrong, indent=1)


def test_evidence_shows_the_fields_of_its_record():
    report = diagnosed(tell("client-vpn-policy-error-for-want-of-a-device-token", 3).records()).report
    (finding,) = [f for f in report["findings"] if f["cause"] == "authorization-policy-denied"]
    for evidence in finding["evidence"]:
        assert evidence["fields"]["connection-attempt-failure-reason"] == "authorization-policy-deny"
        assert re.search("token-(expired|malformed)", evidence["message"])


DOCUMENTED = {"timestamp": 1776150000, "protocol": "tcp", "siteResourceId": 12, "clientId": 101,
              "clientEndpoint": "198.51.100.7:51820", "userId": "usrada000001", "sourceAddr": "100.90.128.2:49152",
              "destAddr": "10.20.0.5:443", "duration": 37, "bytesTx": 18400, "bytesRx": 220131}


@pytest.mark.parametrize("form", ["ndjson", "array", "pretty", "csv", "api", "event"])
def test_fields_of_pangolins_document_come_back(form):
    (session,) = sessions_of(tool.diagnose("-", stdin={
        "ndjson": json.dumps(DOCUMENTED) + "\n", "array": json.dumps([DOCUMENTED]),
        "pretty": json.dumps(DOCUMENTED, indent=2),
        "csv": ",".join(DOCUMENTED) + "\n" + ",".join(map(str, DOCUMENTED.values())),
        "api": json.dumps({"data": {"log": [DOCUMENTED], "pagination": {"total": 1, "limit": 1000, "offset": 0}},
                           "success": True}),
        "event": json.dumps({"event": "connection", "timestamp": "2026-04-14T07:00:37.000Z", "data": DOCUMENTED}),
    }[form].encode()).report)
    assert [n for n, v in DOCUMENTED.items() if not tool.has_field(session, n, v)] == []
    assert (session["start"], session["end"]) == ("2026-04-14T07:00:00.000Z", "2026-04-14T07:00:37.000Z")
    assert (session["duration_s"], session["outcome"], session["address"]) == (37, "ended", "198.51.100.7")


def test_names_of_the_api_come_back(tmp_path):
    records = tell("pangolin-site-restarts", 1).records()
    report = written(tmp_path, "pangolin-site-restarts", "api-json-names", records).report
    (entry,) = report["sessions"]
    assert entry["name"] == "Berlin"
    assert all(s["user"].endswith("@example.com") and s["device"].startswith("laptop-") for s in entry["list"])
    assert not any("page" in caveat for caveat in entry["caveats"])


def test_page_of_many_is_said(tmp_path):
    records = tell("pangolin-healthy", 1).records()
    report = written(tmp_path, "pangolin-healthy", "api-json-first-page", records).report
    assert any("page" in caveat for caveat in report["sessions"][0]["caveats"])


def test_console_report_leads_to_the_same_cause(tmp_path):
    name = "twingate-resource-fails-at-one-connector"
    records = tell(name, 1).records()
    reports = [written(tmp_path / c, name, c, records).report for c in ("report-csv", "report-json-gz")]
    assert_same(*reports)
    assert reports[0]["sessions"][0]["primary_cause"] == "resource-unreachable"
    rows = list(session_containers.report_rows(records))
    assert reports[0]["sessions"][0]["connections"] == len(rows)
    assert reports[0]["sessions"][0]["failed"] == sum(row["status"] != "NORMAL" for row in rows)


# (e) Every tale, with many seeds.

def complaints(tale, log, run):
    report, wrong = run.report, []
    if tale.cause is None:
        if run.status or tool.warnings_of(report):
            wrong.append(f"not silent, status {run.status}")
    else:
        ours = [f for f in report["findings"]
                if f["cause"] == tale.cause and f["subject"].startswith(tale.system + "/")]
        if not any(f["severity"] in tale.severity and f["role"] in tale.role and tale.ongoing in (None, f["ongoing"])
                   for f in ours):
            wrong.append(f"no {tale.cause}, {tale.severity}, {tale.role}, ongoing {tale.ongoing}")
        if tale.status != run.status:
            wrong.append(f"status {run.status}")
    wrong += [f"{f['cause']} is a root cause" for f in report["findings"]
              if f["cause"] in tale.absent and f["role"] == "root-cause"]
    groups = {entry["group"]: entry for entry in report["sessions"]}
    for group, truth in log.truth.items():
        told = {"connections": truth["connections"], "failed": truth["failed"], "users": len(truth["users"])}
        told = {k: v for k, v in told.items() if k not in log.doubtful}
        found = {k: groups[group][k] for k in told} if group in groups else None
        if found != told:
            wrong.append(f"{group}: {found}, told were {told}")
    if wrong:
        wrong += tool.describe(report["findings"])
    return wrong + tool.consistent(report)


@pytest.mark.parametrize("name", CATALOGUE)
def test_tale_leads_to_its_cause(name, request, tmp_path):
    tale, wrong = CATALOGUE[name], {}
    for seed in range((request.config.getoption("--seeds") + 1) // 2):
        log = tell(name, seed)
        records = log.records()
        container = random.Random(f"{name} {seed}").choice(fitting(records))
        if found := complaints(tale, log, written(tmp_path / str(seed), name, container, records)):
            wrong[f"seed {seed} in {container}"] = found
    assert not wrong, f"{len(wrong)} seeds: " + json.dumps(wrong, indent=1)


def many(log, enough, **options):
    """Working days one after the other, until there are enough records."""
    while len(log._records) < enough:
        log.working_day(**options)
        log.start += DAY
    return log


@pytest.mark.parametrize("log", [
    lambda: many(ClientVpn("many", saml=True), 2000, people=26), lambda: many(CloudConnexa("many"), 2000, people=26),
    lambda: many(Pangolin("many"), 2000, people=20), lambda: many(Twingate("many"), 2000, people=20)], ids=SYSTEMS)
def test_two_thousand_records_of_ordinary_days_stay_silent(log):
    run = diagnosed(log().records())
    assert (run.status, tool.warnings_of(run.report)) == (0, []), tool.describe(run.report["findings"])
    assert run.report["coverage"]["recognised"] >= 2000


# Lifecycles.

def test_login_through_an_identity_provider_is_one_connection():
    log = ClientVpn(1, saml=True)
    log.disconnect(log.connect(log.start, 1, "ada"), log.start + 3600)
    (entry,) = diagnosed(log.records()).report["sessions"]
    assert (entry["connections"], entry["failed"], entry["users"]) == (1, 0, 1)


def test_repeated_record_replaces_and_is_not_summed():
    log = ClientVpn(1)
    session = log.connect(log.start, 1, "ada")
    log.disconnect(session, log.start + 3600, traffic=(5000, 700))
    first = log.records()[-1][2]
    log.add(log.start + 3700, {**first, "egress-bytes": "6000", "ingress-bytes": "800",
                               "connection-last-update-time": "2026-04-13 23:59:59"})
    (entry,) = diagnosed(log.records()).report["sessions"]
    (session,) = entry["list"]
    assert (entry["connections"], session["bytes_to_client"], session["bytes_from_client"]) == (1, 6000, 800)


def test_session_without_a_close_is_open_and_no_failure():
    log = Twingate(1)
    log.establish(log.start, 1, "1171")
    log.close(log.establish(log.start + 5, 2, "1171"), log.start + 25)
    report = diagnosed(log.records()).report
    assert sorted(s["outcome"] for s in sessions_of(report)) == ["ended", "open"]
    assert report["sessions"][0]["failed"] == 0


def test_close_without_its_beginning_begins_before_the_log():
    log = Twingate(1)
    conn = log.establish(log.start - 100, 1, "1171")
    log.close(conn, log.start + 20)
    (session,) = sessions_of(diagnosed(log.records()[1:]).report)
    assert session["duration_s"] == pytest.approx(120, abs=0.01)
    assert tool.seconds(session["start"]) == pytest.approx(log.start - 100, abs=0.01)


def test_second_session_of_an_id_that_was_used_before_is_its_own():
    """Pangolin's sessionId is not unique: sessionId and startedAt together are."""
    log = Pangolin(1)
    log.row(log.start, 30, 1, 11)
    log.row(log.start + 100, 40, 1, 11)
    records = [(s, ms, {**r, "sessionId": "00112233aabbccdd"}) for s, ms, r in log.records()]
    assert sorted(s["duration_s"] for s in sessions_of(diagnosed(records).report)) == [30, 40]


def test_connector_is_named_by_its_lines_and_its_events():
    """A service account's key is a secret that the events carry; its name is the user."""
    log = Twingate(1)
    log.close(log.establish(log.start, 1, "1171", service=True), log.start + 9)
    for format in ("json", "text", "markdown", "html"):
        out = tool.diagnose("-", stdin=plain(log.records()), format=format).out.decode()
        assert "s3cr3t-of-the-service" not in out
    assert [s["user"] for s in sessions_of(diagnosed(log.records()).report)] == ["build-robot"]


# Pangolin's CSV.

def pangolin_csv(rows, columns=COLUMNS, ending="\n"):
    return ending.join([",".join(columns), *(",".join(cell(r[c]) for c in columns) for r in rows)]).encode()


ROW = tell("pangolin-healthy", 1).records()[0][2]


@pytest.mark.parametrize("columns", [COLUMNS[::-1], COLUMNS[5:] + COLUMNS[:5],
                                     [c for c in COLUMNS if c != "clientEndpoint"]],
                         ids=["reversed", "rotated", "older"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_columns_are_found_by_name(columns, ending):
    (session,) = sessions_of(tool.diagnose("-", stdin=pangolin_csv([ROW], columns, ending)).report)
    assert [n for n, v in flat({c: ROW[c] for c in columns}).items() if not tool.has_field(session, n, v)] == []


@pytest.mark.parametrize("value, read", [
    ("=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"), ("@home", "@home"), ("-odd", "-odd"),
    ('with "quotes", and commas', 'with "quotes", and commas'), ("two\nlines", "two\\nlines"), ("'quoted'",
                                                                                                "'quoted'"), ("+49",
                                                                                                              "+49")])
def test_values_that_pangolin_writes_with_care_come_back(value, read):
    (session,) = sessions_of(tool.diagnose("-", stdin=pangolin_csv([{**ROW, "userId": value}])).report)
    assert tool.has_field(session, "userId", read), session


def test_quoted_newline_of_older_exports_is_read():
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(["" if ROW[c] is None else ROW[c] if c != "orgId" else "two\nlines" for c in COLUMNS])
    writer.writerow(["" if ROW[c] is None else "0000000000000001" if c == "sessionId" else ROW[c] for c in COLUMNS])
    report = tool.diagnose("-", stdin=out.getvalue().encode()).report
    assert len(sessions_of(report)) == 2
    assert report["coverage"]["skipped"] == 0


def test_empty_export_alone_is_called_one():
    """Nothing was recognised in it, so the status is 4; but it is an empty export and no unknown format."""
    run = tool.diagnose("-", stdin=session_containers.EMPTY_EXPORT)
    assert (run.status, sessions_of(run.report)) == (4, [])
    assert "empty" in run.err + run.out.decode()


def test_end_before_start_is_no_negative_duration():
    rows = [{**ROW, "endedAt": ROW["startedAt"] - 5}, {**ROW, "sessionId": "01" * 8}]
    run = tool.diagnose("-", stdin=pangolin_csv(rows))
    durations = [s["duration_s"] for s in sessions_of(run.report)]
    assert durations and all(d is None or d >= 0 for d in durations)


# Bad input: nothing else is lost.

VALUES = [None, True, 0, -1, 10 ** 30, 1.5, "", "x", [], {}, [1, "a"], {"a": {"b": []}}, "\u0000", "1e999", "NA",
          "null"]
BAD = {"aws-client-vpn": "client-vpn-handler-fails-for-everyone", "cloudconnexa": "cloudconnexa-session-churn",
       "pangolin": "pangolin-resource-drops-everything", "twingate": "twingate-resource-fails-for-everyone"}


def paths_of(record, prefix=()):
    for key, value in record.items():
        yield (*prefix, key)
        if isinstance(value, dict):
            yield from paths_of(value, (*prefix, key))


def with_value(record, path, value):
    record = json.loads(json.dumps(record))
    *above, last = path
    inner = record
    for key in above:
        inner = inner[key]
    inner[last] = value
    return record


@pytest.mark.parametrize("system", SYSTEMS)
def test_wrong_types_in_a_field_lose_nothing_else(system):
    records = tell(BAD[system], "types").records()
    before = diagnosed(records).report
    victim = next(r for r in records if isinstance(r[2], dict))
    bad = [(victim[0], victim[1], with_value(victim[2], path, value))
           for path in paths_of(victim[2]) for value in VALUES]
    run = diagnosed(records + bad)
    cause = CATALOGUE[BAD[system]].cause
    assert cause in {f["cause"] for f in run.report["findings"]}, tool.describe(run.report["findings"])
    entry = {(e["system"], e["group"]): e for e in run.report["sessions"]}
    for e in before["sessions"]:
        assert entry[e["system"], e["group"]]["connections"] >= e["connections"]
    assert tool.consistent(run.report) == []


BROKEN = [b'{"a', b"ANALYTICS {", b"ANALYTICS ", b'ANALYTICS {"event_type":"closed_connection"', b"\x00\x00",
          b"{" * 100_000, b'{"connection-log-type":"connection-attempt"', b'{"CloudConnexaLogVersion":1', b'"']


@pytest.mark.parametrize("system", SYSTEMS)
def test_malformed_lines_are_counted_and_lose_nothing_else(system):
    records = tell(BAD[system], "broken").records()
    rows = plain(records).split(b"\n")[:-1]
    rng = random.Random(system)
    spoilt = list(rows)
    for bad in BROKEN:
        spoilt.insert(rng.randrange(3, len(spoilt)), bad)
    before, after = diagnosed(records).report, tool.diagnose("-", stdin=b"\n".join(spoilt)).report
    assert_same(before, after)
    assert after["coverage"]["skipped"] >= 6
    assert all(s["reason"] and ":" in s["first"] for s in after["coverage"]["skipped_by_reason"])


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("start, ending", [(b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"\n\n", b"\n\n")],
                         ids=["byte-order-mark", "crlf", "blank-lines"])
def test_byte_order_mark_line_ends_and_blank_lines_do_not_matter(system, start, ending):
    records = tell(BAD[system], "ends").records()
    after = tool.diagnose("-", stdin=start + plain(records).replace(b"\n", ending)).report
    assert_same(diagnosed(records).report, after)


@pytest.mark.parametrize("system", SYSTEMS)
def test_truncated_gzip_is_4_and_its_beginning_is_used(system, tmp_path):
    data = gzip.compress(plain(tell(BAD[system], "gz").records()), mtime=0)
    (tmp_path / "log.gz").write_bytes(data[:-9])
    run = tool.diagnose(tmp_path / "log.gz")
    assert run.status == 4
    assert run.report["sessions"][0]["connections"] > 0


HOSTILE = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe \x7f\b\r <script>alert(1)</script> `rm -rf`"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("format", ["json", "text", "markdown", "html"])
def test_control_characters_are_escaped_everywhere(system, format):
    spoken = ("user", "username", "log", "connection", "userId", "parentEntityName", "email", "error_message",
              "sessionDisconnectReason", "connection-attempt-failure-reason")

    def hostile(value):
        if isinstance(value, dict):
            return {k: hostile(v) if k in spoken else v for k, v in value.items()}
        return value + HOSTILE if isinstance(value, str) else value
    records = [(s, ms, hostile(r)) for s, ms, r in tell(BAD[system], "hostile").records()]
    out = tool.diagnose("-", stdin=plain(records), format=format).out.decode()
    assert not [c for c in out if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or 0x202a <= ord(c) <= 0x202e]
