/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet as the stages see it. The parse stage (and the decap stage for what is inside a tunnel)
 * checks every length on the wire and fills the view; later stages trust it and never derive a length
 * from the wire again.
 *
 * Views lie in the worker, one line each and few enough to stay in its first-level cache; a packet
 * has one from its reception to the end of that turn. Only the worker that received it touches it.
 */
#ifndef DATAPLANE_PKT_H
#define DATAPLANE_PKT_H

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include <rte_mbuf.h>

#include "haaro/forwarding.h"

enum {
	/* made by the control core: no source check, TTL untouched, no ICMP about it */
	PKT_OURS = 1,
	PKT_UPLINK = 2,       /* it arrived at a port of that role */
	PKT_LAN = 4,          /* likewise */
	PKT_CHECK_SOURCE = 8, /* where it may come from depends on the route back */
};

struct pkt_view {
	/* set for every packet, in one copy: pkt_init() */
	alignas(64) struct rte_mbuf *mbuf;
	uint32_t tunnel_in;  /* it arrived by this tunnel; FWD_NONE: natively */
	uint32_t tunnel_out; /* it leaves by this one; FWD_NONE: natively */
	uint32_t adjacency;  /* FWD_NONE: none, or none yet */
	uint16_t port;       /* it arrived at; PORT_NONE for what we made */
	uint16_t outer_port; /* UDP source port of the header that decap took off, or 0 */
	uint8_t flags;       /* PKT_… */
	uint8_t depth;       /* tunnels taken off so far */
	uint8_t encap;       /* of a tunnel packet to us: which one, enum encap */
	uint8_t punt;        /* enum punt_reason, once it goes up */
	uint8_t drop;        /* enum drop_reason that PUNT_ERROR is about */
	uint8_t reserved;
	uint16_t mtu; /* that it exceeds, when it is refused as too big */

	/* from its header on: undefined before it is parsed */
	uint8_t *ip; /* the IPv4 header that counts now: outer, then inner, then outer */
	be32 source; /* of that header while it is parsed; the inner one from decap on */
	be32 destination;
	be32 outer_source;    /* of the header that decap took off */
	uint16_t len;         /* from ip on: total length */
	uint16_t payload_len; /* behind the header, of a packet to us; of UDP as UDP says */
	uint16_t out_port;    /* it leaves by, once that is known */
	uint8_t header_len;   /* IPv4 header with options */
};

#define PKT_INIT_SIZE offsetof(struct pkt_view, ip)

static_assert(sizeof(struct pkt_view) == 64, "one cache line");
static_assert(PKT_INIT_SIZE == 32, "half of it is set for every packet");

/* What a view is before anything is known of its packet. */
static inline struct pkt_view pkt_fresh(uint16_t port, uint8_t flags)
{
	return (struct pkt_view){
		.tunnel_in = FWD_NONE,
		.tunnel_out = FWD_NONE,
		.adjacency = FWD_NONE,
		.port = port,
		.flags = flags,
	};
}

static inline void pkt_init(struct pkt_view *pkt, const struct pkt_view *fresh,
			    struct rte_mbuf *mbuf)
{
	memcpy(pkt, fresh, PKT_INIT_SIZE);
	pkt->mbuf = mbuf;
}

#endif
