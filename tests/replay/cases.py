# SPDX-License-Identifier: BSD-3-Clause
"""The cases of replay.py: what goes in, what must come out, what is counted. Read them as text.

The hub has two ports. On wan (203.0.113.10/24) are the far ends of tunnels: .30 by IP in IP with
10.1.0.0/24 behind it, .31 by UDP with 10.2.0.0/24, .32 by IP in IP that takes any source, with
10.3.0.0/24, and .33 whose MTU is small, with 10.4.0.0/24. On core (10.255.0.1/24) is the host .9.
"""

from scapy.all import ARP, ICMP, IP, TCP, UDP, Ether, Raw, fragment  # pylint: disable=E0611

from replay import Case

WAN_MAC, CORE_MAC = "02:70:63:61:70:00", "02:70:63:61:70:01"
LAN_MAC = CORE_MAC
HOST_MAC = "02:00:00:00:00:09"
HUB, HOST, CORE = "203.0.113.10", "10.255.0.9", "10.255.0.1"
ALL = {}


def far_mac(last):
    return f"02:00:00:00:01:{last:02x}"


class Hub:
    """The hub's configuration; keywords change a line of it."""

    ports = ("wan", "core")

    def __init__(self, capacity="buffers: 1024, ring: 64, queue: 64", policer="", core="net_pcap1",
                 wan_mtu=1500, core_mtu=1500, extra="", workers=1):
        self.capacity, self.policer, self.extra = capacity, policer, extra
        self.workers = workers
        self.core, self.wan_mtu, self.core_mtu = core, wan_mtu, core_mtu

    def text(self, name, paths):
        devices = {port: f"rx_pcap={paths[port][0]},tx_pcap={paths[port][1]}" for port in paths}
        core = self.core if self.core != "net_pcap1" else f"net_pcap1,{devices['core']}"
        neighbours = ", ".join(f'{{address: 203.0.113.{n}, mac: "{far_mac(n)}"}}'
                               for n in (30, 31, 32, 33))
        return f"""version: 1
name: {name}
role: home-agent
workers: {{count: {self.workers}}}
ports:
  - name: wan
    device: "net_pcap0,{devices['wan']}"
    mtu: {self.wan_mtu}
    addresses: [{HUB}/24]
    neighbours: [{neighbours}]
  - name: core
    device: "{core}"
    mtu: {self.core_mtu}
    addresses: [{CORE}/24]
    neighbours: [{{address: {HOST}, mac: "{HOST_MAC}"}}]
home-agent: {{address: {HUB}, home-networks: [192.0.2.0/24], subscribers: subscribers.yaml}}
capacity: {{tunnels: 16, prefixes: 64, neighbours: 32, {self.capacity}}}
signalling-policer: {{{self.policer}}}
tunnels:
  - {{name: ipip, local: {HUB}, remote: 203.0.113.30, networks: [10.1.0.0/24]}}
  - {{name: udp, encapsulation: udp, local: {HUB}, remote: 203.0.113.31, remote-port: 40000,
     networks: [10.2.0.0/24]}}
  - {{name: any, local: {HUB}, remote: 203.0.113.32, networks: [10.3.0.0/24], accept: any}}
  - {{name: small, local: {HUB}, remote: 203.0.113.33, networks: [10.4.0.0/24], mtu: 576}}
{self.extra}
metrics: {{listen: ""}}
"""

    @staticmethod
    def filler(port):
        """(frame in, frame out, port out): native packets from one side to the other."""
        if port == "core":
            return (lambda i: core(HOST, "203.0.113.30") / UDP(dport=7) / bytes([i]),
                    lambda i: wan_out(30, HOST, "203.0.113.30", 63) / UDP(dport=7) / bytes([i]),
                    "wan")
        return (lambda i: wan("203.0.113.30", HOST) / UDP(dport=7) / bytes([i]),
                lambda i: core_out("203.0.113.30", HOST, 63) / UDP(dport=7) / bytes([i]), "core")


