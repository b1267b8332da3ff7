/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why a packet was dropped. One list: the constant, the name that an operator sees and alarms on,
 * what caused it, and one line of help. Each reason is a counter per worker, and each has a case in
 * tests/replay that raises exactly that counter by exactly one (a lint says so).
 *
 * Cause: PACKET (the packet is wrong or not allowed), STATE (no binding, no route, no neighbour
 * now), RESOURCE (a table, ring, pool or queue was full, or a policer's rate was spent).
 */
#ifndef HAARO_DROP_H
#define HAARO_DROP_H

/* X(constant, name, cause, help) */
#define DROP_LIST(X)                                                                               \
	/* parse: the frame and its IPv4 header */                                                 \
	X(ETH_SHORT, "eth_short", PACKET, "frame shorter than an Ethernet header")                 \
	X(ETH_NOT_US, "eth_not_us", PACKET, "destination MAC is another's")                        \
	X(ETH_TYPE, "eth_type", PACKET, "neither IPv4 nor ARP")                                    \
	X(SEGMENTED, "segmented", PACKET, "frame spread over several buffers (too large)")         \
	X(ARP_MALFORMED, "arp_malformed", PACKET, "ARP too short or not Ethernet/IPv4")            \
	X(IP_SHORT, "ip_short", PACKET, "shorter than an IPv4 header")                             \
	X(IP_VERSION, "ip_version", PACKET, "IP version is not 4")                                 \
	X(IP_HEADER_LENGTH, "ip_header_length", PACKET, "header length under 20 or past the end")  \
	X(IP_LENGTH, "ip_length", PACKET, "total length under the header or past the frame")       \
	X(IP_CHECKSUM, "ip_checksum", PACKET, "IPv4 header checksum wrong")                        \
	X(IP_TTL_ZERO, "ip_ttl_zero", PACKET, "received with TTL 0")                               \
	X(IP_SOURCE, "ip_source", PACKET, "source address no host can have")                       \
	X(IP_DESTINATION, "ip_destination", PACKET, "destination address never forwarded")         \
	X(UDP_LENGTH, "udp_length", PACKET, "UDP to us with a length that does not fit")           \
	X(UDP_CHECKSUM, "udp_checksum", PACKET, "UDP to us with a wrong checksum")                 \
	/* classify */                                                                             \
	X(NOT_FOR_US, "not_for_us", PACKET, "on an uplink, but not to one of our addresses")       \
	X(PROTOCOL_UNKNOWN, "protocol_unknown", PACKET, "to us, a protocol we do not serve")       \
	X(PORT_UNKNOWN, "port_unknown", PACKET, "to us, a UDP port we do not serve")               \
	X(OUTER_FRAGMENT, "outer_fragment", PACKET, "a fragment of a tunnel packet")               \
	/* decapsulation */                                                                        \
	X(TUNNEL_UNKNOWN, "tunnel_unknown", PACKET, "no tunnel has this outer header")             \
	X(TUNNEL_DATA, "tunnel_data", PACKET, "MIP Tunnel Data header short or not as negotiated") \
	X(INNER_SHORT, "inner_short", PACKET, "inner packet shorter than an IPv4 header")          \
	X(INNER_VERSION, "inner_version", PACKET, "inner IP version is not 4")                     \
	X(INNER_HEADER_LENGTH, "inner_header_length", PACKET, "inner header length wrong")         \
	X(INNER_LENGTH, "inner_length", PACKET, "inner total length past the outer packet")        \
	X(INNER_CHECKSUM, "inner_checksum", PACKET, "inner header checksum wrong")                 \
	X(INNER_TTL_ZERO, "inner_ttl_zero", PACKET, "inner TTL is 0")                              \
	X(INNER_SOURCE, "inner_source", PACKET, "inner source not this tunnel's to use")           \
	X(INNER_DESTINATION, "inner_destination", PACKET, "inner destination not for this tunnel") \
	X(INNER_LOCAL, "inner_local", PACKET, "to us by a direct tunnel, but no echo")             \
	X(HALF_BOUND, "half_bound", STATE, "data by a direct tunnel that is not proven yet")       \
	X(ECN_CONGESTION, "ecn_congestion", PACKET, "outer CE on an inner packet without ECN")     \
	/* lookup */                                                                               \
	X(NO_ROUTE, "no_route", STATE, "no route to the destination")                              \
	X(UNBOUND, "unbound", STATE, "home network or subscriber prefix that no router holds now") \
	X(NOT_REGISTERED, "not_registered", STATE,                                                 \
	  "branch without a registration forwards nothing")                                        \
	X(LAN_SOURCE, "lan_source", PACKET, "source is not of the branch's mobile networks")       \
	X(LOOP_OWN_SOURCE, "loop_own_source", PACKET, "source is one of our own addresses")        \
	X(LOOP_TUNNEL_EXIT, "loop_tunnel_exit", PACKET, "source is the far end of the tunnel")     \
	X(TUNNEL_DEPTH, "tunnel_depth", PACKET, "encapsulated too many times")                     \
	X(TTL_EXPIRED, "ttl_expired", PACKET, "TTL ran out here")                                  \
	/* encapsulation and sending */                                                            \
	X(TOO_BIG, "too_big", PACKET, "larger than the next MTU and DF set")                       \
	X(NO_UNDERLAY, "no_underlay", STATE, "the tunnel has no way to its far end now")           \
	X(NO_NEIGHBOUR, "no_neighbour", STATE,                                                     \
	  "the next hop did not answer ARP, or its queue is full")                                 \
	X(NO_BUFFER, "no_buffer", RESOURCE, "out of packet buffers")                               \
	X(PORT_DOWN, "port_down", STATE, "the port to send on is down or gone")                    \
	X(TX_FULL, "tx_full", RESOURCE, "the port's transmit queue is full")                       \
	/* on the way up to the control core, one per policer class, and the ring itself */        \
	X(POLICED_BOUND, "policed_bound", RESOURCE, "signalling of live bindings over its rate")   \
	X(POLICED_PEER, "policed_peer", RESOURCE, "signalling of known peers over its rate")       \
	X(POLICED_UNKNOWN, "policed_unknown", RESOURCE, "signalling of others over its rate")      \
	X(POLICED_KEEPALIVE, "policed_keepalive", RESOURCE, "echo through tunnels over its rate")  \
	X(POLICED_ARP, "policed_arp", RESOURCE, "ARP over its rate")                               \
	X(POLICED_LOCAL, "policed_local", RESOURCE, "other traffic to us over its rate")           \
	X(POLICED_RESOLVE, "policed_resolve", RESOURCE, "packets waiting for ARP over the rate")   \
	X(PUNT_FULL, "punt_full", RESOURCE, "the ring to the control core is full")

enum drop_reason {
	DROP_NONE, /* not dropped */
#define X(constant, name, cause, help) DROP_##constant,
	DROP_LIST(X)
#undef X
		DROP_MAX
};

enum drop_cause { DROP_CAUSE_PACKET, DROP_CAUSE_STATE, DROP_CAUSE_RESOURCE };

static inline const char *drop_name(enum drop_reason reason)
{
	static const char *const names[DROP_MAX] = {
#define X(constant, name, cause, help) [DROP_##constant] = name,
		DROP_LIST(X)
#undef X
	};

	return reason > DROP_NONE && reason < DROP_MAX ? names[reason] : "none";
}

static inline const char *drop_help(enum drop_reason reason)
{
	static const char *const helps[DROP_MAX] = {
#define X(constant, name, cause, help) [DROP_##constant] = help,
		DROP_LIST(X)
#undef X
	};

	return reason > DROP_NONE && reason < DROP_MAX ? helps[reason] : "not dropped";
}

static inline enum drop_cause drop_cause(enum drop_reason reason)
{
	static const enum drop_cause causes[DROP_MAX] = {
#define X(constant, name, cause, help) [DROP_##constant] = DROP_CAUSE_##cause,
		DROP_LIST(X)
#undef X
	};

	return reason < DROP_MAX ? causes[reason] : DROP_CAUSE_PACKET;
}

#endif
