/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of haaro.md, section 14.1, in their order: the first that decides ends the walk. Then the
 * verdict is carried out.
 */
#include "ro/correspondent.h"

#include "ro/acceptance.h"
#include "ro/answer.h"
#include "ro/tell.h"
#include "ro/verify.h"

/* Code 2 says at once what draft -00 has the smaller home address keep its answer for. */
static bool row_accept(struct claim *claim)
{
	bool waits = ro_conf(claim->ro)->draft_00.hold_reply;

	claim->verdict = CLAIM_ACCEPT;
	claim->code = acceptance_code(claim);
	claim->reason = "accepted";
	if (claim->code == REPLY_CONCURRENT && waits && !claim->waited)
		claim->verdict = CLAIM_WAIT;
	else if (waits)
		claim->code = REPLY_ACCEPTED;
	return true;
}

/* --- the walk ---------------------------------------------------------------------------------------------------- */

typedef bool (*row)(struct claim *claim);

static void walk(struct claim *claim, const row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i](claim))
			return;
}

static void tell_decision(const struct claim *claim)
{
	struct event event =
		core_event(claim->ro->core,
			   claim->verdict == CLAIM_DISCARD ? EVENT_RO_DISCARDED : EVENT_RO_REFUSED);

	event.home_address = *ro_home_address(claim->ro);
	event.peer = claim->home_address;
	event.care_of = claim->datagram.source;
	event.peer_port = claim->datagram.source_port;
	event.identification = claim->message.identification;
	event.value = claim->code;
	snprintf(event.text, sizeof(event.text), "%s", claim->reason);
	core_post(claim->ro->core, &event);
}

static void refuse(struct claim *claim)
{
	claim->ro->counters.refused++;
	claim->ro->counters.refused_by_code[claim->code]++;
	tell_decision(claim);
	answer_refuse(claim);
}

static void finish(struct claim *claim)
{
	struct ro *ro = claim->ro;

	switch (claim->verdict) {
	case CLAIM_DISCARD:
		ro->counters.requests_dropped++;
		tell_decision(claim);
		break;
	case CLAIM_HINT:
	case CLAIM_REFUSE:
		refuse(claim);
		break;
	case CLAIM_DUPLICATE:
		ro->counters.duplicates++;
		answer_again_send(claim);
		break;
	case CLAIM_REMOVE:
		acceptance_remove(claim);
		break;
	case CLAIM_VERIFY:
	case CLAIM_WAIT:
		verify_hold(claim);
		break;
	case CLAIM_ACCEPT:
		if (acceptance_take(claim) < 0) {
			claim_refuse(claim, REPLY_RESOURCES, "its tunnel cannot be opened");
			refuse(claim);
		}
		break;
	}
}

/* Another request of the same router may have been accepted while this one was held. */
static bool is_overtaken(const struct claim *claim)
{
	const struct correspondence *known = claim->peer ? claim->peer->correspondence : NULL;

	return known && known->replay.has_last &&
	       (int64_t)(claim->message.identification - known->replay.last) <= 0;
}

void correspondent_resume(struct claim *claim, bool answered)
{
	/* Those whose answer may have changed while it was held. */
	static const row rows[] = {what_policy, what_room, what_authorization, row_accept};

	claim->waited |= claim->verdict == CLAIM_WAIT;
	claim->told = true;
	claim->peer = peer_find(claim->ro, &claim->home_address);
	if (is_overtaken(claim))
		claim_discard(claim, "a newer request was accepted meanwhile");
	else if (answered)
		walk(claim, rows, sizeof(rows) / sizeof(rows[0]));
	else
		claim_refuse(claim, REPLY_UNSPECIFIED,
			     "the hub did not say whose its networks are");
	finish(claim);
	mac_wipe(&claim->key, sizeof(claim->key));
}

void correspondent_handle(struct ro *ro, const struct datagram *datagram)
{
	static const row rows[] = {
		who_form,           /* 1-4 */
		who_addresses,      /* 5 */
		who_key,            /* 6, 7 */
		who_authenticator,  /* 8 */
		who_identification, /* 9, 10 */
		what_policy,        /* 11, 12, 16 */
		what_encapsulation, /* 13-15 */
		what_room,          /* 17 */
		what_authorization, /* 18, 19 */
		row_accept,         /* 20, 21 */
	};
	struct claim claim = {.ro = ro, .datagram = *datagram};

	ro->counters.requests_in++;
	ntp_clock_update(&ro->clock, &ro->core->now);
	if (registration_request_parse(datagram->payload, datagram->len, &claim.message) !=
	    WIRE_OK) {
		ro->counters.requests_dropped++;
		return;
	}
	claim.home_address = addr_v4(claim.message.home_address);
	claim.care_of = addr_v4(claim.message.care_of);
	walk(&claim, rows, sizeof(rows) / sizeof(rows[0]));
	finish(&claim);
	mac_wipe(&claim.key, sizeof(claim.key));
}
