/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secrets of a correspondent, made, named and wiped (RFC 6521, sections 3.2.1 to 3.2.3; haaro.md,
 * section 7.1). A new one at most every 30 s, so that the eight that are held reach back 240 s and the
 * one evicted is over anyway. Thread: control core.
 */
#include "auth/nonce.h"

#include <string.h>

#include "auth/mac.h"

_Static_assert(NONCE_LIFETIME / NONCE_PERIOD <= NONCES_HELD,
	       "none is evicted while it is still accepted");
_Static_assert(NONCE_PERIOD + TOKEN_LIFETIME <= NONCE_LIFETIME,
	       "the last token of a nonce is good for TOKEN_LIFETIME");

static bool is_over(const struct nonce *nonce, uint64_t mono)
{
	return time_between(nonce->first_use, mono) >= NONCE_LIFETIME;
}

void nonces_init(struct nonces *nonces, const struct random *random)
{
	*nonces = (struct nonces){
		.random = random,
		.last_index = (uint16_t)random_u64(random, RANDOM_NONCE),
	};
}

void nonces_fini(struct nonces *nonces)
{
	mac_wipe(nonces, sizeof(*nonces));
}

/* Drops the n oldest: the others move up, and what they leave behind is wiped. */
static void drop(struct nonces *nonces, size_t n)
{
	size_t left = nonces->n - n;

	memmove(nonces->held, nonces->held + n, left * sizeof(nonces->held[0]));
	mac_wipe(nonces->held + left, n * sizeof(nonces->held[0]));
	nonces->n = left;
}

static struct nonce *make(struct nonces *nonces)
{
	const struct random *random = nonces->random;
	struct nonce *nonce;

	if (nonces->n == NONCES_HELD)
		drop(nonces, 1);
	if (++nonces->last_index == 0)
		nonces->last_index = 1;
	nonce = &nonces->held[nonces->n++];
	nonce->index = nonces->last_index;
	random->fill(random->state, RANDOM_NONCE, nonce->bytes, sizeof(nonce->bytes));
	random->fill(random->state, RANDOM_NONCE, nonce->key, sizeof(nonce->key));
	nonces->made++;
	return nonce;
}

const struct nonce *nonces_current(struct nonces *nonces, uint64_t mono)
{
	struct nonce *nonce = nonces->n > 0 ? &nonces->held[nonces->n - 1] : NULL;

	if (!nonce || (nonce->used && time_between(nonce->first_use, mono) >= NONCE_PERIOD))
		nonce = make(nonces);
	if (!nonce->used) {
		nonce->used = true;
		nonce->first_use = mono;
	}
	return nonce;
}

const struct nonce *nonces_find(const struct nonces *nonces, uint16_t index, uint64_t mono)
{
	size_t i;

	for (i = 0; i < nonces->n; i++) {
		const struct nonce *nonce = &nonces->held[i];

		if (nonce->index == index)
			return nonce->used && !is_over(nonce, mono) ? nonce : NULL;
	}
	return NULL;
}

uint64_t nonces_expire(struct nonces *nonces, uint64_t mono)
{
	size_t n = 0;

	while (n < nonces->n && nonces->held[n].used && is_over(&nonces->held[n], mono))
		n++;
	drop(nonces, n);
	if (nonces->n == 0 || !nonces->held[0].used)
		return TIME_NEVER;
	return nonces->held[0].first_use + NONCE_LIFETIME;
}
