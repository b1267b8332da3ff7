# SPDX-License-Identifier: BSD-3-Clause
"""What an operator is told of direct paths against what route optimization says: every gate has an
advice, every advice a gate or a reason, every state and reason is in haaroctl.1. Prints what is
wrong and exits 1."""

import glob
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
        yield f"{what} '{words}': " + ("not explained" if words in said else "nothing says that")
    if not said:
        yield f"{what}: none found"


def reasons():
    """Why a path is not direct: what is assigned, and what the functions that assign are told."""
    said = "\n".join(text(path) for path in sorted(glob.glob(f"{TOP}/control/ro/*.c")))
    calls = (r"(?:peer->reason =|\b(?:session_fail|session_leave|path_fall|path_hold|direct_cut|"
             r"handover_leave|handover_leave_all|refused|adapt)\()[^;{]*;")
    places = re.findall(calls, said)
    places += re.findall(r"\nstatic const char \*words\(.*?\n}", said, re.S)
    return {"".join(re.findall(r'"([^"]*)"', words))
            for place in places for words in re.findall(r'(?:"[^"]*"\s*)+', place)}


def wrong():
    man = text("config/man/haaroctl.1")
    section = man[man.index(".Ss Why a path is not direct"):man.index(".Sh EXIT STATUS")]
    yield from compare("reason", reasons(), set(re.findall(r"^\.It (.*)$", section, re.M)))
    for advised in sorted(table(text("control/oper/doctor_ro.c"), "at_peer") - reasons()):
        yield f"doctor's advice '{advised}': no such reason"
    for state in re.findall(r'X\([A-Z]+, "([a-z-]+)"\)', text("control/ro/show.h")):
        if not re.search(rf"^\.Cm {state}\b", man, re.M):
            yield f"haaroctl.1: no state '{state}'"
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
