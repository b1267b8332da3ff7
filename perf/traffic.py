# SPDX-License-Identifier: BSD-3-Clause
"""Traffic files and configurations for measuring: N tunnels, one prefix each, 64-byte frames.

Tunnel i (0..N-1) has the far end 198.18.0.0 + i and the network 10.0.0.0 + 256 i (dense) or one
scattered over 1.0.0.0 .. 99.0.0.0 (sparse), so that a route table can show its worst.
"""

import ipaddress
import random
import struct

LOCAL = "198.51.100.1"
REMOTES = int(ipaddress.ip_address("198.18.0.1"))
DENSE = int(ipaddress.ip_address("10.0.0.0"))
CORE_HOST = int(ipaddress.ip_address("10.255.0.9"))
MAC = bytes.fromhex("020000000001")
OUR_MAC = bytes.fromhex("027063617000")  # what net_pcap gives its first port


def prefixes(count, sparse):
    if not sparse:
        return [DENSE + 256 * i for i in range(count)]
    chosen = random.Random(1).sample(range(1 << 16, 99 << 16), count)
    return [p << 8 for p in chosen]


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ipv4(source, destination, protocol, payload, ttl=64):
    header = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), 1, 0x4000, ttl, protocol, 0,
                         source, destination)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(length):
    return struct.pack("!HHHH", 5000, 5001, length, 0) + bytes(length - 8)


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", number // 1000000, number % 1000000, len(frame),
                                   len(frame)) + frame)


def frames(kind, count, sparse):
    """64-byte frames (60 and the checksum that a file does not hold), shuffled over the tunnels."""
    order = list(range(count)) * max(1, 1000 // count)
    random.Random(2).shuffle(order)
    networks = prefixes(count, sparse)
    for i in order:
        if kind == "encap":
            packet = ipv4(CORE_HOST, networks[i] + 5, 17, udp(26))
        else:
            packet = ipv4(REMOTES + i, int(ipaddress.ip_address(LOCAL)), 4,
                          ipv4(networks[i] + 5, CORE_HOST, 17, udp(8)))
        yield (OUR_MAC + MAC + b"\x08\x00" + packet).ljust(60, b"\0")


def configuration(count, sparse, ports):
    """A hub with static tunnels; ports is a list of two device strings: wan's and core's."""
    networks = prefixes(count, sparse)
    lines = [
        "version: 1", "name: perf", "role: home-agent",
        "workers: {cores: [1], idle: busy}",
        "ports:",
        f"  - {{name: wan, device: \"{ports[0]}\", addresses: [{LOCAL}/24],",
        "     gateway: 198.51.100.254,",
        "     neighbours: [{address: 198.51.100.254, mac: \"02:00:00:00:00:fe\"}]}",
        f"  - {{name: core, device: \"{ports[1]}\", addresses: [10.255.0.1/24],",
        "     neighbours: [{address: 10.255.0.9, mac: \"02:00:00:00:00:09\"}]}",
        # the pcap port keeps every packet of its file in a buffer
        f"capacity: {{tunnels: {max(count, 1000)}, prefixes: {max(2 * count, 10000)}, "
        f"buffers: {65536 + max(count, 1000)}}}",
        f"home-agent: {{address: {LOCAL}, home-networks: [192.0.2.0/24]}}",
        "tunnels:",
    ]
    for i, network in enumerate(networks):
        lines.append(f"  - {{name: t{i}, encapsulation: ipip, local: {LOCAL}, "
                     f"remote: {ipaddress.ip_address(REMOTES + i)}, "
                     f"networks: [{ipaddress.ip_address(network)}/24]}}")
    return "\n".join(lines) + "\n"
