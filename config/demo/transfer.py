# SPDX-License-Identifier: BSD-3-Clause
"""Sends or receives a stream of bytes by TCP; prints its SHA-256, its length, the rate in Mbit/s
and the longest pause in seconds.

    transfer.py receive PORT              waits for one stream
    transfer.py send ADDRESS PORT BYTES SEED
"""

import hashlib
import random
import socket
import sys
import time

CHUNK = 1 << 20


class Progress:
    """Digests what passes, and notes how long nothing did."""

    def __init__(self):
        self.digest, self.total, self.pause = hashlib.sha256(), 0, 0.0
        self.start = self.last = time.monotonic()

    def add(self, data):
        now = time.monotonic()
        self.pause, self.last = max(self.pause, now - self.last), now
        self.digest.update(data)
        self.total += len(data)

    def line(self):
        rate = self.total * 8 / 1e6 / (time.monotonic() - self.start)
        return f"{self.digest.hexdigest()} {self.total} {rate:.0f} {self.pause:.3f}"


def receive(port):
    listener = socket.create_server(("0.0.0.0", port))
    listener.settimeout(120)
    connection, _ = listener.accept()
    connection.settimeout(120)
    progress = Progress()
    while data := connection.recv(CHUNK):
        progress.add(data)
    return progress


def send(address, port, size, seed):
    source, left = random.Random(seed), size
    connection = socket.create_connection((address, port), timeout=120)
    progress = Progress()
    while left:
        data = source.randbytes(min(CHUNK, left))
        connection.sendall(data)
        progress.add(data)
        left -= len(data)
    connection.close()
    return progress


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        outcome = receive(int(sys.argv[2]))
    else:
        outcome = send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    print(outcome.line())
