# SPDX-License-Identifier: BSD-3-Clause
"""Captures of RFC 6521 for config/wireshark/haaro.lua, octet by octet from the specification.

    make_samples.py DIRECTORY     valid.pcap, faulty.pcap and route-optimization.pcap

VALID and FAULTY are the packets by name, in the order of their frames; what the dissector must make
of them stands in dissector.py. Nothing here is an implementation: octets are written out, as the
RFC and the test vectors of the protocol's description have them.
"""

import hashlib
import hmac
import os
import struct
import sys

HUB, CR_HOME, CR_COA, MR_HOME, MR_COA = (
    "198.51.100.1", "192.0.2.1", "203.0.113.10", "192.0.2.3", "203.0.113.30")
PORT, RAW_IPV4, START = 434, 228, 1_322_000_000
FORWARD_KEY = bytes(range(16))  # RFC 5944 security association of the vectors, SPI 256
KRM = bytes.fromhex("539ffabb29596f6984dcd7c22600d6cada5639e3")


def octets(text):
    """Hexadecimal with white space, and 'letters' in quotes."""
    parts = text.split("'")
    return b"".join(part.encode("ascii") if i % 2 else bytes.fromhex(part)
                    for i, part in enumerate(parts))


def address(text):
    return bytes(int(part) for part in text.split("."))


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ipv4(source, destination, protocol, payload):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 255, protocol, 0)
    header += address(source) + address(destination)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(source, destination, payload, sport=PORT, dport=PORT):
    header = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    pseudo = address(source) + address(destination) + struct.pack("!HH", 17, 8 + len(payload))
    total = checksum(pseudo + header + payload) or 0xffff
    return ipv4(source, destination, 17, header[:6] + struct.pack("!H", total) + payload)


def in_udp(source, destination, packet):
    """RFC 3519: in a tunnel through a NAT."""
    return udp(source, destination, b"\x04\x04\x00\x00" + packet)


def in_ip(source, destination, packet):
    """RFC 2003."""
    return ipv4(source, destination, 4, packet)


def icmp(kind, code, rest):
    head = struct.pack("!BBH", kind, code, 0) + rest
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


# What the two routers and the hub say to each other.

REQUEST_FIXED = octets("01 22 02 58 c0000203 c6336401 cb00711e d2f1a3c4 9b3e7710")
REPLY_FIXED = octets("03 00 01 2c c0000203 c6336401 d2f1a3c4 9b3e7710")
PEER_REPLY_FIXED = octets("03 00 01 2c c0000203 c6336401 d2f1a3ca 51c0ffee")
NETWORK = octets("94 06 00 18 0a030000")
NETWORK_ACK = octets("94 08 01 00 18 00 0a030000")
UDP_REQUEST = octets("90 06 00 00 00 04 0000")
UDP_REPLY = octets("2c 06 00 40 0000 0000")
CAPABILITY = octets("99 02 01 c0")
GRANTED = octets("31 02 01 00")
CARE_OF = octets("31 06 03 00 cb00710a")
MCAE = octets("31 16 02 00 1234 1235") + bytes(16)
ROUTER = octets("40 c0000201")


def signed(message):
    """With the Mobile-Home Authentication (RFC 5944, section 3.5.2)."""
    message += octets("20 14 00000100")
    return message + hmac.new(FORWARD_KEY, message, "md5").digest()


def signed_by_krm(message):
    """With the Mobile-Correspondent Authentication (RFC 6521, section 5.3)."""
    message += octets("31 16 02 00 1234 1235")
    return message + hmac.new(KRM, message, hashlib.sha1).digest()[:16]


def to_hub(message):
    return udp(MR_COA, HUB, message)


def from_hub(message):
    return udp(HUB, MR_COA, message)


def to_cr(message):
    return udp(MR_COA, CR_HOME, message)


def from_cr(message):
    return udp(CR_HOME, MR_COA, message)


def request(*extensions):
    return to_hub(signed(REQUEST_FIXED + b"".join(extensions)))


def reply(*extensions):
    return from_hub(signed(REPLY_FIXED + b"".join(extensions)))


def advertisement(*structures):
    body = b"".join(structures)
    return struct.pack("!BBH", 50, 1, len(body)) + body


def advertised(*structures):
    return reply(NETWORK_ACK, GRANTED, advertisement(*structures))


def master(plen, prefix, realm="00"):
    return bytes([plen]) + octets(prefix) + octets(realm)


def delta(plen, octet, realm="00"):
    return bytes([0x80 | plen, octet]) + octets(realm)


HOTI = octets("18 00 1122334455667788")
COTI = octets("19 00 99aabbccddeeff00")
HOT = octets("1a 00 1234 1122334455667788 aaf4e789ca682270")
COT = octets("1b 00 1235 99aabbccddeeff00 e0b0538bb50db91d")

