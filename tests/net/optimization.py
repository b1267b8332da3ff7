# SPDX-License-Identifier: BSD-3-Clause
"""Direct paths between branches (RFC 6521): made, proven, cut, moved, left; with the project's
dissector as the judge of the signalling. The demo's second act does the same at greater length."""

import os
import sys
import time

from harness import TOP, expect, lab, main, metrics
from lab import Stream
from optimizing import RECOVERY, Optimizing, Strict

import act_cuts
import act_optimization as optimization
from act import HOSTS

sys.path.insert(0, os.path.join(TOP, "tests", "interop"))

import judge  # noqa: E402

SAID = {"HoTI", "HoT", "CoTI", "CoT", "request", "reply",
        "153/1", "49/1", "50/1", "49/2", "49/3"}


def test_the_hub_grants_it_to_every_branch(net):
    # All signalling passes the hub's link; what is larger is a transfer's.
    net.wire = net.capture("inet", "hub", "(udp port 434 or proto 4) and less 600")
    net.start()
    for branch in net.branches:
        lab.wait_for(f"{branch.name} to have the hub's word",
                     lambda b=branch: optimization.granted(b), 10)


def test_the_first_packets_go_by_the_hub_the_others_directly(net):
    optimization.first_packets(net.lab, net.nodes, Strict)


def test_both_directions_are_direct(net):
    expect(net.is_direct(), "only one end of the path is direct")
    net.prove(("host-c", "198.18.1.30"), ("host-d", "198.18.3.40"), "isp1")
    net.prove(("host-d", "198.18.3.40"), ("host-c", "198.18.1.30"), "isp3")


def test_a_branch_behind_a_nat_and_an_open_one(net):
    optimization.behind_nat(net.lab, net.nodes, Strict)


def test_two_branches_behind_a_nat_stay_on_the_hub(net):
    """One of the two was the second to say to the hub that it is behind one, and knows of both."""
    optimization.two_behind_nat(net.lab, net.nodes, Strict)


def test_cut_paths_fall_back_and_return(net):
    paths = act_cuts.cuts()
    for i, cut in enumerate(paths):
        cut.start(net.nodes, 7101 + i)
    try:
        lab.wait_for("the paths to be direct", lambda: act_cuts.direct(net.lab, paths), 20)
        time.sleep(1)
        act_cuts.cut_once(net.lab, net.nodes, paths)
        act_cuts.come_back(net.lab, Strict, paths)
    finally:
        for cut in paths:
            cut.flow.stop()
    for cut in paths:
        Strict.check(max(cut.worst) < act_cuts.WORST, f"{cut.title}: outage {cut.worst[0]:.2f} s, "
                                                      f"{cut.worst[1]:.2f} s")
        expect(not any(way.doubled() for way in cut.flow.ways), f"{cut.title}: packets doubled")


OF_PEER = [  # (sample, its labels behind peer, field of show ro sessions)
    ("handovers_total", "", "handovers"), ("falls_total", "", "falls"),
    ("outage_ms_total", "", "outage_ms"),
    *(("direct", f',direction="{way}"', way) for way in ("out", "in")),
    *((f"{unit}_total", f',direction="{way}",path="{path}"', f"{what}_{path}_{unit}")
      for unit in ("packets", "bytes") for path in ("direct", "hub")
      for way, what in (("out", "sent"), ("in", "received")))]


def of_peers(daemon):
    """What show ro sessions says, by the names that OpenMetrics gives it."""
    def value(row, field):
        return int(row[field] == "direct") if field in ("out", "in") else row[field]

    return {f'haaro_ro_session_{sample}{{peer="{peer}"{labels}}}': value(row, field)
            for peer, row in daemon.peers().items() for sample, labels, field in OF_PEER}


