/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A peer's Registration Request on its way, and the rows that judge it (haaro.md, section 14.1). Each
 * returns true if it decides, and then has filled the verdict. None has an effect but on counters and
 * rates. Thread: control core.
 */
#ifndef RO_CLAIM_H
#define RO_CLAIM_H

#include "ro/state.h"
#include "wire/registration.h"

enum claim_verdict {
	CLAIM_DISCARD,   /* without an answer */
	CLAIM_HINT,      /* with a code that nobody can sign: 201 to 203 */
	CLAIM_REFUSE,    /* with code, signed */
	CLAIM_DUPLICATE, /* the stored answer once more */
	CLAIM_REMOVE,    /* deregistration */
	CLAIM_VERIFY,    /* the hub must be asked first */
	CLAIM_WAIT,      /* our own request to it must be answered first (draft -00) */
	CLAIM_ACCEPT,
};

/* A request on its way. */
struct claim {
	struct ro *ro;
	struct datagram datagram; /* its payload is gone once the claim is held */
	struct registration_request message;
	struct ip_addr home_address;
	struct ip_addr care_of;
	struct peer *peer; /* NULL: the cache does not know it */
	struct correspondent_key key;
	uint64_t reply_identification;
	enum encap encap;
	bool nat;
	bool told;   /* the hub has been asked about it: its word is in the cache */
	bool waited; /* our own request was waited for */
	uint8_t codes[REGISTRATION_NETWORKS_MAX]; /* of its networks */
	size_t n_authorized;

	enum claim_verdict verdict;
	uint8_t code;
	const char *reason;
};

static inline bool claim_discard(struct claim *claim, const char *reason)
{
	claim->verdict = CLAIM_DISCARD;
	claim->reason = reason;
	return true;
}

static inline bool claim_refuse(struct claim *claim, uint8_t code, const char *reason)
{
	claim->verdict = CLAIM_REFUSE;
	claim->code = code;
	claim->reason = reason;
	return true;
}

/* who.c: rows 1 to 10. Nothing else of a request is believed before they have passed. */
bool who_form(struct claim *claim);
bool who_addresses(struct claim *claim);
bool who_key(struct claim *claim);
bool who_authenticator(struct claim *claim);
bool who_identification(struct claim *claim);

/* what.c: rows 11 to 19. */
bool what_policy(struct claim *claim);
bool what_encapsulation(struct claim *claim);
bool what_room(struct claim *claim);
bool what_authorization(struct claim *claim);

#endif
