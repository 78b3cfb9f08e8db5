"""One slip of the pen at a time, in each line of each reader's file: whatever the program complains of makes something uncertain that agreed
before, but for values that no stage needs. Nothing that was not understood is taken for agreement, wherever it stands."""
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
from test_repairs import BASES, CLOUDS, SWANCTL, describe  # noqa: E402
import tool  # noqa: E402


# In these pairs no stage needs these: main mode is of IKEv1, routing is static, how soon a dead peer is noticed decides nothing, and
# either end alone begins the tunnel and brings it back.
NOT_NEEDED = re.compile("modes:|timeout|interval|inside_?cidr|rekey_?margin|start", re.I)


def slips(text):
    """The text with one letter too many in the first word of a line, and in its last word."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        body = line.strip()
        if not body or not body[0].isalnum() and body[0] != '"' or NOT_NEEDED.search(body):
            continue
        indent = line[:len(line) - len(line.lstrip())]
        first = body.split()[0]
        variants = [indent + first[:1] + "q" + body[1:], indent + body + "q"]
        for i, variant in enumerate(variants):
            yield f"line {number + 1}, {('first word', 'last word')[i]}: {variant.strip()[:40]}", "\n".join(lines[:number] + [variant] + lines[number + 1:]) + "\n"


def verdicts(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text)
    done = tool.run("check", "--format", "json", *files, cwd=folder)
    assert done.status in (0, 1, 4), done.err
    report = done.report
    return report["problems"], [{stage["stage"]: stage["verdict"] for stage in one["stages"]} for one in report["tunnels"]]


def still_agree(before, tunnels):
    """Whether all stages that agreed still do."""
    wanted = {name for name, verdict in before.items() if verdict == "agrees"}
    return any(wanted <= {name for name, verdict in one.items() if verdict == "agrees"} for one in tunnels)


CASES = [(reader, next(iter(files)), dict(files), "vpn.json", describe(version)) for reader, (files, version) in BASES.items()]
CASES += [(f"cloud {name}", file, {file: write()}, "swanctl.conf", SWANCTL) for name, (file, write) in CLOUDS.items() if name != "cloudformation"]


@pytest.mark.parametrize("name, file, files, other, text", CASES, ids=[one[0] for one in CASES])
def test_what_is_complained_of_does_not_agree(tmp_path, name, file, files, other, text):
    whole = {**files, other: text}
    problems, [before, *_] = verdicts(tmp_path, whole)
    assert problems == [] and "agrees" in before.values()
    wrong = []
    for what, slipped in slips(files[file]):
        problems, tunnels = verdicts(tmp_path, {**whole, file: slipped})
        if problems and still_agree(before, tunnels):
            wrong.append((what, problems[0]["reason"]))
    assert wrong == []
