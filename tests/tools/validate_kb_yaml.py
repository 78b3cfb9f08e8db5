#!/usr/bin/env python3
"""Validates the YAML of knowledge bases against the JSON Schemas in docs/schema/.

In: folders of the form that docs/knowledge-base.md describes. Out: one line a fault, then a count; exit status 1 when
there was one, or when a folder held no YAML at all. The schemas serve editors; the program itself does not read them,
so this test keeps both views of the format together. Run it over tests/broken-kb/unknown-key to see it fail.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema"


class PlainLoader(yaml.SafeLoader):
    """Dates stay text, as they are for the program."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validator(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def files(folder):
    """Pairs of a file and the name of its schema."""
    for path in sorted(folder.glob("messages/**/*.yaml")):
        yield path, "message-rule"
    for path in sorted(folder.glob("causes/*.yaml")):
        yield path, "cause"
    for path in sorted(folder.glob("config/**/*.yaml")):
        yield path, "config-rule"
    if (folder / "thresholds.yaml").exists():
        yield folder / "thresholds.yaml", "thresholds"


def faults(path, schema):
    try:
        tree = yaml.load(path.read_bytes(), Loader=PlainLoader)
    except yaml.YAMLError as error:
        return [f"{path}: {str(error).splitlines()[0]}"]
    found = sorted(schema.iter_errors(tree), key=lambda error: [str(step) for step in error.absolute_path])
    return [f"{path}: {'/'.join(map(str, error.absolute_path)) or '.'}: {error.message[:200]}" for error in found]


def main(folders):
    if not folders:
        print("usage: validate_kb_yaml.py FOLDER...", file=sys.stderr)
        return 2
    schemas = {name: validator(name) for name in ("message-rule", "cause", "config-rule", "thresholds")}
    count, lines = 0, []
    for folder in map(pathlib.Path, folders):
        before = count
        for path, name in files(folder):
            count += 1
            lines += faults(path, schemas[name])
        if count == before:
            lines.append(f"{folder}: no YAML of a knowledge base here")
    for line in lines:
        print(line)
    print(f"{count} files, {len(lines)} faults")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
