# SPDX-License-Identifier: BSD-3-Clause
"""What config/wireshark/haaro.lua makes of the packets of make_samples.py, field by field.

A lawful packet must be decoded to exactly what DECODED says, and nobody may complain; a faulty one
must be complained about exactly as COMPLAINTS says, by the dissector and by no other. Each packet
is a case. All captures are made here; the one that is installed must equal what is made.
"""

import functools
import os
import random
import re
import shutil
import sys
import tempfile

from judge import CHECKSUMS, DISSECTOR, TOP, judge, packets
from make_samples import CONVERSATION, FAULTY, VALID, frame_of, write_pcap

SAMPLE = os.path.join(TOP, "config", "wireshark", "samples", "route-optimization.pcap")
DAMAGED, SEED = 1000, 6521
ADVERTISED = "advertised"  # the structures of an advertisement: "HOME info N", "PREFIX REALM"

TO_HUB = {"haaro.ext.type": ["148", "153", "144", "32"], "mip.auth.spi": ["0x00000100"],
          "mip.ext.mne.prefix": ["10.3.0.0"], "mip.ext.utrq.encaptype": ["4"]}
REQUEST = {"mip.type": ["1"], "mip.homeaddr": ["192.0.2.3"], "mip.haaddr": ["198.51.100.1"],
           "mip.auth.spi": ["0x00000100"]}
HOTI = {"haaro.type": ["24"], "haaro.hoti.cookie": ["11:22:33:44:55:66:77:88"],
        "haaro.reserved": ["0x00"]}
INDEXES = {"haaro.mcae.home_index": ["0x1234"], "haaro.mcae.careof_index": ["0x1235"]}
NO_TREE = {"haaro.ext.type": [], "haaro.type": [], "haaro.code": []}

