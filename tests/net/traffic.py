# SPDX-License-Identifier: BSD-3-Clause
"""Registration and traffic as a user has them, with tshark as the judge of every control packet."""

import itertools
import sys
import time

from harness import expect, lab, main

HOSTS = {"host-a": "10.1.0.2", "host-a2": "10.1.64.2", "host-b": "10.2.0.2",
         "host-c": "10.3.0.2", "core": "10.255.0.2"}


def test_every_branch_registers(net):
    net.wire = net.capture("inet", "hub")
    net.start()
    bindings = {b["name"]: b for b in net.hub.show("bindings")}
    expect(set(bindings) == {"branch-a", "branch-b", "branch-c"}, f"bound: {sorted(bindings)}")
    for name in ("branch-a", "branch-b"):
        expect(bindings[name]["behind_nat"], f"{name} is behind a NAT, and the hub does not say so")
        expect(bindings[name]["encapsulation"] == "udp", f"{name}: {bindings[name]}")
    expect(bindings["branch-c"]["encapsulation"] == "ipip", f"{bindings['branch-c']}")
    expect(bindings["branch-a"]["networks"] == ["10.1.0.0/24", "10.1.64.0/24"],
           f"{bindings['branch-a']}")
    expect(bindings["branch-c"]["networks"] == ["10.3.0.0/24"], "implicit mode taught nothing")


def test_every_host_reaches_every_other(net):
    for a, b in itertools.permutations(HOSTS, 2):
        expect(net.nodes[a].pings(HOSTS[b], count=3, timeout=3), f"{a} does not reach {b}")


def test_home_addresses_answer(net):
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.1"):
        expect(net.nodes["core"].pings(address, count=2, timeout=2), f"{address} does not answer")


def test_an_unbound_address_is_unreachable_and_does_not_loop(net):
    capture = net.capture("inet", "hub", "icmp or proto 4")
    result = net.nodes["core"].run("ping", "-n", "-c", "2", "-W", "2", "192.0.2.77", check=False)
    time.sleep(0.3)
    capture.stop()
    expect("Destination Host Unreachable" in result.stdout, result.stdout)
    leaked = capture.decode("ip.dst == 192.0.2.77", "ip.src", "ip.dst")
    expect(not leaked, f"packets for an unbound address left the hub: {leaked}")


def test_nothing_leaves_a_branch_natively_while_it_is_not_registered(net):
    net.c.stop()
    capture = net.capture("inet", "isp1")
    net.hub.kill()
    net.c.start(ready=0)
    time.sleep(2)
    result = net.nodes["host-c"].run("ping", "-n", "-c", "3", "-W", "1", "10.255.0.2", check=False)
    capture.stop()
    expect("Destination Host Unreachable" in result.stdout, result.stdout)
    leaked = capture.decode("ip.addr == 10.3.0.2", "ip.src", "ip.dst")
    expect(not leaked, f"left natively: {leaked}")
    drops = {d["reason"]: d["packets"] for d in net.c.show("drops")}
    expect(drops.get("not_registered", 0) >= 3, f"{drops}")
    net.hub.start()
    took = lab.wait_for("branch-c to be back", lambda: net.nodes["host-c"].pings("10.255.0.2"), 20)
    print(f"             branch-c reaches the core {took:.1f} s after the hub is back")


def test_deregistration_at_the_end(net):
    for daemon in (net.a, net.b, net.c):
        expect(daemon.stop() == 0, f"{daemon.name} ended with {daemon.process.returncode}")
    expect(net.hub.show("bindings") == [], "still bound after SIGTERM of all branches")
    expect(net.hub.stop() == 0, "the hub did not end with 0")


def test_tshark_has_no_complaint_about_any_control_packet(net):
    messages = net.wire.decode("mip && ip.proto == 17 && mip.type != 4", "frame.number", "mip.type")
    expect(len(messages) >= 14, f"only {len(messages)} control packets were captured")
    expect({m[1] for m in messages} >= {"1", "3"}, f"types: {messages}")
    bad = net.wire.decode(
        "mip && mip.type != 4 && (_ws.malformed || _ws.expert.severity >= 0x600000)",
        "frame.number", "_ws.expert.message")
    expect(not bad, f"tshark complains: {bad}")


if __name__ == "__main__":
    sys.exit(main([
        test_every_branch_registers,
        test_every_host_reaches_every_other,
        test_home_addresses_answer,
        test_an_unbound_address_is_unreachable_and_does_not_loop,
        test_nothing_leaves_a_branch_natively_while_it_is_not_registered,
        test_deregistration_at_the_end,
        test_tshark_has_no_complaint_about_any_control_packet,
    ]))
