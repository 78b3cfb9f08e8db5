"""The literals of the message rules, for a search that knows no patterns.
In: a folder of message rules. Out: of each alternative of each pattern the longest text that stands in it as it is."""
import pathlib
import re

import yaml

SHORTEST = 4  # shorter ones would match almost everything
# The pieces of a pattern: an escape, a class, a capture, an opening bracket, and single characters.
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|\((?:\?(?:<?[=!]|:))?|.", re.S)
END = "\0"  # stands where plain text ends


def alternatives(pattern):
    """The pattern cut at the bars outside all groups; of each the plain text, with END for all the rest."""
    depth, plain = 0, ""
    for piece in PIECE.findall(pattern):
        if piece[0] == "(":
            depth += 1
            plain += END
        elif piece == ")":
            depth -= 1
        elif depth > 0:
            continue
        elif piece == "|":
            yield plain
            plain = ""
        elif piece in ("?", "*"):
            plain = plain[:-1] + END  # what stands before it may be missing
        elif piece[0] == "\\" and not piece[1].isalnum():
            plain += piece[1]
        else:
            plain += piece if len(piece) == 1 and piece not in "^$.+" else END
    yield plain


def literals_of(pattern):
    for alternative in alternatives(pattern):
        longest = max(alternative.split(END), key=len)
        if len(longest.strip()) >= SHORTEST:
            yield longest


def literals_below(folder):
    patterns = (yaml.safe_load(path.read_text(encoding="utf-8"))["pattern"]
                for path in sorted(pathlib.Path(folder).rglob("*.yaml")))
    return sorted({literal for pattern in patterns for literal in literals_of(pattern)})
