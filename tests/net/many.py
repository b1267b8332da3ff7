# SPDX-License-Identifier: BSD-3-Clause
"""Sixteen branches behind one NAT, and one hub: seventeen haarod at once on one small machine."""

import os
import sys
import time

from harness import expect, lab, main

BRANCHES = 16
RELOADS = 200
IDLE_SECONDS = 5
IDLE_MOST = 15     # per cent of a core: an idle daemon takes 2, and others may be at work here
MEMORY_MOST = 128  # MiB of a branch

HUB = """
version: 1
name: hub
role: home-agent
ports:
  - {{name: wan, device: "net_af_packet0,iface=wan", addresses: [198.51.100.1/24],
     gateway: 198.51.100.254}}
  - {{name: core, device: "net_af_packet1,iface=core", addresses: [10.255.0.1/24]}}
capacity: {{tunnels: 64, prefixes: 256}}
home-agent: {{address: 198.51.100.1, home-networks: [192.0.2.0/24], subscribers: subscribers.yaml}}
metrics: {{listen: ""}}
"""

SUBSCRIBER = """
  - name: branch-{n}
    home-address: 192.0.2.{n}
    keys: [{{spi: {spi}, algorithm: hmac-sha256-128, secret: "hex:{secret}"}}]
    networks: [10.1.{n}.0/24]
"""

BRANCH = """
version: 1
name: branch-{n}
role: mobile-router
ports:
  - {{name: isp, device: "net_af_packet0,iface=isp", addresses: [192.168.1.{n}/24],
     gateway: 192.168.1.254}}
  - {{name: lan, device: "net_af_packet1,iface=lan", addresses: [10.1.{n}.1/24]}}
{capacity}
mobile-router:
  home-address: 192.0.2.{n}
  home-agent: 198.51.100.1
  key: {{spi: {spi}, algorithm: hmac-sha256-128, secret: "hex:{secret}"}}
  uplinks: [{{port: isp}}]
  networks: {{mode: explicit, prefixes: [10.1.{n}.0/24], ports: [lan]}}
  watch-hub: {{interval: 1s, losses: 3}}
metrics: {{listen: ""}}
"""


class Many:
    """inet -- nat == branch-1 .. branch-16 with a host each; inet -- hub -- core."""

    def __init__(self, directory):
        self.lab = lab.Lab(directory)
        self.lab.haarod_options = ["--no-huge"]
        self.nodes = self.lab.nodes
        for name in ("inet", "nat", "hub", "core"):
            self.lab.node(name)
        self.core, self.nat = self.nodes["core"], self.nodes["nat"]
        self.wire()
        self.write("hub.yaml", HUB.format())
        self.subscribe(range(1, BRANCHES + 1))
        self.hub = self.lab.daemon("hub")
        self.branches = [self.branch(n) for n in range(1, BRANCHES + 1)]

    def values(self, n):
        capacity = "capacity: {tunnels: 64, prefixes: 256, neighbours: 64}" if n > 1 else ""
        return {"n": n, "spi": 1000 + n, "secret": f"{n:02x}" * 32, "capacity": capacity}

    def subscribe(self, numbers):
        self.write("subscribers.yaml", "version: 1\nrouters:" + "".join(
            SUBSCRIBER.format(**self.values(n)) for n in numbers))

    def write(self, name, text):
        path = os.path.join(self.lab.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)

    def wire(self):
        inet, nat, hub, core = (self.nodes[name] for name in ("inet", "nat", "hub", "core"))
        lab.link(inet, "hub", hub, "wan")
        lab.link(inet, "nat", nat, "outside")
        lab.link(core, "eth0", hub, "core")
        inet.address("hub", "198.51.100.254/24")
        inet.address("nat", "203.0.113.254/24")
        inet.forward()
        core.address("eth0", "10.255.0.2/24")
        core.route("default", "10.255.0.1")
        nat.address("outside", "203.0.113.1/24")
        nat.route("default", "203.0.113.254")
        nat.forward()
        nat.run("ip", "link", "add", "inside", "type", "bridge")
        nat.address("inside", "192.168.1.254/24")
        nat.run("ip", "link", "set", "inside", "up")
        self.masquerade("2000-2999")

    def masquerade(self, ports):
        """A NAT table that knows nobody, and gives ports of its own out from now on."""
        self.nat.run("nft", "flush ruleset; add table ip nat; "
                     "add chain ip nat out { type nat hook postrouting priority 100; }; "
                     "add rule ip nat out oifname outside meta l4proto { tcp, udp } "
                     f"masquerade to :{ports} random; "
                     "add rule ip nat out oifname outside masquerade")

    def forget(self, ports):
        """Masquerading drops its connections when their interface goes down."""
        self.nat.run("ip", "link", "set", "outside", "down")
        self.masquerade(ports)
        self.nat.run("ip", "link", "set", "outside", "up")
        self.nat.route("default", "203.0.113.254")

    def branch(self, n):
        node, host = self.lab.node(f"branch-{n}"), self.lab.node(f"host-{n}")
        lab.link(self.nat, f"branch-{n}", node, "isp")
        self.nat.run("ip", "link", "set", f"branch-{n}", "master", "inside")
        lab.link(host, "eth0", node, "lan")
        host.address("eth0", f"10.1.{n}.2/24")
        host.route("default", f"10.1.{n}.1")
        self.write(f"branch-{n}.yaml", BRANCH.format(**self.values(n)))
        return self.lab.daemon(f"branch-{n}")

    def daemons(self):
        return [self.hub] + self.branches

    def stop(self):
        self.lab.stop()


