/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secrets of a correspondent: eight nonces, each with a router key Kcr of its own, so that an
 * index names both (RFC 6521, sections 3.2.1 to 3.2.3; haaro.md, section 7.1). With them the answer
 * to a Home or Care-of Test Init is computed and later verified without any state about who asked.
 *
 * A nonce is handed out for 30 s from its first use and accepted for less than 240 s from then on:
 * every token is good for at least 210 s and never more than 240 s. New ones at each start, wiped when
 * they are over. Thread: control core. One set per local home address (haaro.md, section 21.20).
 */
#ifndef AUTH_NONCE_H
#define AUTH_NONCE_H

#include "haaro/clock.h"
#include "haaro/types.h"

#include "core/random.h"

#define NONCE_SIZE     8
#define NONCE_KEY_SIZE 16 /* Kcr */
#define NONCES_HELD    8
#define NONCE_PERIOD   (30 * NS_PER_S)
#define NONCE_LIFETIME (240 * NS_PER_S) /* MAX_NONCE_LIFETIME */
#define TOKEN_LIFETIME (210 * NS_PER_S) /* MAX_TOKEN_LIFETIME */

struct nonce {
	uint16_t index; /* 1..65535; 0 is kept for a key shared beforehand */
	bool used;
	uint64_t first_use; /* mono */
	uint8_t bytes[NONCE_SIZE];
	uint8_t key[NONCE_KEY_SIZE];
};

struct nonces {
	const struct random *random;
	struct nonce held[NONCES_HELD]; /* oldest first */
	size_t n;
	uint16_t last_index;
	uint64_t made; /* how many ever */
};

/* Draws where the indexes start; the first nonce is made when it is wanted. */
void nonces_init(struct nonces *nonces, const struct random *random);
void nonces_fini(struct nonces *nonces); /* wipes */

/* The one to answer with, made anew if none is young enough. Never NULL. */
const struct nonce *nonces_current(struct nonces *nonces, uint64_t mono);

/* The one that an index names; NULL: unknown, never used, or over. */
const struct nonce *nonces_find(const struct nonces *nonces, uint16_t index, uint64_t mono);

/* Wipes those that are over; the mono time at which the next one will be, TIME_NEVER: none. */
uint64_t nonces_expire(struct nonces *nonces, uint64_t mono);

#endif