DECODED = {
    "registration request": dict(TO_HUB, **{
        "mip.type": ["1"], "haaro.cap.flags": ["0xc0"], "haaro.cap.flags.a": ["1"],
        "haaro.cap.flags.r": ["1"], "haaro.cap.flags.s": ["0"], "haaro.cap.flags.o": ["0"],
        "haaro.cap.router": [],
        "mip.auth.auth": ["fd:81:68:04:e9:b8:24:27:5d:6f:87:8e:50:89:a8:58"]}),
    "registration reply": {
        "mip.type": ["3"], "mip.code": ["0"], "mip.life": ["300"], "haaro.code": [],
        "haaro.ext.type": ["148", "49", "44", "50", "32"], "haaro.ext.length": ["2", "35"],
        "haaro.ror.flags.o": ["0"], "haaro.ror.flags.n": ["0"], "haaro.ror.flags.s": ["0"],
        "haaro.ror.code": ["0"], "mip.ext.mne.code": ["0"], "mip.ext.utrp.code": ["64"],
        "haaro.adv.m": ["1", "0", "1", "0"], "haaro.adv.d": ["0", "0", "0", "1"],
        "haaro.adv.index": ["4"],
        ADVERTISED: ["192.0.2.1 info 0", "10.1.0.0/24 a.example.com",
                     "192.0.2.2 info 1", "10.1.1.0/24 b.example.com"],
        # found behind what Wireshark itself does not get past
        "mip.auth.auth": ["7f:1a:c3:cd:45:85:98:1f:42:e0:21:bb:71:03:13:c0"]},
    "home test init, behind a NAT": dict(HOTI, **{"mip.type": ["4"], "udp.port": ["434"] * 4}),
    "home test init, from the hub": dict(HOTI, **{"mip.type": []}),
    "care-of test init": {
        "haaro.type": ["25"], "haaro.coti.cookie": ["99:aa:bb:cc:dd:ee:ff:00"],
        "haaro.hoti.cookie": []},
    "home test": {
        "haaro.type": ["26"], "haaro.hot.nonce_index": ["0x1234"], "haaro.reserved": ["0x00"],
        "haaro.hot.cookie": ["11:22:33:44:55:66:77:88"],
        "haaro.hot.token": ["aa:f4:e7:89:ca:68:22:70"]},
    "care-of test": {
        "haaro.type": ["27"], "haaro.cot.nonce_index": ["0x1235"],
        "haaro.cot.cookie": ["99:aa:bb:cc:dd:ee:ff:00"],
        "haaro.cot.token": ["e0:b0:53:8b:b5:0d:b9:1d"]},
    "request to the correspondent": dict(INDEXES, **{
        "mip.type": ["1"], "mip.coa": ["203.0.113.30"], "mip.ext.utrq.f": ["1"],
        "haaro.ext.type": ["148", "144", "49"], "haaro.ext.subtype": ["2"], "haaro.code": [],
        "haaro.mcae.authenticator": ["15:2b:77:f4:bc:d3:70:25:98:fe:77:8f:89:3d:6e:4d"]}),
    "solicitation": dict(TO_HUB, **{
        "haaro.cap.flags": ["0xe0"], "haaro.cap.flags.s": ["1"],
        "haaro.cap.router": ["192.0.2.3"]}),
    "answer to the solicitation": {
        "haaro.ror.flags": ["0x01"], "haaro.ror.flags.s": ["1"], "haaro.ror.code": ["0"],
        ADVERTISED: ["192.0.2.3 info 0", "10.3.0.0/24 example"]},
    "reply of the correspondent": dict(INDEXES, **{
        "mip.type": ["3"], "haaro.code": ["0"], "haaro.ext.type": ["148", "44", "49", "49"],
        "haaro.ext.subtype": ["3", "2"], "haaro.coa.address": ["203.0.113.10"],
        "mip.ext.utrp.f": ["1"],
        "haaro.mcae.authenticator": ["a5:20:2c:f3:95:9c:d9:cf:91:41:55:eb:52:bf:06:be"]}),
    "keepalive": dict(NO_TREE, **{"mip.type": ["4"], "icmp.ident": ["19794"]}),
    "deregistration": {
        "mip.life": ["0"], "mip.coa": ["192.0.2.3"], "haaro.mcae.home_index": ["0x1234"],
        "haaro.mcae.careof_index": ["0x0000"]},
    "expired nonces": {"mip.type": ["3"], "haaro.code": ["203"], "haaro.ext.type": []},
    "outbound only": dict(REQUEST, **{
        "haaro.cap.flags.a": ["1"], "haaro.cap.flags.r": ["1"], "haaro.cap.flags.s": ["0"],
        "haaro.cap.flags.o": ["1"]}),
    "outbound only, confirmed": {
        "haaro.ror.flags.o": ["1"], "haaro.ror.flags.n": ["1"], "haaro.ror.flags.s": ["0"],
        "haaro.ror.code": ["0"]},
    "refused": {"haaro.ror.code": ["16"]},
    "pre-accept": dict(INDEXES, **{
        "haaro.code": ["2"], "haaro.coa.address": ["203.0.113.10", "192.168.1.10"]}),
    "expired home nonce": {"haaro.code": ["201"]},
    "expired care-of nonce": {"haaro.code": ["202"]},
    "denied by the correspondent": dict(INDEXES, **{"haaro.code": ["147"]}),
    "prefixes of the RFC": {
        ADVERTISED: ["192.0.2.1 info 0", "192.0.2.0/28 ", "192.0.2.64/26 ", "192.0.2.128/25 "]},
    "prefixes, another order": {
        ADVERTISED: ["192.0.2.1 info 0", "192.0.2.128/25 ", "192.0.2.0/28 ", "192.0.2.64/26 "]},
    "prefixes, edges": {
        "haaro.adv.d": list("00111111101"),
        ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/8 ", "10.0.1.0/24 ", "10.0.1.128/25 ",
                     "10.1.0.0/16 ", "11.0.0.0/8 ", "0.0.0.0/0 ", "8.0.0.0/5 ", "10.64.0.0/12 ",
                     "172.16.0.0/12 ", "172.16.5.0/24 "]},
    "prefixes, none and all": {ADVERTISED: ["192.0.2.1 info 0", "0.0.0.0/0 ", "192.0.2.9/32 "]},
    "delta after a delta": {
        ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/16 ", "10.0.128.0/24 ", "10.0.2.16/28 "]},
    "master of another router": {
        ADVERTISED: ["192.0.2.1 info 0", "10.1.0.0/16 ", "192.0.2.2 info 0", "10.1.7.0/24 "]},
    "routers without prefixes": {ADVERTISED: ["192.0.2.1 info 0", "192.0.2.4 info 1"]},
    "realms of the RFC": {
        ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/24 foo.example.com",
                     "10.0.1.0/24 bar.foo.example.com", "10.0.2.0/24 buz.foo.example.org",
                     "10.0.3.0/24 example.com", "10.0.4.0/24 bar.example.com.org"],
        "haaro.adv.added": ["0: foo", "1: example", "2: com", "3: foo.example.com",
                            "4: example.com", "5: bar", "6: buz", "7: org"],
        "haaro.adv.index": ["3", "0", "1", "4", "5", "4", "7"]},
    "realms, additions": {
        ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/24 a.b", "10.0.1.0/24 a.c",
                     "10.0.2.0/24 x.a.b.y.z", "10.0.3.0/24 y.z.c"],
        "haaro.adv.added": ["0: a", "1: b", "2: a.b", "3: a", "4: c", "5: a.c", "6: x", "7: y",
                            "8: z", "9: y.z"]},
    "realms, rollover": {
        ADVERTISED: ["192.0.2.1 info 0"] + [f"10.0.{i}.0/24 h{i}" for i in range(129)] +
                    ["10.0.129.0/24 h128", "10.0.130.0/24 h0", "10.0.131.0/24 h0.h128",
                     "10.0.132.0/24 a.b", "10.0.133.0/24 a.b.h127"],
        "haaro.adv.added": [f"{i}: h{i}" for i in range(128)] +
                           ["0: h128", "1: h0", "2: a", "3: b", "4: a.b"]},
    "realm of 255 octets": {
        ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/24 " + "a" * 127 + "." + "a" * 127]},
    "every form of extension": dict(REQUEST, **{
        "haaro.ext.type": ["0", "131", "48", "137", "200", "139", "139", "153", "144", "32"],
        "haaro.cap.flags": ["0xc0"], "mip.nai": ["a@b.c"], "mip.ext.rev.tstamp": ["3539051460"],
        "mip.ext.type": ["131", "137", "200", "139", "153", "144", "32"],
        "mip.ext.dynha.ha": ["198.51.100.1"]}),
    "without route optimization": dict(NO_TREE, **{
        "mip.type": ["1"], "mip.ext.type": ["148", "144", "32"],
        "mip.auth.spi": ["0x00000100"]}),
    "revocation": dict(NO_TREE, **{
        "mip.type": ["7"], "mip.rev.fda": ["203.0.113.30"], "mip.auth.spi": ["0x00000100"]}),
}

