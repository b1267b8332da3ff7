# SPDX-License-Identifier: BSD-3-Clause
"""The first act: three branches that reach each other by the hub, and what happens to them."""

import itertools
import re
import subprocess
import time

import lab
from act import HOSTS, TRANSFER, indent
from lab import Failed, Stream

RECOVERY = 20  # seconds that a restart may cost at most
BLACK_HOLE = ["nft", "add table ip hole; "
              "add chain ip hole way { type filter hook forward priority 0; }; "
              "add rule ip hole way iifname isp1 drop; "
              "add rule ip hole way oifname isp1 drop"]


def reach(n, pairs, seconds):
    """Waits until every pair answers; returns the seconds that took."""
    return lab.wait_for("every pair to answer",
                        lambda: all(n[a].pings(HOSTS[b]) for a, b in pairs), seconds)


def register(demo, verdict):
    for daemon in demo.daemons.values():
        daemon.start(ready=0)
    for daemon in demo.daemons.values():
        took = daemon.wait_ready(20)
        print(f"      {daemon.name:9} ready after {took:.1f} s")
    hub = demo.daemons["hub"]
    indent(hub.ctl("show", "bindings").stdout)
    bindings = hub.show("bindings")
    verdict.check(len(bindings) == 3, f"{len(bindings)} of 3 branches are registered")
    nat = [b for b in bindings if b["behind_nat"]]
    verdict.check(len(nat) == 2 and all(b["encapsulation"] == "udp" for b in nat),
                  f"{len(nat)} of them by UDP through one NAT")


def ping_all(n, verdict):
    pairs = list(itertools.combinations([host for host in HOSTS if host in n], 2))
    for a, b in pairs:  # ARP everywhere first: the first packet of a pair waits for it
        n[a].pings(HOSTS[b])
    streams = [Stream(n[a], HOSTS[b], count=1000) for a, b in pairs]
    for stream in streams:
        stream.finish(120)
    for stream in streams:
        verdict.check(stream.lost == 0 and stream.doubled == 0,
                      f"{stream.name:22} {len(stream.sequences)} of 1000 answered, "
                      f"{stream.doubled} doubled")


def transfer(n, verdict, a, b, size=100_000_000):
    """100 MB each way at once; the same SHA-256 must come out at both ends."""
    receivers, senders = [], []
    for to, port in ((b, 7001), (a, 7002)):
        receivers.append(n[to].popen("/usr/bin/python3", TRANSFER, "receive", str(port),
                                     stdout=subprocess.PIPE))
    time.sleep(0.5)
    for source, to, port, seed in ((a, b, 7001, 1), (b, a, 7002, 2)):
        senders.append(n[source].popen("/usr/bin/python3", TRANSFER, "send", HOSTS[to], str(port),
                                       str(size), str(seed), stdout=subprocess.PIPE))
    for (source, to), sender, receiver in zip(((a, b), (b, a)), senders, receivers):
        sent = sender.communicate(timeout=180)[0].split()
        got = receiver.communicate(timeout=180)[0].split()
        same = len(sent) == len(got) == 4 and sent[:2] == got[:2]
        rate = f"{got[2]} Mbit/s, sha256 {got[0][:16]}…" if len(got) == 4 else "broken off"
        verdict.check(same, f"{source} -> {to}: {size // 1_000_000} MB by TCP, {rate}")


def sizes(n, verdict):
    for source, to, mtu in (("host-a", "host-c", 1468), ("host-c", "core", 1480)):
        result = n[source].run("ping", "-n", "-c", "3", "-M", "do", "-s", "1472", HOSTS[to],
                               check=False).stdout
        verdict.check(re.search(rf"mtu ?= ?{mtu}\b", result),
                      f"{source} -> {to}: 1500 bytes with DF are told of MTU {mtu}")
        verdict.check(n[source].run("ping", "-n", "-c", "3", "-M", "do", "-s", str(mtu - 28),
                                    HOSTS[to], check=False).returncode == 0,
                      f"{source} -> {to}: {mtu} bytes with DF go through")
        verdict.check(n[source].run("ping", "-n", "-c", "3", "-M", "dont", "-s", "1472", HOSTS[to],
                                    check=False).returncode == 0,
                      f"{source} -> {to}: 1500 bytes without DF go through in fragments")


