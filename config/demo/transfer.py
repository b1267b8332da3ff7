# SPDX-License-Identifier: BSD-3-Clause
"""Sends or receives a stream of bytes by TCP and prints its SHA-256 and the rate.

    transfer.py receive PORT              waits for one stream
    transfer.py send ADDRESS PORT BYTES SEED
"""

import hashlib
import random
import socket
import sys
import time

CHUNK = 1 << 20


def receive(port):
    listener = socket.create_server(("0.0.0.0", port))
    listener.settimeout(120)
    connection, _ = listener.accept()
    connection.settimeout(120)
    digest, total, start = hashlib.sha256(), 0, time.monotonic()
    while data := connection.recv(CHUNK):
        digest.update(data)
        total += len(data)
    return digest, total, time.monotonic() - start


def send(address, port, size, seed):
    source, digest = random.Random(seed), hashlib.sha256()
    connection = socket.create_connection((address, port), timeout=120)
    start, left = time.monotonic(), size
    while left:
        data = source.randbytes(min(CHUNK, left))
        connection.sendall(data)
        digest.update(data)
        left -= len(data)
    connection.close()
    return digest, size, time.monotonic() - start


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        outcome = receive(int(sys.argv[2]))
    else:
        outcome = send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    print(outcome[0].hexdigest(), outcome[1], f"{outcome[1] * 8 / 1e6 / outcome[2]:.0f}")
