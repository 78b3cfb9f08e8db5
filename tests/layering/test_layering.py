"""The layers hold in this tree, and the check that says so can fail: each case plants one violation."""
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from check_layers import check  # noqa: E402

ROOT = HERE.parents[1]

PLANTED = [
    ("rules/a.cpp", '#include "kb/loader.hpp"', "rules/ must not include kb/loader.hpp"),
    ("kb/a.cpp", '#include "diag/event.hpp"', "kb/ must not include diag/event.hpp"),
    ("diag/a.hpp", '#include "src/input/reader.hpp"', "diag/ must not include src/input/reader.hpp"),
    ("src/a.cpp", '#include "tests/helper.hpp"', "is not a path from the top folder"),
    ("diag/b.cpp", '#include "event.hpp"', "is not a path from the top folder"),
    ("diag/tunnel/a.cpp", '#include "diag/session/a.hpp"', "diag/tunnel/ must not include diag/session/a.hpp"),
    ("diag/config/a.cpp", '#include "diag/tunnel/a.hpp"', "diag/config/ must not include diag/tunnel/a.hpp"),
    ("kb/a.cpp", "#include <pcre2.h>", "belongs to rules/ alone"),
    ("src/a.cpp", "#include <yaml-cpp/yaml.h>", "belongs to kb/ alone"),
    ("diag/a.cpp", "#include <nlohmann/json.hpp>", "belongs to src/ alone"),
    ("kb/a.cpp", "#include <openssl/evp.h>", "belongs to src/ alone"),
    ("rules/a.cpp", "#include <iostream>", "only src/ touches the world"),
    ("kb/a.hpp", "#include <ctime>", "only src/ touches the world"),
    ("diag/a.cpp", "#include <fstream>", "diag/ reads no files"),
    ("diag/a.cpp", "auto now = std::chrono::system_clock::now();", "system_clock"),
    ("diag/a.cpp", "auto now = time(nullptr);", "time"),
    ("kb/a.cpp", 'auto home = std::getenv("HOME");', "getenv"),
    ("rules/a.cpp", 'fmt::print("x");', "fmt::print"),
]

ALLOWED = [
    ("kb/a.cpp", "#include <fstream>\n#include <yaml-cpp/yaml.h>\n#include \"rules/pattern.hpp\""),
    ("diag/correlate.cpp", '#include "diag/tunnel/a.hpp"\n#include "diag/session/a.hpp"'),
    ("diag/time.cpp", "#include <chrono>\nauto day = std::chrono::sys_days(std::chrono::days(1));"),
    ("diag/a.cpp", '// printf and std::cout in a comment\nauto text = "time(0) and getenv";\nevent.time(); time(i);'),
    ("kb/built_in.cpp", '#include "kb_archive.inc"'),
    ("src/b.cpp", "namespace a {\nstruct Row {};\nstruct Row::Cell {};\nclass Row;\nnamespace {\nstruct Row {};\n}  // namespace\n}  // namespace a"),
    ("src/a.cpp", '#include <iostream>\n#include "kb/loader.hpp"\nauto now = std::chrono::system_clock::now();'),
]


def plant(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True)
    file.write_text(text + "\n")
    return list(check(folder))


def test_layers_hold_in_this_tree():
    assert any((ROOT / "diag").glob("*.hpp")), "the tree to check is not there"
    assert list(check(ROOT)) == []


def test_two_types_of_one_name_are_found(tmp_path):
    text = "namespace a {\nstruct Row {};\n}  // namespace a\nnamespace a {\nclass Row : B {};\n}  // namespace a"
    assert plant(tmp_path, "src/a.cpp", text) == ["src/a.cpp:5: a::Row is defined at src/a.cpp:2 too"]


@pytest.mark.parametrize("path, text, expected", PLANTED, ids=[f"{p}:{t}" for p, t, _ in PLANTED])
def test_a_planted_violation_is_found(tmp_path, path, text, expected):
    violations = plant(tmp_path, path, text)
    assert len(violations) == 1
    assert violations[0].startswith(f"{path}:1: ") and expected in violations[0]


@pytest.mark.parametrize("path, text", ALLOWED, ids=[p for p, _ in ALLOWED])
def test_what_is_allowed_is_not_reported(tmp_path, path, text):
    assert plant(tmp_path, path, text) == []


def test_the_command_exits_with_one_on_a_violation(tmp_path):
    plant(tmp_path, "diag/a.cpp", "#include <iostream>")
    run = subprocess.run([sys.executable, HERE / "check_layers.py", tmp_path], capture_output=True, text=True)
    assert run.returncode == 1 and "diag/a.cpp:1:" in run.stdout
