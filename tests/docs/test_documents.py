"""What the pages say is so: their commands print what they show, quoted reports are current, links lead somewhere."""
import pathlib
import re
import subprocess
import sys
import textwrap

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from replay import BLOCK, ROOT, replay  # noqa: E402

PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")})
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def has_commands(page):
    return any(block["language"] == "console" for block in BLOCK.finditer(page.read_text(encoding="utf-8")))


def anchors_of(page):
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M), re.M)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", filter(has_commands, PAGES), ids=name_of)
def test_commands_print_what_the_page_shows(page, tmp_path):
    faults, ran = replay(page, tmp_path)
    assert not faults, "\n\n".join(faults)
    assert ran or "<!-- not replayed: " in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    dead = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        goal = (page.parent / target) if target else page
        if not goal.exists() or (anchor and goal.suffix == ".md" and anchor not in anchors_of(goal)):
            dead.append(target + anchor)
    assert dead == []


def test_quoted_reports_are_current():
    run = subprocess.run([ROOT / "script/update-readme", "--check"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_readme_quotes_a_report():
    assert "<!-- report: " in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shown, faults", [
    ("one\ntwo", 0), ("one\n...", 0), ("...\ntwo", 0), ("o...e\ntwo", 0), ("...", 0), ("one", 1), ("two\none", 1), ("", 1),
])
def test_replay_notices_what_differs(tmp_path, shown, faults):
    page = tmp_path / "page.md"
    page.write_text(f"<!-- file: list.txt -->\n```text\none\ntwo\n```\n\n```console\n$ cat list.txt\n{shown}\n```\n")
    (tmp_path / "work").mkdir()
    assert len(replay(page, tmp_path / "work")[0]) == faults


def test_replay_notices_a_command_that_breaks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(textwrap.dedent("""\
        ```console
        $ sh -c 'exit 5'
        $ sh -c 'exit 5'; echo $?
        5
        ```
        """))
    (tmp_path / "work").mkdir()
    faults, ran = replay(page, tmp_path / "work")
    assert ran == 2 and len(faults) == 1 and "status 5" in faults[0]


def test_the_index_leads_to_every_page():
    index = ROOT / "docs/README.md"
    linked = {(index.parent / target).resolve() for target, _ in LINK.findall(index.read_text(encoding="utf-8")) if target}
    assert [name_of(page) for page in sorted(ROOT.glob("docs/**/*.md")) if page != index and page not in linked] == []
