/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tunnel as the workers read it. Line 0 is all that sending needs, line 1 all that receiving
 * needs; nothing that is written per packet shares them (counters are per worker, elsewhere).
 *
 * Immutable from publication to the end of the grace period after removal, but for adjacency and
 * mtu, each re-pointed by one relaxed store of the control core.
 */
#ifndef TABLE_TUNNEL_ENTRY_H
#define TABLE_TUNNEL_ENTRY_H

#include <assert.h>
#include <stdalign.h>

#include "haaro/forwarding.h"

/* Right-aligned: the outer headers end where the block ends, so that one copy of constant size puts
 * them just in front of the inner packet, and the Ethernet rewrite goes before them. */
#define TUNNEL_TEMPLATE_SIZE 32

struct tunnel_entry {
	/* line 0: r: workers (sending) */
	alignas(64) uint8_t template[TUNNEL_TEMPLATE_SIZE];
	uint32_t adjacency; /* w: control, r: workers; FWD_NONE: no underlay */
	uint16_t mtu;       /* w: control, r: workers; largest inner packet */
	uint8_t encap;      /* enum encap */
	uint8_t overhead;   /* octets of the template in use */
	uint8_t flags;      /* TUNNEL_… */
	uint8_t tos_mask;   /* bits of the TOS that are copied from the inner header */
	uint16_t sum;       /* of the template's IPv4 header, before length and identification */
	be32 remote;        /* outer destination: loop guard */

	/* line 1: r: workers (receiving) */
	alignas(64) be32 key_remote; /* outer source that it accepts */
	be32 key_local;              /* outer destination */
	be16 key_remote_port;        /* ENCAP_UDP, else 0; 0 there: any */
	be16 key_local_port;
	uint8_t key_encap;
	uint8_t source;      /* enum fwd_source */
	uint8_t destination; /* enum fwd_destination */
	uint8_t live;        /* 0 in a free slot: poisoned, never matched */
	uint32_t source_path;
	uint32_t generation;
	uint16_t realm;
	uint8_t accept;     /* enum fwd_accept */
	uint8_t is_limited; /* to some destinations, or not all is accepted */
};

enum {
	TUNNEL_ECN_COMPATIBILITY = 1,
	TUNNEL_DSCP_FIXED = 2,   /* template's TOS holds it; else copied from the inner header */
	TUNNEL_UDP_CHECKSUM = 4, /* compute it */
	TUNNEL_CLAMP_MSS = 8,
};

static_assert(sizeof(struct tunnel_entry) == 128, "two cache lines");

#endif
