""".pre-commit-hooks.yaml, run by the real pre-commit of PyPI in a repository as a user has it."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

TESTS = pathlib.Path(__file__).parents[1]
ROOT = TESTS.parent
sys.path[:0] = [str(TESTS / "samples"), str(TESTS / "tools")]
import pypi  # noqa: E402
import tool  # noqa: E402

HOOKS = ROOT / ".pre-commit-hooks.yaml"
BOTH_ENDS = ["--cloud", "cloud.swanctl.conf", "--gateway", "gateway.swanctl.conf"]


class Repository:
    """A user's repository, and one with the hooks that stands for the project's."""

    def __init__(self, folder):
        programs = folder / "bin"
        programs.mkdir()
        (programs / "tunnelscope").symlink_to(tool.PROGRAM)
        self.tool = pypi.pre_commit()
        self.environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "PRE_COMMIT_HOME": str(folder / "cache"),
                            "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8", **self.tool["environment"]}
        self.hooks = self.made(folder / "hooks", {HOOKS.name: HOOKS.read_bytes()})
        self.folder = self.made(folder / "user", {})

    def made(self, folder, files):
        folder.mkdir()
        tool.write_files(folder, files)
        self.git("init", "--quiet", folder=folder)
        self.commit(folder)
        return folder

    def git(self, *arguments, folder=None):
        done = subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments], cwd=folder or self.folder,
                              env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, folder):
        self.git("add", "--all", folder=folder)
        self.git("commit", "--quiet", "--allow-empty", "--message", "x", folder=folder)

    def use(self, hook, args, files=None):
        settings = {"id": hook, "args": args, **({"files": files} if files else {})}
        revision = self.git("rev-parse", "HEAD", folder=self.hooks)
        entry = {"repo": str(self.hooks), "rev": revision, "hooks": [settings]}
        (self.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [entry]}))

    def pre_commit(self, *arguments):
        return subprocess.run([*self.tool["command"], *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def add(self, source):
        shutil.copytree(source, self.folder, dirs_exist_ok=True)
        self.git("add", "--all")


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


def test_the_hooks_are_valid(repository):
    done = repository.pre_commit("validate-manifest", str(HOOKS))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("sample, passes, text", [("healthy", True, "Passed"), ("pfs-mismatch", False, "child-rekey        FAILS")])
def test_a_change_of_either_end_is_checked_against_the_other(repository, sample, passes, text):
    repository.use("tunnelscope-check", BOTH_ENDS)
    repository.add(tool.SAMPLES / "check" / sample)
    repository.commit(repository.folder)
    (repository.folder / "gateway.swanctl.conf").open("a").write("\n")
    repository.git("add", "--all")
    done = repository.pre_commit("run")
    assert (done.returncode == 0) == passes and text in done.stdout, done.stdout + done.stderr


def test_a_change_of_other_files_is_not(repository):
    repository.use("tunnelscope-check", BOTH_ENDS, files="swanctl")
    repository.add(tool.SAMPLES / "check/pfs-mismatch")
    repository.commit(repository.folder)
    (repository.folder / "README.md").write_text("else\n")
    repository.git("add", "--all")
    done = repository.pre_commit("run")
    assert done.returncode == 0 and "Skipped" in done.stdout


@pytest.mark.parametrize("hook, folder, text", [
    ("tunnelscope-rules-lint", "one-example", "needs two examples or more"),
    ("tunnelscope-rules-test", "near-miss-matches", "expected no rule to match")])
def test_rules_of_ones_own_are_proved(repository, hook, folder, text):
    repository.use(hook, ["kb"])
    shutil.copytree(TESTS / "broken-kb" / folder, repository.folder / "kb")
    repository.git("add", "--all")
    done = repository.pre_commit("run")
    assert done.returncode == 1 and text in done.stdout, done.stdout + done.stderr
