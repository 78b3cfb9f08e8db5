"""A benchmark of a program that loses records is worth nothing: did this report count every record that was written?
In: a report, the numbers of records and of unique records. Out: what is wrong; exit status 1 when anything is."""
import json
import sys


def faults(report, records, unique):
    coverage = report["coverage"]
    expected = {"records": records, "duplicates": records - unique, "skipped": 0, "unrecognised": 0}
    for name, number in expected.items():
        if coverage[name] != number:
            yield f"{name}: {coverage[name]} instead of {number}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        found = list(faults(json.load(file), int(sys.argv[2]), int(sys.argv[3])))
    print("\n".join(found))
    sys.exit(bool(found))