class Branch:
    """A branch that is not registered: uplink 203.0.113.30, LAN 10.1.0.1/24, host 10.1.0.7."""

    ports = ("wan", "lan")

    @staticmethod
    def text(name, paths):
        devices = {port: f"rx_pcap={paths[port][0]},tx_pcap={paths[port][1]}" for port in paths}
        return f"""version: 1
name: {name}
role: mobile-router
ports:
  - {{name: wan, device: "net_pcap0,{devices['wan']}", addresses: [203.0.113.30/24],
     gateway: 203.0.113.254, neighbours: [{{address: 203.0.113.254, mac: "{far_mac(254)}"}}]}}
  - {{name: lan, device: "net_pcap1,{devices['lan']}", addresses: [10.1.0.1/24],
     neighbours: [{{address: 10.1.0.7, mac: "{HOST_MAC}"}},
                  {{address: 10.1.0.8, mac: "{HOST_MAC}"}}]}}
mobile-router:
  home-address: 192.0.2.1
  home-agent: {HUB}
  key: {{spi: 1000, algorithm: hmac-sha256-128, secret: "hex:{'5a' * 32}"}}
  uplinks: [{{port: wan}}]
  networks: {{mode: explicit, prefixes: [10.1.0.0/24], ports: [lan]}}
capacity: {{tunnels: 8, prefixes: 64, neighbours: 32, buffers: 1024, ring: 64, queue: 64}}
metrics: {{listen: ""}}
"""

    @staticmethod
    def filler(port):
        """From the LAN: between two of its hosts. From the uplink there is no way at all."""
        if port == "lan":
            return (lambda i: lan("10.1.0.7", "10.1.0.8") / UDP(dport=7) / bytes([i]),
                    lambda i: Ether(src=LAN_MAC, dst=HOST_MAC) /
                    IP(src="10.1.0.7", dst="10.1.0.8", ttl=63) / UDP(dport=7) / bytes([i]), "lan")
        return None, None, "lan"


def wan(src, dst, last=30, **fields):
    return Ether(src=far_mac(last), dst=WAN_MAC) / IP(src=src, dst=dst, **fields)


def core(src, dst, **fields):
    return Ether(src=HOST_MAC, dst=CORE_MAC) / IP(src=src, dst=dst, **fields)


lan = core


def wan_out(last, src, dst, ttl, **fields):
    return Ether(src=WAN_MAC, dst=far_mac(last)) / IP(src=src, dst=dst, ttl=ttl, **fields)


def core_out(src, dst, ttl, **fields):
    return Ether(src=CORE_MAC, dst=HOST_MAC) / IP(src=src, dst=dst, ttl=ttl, **fields)


def ipip_out(last, number, inner, **fields):
    """An outer header of ours: DF, TTL 64, numbered from 0."""
    return wan_out(last, HUB, f"203.0.113.{last}", 64, flags="DF", id=number, proto=4,
                   **fields) / inner


def ipip_in(last, inner, **fields):
    return wan(f"203.0.113.{last}", HUB, last, proto=4, **fields) / inner


def udp_in(payload, **fields):
    return wan("203.0.113.31", HUB, 31) / UDP(sport=40000, dport=434, **fields) / Raw(payload)


def udp_out(number, inner):
    return wan_out(31, HUB, "203.0.113.31", 64, flags="DF", id=number) / \
        UDP(sport=434, dport=40000) / Raw(b"\x04\x04\x00\x00" + bytes(inner))


def data(src, dst, ttl=64, size=8, **fields):
    return IP(src=src, dst=dst, ttl=ttl, **fields) / UDP(sport=1000, dport=2000) / (b"x" * size)


def case(config):
    """Decorator: the function fills the case; its name is the case's."""
    def register(fill):
        def make():
            made = Case(fill.__name__, config())
            fill(made)
            return made
        ALL[fill.__name__] = make
        return fill
    return register


