# SPDX-License-Identifier: BSD-3-Clause
"""The main job, shown: branches and a hub, what happens to their traffic, and a verdict."""

import os
import subprocess
import sys

import act_hub
import act_optimization
import lab
from act import Verdict, indent
from lab import Failed

TOPOLOGY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "topology.txt")


def leave(demo, verdict):
    for name in [name for name in demo.daemons if name != "hub"]:
        before = len(demo.daemons["hub"].show("bindings"))
        status = demo.daemons[name].stop()
        after = len(demo.daemons["hub"].show("bindings"))
        verdict.check(status == 0 and after == before - 1,
                      f"SIGTERM to {name}: deregistered, exit status {status}")
    status = demo.daemons["hub"].stop()
    verdict.check(status == 0, f"SIGTERM to hub: exit status {status}")


def play(demo, verdict):
    verdict.step("The network: branches, one NAT, a hub, and a data centre")
    n = lab.internet(demo)
    with open(TOPOLOGY, encoding="utf-8") as file:
        print(file.read())
    act_hub.play(demo, n, verdict)
    act_optimization.play(demo, n, verdict)
    verdict.step("What the hub dropped, and why")
    indent(demo.daemons["hub"].ctl("show", "drops").stdout)
    verdict.step("SIGTERM: each branch deregisters")
    leave(demo, verdict)


def main():
    demo = lab.Lab(sys.argv[1])
    verdict = Verdict()
    try:
        play(demo, verdict)
    except (Failed, subprocess.TimeoutExpired) as failure:
        verdict.check(False, str(failure))
        for daemon in demo.daemons.values():
            if os.path.exists(daemon.log):
                print(f"--- the end of {daemon.log}")
                indent(daemon.tail())
    finally:
        demo.stop()
    print(f"\n{verdict.passed} passed, {verdict.failed} failed")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())
