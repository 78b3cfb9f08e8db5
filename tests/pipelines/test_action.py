"""action.yml: valid, without an input inside a command, and its steps run as a runner of GitHub runs them."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import jsonschema
import pytest
import yaml

TESTS = pathlib.Path(__file__).parents[1]
ROOT = TESTS.parent
sys.path[:0] = [str(TESTS / "samples"), str(TESTS / "tools")]
import pypi  # noqa: E402
import tool  # noqa: E402
from schemas import sarif_faults  # noqa: E402

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
PAIR = {"cloud": "cloud.swanctl.conf", "gateway": "gateway.swanctl.conf"}


class Runner:
    """What GitHub's runner does with the steps that have a command."""

    def __init__(self, folder):
        self.folder = folder
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        self.summary, self.outputs = folder / "summary", folder / "outputs"

    def run(self, **inputs):
        values = {name: entry.get("default", "") for name, entry in ACTION["inputs"].items()}
        values |= {"program": str(tool.PROGRAM)} | {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(values) == set(ACTION["inputs"])
        self.summary.write_text("")
        self.outputs.write_text("")
        done = None
        for step in STEPS:
            if "run" in step and not (step.get("if") == "inputs.program == ''" and values["program"]):
                done = self.step(step, values)
        return done

    def step(self, step, values):
        def evaluated(text):
            return EXPRESSION.sub(lambda found: values[found[1].removeprefix("inputs.")], text)

        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GITHUB_ACTION_PATH": str(ROOT),
                       "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_OUTPUT": str(self.outputs)}
        environment |= {name: evaluated(value) for name, value in step.get("env", {}).items()}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], env=environment, text=True,
                              cwd=self.workspace / evaluated(step.get("working-directory", ".")), capture_output=True)

    def output(self):
        return dict(line.split("=", 1) for line in self.outputs.read_text().splitlines())


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


def with_sample(runner, name):
    shutil.copytree(tool.SAMPLES / "check" / name, runner.workspace, dirs_exist_ok=True)
    return runner


def test_it_is_valid_against_the_schema_of_actions():
    schema = json.loads(pypi.schema("github-actions.json").read_text())
    jsonschema.Draft7Validator(schema).validate(ACTION)


def test_no_expression_stands_in_a_command():
    assert [step["name"] for step in STEPS if EXPRESSION.search(step.get("run", ""))] == []


def test_every_input_is_used_and_every_used_one_is_declared():
    text = (ROOT / "action.yml").read_text().split("\nruns:\n")[1]
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])


def test_a_mismatch_fails_the_step_with_annotations_a_summary_and_sarif(runner):
    done = with_sample(runner, "pfs-mismatch").run(**PAIR, sarif="out.sarif")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=cloud.swanctl.conf,line=")
    assert "## " in runner.summary.read_text() and "pfs-mismatch" in runner.summary.read_text()
    assert sarif_faults(json.loads((runner.workspace / "out.sarif").read_text())) == []
    assert runner.output() == {"status": "1", "sarif": "out.sarif"}


def test_what_agrees_passes(runner):
    done = with_sample(runner, "healthy").run(**PAIR)
    assert (done.returncode, runner.output()) == (0, {"status": "0"})


@pytest.mark.parametrize("inputs, status", [
    ({"fail_on": "never"}, 0), ({"fail_on": "critical"}, 1), ({"fail_on": "sometimes"}, 2), ({"arguments": "--no-such-option"}, 2),
    ({"files": "no-such-file.conf"}, 4), ({"command": "check; id"}, 2), ({"command": ""}, 2)])
def test_the_exit_status_is_the_programs(runner, inputs, status):
    assert with_sample(runner, "pfs-mismatch").run(**{**PAIR, **inputs}).returncode == status


def test_no_file_is_an_error_of_its_own(runner):
    done = runner.run()
    assert done.returncode == 2 and "::error title=tunnelscope::no file was named" in done.stdout


