# What must hold for logs that no sample shows: other orders, splits, containers, wording, timing, and bad input.
# Every story of stories.py is told with many seeds; what it must lead to stands beside it there.
import functools
import gzip
import json
import os
import random
import subprocess
from datetime import datetime

import pytest

import oracle
import tool
from containers import CONTAINERS, encode, gz, message, with_old_names
from stories import CATALOGUE, tell
from story import CHATTER, V1, V2, Story, Wording, rfc3339

# Containers of one file, which standard input can carry.
PIPED = ["filter-log-events", "tail-detailed", "tail-json", "insights-json", "insights-json-fields", "insights-csv",
         "insights-csv-fields", "subscription-raw", "subscription-lambda", "kinesis", "firehose-transform", "firehose",
         "firehose-members", "firehose-gzip-in-gzip", "live-tail"]
# Stories that live on silence: lines put in anywhere would make them other stories.
QUIET = ("idle_timeout", "nobody_initiates", "nobody_initiates_for_an_hour", "log_gap", "sparse_log")
TOLD = [(name, ike) for name, tale in sorted(CATALOGUE.items()) for ike in tale.versions]
told_stories = pytest.mark.parametrize("name, ike", TOLD)
ORDERED = [("psk_mismatch_after_rotation", V1), ("gateway_outage", V2), ("pfs_mismatch_every_hour", V2),
           ("bgp_hold_timer_before_dpd", V2), ("rekey_failure_phase1_lifetime", V1), ("flapping_by_dpd", V2),
           ("redundancy_lost", V2), ("rekey_collisions", V2), ("bgp_prefix_limit", V1), ("log_gap", V2)]
ordered_stories = pytest.mark.parametrize("name, ike", ORDERED)


def piped(container, records):
    (data,) = encode(container, records).values()
    return data


def diagnosed(records, container="live-tail"):
    run = tool.diagnose("-", stdin=piped(container, records))
    assert run.status in (0, 1), run.err
    return run


def essence(report):
    """The report without what may differ between containers and orders: inputs, coverage and places."""
    report = json.loads(json.dumps(report))
    for gone in ("inputs", "coverage"):
        del report[gone]
    for tunnel in report["tunnels"]:
        for outage in tunnel["outages"]:
            del outage["evidence"]
    for finding in report["findings"]:
        for evidence in finding["evidence"]:
            del evidence["at"]
    return report


def assert_same(report, other):
    """As `==`, with the differing keys only."""
    a, b = essence(report), essence(other)
    assert [k for k in a if a[k] != b[k]] == [], json.dumps(
        [(x, y) for k in a if a[k] != b[k] for x, y in zip(a[k], b[k]) if x != y][:1], indent=1)


# Order, splits, repetition.

