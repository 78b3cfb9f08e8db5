#!/usr/bin/python3
"""The benchmark: how tunnelscope compares with floors and with what a user would take instead (docs/performance.md).
In: the built programs, the peers that are installed. Out: a table of ratios and peaks, each with its spread, what it must
reach and whether it does. Exit status 0 when every figure does (--short: when none is far worse than half as good), 1 when one
does not, 2 when something could not be measured."""
import argparse
import dataclasses
import filecmp
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from datasets import Datasets
from literals import literals_below
from measure import Failed, Launcher, Program, Row, difference, peak, ratio

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "/usr/bin/python3"  # Debian's, which sees Debian's packages
DUCKDB_PYTHON = ROOT / "build/benchmark/venv/bin/python"  # script/bench makes it
TRUE = "/bin/true"
FULL = {"small": 2_000_000, "big": 10_000_000, "sessions": 500_000, "sample": 100}
SHORT = {"small": 400_000, "big": 1_000_000, "sessions": 50_000, "sample": 100}
START_RUNS = 30
WITHOUT_TARGET = ("one-file",)  # groups that cannot fail, which the short form leaves out
# The short form fails when a figure is this many times worse than it must be: half as good, and a fifth for what the same program loses
# from one day to another on a virtual machine, where fresh memory costs more or less (0.39 to 0.57 of the simdjson loop).
COLLAPSE = 2.0 * 1.2
# What the peers that know patterns look for in `details`: a handful of documented faults, far fewer than our rules.
FAULTS = "DPD timed out|received DELETE|No Proposal|AUTHENTICATION_FAILED|pre-shared key|TS_UNACCEPTABLE|un-established"
FIELDS = "[.event_timestamp,.details,.dpd_enabled,.nat_t_detected,.ike_phase1_state,.ike_phase2_state]"


class Bench:
    """What the figures are measured with."""

    def __init__(self, options, data, work):
        self.options, self.data, self.work = options, data, work
        self.launcher = Launcher(options.build / "benchmark_launch")
        self.checked = set()

    def in_turn(self, programs, runs=None):
        return self.launcher.in_turn(programs, runs or self.options.runs)

    # Programs.

    def ours(self, name, jobs):
        """tunnelscope over a data set, which it is first made to prove that it reads completely."""
        self.check(name)
        return Program(self.diagnose(name, jobs, os.devnull), accepts=(0, 1))

    def diagnose(self, name, jobs, output):
        return (self.options.tunnelscope, "diagnose", "--format", "json", "--jobs", jobs, "--output", output,
                self.data[name].folder)

    def check(self, name):
        """No record is lost, and the report of two threads is that of one, byte for byte."""
        if name in self.checked:
            return
        reports = [self.work / "report-1.json", self.work / "report-2.json"]
        for jobs, report in enumerate(reports, 1):
            self.launcher.run(Program(self.diagnose(name, jobs, report), accepts=(0, 1)))
        if not filecmp.cmp(*reports, shallow=False):
            raise Failed(f"{name}: the reports of one thread and of two differ")
        data = self.data[name]
        done = subprocess.run([PYTHON, HERE / "check_report.py", reports[0], str(data.records), str(data.unique)],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"{name}: tunnelscope did not read what was written: {done.stdout.strip()}")
        self.checked.add(name)

    def floor(self, name):
        return self.proved(name, Program((self.options.build / "benchmark_floor_simdjson", self.data[name].folder)))

    def proved(self, name, program, count=None):
        """A peer that reads less than everything is no comparison. In: how to count records in its output; else the
        number stands first in its last line."""
        output = self.work / "output"
        self.launcher.run(program, output)
        text = output.read_text(encoding="utf-8")
        found = count(text) if count else int(text.rstrip().splitlines()[-1].split()[0])
        if found != self.data[name].records:
            raise Failed(f"{program.command[0]} read {found} of {self.data[name].records} records")
        return program

    def ripgrep(self, name):
        literals = self.work / "literals"
        literals.write_text("".join(text + "\n" for text in literals_below(ROOT / "kb/messages/aws-s2s")), encoding="utf-8")
        return Program(("rg", "--no-config", "-c", "-j1", "-F", "-f", literals, self.data[name].folder))

    def igzip(self, name, processes):
        """One process over all files, or as many side by side that get twenty files at a time."""
        data = self.data[name]
        unpack = (f'igzip -dc "{data.folder}"/*' if processes == 1 else
                  f'printf "%s\\0" "{data.folder}"/* | xargs -0 -n 20 -P {processes} igzip -dc')
        done = subprocess.run(["sh", "-c", f"({unpack}) | wc -c"], stdout=subprocess.PIPE, text=True)
        if int(done.stdout) != data.bytes:
            raise Failed(f"igzip gave {done.stdout.strip()} of {data.bytes} bytes")
        return Program(("sh", "-c", unpack))

    def jq(self, name):
        return self.proved(name, Program(("jq", "-c", FIELDS, *sorted(self.data[name].folder.iterdir()))),
                           lambda text: text.count("\n"))

    def lnav(self, name):
        query = ";SELECT ike_phase1_state, ike_phase2_state, count(*) FROM benchmark_ike GROUP BY 1, 2"
        shutil.copytree(HERE / "lnav", self.work / "lnav", dirs_exist_ok=True)  # lnav writes samples beside its formats
        program = Program(("lnav", "-I", self.work / "lnav", "-n", "-c", query, *sorted(self.data[name].folder.iterdir())),
                          {"HOME": str(self.work)})
        return self.proved(name, program, lambda text: sum(int(line.split()[-1]) for line in text.splitlines()[1:]))

    def duckdb(self, name, threads):
        return self.proved(name, Program((DUCKDB_PYTHON, HERE / "peer_duckdb.py", self.data[name].folder, FAULTS, threads)))

    def python(self, name):
        return self.proved(name, Program((PYTHON, HERE / "peer_python.py", self.data[name].folder, FAULTS)))