def test_metrics_are_the_sessions(net):
    """After falls, at every branch: each number of each peer, and no other."""
    for branch in net.branches:
        before, (served, _), after = of_peers(branch), metrics(branch), of_peers(branch)
        served = {name: value for name, value in served.items() if "{peer=" in name}
        expect(served.keys() == before.keys() == after.keys(), f"{branch.name}: {served}, {before}")
        for name, value in served.items():
            low, high = sorted((before[name], after[name]))
            expect(low <= value <= high, f"{branch.name}: {name} {value}, shown {low} to {high}")
        for family in ("packets_total", "bytes_total", "falls_total", "outage_ms_total"):
            expect(any(value > 0 for name, value in served.items() if family in name),
                   f"{branch.name}: no {family}: {served}")


def test_a_transfer_survives_a_change_of_uplink(net):
    optimization.handover(net.lab, net.nodes, Strict)


def test_both_ends_move_at_once(net):
    optimization.move_both(net.lab, net.nodes, Strict)


def test_a_branch_that_was_killed_is_direct_again(net):
    for link in ("isp1", "isp2", "isp3", "isp4"):
        net.nodes["inet"].run("ip", "link", "set", link, "up")
    net.d.kill()
    net.d.start()
    took = optimization.become_direct(net.lab, net.nodes, "host-d", "host-c", RECOVERY)
    print(f"             direct {took:.1f} s after the restart")
    expect(net.nodes["host-c"].pings(HOSTS["host-d"], count=5), "no traffic")


def test_switched_off_by_a_reload_it_goes_by_the_hub(net):
    stream = Stream(net.nodes["host-c"], HOSTS["host-d"], interval=0.01)
    time.sleep(0.5)
    net.c.edit(optimization.WORD + "true", optimization.WORD + "false")
    net.c.ctl("reload")
    lab.wait_for("both ends to be on the hub", lambda: not net.c.is_direct("192.0.2.4") and
                 not net.d.is_direct("192.0.2.3"), 10)
    time.sleep(0.5)
    net.c.edit(optimization.WORD + "false", optimization.WORD + "true")
    net.c.ctl("reload")
    lab.wait_for("the path to be direct again", net.is_direct, RECOVERY)
    time.sleep(0.5)
    stream.stop()
    expect(stream.lost == 0 and stream.doubled == 0,
           f"{stream.lost} lost, {stream.doubled} doubled")


def test_a_branch_that_leaves_tells_its_peers(net):
    expect(net.d.stop() == 0, f"status {net.d.process.returncode}")
    row = net.c.peers().get("192.0.2.4", {})
    expect("direct" not in (row.get("out"), row.get("in")), f"branch-c: {row}")
    for branch in net.branches[:3]:
        expect(branch.stop() == 0, f"{branch.name}: status {branch.process.returncode}")
    expect(net.hub.show("bindings") == [], "still bound")


def test_the_dissector_has_no_complaint_about_the_signalling(net):
    net.wire.stop()
    seen, complaints = judge.judge(net.wire.path)
    print("             " + ", ".join(f"{n} {what}" for what, n in sorted(seen.items())))
    expect(not complaints, "\n".join(complaints[:10]))
    expect(SAID <= set(seen), f"not seen: {SAID - set(seen)}")


if __name__ == "__main__":
    sys.exit(main([
        test_the_hub_grants_it_to_every_branch,
        test_the_first_packets_go_by_the_hub_the_others_directly,
        test_both_directions_are_direct,
        test_a_branch_behind_a_nat_and_an_open_one,
        test_two_branches_behind_a_nat_stay_on_the_hub,
        test_cut_paths_fall_back_and_return,
        test_metrics_are_the_sessions,
        test_a_transfer_survives_a_change_of_uplink,
        test_both_ends_move_at_once,
        test_a_branch_that_was_killed_is_direct_again,
        test_switched_off_by_a_reload_it_goes_by_the_hub,
        test_a_branch_that_leaves_tells_its_peers,
        test_the_dissector_has_no_complaint_about_the_signalling,
    ], Optimizing))
