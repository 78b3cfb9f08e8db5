"""How a file is laid out, and what terminals and editors leave in it, changes nothing of what it says."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
from test_repairs import BASES, CLOUDS, IOS_V1, IOS_V2, JUNOS, SWANCTL, describe, diffs_of  # noqa: E402
import tool  # noqa: E402

MARK = "\ufeff"


def checked(folder, files):
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return tool.run("check", "--config", "none", "--format", "json", *files, cwd=folder)


def said(done):
    report = done.report
    return done.status, report["problems"], [[(stage["stage"], stage["verdict"]) for stage in one["stages"]] for one in report["tunnels"]]


def pair_with(reader):
    files, version = BASES[reader]
    return {**files, "vpn.json": describe(version)}


# ---- a byte order mark ----

MARKED = {reader: pair_with(reader) for reader in BASES}
MARKED |= {f"cloud {name}": {file: write(), "swanctl.conf": SWANCTL} for name, (file, write) in CLOUDS.items()}


@pytest.mark.parametrize("files", MARKED.values(), ids=MARKED)
def test_a_byte_order_mark_changes_nothing(tmp_path, files):
    before = said(checked(tmp_path, files))
    assert said(checked(tmp_path, {name: MARK + text for name, text in files.items()})) == before


def test_a_diff_of_the_first_line_of_a_marked_file_applies_to_it(tmp_path):
    line = "set security ipsec policy aws perfect-forward-secrecy keys group14\n"
    text = MARK + line.replace("group14", "group2") + JUNOS.replace(line, "")
    diff = dict(diffs_of(checked(tmp_path, {"junos.set": text, "vpn.json": describe()}).report, "pfs-mismatch"))["gateway"]
    done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-F0"], input=diff.encode(), capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, (done, diff)
    assert (tmp_path / "junos.set").read_text() == MARK + line + JUNOS.replace(line, "")


# ---- IOS ----

IOS = {"ios-ikev1": IOS_V1, "ios-ikev2": IOS_V2}


@pytest.mark.parametrize("reader", IOS)
def test_lines_that_are_indented_deeper_than_their_section_asks_belong_to_it_still(tmp_path, reader):
    files = pair_with(reader)
    before = said(checked(tmp_path, files))
    lines = files["ios.cfg"].split("\n")
    indented = [i for i, line in enumerate(lines) if line.startswith(" ") and not line.startswith(" peer")]
    for number in indented:
        ragged = "\n".join("  " * (i == number) + line for i, line in enumerate(lines))
        assert said(checked(tmp_path, {**files, "ios.cfg": ragged})) == before, lines[number]


@pytest.mark.parametrize("reader", IOS)
def test_a_file_that_lost_its_indentation_is_said_to_have(tmp_path, reader):
    files = pair_with(reader)
    flat = "\n".join(line.strip() for line in files["ios.cfg"].split("\n"))
    done = checked(tmp_path, {**files, "ios.cfg": flat})
    assert done.status == 4
    assert "is not indented" in done.report["problems"][0]["reason"]
    assert not [one for one in done.report["tunnels"] if one["verdict"] == "agrees"]


def test_a_line_of_a_section_that_is_not_indented_is_not_passed_over(tmp_path):
    files = pair_with("ios-ikev2")
    done = checked(tmp_path, {**files, "ios.cfg": files["ios.cfg"].replace("\n set pfs", "\nset pfs")})
    assert done.status == 4 and "agrees" not in {verdict for one in said(done)[2] for _, verdict in one}


@pytest.mark.parametrize("behind", ["\nedge-9#", "\nedge-9#\n", "\nedge-9#exit", "\n\nedge-9# "])
def test_the_prompt_behind_a_capture_is_no_end_too_early(tmp_path, behind):
    files = pair_with("ios-ikev2")
    whole = files["ios.cfg"].removesuffix("end\n")
    before = said(checked(tmp_path, files))
    assert said(checked(tmp_path, {**files, "ios.cfg": whole + "end\n" + behind})) == before
    assert checked(tmp_path, {**files, "ios.cfg": whole.rstrip("\n")}).status == 4


# ---- Junos ----

@pytest.mark.parametrize("comment", ["#set security ike traceoptions flag all", "# set security ike gateway aws address 203.0.113.99",
                                     "  #set security ipsec policy aws perfect-forward-secrecy keys group2", "#security ike", "##"])
def test_a_statement_of_junos_that_is_commented_out_says_nothing(tmp_path, comment):
    files = pair_with("junos")
    before = said(checked(tmp_path, files))
    assert said(checked(tmp_path, {**files, "junos.set": JUNOS + comment + "\n"})) == before


@pytest.mark.parametrize("blanks", ["  ", "\t"])
def test_statements_of_junos_may_all_be_indented(tmp_path, blanks):
    files = pair_with("junos")
    before = said(checked(tmp_path, files))
    indented = "".join(blanks + line + "\n" for line in JUNOS.splitlines())
    assert said(checked(tmp_path, {**files, "junos.set": indented})) == before


# ---- the end of a file ----

@pytest.mark.parametrize("reader, old, new, cause", [
    ("junos", "set security ipsec policy aws perfect-forward-secrecy keys group14", "set security ipsec policy aws perfect-forward-secrecy keys group2",
     "pfs-mismatch"), ("junos", "set security ike gateway aws version v2-only", None, "ike-version-mismatch")])
def test_a_diff_of_the_last_line_of_a_file_without_a_line_break_applies_to_it(tmp_path, reader, old, new, cause):
    last = new or "set security ike gateway aws address 203.0.113.10"
    text = "\n".join([*(line for line in JUNOS.splitlines() if line not in (old, last)), last])
    files = {"junos.set": text, "vpn.json": describe()}
    diff = dict(diffs_of(checked(tmp_path, files).report, cause))["gateway"]
    done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-F0"], input=diff.encode(), capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, (done, diff)
    after = tool.run("check", "--config", "none", "--format", "json", *files, cwd=tmp_path).report
    assert cause not in [one["cause"] for one in after["findings"]]
    assert sorted((tmp_path / "junos.set").read_text().splitlines()) == sorted(JUNOS.splitlines())