# The vectors: a registration at the hub (V1, V2), and one router's registration at the other.
V1 = octets("""
    01 22 02 58 c0 00 02 03 c6 33 64 01 cb 00 71 1e d2 f1 a3 c4 9b 3e 77 10 94 06 00 18 0a 03 00 00
    99 02 01 c0 90 06 00 00 00 04 00 00 20 14 00 00 01 00 fd 81 68 04 e9 b8 24 27 5d 6f 87 8e 50 89
    a8 58""")
V2 = octets("""
    03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 c4 9b 3e 77 10 94 08 01 00 18 00 0a 03 00 00 31 02
    01 00 2c 06 00 40 00 00 00 00 32 01 00 23 40 c0 00 02 01 18 0a 01 00 01 61 07 65 78 61 6d 70 6c
    65 03 63 6f 6d 00 41 c0 00 02 02 98 01 01 62 84 00 20 14 00 00 01 00 7f 1a c3 cd 45 85 98 1f 42
    e0 21 bb 71 03 13 c0""")
PEER_REQUEST = octets("""
    01 22 01 2c c0 00 02 03 c6 33 64 01 cb 00 71 1e d2 f1 a3 ca 51 c0 ff ee 94 06 00 18 0a 03 00 00
    90 06 00 00 80 04 00 00 31 16 02 00 12 34 12 35 15 2b 77 f4 bc d3 70 25 98 fe 77 8f 89 3d 6e
    4d""")
PEER_REPLY = octets("""
    03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 ca 51 c0 ff ee 94 08 01 00 18 00 0a 03 00 00 2c 06
    00 00 80 00 00 00 31 06 03 00 cb 00 71 0a 31 16 02 00 12 34 12 35 a5 20 2c f3 95 9c d9 cf 91 41
    55 eb 52 bf 06 be""")
PEER_DEREGISTRATION = octets("""
    01 22 00 00 c0 00 02 03 c6 33 64 01 c0 00 02 03 d2 f1 a4 e0 0b ad f0 0d 31 16 02 00 12 34 00 00
    c5 9d fa db bc af b6 e7 ae 05 74 26 71 37 72 90""")
EXPIRED_BOTH = octets("03 cb 00 00 c0 00 02 03 c6 33 64 01 d2 f1 a3 ca 51 c0 ff ee")


def expired(code):
    return from_cr(bytes([3, code]) + EXPIRED_BOTH[2:])


def rollover():
    """128 realms of one label fill the dictionary; the next ones take the first slots again."""
    realms = [bytes([len(name)]) + name + b"\0" for name in (b"h%d" % i for i in range(129))]
    realms += [octets("80 00"),           # h128, in slot 0 now
               octets("02 'h0' 00"),      # h0 is gone: a literal, in slot 1
               octets("81 80 00"),        # h0.h128
               octets("01 'a' 01 'b' 00"),  # slots 2 and 3, and a.b in slot 4
               octets("84 ff 00")]        # a.b.h127
    first = master(24, "0a0000")[:-1] + realms[0]
    return [ROUTER, first] + [bytes([0x98, i]) + realm for i, realm in enumerate(realms) if i]


KEEPALIVE = icmp(8, 0, octets("4d52 0001") + bytes(8))

# A call of routers from the capability to the keepalive; config/wireshark/samples has it.
CONVERSATION = {
    "registration request": to_hub(V1),
    "registration reply": from_hub(V2),
    "home test init, behind a NAT": in_udp(MR_COA, HUB, udp(MR_HOME, CR_HOME, HOTI)),
    "home test init, from the hub": in_ip(HUB, CR_COA, udp(MR_HOME, CR_HOME, HOTI)),
    "care-of test init": to_cr(COTI),
    "home test": in_ip(CR_COA, HUB, udp(CR_HOME, MR_HOME, HOT)),
    "care-of test": from_cr(COT),
    "request to the correspondent": to_cr(PEER_REQUEST),
    "solicitation": request(NETWORK, octets("99 06 01 e0 c0000203"), UDP_REQUEST),
    "answer to the solicitation": reply(
        NETWORK_ACK, octets("31 02 01 20"),
        advertisement(octets("40 c0000203"), master(24, "0a0300", "07 'example' 00"))),
    "reply of the correspondent": from_cr(PEER_REPLY),
    "keepalive": in_udp(MR_COA, CR_COA, ipv4(MR_HOME, CR_HOME, 1, KEEPALIVE)),
    "deregistration": to_cr(PEER_DEREGISTRATION),
    "expired nonces": from_cr(EXPIRED_BOTH),
}

