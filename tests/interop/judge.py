# SPDX-License-Identifier: BSD-3-Clause
"""Judges captures by Wireshark and config/wireshark/haaro.lua, which knows nothing but RFC 6521.

    judge.py CAPTURE...

Every packet of UDP port 434, in a tunnel or not, must be decoded without an error of any protocol
(checksums of IP and UDP included) and without a warning of haaro.lua, which stands for a rule that
the sender broke. User data in tunnels is left aside. Prints what was seen; exit status 0 if all is
well. Other tests import judge().
"""

import collections
import os
import subprocess
import sys
import xml.etree.ElementTree as xml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DISSECTOR = os.path.join(TOP, "config", "wireshark", "haaro.lua")
# A NAT may give a router the port of another protocol, which would decode what comes from it.
TSHARK = ["tshark", "-n", "-X", "lua_script:" + DISSECTOR, "-d", "udp.port==1-433,haaro"]
CHECKSUMS = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
TIMEOUT = 120  # seconds for one capture

# A datagram that neither decodes would be no judgement; what an ICMP error quotes may be cut.
SIGNALLING = ("haaro || mip.type in {0..3, 5..255} || "
              "(udp.port == 434 && !mip && !haaro && !icmp)")
SEVERITIES = {0x800000: "error", 0x600000: "warning", 0x400000: "note"}
TUNNEL_DATA = "4"
MESSAGES = {"1": "request", "3": "reply", "7": "revocation", "15": "acknowledgment",
            "24": "HoTI", "25": "CoTI", "26": "HoT", "27": "CoT"}


class Packet:
    """number: of the frame; values: [(field, what it shows)] as they follow each other;
    complaints: [(severity, field or text)]."""

    def __init__(self, element):
        self.values, self.complaints = [], []
        for field in element.iter("field"):
            name = field.get("name")
            if name == "_ws.expert":
                self.add_complaint(field)
            elif name and not name.startswith("_ws."):
                self.values.append((name, field.get("show")))
        self.number = int(self.all("frame.number")[0])

    def add_complaint(self, element):
        parts = {field.get("name"): field.get("show") for field in element}
        severity = SEVERITIES.get(int(parts["_ws.expert.severity"]))
        names = [name for name in parts if not name.startswith("_ws.expert")]
        if severity:
            self.complaints.append((severity, (names or [parts["_ws.expert.message"]])[0]))

    def all(self, name):
        """What the field shows, each time that it occurs."""
        # Versions of Wireshark differ in how they write a flag.
        flags = {"True": "1", "False": "0"}
        return [flags.get(show, show) for field, show in self.values if field == name]

    def messages(self):
        kinds = self.all("mip.type") + self.all("haaro.type")
        return [MESSAGES.get(kind, f"message {kind}") for kind in kinds if kind != TUNNEL_DATA]

    def extensions(self):
        """Those of RFC 6521, as type/subtype."""
        found, kind = [], None
        for field, show in self.values:
            if field == "haaro.ext.type":
                kind = show
            elif field == "haaro.ext.subtype":
                found.append(f"{kind}/{show}")
        return found

    def breaches(self):
        """What a sender did wrong."""
        return [f"{severity} {what}" for severity, what in self.complaints
                if severity == "error" or (severity == "warning" and what.startswith("haaro."))]


def packets(path, display="frame", options=()):
    """The packets of a capture that the display filter takes, one after the other."""
    # tshark goes on without a script that it cannot load, but not with a filter that it must know.
    result = subprocess.run([*TSHARK, *options, "-r", path, "-T", "pdml",
                             "-Y", f"({display}) && (haaro || !haaro)"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT,
                            check=False)
    if result.returncode != 0:
        raise OSError(f"{path}: tshark: {result.stderr.decode(errors='replace')}")
    for element in xml.fromstring(result.stdout).iter("packet"):
        yield Packet(element)


def judge(path):
    """What was seen in a capture, as a Counter of messages and extensions, and the complaints."""
    seen, complaints = collections.Counter(), []
    for packet in packets(path, SIGNALLING, CHECKSUMS):
        known = packet.messages() + packet.extensions()
        seen.update(known)
        if not known and not packet.complaints:
            complaints.append(f"{path}: frame {packet.number}: not decoded")
        complaints += [f"{path}: frame {packet.number}: {text}" for text in packet.breaches()]
    if not seen:
        complaints.append(f"{path}: no signalling on UDP port 434")
    return seen, complaints


def main(paths):
    failed = not paths
    for path in paths:
        seen, complaints = judge(path)
        print("\n".join(complaints + [f"{path}: " + ", ".join(
            f"{n} {what}" for what, n in sorted(seen.items()))]))
        failed = failed or bool(complaints)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
