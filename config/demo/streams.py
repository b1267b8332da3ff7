# SPDX-License-Identifier: BSD-3-Clause
"""Steady traffic in the background, and what a user of it saw: losses, doubles, gaps, delays."""

import os
import re
import signal
import subprocess
import threading

FLOW = os.path.join(os.path.dirname(os.path.abspath(__file__)), "flow.py")


class Stream:
    """A ping at a steady rate in the background; what was lost, doubled, and the longest gap."""

    REPLY = re.compile(r"^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+) "
                       r".*time=(\S+) ms( \(DUP!\))?$")

    def __init__(self, node, address, interval=0.05, count=None, size=56):
        self.name = f"{node.name} -> {address}"
        self.interval = interval
        command = ["ping", "-n", "-D", "-i", str(interval), "-W", "2", "-s", str(size)]
        if count:
            command += ["-c", str(count)]
        self.process = node.popen(*command, address, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        self.times, self.rtts, self.sequences, self.doubled = [], [], set(), 0
        self.count = count
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            reply = self.REPLY.match(line.strip())
            if not reply:
                continue
            sequence = int(reply.group(2))
            if reply.group(4) or sequence in self.sequences:
                self.doubled += 1
                continue
            self.sequences.add(sequence)
            self.times.append(float(reply.group(1)))
            self.rtts.append(float(reply.group(3)))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.reader.join(10)

    def finish(self, seconds):
        """Waits for a counted stream to end."""
        self.process.wait(seconds)
        self.reader.join(10)

    @property
    def lost(self):
        expected = self.count or (max(self.sequences) if self.sequences else 1)
        return expected - len(self.sequences)

    def longest_gap(self, since=0.0):
        """Seconds between two answers in a row, less the interval: the outage a user saw."""
        times = [t for t in self.times if t >= since]
        gaps = [b - a for a, b in zip(times, times[1:])]
        return max(0.0, max(gaps, default=0.0) - self.interval)

    def answered_since(self, moment):
        return any(t > moment for t in self.times[-3:])


class Way:
    """What arrived in one direction of a Flow."""

    def __init__(self, name, process, interval):
        self.name, self.process, self.interval = name, process, interval
        self.arrivals = []  # (time, sequence, transit)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            when, sequence, transit = line.split()
            self.arrivals.append((float(when), int(sequence), float(transit)))

    def between(self, since, until):
        return [a for a in list(self.arrivals) if since <= a[0] <= until]

    def longest_gap(self, since, until):
        """Seconds without an arrival, the window's edges included, less the interval."""
        times = [since] + sorted(a[0] for a in self.between(since, until)) + [until]
        return max(0.0, max(b - a for a, b in zip(times, times[1:])) - self.interval)

    def lost(self, since, until):
        sequences = {a[1] for a in self.between(since, until)}
        return max(sequences) - min(sequences) + 1 - len(sequences) if sequences else 0

    def doubled(self):
        arrivals = list(self.arrivals)
        return len(arrivals) - len({a[1] for a in arrivals})

    def transit(self, since, until):
        """The median, in milliseconds."""
        transits = sorted(a[2] for a in self.between(since, until))
        return 1000 * transits[len(transits) // 2] if transits else float("nan")


class Flow:
    """A steady UDP stream both ways between two hosts."""

    def __init__(self, a, address_a, b, address_b, rate=200, size=100, port=7100):
        def end(node, peer):
            return node.popen("/usr/bin/python3", FLOW, peer, str(port), str(rate), str(size),
                              stdout=subprocess.PIPE)

        self.there = Way(f"{a.name} -> {b.name}", end(b, address_a), 1 / rate)
        self.back = Way(f"{b.name} -> {a.name}", end(a, address_b), 1 / rate)
        self.ways = (self.there, self.back)

    def stop(self):
        for way in self.ways:
            way.process.terminate()
        for way in self.ways:
            way.process.wait(10)
            way.reader.join(10)
