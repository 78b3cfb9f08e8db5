"""The benchmark itself: its data are what they claim, and it notices a slow program, a lost record, a second report."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import run  # noqa: E402
from check_report import faults  # noqa: E402
from literals import literals_below, literals_of  # noqa: E402
from measure import Failed, Launcher, Program, Row  # noqa: E402

TUNNELSCOPE = os.environ.get("TUNNELSCOPE", str(ROOT / "build/release/tunnelscope"))
BUILD = pathlib.Path(os.environ.get("TUNNELSCOPE_BUILD", ROOT / "build/release")) / "tests/benchmark"
LAUNCHER = Launcher(BUILD / "benchmark_launch")
KINDS = ["ike", "ike-shuffled", "ike-overlap", "ike-one-file", "client-vpn", "cloudconnexa", "pangolin-csv", "pangolin-json",
         "twingate"]


def generate(folder, *options):
    done = subprocess.run([BUILD / "benchmark_generate", "--out", folder, *map(str, options)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lines(folder):
    """By tunnel, in the order of the files."""
    by_tunnel = {}
    for path, text in sorted(contents(folder).items()):
        by_tunnel.setdefault(path.rpartition("/")[2], []).extend(text.splitlines())
    return by_tunnel


# The data.

@pytest.mark.parametrize("kind", KINDS)
def test_the_same_arguments_give_the_same_bytes(tmp_path, kind):
    written = [generate(tmp_path / name, "--kind", kind, "--records", 3000, "--seed", seed)
               for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    a, b, c = (contents(tmp_path / name) for name in "abc")
    assert a == b and written[0] == written[1]
    assert a != c
    assert written[0]["bytes"] == sum(map(len, a.values()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_is_recognised(tmp_path, kind):
    written = generate(tmp_path / "data", "--kind", kind, "--records", 3000)
    subprocess.run([TUNNELSCOPE, "diagnose", "--format", "json", "--output", tmp_path / "report", tmp_path / "data"])
    assert list(faults(json.loads((tmp_path / "report").read_text()), written["records"], written["unique"])) == []


def test_one_record_in_twenty_belongs_to_a_rekey_or_an_outage(tmp_path):
    generate(tmp_path / "data", "--records", 200_000)
    text = b"".join(contents(tmp_path / "data").values())
    deletes, dead = text.count(b"received DELETE"), text.count(b"DPD timed out")
    assert 0.045 < (3 * deletes + 18 * dead) / 200_000 < 0.055  # each episode but a dead peer has one DELETE in three records
    generate(tmp_path / "routine", "--records", 2000, "--routine-only")
    routine = b"".join(contents(tmp_path / "routine").values())
    assert routine.count(b'"ike_phase1_state":"established","ike_phase2_state":"established"') == 2000
    assert b"DELETE" not in routine


def test_out_of_order_data_are_the_ordered_ones(tmp_path):
    generate(tmp_path / "ordered", "--records", 4000)
    generate(tmp_path / "shuffled", "--kind", "ike-shuffled", "--records", 4000)
    ordered, shuffled = lines(tmp_path / "ordered"), lines(tmp_path / "shuffled")
    assert ordered.keys() == shuffled.keys()
    assert all(sorted(shuffled[name]) == ordered[name] != shuffled[name] for name in ordered)


def test_overlapping_data_have_a_third_of_the_ordered_ones_twice(tmp_path):
    generate(tmp_path / "ordered", "--records", 6000)
    written = generate(tmp_path / "overlap", "--kind", "ike-overlap", "--records", 6000)
    ordered, overlap = lines(tmp_path / "ordered"), lines(tmp_path / "overlap")
    assert (written["records"], written["unique"], written["files"]) == (8000, 6000, 400)
    assert all(sorted(set(overlap[name])) == ordered[name] and len(overlap[name]) == 40 for name in ordered)


def test_bare_records_are_the_same_without_the_time(tmp_path):
    generate(tmp_path / "full", "--records", 1000)
    generate(tmp_path / "bare", "--records", 1000, "--bare")
    full, bare = lines(tmp_path / "full"), lines(tmp_path / "bare")
    assert all([line.partition(b" ")[2] for line in full[name]] == bare[name] for name in full)


@pytest.mark.parametrize("wrong", [["--kind", "other"], ["--records", "many"], ["--records"], ["--records", "0"], ["--x"]])
def test_the_generator_refuses_what_it_does_not_know(tmp_path, wrong):
    done = subprocess.run([BUILD / "benchmark_generate", "--out", tmp_path / "data", *wrong], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("error: ")


def test_the_floor_counts_lines_and_refuses_what_it_cannot_read(tmp_path):
    generate(tmp_path / "data", "--records", 1000)
    floor = BUILD / "benchmark_floor_simdjson"
    assert subprocess.run([floor, tmp_path / "data"], capture_output=True, text=True).stdout.startswith("1000 lines, ")
    (tmp_path / "data/other").write_text("no record\n")
    assert subprocess.run([floor, tmp_path / "data"], capture_output=True).returncode == 1


# The figures.

@pytest.mark.parametrize("pattern, literals", [
    ("received DELETE for IKE_SA", ["received DELETE for IKE_SA"]),
    (r"(?:sent|got) request\s*\(\s*id\s*\) for IKE_AUTH", [") for IKE_AUTH"]),
    ("timed out after {n:int} tries|gave up", ["timed out after ", "gave up"]),
    ("colou?r of the sky", ["r of the sky"]),
    (r"[a)|(]+ in brackets", [" in brackets"]),
    ("(?:one|two) a", []),
])
def test_literals_are_what_stands_in_a_pattern_as_it_is(pattern, literals):
    assert list(literals_of(pattern)) == literals


def test_the_rules_have_literals():
    assert len(literals_below(ROOT / "kb/messages/aws-s2s")) > 50


@pytest.mark.parametrize("value, must, at_most, below, collapsed", [
    (0.9, 0.8, False, False, False), (0.7, 0.8, False, True, False), (0.3, 0.8, False, True, True),
    (1.0, 1.1, True, False, False), (1.2, 1.1, True, True, False), (2.3, 1.1, True, True, False), (2.8, 1.1, True, True, True),
    (None, 0.8, False, False, False), (0.1, None, False, False, False),
])
def test_a_figure_is_below_its_target_and_collapses_far_below_half_of_it(value, must, at_most, below, collapsed):
    row = Row("figure", value, must=must, at_most=at_most)
    assert (row.misses(), row.misses(run.COLLAPSE)) == (below, collapsed)


@pytest.mark.parametrize("lost", [{"records": 99}, {"duplicates": 1}, {"skipped": 2}, {"unrecognised": 3}])
def test_a_lost_record_is_noticed(lost):
    whole = {"records": 100, "duplicates": 0, "skipped": 0, "unrecognised": 0}
    assert list(faults({"coverage": whole}, 100, 100)) == []
    assert len(list(faults({"coverage": {**whole, **lost}}, 100, 100))) == 1


def test_a_run_is_measured():
    busy = LAUNCHER.run(Program(("/usr/bin/python3", "-c", "x = bytearray(300_000_000); sum(range(3_000_000))")))
    idle = LAUNCHER.run(Program(("sleep", "0.2")))
    assert busy.peak > 300 and busy.cpu > 0.02
    assert idle.peak < 10 and idle.cpu < 0.1 < 0.2 <= idle.wall  # nothing of this process's own memory


@pytest.mark.parametrize("command", [("false",), ("sh", "-c", "kill -9 $$"), ("there-is-no-such-program",)])
def test_a_run_that_fails_is_not_measured(command):
    with pytest.raises(Failed):
        LAUNCHER.run(Program(command))


# The whole program, over tunnelscopes that something is wrong with.

@pytest.fixture
def bench(tmp_path):
    def measure(wrapper, *options):
        program = tmp_path / "tunnelscope"
        program.write_text("#!/bin/sh\n" + wrapper.replace("TUNNELSCOPE", f'"{TUNNELSCOPE}"') + "\n")
        program.chmod(0o755)
        return subprocess.run(["/usr/bin/python3", HERE / "run.py", "--short", "--runs", "1", "--tunnelscope", program,
                               "--build", BUILD, "--data", tmp_path / "data", *options], capture_output=True, text=True)
    return measure


def test_a_slow_program_collapses(bench):
    done = bench('sleep 0.1; exec TUNNELSCOPE "$@"', "--only", "start")
    assert done.returncode == 1 and "| COLLAPSED" in done.stdout


@pytest.mark.parametrize("wrapper, complaint", [
    ('exec TUNNELSCOPE "$@" --until 2026-03-02T08:00:10Z', "did not read what was written: records: "),
    ('[ "$5" = 1 ] || set -- "$@" --now 2027-01-01; exec TUNNELSCOPE "$@"', "the reports of one thread and of two differ"),
    ("exit 4", "ended with 4"),
])
def test_a_program_that_is_wrong_is_not_measured(bench, wrapper, complaint):
    done = bench(wrapper, "--only", "start")
    assert done.returncode == 2 and complaint in done.stderr and done.stdout == ""


def test_too_small_a_disk_is_said_at_once(bench):
    done = bench("exit 4", "--records", "1000000000000")
    assert done.returncode == 2 and "GB free and the data need" in done.stderr and "--data" in done.stderr


def test_a_missing_peer_is_said_on_its_line(bench, monkeypatch):
    monkeypatch.setenv("PATH", "/bin-of-a-bare-machine")
    done = bench('exec TUNNELSCOPE "$@"', "--only", "plain", "--records", "5000")
    assert "skipped: rg is not installed" in done.stdout, done.stderr


def test_nothing_is_left_behind(bench, tmp_path):
    bench('exec TUNNELSCOPE "$@"', "--only", "start")
    assert list((tmp_path / "data").iterdir()) == []
