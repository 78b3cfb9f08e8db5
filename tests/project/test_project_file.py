"""`.tunnelscope.yaml`: where it is looked for, what outweighs it, what may stand in it, and what is said of a mistake."""
import json
import os
import subprocess

import pytest
import tool

LOG = tool.SAMPLES / "psk-mismatch-ikev2/input"
NEVER = "fail-on: never\n"


@pytest.fixture
def world(tmp_path):
    """A user's home with a repository in it, and below that the folder in which the program runs."""
    (tmp_path / "home/repository/.git").mkdir(parents=True)
    (tmp_path / "home/repository/site/lab").mkdir(parents=True)
    return tmp_path / "home"


def run(world, *arguments, cwd="repository/site/lab", **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(world), "LC_ALL": "C.UTF-8", "COLUMNS": "80", **variables}
    done = subprocess.run([tool.PROGRAM, *map(str, arguments)], cwd=world / cwd, capture_output=True, timeout=60, env=environment)
    return tool.Run(done.returncode, done.stdout, done.stderr.decode())


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("place, variables, found", [
    ("repository/site/lab/.tunnelscope.yaml", {}, True),
    ("repository/site/.tunnelscope.yaml", {}, True),
    ("repository/.tunnelscope.yaml", {}, True),
    (".tunnelscope.yaml", {}, False),  # above the repository
    (".config/tunnelscope/config.yaml", {}, True),
    ("xdg/tunnelscope/config.yaml", {"XDG_CONFIG_HOME": "HOME/xdg"}, True),
    ("xdg/tunnelscope/config.yaml", {}, False),
    ("elsewhere.yaml", {}, False),
    ("elsewhere.yaml", {"TUNNELSCOPE_CONFIG": "HOME/elsewhere.yaml"}, True),
])
def test_where_the_file_is_looked_for(world, place, variables, found):
    write(world / place, NEVER)
    variables = {name: value.replace("HOME", str(world)) for name, value in variables.items()}
    assert run(world, "diagnose", LOG, **variables).status == (0 if found else 1)


def test_the_nearest_file_is_the_only_one_that_is_read(world):
    write(world / ".config/tunnelscope/config.yaml", "no-such-key: 1\n")
    write(world / "repository/.tunnelscope.yaml", "no-such-key: 1\n")
    write(world / "repository/site/.tunnelscope.yaml", NEVER)
    assert run(world, "diagnose", LOG).status == 0


def test_without_a_repository_the_search_ends_at_home(world):
    (world / "notes/today").mkdir(parents=True)
    write(world / ".tunnelscope.yaml", NEVER)
    write(world.parent / ".tunnelscope.yaml", "no-such-key: 1\n")
    assert run(world, "diagnose", LOG, cwd="notes/today").status == 0


def test_outside_home_and_repositories_only_the_working_folder_counts(world):
    (world.parent / "shared/work").mkdir(parents=True)
    write(world.parent / "shared/.tunnelscope.yaml", "no-such-key: 1\n")
    assert run(world, "diagnose", LOG, cwd="../shared/work").status == 1
    write(world.parent / "shared/work/.tunnelscope.yaml", NEVER)
    assert run(world, "diagnose", LOG, cwd="../shared/work").status == 0


@pytest.mark.parametrize("arguments, variables, status", [
    ([], {}, 0),
    ([], {"TUNNELSCOPE_FAIL_ON": "critical"}, 1),
    (["--fail-on", "never"], {"TUNNELSCOPE_FAIL_ON": "critical"}, 0),
    (["--config", "none"], {}, 1),
    ([], {"TUNNELSCOPE_CONFIG": "none"}, 1),
    (["--config", ".tunnelscope.yaml"], {"TUNNELSCOPE_CONFIG": "none"}, 0),
])
def test_the_command_line_outweighs_the_environment_and_both_the_file(world, arguments, variables, status):
    write(world / "repository/site/lab/.tunnelscope.yaml", NEVER)
    assert run(world, "diagnose", *arguments, LOG, **variables).status == status


def test_a_section_outweighs_what_stands_for_all_commands(world):
    write(world / "repository/.tunnelscope.yaml", "format: json\ndiagnose:\n  format: markdown\nrules:\n  format: text\n")
    assert run(world, "diagnose", LOG).out.startswith(b"# ")
    assert run(world, "rules", "list").out.startswith(b"message rules")
    assert run(world, "explain", "psk-mismatch").out.startswith(b"{")


def test_a_value_that_only_other_commands_have_is_theirs(world):
    write(world / "repository/.tunnelscope.yaml", "format: sarif\n")
    assert json.loads(run(world, "diagnose", LOG).out)["version"] == "2.1.0"
    assert run(world, "rules", "list").out.startswith(b"message rules")


