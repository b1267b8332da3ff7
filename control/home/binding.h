/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mobility binding: one care-of address of one router, for a lifetime (RFC 5944, section 3.8). A
 * router has one, or several when simultaneous bindings are configured; the first of its list
 * carries the traffic, the second is the path's backup.
 *
 * Ownership: the subscriber's list owns bindings. Thread: control core.
 */
#ifndef HOME_BINDING_H
#define HOME_BINDING_H

#include "haaro/addr.h"

#include "core/core.h"
#include "home/nat.h"
#include "link/link.h"

struct subscriber;

#define LIFETIME_INFINITE 0xffffu

/* The two ends of a tunnel: where the hub was addressed, where the router was seen. */
struct endpoint {
	enum encap encap;
	struct ip_addr local;
	struct ip_addr remote; /* the effective care-of address */
	uint16_t local_port;   /* ENCAP_UDP, else 0 */
	uint16_t remote_port;
};

/* Route optimization (RFC 6521, section 5.1) by the router's last request, whichever binding it was
 * for: the permission holds until the next request, which gives it again or withdraws it. */
struct binding_optimization {
	bool asked;     /* there was a capability */
	bool advertise; /* A: others may be told of it, and may register with it */
	bool outbound;  /* O: it can only open */
	bool answered;  /* with a Route Optimization Reply */
	uint8_t code;   /* of that */
};

struct binding {
	struct binding *next; /* of the same router, in order of creation or move: last first */
	struct subscriber *subscriber;
	struct ip_addr care_of; /* the field of the request */
	struct endpoint endpoint;
	struct tunnel *tunnel;
	bool behind_nat;
	struct nat_answer nat; /* what a duplicate is told again */
	struct binding_optimization ro;
	struct ip_addr source; /* of the accepted request: only from here a duplicate counts */
	uint16_t source_port;  /* and there a revocation goes */
	uint64_t identification;
	uint32_t granted;    /* seconds; LIFETIME_INFINITE */
	uint64_t expires;    /* mono; TIME_NEVER: infinite */
	uint64_t registered; /* mono; of the last acceptance */
	uint64_t since;      /* mono */
	uint32_t spi;
	uint32_t renewals;
	uint8_t code;           /* of the accepting reply: 0 or 1 */
	bool revocable;         /* revocation was negotiated (RFC 3543, section 5) */
	uint32_t revocation_id; /* the timestamp of our Revocation Support extension */
	struct timer expiry;
};

bool endpoint_is_equal(const struct endpoint *a, const struct endpoint *b);

/* Whether packets come from elsewhere: another address, or another port of the same UDP tunnel. */
bool endpoint_has_moved(const struct endpoint *from, const struct endpoint *to);

/* A binding that is in no list yet; NULL: no memory. Its expiry timer has room in the heap. */
struct binding *binding_create(struct subscriber *subscriber, struct core *core,
			       timer_expired expired);
void binding_destroy(struct binding *binding, struct core *core);

void binding_insert(struct binding *binding);
void binding_remove(struct binding *binding);

/* NULL: none. care_of also matches the effective address if by_effective. */
struct binding *binding_lookup(const struct subscriber *subscriber, const struct ip_addr *care_of,
			       bool by_effective);
struct binding *binding_lookup_endpoint(const struct subscriber *subscriber,
					const struct endpoint *endpoint);

/* Whether its last request came from elsewhere than its care-of address (RFC 3519, section 3.2). */
bool binding_is_translated(const struct binding *binding);

/* What is left of the lifetime in whole seconds, rounded down; LIFETIME_INFINITE. */
uint32_t binding_remaining(const struct binding *binding, const struct now *now);

#endif
