#!/usr/bin/env python3
"""Checks JSON reports: against the schema, and for what a schema cannot say.

In: report files. Out: one line a fault; status 1 when there is any, or when no file was given.
"""
import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema" / "report.schema.json"
ORDER = ["schema", "tool", "window", "inputs", "coverage", "tunnels", "connections", "sessions", "findings"]
RANK = {
    "role": ["root-cause", "symptom", "context"],
    "severity": ["critical", "warning", "info"],
    "confidence": ["certain", "likely", "possible"],
}


def finding_key(finding):
    return [RANK[key].index(finding[key]) for key in RANK] + [finding["subject"], finding["cause"]]


def faults(report):
    """What the schema cannot express."""
    if list(report)[: len(ORDER)] != ORDER:
        yield f"top-level keys are not in the contract's order: {list(report)}"
    coverage = report["coverage"]
    parts = sum(coverage[key] for key in ("recognised", "unrecognised", "skipped", "duplicates"))
    if coverage["records"] != parts:
        yield f"coverage.records is {coverage['records']}, its parts sum up to {parts}"
    for name in ("tunnels", "connections"):
        ids = [entry["id"] for entry in report[name]]
        if ids != sorted(set(ids), key=lambda text: text.encode()):
            yield f"{name} are not in the order of their ids, or not unique"
    keys = [finding_key(finding) for finding in report["findings"]]
    if keys != sorted(keys):
        yield "findings are not in the contract's order"
    fingerprints = [finding["fingerprint"] for finding in report["findings"]]
    if len(set(fingerprints)) != len(fingerprints):
        yield "two findings have one fingerprint"
    for finding in report["findings"]:
        for explained in finding["explains"]:
            if explained not in fingerprints:
                yield f"{finding['cause']} explains {explained}, which is no finding"
    causes = {finding["cause"] for finding in report["findings"] if finding["role"] == "root-cause"}
    for tunnel in report["tunnels"]:
        if tunnel["primary_cause"] is not None and tunnel["primary_cause"] not in causes:
            yield f"the primary cause {tunnel['primary_cause']} of {tunnel['id']} is no root cause of the report"


def main(paths):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    failed = not paths
    for path in paths:
        report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        found = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(report)]
        found = found or list(faults(report))
        for fault in found:
            print(f"{path}: {fault}")
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
