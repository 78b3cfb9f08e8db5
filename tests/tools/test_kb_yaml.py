"""The JSON Schemas in docs/schema/ accept the knowledge base of this tree and refuse broken ones."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BROKEN = ROOT / "tests" / "broken-kb"


def validate(folder):
    script = ROOT / "tests" / "tools" / "validate_kb_yaml.py"
    return subprocess.run([sys.executable, script, folder], capture_output=True, text=True, check=False)


def test_the_knowledge_base_is_valid():
    result = validate(ROOT / "kb")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "fault", ["unknown-key", "missing-keys", "unknown-severity", "by-state-without-clauses", "at-least-zero",
              "within-without-onset", "when-without-conditions", "configuration-with-when", "reference-date",
              "negative-threshold", "empty-folder", "config-signal-and-conditions", "config-without-comparison"])
def test_a_fault_of_form_is_refused(fault):
    assert validate(BROKEN / fault).returncode == 1


@pytest.mark.parametrize("fault", ["near-miss-matches", "pattern-parenthesis", "outranks-circle", "unknown-signal",
                                   "config-unknown-signal"])
def test_a_fault_of_meaning_is_left_to_lint(fault):
    assert validate(BROKEN / fault).returncode == 0
