# SPDX-License-Identifier: BSD-3-Clause
"""Runs the cases of cases.py through haarod --replay: frames in, frames out, drops.

    replay.py HAAROD [--bursts 1,7,31] [CASE...]

Each case is run once per burst size: its frames stand in the middle of a burst that ordinary
packets fill up. What must hold: the frames that leave each port, byte for byte and in order, and
every drop counter, exactly. ICMP errors, which the control core makes, are judged by their
fields. All frames that leave are judged once more by scapy, which computes every checksum itself.
ARP and a branch's own signalling are left aside unless a case asks for them.
"""

import functools
import json
import os
import struct
import subprocess
import sys
import tempfile

from scapy.all import ARP, ICMP, IP, UDP, Ether, Raw, wrpcap  # pylint: disable=E0611

BURSTS = (1, 7, 31, 32, 33, 63)
START = 1_000_000_000  # seconds since 1970 of the first frame
DEADLINE = 30          # seconds that a replay may take


class Case:
    """What goes in and what must come out. Built by a function of cases.py."""

    def __init__(self, name, config):
        self.name = name
        self.config = config
        self.port = None      # where the frames go in
        self.frames = []
        self.later = []       # (seconds, port, frame): after everything else
        self.out = {port: [] for port in config.ports}
        self.drops = {}
        self.errors = []      # (port, type, code, mtu, frame that it is about)
        self.metrics = {}     # name: value, where a case looks at one
        self.fill = True
        self.loose = False    # frames that leave are not compared
        self.once = False     # its frames are the burst: one size is enough

    def send(self, port, *frames):
        self.port = port
        self.frames += frames

    def expect(self, port, *frames):
        self.out[port] += frames

    def expect_error(self, port, kind, code, about, mtu=0):
        self.errors.append((port, kind, code, mtu, about))

    def expect_drop(self, reason, times=1):
        self.drops[reason] = times


@functools.lru_cache(maxsize=4096)
def judge(frame):
    """None, or why an independent decoder does not like the frame."""
    packet = Ether(frame)
    if IP not in packet:
        return None
    copy = Ether(frame)
    layer = copy
    while layer:
        if isinstance(layer, UDP) and layer.chksum == 0:
            pass  # "none"
        elif isinstance(layer, IP) and layer.frag:
            layer.chksum = None
            break  # what a later fragment holds cannot be summed
        elif isinstance(layer, IP) and layer.flags.MF:
            layer.chksum = None
            break
        elif hasattr(layer, "chksum"):
            layer.chksum = None
        if isinstance(layer, ICMP) and layer.type in (3, 11):
            break  # the quoted packet is as it came
        layer = layer.payload
    if bytes(copy) != frame:
        return f"checksum: {frame.hex()}\n   scapy makes: {bytes(copy).hex()}"
    return None


@functools.lru_cache(maxsize=4096)
def is_aside(frame):
    packet = Ether(frame)
    if ARP in packet:
        return True
    return IP in packet and UDP in packet and packet[IP].frag == 0 and \
        bytes(packet[UDP].payload)[:1] == b"\x01" and packet[UDP].sport == 434


def is_error(frame, wanted):
    _, kind, code, mtu, about = wanted
    packet = Ether(frame)
    if ICMP not in packet or packet[IP].proto != 1:
        return False
    icmp = packet[ICMP]
    if (icmp.type, icmp.code) != (kind, code):
        return False
    if mtu and icmp.nexthopmtu != mtu:
        return False
    quoted = bytes(icmp.payload)
    original = bytes(about[IP] if isinstance(about, Ether) else about)
    return packet[IP].dst == IP(original).src and len(quoted) >= 28 and \
        original.startswith(quoted[:28]) and packet[IP].ttl > 1


def write_config(path, text):
    subscribers = os.path.join(os.path.dirname(path), "subscribers.yaml")
    for name, content in ((subscribers, "version: 1\nrouters: []\n"), (path, text)):
        with open(name, "w", encoding="ascii") as file:
            file.write(content)
        os.chmod(name, 0o600)