def drop_case(reason, port, frame, config=Hub, error=None):
    """The common form: one frame is dropped for one reason, the rest of the burst goes on."""
    def fill(made):
        made.send(port, frame)
        made.expect_drop(reason)
        made.fill = not (config is Branch and port == "wan")
        if error:
            made.expect_error(port, error[0], error[1], frame, *error[2:])
    fill.__name__ = "drop_" + reason if "drop_" + reason not in ALL else \
        f"drop_{reason}_{len(ALL)}"
    case(config)(fill)


def raw_ip(**fields):
    """A frame to the hub with an IPv4 header that scapy would not make by itself."""
    return Ether(src=HOST_MAC, dst=CORE_MAC) / IP(src=HOST, dst="203.0.113.30", **fields) / \
        b"12345678"


# --- ways ----------------------------------------------------------------------------------------


@case(Hub)
def way_native(made):
    made.send("core", core(HOST, "203.0.113.31") / UDP() / b"x")
    made.expect("wan", wan_out(31, HOST, "203.0.113.31", 63) / UDP() / b"x")


@case(Hub)
def way_ipip_push(made):
    made.send("core", core(HOST, "10.1.0.7", tos=0xb9) / UDP() / b"hello")
    made.expect("wan", ipip_out(30, 0, IP(src=HOST, dst="10.1.0.7", ttl=63, tos=0xb9) / UDP() /
                                b"hello", tos=0xb9))


@case(Hub)
def way_udp_push(made):
    made.send("core", core(HOST, "10.2.0.7") / UDP() / b"odd")
    made.expect("wan", udp_out(0, IP(src=HOST, dst="10.2.0.7", ttl=63) / UDP() / b"odd"))


@case(Hub)
def way_ipip_pop(made):
    made.send("wan", ipip_in(30, data("10.1.0.7", HOST)))
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / data("10.1.0.7", HOST, 63))


@case(Hub)
def way_udp_pop(made):
    inner = bytes(data("10.2.0.7", HOST))
    made.send("wan", udp_in(b"\x04\x04\x00\x00" + inner),
              udp_in(b"\x04\x04\xff\xff" + inner, chksum=0))
    made.expect("core", *[Ether(src=CORE_MAC, dst=HOST_MAC) / data("10.2.0.7", HOST, 63)] * 2)


@case(Hub)
def way_relay(made):
    """From one branch to another: off one tunnel, onto the other."""
    made.send("wan", ipip_in(30, data("10.1.0.7", "10.2.0.7")))
    made.expect("wan", udp_out(0, data("10.1.0.7", "10.2.0.7", 63)))


@case(lambda: Hub(workers=3))
def way_handed_over(made):
    """More workers than transmit queues: one sends for all, nothing is lost or doubled."""
    made.send("core", core(HOST, "10.2.0.7") / UDP() / b"odd")
    made.expect("wan", udp_out(0, IP(src=HOST, dst="10.2.0.7", ttl=63) / UDP() / b"odd"))


@case(Hub)
def way_options(made):
    """Options lengthen headers, the inner one and the outer one that we take off."""
    options = b"\x07\x07\x04\x00\x00\x00\x00\x00"
    inner = IP(src="10.1.0.7", dst=HOST, options=options) / UDP() / b"x"
    made.send("wan", ipip_in(30, inner, options=options))
    after = inner.copy()
    after.ttl = 63
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / after)


@case(Hub)
def way_trailer(made):
    """Ethernet padding and what lies behind the inner packet is cut off."""
    frame = ipip_in(30, Raw(bytes(data("10.1.0.7", HOST)) + b"behind"))
    made.send("wan", Ether(bytes(frame) + b"padding"))
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / data("10.1.0.7", HOST, 63))


