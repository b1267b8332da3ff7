/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The processing table, one function for each group of rows; the first that decides ends the walk.
 * Rows 1 to 3 (checksum, lengths, unknown extensions) are link's and wire's. Rows 4 to 9, here, are
 * about who asks: nothing else of the request is believed before. judge.c has the rest.
 */
#include "home/registrar.h"

#include "core/limit.h"
#include "home/judge.h"

/* Replies with code 131: one a second per router, and so many in all (mip4-base.md row 8). */
#define REFUSALS_PER_SECOND 10
/* Replies with code 133: one a second per router, a few at once. */
#define MISMATCH_BURST 3

/* Rows 4 to 7: one authenticator, of a router that we know, and none that claims a foreign agent. */
static bool row_association(struct home *home, struct request *request, struct decision *decision)
{
	const struct registration_request *message = &request->message;

	if (message->auth.count == 0)
		return decide_discard(decision, "no authenticator", false);
	request->subscriber = message->home_address
				      ? roster_lookup(&home->roster, message->home_address)
				      : roster_lookup_nai(&home->roster, &message->nai);
	decision->subscriber = request->subscriber;
	if (!request->subscriber) {
		home->counters.no_association++;
		return decide_discard(decision, "no association with this router", true);
	}
	request->home_address = request->subscriber->home_address;
	if (message->auth.count > 1)
		return decide_discard(decision, "more than one authenticator", true);
	if (message->foreign_home > 0)
		return decide_discard(decision, "foreign agent authenticator, but no agent", true);
	return false;
}

/*
 * Row 8. Silence by default: a signed 131 lets anybody who sees one request have the router told,
 * validly, that it is refused. The knob is for debugging.
 */
static bool refuse(struct home *home, struct request *request, struct decision *decision,
		   const char *reason)
{
	struct subscriber *subscriber = request->subscriber;
	uint64_t now = home->core->now.mono;

	home->counters.auth_failed++;
	decide_discard(decision, reason, true);
	if (!home->conf->home.reply_131 || !limit_take(&subscriber->refusals, now, NS_PER_S, 1) ||
	    !limit_take(&home->refusals, now, NS_PER_S / REFUSALS_PER_SECOND, REFUSALS_PER_SECOND))
		return true;
	if (!decision->key)
		decision->key = &subscriber->sa.entries[0];
	decision->reply_identification = request->message.identification;
	return decide_deny(decision, REPLY_MOBILE_AUTH, reason);
}

static bool row_authenticator(struct home *home, struct request *request, struct decision *decision)
{
	enum sa_result result = sa_verify(&request->subscriber->sa, request->datagram->payload,
					  &request->message.auth, &decision->key);

	if (result != SA_OK)
		return refuse(home, request, decision, sa_result_name(result));
	request->key = decision->key;
	return false;
}

/* Row 9 with section 7.3: a duplicate is answered again, but only to where it first came from. */
static bool answer_again(struct home *home, struct request *request, struct decision *decision,
			 struct binding *binding)
{
	struct subscriber *subscriber = request->subscriber;
	uint32_t remaining = binding_remaining(binding, &home->core->now);

	/* Of a lifetime in its last second nothing is left to tell: 0 would say deregistered. */
	if (remaining == 0 ||
	    !replay_duplicate_is_due(&subscriber->replay, &home->core->now,
				     &request->datagram->source, request->datagram->source_port)) {
		home->counters.dup_source++;
		return decide_discard(decision, "duplicate from elsewhere, too soon or too late",
				      false);
	}
	decision->verdict = VERDICT_DUPLICATE;
	decision->reason = "duplicate";
	decision->binding = binding;
	decision->code = binding->code;
	decision->lifetime = remaining;
	decision->nat = binding->nat;
	decision->endpoint = binding->endpoint;
	judge_claims(home, request, decision->claims);
	return true;
}

static bool mismatch(struct home *home, struct request *request, struct decision *decision,
		     enum replay_result result)
{
	const char *reason = replay_result_name(result);

	home->counters.id_mismatch++;
	if (!limit_take(&request->subscriber->mismatches, home->core->now.mono, NS_PER_S,
			MISMATCH_BURST))
		return decide_discard(decision, reason, true);
	decision->violation = true;
	return decide_deny(decision, REPLY_IDENTIFICATION, reason);
}

static bool row_identification(struct home *home, struct request *request,
			       struct decision *decision)
{
	struct subscriber *subscriber = request->subscriber;
	struct now *now = &home->core->now;
	struct replay_rules rules = home_replay_rules(home);
	uint64_t id = request->message.identification;
	struct binding *binding;
	enum replay_result result = replay_check(&rules, request->key->replay, &subscriber->replay,
						 now, id, &decision->reply_identification);

	if (result == REPLAY_FRESH)
		return false;
	binding = binding_lookup(subscriber, &request->care_of, false);
	if (result == REPLAY_SAME && binding && binding->identification == id &&
	    !request_removes(request))
		return answer_again(home, request, decision, binding);
	if (result == REPLAY_SAME)
		decision->reply_identification = replay_refuse_same(&rules, request->key->replay,
								    &subscriber->replay, now, id);
	return mismatch(home, request, decision, result);
}

static bool row_accept(struct home *home, struct request *request, struct decision *decision)
{
	(void)home;
	(void)request;
	decision->verdict = VERDICT_ACCEPT;
	decision->reason = "accepted";
	return true;
}

typedef bool (*row)(struct home *home, struct request *request, struct decision *decision);

void registrar_decide(struct home *home, struct request *request, struct claims *claims,
		      struct decision *decision)
{
	static const row rows[] = {
		row_association,                   /* 4-7 */
		row_authenticator,                 /* 8 */
		row_identification,                /* 9 */
		judge_addresses,                   /* 10-12 */
		judge_removal,      judge_care_of, /* 13, 14 */
		judge_tunnel,                      /* 15-17 */
		judge_reverse,                     /* 18, 19 */
		judge_limits,                      /* 20-22 */
		judge_networks,                    /* 23, as far as no table is needed */
		row_accept,                        /* 24 */
	};

	*decision = (struct decision){.claims = claims};
	claims->count = claims->granted = 0;
	claims->asked = false;
	request->subscriber = NULL;
	request->key = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i](home, request, decision))
			break;
}
