# SPDX-License-Identifier: BSD-3-Clause
"""What ro explain and doctor advise against what route optimization says: every gate has an advice,
every advice a gate or a reason. Prints what is wrong and exits 1."""

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def table(source, name):
    """The first words of each row of a table of struct advice."""
    rows = re.search(rf"struct advice {name}\[\] = {{(.*?)\n}};", source, re.S).group(1)
    return set(re.findall(r'^\t{"([^"]+)"', rows, re.M))


def compare(what, said, advised):
    for words in sorted(said ^ advised):
        yield f"{what} '{words}': " + ("no advice" if words in said else "nothing says that")
    if not said:
        yield f"{what}: none found"


def wrong():
    explain = text("control/oper/show_explain.c")
    gates = set(re.findall(r'\btell\(of, "([^"]+)"', text("control/ro/explain.c")))
    yield from compare("gate of a branch", gates, table(explain, "at_branch"))
    gates = set(re.findall(r'\btell\(of, "([^"]+)"', explain))
    for names in re.findall(r"struct end_names \w+ = {(.*?)}", explain, re.S):
        gates |= set(re.findall(r'"([^"]+)"', names))
    yield from compare("gate of a hub", gates, table(explain, "at_hub"))


found = list(wrong())
print("\n".join(found))
sys.exit(1 if found else 0)
