# SPDX-License-Identifier: BSD-3-Clause
"""rtnetlink for real: carrier lost and back, the device deleted and made again, seen by name.

    carrier.py HAAROD HAAROCTL

Needs root: moves into a network namespace of its own. HAAROD stands on tables of plain arrays.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

HAAROD, HAAROCTL = (os.path.abspath(path) for path in sys.argv[1:3])
HUB = """
version: 1
name: hub
role: home-agent
ports:
  - {name: wan, device: "net_af_packet0,iface=wan0", addresses: [198.51.100.1/24]}
  - {name: core, device: "net_af_packet1,iface=core0", addresses: [10.255.0.1/24]}
home-agent: {address: 198.51.100.1, home-networks: [192.0.2.0/24]}
metrics: {listen: ""}
"""


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def make(name):
    ip("link", "add", name, "type", "veth", "peer", "name", name + "-far")
    ip("link", "set", name, "up")
    ip("link", "set", name + "-far", "up")


def wait(what, condition):
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"not seen within 10 s: {what}")
        time.sleep(0.05)
    print("seen:", what)


def main(directory):
    path, sock = os.path.join(directory, "hub.yaml"), os.path.join(directory, "hub.sock")
    with open(path, "w") as file:
        file.write(HUB + f"control-socket: {{path: {sock}}}\n")
    make("wan0")
    make("core0")
    daemon = subprocess.Popen([HAAROD, path])
    try:
        subprocess.run([HAAROCTL, "-s", sock, "wait-ready"], check=True)

        def state(port):
            out = subprocess.run([HAAROCTL, "-s", sock, "--json", "show", "ports"], check=True,
                                 stdout=subprocess.PIPE).stdout
            return next(row["state"] for row in json.loads(out) if row["port"] == port)

        wait("wan up", lambda: state("wan") == "up")
        ip("link", "set", "wan0-far", "down")
        wait("wan down: no carrier", lambda: state("wan") == "down")
        ip("link", "set", "wan0-far", "up")
        wait("wan up again", lambda: state("wan") == "up")
        ip("link", "del", "wan0")
        wait("wan gone", lambda: state("wan") == "gone")
        make("wan0")
        wait("wan back under its name", lambda: state("wan") == "up")
        ip("link", "set", "wan0", "down")
        ip("link", "set", "wan0", "name", "old0")
        wait("wan renamed away", lambda: state("wan") == "gone")
        if state("core") != "up":
            sys.exit("core is not up, though nothing happened to it")
    finally:
        daemon.terminate()
        if daemon.wait(10) != 0:
            sys.exit("haarod did not end well")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root")
        sys.exit(77)
    if os.environ.get("HAARO_TEST_NETNS") != "own":
        os.environ["HAARO_TEST_NETNS"] = "own"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory(prefix="haaro-carrier-") as place:
        main(place)