def trace(n, verdict):
    result = n["host-a"].run("traceroute", "-n", "-q", "1", "-w", "2", "-I", HOSTS["host-c"],
                             check=False).stdout
    indent(result)
    hops = re.findall(r"^ *\d+ +(\S+)", result, re.MULTILINE)
    verdict.check(hops == ["10.1.0.1", "198.51.100.1", "192.0.2.3", "10.3.0.2"],
                  "traceroute shows branch, hub, branch, host")


def crash(n, demo, verdict, victim, pairs):
    """kill -9 under traffic, restart, and how long until every pair answers again."""
    streams = [Stream(n[a], HOSTS[b]) for a, b in pairs]
    time.sleep(1)
    demo.daemons[victim].kill()
    killed = time.time()
    time.sleep(1)
    demo.daemons[victim].start(ready=0)
    restarted = time.monotonic()
    try:
        reach(n, pairs, 40)
    except Failed as failure:
        verdict.check(False, f"{victim}: {failure}")
    took = time.monotonic() - restarted
    time.sleep(0.5)
    for stream in streams:
        stream.stop()
    verdict.check(took <= RECOVERY, f"{victim} killed and restarted: all traffic again after "
                                    f"{took:.1f} s (at most {RECOVERY})")
    for stream in streams:
        print(f"            {stream.name:22} outage {stream.longest_gap(killed - 1):.1f} s")


def uplink(demo):
    return demo.daemons["branch-c"].show("registration")["uplink"]


def handover(n, verdict, demo, text, cut, mend):
    """An uplink of branch-c fails; traffic must go on by the other."""
    stream = Stream(n["host-c"], HOSTS["core"])
    time.sleep(2)
    moment = time.time()
    cut()
    try:
        lab.wait_for("traffic on the second uplink",
                     lambda: uplink(demo) == "isp-2" and stream.answered_since(moment + 0.2), 40)
        time.sleep(1)
        ok = True
    except Failed:
        ok = False
    stream.stop()
    verdict.check(ok, f"{text}: outage {stream.longest_gap(moment - 1):.1f} s")
    indent(demo.daemons["hub"].ctl("show", "bindings").stdout)
    mend()
    lab.wait_for("the first uplink to be used again", lambda: uplink(demo) == "isp-1", 90)


def play(demo, n, verdict):
    verdict.step("Four daemons start; the branches register at the hub")
    register(demo, verdict)
    verdict.step("Every pair of hosts: 1000 pings at 20 a second")
    ping_all(n, verdict)
    verdict.step("100 MB both ways at once, branch to branch")
    transfer(n, verdict, "host-a", "host-b")
    transfer(n, verdict, "host-a", "host-c")
    verdict.step("Packets too big for the tunnel")
    sizes(n, verdict)
    verdict.step("The way of a packet from host-a to host-c")
    trace(n, verdict)
    everyone = [("host-a", "host-c"), ("host-b", "core"), ("host-a2", "host-b")]
    verdict.step("kill -9 of the hub under traffic, then of a branch")
    crash(n, demo, verdict, "hub", everyone)
    crash(n, demo, verdict, "branch-a", everyone[:1])
    verdict.step("branch-c loses its first uplink: by carrier, then by a silent black hole")
    handover(n, verdict, demo, "carrier lost",
             lambda: n["inet"].run("ip", "link", "set", "isp1", "down"),
             lambda: n["inet"].run("ip", "link", "set", "isp1", "up"))
    handover(n, verdict, demo, "black hole",
             lambda: n["inet"].run(*BLACK_HOLE),
             lambda: n["inet"].run("nft", "delete table ip hole"))
