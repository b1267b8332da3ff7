# SPDX-License-Identifier: BSD-3-Clause
"""One end of a steady UDP stream: sends to the other end, prints each arrival from it.

    flow.py ADDRESS PORT RATE SIZE

Both ends use PORT and send RATE datagrams of SIZE octets a second, each with its sequence number
and the time it left. A line per arrival: time, sequence number, transit; the times are seconds of
the monotonic clock, which all namespaces of a machine share.
"""

import select
import socket
import struct
import sys
import time

HEADER = struct.Struct("!Qd")
DONT_SET_DF = (socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER, IP_PMTUDISC_DONT
LATE = 0.1  # seconds behind after which the schedule starts anew, instead of a burst


def send(endpoint, peer, sequence, size):
    try:
        endpoint.sendto(HEADER.pack(sequence, time.monotonic()).ljust(size, b"\0"), peer)
    except OSError:
        pass  # an ICMP error of an earlier one: it is counted as lost where it is missing


def receive(endpoint):
    try:
        data, _ = endpoint.recvfrom(65536)
    except OSError:
        return
    now = time.monotonic()
    sequence, sent = HEADER.unpack_from(data)
    print(f"{now:.4f} {sequence} {now - sent:.6f}", flush=True)


def main(address, port, rate, size):
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.setsockopt(*DONT_SET_DF)
    endpoint.bind(("", port))
    sequence, due = 0, time.monotonic()
    while True:
        wait = due - time.monotonic()
        if wait > 0:
            if select.select([endpoint], [], [], wait)[0]:
                receive(endpoint)
            continue
        sequence += 1
        send(endpoint, (address, port), sequence, size)
        due = time.monotonic() if wait < -LATE else due + 1 / rate


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