COMPLAINTS = {
    "message without a cookie": "error short",
    "message without a token": "error short",
    "request of 23 octets": "error short",
    "reply of 19 octets": "error short",
    "extension past the end": "error ext_overrun",
    "long extension past the end": "error ext_overrun",
    "length past the end": "error ext_overrun",
    "type of nobody": "error ext_unknown",
    "capability of 3": "error ext_length",
    "capability, S without router": "error ext_length",
    "capability, router without S": "error ext_length",
    "extension without subtype": "error ext_length",
    "reply of 3": "error ext_length",
    "authentication without authenticator": "error ext_length",
    "care-of without address": "error ext_length",
    "care-of with half an address": "error ext_length",
    "network after the authentication": "error after_mcae",
    "advertisement, empty": "error adv_empty",
    "advertisement, first is a prefix": "error adv_first",
    "advertisement, first is a delta": "error adv_first",
    "advertisement, delta without master": "error adv_master",
    "advertisement, prefix of 33": "error adv_plen",
    "advertisement, delta of 63": "error adv_plen",
    "advertisement, half a router": "error adv_end",
    "advertisement, half a prefix": "error adv_end",
    "advertisement, half a delta": "error adv_end",
    "advertisement, no realm": "error adv_end",
    "advertisement, realm without end": "error adv_end",
    "advertisement, half a label": "error adv_end",
    "advertisement, entry of nobody": "error adv_index",
    "advertisement, suffix of one label": "error adv_index",
    "advertisement, realm of 256": "error adv_realm",
    "advertisement, bomb": "error adv_realm",
    "advertisement, label with a dot": "error adv_label",
    "advertisement, label with a NUL": "error adv_label",
    "reserved octet of a message": "warning reserved",
    "reserved bits of a capability": "warning reserved",
    "reserved octet of the authentication": "warning reserved",
    "reserved octet of care-of addresses": "warning reserved",
    "reserved D of a router": "warning reserved",
    "init to another port": "warning port",
    "test from another port": "warning port",
    "unknown subtype": "warning subtype",
    "unknown subtype, long": "warning subtype",
    "capability in a reply": "warning place",
    "advertisement in a request": "warning place",
    "two capabilities": "warning twice",
    "capability after the authentication": "warning after_mhae",
    "authenticator of 12": "warning mcae_size",
    "accepted without an address": "warning no_careof",
    "pre-accept of anybody": "warning no_mcae",
    "advertisement alone": "warning no_ror",
    "code of nobody": "warning ror_code",
    "info 2": "warning adv_info",
    "master with more bits": "warning adv_bits",
    "delta with more bits": "warning adv_bits",
    "longer message": "note trailing",
    "router twice": "note adv_again",
    "cut by the capture": "note cut",
    "quoted by an ICMP error": "note cut",
}