# The figures. Each function measures one group of programs in turn and yields its rows.

def plain(bench):
    programs = {"ours": bench.ours("big", 1), "two": bench.ours("big", 2), "floor": bench.floor("big"),
                "ours small": bench.ours("small", 1), "floor small": bench.floor("small")}
    with_ripgrep = shutil.which("rg") is not None
    if with_ripgrep:
        programs |= {"rg": bench.ripgrep("big"), "rg small": bench.ripgrep("small")}
    took = bench.in_turn(programs)
    big, small = millions(bench.data["big"].records), millions(bench.data["small"].records)
    share = bench.data["big"].records / bench.data["small"].records
    yield ratio(f"speed against the simdjson loop, {big}", took["floor"], took["ours"], must=0.8, reach=1.0)
    yield ratio(f"speed against the simdjson loop, {small}", took["floor small"], took["ours small"], must=0.8, reach=1.0)
    if with_ripgrep:
        yield ratio(f"speed against rg -c with the rules' literals, {big}", took["rg"], took["ours"], must=0.5, reach=1.0)
        yield ratio(f"speed against rg -c with the rules' literals, {small}", took["rg small"], took["ours small"], must=0.5, reach=1.0)
    else:
        yield Row("speed against rg -c with the rules' literals", note="rg is not installed")
    yield ratio(f"two threads against one, {big}", took["ours"], took["two"], must=1.7, reach=1.9)
    yield ratio(f"cost per record, {big} against {small}", took["ours"], took["ours small"], share, must=1.1, at_most=True)


def one_file(bench):
    took = bench.in_turn({"ours": bench.ours("one-file", 1), "two": bench.ours("one-file", 2)})
    yield ratio(f"two threads against one, {millions(bench.data['one-file'].records)} in one file", took["ours"], took["two"])


def gzip(bench):
    names = ["speed against igzip -dc, one thread", "speed against igzip -dc, two threads",
             "speed against two igzip -dc, two threads"]
    if shutil.which("igzip") is None:
        yield from (Row(name, note="igzip is not installed") for name in names)
        return
    took = bench.in_turn({"ours": bench.ours("big-gzip", 1), "two": bench.ours("big-gzip", 2),
                    "igzip": bench.igzip("big-gzip", 1), "igzips": bench.igzip("big-gzip", 2)})
    yield ratio(names[0], took["igzip"], took["ours"], must=0.45, reach=0.6)
    yield ratio(names[1], took["igzip"], took["two"], must=0.75, reach=1.1)
    yield ratio(names[2], took["igzips"], took["two"])


