# SPDX-License-Identifier: BSD-3-Clause
"""Runs the cases of a net test: functions in a network that is built once, each after the other.

A case is a function test_NAME(net); it raises Failed, or returns. Output is in the form of the
unit tests', so that tests/summary.py counts the cases.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "config", "demo"))

import lab  # noqa: E402
from lab import Failed  # noqa: E402


class Net:
    """The demo's network with its daemons, and captures of what crosses it."""

    def __init__(self, directory):
        self.lab = lab.Lab(directory)
        self.nodes = lab.internet(self.lab)
        self.hub, self.a, self.b, self.c = (self.lab.daemons[name] for name in (
            "hub", "branch-a", "branch-b", "branch-c"))
        self.captures = []

    def start(self):
        for daemon in self.lab.daemons.values():
            daemon.start(ready=0)
        for daemon in self.lab.daemons.values():
            daemon.wait_ready(20)

    def capture(self, node, interface, *expression):
        path = os.path.join(self.lab.directory, f"{node}-{interface}-{len(self.captures)}.pcap")
        capture = lab.Capture(self.nodes[node], interface, path, *expression)
        self.captures.append(capture)
        return capture

    def stop(self):
        for capture in self.captures:
            capture.stop()
        self.lab.stop()


def expect(ok, text):
    if not ok:
        raise Failed(text)


def metrics(daemon):
    """What /metrics says: by name and labels, and the type of each family."""
    text = daemon.node.run(
        "/usr/bin/python3", "-c", "import urllib.request as r; a = r.urlopen("
        "'http://127.0.0.1:9464/metrics', timeout=5); print(a.read().decode(), end='')").stdout
    expect(text.endswith("# EOF\n"), text[-200:])
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return ({name: int(value) for name, value in lines},
            dict(re.findall(r"# TYPE (\S+) (\w+)", text)))


def main(cases, build=Net):
    """Runs in config/demo/isolated; exit status 77 says skipped. build: makes the network."""
    if os.geteuid() != 0:
        print("needs root: makes network namespaces")
        return 77
    directory = tempfile.mkdtemp(prefix="haaro-net.")
    net, failed = None, []
    try:
        net = build(directory)
        for case in cases:
            print(f"[ RUN      ] {case.__name__}", flush=True)
            try:
                case(net)
                print(f"[       OK ] {case.__name__}", flush=True)
            except (Failed, subprocess.TimeoutExpired, KeyError, OSError) as failure:
                traceback.print_exc()
                print(f"[  FAILED  ] {case.__name__}: {failure}", flush=True)
                failed.append(case.__name__)
    finally:
        if net:
            if failed:
                for daemon in net.lab.daemons.values():
                    if os.path.exists(daemon.log):
                        print(f"--- {daemon.log}\n{daemon.tail(30)}")
            net.stop()
        shutil.rmtree(directory)
    return 1 if failed else 0
