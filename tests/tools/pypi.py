"""What some tests judge with and Debian lacks, from PyPI: pinned, checked by hash, fetched once a build folder.
In: the name of a list in tests/tools/pypi/. Out: a folder or a program below build/.
Of a package nothing is run but pre-commit, moto and the AWS CLI, and what pip runs to learn a source archive's name and version."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import zipfile

import pytest

LISTS = pathlib.Path(__file__).parent / "pypi"
BUILD = pathlib.Path(os.environ.get("TUNNELSCOPE_BUILD", pathlib.Path(__file__).parents[2] / "build/release"))
SECONDS = 300


class OutOfReach(Exception):
    """What pip said last."""


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS)
    if done.returncode != 0:
        raise OutOfReach((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])


def venv(folder, requirements, *arguments):
    """pip with `arguments` from a virtual environment made in `folder`; every package must have its hash."""
    run("/usr/bin/python3", "-m", "venv", folder)
    run(folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments, "--require-hashes", "--no-deps",
        "--requirement", requirements)


def made_once(name, make):
    """make(FOLDER, LIST) once for each state of the list, in a folder that appears when it is whole."""
    requirements = LISTS / f"{name}.txt"
    state = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = BUILD / "pypi" / f"{name}-{state}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = pathlib.Path(scratch) / "made"
        try:
            make(made, requirements)
        except (OutOfReach, subprocess.TimeoutExpired) as error:
            pytest.skip(f"PyPI is out of reach: {error}")
        try:
            made.rename(folder)
        except OSError:  # another test was faster
            if not folder.exists():
                raise
    return folder


def unpack(archive, folder):
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as source:
            source.extractall(folder)  # its hash was checked


def schema(file_name):
    """The file of that name in one of the packages of schemas.txt; there is one."""
    def make(folder, requirements):
        environment = folder.with_name("venv")
        archives = folder.with_name("archives")
        venv(environment, requirements, "download", "--quiet", "--no-binary", "pytest", "--dest", archives)
        for archive in archives.iterdir():
            unpack(archive, folder)

    [found] = made_once("schemas", make).rglob(file_name)
    return found


def pre_commit():
    """The program: a command and its first arguments."""
    def make(folder, requirements):
        environment = folder.with_name("venv")
        venv(environment, requirements, "install", "--quiet", "--target", folder, "--only-binary", ":all:")
        shutil.rmtree(environment)

    folder = made_once("pre-commit", make)
    return {"command": ["/usr/bin/python3", "-m", "pre_commit"], "environment": {"PYTHONPATH": str(folder)}}


def cloudwatch():
    """The folder with moto, botocore and the AWS CLI: for PYTHONPATH."""
    def make(folder, requirements):
        environment = folder.with_name("venv")
        venv(environment, requirements, "install", "--quiet", "--target", folder, "--only-binary", ":all:")
        shutil.rmtree(environment)

    return made_once("cloudwatch", make)
