"""script/bootstrap on machines of several kinds, each a folder of pretended commands that is the whole PATH."""
import pathlib
import shutil
import subprocess

import pytest

BOOTSTRAP = pathlib.Path(__file__).parents[2] / "script/bootstrap"

INSTALLED = "#!/bin/sh\nprintf 'install ok installed'\n"
ALL_BUT_FMT = '#!/bin/sh\ncase "$*" in *libfmt-dev*) exit 1 ;; esac\nprintf "install ok installed"\n'
RECORD = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'
SUDO = '#!/bin/sh\necho "sudo $*" >> "$CALLS"\nexec "$@"\n'
NO_SUCH_PACKAGE = '#!/bin/sh\ncase "$*" in *install*) echo "E: Unable to locate package"; exit 100 ;; esac\n'
ROOT_ID, USER_ID = "#!/bin/sh\necho 0\n", "#!/bin/sh\necho 1000\n"


@pytest.fixture
def machine(tmp_path):
    """Runs bootstrap where exactly the given commands exist, beside what every Debian has."""
    def run(arguments=(), **commands):
        for tool in ("env", "mktemp", "rm", "tail", "sh", "basename"):
            (tmp_path / tool).symlink_to(shutil.which(tool))
        for name, text in commands.items():
            program = tmp_path / name.replace("_", "-")
            program.write_text(text)
            program.chmod(0o755)
        calls = tmp_path / "calls"
        calls.touch()
        environment = {"PATH": str(tmp_path), "CALLS": str(calls)}
        done = subprocess.run(["/bin/bash", BOOTSTRAP, *arguments], env=environment, capture_output=True, text=True)
        return done, calls.read_text().splitlines()
    return run


def test_nothing_is_done_when_all_is_there(machine):
    done, calls = machine(dpkg_query=INSTALLED, apt_get=RECORD, id=USER_ID)
    assert (done.returncode, done.stdout, done.stderr, calls) == (0, "", "", [])


def test_only_what_is_missing_is_installed(machine):
    done, calls = machine(dpkg_query=ALL_BUT_FMT, apt_get=RECORD, id=ROOT_ID)
    assert done.returncode == 0 and done.stdout == "bootstrap: installing libfmt-dev\n"
    assert calls[-1].endswith("install --no-install-recommends libfmt-dev")


def test_a_user_installs_through_sudo(machine):
    done, calls = machine(dpkg_query=ALL_BUT_FMT, apt_get=RECORD, id=USER_ID, sudo=SUDO)
    assert done.returncode == 0
    assert [call for call in calls if call.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get")]


def test_without_root_and_sudo_the_command_to_run_is_named(machine):
    done, calls = machine(dpkg_query=ALL_BUT_FMT, apt_get=RECORD, id=USER_ID)
    assert done.returncode == 1 and calls == []
    assert "apt-get install libfmt-dev" in done.stderr


def test_another_system_is_told_which_packages_are_meant(machine):
    done, _ = machine(("--test",))
    assert done.returncode == 1
    assert "not a Debian system" in done.stderr and "libpcre2-dev" in done.stderr and "clang-19" in done.stderr


@pytest.mark.parametrize("option, clang", [("--bench", False), ("--test", True)])
def test_the_tests_need_what_the_benchmark_needs_and_more(machine, option, clang):
    done, _ = machine((option,))
    assert all(f" {peer} " in done.stderr for peer in ("ripgrep", "isal", "jq", "lnav"))
    assert ("clang-19" in done.stderr) == clang


def test_a_failed_installation_shows_what_apt_said(machine):
    done, _ = machine(dpkg_query=ALL_BUT_FMT, apt_get=NO_SUCH_PACKAGE, id=ROOT_ID)
    assert done.returncode == 1 and "E: Unable to locate package" in done.stderr


def test_an_unknown_argument_is_refused(machine):
    done, _ = machine(("--tests",), dpkg_query=INSTALLED, apt_get=RECORD, id=ROOT_ID)
    assert done.returncode == 2 and "usage: " in done.stderr
