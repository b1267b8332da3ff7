# SPDX-License-Identifier: BSD-3-Clause
"""The second act: branches that reach each other directly (RFC 6521), and what happens to them."""

import os
import re
import statistics
import subprocess
import time

import act_cuts
import lab
from act import HOSTS, TRANSFER, indent
from lab import Flow, Stream

HUB = "198.51.100.1"
NAT = "203.0.113.1"
HOME = {"branch-a": "192.0.2.1", "branch-b": "192.0.2.2",
        "branch-c": "192.0.2.3", "branch-d": "192.0.2.4"}
BEHIND = {"host-a": "branch-a", "host-b": "branch-b", "host-c": "branch-c", "host-d": "branch-d"}
# A care-of address of each open branch, by its uplink; the other column is the link in the middle.
UPLINKS = {("branch-c", "isp-1"): ("198.18.1.30", "isp1"),
           ("branch-c", "isp-2"): ("198.18.2.30", "isp2"),
           ("branch-d", "isp-1"): ("198.18.3.40", "isp3"),
           ("branch-d", "isp-2"): ("198.18.4.40", "isp4")}
TUNNELS = ("udp", "port", "434", "or", "proto", "4")
PINGS, PING_SIZE = 200, 1000
TRANSFERRED = 300_000_000
REFRESH = 100  # seconds after which a branch behind a NAT has registered again
TRIGGERED = 3  # seconds from the first packet to a direct path
SMOOTH = 1.0   # seconds that a change of uplink may cost, when the branch sees it itself
WHY = "we are behind a NAT, the peer is behind a NAT"
WORD = "route-optimization: {enabled: "


def granted(daemon):
    return daemon.show("ro")["granted"]


def switch_on(demo, n, verdict):
    """A fourth branch joins; every branch reads its configuration anew."""
    joined = lab.join(demo, n)
    joined.edit(WORD + "false", WORD + "true")
    joined.start(ready=0)
    print(f"      branch-d  ready after {joined.wait_ready(20):.1f} s")
    for name in ("branch-a", "branch-b", "branch-c"):
        demo.daemons[name].edit(WORD + "false", WORD + "true")
        demo.daemons[name].ctl("reload")
    took = lab.wait_for("the hub to grant it to every branch",
                        lambda: all(granted(demo.daemons[name]) for name in HOME), 20)
    verdict.check(True, f"four branches reloaded; the hub tells them of each other, {took:.1f} s")


def tunnelled(capture, a, b):
    """The echoes of two hosts: [(time, outer source, outer destination, ICMP type)]."""
    rows = capture.decode(f"icmp && ip.addr == {HOSTS[a]} && ip.addr == {HOSTS[b]}",
                          "frame.time_relative", "ip.src", "ip.dst", "icmp.type")
    return [(float(when), source.split(",")[0], destination.split(",")[0], kind)
            for when, source, destination, kind in rows]