def seen(net):
    """Where the hub sees each branch."""
    rows = net.hub.show("bindings")
    expect({row["seen"] for row in rows} <= {"203.0.113.1"}, f"{rows}")
    return {row["name"]: row["seen_port"] for row in rows}


def reachable(net):
    return sum(net.core.pings(f"10.1.{n}.2") for n in range(1, BRANCHES + 1))


def test_all_register(net):
    start = time.monotonic()
    for daemon in net.daemons():
        daemon.start(ready=0)
    for daemon in net.daemons():
        daemon.wait_ready(30)
    print(f"             {BRANCHES} branches and the hub started and registered in "
          f"{time.monotonic() - start:.1f} s")
    bindings = net.hub.show("bindings")
    expect(len(bindings) == BRANCHES, f"{len(bindings)} are bound")
    expect(all(row["behind_nat"] and row["encapsulation"] == "udp" for row in bindings),
           f"not all behind a NAT by UDP: {bindings}")
    expect(len(set(seen(net).values())) == BRANCHES, f"ports: {seen(net)}")


def test_all_are_reached_from_the_core_and_from_each_other(net):
    expect(reachable(net) == BRANCHES, f"{reachable(net)} of {BRANCHES} hosts answer the core")
    for n in range(1, BRANCHES + 1):
        peer = n % BRANCHES + 1
        expect(net.nodes[f"host-{n}"].pings(f"10.1.{peer}.2", count=2, timeout=3),
               f"host-{n} does not reach host-{peer}")


def test_all_recover_when_the_nat_forgets_them(net):
    before = seen(net)
    expect(all(2000 <= port <= 2999 for port in before.values()), f"{before}")
    net.forget("3000-3999")
    start = time.monotonic()
    lab.wait_for("every branch to be seen at its new port",
                 lambda: len(seen(net)) == BRANCHES and
                 all(3000 <= port <= 3999 for port in seen(net).values()), 40)
    noticed = time.monotonic() - start
    lab.wait_for("every host to answer", lambda: reachable(net) == BRANCHES, 40)
    print(f"             NAT table emptied: all bound from new ports after {noticed:.1f} s, every "
          f"host answers after {time.monotonic() - start:.1f} s")
    after = seen(net)
    expect(not set(before.values()) & set(after.values()), f"{before} {after}")


def test_stale_ports_are_accepted_no_longer(net):
    tunnels = [row for row in net.hub.show("tunnels") if row["encapsulation"] == "udp"]
    expect(len(tunnels) == BRANCHES, f"{len(tunnels)} tunnels for {BRANCHES} branches")


