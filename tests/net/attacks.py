# SPDX-License-Identifier: BSD-3-Clause
"""Attacks on two branches that reach each other directly, from the middle of the internet."""

import os
import subprocess
import sys
import time

from harness import TOP, expect, lab, main
from lab import Flow
from optimizing import Optimizing

import act_optimization as optimization
from act import HOSTS

sys.path.insert(0, os.path.join(TOP, "tests", "interop"))

import attacker  # noqa: E402
from make_samples import in_udp, udp  # noqa: E402

ATTACKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "attacker.py")
RATE, SECONDS = 10_000, 20  # five times the share of strangers
ANSWERS = 500               # a second: Inits of strangers that a branch answers
LIFETIME = 10               # of registrations, with the hub and with peers
C, D = "192.0.2.3", "192.0.2.4"
COA_C, COA_D = "198.18.1.30", "198.18.3.40"
STRANGER = "100.64.7.7"
PACKETS = 20


class Attacked(Optimizing):
    """branch-c and branch-d only; what they agree on has to be renewed all the time."""

    def __init__(self, directory):
        super().__init__(directory)
        for name in ("branch-a", "branch-b"):
            del self.lab.daemons[name]
        for branch in (self.c, self.d):
            branch.edit(optimization.WORD + "true",
                        f"{optimization.WORD}true, lifetime: {LIFETIME}s")
            branch.edit("  home-agent: ", f"  lifetime: {LIFETIME}s\n  home-agent: ")

    def weight(self):
        """What grows at branch-c if somebody can make it grow."""
        ro = self.c.show("ro")
        return ({row["table"]: row["used"] for row in self.c.show("usage")},
                {key: ro[key] for key in ("peers", "sessions", "held_requests")})

    def counter(self, name, **labels):
        """Of branch-c; 0 where it is not shown."""
        return sum(row["value"] for row in self.c.show("counters") if row["counter"] == name and
                   labels.items() <= row["labels"].items())

    def dropped(self, reason):
        return self.counter("haaro_drops", reason=reason)

    def attack(self, *words):
        return self.nodes["inet"].popen("/usr/bin/python3", ATTACKER, *map(str, words),
                                        stdout=subprocess.PIPE)

    def send(self, packet):
        self.nodes["inet"].run("/usr/bin/python3", ATTACKER, "send", *[packet.hex()] * PACKETS)

    def expect_drops(self, reason, packet):
        before = self.dropped(reason)
        self.send(packet)
        lab.wait_for(f"{PACKETS} more {reason}",
                     lambda: self.dropped(reason) == before + PACKETS, 3)


def test_branches_become_direct(net):
    net.start()
    for branch in (net.c, net.d):
        lab.wait_for(f"{branch.name} to have the hub's word",
                     lambda b=branch: optimization.granted(b), 10)
    took = optimization.become_direct(net.lab, net.nodes, "host-c", "host-d")
    print(f"             direct after {took:.2f} s")


def watch(net, flood):
    """Until it is over: what both branches say of each other, and how long their registrations
    with the hub have left."""
    said = []
    while flood.poll() is None:
        said += [(branch.peers()[peer], branch.show("registration")["remaining_s"])
                 for branch, peer in ((net.c, D), (net.d, C))]
        time.sleep(0.5)
    return said