@case(Hub)
def way_fragments(made):
    """DF=0 is cut before encapsulation: 556 octets of payload in multiples of 8, then the rest."""
    packet = IP(src=HOST, dst="10.4.0.7", id=77) / UDP(sport=1, dport=2) / bytes(range(256)) * 5
    packet = IP(bytes(IP(src=HOST, dst="10.4.0.7", id=77) / UDP(sport=1, dport=2) /
                      (bytes(range(256)) * 5)))
    made.send("core", Ether(src=HOST_MAC, dst=CORE_MAC) / packet)
    cut = packet.copy()
    cut.ttl = 63
    del cut.chksum
    pieces = fragment(cut, fragsize=552)
    made.expect("wan", *[ipip_out(33, i, piece) for i, piece in enumerate(pieces)])


@case(Hub)
def way_fragment_again(made):
    """A fragment in the middle of a packet is cut further; its offset and MF stay right."""
    payload = bytes(range(200)) * 4
    made.send("core", core(HOST, "10.4.0.7", id=5, flags="MF", frag=100) / Raw(payload))
    made.expect("wan",
                ipip_out(33, 0, IP(src=HOST, dst="10.4.0.7", id=5, ttl=63, flags="MF", frag=100) /
                         Raw(payload[:552])),
                ipip_out(33, 1, IP(src=HOST, dst="10.4.0.7", id=5, ttl=63, flags="MF", frag=169) /
                         Raw(payload[552:])))


@case(Hub)
def way_fragment_options(made):
    """Later fragments carry only the options whose copied flag is set (RFC 791)."""
    record, security = b"\x07\x07\x04\x00\x00\x00\x00", b"\x82\x0b" + b"\x01" * 9
    payload = bytes(range(250)) * 4
    first = record + security + b"\0\0"
    made.send("core", core(HOST, "10.4.0.7", id=6, options=first) / Raw(payload))
    size = (576 - 40) & ~7
    made.expect("wan",
                ipip_out(33, 0, IP(src=HOST, dst="10.4.0.7", id=6, ttl=63, flags="MF",
                                   options=first) / Raw(payload[:size])),
                ipip_out(33, 1, IP(src=HOST, dst="10.4.0.7", id=6, ttl=63, frag=size // 8,
                                   options=security + b"\0") / Raw(payload[size:])))


def syn(mss, ttl, src, dst, before=()):
    return IP(src=src, dst=dst, ttl=ttl) / \
        TCP(sport=1, dport=2, flags="S", options=[*before, ("MSS", mss)])


@case(Hub)
def way_mss_out(made):
    made.send("core", Ether(src=HOST_MAC, dst=CORE_MAC) / syn(1460, 64, HOST, "10.1.0.7"))
    made.expect("wan", ipip_out(30, 0, syn(1440, 63, HOST, "10.1.0.7")))


@case(Hub)
def way_mss_in_odd(made):
    """Out of a tunnel as well; the option begins at an odd octet."""
    odd = [("NOP", None)]
    made.send("wan", ipip_in(30, syn(9000, 64, "10.1.0.7", HOST, odd)))
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / syn(1440, 63, "10.1.0.7", HOST, odd))


@case(Hub)
def way_mss_low(made):
    made.send("core", Ether(src=HOST_MAC, dst=CORE_MAC) / syn(1400, 64, HOST, "10.1.0.7"))
    made.expect("wan", ipip_out(30, 0, syn(1400, 63, HOST, "10.1.0.7")))


@case(Hub)
def way_ecn(made):
    """CE on the way marks the inner packet that can hold it (RFC 6040)."""
    made.send("wan", ipip_in(30, data("10.1.0.7", HOST, tos=0x02), tos=0x03))
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / data("10.1.0.7", HOST, 63, tos=0x03))


@case(Hub)
def way_echo(made):
    """An echo request to us is answered."""
    made.send("core", core(HOST, CORE, id=9) / ICMP(id=1, seq=2) / b"ping")
    made.loose = True
    made.metrics['haaro_punted{class="local"}'] = 1


def nested(depth):
    packet = data("10.3.0.7", HOST)
    for _ in range(depth):
        packet = IP(src="203.0.113.32", dst=HUB, proto=4) / packet
    return Ether(src=far_mac(32), dst=WAN_MAC) / packet


