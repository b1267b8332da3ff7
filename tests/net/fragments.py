# SPDX-License-Identifier: BSD-3-Clause
"""Datagrams larger than every MTU on the way, with DF clear: none is lost, all arrive as sent."""

import itertools
import os
import subprocess
import sys

from harness import TOP, expect, main

HOSTS = {"host-a": "10.1.0.2", "host-a2": "10.1.64.2", "host-b": "10.2.0.2",
         "host-c": "10.3.0.2", "core": "10.255.0.2"}
DATAGRAMS = os.path.join(TOP, "tests", "net", "datagrams.py")


def test_all_register(net):
    net.start()
    used = {b["encapsulation"] for b in net.hub.show("bindings")}
    expect(used == {"udp", "ipip"}, f"{used}")
    for a, b in itertools.permutations(HOSTS, 2):  # neighbours are resolved: no first one is lost
        expect(net.nodes[a].pings(HOSTS[b], count=3, timeout=3), f"{a} does not reach {b}")


def test_large_pings_between_all_hosts(net):
    for size, (a, b) in itertools.product((1473, 3000, 8000, 12000),
                                          itertools.permutations(HOSTS, 2)):
        result = net.nodes[a].run("ping", "-n", "-q", "-c", "5", "-i", "0.02", "-W", "3", "-M",
                                  "dont", "-s", str(size), HOSTS[b], check=False)
        expect(" 0% packet loss" in result.stdout, f"{a} to {b}, {size} octets:\n{result.stdout}")


def exchange(net, client, server, most):
    """Every size from 1 to most there and back."""
    process = net.nodes[server].popen("/usr/bin/python3", DATAGRAMS, "serve",
                                      stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        result = net.nodes[client].run("/usr/bin/python3", DATAGRAMS, HOSTS[server], str(most),
                                       check=False, timeout=120)
        expect(result.returncode == 0, f"{client} to {server}: {result.stdout}")
    finally:
        process.terminate()
        process.wait(10)


def test_datagrams_of_all_sizes_by_udp_encapsulation(net):
    exchange(net, "host-a", "core", 9000)


def test_datagrams_of_all_sizes_by_ipip(net):
    exchange(net, "core", "host-c", 9000)


def test_datagrams_of_all_sizes_by_both(net):
    exchange(net, "host-b", "host-c", 9000)


def test_nothing_was_cut_short(net):
    for daemon in net.lab.daemons.values():
        drops = {d["reason"]: d["packets"] for d in daemon.show("drops")}
        expect(not drops.get("ip_length") and not drops.get("no_buffer"), f"{daemon.name}: {drops}")


if __name__ == "__main__":
    sys.exit(main([
        test_all_register,
        test_large_pings_between_all_hosts,
        test_datagrams_of_all_sizes_by_udp_encapsulation,
        test_datagrams_of_all_sizes_by_ipip,
        test_datagrams_of_all_sizes_by_both,
        test_nothing_was_cut_short,
    ]))
