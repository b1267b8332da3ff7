/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an operator may see of the slow path: neighbours, tunnels with their path MTU, counters.
 * Views are valid during the call that hands them out. Thread: control core.
 */
#ifndef LINK_SHOW_H
#define LINK_SHOW_H

#include "haaro/forwarding.h"

struct link;

/* X(constant, name): states of a neighbour (RFC 826; ageing after RFC 1122, section 2.3.2.1) */
#define NEIGHBOUR_LIST(X)                                                                   \
	X(IDLE, "idle") /* a next hop that nobody has asked for yet, or its port is down */ \
	X(INCOMPLETE, "incomplete") /* asked by broadcast, packets wait */                  \
	X(REACHABLE, "reachable")                                                           \
	X(PROBE, "probe")   /* old: asked by unicast, in use meanwhile */                   \
	X(FAILED, "failed") /* no answer: refused for some seconds */                       \
	X(STATIC, "static") /* configured */

enum neighbour_state {
#define X(constant, name) NEIGHBOUR_##constant,
	NEIGHBOUR_LIST(X)
#undef X
		NEIGHBOUR_STATE_MAX
};

const char *neighbour_state_name(enum neighbour_state state);

struct link_neighbour_view {
	uint16_t port;
	struct ip_addr address;
	enum neighbour_state state;
	struct mac_addr mac; /* REACHABLE, PROBE, STATIC */
	uint64_t age;        /* nanoseconds since it was last confirmed, or asked for */
	uint32_t adjacency;  /* FWD_NONE: none of its own */
	uint32_t users;      /* tunnels, routes and configuration that hold it */
	uint32_t waiting;    /* packets */
};

typedef bool (*link_neighbour_visit)(void *arg, const struct link_neighbour_view *view);
void link_walk_neighbours(const struct link *link, link_neighbour_visit visit, void *arg);

struct link_tunnel_view {
	const char *name; /* of a static tunnel, else "" */
	struct tunnel_ref ref;
	enum encap encap;
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t local_port;
	uint16_t remote_port;
	struct ip_addr peer;
	uint16_t port;           /* it leaves by; PORT_NONE: no underlay now */
	struct ip_addr next_hop; /* IP_NONE: no underlay */
	enum neighbour_state next_hop_state;
	uint16_t mtu;          /* largest inner packet */
	uint16_t path_mtu;     /* learned from ICMP; 0: as the port's */
	uint64_t path_mtu_age; /* nanoseconds since it was learned */
	uint32_t errors;       /* ICMP errors about its packets */
};

typedef bool (*link_tunnel_visit)(void *arg, const struct link_tunnel_view *view);
void link_walk_tunnels(const struct link *link, link_tunnel_visit visit, void *arg);

/* X(field, name, help) */
#define LINK_COUNTER_LIST(X)                                                                       \
	X(arp_requests_in, "arp_requests_received", "ARP requests for our addresses")              \
	X(arp_replies_in, "arp_replies_received", "ARP replies to us")                             \
	X(arp_requests_out, "arp_requests_sent", "ARP requests sent, gratuitous ones included")    \
	X(arp_replies_out, "arp_replies_sent", "ARP replies sent")                                 \
	X(arp_ignored, "arp_ignored", "ARP malformed, of foreign networks or not for us")          \
	X(arp_conflicts, "arp_conflicts", "ARP from others with one of our addresses")             \
	X(neighbours_full, "neighbours_full", "next hops not resolved for want of table space")    \
	X(waiting_dropped, "resolve_dropped", "packets dropped while their next hop was resolved") \
	X(echo_requests_in, "echo_requests_received", "ICMP echo requests answered")               \
	X(echo_replies_in, "echo_replies_received", "ICMP echo replies to us")                     \
	X(echo_requests_out, "echo_requests_sent", "ICMP echo requests sent")                      \
	X(icmp_malformed, "icmp_malformed", "ICMP to us that does not parse")                      \
	X(icmp_ignored, "icmp_ignored", "ICMP to us of no use here")                               \
	X(errors_out, "icmp_errors_sent", "ICMP errors sent")                                      \
	X(errors_limited, "icmp_errors_limited", "ICMP errors left out: too many to one source")   \
	X(errors_forbidden, "icmp_errors_forbidden", "ICMP errors that must not be sent")          \
	X(tunnel_errors_in, "tunnel_errors_received", "ICMP errors about packets of live tunnels") \
	X(tunnel_errors_foreign, "tunnel_errors_foreign", "ICMP errors about packets not of ours") \
	X(tunnel_errors_relayed, "tunnel_errors_relayed", "of these, passed on to inner sources")  \
	X(fragments_in, "fragments_received", "fragments to our addresses")                        \
	X(fragments_bad, "fragments_bad", "datagrams given up: overlap, bad offset or too large")  \
	X(fragments_expired, "fragments_expired", "datagrams given up: incomplete after 30 s")     \
	X(fragments_evicted, "fragments_evicted", "datagrams given up: too many at once")          \
	X(reassembled, "reassembled", "datagrams made whole")                                      \
	X(datagrams_in, "datagrams_received", "signalling datagrams received")                     \
	X(datagrams_bad, "datagrams_bad", "of these, dropped: length, checksum or port")           \
	X(datagrams_out, "datagrams_sent", "signalling datagrams sent")                            \
	X(unreachable, "send_unreachable", "packets of ours with no way to their destination")     \
	X(inject_failed, "inject_failed", "packets of ours that the data plane did not take")

struct link_counters {
#define X(field, name, help) uint64_t field;
	LINK_COUNTER_LIST(X)
#undef X
};

const struct link_counters *link_counters(const struct link *link);

#endif
