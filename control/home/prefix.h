/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which mobile network is whose (RFC 5177, section 5; nemo4.md section 3): the prefix table. Every
 * network that a subscriber may hold is in it once per subscriber; two subscribers may be allowed
 * overlapping networks, but only one holds them at a time.
 *
 * Pure: no forwarding call is made here (forward.c makes them). Thread: control core.
 */
#ifndef HOME_PREFIX_H
#define HOME_PREFIX_H

#include "haaro/conf.h"
#include "haaro/types.h"

struct subscriber;

#define PREFIX_NONE UINT32_MAX

struct network {
	struct ip_prefix prefix;
	struct subscriber *subscriber; /* who may hold it */
	uint32_t position;             /* in prefix_table.sorted */
	uint32_t parent; /* position of the narrowest network around it, PREFIX_NONE: none */
	bool wanted;     /* granted by the registration in force */
	bool installed;  /* its route leads to the subscriber's path */
	bool listed;     /* it stands in the advertisement of its subscriber */
	uint8_t code;    /* acknowledgement code of the last implicit attempt */
};

struct prefix_table {
	struct network *
		*sorted; /* by address, then length: a network stands before what it contains */
	uint32_t count;
};

/* What a registration asks for one network, and the answer. */
struct claim {
	be32 address;            /* as asked */
	uint8_t len;             /* as asked: 0..255 */
	bool implicit;           /* not asked: from the prefix table */
	bool fresh;              /* installed by this registration: taken back if it fails */
	uint8_t code;            /* enum mobnet_code */
	struct network *network; /* NULL if it is not in the table */
};

struct claims {
	struct claim *list;
	uint32_t size; /* of the list */
	uint32_t count;
	uint32_t granted; /* of these, with code 0 */
	bool asked;       /* explicitly: there was a Mobile Network Request */
};

/* Sorts the networks of n subscribers (each an array that stays where it is) into a table. */
int prefix_table_build(struct prefix_table *table, struct network **networks, uint32_t count);
void prefix_table_free(struct prefix_table *table);

/*
 * The other subscriber that holds a network which overlaps this one, NULL if nobody does. A default
 * route (length 0) overlaps only another default route: it is the way out, not a claim to the rest.
 */
const struct network *prefix_holder(const struct prefix_table *table,
				    const struct network *network);

/* The narrowest network around an address that a subscriber holds, NULL: none. */
const struct network *prefix_find(const struct prefix_table *table, be32 address);

/* Claims to find room for: asked by 148/0, or else by the prefix table. */
void claims_add(struct claims *claims, be32 address, uint8_t len, struct network *network);

/*
 * Judges one asked network of a subscriber with n networks: fills network and the code that needs no
 * forwarding table (1, 2, 4, and 3 when another router holds an overlapping network); 0 otherwise.
 */
void claim_judge(struct claim *claim, const struct prefix_table *table, struct network *networks,
		 uint32_t n_networks);

#endif
