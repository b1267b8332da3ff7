# SPDX-License-Identifier: BSD-3-Clause
"""The manual pages against the programs: mandoc has no complaint, every command of the daemon is in
haaroctl.1, every option of the two programs is in its page, every event is in haarod.8 with its
level and number, and so is every family of metrics of one peer. Prints what is wrong and exits 1;
77 if there is no mandoc."""

import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAN = os.path.join(TOP, "config/man")


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def lint():
    """Pages that refer to each other are not installed while this runs."""
    pages = sorted(os.path.join(MAN, page) for page in os.listdir(MAN))
    said = subprocess.run(["mandoc", "-Tlint", *pages], text=True, stdout=subprocess.PIPE,
                          check=False).stdout
    return [line for line in said.splitlines() if "referenced manual not found" not in line]


def missing():
    ctl, daemon = text("config/man/haaroctl.1"), text("config/man/haarod.8")
    for command in re.findall(r'^\t\{"([a-z -]+)", "', text("control/oper/command.c"), re.M):
        if not re.search(rf"^\.It Ic {command}\b", ctl, re.M):
            yield f"haaroctl.1: no command '{command}'"
    events = re.findall(r'X\(\w+, "([a-z._]+)", ([A-Z]+),\s+(?:NULL|"(\w+)")\)',
                        text("control/core/event.h"))
    for event, level, number in events:
        item = f".It Ic {event} , {level.lower()}" + (f" Bq {number}" if number else "")
        if item + "\n" not in daemon:
            yield f"haarod.8: no line '{item}'"
    if not events:
        yield "control/core/event.h: no event found"
    families = set(re.findall(r'"(haaro_ro_sessions?_\w+)"', text("control/oper/metrics_ro.c")))
    for family in sorted(families):
        if not re.search(rf"\b{family}\b", daemon):
            yield f"haarod.8: no family '{family}'"
    if not families:
        yield "control/oper/metrics_ro.c: no family found"
    for source, page, name in (("control/oper/options.c", daemon, "haarod.8"),
                               ("control/cli/haaroctl.c", ctl, "haaroctl.1")):
        row = r'^\s+\{"([a-z-]+)", (?:no|required)_argument'
        for option in re.findall(row, text(source), re.M):
            if not re.search(rf"^\.It Fl (\w , )?-{option}\b", page, re.M):
                yield f"{name}: no option --{option}"


if not shutil.which("mandoc"):
    print("no mandoc (apt-get install mandoc)")
    sys.exit(77)
wrong = lint() + list(missing())
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
