# SPDX-License-Identifier: BSD-3-Clause
"""Cuts of direct paths that nobody is told of: packets vanish in the middle, the carrier stays.

Three paths at a time, each cut in its own way; between the care-of addresses only, so the hub is
reached as ever.
"""

import time

import lab
from act import HOSTS
from lab import Flow

ROUNDS = 10
WORST = 3.0     # seconds
STEADY = 6      # seconds that a path is watched after it came back by itself
MARGIN = 0.5    # seconds before and after what is measured
LARGE = 1200


class Cut:
    """A direct path between two hosts, the rules that cut it, and a stream over it."""

    def __init__(self, title, ends, both, large, size):
        self.title, self.size = title, size
        self.hosts, self.branches, self.homes, care_ofs = zip(*ends)
        a, b = care_ofs
        ways = [(a, b), (b, a)] if both else [(a, b)]
        self.rules = [f"ip saddr {x} ip daddr {y}" + (f" ip length > {LARGE}" if large else "")
                      for x, y in ways]
        self.worst = [0.0, 0.0]
        self.flow = None

    def start(self, n, port):
        a, b = self.hosts
        self.flow = Flow(n[a], HOSTS[a], n[b], HOSTS[b], size=self.size, port=port)

    def measure(self, since, until):
        gaps = [way.longest_gap(since, until) for way in self.flow.ways]
        self.worst = [max(pair) for pair in zip(self.worst, gaps)]
        return gaps

    def rows(self, demo):
        """What each end says of the other."""
        return [demo.daemons[name].peers().get(peer, {})
                for name, peer in zip(self.branches, reversed(self.homes))]


def cuts():
    a = ("host-a", "branch-a", "192.0.2.1", "203.0.113.1")
    b = ("host-b", "branch-b", "192.0.2.2", "203.0.113.1")
    c = ("host-c", "branch-c", "192.0.2.3", "198.18.1.30")
    d = ("host-d", "branch-d", "192.0.2.4", "198.18.3.40")
    return [Cut("both directions", (c, d), True, False, 100),
            Cut("one direction", (c, a), False, False, 100),
            Cut(f"over {LARGE} bytes", (d, b), True, True, 1300)]


def direct(demo, paths):
    return all(row.get("out") == "direct" for cut in paths for row in cut.rows(demo))


def fallen(demo, paths):
    return not any(row.get("out") == "direct" for cut in paths for row in cut.rows(demo))


def falls(demo, paths):
    return [row.get("falls") for cut in paths for row in cut.rows(demo)]


def cut_once(demo, n, paths):
    """Cuts all of them, until all traffic is by the hub; returns what each way lost, and mends."""
    start = time.monotonic()
    n["inet"].run("nft", "add table ip cut; "
                  "add chain ip cut way { type filter hook forward priority 0; }; " + "; ".join(
                      f"add rule ip cut way {rule} drop" for cut in paths for rule in cut.rules))
    try:
        lab.wait_for("the paths to fall back to the hub", lambda: fallen(demo, paths), 20)
        time.sleep(MARGIN)
    finally:
        end = time.monotonic()
        n["inet"].run("nft", "delete table ip cut")
    return [cut.measure(start - MARGIN, end) for cut in paths]


def come_back(demo, verdict, paths):
    """By itself, once it has been steady; and it stays."""
    before = falls(demo, paths)
    took = lab.wait_for("the paths to be direct again", lambda: direct(demo, paths), 20)
    since = time.monotonic()
    lab.wait_for("the paths to be watched", lambda: time.monotonic() - since > STEADY, STEADY + 5)
    verdict.check(falls(demo, paths) == before and direct(demo, paths),
                  f"restored: direct again after {took:.1f} s, and for {STEADY} s without a change")
    for cut in paths:
        lost = [way.lost(since - took, time.monotonic()) for way in cut.flow.ways]
        verdict.check(not any(lost),
                      f"{cut.title}: {lost[0]} and {lost[1]} packets lost as it went direct again")


def start_anew(demo, paths):
    """A path that falls often must be steady for longer each time; this forgets that it fell."""
    for cut in paths:
        for word in ("stop", "start"):
            lab.wait_for(f"ro {word}", lambda: demo.daemons[cut.branches[0]].ctl(
                "ro", word, cut.homes[1], check=False).returncode == 0, 10)
    lab.wait_for("the paths to be direct again", lambda: direct(demo, paths), 20)
    time.sleep(1)


def play(demo, n, verdict):
    paths = cuts()
    for i, cut in enumerate(paths):
        cut.start(n, 7101 + i)
    lab.wait_for("the paths to be direct", lambda: direct(demo, paths), 20)
    time.sleep(1)
    before = falls(demo, paths)
    print("      cut      " + "  ".join(f"{cut.title:>16}" for cut in paths))
    for number in range(1, ROUNDS + 1):
        gaps = cut_once(demo, n, paths)
        print(f"      {number:2} of {ROUNDS} " + "  ".join(
            f"{there:7.2f} s {back:4.2f} s" for there, back in gaps), flush=True)
        if number == 1:
            come_back(demo, verdict, paths)
            print("      From here on haaroctl ro stop and ro start follow each cut: a path that "
                  "falls often\n      must answer for longer each time before it is used again, "
                  "and they forget that.")
        else:
            start_anew(demo, paths)
    for cut in paths:
        cut.flow.stop()
        verdict.check(max(cut.worst) < WORST,
                      f"{cut.title}: worst outage {cut.flow.there.name} {cut.worst[0]:.2f} s, "
                      f"{cut.flow.back.name} {cut.worst[1]:.2f} s (under {WORST:.0f})")
        doubled = sum(way.doubled() for way in cut.flow.ways)
        verdict.check(doubled == 0, f"{cut.title}: {doubled} packets doubled")
    fell = [after - first for first, after in zip(before, falls(demo, paths))]
    verdict.check(fell == [ROUNDS] * len(fell), f"{ROUNDS} cuts, falls to the hub at each end: "
                                                f"{' '.join(map(str, fell))}")
