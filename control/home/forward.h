/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a binding does to the forwarding tables: one path per bound router, a tunnel per binding, and
 * routes of the home address and the mobile networks that name the path. Moving is one store.
 *
 * Insertions may fail and say so. Removals never fail to the caller: what the tables refuse to let go
 * of stays noted in the subscriber and is tried again (forward_settle()); meanwhile it forwards
 * nowhere, for its path is down. Thread: control core.
 */
#ifndef HOME_FORWARD_H
#define HOME_FORWARD_H

#include "home/binding.h"
#include "home/subscriber.h"

struct home;

/* Opens a tunnel to endpoint, with the router's path if it has none yet. -EEXIST: the endpoint is
 * another router's. On failure nothing has changed. */
int forward_open(struct subscriber *subscriber, const struct endpoint *endpoint,
		 struct tunnel **tunnel);

/*
 * The binding that holds an endpoint which forward_open() found taken, whoever's it is; NULL: none of
 * ours. heard is when a packet of its tunnel was last accepted, mono, to a second; 0: never.
 */
struct binding *forward_holder(struct home *home, const struct endpoint *endpoint, uint64_t *heard);

/* The route of the home address, or of one network, to the router's path. */
int forward_home_address(struct subscriber *subscriber);
int forward_network(struct network *network);

/* Points the path at the first binding's tunnel, its backup at the second's: one store. */
int forward_switch(struct subscriber *subscriber, const struct tunnel *tunnel,
		   const struct tunnel *backup);

/*
 * Withdraws what is installed and no longer wanted: networks, and without a binding the home address
 * and the path. True if nothing is left to do.
 */
bool forward_settle(struct subscriber *subscriber);

#endif