def peers(bench):
    """jq, lnav and DuckDB cannot read past the time in front of a record: they get a copy without it."""
    programs = {"ours": bench.ours("small", 1), "two": bench.ours("small", 2), "python": bench.python("small")}
    if shutil.which("jq"):
        programs["jq"] = bench.jq("small-bare")
    if shutil.which("lnav"):
        programs["lnav"] = bench.lnav("small-bare-one-file")
    if has_duckdb() and not bench.options.short:
        programs |= {"duckdb": bench.duckdb("small-bare", 1), "duckdb two": bench.duckdb("small-bare", 2)}
    took = bench.in_turn(programs)
    for peer, figure, ours in (("jq", "jq", "ours"), ("lnav", "lnav", "ours"), ("duckdb", "DuckDB, one thread each", "ours"),
                               ("duckdb two", "DuckDB, two threads each", "two")):
        if peer in took:
            yield ratio(f"times as fast as {figure}", took[peer], took[ours], must=5.0, reach=8.0)
        else:
            yield Row(f"times as fast as {figure}", note="left out of the short form" if bench.options.short and "duckdb" in peer
                      else f"{peer.split()[0]} is not installed")
    yield ratio("times as fast as a Python script", took["python"], took["ours"])


def memory(bench):
    programs = {"plain": bench.ours("routine-big", 2), "gzip": bench.ours("routine-big-gzip", 2),
                "small": bench.ours("routine-small", 2)}
    took = bench.in_turn(programs)
    big = millions(bench.data["routine-big"].records)
    yield peak(f"peak memory, {big} of routine, plain", took["plain"], must=150, reach=64)
    yield peak(f"peak memory, {big} of routine, gzip", took["gzip"], must=150, reach=64)
    growth = [a.peak / b.peak for a, b in zip(took["plain"], took["small"], strict=True)]
    yield Row(f"peak memory, {big} against {millions(bench.data['routine-small'].records)}",
              max(s.peak for s in took["plain"]) / max(s.peak for s in took["small"]), min(growth), max(growth),
              must=1.25, at_most=True)


def start(bench):
    took = bench.in_turn({"ours": bench.ours("sample", 1), "true": Program((TRUE,))}, max(START_RUNS, bench.options.runs))
    yield difference("start to report on 100 records, more than true", took["ours"], took["true"], must=20, reach=8)


def order(bench):
    names = ("small", "shuffled", "overlap", "sparse")
    took = bench.in_turn({name: bench.ours(name, 1) for name in names})
    for name, figure in (("shuffled", "out of order"), ("overlap", "overlapping by a third")):
        more = bench.data[name].records / bench.data["small"].records
        yield ratio(f"cost per record, {figure} against ordered", took[name], took["small"], more, must=1.5, reach=1.1,
                    at_most=True)
    yield ratio("cost per record, one a minute against one a second", took["sparse"], took["small"], at_most=True)


def sessions(bench):
    kinds = ("client-vpn", "cloudconnexa", "pangolin-csv", "pangolin-json", "twingate")
    took = bench.in_turn({name: bench.ours(name, 1) for name in ("small", *kinds)})
    for kind in kinds:
        share = bench.data["small"].bytes / bench.data[kind].bytes
        yield ratio(f"bytes per second against IKE, {kind}", took["small"], took[kind], share, must=0.5)


# In this order; with the data sets that each needs.
GROUPS = {
    "plain": (plain, ("big", "small")),
    "one-file": (one_file, ("one-file",)),
    "gzip": (gzip, ("big-gzip",)),
    "peers": (peers, ("small", "small-bare", "small-bare-one-file")),
    "memory": (memory, ("routine-big", "routine-big-gzip", "routine-small")),
    "start": (start, ("sample",)),
    "order": (order, ("small", "shuffled", "overlap", "sparse")),
    "sessions": (sessions, ("small", "client-vpn", "cloudconnexa", "pangolin-csv", "pangolin-json", "twingate")),
}


def has_duckdb():
    return DUCKDB_PYTHON.exists() and subprocess.run([DUCKDB_PYTHON, "-c", "import duckdb"], stderr=subprocess.DEVNULL).returncode == 0


def millions(records):
    return f"{records / 1e6:g} million" if records >= 100_000 else f"{records} records"


# The table.

COLUMNS = ("figure", "measured", "spread", "must reach", "reach for", "")


