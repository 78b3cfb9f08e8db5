"""Replays the commands of a Markdown page.
In: a page. Out: what differs between what it shows and what happens.

A ```console block holds `$ command` lines, each followed by what it prints; a line of dots alone stands for any
lines, dots inside a line for any text. `<!-- file: PATH -->` before a block: the block is that file, and later
commands of the page see it. `<!-- not replayed: reason -->` before a block leaves it out."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TUNNELSCOPE", ROOT / "build/release/tunnelscope"))

BLOCK = re.compile(r"(?:^<!-- (?P<mark>file|not replayed): (?P<note>.*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
                   re.S | re.M)
# A page shows findings (1) or a message that nothing matches (4); it never shows a wrong command line or a crash
# unless the command goes on to print its exit status.
SHOWN_STATUSES = (0, 1, 4)


def commands_of(text):
    """(command, expected output) of a console block; a backslash at a line's end continues the command."""
    found = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            found.append((command, []))
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(output).strip("\n")) for command, output in found]


def pattern_of(expected):
    """Each line as a pattern; the line `...` takes any number of lines, none included."""
    parts = []
    for line in expected.splitlines():
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(piece.rstrip()) for piece in line.split("...")) + r"[ ]*\n")
    return re.compile("".join(parts))


def scratch_folder(folder):
    """A copy of what pages work on. Writing into it leaves the source tree as it is."""
    for name in ("kb", "samples", "tests/broken-kb"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("docs", "script", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/tunnelscope").symlink_to(PROGRAM)
    return folder


def run(command, folder):
    path = f"{folder / 'build/release'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(folder), "COLUMNS": "80"}
    result = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, timeout=120,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout.decode(errors="replace"), result.returncode


def replay(page, folder):
    """The faults found, as texts, and how many commands ran. `folder` is empty and becomes the working directory."""
    faults, ran = [], 0
    scratch_folder(folder)
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["mark"] == "file":
            file = folder / block["note"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block["text"], encoding="utf-8")
        if block["mark"] or block["language"] != "console":
            continue
        for command, expected in commands_of(block["text"]):
            output, status = run(command, folder)
            ran += 1
            if status not in SHOWN_STATUSES:
                faults.append(f"$ {command}\nended with status {status}:\n{output}")
            elif not pattern_of(expected).fullmatch(output.rstrip("\n") + "\n" if output.strip() else ""):
                faults.append(f"$ {command}\nthe page shows:\n{expected}\nit printed:\n{output}")
    return faults, ran
