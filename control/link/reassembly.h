/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments into datagrams (RFC 791, section 3.2), for signalling alone and bounded: so many
 * datagrams at once, each so large, each for so long. No allocation but the first, no clock but the
 * caller's. A fragment that overlaps another with other bytes condemns the datagram: honest senders
 * make none. Thread: control core.
 */
#ifndef LINK_REASSEMBLY_H
#define LINK_REASSEMBLY_H

#include "haaro/clock.h"
#include "haaro/types.h"

#define REASSEMBLY_DATAGRAMS 64
#define REASSEMBLY_SIZE      2048 /* octets of payload */
#define REASSEMBLY_TIME      (30 * NS_PER_S)

/* What belongs together; every byte is set, so that it can be compared as a whole. */
struct reassembly_key {
	be32 source;
	be32 destination;
	uint32_t tunnel; /* it came by; FWD_NONE: natively */
	be16 id;
	uint8_t protocol;
	uint8_t reserved; /* zero */
};

struct fragment {
	struct reassembly_key key;
	uint16_t offset; /* octets, a multiple of 8 */
	bool more;       /* others follow */
	const uint8_t *payload;
	size_t len;
};

enum reassembly_result {
	REASSEMBLY_HELD,  /* kept, or known already: not whole yet */
	REASSEMBLY_WHOLE, /* payload and len are the datagram's, until the next call */
	REASSEMBLY_BAD, /* a fragment that cannot be; what there was of its datagram is gone too */
};

struct reassembly_entry;

struct reassembly {
	struct reassembly_entry *entries; /* REASSEMBLY_DATAGRAMS of them */
	uint64_t expired;                 /* datagrams given up for their age */
	uint64_t evicted;                 /* for want of room */
};

int reassembly_init(struct reassembly *reassembly);
void reassembly_fini(struct reassembly *reassembly);

enum reassembly_result reassembly_insert(struct reassembly *reassembly, uint64_t now,
					 const struct fragment *fragment, const uint8_t **payload,
					 size_t *len);

#endif