# What is decoded of a faulty packet all the same.
SALVAGED = {
    "request of 23 octets": {"haaro.type": ["1"], "mip.type": []},
    "extension past the end": {"haaro.ext.type": ["148"], "mip.ext.type": ["148"]},
    "type of nobody": {"haaro.ext.type": ["153"], "mip.ext.type": ["153"]},
    "capability of 3": {"haaro.ext.type": ["153", "32"], "mip.auth.spi": ["0x00000100"]},
    "advertisement, delta without master": {
        "haaro.ext.type": ["148", "49", "50", "32"], ADVERTISED: ["192.0.2.1 info 0"],
        "haaro.ror.code": ["0"], "mip.auth.spi": ["0x00000100"]},
    "advertisement, half a label": {ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/24"]},
    "advertisement, entry of nobody": {"haaro.adv.label": ["a"], "haaro.adv.realm": []},
    "pre-accept of anybody": {"haaro.code": ["2"]},
    "info 2": {ADVERTISED: ["192.0.2.1 info 2"]},
    "master with more bits": {ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/20 "]},
    "delta with more bits": {ADVERTISED: ["192.0.2.1 info 0", "10.0.0.0/8 ", "8.0.0.0/5 "]},
    "cut by the capture": {"haaro.ext.type": ["148", "49"], "mip.ext.mne.prefix": ["10.3.0.0"]},
}


def expect(ok, text):
    if not ok:
        raise AssertionError(text)


def advertised(packet):
    rows = []
    for field, show in packet.values:
        if field == "haaro.adv.info":
            info = show
        elif field == "haaro.adv.router":
            rows.append(f"{show} info {info}")
        elif field == "haaro.adv.plen":
            plen = show
        elif field == "haaro.adv.prefix":
            rows.append(f"{show}/{plen}")
        elif field == "haaro.adv.realm":
            rows[-1] += f" {show}"
    return rows


def check_fields(packet, wanted):
    for field, shows in wanted.items():
        got = advertised(packet) if field == ADVERTISED else packet.all(field)
        expect(got == shows, f"{field}: {got}, expected {shows}")


def check_valid(packet, name):
    expect(not packet.complaints, f"complaints: {packet.complaints}")
    check_fields(packet, DECODED[name])


def check_faulty(packet, name):
    got = [f"{severity} {what}" for severity, what in packet.complaints]
    severity, what = COMPLAINTS[name].split()
    expect(got == [f"{severity} haaro.expert.{what}"], f"{got}, expected {COMPLAINTS[name]}")
    check_fields(packet, SALVAGED.get(name, {}))


def check_packets(path, group, check):
    """Yields a name and a function for each packet."""
    write_pcap(path, group)
    decoded = {packet.number: packet for packet in packets(path, options=CHECKSUMS)}
    for frame, name in enumerate(group, 1):
        yield name, functools.partial(check, decoded[frame], name)


def test_each_row_has_a_packet():
    lost = (set(DECODED) ^ set(VALID)) | (set(COMPLAINTS) ^ set(FAULTY)) | (
        set(SALVAGED) - set(FAULTY))
    expect(not lost, f"one without the other: {lost}")


def test_each_complaint_has_a_packet():
    with open(DISSECTOR, encoding="utf-8") as file:
        parts = re.findall(r"^define\((.*?)^\}\)", file.read(), re.MULTILINE | re.DOTALL)
    defined = {name for part in parts for name in re.findall(r"^  (\w+) = \"", part, re.MULTILINE)}
    raised = {wanted.split()[1] for wanted in COMPLAINTS.values()}
    expect(len(parts) == 3 and defined == raised, f"one without the other: {defined ^ raised}")


def test_the_installed_sample_is_what_is_made(work):
    with open(write_pcap(os.path.join(work, "sample.pcap"), CONVERSATION), "rb") as file:
        made = file.read()
    with open(SAMPLE, "rb") as file:
        expect(file.read() == made, f"{SAMPLE}: run make_samples.py")


def test_the_judge(paths):
    seen, complaints = judge(paths["valid"])
    expect(not complaints, f"{complaints}")
    wanted = {"request": 7, "reply": 21, "HoTI": 2, "50/1": 13, "49/2": 5, "revocation": 1}
    expect(wanted.items() <= seen.items() and "tunnel data" not in seen, f"{seen}")
    _, complaints = judge(paths["faulty"])
    faults = [frame_of(FAULTY, name) for name, wanted in COMPLAINTS.items()
              if not wanted.startswith("note")]
    got = [int(re.search(r"frame (\d+)", complaint).group(1)) for complaint in complaints]
    expect(got == faults, f"{got}, expected {faults}")


def test_the_judge_of_nothing(work):
    name = "keepalive"
    path = write_pcap(os.path.join(work, "nothing.pcap"), {name: CONVERSATION[name]})
    expect(judge(path)[1], "a capture without signalling passes")
    path = write_pcap(os.path.join(work, "checksum.pcap"), {
        name: CONVERSATION["care-of test"][:-1] + b"\0"})
    expect(judge(path)[1], "a wrong checksum passes")


def damaged(source):
    """Packets with octets changed, some shortened with lengths that agree."""
    originals = list(VALID.values()) + list(FAULTY.values())
    for _ in range(DAMAGED):
        packet = bytearray(source.choice(originals))
        for _ in range(source.choice((1, 2, 4))):
            packet[source.randrange(28, len(packet))] = source.choice(
                (0, 1, 0x40, 0x7f, 0x80, 0xff, source.randrange(256)))
        if source.random() < 0.2 and packet[9] == 17:
            del packet[source.randrange(29, len(packet) + 1):]
            packet[2:4] = len(packet).to_bytes(2, "big")
            packet[24:26] = (len(packet) - 20).to_bytes(2, "big")
        yield bytes(packet)


def test_nothing_breaks_the_dissector(work):
    path = write_pcap(os.path.join(work, "damaged.pcap"),
                      dict(enumerate(damaged(random.Random(SEED)))))
    decoded = list(packets(path))
    broken = [packet.number for packet in decoded
              if ("error", "_ws.lua.error") in packet.complaints]
    expect(len(decoded) == DAMAGED and not broken, f"frames {broken} of {len(decoded)}")


def cases(work):
    paths = {kind: os.path.join(work, kind + ".pcap") for kind in ("valid", "faulty")}
    yield from check_packets(paths["valid"], VALID, check_valid)
    yield from check_packets(paths["faulty"], FAULTY, check_faulty)
    yield "each row has a packet", test_each_row_has_a_packet
    yield "each complaint has a packet", test_each_complaint_has_a_packet
    yield "damaged packets", lambda: test_nothing_breaks_the_dissector(work)
    yield "installed sample", lambda: test_the_installed_sample_is_what_is_made(work)
    yield "judge", lambda: test_the_judge(paths)
    yield "judge of nothing", lambda: test_the_judge_of_nothing(work)


def main():
    """Output is in the form of the unit tests', so that tests/summary.py counts the cases."""
    if not shutil.which("tshark"):
        print("no tshark (apt-get install tshark)")
        return 77
    failed = False
    with tempfile.TemporaryDirectory(prefix="haaro-interop-") as work:
        for name, case in cases(work):
            print(f"[ RUN      ] {name}", flush=True)
            try:
                case()
                print(f"[       OK ] {name}", flush=True)
            except (AssertionError, KeyError, OSError) as failure:
                print(f"[  FAILED  ] {name}: {failure!r}", flush=True)
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
