# SPDX-License-Identifier: BSD-3-Clause
"""By what two branches reach each other directly: IP in IP where both prefer it, UDP where one does
or there is a NAT; and what a reload that changes it costs."""

import sys
import time

from harness import expect, lab, main
from lab import Stream
from optimizing import RECOVERY, Optimizing, Strict

import act_optimization as optimization

C, D = "198.18.1.30", "198.18.3.40"
UDP = "enabled: true}"
IPIP = "enabled: true, encapsulations: [ipip, udp]}"
PROTOCOLS = {"ipip": "4", "udp": "17"}


class Encapsulating(Optimizing):
    """branch-a and branch-c prefer IP in IP, branch-d does not at first."""

    def __init__(self, directory):
        super().__init__(directory)
        for branch in (self.a, self.c):
            branch.edit(UDP, IPIP)

    def is_by(self, encapsulation):
        """Between branch-c and branch-d, at both ends."""
        rows = self.c.peers().get("192.0.2.4", {}), self.d.peers().get("192.0.2.3", {})
        return self.is_direct() and all(row["encapsulation"] == encapsulation for row in rows)

    def become(self, encapsulation):
        optimization.become_direct(self.lab, self.nodes, "host-c", "host-d", RECOVERY)
        return lab.wait_for(f"both ends to use {encapsulation}",
                            lambda: self.is_by(encapsulation), RECOVERY)

    def prove_by(self, encapsulation):
        """What crosses the middle between the care-of addresses is of that protocol alone."""
        middle = self.capture("inet", "isp1", "host", C, "and", "host", D)
        self.prove(("host-c", C), ("host-d", D), "isp1")
        seen = {row[0].split(",")[0] for row in middle.decode("ip", "ip.proto")}
        Strict.check(seen == {PROTOCOLS[encapsulation]},
                     f"{C} and {D} send each other nothing but protocol {', '.join(sorted(seen))}")

    def reload(self, old, new, encapsulation):
        """branch-d prefers another one, under traffic."""
        stream = Stream(self.nodes["host-c"], "10.4.0.2", interval=0.01)
        time.sleep(0.5)
        falls = self.falls()
        self.d.edit(old, new)
        self.d.ctl("reload")
        took = lab.wait_for(f"both ends to use {encapsulation}",
                            lambda: self.is_by(encapsulation), RECOVERY)
        time.sleep(0.5)
        stream.stop()
        Strict.check(stream.lost == 0 and stream.doubled == 0,
                     f"{encapsulation} after {took:.1f} s; of {len(stream.sequences)} pings "
                     f"{stream.lost} lost, {stream.doubled} doubled")
        Strict.check(self.falls() == falls, "none of them by the hub")

    def falls(self):
        return [self.c.peers()["192.0.2.4"]["falls"], self.d.peers()["192.0.2.3"]["falls"]]


def test_one_that_prefers_ipip_and_one_that_does_not_agree_on_udp(net):
    net.start()
    net.become("udp")
    net.prove_by("udp")


def test_a_reload_to_ipip_loses_no_packet(net):
    net.reload(UDP, IPIP, "ipip")
    net.prove_by("ipip")


def test_two_that_prefer_ipip_use_it_from_the_start(net):
    expect(net.d.stop() == 0, f"status {net.d.process.returncode}")
    net.d.start()
    net.become("ipip")
    net.prove_by("ipip")


def test_a_reload_to_udp_loses_no_packet(net):
    net.reload(IPIP, UDP, "udp")
    net.prove_by("udp")


def test_behind_a_nat_it_is_udp_whatever_both_prefer(net):
    optimization.become_direct(net.lab, net.nodes, "host-a", "host-c")
    row = net.a.peers()["192.0.2.3"]
    expect(row["encapsulation"] == "udp", f"{row}")
    net.prove(("host-a", optimization.NAT), ("host-c", C), "isp1")


if __name__ == "__main__":
    sys.exit(main([
        test_one_that_prefers_ipip_and_one_that_does_not_agree_on_udp,
        test_a_reload_to_ipip_loses_no_packet,
        test_two_that_prefer_ipip_use_it_from_the_start,
        test_a_reload_to_udp_loses_no_packet,
        test_behind_a_nat_it_is_udp_whatever_both_prefer,
    ], Encapsulating))