def test_paths_are_relative_to_the_file(world):
    write(world / "repository/.tunnelscope.yaml", "kb: site/rules\ndiagnose:\n  output: report.json\n  format: json\n")
    write(world / "repository/site/rules/causes/psk-mismatch.yaml", "override: true\ntitle: 'the keys differ, as we say'\n")
    assert run(world, "diagnose", LOG).status == 1
    report = json.loads((world / "repository/report.json").read_text())
    assert "the keys differ, as we say" in {f["title"] for f in report["findings"]}


def test_lists_and_flags(world):
    healthy = tool.SAMPLES / "check/healthy"
    keyless = tool.SAMPLES / "check/keys-not-given"
    write(world / "repository/.tunnelscope.yaml", f"redact: true\ncheck:\n  cloud: [{healthy}/cloud.swanctl.conf]\n"
          f"  gateway: {keyless}/gateway.swanctl.conf\n  require-verified: [authentication]\n")
    assert run(world, "check", "--format", "json").status == 1
    assert run(world, "check", "--require-verified", "bgp", "--gateway", healthy / "gateway.swanctl.conf").status == 0
    assert run(world, "diagnose", "--format", "json", LOG).report["redacted"]


@pytest.mark.parametrize("text, place, fragment", [
    ("fail_on: never\n", "1:1", "did you mean `fail-on`?"),
    ("jobs: 2\nfail-on: sometimes\n", "2:10", "it is one of critical, warning, info, never"),
    ("check:\n  fail-on: [never]\n", "2:3", "`fail-on` needs a text"),
    ("check:\n  redact: true\n", "2:3", "there is no setting `redact`"),
    ("diagnos:\n  redact: true\n", "1:1", "did you mean `diagnose`?"),
    ("redact: please\n", "1:1", "`redact` is true or false"),
    ("kb:\n", "1:1", "`kb` needs a value"),
    ("check: {cloud: []}\n", "1:9", "`cloud` needs a text"),
    ("jobs: none\n", "1:1", "jobs none is not a number of threads"),
    ("config: other.yaml\n", "1:1", "there is no setting `config`"),
    ("jobs: 2\njobs: 3\n", "2:1", "stands here twice"),
    ("- jobs: 2\n", "1:1", "it must be a map of settings"),
    ("kb: !include other\n", "1:1", "tags are not read here"),
    ("kb: &kb [*kb, *kb]\n", "1:", "anchors and aliases are not allowed"),
    ("kb: " + "[" * 5000 + "\n", "1:", "nested too deeply"),
    ("kb: [\n", "2:", "not valid YAML"),
    ("kb: 'a\x01b'\n", "1:", "a control character"),
])
def test_a_mistake_is_told_with_its_place_and_a_way_out(world, text, place, fragment):
    write(world / "repository/.tunnelscope.yaml", text)
    said = run(world, "diagnose", LOG)
    assert said.status == 2 and said.out == b""
    assert said.err.startswith(f"tunnelscope: ../../.tunnelscope.yaml:{place}") and fragment in said.err


@pytest.mark.parametrize("make", [
    lambda path: path.write_bytes(b"a" * 3_000_000),
    lambda path: path.write_text("".join(f"key-{i}: 1\n" for i in range(60_000))),
    lambda path: path.write_text("pairs: [" + "{clouds: a}," * 60_000 + "]"),
    lambda path: path.mkdir(),
    lambda path: os.mkfifo(path),
    lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.symlink_to("/nonexistent"),
], ids=["huge", "of-many-keys", "of-many-pairs", "folder", "fifo", "endless", "dangling"])
def test_what_is_no_file_of_settings_is_said_at_once(world, make):
    make(world / "odd.yaml")
    said = run(world, "rules", "list", "--config", world / "odd.yaml")
    assert said.status == 2 and "odd.yaml" in said.err


def test_what_stands_at_an_unknown_key_is_not_repeated(world):
    write(world / "repository/.tunnelscope.yaml", "psk: correct-horse-battery\n")
    assert "correct-horse" not in run(world, "diagnose", LOG).err


@pytest.mark.parametrize("name, near", [("TUNNELSCOPE_FAILON", "TUNNELSCOPE_FAIL_ON"), ("TUNNELSCOPE_FORMATS", "TUNNELSCOPE_FORMAT"),
                                        ("TUNNELSCOPE_REDACTT", "TUNNELSCOPE_REDACT")])
def test_a_variable_that_is_nearly_an_option_is_told_and_has_no_effect(world, name, near):
    said = run(world, "diagnose", LOG, **{name: "never"})
    assert said.status == 1
    assert said.err.startswith(f"tunnelscope: the environment variable {name} is of no option, and has no effect\n  hint: did you mean {near}?")


def test_another_variable_is_nobodys_business(world):
    assert run(world, "diagnose", LOG, TUNNELSCOPE_BUILD="x", TUNNELSCOPE="y", TUNNEL_FORMAT="z").err == ""