def run(haarod, case, burst, work):
    """Returns a list of complaints."""
    config = case.config
    paths = {}
    filler_in, filler_out, filler_port = config.filler(case.port)
    n_fill = max(burst - len(case.frames), 0) if case.fill else 0
    before = [filler_in(i) for i in range(n_fill // 2)]
    after = [filler_in(i) for i in range(n_fill // 2, n_fill)]
    frames = before + case.frames + after
    for index, port in enumerate(config.ports):
        paths[port] = (os.path.join(work, f"in{index}"), os.path.join(work, f"out{index}"))
        if os.path.exists(paths[port][1]):
            os.unlink(paths[port][1])
        packets = []
        for i, frame in enumerate(frames if port == case.port else []):
            packet = frame if isinstance(frame, Ether) else Raw(bytes(frame))
            packet.time = START + i * 1e-6
            packets.append(packet)
        for seconds, where, frame in case.later:
            if where == port:
                frame.time = START + seconds
                packets.append(frame)
        wrpcap(paths[port][0], packets or [], linktype=1)
    config_path = os.path.join(work, "haarod.yaml")
    write_config(config_path, config.text(f"r{os.getpid()}", paths))
    counters_path = os.path.join(work, "counters.json")
    env = dict(os.environ, XDG_RUNTIME_DIR=work)
    result = subprocess.run([haarod, "--replay", "1", "--no-huge", "--counters", counters_path,
                             config_path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, timeout=DEADLINE, check=False, env=env)
    if result.returncode != 0:
        return [f"haarod: exit {result.returncode}: {result.stdout}"]
    fill = {port: [] for port in config.ports}
    fill[filler_port] = [bytes(filler_out(i)) for i in range(n_fill)]
    with open(counters_path, encoding="ascii") as file:
        counters = json.load(file)
    return compare(case, {port: [out] for port, (_, out) in paths.items()}, fill, counters)


def difference(where, got, want):
    if got == want:
        return []
    for i in range(max(len(got), len(want))):
        one = got[i].hex() if i < len(got) else "nothing"
        other = want[i].hex() if i < len(want) else "nothing"
        if one != other:
            return [f"{where}: {len(got)} frames, expected {len(want)}; frame {i}: {one}\n"
                    f"   expected: {other}"]
    return []


def read_frames(paths):
    """What left by the files of a port, one after the other; a port may be no pcap at all. The end
    of a file that is still being written may be missing."""
    frames = []
    for path in paths:
        content, offset = b"", 24
        if os.path.exists(path):
            with open(path, "rb") as file:
                content = file.read()
        while offset + 16 <= len(content):
            start = offset + 16
            offset = start + struct.unpack_from("<I", content, offset + 8)[0]
            if offset <= len(content):
                frames.append(content[start:offset])
    return frames


def compare(case, outs, fill, counters):
    """outs: the files of each port; fill: the ordinary frames that must leave by it."""
    # Flows keep their order each; between flows of one burst there is none to keep.
    complaints = []
    drops = {name: n for name, n in counters["drops"].items() if n}
    if drops != case.drops:
        complaints.append(f"drops: {drops}, expected {case.drops}")
    for name, value in case.metrics.items():
        if counters["metrics"].get(name) != value:
            complaints.append(f"{name}: {counters['metrics'].get(name)}, expected {value}")
    for port, paths in outs.items():
        left = []
        for frame in read_frames(paths):
            complaint = judge(frame)
            if complaint:
                complaints.append(f"{port}: {complaint}")
            if not is_aside(frame):
                left.append(frame)
        for wanted in case.errors:
            if wanted[0] != port:
                continue
            match = next((f for f in left if is_error(f, wanted)), None)
            if match is None:
                complaints.append(f"{port}: no ICMP {wanted[1]}/{wanted[2]} mtu {wanted[3]}")
            else:
                left.remove(match)
        if case.loose:
            continue
        ordinary = set(fill[port])
        for what, got, want in (
                ("ordinary", [f for f in left if f in ordinary], fill[port]),
                ("its own", [f for f in left if f not in ordinary],
                 [bytes(f) for f in case.out[port]])):
            complaints += difference(f"{port}, {what}", got, want)
    return complaints


def main(arguments):
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import cases  # pylint: disable=C0415
    haarod, bursts, names = arguments[0], BURSTS, []
    rest = arguments[1:]
    while rest:
        word = rest.pop(0)
        if word == "--bursts":
            bursts = tuple(int(size) for size in rest.pop(0).split(","))
        else:
            names.append(word)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="haaro-replay-") as work:
        for name, make in cases.ALL.items():
            if names and name not in names:
                continue
            for burst in bursts:
                case = make()
                if case.once and burst != bursts[0]:
                    continue
                complaints = run(haarod, case, burst, work)
                failed += bool(complaints)
                if complaints:
                    print(f"FAILED {name}, burst {burst}:")
                    print("  " + "\n  ".join(complaints))
                else:
                    print(f"passed {name}, burst {burst}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
