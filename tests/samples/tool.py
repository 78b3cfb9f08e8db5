# Runs the built program and judges its reports: what both test files share.
# The program is $TUNNELSCOPE, else build/release/tunnelscope.
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "samples"
PROGRAM = os.path.abspath(os.environ.get("TUNNELSCOPE", REPOSITORY / "build/release/tunnelscope"))
SEVERITIES = ("info", "warning", "critical")


@dataclass
class Run:
    status: int
    out: bytes
    err: str

    @property
    def report(self):
        return json.loads(self.out)


def run(*arguments, cwd=None, stdin=b"", timeout=60):
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "COLUMNS": "80"}
    environment |= {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, input=stdin, capture_output=True, timeout=timeout,
                          env=environment)
    return Run(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def diagnose(*arguments, cwd=None, stdin=b"", format="json", timeout=60):
    return run("diagnose", "--format", format, "--color", "never", "--progress", "never", *arguments, cwd=cwd,
               stdin=stdin, timeout=timeout)


def write_files(folder, files):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def warnings_of(report):
    return [f for f in report["findings"] if f["severity"] != "info"]


def describe(findings):
    return [f"{f['severity']} {f['role']} {f['cause']} on {f['subject']}: {f['summary']}" for f in findings]


def fits(expected, actual):
    """A list means one of these, {min, max} a range, a mapping all of its keys; anything else must be equal."""
    if isinstance(expected, list):
        return any(fits(e, actual) for e in expected)
    if isinstance(expected, dict) and expected and set(expected) <= {"min", "max"}:
        return isinstance(actual, (int, float)) and expected.get("min", actual) <= actual <= expected.get("max", actual)
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(k in actual and fits(v, actual[k]) for k, v in expected.items())
    return expected == actual


def mismatches(expect, status, report):
    """What in the report is not as expect.yaml says; one line each."""
    wrong = []

    def check(what, expected, actual):
        if not fits(expected, actual):
            wrong.append(f"{what}: expected {expected}, came {actual}")

    if "exit_status" in expect:
        check("exit status", expect["exit_status"], status)
    for kind in ("tunnels", "connections"):
        found = {entry["id"]: entry for entry in report[kind]}
        for name, expected in expect.get(kind, {}).items():
            if name not in found:
                wrong.append(f"{kind}: {name} is missing, there are {sorted(found)}")
                continue
            for key, value in expected.items():
                check_entry(check, wrong, f"{name} {key}", key, value, found[name][key])
    if unknown := {t["id"] for t in report["tunnels"]} - set(expect.get("tunnels", {})):
        wrong.append(f"tunnels that no one expected: {sorted(unknown)}")
    for expected in expect.get("findings", []):
        if not any(fits(expected, finding) for finding in report["findings"]):
            same = [f for f in report["findings"] if fits(expected["cause"], f["cause"])]
            near = [{k: f[k] for k in expected} for f in same] or describe(report["findings"])
            wrong.append(f"finding {expected} is missing, there is {near}")
    for finding in report["findings"]:
        if finding["cause"] in expect.get("absent", []) and finding["role"] == "root-cause":
            wrong.append(f"a root cause that must be absent: {describe([finding])}")
    if expect.get("silent") and warnings_of(report):
        wrong.append(f"must be silent: {describe(warnings_of(report))}")
    check("coverage", expect.get("coverage", {}), report["coverage"])
    return wrong


def check_entry(check, wrong, what, key, expected, actual):
    if key == "both_down":
        check(f"{what} intervals", expected, len(actual))
    elif key == "outages":
        check(f"{what}: number", len(expected), len(actual))
        for number, (e, a) in enumerate(zip(expected, actual)):
            for name, value in e.items():
                check(f"{what}[{number}].{name}", value, a[name])
    else:
        check(what, expected, actual)


def consistent(report):
    """What must hold in every report, whatever was read; one line for each thing that does not."""
    wrong = []
    c = report["coverage"]
    if c["records"] != c["recognised"] + c["unrecognised"] + c["skipped"] + c["duplicates"]:
        wrong.append(f"coverage does not add up: {c}")
    if sum(s["count"] for s in c["skipped_by_reason"]) != c["skipped"]:
        wrong.append("skipped_by_reason does not add up")
    prints = [f["fingerprint"] for f in report["findings"]]
    if len(set(prints)) != len(prints):
        wrong.append("two findings share a fingerprint")
    for finding in report["findings"]:
        wrong += [f"{finding['cause']} explains {e}, which is not there" for e in finding["explains"] if e not in prints]
    rank = {"root-cause": 0, "symptom": 1, "context": 2}
    keys = [(rank[f["role"]], -SEVERITIES.index(f["severity"]), ("certain", "likely", "possible").index(f["confidence"]),
             f["subject"], f["cause"]) for f in report["findings"]]
    if keys != sorted(keys):
        wrong.append("findings are out of order")
    for kind in ("tunnels", "connections"):
        ids = [entry["id"] for entry in report[kind]]
        if ids != sorted(ids):
            wrong.append(f"{kind} are out of order")
    roots = {f["cause"] for f in report["findings"] if f["role"] == "root-cause"}
    critical = {f["subject"] for f in report["findings"] if f["severity"] == "critical"}
    outage_of_site = any(f["cause"] == "gateway-outage" for f in report["findings"])
    for t in report["tunnels"]:
        if t["primary_cause"] and t["primary_cause"] not in roots:
            wrong.append(f"{t['id']}: primary cause {t['primary_cause']} is no root-cause finding")
        if t["status"] == "down" and not critical & {t["id"], t["connection"]} and not outage_of_site:
            wrong.append(f"{t['id']} is down without a critical finding")
        a = t["availability"]
        if a["ratio"] is not None and abs(a["ratio"] - a["up_s"] / (a["up_s"] + a["down_s"])) > 1e-3:
            wrong.append(f"{t['id']}: availability ratio {a}")
        if a["outages"] != len(t["outages"]):
            wrong.append(f"{t['id']}: {a['outages']} outages counted, {len(t['outages'])} listed")
    return wrong
