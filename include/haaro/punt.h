/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What crosses between the workers and the control core besides table changes: packets up (punt)
 * and packets down (inject), as bytes and ids with generations, never as pointers into tables.
 *
 * Thread: the control core calls punt_read() and inject() of struct fwd_ops (forwarding.h).
 */
#ifndef HAARO_PUNT_H
#define HAARO_PUNT_H

#include "haaro/types.h"

/* The largest packet that goes up or down, from the Ethernet header on. */
#define PUNT_PACKET_MAX 2048

/* A tunnel by index and the generation of its entry: a stale one is noticed, never followed. */
struct tunnel_ref {
	uint32_t index;      /* FWD_NONE: no tunnel, the packet came or goes natively */
	uint32_t generation; /* of the entry when the reference was made */
};

/* Why a packet went up. The policer class follows from it and from whether the sender is bound. */
enum punt_reason {
	PUNT_SIGNALLING, /* UDP to our signalling port; bytes from the IPv4 header */
	PUNT_FRAGMENT,   /* a fragment to one of our addresses; bytes from the IPv4 header */
	PUNT_ICMP,       /* ICMP to one of our addresses; bytes from the IPv4 header */
	PUNT_ARP,        /* ARP; bytes from the Ethernet header */
	PUNT_RESOLVE, /* the next hop has no MAC yet: resolve, then inject; bytes from the IPv4 header.
	                    TTL is already decremented and an outer header already on. The control core
	                    owns the packet now and counts it if it must drop it */
	PUNT_ERROR, /* dropped for drop; send the ICMP error that belongs to it; bytes from the IPv4
	                    header as received, cut to what an ICMP error quotes */
	PUNT_NOTIFY, /* a packet on a path marked "notify"; the packet itself went on. Whoever reads
	                    it takes the mark away (path_set()) and sets it again when it wants the
	                    next. bytes from the IPv4 header, cut to what an ICMP error quotes */
	PUNT_REASON_MAX
};

/* One share of the policer each; class shares are checked before the copy (POLICED_…). */
enum punt_class {
	PUNT_CLASS_BOUND,     /* signalling whose source is the outer source of a live binding */
	PUNT_CLASS_PEER,      /* signalling of routers that the hub told of, which it passes on */
	PUNT_CLASS_UNKNOWN,   /* other signalling, and fragments */
	PUNT_CLASS_KEEPALIVE, /* ICMP echo to us that came through a tunnel */
	PUNT_CLASS_ARP,
	PUNT_CLASS_LOCAL,   /* other ICMP to us */
	PUNT_CLASS_RESOLVE, /* packets whose next hop is unresolved */
	PUNT_CLASS_ERROR,   /* requests for an ICMP error; over the rate the error is left out, and
	                       counted as suppressed: the packet has its drop reason already */
	PUNT_CLASS_NOTIFY,
	PUNT_CLASS_MAX
};

struct punt {
	enum punt_reason reason;
	uint16_t drop;            /* PUNT_ERROR: enum drop_reason */
	uint16_t port;            /* arrival port; PORT_NONE for what has none */
	uint16_t realm;           /* of the packet that bytes hold */
	uint16_t mtu;             /* PUNT_ERROR too_big: the next-hop MTU to report */
	uint16_t outer_port;      /* UDP source port of the outer header (host order), 0 if none */
	uint32_t adjacency;       /* PUNT_RESOLVE: the adjacency that lacks a MAC; else FWD_NONE */
	uint32_t path;            /* PUNT_NOTIFY: the marked path; else FWD_NONE */
	struct tunnel_ref tunnel; /* the tunnel it arrived by, or index FWD_NONE: natively */
	struct ip_addr outer;     /* outer source when it came by a tunnel, else the source */
	struct mac_addr from;     /* Ethernet source of the frame */
	uint64_t time;            /* when a worker received it, mono */
	uint16_t len;             /* octets in bytes, 1..PUNT_PACKET_MAX */
	const uint8_t *bytes;     /* valid until the next punt_read() */
};

enum inject_kind {
	INJECT_FRAME,     /* a whole Ethernet frame, out of port */
	INJECT_ADJACENCY, /* an IPv4 packet, as it is, by an adjacency */
	INJECT_TUNNEL,    /* an IPv4 packet into a tunnel, whatever the routes say */
	INJECT_LOOKUP,    /* an IPv4 packet, routed like any other of its realm, TTL untouched */
	INJECT_KIND_MAX
};

struct inject {
	enum inject_kind kind;
	uint16_t port;            /* INJECT_FRAME */
	uint16_t realm;           /* INJECT_LOOKUP */
	uint32_t adjacency;       /* INJECT_ADJACENCY */
	struct tunnel_ref tunnel; /* INJECT_TUNNEL */
};

#endif
