/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization on top of the fixture: routers that ask for it, and what a hub tells them as they
 * read it. Every advertisement is decoded whole: a malformed one fails the test.
 */
#ifndef HOME_TOLD_H
#define HOME_TOLD_H

#include "fixture.h"
#include "wire/advertisement.h"

#define A CAPABILITY_ADVERTISE
#define R CAPABILITY_REQUEST
#define S CAPABILITY_SOLICIT
#define O CAPABILITY_OUTBOUND

#define TOLD_ROUTERS  128
#define TOLD_NETWORKS 64

struct told_router {
	be32 home_address;
	uint8_t info;
	char realm[REALM_SIZE]; /* of its networks */
	size_t n_networks;
	struct ip_prefix networks[TOLD_NETWORKS];
};

/* An advertisement; all zero if there was none. */
struct told {
	size_t len; /* of what stands in the extension */
	size_t n;
	struct told_router routers[TOLD_ROUTERS];
};

/* Without a home agent yet, as fixture_prepare(): route optimization is on, every router may be told
 * of and has no priority. */
int told_prepare(void **state);
int told_setup(void **state); /* and started */

/* A request with that capability and the networks that the router has. */
struct registration_request told_request(struct fixture *f, int router, uint8_t flags);

/* Registers from CARE_OF plus the router's number; returns the reply, which must be code 0. */
struct registration_reply told_ask(struct fixture *f, int router, uint8_t flags);

/* The same, decoded. */
void told_read(const struct registration_reply *reply, struct told *told);
const struct told *told_of(struct fixture *f, int router, uint8_t flags);

/* NULL: not told of. */
const struct told_router *told_find(const struct told *told, const char *home_address);

/* Asserts that those routers, and nobody else, were told of, in that order; NULL ends. */
void assert_told(const struct told *told, ...);

#endif
