"""docs/schema/project.schema.json, for editors: it has the options that the program has, takes what the program takes, and refuses what the
program refuses in the common cases."""
import json
import pathlib
import re

import jsonschema
import pytest
import tool
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/schema/project.schema.json").read_text())
COMMANDS = {"diagnose": ["diagnose"], "watch": ["watch"], "serve": ["serve"], "check": ["check"], "explain": ["explain"], "runbook": ["runbook"],
            "rules": ["rules list", "rules show", "rules lint", "rules test", "rules draft"]}
SECTIONS = {"pairs", "active-standby", "suppressions"}


class Texts(yaml.SafeLoader):
    """Days stay texts, as the program reads them."""


Texts.yaml_implicit_resolvers = {first: [one for one in known if one[0] != "tag:yaml.org,2002:timestamp"]
                                 for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def takes(text):
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.load(text, Texts))


def program_takes(folder, text):
    (folder / "file.yaml").write_text(text)
    return tool.run("diagnose", "--config", "file.yaml", "--fail-on", "never", tool.SAMPLES / "healthy-bgp-ikev2/input", cwd=folder).status == 0


def options_of(command):
    found = set(re.findall(r"^  --([a-z-]+)", tool.run(*command.split(), "--help").out.decode(), re.M))
    return found - {"config", "help", "version"}


def test_it_is_a_schema_itself():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("section", COMMANDS)
def test_a_section_has_the_options_of_its_commands(section):
    assert set(SCHEMA["properties"][section]["properties"]) == set().union(*map(options_of, COMMANDS[section]))


def test_the_top_has_the_options_of_all_commands():
    every = set().union(*(options_of(one) for all_of in COMMANDS.values() for one in all_of))
    assert set(SCHEMA["properties"]) == every | set(COMMANDS) | SECTIONS


def files_of_the_repository():
    for path in ROOT.glob("samples/**/.tunnelscope.yaml"):
        yield str(path.relative_to(ROOT)), path.read_text()
    page = (ROOT / "docs/configuration-file.md").read_text()
    for i, block in enumerate(re.findall(r"```yaml\n(.*?)```", page, re.S)):
        if "fail_on" not in block:
            yield f"configuration-file.md {i}", block


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in files_of_the_repository()])
def test_it_takes_the_samples_and_the_examples(tmp_path, text):
    jsonschema.Draft202012Validator(SCHEMA).validate(yaml.load(text, Texts))
    assert program_takes(tmp_path, text)


GOOD = "suppressions: [{cause: x, reason: y, expires: never}]\n"
REFUSED = {
    "a misspelt option": "fail_on: never\n", "a value that it does not have": "fail-on: sometimes\n", "a list for one value": "fail-on: [never]\n",
    "an option of another command": "check: {redact: true}\n", "a misspelt section": "diagnos: {redact: true}\n", "a flag with a word": "redact: please\n",
    "no value": "kb:\n", "an empty list": "check: {cloud: []}\n", "the file itself": "config: other.yaml\n", "a list at the top": "- jobs: 2\n",
    "a section that is no map": "check: json\n", "pairs that are no list": "pairs: {cloud: a, gateway: b}\n", "half a pair": "pairs: [{cloud: a}]\n",
    "a pair with a third end": "pairs: [{cloud: a, gateway: b, peer: c}]\n", "a pair of numbers": "pairs: [{cloud: 1, gateway: b}]\n",
    "a standby without a connection": "active-standby: [{standby: 203.0.113.17}]\n", "a standby that is no id": "active-standby: [main]\n",
    "a suppression of nothing": GOOD.replace("cause: x, ", ""), "without a reason": GOOD.replace("reason: y, ", ""),
    "without an end": GOOD.replace(", expires: never", ""), "that ends on no day": GOOD.replace("never", "tomorrow"),
    "that ends in the thirteenth month": GOOD.replace("never", "2026-13-01"), "with a key of its own": GOOD.replace("cause", "causes"),
    "with a fingerprint that is none": GOOD.replace("cause: x", "fingerprint: abc"), "suppressions that are no list": "suppressions: all\n",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_the_program_refuses(tmp_path, text):
    assert not takes(text) and not program_takes(tmp_path, text)


TAKEN = {"nothing": "", "a number": "jobs: 2\n", "a text for a list": "check: {cloud: a.json}\n", "a list": "check: {cloud: [a.json, b.json]}\n",
         "a format that some commands have": "format: sarif\n", "a suppression": GOOD, "until a day": GOOD.replace("never", "2027-01-31"),
         "by a fingerprint": GOOD.replace("cause: x", "fingerprint: 0123456789abcdef"),
         "a standby": "active-standby: [{connection: vpn-0123456789abcdef0, standby: 203.0.113.17}]\n"}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_it_takes_what_the_program_takes(tmp_path, text):
    assert takes(text) and program_takes(tmp_path, text)
