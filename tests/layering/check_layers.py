#!/usr/bin/python3
"""Includes go one way, every library and every part of the world has one door (docs/architecture.md), and no two types share a name.
In: a source tree. Out: one line per violation, `file:line: what`; exit status 1 when there is any."""
import pathlib
import re
import sys

# Which folders a folder may include. tests/ may include all; nobody includes tests/.
SEES = {"rules": "rules", "kb": "kb rules", "diag": "diag kb rules", "src": "src diag kb rules"}
# Parts of diag/ that never include each other; diagnose.cpp and its like bring them together.
APART = [f"diag/{part}/" for part in ("tunnel", "session", "config")]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LIBRARY_DOORS = [  # the header, the one folder that may include it
    (re.compile(r"^pcre2"), "rules"),
    (re.compile(r"^yaml-cpp/"), "kb"),
    (re.compile(r"^(simdjson|isa-l|igzip|nlohmann/|CLI/|openssl/|zlib|curl/|sqlite3|httplib|pugixml)"), "src"),
]
WORLD_HEADERS = re.compile(r"^(iostream|cstdio|stdio\.h|ctime|time\.h|print|unistd\.h|sys/.*)$")
FILE_HEADERS = re.compile(r"^(fstream|filesystem|fcntl\.h)$")
WORLD_CALLS = re.compile(r"\b(f?printf|puts|fopen|getenv|gettimeofday|clock_gettime|localtime|system_clock|"
                         r"steady_clock|std::(cout|cerr|clog|exit|abort|system))\b|\bfmt::print\b|\btime\s*\(\s*(nullptr|NULL|0|&)")
# Programs that the build itself runs are not part of any library.
BUILD_TOOLS = {"kb/compile_main.cpp"}


def without_comments_and_strings(text):
    blank = lambda match: re.sub(r"[^\n]", " ", match.group()) if match.group()[0] == "/" else '""'
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def faults_of_include(path, folder, quoted, header):
    if quoted:
        target = header.split("/")[0]
        if header.endswith(".inc"):  # written by the build
            return
        if "/" not in header or target not in SEES:
            yield f'"{header}" is not a path from the top folder'
        elif target not in SEES[folder].split():
            yield f"{folder}/ must not include {header}"
        for own in APART:
            for other in APART:
                if own != other and path.startswith(own) and header.startswith(other):
                    yield f"{own} must not include {header}"
        return
    for pattern, door in LIBRARY_DOORS:
        if pattern.match(header) and folder != door:
            yield f"<{header}> belongs to {door}/ alone"
    if folder != "src" and WORLD_HEADERS.match(header):
        yield f"<{header}>: only src/ touches the world"
    if folder in ("rules", "diag") and FILE_HEADERS.match(header):
        yield f"<{header}>: {folder}/ reads no files"


NAMESPACE = re.compile(r"^namespace\s*([\w:]*)\s*{")
END_OF_NAMESPACE = re.compile(r"^}\s*//\s*namespace")
TYPE = re.compile(r"^(?:struct|class|union|enum class)\s+(\w+)\b(?!::)[^;(]*[{:]")


def types_of(text):
    """Yields the line and the whole name of each type that other files can see. Two of one name break the one definition rule: the
    linker keeps one of their constructors and destructors for both, and says nothing."""
    within = []
    for number, line in enumerate(text.splitlines(), 1):
        if begins := NAMESPACE.match(line):
            within.append(begins[1])
        elif END_OF_NAMESPACE.match(line) and within:
            within.pop()
        elif (found := TYPE.match(line)) and all(within):
            yield number, "::".join([*within, found[1]])


def check(root):
    """Yields every violation below `root`."""
    root = pathlib.Path(root)
    defined = {}
    for folder in SEES:
        for file in sorted(root.glob(f"{folder}/**/*.[ch]pp")):
            path = file.relative_to(root).as_posix()
            if path in BUILD_TOOLS:
                continue
            text = file.read_text(encoding="utf-8")
            for number, name in types_of(text):
                first = defined.setdefault(name, f"{path}:{number}")
                if first != f"{path}:{number}":
                    yield f"{path}:{number}: {name} is defined at {first} too"
            for number, line in enumerate(text.splitlines(), 1):
                if include := INCLUDE.match(line):
                    for fault in faults_of_include(path, folder, include[1] == '"', include[2]):
                        yield f"{path}:{number}: {fault}"
            if folder != "src":
                for number, line in enumerate(without_comments_and_strings(text).splitlines(), 1):
                    if call := WORLD_CALLS.search(line):
                        yield f"{path}:{number}: {call.group().strip(' (')}: only src/ touches the world"


if __name__ == "__main__":
    violations = list(check(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]))
    print("\n".join(violations) or "the layers hold")
    sys.exit(bool(violations))
