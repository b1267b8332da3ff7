/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link.h without a link: datagrams are kept, tunnels are entries of the tables under test, so that
 * the home agent's tests see exactly what it asked for.
 */
#ifndef HOME_FAKE_LINK_H
#define HOME_FAKE_LINK_H

#include "link/link.h"

#define FAKE_LINK_SENT      64 /* datagrams kept; older ones make room */
#define FAKE_LINK_BYTES     2048
#define FAKE_LINK_ADDRESSES 4

struct fake_datagram {
	struct datagram datagram; /* payload points at bytes */
	uint8_t ttl;
	uint8_t bytes[FAKE_LINK_BYTES];
};

struct link {
	struct core *core;
	struct ip_addr own[FAKE_LINK_ADDRESSES];
	struct fake_datagram sent[FAKE_LINK_SENT];
	size_t n_sent;
	uint64_t total_sent;
	bool keep_none; /* benchmarks: count only */
	int fail_send;  /* returned by link_send_datagram() when not 0 */
	unsigned int open_tunnels;
	unsigned int opened; /* ever */
};

void fake_link_init(struct link *link, struct core *core);

/* The last datagram sent; NULL if there is none. */
const struct fake_datagram *fake_link_last(const struct link *link);

#endif