def test_all_recover_when_the_hub_is_killed_and_the_nat_forgets_them(net):
    net.hub.kill()
    net.forget("4000-4999")
    net.hub.start()
    start = time.monotonic()
    lab.wait_for("all branches to be bound", lambda: len(seen(net)) == BRANCHES, 20)
    bound = time.monotonic() - start
    lab.wait_for("every host to answer", lambda: reachable(net) == BRANCHES, 20)
    print(f"             hub killed and started: all bound after {bound:.1f} s, every host answers "
          f"after {time.monotonic() - start:.1f} s")


def test_reloads_touch_only_whom_they_concern(net):
    streams = [lab.Stream(net.nodes[f"host-{n}"], f"10.1.{n + 1}.2", interval=0.02)
               for n in range(1, 8, 2)]
    start = time.monotonic()
    for i in range(RELOADS):
        net.subscribe(range(1, BRANCHES + 1 if i % 2 else BRANCHES))  # the last one goes and comes
        net.hub.ctl("reload")
        bound = {row["name"] for row in net.hub.show("bindings")}
        expect(len(bound - {f"branch-{BRANCHES}"}) == BRANCHES - 1, f"bound: {sorted(bound)}")
    print(f"             {RELOADS} reloads in {time.monotonic() - start:.1f} s")
    for stream in streams:
        stream.stop()
        expect(stream.lost == 0 and stream.doubled == 0,
               f"{stream.name}: {stream.lost} lost, {stream.doubled} doubled")


# --- what seventeen idle daemons cost ---------------------------------------------------------

def pid_of(daemon):
    return daemon.show("version")["pid"]


def seconds_used(daemon):
    with open(f"/proc/{pid_of(daemon)}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(daemon):
    """Ordinary memory that is resident, and hugepages."""
    with open(f"/proc/{pid_of(daemon)}/status", encoding="utf-8") as file:
        sizes = dict(line.split(":", 1) for line in file)
    return tuple(int(sizes[name].split()[0]) / 1024 for name in ("VmRSS", "HugetlbPages"))


def test_idle_daemons_sleep(net):
    before = [seconds_used(daemon) for daemon in net.daemons()]
    start = time.monotonic()
    time.sleep(IDLE_SECONDS)
    took = time.monotonic() - start
    shares = [100 * (seconds_used(daemon) - b) / took for daemon, b in zip(net.daemons(), before)]
    branches = sorted(shares[1:])
    print(f"             idle: hub {shares[0]:.1f} % of a core, branches {branches[0]:.1f} to "
          f"{branches[-1]:.1f} %, all {sum(shares):.0f} %")
    expect(max(shares) < IDLE_MOST, "an idle daemon does not sleep")


def test_memory_of_a_branch(net):
    branch = net.branches[0]  # the one with the capacity that nobody configured
    plain, _ = megabytes(branch)
    print(f"             a branch without hugepages: {plain:.0f} MiB")
    expect(plain < MEMORY_MOST, "too much for a branch")
    if free_hugepages() < MEMORY_MOST:
        print("             with hugepages: not measured, too few are free")
        return
    branch.stop()
    net.lab.haarod_options = []
    branch.start()
    plain, huge = megabytes(branch)
    print(f"             with hugepages: {huge:.0f} MiB of them, and {plain:.0f} MiB")
    expect(0 < huge and plain + huge < MEMORY_MOST, "too much for a branch")


def free_hugepages():
    with open("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", encoding="utf-8") as file:
        return 2 * int(file.read())


def test_all_end_in_order(net):
    for daemon in net.branches:
        daemon.signal(15)
    for daemon in net.branches:
        expect(daemon.process.wait(30) == 0, f"{daemon.name}: {daemon.process.returncode}")
    expect(net.hub.show("bindings") == [], f"still bound: {net.hub.show('bindings')}")


if __name__ == "__main__":
    sys.exit(main([
        test_all_register,
        test_all_are_reached_from_the_core_and_from_each_other,
        test_all_recover_when_the_nat_forgets_them,
        test_stale_ports_are_accepted_no_longer,
        test_all_recover_when_the_hub_is_killed_and_the_nat_forgets_them,
        test_reloads_touch_only_whom_they_concern,
        test_idle_daemons_sleep,
        test_memory_of_a_branch,
        test_all_end_in_order,
    ], Many))
