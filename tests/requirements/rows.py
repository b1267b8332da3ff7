# SPDX-License-Identifier: BSD-3-Clause
"""The requirements of RFC 6521 and of its drafts, as rows/*.txt hold them, and the tests that claim
them. A row is one block:

    H7-043  MUSTNOT  CR  3.2.3
        No nonce is accepted more than 240 s after its first use.
        kill "auth nonce" in control/auth/nonce.h
        - #define NONCE_LIFETIME (240 * NS_PER_S)
        + #define NONCE_LIFETIME (241 * NS_PER_S)

id, level, who must, section; the requirement in our own words. Then, as it applies:

    as ID           says the same as another row, and is proven by it
    option KEY      holds when that key of the configuration says so
    out REASON      does not apply to us
    kill "TEST", "TEST" in FILE
    - OLD           a mutation of the code: these lines, once in that file (white space at their
    + NEW           ends does not count), become those; each TEST, by its name in meson, must fail
                    then

Which tests prove a row is not written here: each says so itself, in a comment right above its
function: "Proves: H7-043, H7-044".
"""

import glob
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

LAST = {"H7": 155, "R": 9, "H0": 46}  # how many rows each source has
MUST = {"MUST", "MUSTNOT", "SHALL"}
SHOULD = {"SHOULD", "SHOULDNOT", "REC", "NOTREC"}
LEVELS = ["MUST", "MUSTNOT", "SHALL", "SHOULD", "SHOULDNOT", "REC", "NOTREC", "MAY", "imp"]

HEAD = re.compile(r"((?:H7|R|H0)-\d+)  (\w+)  (\S+)  (\S+)$")
KILL = re.compile(r'kill ((?:"[^"]+"(?:, )?)+) in (\S+)$')
PROVES = re.compile(r"\bProves:\s*(.*)")
IDENTIFIER = re.compile(r"\b(?:H7|R|H0)-\d+\b")
# what a claim stands above: a function of C, Python, Lua or the shell
FUNCTION = re.compile(r"\s*(?:static )?(?:void|int|bool) (\w+)\(|\s*def (\w+)|(?:local )?function "
                      r"(\w+)|(\w+)\(\) \{")


class Mutation:
    """One change of one file, and the tests that must notice it."""

    def __init__(self, row, tests, path):
        self.row, self.tests, self.path = row, tests, path
        self.old, self.new = [], []

    def apply(self, text):
        """The file with the change; ValueError if it does not match exactly once."""
        old = r"[ \t]*\n[ \t]*".join(re.escape(line) for line in self.old)
        found = list(re.finditer(old, text))
        if len(found) != 1:
            raise ValueError(f"{self.row}: {self.path} has {len(found)} times: {self.old[0]}")
        start, end = found[0].span()
        return text[:start] + "\n".join(self.new) + text[end:]


class Row:
    """One requirement."""

    def __init__(self, match, where):
        self.identifier, self.level, self.who, self.section = match.groups()
        self.where = where
        self.text = ""
        self.same, self.option, self.out = None, None, None
        self.mutations = []
        self.tests = []  # (path, function): from the claims

    def applies(self):
        return self.out is None

    def take(self, line):
        """A line of the block below its head."""
        match = KILL.match(line)
        if match:
            tests = re.findall(r'"([^"]+)"', match.group(1))
            self.mutations.append(Mutation(self.identifier, tests, match.group(2)))
        elif line[:2] in ("- ", "+ ") or line in ("-", "+"):
            if not self.mutations:
                raise ValueError(f"{self.where}: a change without its kill line")
            mutation = self.mutations[-1]
            (mutation.old if line[0] == "-" else mutation.new).append(line[2:].strip())
        elif line.startswith("as "):
            self.same = line[3:]
        elif line.startswith("option "):
            self.option = line[7:]
        elif line.startswith("out "):
            self.out = line[4:]
        elif self.mutations or self.same or self.option or self.out:
            raise ValueError(f"{self.where}: not understood: {line}")
        else:
            self.text = f"{self.text} {line}".strip()


def read():
    """All rows by id, in the order of the files."""
    rows = {}
    for path in sorted(glob.glob(os.path.join(HERE, "rows", "*.txt"))):
        row = None
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                where = f"{os.path.relpath(path, TOP)}:{number}"
                line = line.rstrip()
                if not line or line.startswith("#"):
                    continue
                match = HEAD.match(line)
                if match:
                    row = Row(match, where)
                    if row.identifier in rows:
                        raise ValueError(f"{where}: {row.identifier} is there twice")
                    rows[row.identifier] = row
                elif row and line[0].isspace():
                    row.take(line.strip())
                else:
                    raise ValueError(f"{where}: neither a row nor a line of one: {line}")
    return rows


def sources():
    """Every file that a test may stand in."""
    for folder, folders, names in os.walk(os.path.join(TOP, "tests")):
        folders[:] = [f for f in folders if f not in ("requirements", "__pycache__", "corpus")]
        for name in sorted(names):
            if name.endswith((".c", ".py", ".lua", ".sh")) or "." not in name:
                yield os.path.join(folder, name)


def claims():
    """(place, ids, function) of each comment that says what a test proves. No function: no test."""
    for path in sources():
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
        for index, line in enumerate(lines):
            match = PROVES.search(line)
            if not match:
                continue
            end = index + 1
            while end < len(lines) and not FUNCTION.match(lines[end]) and (
                    lines[end].lstrip().startswith(("/*", "*", "#", "--")) or "Proves:" in
                    lines[end] or "*/" in lines[end]):
                end += 1
            found = FUNCTION.match(lines[end]) if end < len(lines) else None
            text = " ".join(lines[index:end])
            yield (f"{os.path.relpath(path, TOP)}:{index + 1}",
                   IDENTIFIER.findall(text[text.index("Proves:"):]),
                   next(filter(None, found.groups())) if found else None)


def tracked():
    """The tree's own files, without what was built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           check=False)
    if found.returncode == 0:
        names = found.stdout.decode().split("\0")
        return [name for name in names if name and os.path.isfile(os.path.join(TOP, name))]
    names = []
    for folder, folders, files in os.walk(TOP):
        folders[:] = [f for f in folders if not f.startswith(("build", ".")) and f != "__pycache__"]
        names += [os.path.relpath(os.path.join(folder, name), TOP) for name in files]
    return names