@case(Hub)
def way_nested(made):
    made.send("wan", nested(4))
    made.expect("core", Ether(src=CORE_MAC, dst=HOST_MAC) / data("10.3.0.7", HOST, 63))


# --- parse ---------------------------------------------------------------------------------------

drop_case("eth_short", "core", Raw(b"\x02\x70\x63\x61\x70\x01\x02\x03\x04\x05"))
drop_case("eth_not_us", "core", Ether(src=HOST_MAC, dst="02:00:00:00:00:55") /
          IP(src=HOST, dst="203.0.113.30") / UDP())
drop_case("eth_type", "core", Ether(src=HOST_MAC, dst=CORE_MAC, type=0x86dd) / Raw(b"\x60" * 40))
drop_case("segmented", "core", core(HOST, "203.0.113.30") / UDP() / (b"x" * 4000))
drop_case("arp_malformed", "core", Ether(src=HOST_MAC, dst="ff:ff:ff:ff:ff:ff") /
          ARP(hwlen=8, psrc=HOST, pdst=CORE))
drop_case("ip_short", "core", Raw(bytes(raw_ip())[:33]))
drop_case("ip_version", "core", raw_ip(version=6))
drop_case("ip_header_length", "core", raw_ip(ihl=4))
drop_case("ip_header_length", "core", raw_ip(ihl=15))
drop_case("ip_length", "core", raw_ip(len=19))
drop_case("ip_length", "core", raw_ip(len=29))
drop_case("ip_checksum", "core", raw_ip(chksum=0x1234))
drop_case("ip_ttl_zero", "core", raw_ip(ttl=0))
for martian in ("127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"):
    drop_case("ip_source", "core", core(martian, "203.0.113.30") / UDP())
    drop_case("ip_destination", "core", core(HOST, martian) / UDP())
drop_case("udp_length", "wan", wan("203.0.113.31", HUB, 31) / UDP(len=7) / b"x")
drop_case("udp_length", "wan", wan("203.0.113.31", HUB, 31) / UDP(len=10) / b"x")
drop_case("udp_checksum", "wan",
          udp_in(b"\x04\x04\x00\x00" + bytes(data("10.2.0.7", HOST)), chksum=0x1234))

# --- classify ------------------------------------------------------------------------------------

drop_case("not_for_us", "wan", Ether(src=far_mac(254), dst=WAN_MAC) /
          IP(src="203.0.113.254", dst="10.1.0.7") / UDP(), Branch)
drop_case("protocol_unknown", "core", core(HOST, CORE, proto=99) / b"12345678", error=(3, 2))
drop_case("port_unknown", "core", core(HOST, CORE) / UDP(dport=9) / b"12345678", error=(3, 3))
drop_case("outer_fragment", "wan", ipip_in(30, data("10.1.0.7", HOST), flags="MF"))
drop_case("outer_fragment", "wan", ipip_in(30, data("10.1.0.7", HOST), frag=10))
drop_case("outer_fragment", "wan", wan("203.0.113.31", HUB, 31, flags="MF") /
          UDP(sport=40000, dport=434, len=2000) / Raw(b"\x04\x04\x00\x00" + b"x" * 100))

# --- decapsulation -------------------------------------------------------------------------------

drop_case("tunnel_unknown", "wan", ipip_in(77, data("10.1.0.7", HOST)))
drop_case("tunnel_unknown", "wan", wan("203.0.113.31", HUB, 31) / UDP(sport=40001, dport=434) /
          Raw(b"\x04\x04\x00\x00" + bytes(data("10.2.0.7", HOST))))