def first_packets(demo, n, verdict):
    """The traffic itself asks for the direct path, and goes by the hub until it is there."""
    capture = lab.Capture(n["inet"], "isp1", os.path.join(demo.directory, "first.pcap"), *TUNNELS)
    stream = Stream(n["host-c"], HOSTS["host-d"], interval=0.02)
    time.sleep(TRIGGERED + 1)
    stream.stop()
    rows = tunnelled(capture, "host-c", "host-d")
    by_hub = [row for row in rows if HUB in row[1:3]]
    last = by_hub[-1][0] if by_hub else 0.0
    verdict.check(rows and by_hub and rows[0] == by_hub[0] and last < TRIGGERED,
                  f"host-c -> host-d: the first ping goes by the hub, {len(by_hub) // 2 - 1} more "
                  f"within {last:.2f} s, the others directly")
    verdict.check(stream.lost == 0 and stream.doubled == 0,
                  f"{len(stream.sequences)} pings while the path changed: {stream.lost} lost, "
                  f"{stream.doubled} doubled")
    k = max(1, len(by_hub) // 2)
    print(f"            round trip by the hub {statistics.median(stream.rtts[:k]):.2f} ms, "
          f"directly {statistics.median(stream.rtts[k:]):.2f} ms")


def hub_bytes(demo):
    """What the hub's tunnels have carried, both ways."""
    return sum(row["received_bytes"] + row["sent_bytes"]
               for row in demo.daemons["hub"].show("tunnels"))


def hub_wan_bytes(demo):
    """What the hub's port to the branches has carried, both ways: tunnels come and go with them."""
    wan = next(row for row in demo.daemons["hub"].show("ports") if row["port"] == "wan")
    return wan["received_bytes"] + wan["sent_bytes"]


def prove(demo, n, verdict, a, b, uplink):
    """Pings from a host behind a NAT or open, to one behind an open branch, seen in the middle.

    a: (host, outer address); b: likewise; uplink: the link in the middle where both pass."""
    path = os.path.join(demo.directory, f"{a[0]}-{b[0]}.pcap")
    capture = lab.Capture(n["inet"], uplink, path, *TUNNELS)
    before = hub_bytes(demo)
    n[a[0]].run("ping", "-n", "-q", "-c", str(PINGS), "-i", "0.01", "-s", str(PING_SIZE),
                HOSTS[b[0]])
    moved = hub_bytes(demo) - before
    rows = tunnelled(capture, a[0], b[0])
    there = sum(row[1:] == (a[1], b[1], "8") for row in rows)
    back = sum(row[1:] == (b[1], a[1], "0") for row in rows)
    verdict.check(there == back == PINGS and len(rows) == 2 * PINGS,
                  f"{a[0]} -> {b[0]}: {there} of {PINGS} requests from {a[1]} to {b[1]}, {back} "
                  "replies back: seen in the middle")
    verdict.check(moved < PING_SIZE, f"{a[0]} -> {b[0]}: the hub's tunnels moved by {moved} bytes, "
                                     f"less than one ping of {PING_SIZE}")


def open_branches(demo, n, verdict):
    first_packets(demo, n, verdict)
    prove(demo, n, verdict, ("host-c", "198.18.1.30"), ("host-d", "198.18.3.40"), "isp1")
    result = n["host-c"].run("traceroute", "-n", "-q", "1", "-w", "2", "-I", HOSTS["host-d"],
                             check=False).stdout
    indent(result)
    verdict.check(HUB not in result and HOME["branch-d"] in result and HOSTS["host-d"] in result,
                  "traceroute shows branch, branch, host")


def become_direct(demo, n, a, b, seconds=20):
    """Pings until both branches send directly; returns the seconds that took."""
    def both():
        n[a].pings(HOSTS[b])
        return (demo.daemons[BEHIND[a]].is_direct(HOME[BEHIND[b]]) and
                demo.daemons[BEHIND[b]].is_direct(HOME[BEHIND[a]]))

    return lab.wait_for(f"{a} and {b} to reach each other directly", both, seconds)


def behind_nat(demo, n, verdict):
    for a, b, care_of, uplink in (("host-a", "host-c", "198.18.1.30", "isp1"),
                                  ("host-b", "host-d", "198.18.3.40", "isp3")):
        took = become_direct(demo, n, a, b)
        verdict.check(True, f"{a}, behind the NAT, and {b}: direct after {took:.2f} s")
        prove(demo, n, verdict, (a, NAT), (b, care_of), uplink)


def two_behind_nat(demo, n, verdict):
    """Each learns of the other's NAT from the hub, at its next registration at the latest."""
    ways = [(demo.daemons["branch-a"], "host-a", "host-b"),
            (demo.daemons["branch-b"], "host-b", "host-a")]

    def knows():
        return [way for way in ways if re.search(rf"^ *fail .*{WHY}", explain(*way), re.MULTILINE)]

    n["host-a"].run("ping", "-n", "-q", "-c", "20", "-i", "0.05", HOSTS["host-b"])
    took = lab.wait_for("one of the two to know of both NATs", knows, REFRESH)
    indent(explain(*knows()[0]))
    verdict.check(True, f"ro explain says why not (waited {took:.1f} s for the hub's word)")
    verdict.check(not ways[0][0].is_direct(HOME["branch-b"]) and
                  not ways[1][0].is_direct(HOME["branch-a"]),
                  "host-a -> host-b, both behind the NAT: by the hub")


def explain(daemon, source, destination):
    return daemon.ctl("ro", "explain", HOSTS[source], HOSTS[destination], check=False).stdout


def leave_uplink(demo, n, name):
    """The link that a branch uses goes down in the middle; returns the name of the other uplink."""
    used = demo.daemons[name].show("registration")["uplink"]
    n["inet"].run("ip", "link", "set", UPLINKS[name, used][1], "down")
    return next(uplink for branch, uplink in UPLINKS if branch == name and uplink != used)


def is_direct_by(demo, name, uplink, peer):
    row = demo.daemons[name].peers().get(HOME[peer], {})
    return row.get("out") == "direct" and row["local"] == UPLINKS[name, uplink][0]


def handover(demo, n, verdict):
    """branch-c changes its uplink while a transfer is on its way over the direct path."""
    before = hub_wan_bytes(demo)
    receiver = n["host-d"].popen("/usr/bin/python3", TRANSFER, "receive", "7003",
                                 stdout=subprocess.PIPE)
    time.sleep(0.5)
    sender = n["host-c"].popen("/usr/bin/python3", TRANSFER, "send", HOSTS["host-d"], "7003",
                               str(TRANSFERRED), "3", stdout=subprocess.PIPE)
    time.sleep(1)
    finished = sender.poll() is not None
    other = leave_uplink(demo, n, "branch-c")
    took = lab.wait_for("branch-c to be direct by its other uplink", lambda: is_direct_by(
        demo, "branch-c", other, "branch-d"), 20)
    sent = sender.communicate(timeout=180)[0].split()
    got = receiver.communicate(timeout=180)[0].split()
    moved = hub_wan_bytes(demo) - before
    same = len(sent) == len(got) == 4 and sent[:2] == got[:2]
    verdict.check(same and not finished,
                  f"{TRANSFERRED // 1_000_000} MB by TCP survive the change to {other}" + (
                      f": {got[2]} Mbit/s, longest pause {got[3]} s" if same else ": broken off"))
    verdict.check(moved < TRANSFERRED / 2, f"direct again after {took:.2f} s; the hub carried "
                                           f"{moved / 1e6:.1f} MB of it")


def move_both(demo, n, verdict):
    """Both ends lose the uplink in use at the same moment."""
    for name in ("branch-c", "branch-d"):
        for _, link in (UPLINKS[name, "isp-1"], UPLINKS[name, "isp-2"]):
            n["inet"].run("ip", "link", "set", link, "up")
        lab.wait_for(f"both uplinks of {name} to answer", lambda: all(
            row["answers"] for row in demo.daemons[name].show("registration")["uplinks"]), 20)
    flow = Flow(n["host-c"], HOSTS["host-c"], n["host-d"], HOSTS["host-d"])
    become_direct(demo, n, "host-c", "host-d")
    time.sleep(1)
    moment = time.monotonic()
    others = {name: leave_uplink(demo, n, name) for name in ("branch-c", "branch-d")}
    took = lab.wait_for("both to be direct by their other uplinks", lambda: (
        is_direct_by(demo, "branch-c", others["branch-c"], "branch-d") and
        is_direct_by(demo, "branch-d", others["branch-d"], "branch-c")), 20)
    time.sleep(1)
    end = time.monotonic()
    flow.stop()
    for way in flow.ways:
        gap = way.longest_gap(moment - 0.5, end)
        verdict.check(gap < SMOOTH, f"{way.name}: outage {gap:.2f} s")
    verdict.check(True, f"direct again after {took:.2f} s")
    c, d = (UPLINKS[name, others[name]] for name in ("branch-c", "branch-d"))
    prove(demo, n, verdict, ("host-c", c[0]), ("host-d", d[0]), c[1])


def play(demo, n, verdict):
    verdict.step("A fourth branch joins, and route optimization is switched on: haaroctl reload")
    switch_on(demo, n, verdict)
    verdict.step("Two open branches: first by the hub, then directly")
    open_branches(demo, n, verdict)
    verdict.step("A branch behind a NAT and an open one")
    behind_nat(demo, n, verdict)
    verdict.step(f"Direct paths cut without a word, {act_cuts.ROUNDS} times, under 200 packets a "
                 "second each way")
    act_cuts.play(demo, n, verdict)
    verdict.step("branch-c changes its uplink in the middle of a transfer")
    handover(demo, n, verdict)
    verdict.step("branch-c and branch-d lose their uplinks at the same moment")
    move_both(demo, n, verdict)
    verdict.step("Two branches behind a NAT")
    two_behind_nat(demo, n, verdict)
    verdict.step("What branch-c says of its peers")
    indent(demo.daemons["branch-c"].ctl("show", "ro", "sessions").stdout)
