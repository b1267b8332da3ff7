# SPDX-License-Identifier: BSD-3-Clause
"""What the acts of the demo have in common: hosts, checks, words."""

import os
import time

HOSTS = {"host-a": "10.1.0.2", "host-a2": "10.1.64.2", "host-b": "10.2.0.2",
         "host-c": "10.3.0.2", "host-d": "10.4.0.2", "core": "10.255.0.2"}
TRANSFER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transfer.py")


class Verdict:
    """Counts and prints steps and checks. After a failed one the demo goes on, so all is seen."""

    def __init__(self):
        self.steps = self.passed = self.failed = 0

    def step(self, text):
        self.steps += 1
        print(f"\n[{time.strftime('%H:%M:%S')}] {self.steps}. {text}", flush=True)

    def check(self, ok, text):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        print(f"   {'ok  ' if ok else 'FAIL'}  {text}", flush=True)


def indent(text):
    print("".join(f"      {line}\n" for line in text.rstrip().splitlines()), flush=True)
