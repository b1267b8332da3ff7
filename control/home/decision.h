/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the registrar decides about a request, as a value: registrar.c makes it without any effect,
 * accept.c carries it out, reply.c answers, tell.c tells.
 */
#ifndef HOME_DECISION_H
#define HOME_DECISION_H

#include "auth/sa.h"
#include "home/binding.h"
#include "home/nat.h"
#include "home/prefix.h"

enum verdict {
	VERDICT_DISCARD,   /* without an answer */
	VERDICT_DENY,      /* with code */
	VERDICT_DUPLICATE, /* answer again, change nothing */
	VERDICT_REMOVE,    /* deregistration */
	VERDICT_ACCEPT,
	VERDICT_MAX
};

struct decision {
	enum verdict verdict;
	uint8_t code;       /* of the reply */
	const char *reason; /* in words, for whoever asks why */
	bool violation;     /* a security exception */

	struct subscriber *subscriber; /* NULL: unknown */
	const struct sa_entry *key;    /* that the request was signed with, and the reply will be */
	uint64_t reply_identification;
	struct ip_addr reply_source; /* one of our unicast addresses */
	struct ip_addr home_agent;   /* the field of the reply */

	uint32_t lifetime; /* granted, seconds */
	bool behind_nat;
	struct nat_answer nat;
	struct endpoint endpoint;
	bool keep_others; /* simultaneous: the other bindings stay */
	struct binding
		*binding; /* DUPLICATE: of which; ACCEPT: that is renewed or moved, NULL: none */
	struct claims *claims;
};

/* Both return true: decided. */
static inline bool decide_discard(struct decision *decision, const char *reason, bool violation)
{
	decision->verdict = VERDICT_DISCARD;
	decision->reason = reason;
	decision->violation = violation;
	return true;
}

static inline bool decide_deny(struct decision *decision, uint8_t code, const char *reason)
{
	decision->verdict = VERDICT_DENY;
	decision->code = code;
	decision->reason = reason;
	return true;
}

#endif