def test_summary_and_annotations_can_be_left_out(runner):
    done = with_sample(runner, "pfs-mismatch").run(**PAIR, annotations="false", summary="false")
    assert done.returncode == 1 and runner.summary.read_text() == ""
    first, *report, last, end = done.stdout.split("\n")
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token) and last == f"::{token}::" and end == ""
    assert any("child-rekey" in line for line in report)


def test_a_plan_needs_no_side(runner):
    done = with_sample(runner, "terraform-plan-changes-pfs").run(files="plan.json\r\n\nswanctl.conf")
    assert done.returncode == 1 and "::error file=swanctl.conf,line=" in done.stdout and "file=plan.json" in done.stdout


def test_a_working_directory(runner):
    with_sample(runner, "pfs-mismatch")
    (runner.workspace / "vpn").mkdir()
    for name in PAIR.values():
        (runner.workspace / name).rename(runner.workspace / "vpn" / name)
    assert runner.run(**PAIR, working_directory="vpn").returncode == 1


def test_rules_under_review(runner):
    shutil.copytree(TESTS / "broken-kb/one-example", runner.workspace / "kb")
    done = runner.run(command="rules lint", files="kb")
    assert done.returncode == 3 and done.stdout.startswith("::error file=kb/messages/")


def test_a_diagnosis(runner):
    shutil.copytree(tool.SAMPLES / "psk-mismatch-ikev2/input", runner.workspace / "logs")
    assert runner.run(command="diagnose", files="logs").returncode == 1 and "psk-mismatch" in runner.summary.read_text()


HOSTILE = ["$(touch owned)", "`touch owned`", "x; touch owned", "x && touch owned", "'; touch owned; '", '"; touch owned; "', "-h",
           "--output=owned", "::error::owned", "x\" ]] ; touch owned", "* ?"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", [n for n in ACTION["inputs"] if n not in ("program", "working-directory", "arguments")])
def test_hostile_values_are_values(runner, name, value):
    with_sample(runner, "pfs-mismatch")
    before = {p.name for p in runner.workspace.iterdir()}
    done = runner.run(**{**PAIR, name: value})
    made = {p.name for p in runner.workspace.iterdir()} - before
    assert made <= ({value} if name == "sarif" else set())
    assert done.returncode in (0, 1, 2, 4)


def test_no_line_of_a_file_becomes_a_workflow_command(runner):
    (runner.workspace / "::warning title=x::owned.conf").write_text("::warning ::owned\n##[warning]owned\n")
    done = runner.run(gateway="::warning title=x::owned.conf", annotations="false")
    stopped, open_lines = None, []
    for line in done.stdout.splitlines():
        if line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif stopped and line == f"::{stopped}::":
            stopped = None
        elif not stopped:
            open_lines.append(line)
    assert done.returncode == 4 and not [line for line in open_lines if "owned" in line] and done.stderr == ""


def test_the_build_uses_bootstrap_and_the_release_preset(runner, tmp_path):
    """With pretended commands: the real ones are what script/test runs."""
    place, commands = tmp_path / "action", tmp_path / "bin"
    (place / "script").mkdir(parents=True)
    commands.mkdir()
    shutil.copy(ROOT / "script/action", place / "script/action")
    for program in (place / "script/bootstrap", commands / "cmake"):
        program.write_text('#!/bin/sh\necho "$(basename "$0") $* in $(basename "$PWD")"\n')
        program.chmod(0o755)
    build = next(step for step in STEPS if step["name"] == "build tunnelscope")
    done = subprocess.run(["bash", "-c", build["run"]], capture_output=True, text=True,
                          env={"PATH": f"{commands}:{os.environ['PATH']}", "GITHUB_ACTION_PATH": str(place)})
    assert done.stdout.splitlines() == ["bootstrap  in action", "cmake --preset release -DTUNNELSCOPE_TESTS=OFF in action",
                                        "cmake --build --preset release --target tunnelscope in action"]