ORDERS = {
    "shuffled": lambda records, rng: rng.sample(records, len(records)),
    "reversed": lambda records, rng: records[::-1],
    "repeated": lambda records, rng: records + records,
    "concatenated in the wrong order": lambda records, rng: records[len(records) // 3:] + records[:len(records) // 3],
    "overlapping": lambda records, rng: records[:2 * len(records) // 3] + records[len(records) // 3:],
}


@ordered_stories
@pytest.mark.parametrize("order", ORDERS)
def test_order_makes_no_difference(name, ike, order):
    records = tell(name, ike, "order").records()
    assert_same(diagnosed(records).report, diagnosed(ORDERS[order](records, random.Random(order))).report)


@ordered_stories
def test_splitting_into_files_makes_no_difference(name, ike, tmp_path):
    records = tell(name, ike, "split").records()
    rng = random.Random(name)
    parts = [[] for _ in range(5)]
    for record in records:
        parts[rng.randrange(5)].append(record)
        if rng.random() < 0.2:
            parts[rng.randrange(5)].append(record)
    for number, part in enumerate(parts):
        container = ("live-tail", "tail-detailed", "filter-log-events", "insights-csv", "firehose-members")[number]
        tool.write_files(tmp_path / f"{rng.randrange(10 ** 6)}", encode(container, part))
    whole, split = diagnosed(records), tool.diagnose(tmp_path)
    assert_same(whole.report, split.report)
    assert split.status == whole.status
    assert split.report["coverage"]["duplicates"] > 0


@ordered_stories
def test_inputs_may_be_named_in_any_order(name, ike, tmp_path):
    files = tool.write_files(tmp_path, encode("get-log-events", tell(name, ike, "named").records()))
    paths = sorted(files.iterdir())
    assert_same(tool.diagnose(*paths).report, tool.diagnose(*reversed(paths)).report)


@ordered_stories
@pytest.mark.parametrize("container", sorted(set(CONTAINERS) - {"text"}))
def test_container_makes_no_difference(name, ike, container, tmp_path):
    records = tell(name, ike, "container").records()
    tool.write_files(tmp_path, encode(container, records))
    other = tool.diagnose(tmp_path)
    assert_same(diagnosed(records).report, other.report)
    assert {x["reason"] for x in other.report["coverage"]["skipped_by_reason"]} <= {"control message"}


@ordered_stories
@pytest.mark.parametrize("container", ["filter-log-events", "insights-csv", "ndjson"])
def test_old_field_names_make_no_difference(name, ike, container, tmp_path):
    records = tell(name, ike, "old").records()
    tool.write_files(tmp_path, encode(container, with_old_names(records)))
    assert_same(diagnosed(records).report, tool.diagnose(tmp_path).report)


@pytest.mark.parametrize("name, ike", [
    ("psk_mismatch", V1), ("psk_mismatch", V2), ("dpd_timeout", V1), ("dpd_timeout", V2), ("child_proposal_mismatch", V2),
    ("ike_proposal_mismatch", V2)])
def test_text_output_format_leads_to_the_same_cause(name, ike):
    report = tool.diagnose("-", stdin=piped("text", tell(name, ike, "text").records())).report
    assert report["tunnels"][0]["primary_cause"] == CATALOGUE[name].primary[0], tool.describe(report["findings"])


# Every story, in many wordings.

def noisy(story, records, rng):
    """Unknown lines between the others, a tenth as many: with the states of their neighbour, or without any."""
    out = []
    for stream, ms, record in records:
        out.append((stream, ms, record))
        if "details" in record and rng.random() < 0.1:
            words = [rng.choice("session worker queue drained counter epoch sync pool shard vip mapped".split())
                     for _ in range(rng.randrange(1, 8))]
            line = {**record, "details": " ".join(words) + f" {rng.randrange(10 ** 6)}"}
            if rng.random() < 0.3:
                line = {k: v for k, v in line.items() if "phase" not in k}
            out.append((stream, ms, line))
    return out


def variants(name, ike, seeds):
    for seed in range(seeds):
        rng = random.Random(f"{name} {ike} {seed}")
        story = tell(name, ike, seed, wording=Wording.varied(rng), chatter=rng.choice(sorted(CHATTER)),
                     chat_every=rng.choice([60, 120, 300, 400]))
        records = story.records()
        if name not in QUIET and rng.random() < 0.5:
            records = noisy(story, records, rng)
        yield seed, story, records, rng.choice(PIPED)


def complaints(tale, story, run):
    """What is wrong with the report on a story, one line each."""
    report = run.report
    found = {t["id"]: t["primary_cause"] for t in report["tunnels"]}
    wrong = []
    for tunnel in (story.tunnels if tale.of == "all" else story.tunnels[:1]) if tale.primary else []:
        if found.get(tunnel.id) not in tale.primary:
            wrong.append(f"primary cause of {tunnel.id} is {found.get(tunnel.id)}, not {tale.primary}")
    causes = {f["cause"] for f in report["findings"]}
    wrong += [f"no finding {cause}" for cause in tale.findings if cause not in causes]
    wrong += [f"{cause} is a root cause" for cause in tale.absent
              if any(f["cause"] == cause and f["role"] == "root-cause" for f in report["findings"])]
    if tale.silent and (run.status or tool.warnings_of(report)):
        wrong.append(f"not silent, status {run.status}")
    if wrong:
        wrong += tool.describe(report["findings"])
    return wrong + tool.consistent(report)


@told_stories
def test_cause_is_found_whatever_the_wording(name, ike, request):
    wrong = {}
    for seed, story, records, container in variants(name, ike, request.config.getoption("--seeds")):
        if found := complaints(CATALOGUE[name], story, diagnosed(records, container)):
            wrong[f"seed {seed} in {container}, chatter {story.chatter}"] = found
    assert not wrong, f"{len(wrong)} seeds: " + json.dumps(wrong, indent=1)


@told_stories
def test_outages_are_those_that_the_states_tell(name, ike):
    story = tell(name, ike, "oracle")
    records = story.records()
    run = diagnosed(records)
    tunnels = {t["id"]: t for t in run.report["tunnels"]}
    for tunnel in story.tunnels:
        own = [r for r in records if r[0] == tunnel.stream()]
        if any(r[0] == tunnel.stream("BGP") for r in records):
            continue
        outages, interruptions = oracle.outages(own, ike)
        report = tunnels[tunnel.id]
        stated = [tuple(o[k] and round(seconds_of(o[k]), 3) for k in ("start", "end")) for o in report["outages"]]
        assert (stated, report["interruptions"]) == (outages, interruptions)


def seconds_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@pytest.mark.parametrize("ike", [V1, V2])
@pytest.mark.parametrize("name, every", [("day_of_rekeys", 8), ("two_connections", 5), ("bgp_stable", 2.8)])
def test_ten_thousand_benign_records_give_no_warning(name, every, ike):
    records = tell(name, ike, "many", chat_every=every).records()
    assert len(records) >= 10_000
    run = diagnosed(records)
    assert run.status == 0, tool.describe(run.report["findings"])
    assert tool.warnings_of(run.report) == []
    assert {t["status"] for t in run.report["tunnels"]} == {"up"}


# Identity.

def test_nameless_inputs_are_never_merged(tmp_path):
    sick, well = tell("psk_mismatch", V2, 1).records(), tell("begins_mid_story", V2, 1).records()
    for name, records in (("a.json", sick), ("b.json", well)):
        (tmp_path / name).write_text("".join(message(r) + "\n" for _, _, r in records))
    run = tool.diagnose("a.json", "b.json", cwd=tmp_path)
    found = {t["id"]: (t["connection"], t["primary_cause"]) for t in run.report["tunnels"]}
    assert found == {"unknown/a.json": (None, "psk-mismatch"), "unknown/b.json": (None, None)}


def test_one_nameless_input_is_the_tunnel_unknown():
    records = tell("psk_mismatch", V2, 1).records()
    run = tool.diagnose("-", stdin="".join(message(r) + "\n" for _, _, r in records).encode())
    assert [t["id"] for t in run.report["tunnels"]] == ["unknown"]


def test_option_tunnel_names_the_nameless():
    records = tell("psk_mismatch", V2, 1).records()
    run = tool.diagnose("-", "--tunnel", "vpn-0123456789abcdef0/203.0.113.99",
                        stdin="".join(message(r) + "\n" for _, _, r in records).encode())
    (tunnel,) = run.report["tunnels"]
    assert (tunnel["id"], tunnel["outside_ip"]) == ("vpn-0123456789abcdef0/203.0.113.99", "203.0.113.99")


@pytest.mark.parametrize("stream, tunnel", [
    ("vpn-0123456789abcdef0-203.0.113.17-IKE.log", "vpn-0123456789abcdef0/203.0.113.17"),
    ("vpn-0123456789abcdef0_203.0.113.17-IKE.log", "vpn-0123456789abcdef0/203.0.113.17"),
    ("vpn-1234abcd_203.0.113.17-IKE.log", "vpn-1234abcd/203.0.113.17"),
    ("vpn-0123456789abcdef0-203.0.113.17", "vpn-0123456789abcdef0/203.0.113.17"),
    ("vpn-0123456789abcdef0_2001:db8::17-IKE.log", "vpn-0123456789abcdef0/2001:db8::17"),
    ("vpn-0123456789abcdef0-2001:db8:0:1::17-IKE.log", "vpn-0123456789abcdef0/2001:db8:0:1::17"),
])
def test_stream_name_gives_the_identity(stream, tunnel):
    records = [(stream, ms, r) for _, ms, r in tell("psk_mismatch", V2, 1).records()]
    assert [t["id"] for t in diagnosed(records).report["tunnels"]] == [tunnel]


# Exit statuses and options.

def log_of(name, ike=V2, seed=1):
    return piped("live-tail", tell(name, ike, seed).records())


@pytest.mark.parametrize("name, fail_on, status", [
    ("psk_mismatch", None, 1), ("psk_mismatch", "critical", 1), ("psk_mismatch", "never", 0),
    ("dpd_timeout", None, 1), ("dpd_timeout", "critical", 0), ("dpd_timeout", "info", 1),
    ("log_gap", None, 0), ("log_gap", "info", 1), ("log_gap", "never", 0)])
def test_fail_on_decides_between_0_and_1(name, fail_on, status):
    options = ["--fail-on", fail_on] if fail_on else []
    assert tool.diagnose("-", *options, stdin=log_of(name)).status == status


@pytest.mark.parametrize("arguments", [
    ["diagnose", "--format", "sculpture", "-"], ["diagnose", "--fail-on", "sometimes", "-"],
    ["diagnose", "--no-such-option"], ["diagnoze", "-"], ["diagnose", "--jobs", "-3", "-"], ["diagnose", "--now", "yesterdayish", "-"],
    ["diagnose", "--maintenance", "/does/not/exist.json", "-"], ["diagnose", "--tunnel", "nonsense", "-"]])
def test_wrong_command_line_is_2(arguments):
    run = tool.run(*arguments, stdin=log_of("psk_mismatch"))
    assert (run.status, run.out) == (2, b"")
    assert run.err.strip() and "!" not in run.err


def test_wrong_knowledge_is_3(tmp_path):
    (tmp_path / "causes").mkdir()
    (tmp_path / "causes/own-cause.yaml").write_text("title: [never closed\n")
    run = tool.diagnose("--kb", tmp_path, "-", stdin=log_of("psk_mismatch"))
    assert run.status == 3
    assert "own-cause.yaml:" in run.err


def test_missing_input_is_4_and_the_others_are_diagnosed(tmp_path):
    (tmp_path / "good.json").write_bytes(log_of("psk_mismatch"))
    run = tool.diagnose("missing.json", "good.json", cwd=tmp_path)
    assert run.status == 4
    assert "missing.json" in run.err
    assert [t["primary_cause"] for t in run.report["tunnels"]] == ["psk-mismatch"]


def test_nothing_recognised_is_4(tmp_path):
    (tmp_path / "other.log").write_text("Mar  2 08:00:00 host sshd[1]: session opened\n" * 50)
    assert tool.diagnose(tmp_path).status == 4


@pytest.mark.parametrize("stdin", [b"", b"\n\n", b"{}\n", b"[]"])
def test_empty_input_is_4(stdin):
    assert tool.diagnose("-", stdin=stdin).status == 4


def test_empty_folder_is_4(tmp_path):
    assert tool.diagnose(tmp_path).status == 4


def test_broken_pipe_ends_quietly():
    done = subprocess.run(["bash", "-c", f"{tool.PROGRAM} diagnose - | head -c 1 >/dev/null"], input=log_of("gateway_outage"),
                          capture_output=True, timeout=20)
    assert done.stderr == b""


@pytest.mark.parametrize("options", [
    ["--maintenance", "none.json"], ["--kb", "kb"], ["--fail-on", "never"], ["--jobs", "2"], ["--tunnel", "vpn-1234abcd/203.0.113.1"],
    ["--since", "2026-03-01T00:00:00Z"]], ids=lambda options: options[0][2:])
def test_no_option_swallows_the_inputs_behind_it(options, tmp_path):
    (tmp_path / "kb/causes").mkdir(parents=True)
    (tmp_path / "good.json").write_bytes(log_of("psk_mismatch"))
    (tmp_path / "none.json").write_text(json.dumps({
        "VpnConnectionId": "vpn-0123456789abcdef0", "VpnTunnelOutsideIpAddress": "203.0.113.1",
        "MaintenanceDetails": {"LastMaintenanceApplied": "2020-01-01T00:00:00+00:00"}}))
    run = tool.diagnose(*options, "good.json", "good.json", cwd=tmp_path)
    assert run.status in (0, 1), run.err
    assert [t["primary_cause"] for t in run.report["tunnels"]] == ["psk-mismatch"]


def test_now_decides_whether_a_silent_tunnel_is_unknown():
    data = log_of("begins_mid_story")
    assert tool.diagnose("-", stdin=data).report["tunnels"][0]["status"] == "up"
    late = tool.diagnose("-", "--now", "2026-03-09T00:00:00Z", stdin=data)
    assert late.report["tunnels"][0]["status"] == "unknown"


def test_since_keeps_the_state_but_drops_old_findings():
    story = tell("dpd_timeout", V2, 1)
    late = max(ms for _, ms, _ in story.records()) / 1000 - 120
    run = tool.diagnose("-", "--since", at_second(late), stdin=piped("live-tail", story.records()))
    assert (run.status, run.report["tunnels"][0]["phase2"]) == (0, "established")


def test_until_leaves_later_records_out():
    story = tell("dpd_timeout", V2, 1)
    dead = next(ms for _, ms, r in story.records() if "DPD timed out" in r["details"]) / 1000
    run = tool.diagnose("-", "--until", at_second(dead - 30), stdin=piped("live-tail", story.records()))
    assert (run.status, run.report["tunnels"][0]["status"]) == (0, "up")


def at_second(seconds):
    return rfc3339(int(seconds * 1000))


def test_output_goes_to_the_file(tmp_path):
    run = tool.diagnose("-", "--output", tmp_path / "report.json", stdin=log_of("psk_mismatch"))
    assert (run.status, run.out) == (1, b"")
    assert json.loads((tmp_path / "report.json").read_text())["schema"] == "tunnelscope/report/1"


# Bad input: nothing else is lost.

GOOD = tell("psk_mismatch", V2, 7).records()
LINES = [message({"logStreamName": s, "message": message(r), "timestamp": ms}).encode() for s, ms, r in GOOD]


def with_bad(*bad, ending=b"\n"):
    """The good lines with the bad ones in their middle."""
    half = len(LINES) // 2
    return ending.join([*LINES[:half], *bad, *LINES[half:], b""])


def assert_good_survives(run, status=1, skipped=None):
    assert run.status == status, run.err
    report = run.report
    tunnel = next(t for t in report["tunnels"] if t["id"] == "vpn-0a1b2c3d4e5f60718/203.0.113.17")
    assert tunnel["primary_cause"] == "psk-mismatch"
    assert tunnel["events"] >= baseline().report["tunnels"][0]["events"]
    assert tool.consistent(report) == []
    if skipped is not None:
        coverage = report["coverage"]
        assert coverage["skipped"] == skipped, coverage
        assert all(s["reason"] and ":" in s["first"] for s in coverage["skipped_by_reason"])


def baseline():
    return tool.diagnose("-", stdin=with_bad())


@pytest.mark.parametrize("bad", [
    b'{"logStreamName":"x","message":"{\\"event_t', b"not json at all }{", b'{"timestamp": }', b"\x00\x00\x00",
    b'{"details": "nul \x00 inside"}', b"{" * 200_000, b"[" * 200_000 + b"]" * 200_000, b'{"a":' * 100_000,
], ids=["truncated", "garbage", "syntax", "nul", "nul-inside", "deep-objects", "deep-arrays", "deep-keys"])
def test_malformed_line_is_skipped_alone(bad):
    assert_good_survives(tool.diagnose("-", stdin=with_bad(bad)), skipped=1)


def test_invalid_utf8_is_used_or_counted_and_never_printed_raw():
    bad = LINES[3].replace(b"pre-shared", b"pre-\xff\xfeshared\xc0\xaf")
    run = tool.diagnose("-", stdin=with_bad(bad))
    assert_good_survives(run)
    run.out.decode("utf-8")
    text = tool.diagnose("-", stdin=with_bad(bad), format="text")
    text.out.decode("utf-8")


@pytest.mark.parametrize("start, ending", [(b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n"), (b"\n\n  ", b"\n\n")])
def test_byte_order_mark_line_ends_and_blank_lines_do_not_matter(start, ending):
    assert_good_survives(tool.diagnose("-", stdin=start + with_bad(ending=ending)), skipped=0)


@pytest.mark.parametrize("cut", [1, 9, 30, 500])
def test_truncated_gzip_is_4_and_its_beginning_is_used(cut, tmp_path):
    data = gz(b"\n".join(LINES))
    (tmp_path / "a.gz").write_bytes(data[:-cut])
    (tmp_path / "b.gz").write_bytes(gz(b"\n".join(LINES)))
    assert_good_survives(tool.diagnose(tmp_path), status=4)
    alone = tool.diagnose(tmp_path / "a.gz")
    assert alone.status == 4
    assert alone.report["coverage"]["recognised"] > 0


def test_corrupt_gzip_is_4_and_the_others_are_used(tmp_path):
    data = bytearray(gz(b"\n".join(LINES)))
    for at in range(len(data) // 2, len(data) // 2 + 40):
        data[at] ^= 0xA5
    (tmp_path / "a.gz").write_bytes(bytes(data))
    (tmp_path / "b.json").write_bytes(b"\n".join(LINES))
    assert_good_survives(tool.diagnose(tmp_path), status=4)


def test_unreadable_file_is_4_and_the_others_are_used(tmp_path):
    (tmp_path / "dangling.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "good.json").write_bytes(b"\n".join(LINES))
    assert_good_survives(tool.diagnose("dangling.json", "good.json", cwd=tmp_path), status=4)
    assert_good_survives(tool.diagnose("/proc/self/mem", "good.json", cwd=tmp_path), status=4)


@pytest.mark.parametrize("content", [b"", random.Random(5).randbytes(50_000), b"\x7fELF\x02\x01\x01" + bytes(5000),
                                     b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20], ids=["empty", "random", "elf", "png"])
def test_foreign_file_beside_good_ones_loses_nothing(content, tmp_path):
    (tmp_path / "foreign").write_bytes(content)
    (tmp_path / "good.json").write_bytes(b"\n".join(LINES))
    run = tool.diagnose("foreign", "good.json", cwd=tmp_path)
    assert run.status in (1, 4)
    assert_good_survives(run, status=run.status)
    assert tool.diagnose("foreign", cwd=tmp_path).status == 4


VALUES = [None, True, 0, -1, 10 ** 30, 1.5, "", "x", [], {}, [1, "a"], {"a": {"b": []}}, "\u0000", "1e999"]


@pytest.mark.parametrize("key", ["event_timestamp", "timestamp", "details", "dpd_enabled", "nat_t_detected",
                                 "ike_phase1_state", "ike_phase2_state"])
def test_wrong_types_in_a_field_of_the_ike_record_lose_nothing_else(key):
    bad = [message({"logStreamName": GOOD[0][0], "timestamp": GOOD[0][1], "message": message({**GOOD[0][2], key: value})})
           .encode() for value in VALUES]
    assert_good_survives(tool.diagnose("-", stdin=with_bad(*bad)))


@pytest.mark.parametrize("key", ["resource_id", "event_timestamp", "timestamp", "type", "status", "message"])
def test_wrong_types_in_a_field_of_the_bgp_record_lose_nothing_else(key):
    record = next(r for s, _, r in tell("bgp_down", V2, 1).records() if "BGP" in s)
    bad = [message({**record, key: value}).encode() for value in VALUES]
    assert_good_survives(tool.diagnose("-", stdin=with_bad(*bad)))


@pytest.mark.parametrize("key", ["logStreamName", "timestamp", "message"])
def test_wrong_types_in_the_envelope_lose_nothing_else(key):
    event = json.loads(LINES[0])
    bad = [message({**event, key: value}).encode() for value in VALUES]
    assert_good_survives(tool.diagnose("-", stdin=with_bad(*bad)))


@pytest.mark.parametrize("stamp", [-1, -10 ** 9, 4_200_000_000, 4_200_000_000_000, 10 ** 18])
def test_impossible_time_is_skipped_and_counted(stamp):
    stream, _, record = GOOD[0]
    bad = message({"logStreamName": stream, "timestamp": stamp, "message": message({**record, "event_timestamp": stamp})})
    run = tool.diagnose("-", stdin=with_bad(bad.encode()))
    assert_good_survives(run, skipped=1)
    assert run.report["window"] == baseline().report["window"]


def test_control_characters_are_escaped_everywhere():
    hostile = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe \x7f\b\r AWS tunnel is sending AUTHENTICATION_FAILED as the response"
    records = [(s, ms, {**r, "details": hostile}) for s, ms, r in GOOD]
    for format in ("json", "text", "markdown", "html"):
        out = tool.diagnose("-", stdin=piped("live-tail", records), format=format).out.decode()
        assert not [c for c in out if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202c\u202d\u202e"]


@functools.cache
def idle_peak():
    """Of a few lines: what the program takes as it is, which under sanitizers is much."""
    return peak_of(["diagnose", "--format", "json", "-"], lambda pipe: pipe.write(b"\n".join(LINES)), limit_s=20)[2]


def peak_of(arguments, feed, limit_s):
    """Runs the program with `feed(stdin)` writing; returns its status, output and peak memory in MB."""
    child = subprocess.Popen([tool.PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        feed(child.stdin)
        child.stdin.close()
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
    finally:
        child.stdout.close()
        if child.returncode is None:
            child.returncode = 0
    assert usage.ru_utime + usage.ru_stime < limit_s
    return os.waitstatus_to_exitcode(status), json.loads(out), usage.ru_maxrss / 1024


@pytest.mark.parametrize("start", [b'{"details":"', b"", b"2026-03-02T08:00:00.000Z ", b'{"events":[{"message":"'])
def test_giant_line_through_a_pipe_takes_little_memory(start):
    def feed(pipe):
        half = len(LINES) // 2
        pipe.write(b"\n".join(LINES[:half]) + b"\n" + start)
        for _ in range(300):
            pipe.write(b"a" * (1 << 20))
        pipe.write(b"\n" + b"\n".join(LINES[half:]))
    status, report, peak = peak_of(["diagnose", "--format", "json", "-"], feed, limit_s=20)
    assert status == 1
    assert 1 <= report["coverage"]["skipped"] <= 2  # the line, and what it cut off
    assert report["tunnels"][0]["events"] == baseline().report["tunnels"][0]["events"]
    assert peak < idle_peak() + 100


def test_many_records_take_little_memory_and_time():
    def feed(pipe):
        for number in range(20):
            story = Story(number, start=f"2026-03-{number + 1:02d}T08:00:00", chat_every=9)
            CATALOGUE["day_of_rekeys"].tell(story, V2)
            pipe.write(piped("live-tail", story.records()))
    status, report, peak = peak_of(["diagnose", "--format", "json", "-"], feed, limit_s=10)
    assert report["coverage"]["records"] > 180_000
    assert peak < 400


def test_gzip_bomb_is_read_in_bounded_memory(tmp_path):
    with gzip.open(tmp_path / "bomb.gz", "wb", 9) as out:
        out.write(b"\n".join(LINES) + b"\n")
        for _ in range(200):
            out.write(bytes(1 << 20))
        out.write(b"\n" + b"\n".join(LINES[:5]))
    status, report, peak = peak_of(["diagnose", "--format", "json", str(tmp_path / "bomb.gz")], lambda pipe: None, limit_s=20)
    assert report["tunnels"][0]["primary_cause"] == "psk-mismatch"
    assert peak < idle_peak() + 100
