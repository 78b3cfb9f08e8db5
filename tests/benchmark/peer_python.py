"""What a script does that somebody writes in ten minutes: json and re, a count of faults by tunnel.
In: a folder of `<ISO time> {json}` files, a pattern. Out: a line a tunnel, last the number of records."""
import json
import pathlib
import re
import sys

fault = re.compile(sys.argv[2])
total = 0
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    records = faults = down = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line[line.index("{"):])
            records += 1
            faults += fault.search(record["details"]) is not None
            down += record["ike_phase2_state"] == "down"
    total += records
    print(path.name, records, faults, down)
print(total)
