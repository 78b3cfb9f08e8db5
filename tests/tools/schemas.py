"""Reports against the schemas of the formats that others have made. In: a report. Out: what its schema refuses, as texts."""
import functools
import json
import subprocess

import jsonschema
import pypi


@functools.cache
def sarif_validator():
    schema = json.loads(pypi.schema("sarif-2.1.0.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.draft4_format_checker)


def sarif_faults(log):
    """By the schema of OASIS, with errata 01."""
    return [f"{error.json_path}: {error.message}" for error in sarif_validator().iter_errors(log)]


def junit_faults(report):
    """By the XSD of Jenkins."""
    command = ["xmllint", "--noout", "--nonet", "--schema", str(pypi.schema("junit-10.xsd")), "-"]
    done = subprocess.run(command, input=report, capture_output=True)
    return [] if done.returncode == 0 else done.stderr.decode().splitlines()
