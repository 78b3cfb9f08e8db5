"""What `cmake --install` and the Debian package lay down works where it was laid: program, man page, completions, schema."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TUNNELSCOPE_BUILD", ROOT / "build/release"))
VERSION = re.search(r"project\(tunnelscope VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]

INSTALLED = [
    "bin/tunnelscope",
    "share/man/man1/tunnelscope.1*",
    "share/bash-completion/completions/tunnelscope",
    "share/zsh/*/_tunnelscope",
    "share/fish/vendor_completions.d/tunnelscope.fish",
    "share/tunnelscope/report.schema.json",
]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True, **options).stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run("cpack", "-G", "DEB", "-B", folder, "--config", BUILD / "CPackConfig.cmake", cwd=BUILD)
    found = list(folder.glob("*.deb"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    """Installed by dpkg into a root of its own; nothing of the machine changes."""
    root = tmp_path_factory.mktemp("root")
    for folder in ("updates", "info"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    run("dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--log=/dev/null", "-i", package)
    return root / "usr"


@pytest.mark.parametrize("pattern", INSTALLED)
def test_install_lays_down(installed, pattern):
    assert list(installed.glob(pattern)), f"{pattern} is not among {run('find', installed, '-type', 'f')}"


@pytest.mark.parametrize("pattern", INSTALLED)
def test_the_package_lays_down(unpacked, pattern):
    assert list(unpacked.glob(pattern)), f"{pattern} is not among {run('find', unpacked, '-type', 'f')}"


def test_nothing_but_ours_is_installed(installed):
    strangers = [file for file in installed.rglob("*") if file.is_file() and "tunnelscope" not in str(file.relative_to(installed))]
    assert strangers == []


def test_the_packaged_program_diagnoses_without_the_source_tree(unpacked, tmp_path):
    shutil.copytree(ROOT / "samples/psk-mismatch-ikev2/input", tmp_path / "export")
    program = unpacked / "bin/tunnelscope"
    assert VERSION in run(program, "--version")
    report = subprocess.run([program, "diagnose", "export"], cwd=tmp_path, capture_output=True, text=True)
    assert report.returncode == 1 and "psk-mismatch" in report.stdout + report.stderr


def test_the_man_page_formats_without_a_warning(installed):
    page = next(iter(installed.glob("share/man/man1/tunnelscope.1*")))
    source = gzip.decompress(page.read_bytes()) if page.suffix == ".gz" else page.read_bytes()
    formatted = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-"], input=source, capture_output=True,
                               env={**os.environ, "MANWIDTH": "80"})
    assert formatted.returncode == 0 and formatted.stderr == b""
    for word in (b"diagnose", b"explain", b"--format"):
        assert word in formatted.stdout


def test_the_bash_completion_offers_the_commands(installed):
    script = installed / "share/bash-completion/completions/tunnelscope"
    run("bash", "-n", script)
    offered = run("bash", "-c", f"""source {script}
        COMP_WORDS=(tunnelscope '') COMP_CWORD=1 COMP_LINE='tunnelscope ' COMP_POINT=12
        $(complete -p tunnelscope | sed 's/.*-F \\([^ ]*\\).*/\\1/') tunnelscope '' tunnelscope
        printf '%s\\n' "${{COMPREPLY[@]}}" """).split()
    assert {"diagnose", "explain", "rules"} <= set(offered)


def test_the_package_says_what_it_needs(package):
    fields = run("dpkg-deb", "--field", package)
    assert re.search(rf"^Version: {re.escape(VERSION)}", fields, re.M)
    depends = re.search(r"^Depends: (.*)$", fields, re.M)[1]
    assert "libc6" in depends and "libpcre2-8" in depends and "libcurl4" in depends and "-dev" not in depends
    assert re.search(r"^Description: .+\n .+", fields, re.M), "a package needs a long description"
