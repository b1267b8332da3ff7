# SPDX-License-Identifier: BSD-3-Clause
"""The demo's network with its fourth branch, route optimization on from the start."""

from harness import Net, expect, lab

import act_optimization as optimization

RECOVERY = 30  # seconds after which a path is direct again whatever happened to an end of it


class Strict:
    """Takes the place of the demo's verdict: what is not so ends the case."""

    @staticmethod
    def check(ok, text):
        expect(ok, text)
        print(f"             {text}")


class Optimizing(Net):
    def __init__(self, directory):
        super().__init__(directory)
        self.d = lab.join(self.lab, self.nodes)
        self.branches = [self.a, self.b, self.c, self.d]
        for branch in self.branches:
            branch.edit(optimization.WORD + "false", optimization.WORD + "true")

    def is_direct(self):
        """Between branch-c and branch-d, at both ends."""
        return self.c.is_direct("192.0.2.4") and self.d.is_direct("192.0.2.3")

    def prove(self, a, b, uplink):
        optimization.prove(self.lab, self.nodes, Strict, a, b, uplink)
