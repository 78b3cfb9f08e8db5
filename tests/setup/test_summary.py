"""script/summarise-tests counts what ran, and a failure of any kind shows in its last line and its exit status."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]

PASSED = '<testcase name="unit/A.B" status="run"/>'
FAILED = '<testcase name="unit/A.C" status="fail"><failure message="Failed"/></testcase>'
SKIPPED = '<testcase name="unit/A.D" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>'
NOT_THERE = '<testcase name="unit/A.E" status="notrun"><skipped message="Unable to find executable: x"/></testcase>'
SUITE = '<testcase name="pytest/samples/test_x" status="{}"/>'
INNER = {
    "two": '<testcase classname="t" name="a"/><testcase classname="t" name="b"/>',
    "one failed": '<testcase classname="t" name="a"/><testcase classname="t" name="b"><failure/></testcase>',
    "one skipped": '<testcase classname="t" name="a"/><testcase classname="t" name="b"><skipped/></testcase>',
}


def summary(tmp_path, entries, inner=None, *options):
    results = tmp_path / "release/results"
    results.mkdir(parents=True)
    (results / "ctest.xml").write_text(f"<testsuite>{''.join(entries)}</testsuite>")
    if inner:
        (results / "samples.test_x.xml").write_text(f"<testsuites><testsuite>{INNER[inner]}</testsuite></testsuites>")
    run = subprocess.run([ROOT / "script/summarise-tests", *options, tmp_path / "release"], capture_output=True, text=True)
    return run.stdout.splitlines()[-1], run.returncode


def test_entries_are_counted_by_verdict(tmp_path):
    assert summary(tmp_path, [PASSED, FAILED, SKIPPED]) == ("1 passed, 1 failed, 1 skipped", 1)


def test_skipping_alone_is_no_failure(tmp_path):
    assert summary(tmp_path, [PASSED, SKIPPED]) == ("1 passed, 0 failed, 1 skipped", 0)


def test_a_program_that_is_not_there_is_a_failure(tmp_path):
    assert summary(tmp_path, [PASSED, NOT_THERE]) == ("1 passed, 1 failed, 0 skipped", 1)


def test_the_cases_of_a_suite_count_instead_of_its_entry(tmp_path):
    assert summary(tmp_path, [PASSED, SUITE.format("run")], "two") == ("3 passed, 0 failed, 0 skipped", 0)


def test_skipped_cases_of_a_suite_are_counted(tmp_path):
    assert summary(tmp_path, [SUITE.format("run")], "one skipped") == ("1 passed, 0 failed, 1 skipped", 0)


def test_a_failed_case_of_a_suite_is_a_failure(tmp_path):
    assert summary(tmp_path, [SUITE.format("fail")], "one failed") == ("1 passed, 1 failed, 0 skipped", 1)


def test_a_suite_that_failed_outside_its_cases_is_a_failure(tmp_path):
    assert summary(tmp_path, [SUITE.format("fail")], "two") == ("0 passed, 1 failed, 0 skipped", 1)


def test_a_suite_that_wrote_nothing_counts_as_one(tmp_path):
    assert summary(tmp_path, [SUITE.format("fail")]) == ("0 passed, 1 failed, 0 skipped", 1)


def test_a_broken_stage_is_a_failure(tmp_path):
    assert summary(tmp_path, [PASSED], None, "--broken-stages", "2") == ("1 passed, 2 failed, 0 skipped", 1)
