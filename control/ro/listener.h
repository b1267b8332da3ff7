/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels that receive from any port of one address, shared by the peers that are expected there
 * (tunnels.md, section 5.3). Thread: control core.
 */
#ifndef RO_LISTENER_H
#define RO_LISTENER_H

#include "ro/state.h"

/*
 * Takes first keepalives of peers from one address, whatever their port. Several peers behind one NAT
 * share it, so it takes nothing else: whose a keepalive is, its inner source says.
 */
struct listener_key {
	be32 local;
	be32 remote;
};

struct listener {
	UT_hash_handle hh;
	struct listener_key key;
	struct ro *ro;
	struct tunnel *tunnel;
	unsigned int holds;
	uint64_t limit; /* rate of what comes from there: limit.h */
};

/*
 * One that receives at local, our address on port, from remote; knocked is asked for each keepalive,
 * with the struct ro as its argument. -EEXIST, -ENOSPC: as tunnel_open().
 */
int listener_hold(struct ro *ro, uint16_t port, const struct ip_addr *local,
		  const struct ip_addr *remote, tunnel_knocked knocked, struct listener **listener);
/* Any that expects keepalives from there; NULL: none does. */
struct listener *listener_find(struct ro *ro, const struct ip_addr *remote);

void listener_release(struct listener *listener); /* NULL is fine */

#endif
