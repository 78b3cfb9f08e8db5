# Runs the built program and judges its reports: what both test files share.
# The program is $TUNNELSCOPE, else build/release/tunnelscope.
import json
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
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
    check_sessions(check, wrong, expect.get("sessions", {}), report)
    if unknown := {t["id"] for t in report["tunnels"]} - set(expect.get("tunnels", {})):
        wrong.append(f"tunnels that no one expected: {sorted(unknown)}")
    for expected in expect.get("findings", []):
        if not any(fits_finding(expected, finding) for finding in report["findings"]):
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


def fits_finding(expected, finding):
    """`subject: aws-client-vpn/...*` stands for every subject that begins so."""
    subject = expected.get("subject", "")
    if isinstance(subject, str) and subject.endswith("*"):
        expected = {k: v for k, v in expected.items() if k != "subject"}
        return finding["subject"].startswith(subject[:-1]) and fits(expected, finding)
    return fits(expected, finding)


def check_sessions(check, wrong, expect, report):
    """Groups by "system/group". Of `caveats` a part of the text will do; `reasons` maps texts to counts; each of `list`
    must be a session of the list with these fields, by their documented names or as the report's own keys."""
    found = {f"{entry['system']}/{entry['group']}": entry for entry in report["sessions"]}
    if unknown := set(found) - set(expect):
        wrong.append(f"sessions that no one expected: {sorted(unknown)}")
    for name, expected in expect.items():
        if name not in found:
            wrong.append(f"sessions: {name} is missing, there are {sorted(found)}")
            continue
        entry = found[name]
        for key, value in expected.items():
            if key == "caveats":
                wrong += [f"{name}: no caveat says {text!r}: {entry['caveats']}" for text in value
                          if not any(text.lower() in caveat.lower() for caveat in entry["caveats"])]
            elif key == "reasons":
                counts = {reason["text"]: reason["count"] for reason in entry["reasons"]}
                for text, count in value.items():
                    check(f"{name} reason {text!r}", count, sum(n for t, n in counts.items() if text in t))
            elif key == "list":
                wrong += [f"{name}: no session with {fields}; lacking: {nearest(fields, entry['list'])}"
                          for fields in value if not any(has_fields(session, fields) for session in entry["list"])]
            else:
                check(f"{name} {key}", value, entry[key])


def has_fields(session, fields):
    return all(has_field(session, name, value) for name, value in fields.items())


def nearest(fields, sessions):
    """The fields that the best candidate lacks."""
    lacking = [{n: v for n, v in fields.items() if not has_field(s, n, v)} for s in sessions]
    return min(lacking, key=len, default=fields)


def has_field(session, name, value):
    """Whether the session says `value` under the documented name, under a key of the report, or, where neither is
    there, under any of the report's own keys."""
    documented = [v for k, v in session["fields"].items()
                  if k == name or k.endswith("." + name) or name.endswith("." + k)]
    own = [session[name]] if name in session else []
    typed = [v for k, v in session.items() if k not in ("fields", "at", "outcome")]
    return any(same_value(value, v) for v in documented + own or typed)


def same_value(a, b):
    """Equal as text, number or time; the report's times are RFC 3339, a record's in its system's own form."""
    if a is None or b is None:
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return a == b
    x, y = (v if isinstance(v, str) else json.dumps(v) for v in (a, b))
    return x == y or any(form(x) is not None and form(x) == form(y) for form in (number, seconds))


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def seconds(text):
    """Seconds since 1970 of a time in any form that the systems write, else None."""
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return int(text) / (1 if len(text) == 10 else 1000)
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?( ?UTC|Z)?", text)
    if not found:
        return None
    whole = datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00").timestamp()
    return round(whole + float(found[3] or 0), 3)


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
    groups = [(entry["system"], entry["group"]) for entry in report["sessions"]]
    if groups != sorted(groups):
        wrong.append("sessions are out of order")
    for entry in report["sessions"]:
        if entry["primary_cause"] and entry["primary_cause"] not in roots:
            wrong.append(f"{entry['group']}: primary cause {entry['primary_cause']} is no root-cause finding")
        if entry["failed"] > entry["connections"]:
            wrong.append(f"{entry['group']}: more failed than connections")
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
