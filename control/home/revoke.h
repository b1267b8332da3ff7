/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Revoking a binding (RFC 3543, for a router with a co-located care-of address): the message, its
 * retransmission with doubled spacing, and the acknowledgment. The binding itself is gone at once;
 * what is here only makes sure that the router hears of it. Thread: control core.
 */
#ifndef HOME_REVOKE_H
#define HOME_REVOKE_H

#include "home/binding.h"

struct home;

struct revoking {
	struct revoking *next; /* of the same router */
	struct subscriber *subscriber;
	struct ip_addr home_agent; /* ours; the message's source */
	struct ip_addr care_of;
	struct ip_addr destination; /* where the last request came from */
	uint16_t destination_port;
	uint32_t spi;
	uint32_t first; /* identifiers sent: a late acknowledgment of any is one */
	uint32_t last;
	uint64_t ends;     /* mono; when the binding would have expired */
	uint64_t interval; /* to the next transmission */
	struct timer timer;
};

/* Starts to tell the router that binding is revoked. -ENOMEM: it will not hear of it. */
int revoke_start(struct home *home, const struct binding *binding);

/* The router has registered anew, or is forgotten: nothing is left to tell. */
void revoke_cancel(struct subscriber *subscriber);

/* The subscriber's revocations belong to it now. */
void revoke_move(struct subscriber *subscriber);

/* A Revocation Acknowledgment. */
void revoke_handle_ack(struct home *home, const struct datagram *datagram);

#endif