VALID = dict(CONVERSATION, **{
    "outbound only": request(octets("99 02 01 d0")),
    "outbound only, confirmed": reply(octets("31 02 01 c0")),
    "refused": reply(octets("31 02 01 10")),
    "pre-accept": from_cr(signed_by_krm(
        b"\x03\x02" + PEER_REPLY_FIXED[2:] + octets("31 0a 03 00 cb00710a c0a8010a"))),
    "expired home nonce": expired(201),
    "expired care-of nonce": expired(202),
    "denied by the correspondent": from_cr(signed_by_krm(b"\x03\x93" + PEER_REPLY_FIXED[2:])),
    "prefixes of the RFC": advertised(
        ROUTER, master(28, "c0000200"), delta(26, 0x09), delta(25, 0x05)),
    "prefixes, another order": advertised(
        ROUTER, master(25, "c0000280"), delta(28, 0x20), delta(26, 0x09)),
    "prefixes, edges": advertised(
        ROUTER, master(8, "0a"), delta(24, 0x01), delta(25, 0x03), delta(16, 0x01),
        delta(8, 0x0b), delta(0, 0x00), delta(5, 0x01), delta(12, 0xa4), master(12, "ac10"),
        delta(24, 0x05)),
    "prefixes, none and all": advertised(ROUTER, master(0, ""), master(32, "c0000209")),
    "delta after a delta": advertised(
        ROUTER, master(16, "0a00"), delta(24, 0x80), delta(28, 0x21)),
    "master of another router": advertised(
        ROUTER, master(16, "0a01"), octets("40 c0000202"), delta(24, 0x07)),
    "routers without prefixes": advertised(ROUTER, octets("41 c0000204")),
    "realms of the RFC": advertised(
        ROUTER,
        master(24, "0a0000", "03 'foo' 07 'example' 03 'com' 00"),
        delta(24, 1, "03 'bar' 83 00"),
        delta(24, 2, "03 'buz' 80 81 03 'org' 00"),
        delta(24, 3, "84 00"),
        delta(24, 4, "85 84 87 00")),
    # What is there already is added again, and a match forgets the run before it.
    "realms, additions": advertised(
        ROUTER,
        master(24, "0a0000", "01 'a' 01 'b' 00"),        # 0 a, 1 b, 2 a.b
        delta(24, 1, "01 'a' 01 'c' 00"),                # 3 a, 4 c, 5 a.c
        delta(24, 2, "01 'x' 82 01 'y' 01 'z' 00"),      # 6 x, 7 y, 8 z, 9 y.z
        delta(24, 3, "89 84 00")),                       # y.z.c
    "realms, rollover": advertised(*rollover()),
    "realm of 255 octets": advertised(
        ROUTER, master(24, "0a0000", "7f" + "61" * 127 + "7f" + "61" * 127 + "00")),
    "every form of extension": request(
        octets("00 83 05 'a@b.c'"), octets("30 00 0004 00000007"), octets("89 06 0000 d2f1a3c4"),
        octets("c8 03 010203"), octets("8b 05 01 c6336401"), octets("8b 01 0004 c6336401"),
        CAPABILITY, UDP_REQUEST),
    "without route optimization": request(NETWORK, UDP_REQUEST),
    "revocation": from_hub(signed(octets("07 00 c000 c0000203 c6336401 cb00711e d2f1a3c5"))),
})