drop_case("tunnel_data", "wan", udp_in(b"\x04\x2f\x00\x00" + bytes(data("10.2.0.7", HOST))))
drop_case("tunnel_data", "wan", udp_in(b"\x04\x04\x00"))
drop_case("inner_short", "wan", ipip_in(30, Raw(b"\x45" + b"\0" * 18)))
drop_case("inner_short", "wan", udp_in(b"\x04\x04\x00\x00"))
drop_case("inner_version", "wan", ipip_in(30, data("10.1.0.7", HOST, version=6)))
drop_case("inner_header_length", "wan", ipip_in(30, data("10.1.0.7", HOST, ihl=4)))
drop_case("inner_header_length", "wan", ipip_in(30, data("10.1.0.7", HOST, ihl=15)))
drop_case("inner_length", "wan", ipip_in(30, data("10.1.0.7", HOST, len=37)))
drop_case("inner_length", "wan", ipip_in(30, data("10.1.0.7", HOST, len=19)))
drop_case("inner_checksum", "wan", ipip_in(30, data("10.1.0.7", HOST, chksum=0x1234)))
drop_case("inner_ttl_zero", "wan", ipip_in(30, data("10.1.0.7", HOST, ttl=0)))
drop_case("inner_source", "wan", ipip_in(30, data("10.2.0.7", HOST)))
drop_case("inner_source", "wan", ipip_in(30, data("127.0.0.1", HOST)))
drop_case("inner_destination", "wan", ipip_in(30, data("10.1.0.7", "224.0.0.9")))
drop_case("inner_destination", "wan", ipip_in(30, data("10.1.0.7", CORE)))
drop_case("ecn_congestion", "wan", ipip_in(30, data("10.1.0.7", HOST), tos=3))

# --- lookup --------------------------------------------------------------------------------------

drop_case("no_route", "core", core(HOST, "198.18.9.9") / UDP() / b"x", error=(3, 0))
drop_case("unbound", "core", core(HOST, "192.0.2.77") / UDP() / b"x", error=(3, 1))
drop_case("not_registered", "lan", lan("10.1.0.7", "10.200.0.1") / UDP() / b"x", Branch, (3, 1))
drop_case("lan_source", "lan", lan("10.77.0.7", "10.1.0.8") / UDP() / b"x", Branch)
drop_case("loop_own_source", "core", core(CORE, "10.1.0.7") / UDP() / b"x")
drop_case("loop_own_source", "wan", ipip_in(32, data(CORE, HOST)))
drop_case("loop_tunnel_exit", "wan", wan("203.0.113.30", "10.1.0.7") / UDP() / b"x")
drop_case("tunnel_depth", "wan", nested(5))
drop_case("ttl_expired", "core", core(HOST, "10.1.0.7", ttl=1) / UDP() / b"x", error=(11, 0))

# --- encapsulation and sending -------------------------------------------------------------------

drop_case("too_big", "core", core(HOST, "10.1.0.7", flags="DF") / UDP() / (b"x" * 1453),
          error=(3, 4, 1480))


@case(lambda: Hub(extra="  - {name: lost, local: 203.0.113.10, remote: 198.18.77.1, "
                        "networks: [10.9.0.0/24]}"))
def drop_no_underlay(made):
    frame = core(HOST, "10.9.0.7") / UDP() / b"x"
    made.send("core", frame)
    made.expect_drop("no_underlay")
    made.expect_error("core", 3, 1, frame)


@case(Hub)
def drop_no_neighbour(made):
    """ARP is asked, nobody answers, the control core gives up."""
    frame = core(HOST, "203.0.113.99") / UDP() / b"x"
    made.send("core", frame)
    for second in range(1, 9):
        made.later.append((second, "core", core(HOST, "203.0.113.30") / UDP(dport=7) / b"x"))
    made.expect_drop("no_neighbour")
    made.loose = True


@case(lambda: Hub(capacity="buffers: 256, ring: 64, queue: 64",
                  extra="  - {name: tiny, local: 203.0.113.10, remote: 203.0.113.30, "
                        "networks: [10.5.0.0/24], mtu: 68, encapsulation: udp}"))
