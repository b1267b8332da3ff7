# SPDX-License-Identifier: BSD-3-Clause
"""A flood of registrations from 100 000 spoofed sources, ten times what the policer lets through.

1 000 routers are bound; while the flood lasts each renews, and each sends a packet through its
tunnel every second. All renewals must be answered, nobody may expire, no packet may be lost.
Everything is in the file: the real haarod replays it with the packets' own clock.
"""

import hashlib
import hmac
import ipaddress
import json
import os
import struct
import subprocess
import sys
import tempfile

ROUTERS, LIFETIME, SOURCES = 1000, 60, 100_000
UNKNOWN = 500  # per second: the policer's share for strangers
START, FLOOD, FLOOD_END, END = 1_000_000_000, 10, 50, 75  # seconds; START is when packets begin
HUB, GATEWAY_MAC = "198.51.100.1", bytes.fromhex("0200000000fe")
HUB_MAC = bytes.fromhex("027063617000")  # what net_pcap gives its first port
HOME, REMOTE = (int(ipaddress.ip_address(a)) for a in ("192.0.0.1", "203.0.0.1"))
NETWORK, SPOOFED = (int(ipaddress.ip_address(a)) for a in ("10.0.0.0", "100.64.0.0"))
HUB_ADDRESS, HOST = (int(ipaddress.ip_address(a)) for a in (HUB, "10.255.0.9"))


def dotted(address):
    return str(ipaddress.ip_address(address))


def key(router):
    return hashlib.md5(b"key %d" % router).digest()


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ipv4(source, destination, protocol, payload):
    header = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), 0, 0x4000, 255, protocol, 0,
                         source, destination)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def frame(packet):
    return HUB_MAC + GATEWAY_MAC + b"\x08\x00" + packet


def request(router, when):
    """A signed Registration Request (RFC 5944, section 3.3) of a router that is away."""
    identification = int((when + 2208988800) * 2**32) + router
    message = struct.pack("!BBHIIIQ", 1, 0x22, LIFETIME, HOME + router, HUB_ADDRESS,
                          REMOTE + router, identification)
    message += struct.pack("!BBBBI", 148, 6, 0, 24, NETWORK + 256 * router)
    message += struct.pack("!BBI", 32, 20, 256 + router)
    message += hmac.new(key(router), message, "md5").digest()
    return ipv4(REMOTE + router, HUB_ADDRESS, 17,
                struct.pack("!HHHH", 434, 434, 8 + len(message), 0) + message)


def data(router, number):
    inner = ipv4(NETWORK + 256 * router + 5, HOST, 17,
                 struct.pack("!HHHH", 1000, 2000, 12, 0) + struct.pack("!I", number))
    return ipv4(REMOTE + router, HUB_ADDRESS, 4, inner)


def forged(number, template):
    """The same bytes from ever new sources: a stranger's request, its authenticator worthless."""
    header = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(template), 0, 0x4000, 255, 17, 0,
                         SPOOFED + number % SOURCES, HUB_ADDRESS)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + template


def timeline():
    """All packets with their times, in order."""
    packets = []
    for router in range(ROUTERS):
        first = START + 3 * router / ROUTERS
        for renewal in (first, first + 22, first + 44):
            packets.append((renewal, request(router, renewal)))
        for number in range(5, END - 5):
            when = START + number + router / ROUTERS
            packets.append((when, data(router, number)))
    template = request(0, START + FLOOD + 5)[20:]
    rate = 10 * UNKNOWN
    for number in range(rate * (FLOOD_END - FLOOD)):
        packets.append((START + FLOOD + number / rate, forged(number, template)))
    packets.sort(key=lambda packet: packet[0])
    return packets


def write_pcap(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for when, packet in packets:
            content = frame(packet)
            file.write(struct.pack("<IIII", int(when), int(when % 1 * 1e6), len(content),
                                   len(content)) + content)


def read_pcap(path):
    with open(path, "rb") as file:
        content = file.read()
    offset = 24
    while offset < len(content):
        length = struct.unpack_from("<I", content, offset + 8)[0]
        yield content[offset + 16 + 14:offset + 16 + length]
        offset += 16 + length


def configure(directory):
    with open(os.path.join(directory, "hub.yaml"), "w") as file:
        file.write(f"""version: 1
name: flood
role: home-agent
ports:
  - name: wan
    device: "net_pcap0,rx_pcap={directory}/in.pcap,tx_pcap={directory}/wan.pcap"
    addresses: [{HUB}/24]
    gateway: 198.51.100.254
    neighbours: [{{address: 198.51.100.254, mac: "02:00:00:00:00:fe"}}]
  - name: core
    device: "net_pcap1,tx_pcap={directory}/core.pcap"
    addresses: [10.255.0.1/24]
    neighbours: [{{address: 10.255.0.9, mac: "02:00:00:00:00:09"}}]
capacity: {{tunnels: {ROUTERS + 64}, prefixes: {4 * ROUTERS}}}
home-agent:
  address: {HUB}
  home-networks: [192.0.0.0/20]
  subscribers: subscribers.yaml
  encapsulations: [ipip]
signalling-policer: {{bound: 2000/s, unknown: {UNKNOWN}/s}}
""")
    path = os.path.join(directory, "subscribers.yaml")
    with open(path, "w") as file:
        file.write("version: 1\nrouters:\n")
        for router in range(ROUTERS):
            file.write(f"""  - name: r{router}
    home-address: {dotted(HOME + router)}
    keys: [{{spi: {256 + router}, algorithm: hmac-md5, secret: "hex:{key(router).hex()}"}}]
    networks: [{dotted(NETWORK + 256 * router)}/24]
""")
    os.chmod(path, 0o600)


def replay(haarod, directory):
    command = [haarod, "--no-huge", "--replay", "1", "--counters",
               os.path.join(directory, "counters.json"), os.path.join(directory, "hub.yaml")]
    result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=240, check=False)
    if result.returncode != 0:
        sys.exit(f"haarod ended with {result.returncode}:\n{result.stdout[-3000:]}")
    with open(os.path.join(directory, "counters.json")) as file:
        return json.load(file)


def main(haarod):
    with tempfile.TemporaryDirectory(prefix="haaro-flood.") as directory:
        configure(directory)
        packets = timeline()
        write_pcap(os.path.join(directory, "in.pcap"), packets)
        counters = replay(haarod, directory)
        answers = [p for p in read_pcap(os.path.join(directory, "wan.pcap"))
                   if p[9] == 17 and p[28] == 3]
        forwarded = sum(1 for p in read_pcap(os.path.join(directory, "core.pcap")) if p[9] == 17)
    accepted = [p for p in answers if p[29] == 0]
    metrics = counters["metrics"]
    policed = counters["drops"].get("policed_unknown", 0)
    expired, renewed = (metrics["haaro_home_" + name] for name in ("expired", "renewals_accepted"))
    flood = 10 * UNKNOWN * (FLOOD_END - FLOOD)
    sent = ROUTERS * (END - 10)
    checks = [
        (len(accepted) == 3 * ROUTERS, f"{len(accepted)} of {3 * ROUTERS} requests accepted"),
        (expired == 0, f"{expired} bindings expired"),
        (forwarded == sent, f"{forwarded} of {sent} packets forwarded"),
        (0.88 * flood <= policed <= 0.92 * flood,
         f"{policed} of {flood} forged requests stopped by the policer"),
        (renewed == 2 * ROUTERS, f"{renewed} of {2 * ROUTERS} renewals"),
    ]
    for ok, text in checks:
        print("ok  " if ok else "FAIL", text)
    return 0 if all(ok for ok, _ in checks) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