# One packet for each complaint; the last ones are lawful but remarkable.
FAULTY = {
    "message without a cookie": to_cr(HOTI[:9]),
    "message without a token": from_cr(HOT[:19]),
    "request of 23 octets": to_hub(REQUEST_FIXED[:23]),
    "reply of 19 octets": from_hub(REPLY_FIXED[:19]),
    "extension past the end": to_hub(REQUEST_FIXED + NETWORK + octets("99 06 01 c0")),
    "long extension past the end": from_hub(REPLY_FIXED + octets("32 01 00 06 40 c0000201")),
    "length past the end": from_hub(REPLY_FIXED + octets("32 01 00")),
    "type of nobody": to_hub(REQUEST_FIXED + CAPABILITY + octets("64 02 0000")),
    "capability of 3": request(octets("99 03 01 c0 00")),
    "capability, S without router": request(octets("99 02 01 e0")),
    "capability, router without S": request(octets("99 06 01 c0 c0000201")),
    "extension without subtype": request(octets("99 00")),
    "reply of 3": reply(octets("31 03 01 00 00")),
    "authentication without authenticator": to_cr(
        REQUEST_FIXED + octets("31 06 02 00 1234 1235")),
    "care-of without address": from_cr(REPLY_FIXED + octets("31 02 03 00") + MCAE),
    "care-of with half an address": from_cr(
        REPLY_FIXED + octets("31 08 03 00 cb00710a cb00") + MCAE),
    "network after the authentication": to_cr(REQUEST_FIXED + MCAE + NETWORK),
    "advertisement, empty": advertised(),
    "advertisement, first is a prefix": advertised(master(24, "0a0000"), ROUTER),
    "advertisement, first is a delta": advertised(delta(24, 0), ROUTER),
    "advertisement, delta without master": advertised(ROUTER, delta(24, 1)),
    "advertisement, prefix of 33": advertised(ROUTER, master(33, "c000020100")),
    "advertisement, delta of 63": advertised(ROUTER, master(8, "0a"), delta(63, 0)),
    "advertisement, half a router": advertised(octets("40 c00002")),
    "advertisement, half a prefix": advertised(ROUTER, octets("18 0a00")),
    "advertisement, half a delta": advertised(ROUTER, master(8, "0a"), octets("98")),
    "advertisement, no realm": advertised(ROUTER, octets("18 0a0000")),
    "advertisement, realm without end": advertised(ROUTER, master(24, "0a0000", "01 'a'")),
    "advertisement, half a label": advertised(ROUTER, master(24, "0a0000", "03 'ab'")),
    "advertisement, entry of nobody": advertised(ROUTER, master(24, "0a0000", "01 'a' 81 00")),
    "advertisement, suffix of one label": advertised(
        ROUTER, master(24, "0a0000", "01 'a' 01 'b' 00"), delta(24, 1, "83 00")),
    "advertisement, realm of 256": advertised(
        ROUTER, master(24, "0a0000", "7f" + "61" * 127 + "7e" + "61" * 126 + "01 61 00")),
    "advertisement, bomb": advertised(
        ROUTER, master(24, "0a0000", "7f" + "61" * 127 + "80" * 100 + "00")),
    "advertisement, label with a dot": advertised(ROUTER, master(24, "0a0000", "03 'a.b' 00")),
    "advertisement, label with a NUL": advertised(ROUTER, master(24, "0a0000", "02 6100 00")),
    # The sender breaks a rule.
    "reserved octet of a message": to_cr(octets("18 01 1122334455667788")),
    "reserved bits of a capability": request(octets("99 02 01 c1")),
    "reserved octet of the authentication": to_cr(
        REQUEST_FIXED + octets("31 16 02 01 1234 1235") + bytes(16)),
    "reserved octet of care-of addresses": from_cr(
        PEER_REPLY_FIXED + octets("31 06 03 80 cb00710a") + MCAE),
    "reserved D of a router": advertised(octets("c0 c0000201")),
    "init to another port": udp(MR_COA, CR_HOME, COTI, PORT, 5434),
    "test from another port": udp(CR_HOME, MR_COA, COT, 5434, PORT),
    "unknown subtype": reply(octets("31 02 04 00")),
    "unknown subtype, long": reply(octets("32 02 0000"), GRANTED),
    "capability in a reply": reply(CAPABILITY),
    "advertisement in a request": request(advertisement(ROUTER)),
    "two capabilities": request(CAPABILITY, CAPABILITY),
    "capability after the authentication": to_hub(signed(REQUEST_FIXED) + CAPABILITY),
    "authenticator of 12": to_cr(REQUEST_FIXED + octets("31 12 02 00 1234 1235") + bytes(12)),
    "accepted without an address": from_cr(signed_by_krm(PEER_REPLY_FIXED)),
    "pre-accept of anybody": from_cr(b"\x03\x02" + PEER_REPLY_FIXED[2:]),
    "advertisement alone": reply(advertisement(ROUTER)),
    "code of nobody": reply(octets("31 02 01 11")),
    "info 2": advertised(octets("42 c0000201")),
    "master with more bits": advertised(ROUTER, master(20, "0a0001")),
    "delta with more bits": advertised(ROUTER, master(8, "0a"), delta(5, 0x21)),
    # Nobody does wrong.
    "longer message": to_cr(HOTI + bytes(2)),
    "router twice": advertised(ROUTER, octets("40 c0000204"), ROUTER),
    "cut by the capture": reply(NETWORK_ACK, GRANTED, advertisement(ROUTER)),
    "quoted by an ICMP error": ipv4(CR_HOME, MR_COA, 1, icmp(3, 1, bytes(4) + to_cr(COTI)[:36])),
}
CUT = {"cut by the capture": 28 + 20 + 10 + 4 + 7}  # octets that were kept


def frame_of(group, name):
    return list(group).index(name) + 1


def write_pcap(path, group):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, RAW_IPV4))
        for i, (name, packet) in enumerate(group.items()):
            kept = packet[:CUT.get(name, len(packet))]
            file.write(struct.pack("<IIII", START + i, 0, len(kept), len(packet)) + kept)
    return path


def main(directory):
    for name, group in (("valid", VALID), ("faulty", FAULTY),
                        ("route-optimization", CONVERSATION)):
        path = write_pcap(os.path.join(directory, name + ".pcap"), group)
        print(f"{path}: {len(group)} packets")


if __name__ == "__main__":
    main(sys.argv[1])
