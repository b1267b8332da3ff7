# SPDX-License-Identifier: BSD-3-Clause
"""Packets per second of haarod over those of testpmd on the same file, interleaved in one run.

Each arm is a process with one worker on CPU 1: a pcap file as an endless source, a null port as the
sink, bursts of 64. The arms take turns; a window is a second; the figure is the ratio of medians.
A run in which an arm's windows differ by more than a tenth is void, and says so.
"""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time

import traffic

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TURNS, WINDOWS, VOID = 5, 2, 0.10

# goal: (text, what, tunnels, base arm or None for testpmd, goal, is a growth of cycles)
GOALS = {
    "G1": ("IPIP encapsulation over testpmd, 1k tunnels", "encap", 1000, None, 0.55),
    "G3": ("decapsulation, check, lookup over testpmd, 1k", "decap", 1000, None, 0.50),
    "G5e": ("cycles at 10k tunnels over at 1, encapsulation", "encap", 10000, 1, 1.25),
    "G5d": ("cycles at 10k tunnels over at 1, decapsulation", "decap", 10000, 1, 1.25),
}


class Arm:
    """A measured process: start(), window() -> packets per second, stop()."""

    def __init__(self, directory, kind, count):
        self.file = os.path.join(directory, f"{kind}-{count}.pcap")
        self.directory, self.kind, self.count = directory, kind, count
        if not os.path.exists(self.file):
            traffic.write_pcap(self.file, traffic.frames(kind, count, False))

    def stop(self):
        self.process.send_signal(signal.SIGINT if self.name == "testpmd" else signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Testpmd(Arm):
    name = "testpmd"

    def start(self):
        self.process = subprocess.Popen(
            ["dpdk-testpmd", "--lcores", "0@0,1@1", "--no-telemetry", "--no-pci", "--in-memory",
             "-m", "1024", f"--vdev=net_pcap0,rx_pcap={self.file},infinite_rx=1",
             "--vdev=net_null1,copy=0,no-rx=1", "--", "--burst=64", "--total-num-mbufs=262144",
             "--forward-mode=macswap", "--no-mlockall", "--stats-period=1", "--auto-start"],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2):  # the first periods hold the start
            self.window()

    def window(self):
        in_port_1 = False
        for line in self.process.stdout:
            if "NIC statistics for port" in line:
                in_port_1 = "port 1" in line
            match = re.search(r"Tx-pps:\s+(\d+)", line)
            if match and in_port_1:
                return int(match.group(1))
        raise SystemExit("testpmd ended before it was measured")


class Haarod(Arm):
    name = "haarod"

    def start(self):
        source = f"net_pcap0,rx_pcap={self.file},infinite_rx=1"
        sink = "net_null1,copy=0,no-rx=1"
        ports = [sink, source] if self.kind == "encap" else [source, sink]
        conf = os.path.join(self.directory, f"{self.kind}-{self.count}.yaml")
        with open(conf, "w") as file:
            file.write(traffic.configuration(self.count, False, ports))
        self.log = open(os.path.join(self.directory, "haarod.log"), "w+")
        self.process = subprocess.Popen([os.path.join(TOP, "build", "haarod"), conf],
                                        stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while self.ctl("wait-ready", "--timeout", "1").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise SystemExit("haarod did not start:\n" + self.log.read())
        time.sleep(1)

    def ctl(self, *words):
        return subprocess.run([os.path.join(TOP, "build", "control", "cli", "haaroctl"), "--socket",
                               "/run/haaro/perf.sock", *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def sent(self):
        out = "wan" if self.kind == "encap" else "core"
        ports = json.loads(self.ctl("--json", "show", "ports").stdout)
        return next(p["sent_packets"] for p in ports if p["port"] == out), time.monotonic()

    def window(self):
        before, start = self.sent()
        time.sleep(1)
        after, end = self.sent()
        if after == before:
            raise SystemExit("haarod sends nothing:\n" + self.ctl("show", "drops").stdout)
        return (after - before) / (end - start)


def measure(arms):
    """Windows of each arm, taken in turns."""
    windows = [[] for _ in arms]
    for turn in range(TURNS):
        for arm, taken in zip(arms, windows):
            arm.start()
            taken += [arm.window() for _ in range(WINDOWS)]
            arm.stop()
        print(f"\r  turn {turn + 1} of {TURNS}", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 20 + "\r", end="", file=sys.stderr, flush=True)
    return windows


def spread(windows):
    return 1 - min(windows) / max(windows)


def cycles(rate):
    return tsc_hz() / rate


def tsc_hz():
    text = open("/proc/cpuinfo").read()
    return float(re.search(r"cpu MHz\s*: ([\d.]+)", text).group(1)) * 1e6


def machine():
    text = open("/proc/cpuinfo").read()
    model = re.search(r"model name\s*: (.*)", text).group(1)
    return f"{model}, {os.cpu_count()} CPUs, {tsc_hz() / 1e9:.2f} GHz, kernel {os.uname().release}"


def main(directory, names):
    print(f"{machine()}; 64-byte frames, one worker on CPU 1\n")
    if os.getloadavg()[0] > 0.7:
        print(f"NOT QUIET: load {os.getloadavg()[0]:.2f} before the start; figures move by 2x\n")
    print(f"{'goal':5}{'what':48}{'base':>14}{'haarod':>14}{'ratio':>8}{'goal':>9}  verdict")
    missed = 0
    for name in names or GOALS:
        text, kind, count, base, goal = GOALS[name]
        ours = Haarod(directory, kind, count)
        against = Haarod(directory, kind, base) if base else Testpmd(directory, kind, count)
        theirs, mine = measure([against, ours])
        rates = statistics.median(theirs), statistics.median(mine)
        ratio = rates[0] / rates[1] if base else rates[1] / rates[0]
        met = ratio <= goal if base else ratio >= goal
        worst = max(spread(theirs), spread(mine))
        verdict = f"void ({worst:.0%} apart)" if worst > VOID else "met" if met else "missed"
        missed += verdict != "met"
        cells = [f"{rate / 1e6:.1f} M {cycles(rate):4.0f} c" for rate in rates]
        print(f"{name:5}{text:48}{cells[0]:>14}{cells[1]:>14}{ratio:8.2f}"
              f"{'<=' if base else '>=':>4} {goal:4.2f}  {verdict}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