def verdict(row, short):
    if row.value is None:
        return f"skipped: {row.note}"
    if row.must is None:
        return ""
    if short and row.misses(COLLAPSE):
        return "COLLAPSED"
    return "below" if row.misses() else "ok"


def number(value, unit=""):
    return "" if value is None else (f"{value:.1f}" if unit or value >= 20 else f"{value:.2f}") + unit


def cells(row, short):
    bound = "at most " if row.at_most else ""
    target = lambda value: "" if value is None else f"{bound}{value:g}{row.unit}"
    spread = "" if row.low is None else f"{number(row.low)} .. {number(row.high)}"
    return (row.figure, number(row.value, row.unit), spread, target(row.must), target(row.reach), verdict(row, short))


def table(rows, short):
    lines = [COLUMNS, *(cells(row, short) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def conditions(options, sizes):
    """On what this was measured, for whoever compares two tables."""
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    versions = [first_line(command) for command in (
        (options.tunnelscope, "--version"), ("rg", "--version"), ("igzip", "--version"), ("jq", "--version"),
        ("lnav", "--version"), (DUCKDB_PYTHON, "-c", "import duckdb; print('duckdb', duckdb.__version__)"))]
    return (f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} processors, Linux {platform.release()}; "
            f"{options.runs} runs over {sizes['small']} and {sizes['big']} records, seed {options.seed}; "
            + ", ".join(filter(None, versions)))


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip().partition("\n")[0].strip()


PAGE = ROOT / "docs/performance.md"
BLOCK = re.compile(r"(?<=<!-- benchmark: script/bench --write replaces this -->\n).*?(?=<!-- end of benchmark -->)", re.S)


def write_page(text):
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(lambda _: text, page, count=1), encoding="utf-8")


# The command line.

def arguments():
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures tunnelscope against floors and peers.")
    parser.add_argument("--short", action="store_true", help="minutes instead of an hour, without DuckDB; fails only when "
                        "a figure is far worse than half as good as it must be")
    parser.add_argument("--records", type=int, help="size of the big data set (default 10000000, --short 300000); given "
                        "here, the small one has a fifth of it and session logs a twentieth")
    parser.add_argument("--runs", type=int, help="rounds (default 7, --short 5)")
    parser.add_argument("--only", action="append", choices=GROUPS, help="these groups of figures alone (repeatable)")
    parser.add_argument("--data", type=pathlib.Path, help="where data are written (default a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the data in the folder of --data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path, help="the rows as JSON into this file")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--tunnelscope", default=os.environ.get("TUNNELSCOPE", ROOT / "build/release/tunnelscope"))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release/tests/benchmark",
                        help="where the benchmark's own programs are")
    options = parser.parse_args()
    options.runs = options.runs or (5 if options.short else 7)
    if options.keep and not options.data:
        parser.error("--keep needs --data")
    if options.write and (options.short or options.only):
        parser.error("--write is for the whole table")
    return options


def sizes_of(options):
    sizes = dict(SHORT if options.short else FULL)
    if options.records:
        sizes |= {"big": options.records, "small": max(options.records // 5, 1), "sessions": max(options.records // 20, 1)}
    return sizes


def measure(options, sizes, folder):
    """Yields every row; data sets are removed after their last use."""
    wanted = options.only or [name for name in GROUPS if not (options.short and name in WITHOUT_TARGET)]
    groups = [(name, *GROUPS[name]) for name in GROUPS if name in wanted]
    data = Datasets(options.build / "benchmark_generate", folder, sizes, options.seed)
    data.demand_space([needs for _, _, needs in groups])
    with tempfile.TemporaryDirectory(dir=folder) as work:
        bench = Bench(options, data, pathlib.Path(work))
        for number, (name, figures, needs) in enumerate(groups):
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            yield from figures(bench)
            later = {need for _, _, following in groups[number + 1:] for need in following}
            for need in needs:
                if need not in later and not options.keep:
                    data.forget(need)


def main():
    options = arguments()
    sizes = sizes_of(options)
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tunnelscope-benchmark-") as temporary:
        rows = list(measure(options, sizes, options.data or temporary))
    shown = f"{table(rows, options.short)}\n\n{conditions(options, sizes)}\n"
    print(shown, end="")
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(row) for row in rows], indent=1) + "\n")
    if options.write:
        write_page(shown)
    return any(row.misses(COLLAPSE if options.short else 1.0) for row in rows)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