def test_a_flood_of_signalling(net):
    """Inits and requests from 100 000 sources: no state grows, all that is agreed on is renewed,
    and traffic goes on directly (haaro.md, section 21, row 3)."""
    before, stopped = net.weight(), net.dropped("policed_unknown")
    answered = net.counter("haaro_ro_tests_sent")
    flow = Flow(net.nodes["host-c"], HOSTS["host-c"], net.nodes["host-d"], HOSTS["host-d"])
    time.sleep(1)
    since = time.monotonic()
    flood = net.attack("flood", RATE, SECONDS, C, D)
    said = watch(net, flood)
    until = time.monotonic()
    sent = int(flood.communicate()[0])
    stopped = net.dropped("policed_unknown") - stopped
    answered = net.counter("haaro_ro_tests_sent") - answered
    after = net.weight()
    flow.stop()
    print(f"             {sent} sent, {stopped} stopped by the policer, {answered} Inits answered")
    expect(sent > attacker.SOURCES, f"only {sent} sent")
    expect(stopped > 0.4 * sent, f"only {stopped} of {sent} stopped")
    expect(0 < answered < ANSWERS * (SECONDS + 2), f"{answered} Inits answered")
    expect(after == before, f"before {before}, after {after}")
    for row, remaining in said:
        expect((row["out"], row["in"], row["falls"]) == ("direct", "direct", 0), f"{row}")
        expect(row["registered_s"] and row["accepted_s"] and remaining, f"{row}")
    for way in flow.ways:
        gap, lost = way.longest_gap(since, until), way.lost(since, until)
        arrived = len(way.between(since, until))
        print(f"             {way.name}: {lost} of {arrived + lost} lost, longest gap "
              f"{1000 * gap:.0f} ms")
        # A machine that is too small for the flood may drop some before we see them.
        expect(lost <= 0.01 * arrived and gap < 0.5, f"{lost} lost, a gap of {gap:.2f} s")
        expect(not way.doubled(), f"{way.doubled()} doubled")


def in_tunnel(source, inner):
    return in_udp(source, COA_C, inner)


def test_packets_slipped_into_the_direct_tunnel(net):
    """As if the peer had sent them: of what it may send there is little (tunnels.md, section 8)."""
    lab.wait_for("branch-d to be direct", net.is_direct, 20)
    home_test_init = udp(D, C, bytes([attacker.HOME_TEST_INIT, 0]) + bytes(8))
    to_host = udp(HOSTS["host-d"], HOSTS["host-c"], b"x", dport=9)
    answered = net.counter("haaro_ro_tests_sent")
    net.expect_drops("inner_local", in_tunnel(COA_D, home_test_init))
    net.expect_drops("inner_source", in_tunnel(COA_D, udp(
        HOSTS["core"], HOSTS["host-c"], b"x", dport=9)))
    net.expect_drops("inner_destination", in_tunnel(COA_D, udp(
        HOSTS["host-d"], HOSTS["core"], b"x", dport=9)))
    net.expect_drops("tunnel_unknown", in_tunnel(STRANGER, to_host))
    expect(net.counter("haaro_ro_tests_sent") == answered, "a test was answered")
    expect(net.is_direct(), "no longer direct")


def test_data_by_a_tunnel_that_is_not_proven(net):
    """The peer has registered, and its keepalives do not come through (haaro.md, section 21, row
    12): then nobody else's packets do."""
    enabled = optimization.WORD + "true, "
    net.nodes["inet"].run(
        "nft", "add table ip cut; "
        "add chain ip cut way { type filter hook forward priority 0; }; "
        f"add rule ip cut way ip saddr {COA_D} ip daddr {COA_C} drop")
    try:
        lab.wait_for("the path to fall back to the hub",
                     lambda: not net.c.is_direct(D) and not net.d.is_direct(C), 10)
        # Else branch-c has a tunnel of its own, of which it knows the far end.
        net.c.edit(enabled, enabled + "request: false, ")
        net.c.ctl("reload")
        net.d.ctl("ro", "stop", C)
        net.d.ctl("ro", "start", C)
        lab.wait_for("branch-d to be registered anew", lambda: net.c.peers()[D]["accepted_s"], 10)
        net.expect_drops("half_bound", in_tunnel(COA_D, udp(
            HOSTS["host-d"], HOSTS["host-c"], b"x", dport=9)))
    finally:
        net.nodes["inet"].run("nft", "delete table ip cut")
    net.c.edit("request: false, ", "")
    net.c.ctl("reload")
    lab.wait_for("the path to be direct again", lambda: net.nodes["host-c"].pings(HOSTS["host-d"])
                 and net.is_direct(), 60)


if __name__ == "__main__":
    sys.exit(main([
        test_branches_become_direct,
        test_a_flood_of_signalling,
        test_packets_slipped_into_the_direct_tunnel,
        test_data_by_a_tunnel_that_is_not_proven,
    ], Attacked))
