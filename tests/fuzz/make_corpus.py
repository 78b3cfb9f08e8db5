#!/usr/bin/python3
"""Fills the fuzzers' starting corpora from samples/ and kb/, so that they begin at what is valid.
In: the source tree, a folder for the corpora. Out: one folder per target; seeds over 16 KiB are cut, which makes
them truncated inputs. Corpora of earlier runs are kept: libFuzzer adds to them."""
import gzip
import hashlib
import pathlib
import re
import sys

LONGEST = 16384


def keep(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    data = data[:LONGEST]
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def containers(root, corpus):
    """Every sample's input as a file on disk is, and unpacked when it is gzip."""
    for file in sorted(root.glob("samples/*/input/**/*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        keep(corpus / "containers", data)
        if data[:2] == b"\x1f\x8b":
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError):
                continue
            keep(corpus / "containers", data)
        for line in data.splitlines()[:20]:
            keep(corpus / "records", line)


def knowledge_base(root, corpus):
    """The first byte says which kind of file follows: see tests/fuzz/knowledge_base.cpp."""
    for kind, files in ((0, "kb/messages/**/*.yaml"), (2, "kb/causes/*.yaml"), (4, "kb/thresholds.yaml")):
        for file in sorted(root.glob(files)):
            keep(corpus / "knowledge_base", bytes([kind]) + file.read_bytes())
            keep(corpus / "knowledge_base", bytes([min(kind + 1, 4)]) + b"override: true\n" + file.read_bytes())


def patterns(root, corpus):
    """Each rule's pattern with each of the lines quoted in its file."""
    for file in sorted(root.glob("kb/messages/**/*.yaml")):
        text = file.read_text()
        found = re.search(r"^pattern: *'(.*)'\s*$", text, re.M)
        pattern = found[1].replace("''", "'") if found else file.stem
        for line in re.findall(r"^ +- (?:line: )?'(.*)'\s*$", text, re.M):
            keep(corpus / "pattern", f"{pattern}\n{line}".encode())


if __name__ == "__main__":
    top, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for fill in (containers, knowledge_base, patterns):
        fill(top, out)
    for name in ("containers", "records", "knowledge_base", "pattern"):
        keep(out / name, b"\n")
        print(f"{name}: {sum(1 for _ in (out / name).iterdir())} seeds")
