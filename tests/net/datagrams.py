# SPDX-License-Identifier: BSD-3-Clause
"""A pair that compares datagrams octet by octet: `datagrams.py serve` sends back what it receives,
`datagrams.py ADDRESS SIZE` sends one datagram of each size from 1 to SIZE and expects its echo."""

import socket
import sys

PORT = 7007
WINDOW = 8  # on their way at once: fragments of all of them fit into every queue
TIMEOUT = 3.0


def content(size):
    """Octets that belong to this size and to their place."""
    pattern = bytes((size * 7 + i * 13 + (i >> 8)) & 0xff for i in range(min(size, 4096)))
    head = size.to_bytes(2, "big")
    return (head + pattern * (size // len(pattern) + 1))[:size] if size > 1 else b"\1"


def serve(endpoint):
    endpoint.bind(("", PORT))
    print("ready", flush=True)
    while True:
        data, peer = endpoint.recvfrom(65536)
        endpoint.sendto(data, peer)


def receive(endpoint, missing):
    data = endpoint.recv(65536)
    if missing.pop(len(data), None) != data:
        raise SystemExit(f"an echo of {len(data)} octets that was not sent so")


def send(endpoint, address, most):
    missing = {}
    endpoint.connect((address, PORT))
    endpoint.settimeout(TIMEOUT)
    try:
        for size in range(1, most + 1):
            missing[size] = content(size)
            endpoint.send(missing[size])
            if len(missing) >= WINDOW:
                receive(endpoint, missing)
        while missing:
            receive(endpoint, missing)
    except socket.timeout:
        raise SystemExit(f"no echo of datagrams of {sorted(missing)} octets")


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        # DF clear: whoever meets a smaller MTU on the way may cut
        endpoint.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER, IP_PMTUDISC_DONT
        if sys.argv[1] == "serve":
            serve(endpoint)
        send(endpoint, sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    main()
