# SPDX-License-Identifier: BSD-3-Clause
"""A network of namespaces on one machine: nodes, links, haarod processes, measurements.

Everything lives in the network, mount and process namespaces that config/demo/isolated makes
around it, so nothing can leak out and nothing stays behind. Used by the demo and by tests/net.
Measurements of traffic are in streams.py.
"""

import json
import os
import shutil
import signal
import subprocess
import time

from streams import Flow, Stream  # noqa: F401 (for those who measure in the lab)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONF = os.path.join(TOP, "config", "demo", "conf")


class Failed(Exception):
    """Something that the lab expected did not happen; the text says what."""


def run(*command, check=True, timeout=60, **kwargs):
    result = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=timeout, **kwargs)
    if check and result.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {result.returncode}\n{result.stdout}")
    return result


def wait_for(what, condition, seconds):
    """Waits for condition() to be true; returns how long that took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise Failed(f"waited {seconds} s for {what}")
        time.sleep(0.05)
    return time.monotonic() - start


class Node:
    """A network namespace that plays a host, a router or the machine of a haarod."""

    def __init__(self, name):
        self.name = name
        run("ip", "netns", "add", name)
        # No IPv6: its neighbour discovery would move counters that tests compare.
        self.sysctl("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self.run("ip", "link", "set", "lo", "up")

    def command(self, *command):
        return ["ip", "netns", "exec", self.name, *command]

    def run(self, *command, **kwargs):
        return run(*self.command(*command), **kwargs)

    def popen(self, *command, **kwargs):
        return subprocess.Popen(self.command(*command), text=True, **kwargs)

    def sysctl(self, *settings):
        self.run("sysctl", "-qw", *settings)

    def forward(self):
        self.sysctl("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0",
                    "net.ipv4.conf.default.rp_filter=0")

    def address(self, interface, *addresses):
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", interface)

    def route(self, to, via):
        self.run("ip", "route", "add", to, "via", via)

    def pings(self, address, count=1, timeout=1):
        result = self.run("ping", "-n", "-q", "-c", str(count), "-i", "0.05", "-W", str(timeout),
                          address, check=False)
        return result.returncode == 0


def link(a, interface_a, b, interface_b, mtu=1500):
    """A veth pair. Offloads are off: a packet must leave a host as it would leave a wire."""
    run("ip", "link", "add", "name", interface_a, "netns", a.name, "mtu", str(mtu), "type", "veth",
        "peer", "name", interface_b, "netns", b.name, "mtu", str(mtu))
    for node, interface in ((a, interface_a), (b, interface_b)):
        node.run("ethtool", "-K", interface, "tx", "off", "gso", "off", "tso", "off", "gro", "off")
        node.run("ip", "link", "set", interface, "up")


class Capture:
    """What crosses an interface from now on, for tshark to read."""

    def __init__(self, node, interface, path, *expression):
        self.path = path
        self.process = node.popen("tcpdump", "-i", interface, "-n", "-U", "--immediate-mode", "-Z",
                                  "root", "-w", path, *expression, stderr=subprocess.PIPE)
        self.process.stderr.readline()  # "listening on": from here on nothing is missed

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()

    def decode(self, display, *fields):
        """Stops, and says what tshark makes of it: a list of tuples of the fields."""
        self.stop()
        # Whatever port a NAT gave a router, it is Mobile IP.
        command = ["tshark", "-n", "-d", "udp.port==1-433,mip", "-r", self.path, "-Y", display,
                   "-T", "fields"]
        for field in fields:
            command += ["-e", field]
        return [tuple(line.split("\t")) for line in run(*command).stdout.splitlines()
                if line and "Running as user" not in line]


class Daemon:
    """A haarod in a node, with its log in the lab's directory."""

    def __init__(self, lab, node, name):
        self.lab, self.node, self.name = lab, node, name
        self.conf = os.path.join(lab.directory, name + ".yaml")
        self.log = os.path.join(lab.directory, name + ".log")
        self.process = None

    def start(self, ready=20):
        with open(self.log, "a") as log:
            self.process = self.node.popen(self.lab.haarod, *self.lab.haarod_options, self.conf,
                                           stdout=log, stderr=subprocess.STDOUT)
        if ready:
            self.wait_ready(ready)

    def wait_ready(self, seconds):
        def ready():
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended with status {self.process.returncode}:\n"
                             + self.tail())
            return self.ctl("wait-ready", "--timeout", "1", check=False).returncode == 0

        return wait_for(f"{self.name} to be ready (see {self.log})", ready, seconds)

    def ctl(self, *words, check=True):
        socket = f"/run/haaro/{self.name}.sock"
        return run(self.lab.haaroctl, "--socket", socket, *words, check=check)

    def show(self, *words):
        return json.loads(self.ctl("--json", "show", *words).stdout)

    def peers(self):
        """What it says of each router that it has to do with directly, by home address."""
        return {row["home_address"]: row for row in self.show("ro", "sessions")}

    def is_direct(self, home_address):
        return self.peers().get(home_address, {}).get("out") == "direct"

    def edit(self, old, new, name=None):
        """Changes its configuration, or another file of it; reload or start makes it so."""
        path = os.path.join(self.lab.directory, name or os.path.basename(self.conf))
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if old not in text:
            raise Failed(f"{path} has no {old!r}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self, seconds=15):
        """SIGTERM; returns the exit status."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def tail(self, lines=15):
        with open(self.log) as log:
            return "".join(log.readlines()[-lines:])


class Lab:
    def __init__(self, directory, build=None):
        build = build or os.path.join(TOP, "build")
        self.directory = directory
        self.haarod = os.path.join(build, "haarod")
        self.haaroctl = os.path.join(build, "control", "cli", "haaroctl")
        self.haarod_options = []
        self.nodes, self.daemons = {}, {}
        os.makedirs(directory, exist_ok=True)
        os.makedirs("/run/haaro", exist_ok=True)
        for name in os.listdir(CONF):
            target = os.path.join(directory, name)
            shutil.copyfile(os.path.join(CONF, name), target)
            os.chmod(target, 0o600)

    def node(self, name):
        self.nodes[name] = Node(name)
        return self.nodes[name]

    def daemon(self, name):
        self.daemons[name] = Daemon(self, self.nodes[name], name)
        return self.daemons[name]

    def stop(self):
        for daemon in reversed(list(self.daemons.values())):
            try:
                daemon.stop()
            except subprocess.TimeoutExpired:
                daemon.kill()


def internet(lab):
    """The topology of the demo, as topology.txt draws it, up to branch-c."""
    nodes = ("inet", "nat", "switch", "hub", "core", "branch-a", "branch-b", "branch-c",
             "host-a", "router-a", "host-a2", "host-b", "host-c")
    n = {name: lab.node(name) for name in nodes}

    link(n["inet"], "hub", n["hub"], "wan")
    link(n["inet"], "nat", n["nat"], "outside")
    link(n["inet"], "isp1", n["branch-c"], "isp1")
    link(n["inet"], "isp2", n["branch-c"], "isp2")
    n["inet"].address("hub", "198.51.100.254/24")
    n["inet"].address("nat", "203.0.113.254/24")
    n["inet"].address("isp1", "198.18.1.254/24")
    n["inet"].address("isp2", "198.18.2.254/24")
    # Who asks for a direct path speaks to home addresses natively, too (RFC 6521, section 3.3).
    n["inet"].route("192.0.2.0/24", "198.51.100.1")
    n["inet"].forward()

    # One NAT with two branches on a switch behind it.
    n["nat"].address("outside", "203.0.113.1/24")
    n["nat"].route("default", "203.0.113.254")
    n["nat"].forward()
    n["nat"].run("ip", "link", "add", "inside", "type", "bridge")
    n["nat"].address("inside", "192.168.1.254/24")
    n["nat"].run("ip", "link", "set", "inside", "up")
    for branch in ("branch-a", "branch-b"):
        link(n["nat"], branch, n[branch], "isp")
        n["nat"].run("ip", "link", "set", branch, "master", "inside")
    n["nat"].run("nft", "add table ip nat; "
                 "add chain ip nat out { type nat hook postrouting priority 100; }; "
                 "add rule ip nat out oifname outside masquerade")

    # The branches' LANs; behind branch-a a router with a second subnet.
    link(n["host-b"], "eth0", n["branch-b"], "lan")
    link(n["host-c"], "eth0", n["branch-c"], "lan")
    n["host-b"].address("eth0", "10.2.0.2/24")
    n["host-c"].address("eth0", "10.3.0.2/24")
    n["host-b"].route("default", "10.2.0.1")
    n["host-c"].route("default", "10.3.0.1")
    n["switch"].run("ip", "link", "add", "lan", "type", "bridge")
    n["switch"].run("ip", "link", "set", "lan", "up")
    for name, interface in (("host-a", "eth0"), ("router-a", "eth0"), ("branch-a", "lan")):
        link(n["switch"], name, n[name], interface)
        n["switch"].run("ip", "link", "set", name, "master", "lan")
    n["host-a"].address("eth0", "10.1.0.2/24")
    n["host-a"].route("default", "10.1.0.1")
    n["router-a"].address("eth0", "10.1.0.9/24")
    n["router-a"].forward()
    n["router-a"].route("default", "10.1.0.1")
    link(n["router-a"], "eth1", n["host-a2"], "eth0")
    n["router-a"].address("eth1", "10.1.64.1/24")
    n["host-a2"].address("eth0", "10.1.64.2/24")
    n["host-a2"].route("default", "10.1.64.1")

    # The data centre.
    link(n["core"], "eth0", n["hub"], "core")
    n["core"].address("eth0", "10.255.0.2/24")
    n["core"].route("default", "10.255.0.1")

    for name in ("hub", "branch-a", "branch-b", "branch-c"):
        lab.daemon(name)
    return n


def join(lab, n):
    """branch-d, with two uplinks like branch-c, and a host behind it."""
    for name in ("branch-d", "host-d"):
        n[name] = lab.node(name)
    for i, uplink in ((3, "isp1"), (4, "isp2")):
        link(n["inet"], f"isp{i}", n["branch-d"], uplink)
        n["inet"].address(f"isp{i}", f"198.18.{i}.254/24")
    link(n["host-d"], "eth0", n["branch-d"], "lan")
    n["host-d"].address("eth0", "10.4.0.2/24")
    n["host-d"].route("default", "10.4.0.1")
    return lab.daemon("branch-d")
