# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the house that a machine can check. Prints each breach as file:line and exits 1.

    lint.py rooms      who may include what: rooms, floors, and no library named in the contract
    lint.py tokens     what may not be written where
    lint.py format     clang-format 14 and white space
    lint.py sizes      files and functions that have grown past what can be read
"""

import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Floors of control/, from the ground: a file includes its own floor's folder and those below.
FLOORS = [{"core", "wire", "auth"}, {"link"}, {"home", "mobile"}, {"ro"}, {"router"}, {"oper"}]
LIBRARIES = r"rte_|yaml\.h|openssl/|event2/|jansson|ut(hash|list|array)|pcap"
ROOM_LIBRARIES = {  # which library headers a room may name
    "include": set(),
    "dataplane": {"rte_", "bus_"},
    "config": {"yaml.h", "ut"},
    "control": {"openssl/", "event2/", "jansson", "ut", "histedit"},
}
TOKENS = [  # (where, what, why)
    (r"^(control/(core|wire|auth|link|home|mobile|ro|router)|dataplane/(stage|encap|table))/",
     r"\b(printf|fprintf|puts|syslog|perror)\s*\(", "a library does not print"),
    (r"^control/(core|wire|auth|link|home|mobile|ro|router)/",
     r"\b(time|clock_gettime|gettimeofday|rand|random|getrandom|RAND_bytes)\s*\(",
     "time and randomness are parameters"),
    (r"^control/(core|wire|auth|link|home|mobile|ro|router)/",
     r"^static (?!const\b|inline\b|_Atomic const\b)[\w *]+\w+(\[[^\]]*\])*( =.*)?;",
     "no file-scope mutable state"),
    (r"^dataplane/(stage|encap)/", r"\b(malloc|calloc|free|rte_malloc|rte_zmalloc|rte_free)\s*\(",
     "a stage does not allocate"),
    (r"^control/auth/", r"\b(memcmp|bcmp|strn?cmp)\s*\(", "in constant time: mac_is_equal()"),
    (r"^control/(home|link|mobile|oper|ro|router)/",
     r"\b(memcmp|bcmp|strn?cmp)\s*\(.*(cookie|token|nonce|secret|authenticator|\bkey(\.|->)bytes)",
     "in constant time: mac_is_equal()"),
    (r"\.[ch]$", r"\b(strcpy|strcat|sprintf|gets|alloca|atoi)\s*\(", "unbounded"),
    (r"\.(c|h|sh|py|md|build)$", r"\b(TODO|FIXME|XXX)\b", "finish it, or write an issue"),
]


def tracked(*endings):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=TOP, text=True, stdout=subprocess.PIPE,
                           check=True).stdout.split("\n")
    return [f for f in files if f.endswith(endings) and os.path.exists(os.path.join(TOP, f))]


def lines(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read().split("\n")


def floor_of(folder):
    return next((i for i, folders in enumerate(FLOORS) if folder in folders), None)


def rooms():
    include = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
    for path in tracked(".c", ".h"):
        parts = path.split("/")
        room = parts[0]
        for number, line in enumerate(lines(path), 1):
            match = include.match(line)
            if not match:
                continue
            quote, name = match.groups()
            where = f"{path}:{number}: includes {name}: "
            if name.startswith("../"):
                yield where + "climbs out of its room"
            if quote == '"' and re.match(r"(control|dataplane|config|tests)/", name):
                yield where + "names a room"
            if room in ROOM_LIBRARIES and re.match(LIBRARIES, name) and not any(
                    name.startswith(allowed) for allowed in ROOM_LIBRARIES[room]):
                yield where + f"{room}/ does not know this library"
            if room == "control" and quote == '"' and len(parts) > 2:
                mine, theirs = floor_of(parts[1]), floor_of(name.split("/")[0])
                if mine is not None and theirs is not None and theirs > mine:
                    yield where + "an include never runs upward"
                if mine == theirs and mine and name.split("/")[0] != parts[1]:
                    yield where + "a role does not know its neighbour"


def tokens():
    for path in tracked(".c", ".h", ".sh", ".py", ".md", ".build"):
        if path == "tests/lint/lint.py":
            continue
        for number, line in enumerate(lines(path), 1):
            for where, what, why in TOKENS:
                if re.search(where, path) and re.search(what, line):
                    yield f"{path}:{number}: {line.strip()}: {why}"


def format():
    files = tracked(".c", ".h")
    command = ["clang-format", "--dry-run", "--ferror-limit=1", *files]
    result = subprocess.run(command, cwd=TOP, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    for line in result.stdout.split("\n"):
        if "warning:" in line or "error:" in line:
            yield line
    for path in tracked(".c", ".h", ".build", ".py", ".yaml", ".lua"):
        for number, line in enumerate(lines(path), 1):
            if line != line.rstrip():
                yield f"{path}:{number}: white space at the end of the line"
            if len(line.expandtabs(8)) > 100 and path.endswith((".py", ".build")):
                yield f"{path}:{number}: longer than 100 columns"


def sizes():
    for path in tracked(".c", ".h"):
        text = lines(path)
        limit = 700 if path.startswith("tests/") else 500 if path.endswith(".c") else 320
        if len(text) - 1 > limit:
            yield f"{path}: {len(text) - 1} lines, over {limit}: a second responsibility?"
        start = None
        for number, line in enumerate(text, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start > 80:
                    yield f"{path}:{start}: a function of {number - start} lines, over 80"
                start = None


CHECKS = {"rooms": rooms, "tokens": tokens, "format": format, "sizes": sizes}


def main(names):
    breaches = [breach for name in names for breach in CHECKS[name]()]
    print("\n".join(breaches))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or CHECKS))