def drop_no_buffer(made):
    """10 packets of 25 pieces: 246 buffers are left, too few for the tenth. All or nothing."""
    made.send("core", *[core(HOST, "10.5.0.7", id=i) / UDP() / (b"x" * 1192) for i in range(10)])
    made.expect_drop("no_buffer")
    made.fill, made.once, made.loose = False, True, True
    made.metrics["haaro_fragments_made"] = 225


@case(lambda: Hub(capacity="buffers: 4096, ring: 64, queue: 64", core="net_ring0", wan_mtu=9000,
                  core_mtu=576))
def drop_tx_full(made):
    """60 packets of 17 pieces, two of one and one of two: 1024, one more than fits the ring, which
    leads back to us, hence the others' drops."""
    frames = [wan("203.0.113.30", HOST, id=i) / UDP() / (b"x" * 8972) for i in range(60)]
    frames += [wan("203.0.113.30", HOST) / UDP() / (b"x" * size) for size in (1, 1, 600)]

    made.send("wan", wan("203.0.113.77", "198.18.0.1") / UDP() / b"first")
    for i, frame in enumerate(frames):
        made.later.append((2 + i * 1e-6, "wan", frame))
    made.drops = {"tx_full": 1, "eth_not_us": 1023, "no_route": 1}
    made.fill, made.once, made.loose = False, True, True


# --- on the way up -------------------------------------------------------------------------------

ECHO = ICMP(id=1, seq=1) / b"ping"
REQUEST = Raw(b"\x01" + b"\0" * 23)  # type 1, a Registration Request that is no use


@case(Branch)
def way_signalling_in_fragments(made):
    """A branch takes a reply that the way has cut: in order, and the last fragment first. It is no
    use either, and so discarded by the role, as a whole."""
    reply = Raw(b"\x03" + bytes(1471))
    for packet_id in (1, 2):
        whole = IP(src=HUB, dst="203.0.113.30", id=packet_id) / UDP(sport=434, dport=434) / reply
        pieces = fragment(IP(bytes(whole)), fragsize=552)[::1 if packet_id == 1 else -1]
        made.send("wan", *[Ether(src=far_mac(254), dst=WAN_MAC) / piece for piece in pieces])
    made.metrics.update({"haaro_link_fragments_received": 6, "haaro_link_reassembled": 2,
                         "haaro_link_fragments_bad": 0})
    made.fill, made.once = False, True


def policed(name, rate, port, frames):
    def fill(made):
        made.send(port, *frames)
        made.expect_drop("policed_" + name)
        made.loose = True
    fill.__name__ = "drop_policed_" + name
    case(lambda: Hub(policer=f"{rate}: 1/s"))(fill)


policed("bound", "bound", "wan", [wan("203.0.113.31", HUB, 31) / UDP(sport=40000, dport=434) /
                                  REQUEST] * 2)
policed("unknown", "unknown", "wan", [wan("203.0.113.77", HUB, 77) / UDP(sport=434, dport=434) /
                                      REQUEST] * 2)
policed("keepalive", "keepalive", "wan", [ipip_in(30, IP(src="10.1.0.7", dst=HUB) / ECHO)] * 2)
policed("arp", "arp", "core", [Ether(src=HOST_MAC, dst="ff:ff:ff:ff:ff:ff") /
                               ARP(psrc=HOST, hwsrc=HOST_MAC, pdst=CORE)] * 2)
policed("local", "local", "core", [core(HOST, CORE) / ECHO] * 2)
policed("resolve", "resolve", "core", [core(HOST, "203.0.113.99") / UDP() / b"x"] * 2)


@case(lambda: Hub(capacity="buffers: 1024, ring: 1, queue: 64"))
def drop_punt_full(made):
    made.send("core", *[Ether(src=HOST_MAC, dst="ff:ff:ff:ff:ff:ff") /
                        ARP(psrc=HOST, hwsrc=HOST_MAC, pdst=CORE)] * 2)
    made.expect_drop("punt_full")
    made.loose = True
