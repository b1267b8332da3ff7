# SPDX-License-Identifier: BSD-3-Clause
"""What changes under traffic: the configuration, an uplink's device, the daemons themselves."""

import os
import sys
import time

from harness import expect, lab, main
from lab import Stream


def test_everything_is_up(net):
    net.start()
    expect(net.nodes["host-a"].pings("10.3.0.2", count=3, timeout=3), "no way to host-c")


def test_a_reload_of_subscribers_loses_no_packet_of_the_others(net):
    stream = Stream(net.nodes["host-a"], "10.3.0.2", interval=0.01)
    time.sleep(1)
    net.hub.edit("networks: [10.2.0.0/24]", "networks: [10.2.0.0/24, 10.22.0.0/24]",
                 "subscribers.yaml")
    net.hub.ctl("reload")
    time.sleep(1)
    net.hub.signal(1)  # SIGHUP does the same
    time.sleep(1)
    stream.stop()
    expect(stream.lost == 0, f"{stream.lost} lost")
    expect(stream.doubled == 0, f"{stream.doubled} doubled")


def test_a_bad_file_changes_nothing_and_says_why(net):
    stream = Stream(net.nodes["host-a"], "10.3.0.2", interval=0.01)
    net.hub.edit("home-networks: [192.0.2.0/24]", "home-netwroks: [192.0.2.0/24]")
    result = net.hub.ctl("reload", check=False)
    net.hub.edit("home-netwroks", "home-networks")
    time.sleep(0.5)
    stream.stop()
    expect(result.returncode != 0, "a bad file was accepted")
    expect("home-netwroks" in result.stdout and "hub.yaml:" in result.stdout, result.stdout)
    expect(len(net.hub.show("bindings")) == 3, "a binding was lost")
    expect(stream.lost == 0, f"{stream.lost} lost")


def test_clear_binding_revokes_and_the_branch_comes_back(net):
    net.hub.ctl("clear", "binding", "192.0.2.3")
    lab.wait_for("branch-c to notice the revocation",
                 lambda: net.c.show("registration")["state"] != "registered", 5)
    lab.wait_for("branch-c to be back", lambda: net.nodes["host-c"].pings("10.255.0.2"), 45)


def test_handover_when_the_uplink_device_is_deleted_and_made_again(net):
    def uplink():
        return net.c.show("registration")["uplink"]

    lab.wait_for("the first uplink", lambda: uplink() == "isp-1", 60)
    net.nodes["branch-c"].run("ip", "link", "delete", "isp1")
    took = lab.wait_for("traffic by the second uplink",
                        lambda: uplink() == "isp-2" and net.nodes["host-c"].pings("10.255.0.2"), 20)
    print(f"             device deleted: traffic by the second uplink after {took:.1f} s")
    lab.link(net.nodes["inet"], "isp1", net.nodes["branch-c"], "isp1")
    net.nodes["inet"].address("isp1", "198.18.1.254/24")
    took = lab.wait_for("the first uplink again",
                        lambda: uplink() == "isp-1" and net.nodes["host-c"].pings("10.255.0.2"), 90)
    print(f"             device made again: back on the first uplink after {took:.1f} s")


def test_a_killed_daemon_starts_again_over_its_own_remains(net):
    for daemon in (net.a, net.hub):
        daemon.kill()
        daemon.start()
    lab.wait_for("host-a to reach host-c", lambda: net.nodes["host-a"].pings("10.3.0.2"), 20)


def test_nothing_is_left_after_an_orderly_end(net):
    for daemon in (net.a, net.b, net.c, net.hub):
        expect(daemon.stop() == 0, f"{daemon.name}: status {daemon.process.returncode}")
    left = [os.path.join(root, name) for top in ("/run/haaro", "/run/dpdk", "/dev/hugepages")
            for root, _, names in os.walk(top) for name in names]
    expect(not left, f"left behind: {left}")


if __name__ == "__main__":
    sys.exit(main([
        test_everything_is_up,
        test_a_reload_of_subscribers_loses_no_packet_of_the_others,
        test_a_bad_file_changes_nothing_and_says_why,
        test_clear_binding_revokes_and_the_branch_comes_back,
        test_handover_when_the_uplink_device_is_deleted_and_made_again,
        test_a_killed_daemon_starts_again_over_its_own_remains,
        test_nothing_is_left_after_an_orderly_end,
    ]))
