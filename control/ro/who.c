/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who asks, and when it was said (haaro.md, section 14.1, rows 1 to 10). No state is made here, and what
 * is not authentic is answered with silence, but for a nonce that is over.
 */
#include "ro/claim.h"
#include "ro/limit.h"
#include "ro/shared_key.h"

#define TOLERANCE (7 * NS_PER_S) /* of Identifications, as RFC 5944, section 5.7.1 has it */

/* --- who asks: rows 1 to 8 ------------------------------------------------------------------------------- */

/* Rows 1 to 4. */
bool who_form(struct claim *claim)
{
	const struct message_correspondent *auth = &claim->message.correspondent;

	if (!ro_came_by_hub(claim->ro, &claim->datagram))
		return claim_discard(claim, "not by the hub to our home address");
	if (auth->count != 1 || auth->behind > 0 || claim->message.auth.count > 0)
		return claim_discard(claim, "not exactly one authenticator, the last of all");
	if (auth->authenticator_len != CORRESPONDENT_LEN)
		return claim_discard(claim, "authenticator of a wrong length");
	claim->peer = peer_find(claim->ro, &claim->home_address);
	if (!ro_limit_take(claim->ro, claim->peer, &claim->datagram.source))
		return claim_discard(claim, "over its rate");
	return false;
}

/* Row 5. */
bool who_addresses(struct claim *claim)
{
	struct ro *ro = claim->ro;

	if (!addr4_is_unicast(claim->home_address.v4) ||
	    link_address_is_own(ro->link, &claim->home_address) ||
	    ro_owns(ro, claim->home_address.v4))
		return claim_discard(claim, "a home address that no peer can have");
	if (!addr4_is_unicast(claim->datagram.source.v4) ||
	    link_address_is_own(ro->link, &claim->datagram.source))
		return claim_discard(claim, "from an address that no peer can have");
	return false;
}

/* Unauthenticated: the key is what is missing. Shorter than the request that draws it. */
static bool hint(struct claim *claim, bool home, bool care_of)
{
	claim->verdict = CLAIM_HINT;
	claim->code = home && care_of ? REPLY_NONCES_EXPIRED
		      : home          ? REPLY_HOME_NONCE_EXPIRED
				      : REPLY_CARE_OF_NONCE_EXPIRED;
	claim->reason = reply_code_name(claim->code);
	claim->ro->counters.nonce_expired++;
	return true;
}

static int derive_key(struct claim *claim, const struct nonce *home, const struct nonce *care_of)
{
	uint8_t tokens[RR_TEST_MAX][RR_TOKEN_SIZE];
	struct mac_engine *engine = claim->ro->engine;
	int result = keygen_token(engine, home, RR_HOME, claim->home_address.v4, tokens[RR_HOME]);

	/* Of the address that the request came from: what a NAT made of it (A2). */
	if (result == 0 && care_of)
		result = keygen_token(engine, care_of, RR_CARE_OF, claim->datagram.source.v4,
				      tokens[RR_CARE_OF]);
	if (result == 0)
		result = keygen_key(engine, tokens[RR_HOME], care_of ? tokens[RR_CARE_OF] : NULL,
				    claim->key.bytes);
	claim->key.len = KEYGEN_KEY_SIZE;
	mac_wipe(tokens, sizeof(tokens));
	return result;
}

/* Rows 6 and 7. The care-of index of a deregistration is not looked at. */
bool who_key(struct claim *claim)
{
	const struct message_correspondent *auth = &claim->message.correspondent;
	uint64_t mono = ro_mono(claim->ro);
	const struct nonce *home, *care_of = NULL;
	bool removes = claim->message.lifetime == 0;

	claim->key.home_index = auth->home_index;
	claim->key.care_of_index = auth->care_of_index;
	if (shared_key_take(claim->ro, &claim->home_address, &claim->key))
		return false;
	home = nonces_find(&claim->ro->nonces, auth->home_index, mono);
	if (!removes)
		care_of = nonces_find(&claim->ro->nonces, auth->care_of_index, mono);
	if (!home || (!removes && !care_of))
		return hint(claim, !home, !removes && !care_of);
	if (derive_key(claim, home, care_of) < 0)
		return claim_discard(claim, "the key cannot be made");
	return false;
}

/* Row 8. A signed refusal would be an oracle (mip4-base.md, section 12): silence, but for debugging. */
bool who_authenticator(struct claim *claim)
{
	if (correspondent_verify(claim->ro->engine, &claim->key, claim->datagram.payload,
				 &claim->message.correspondent))
		return false;
	claim->ro->counters.auth_failed++;
	claim->reply_identification = claim->message.identification;
	if (ro_conf(claim->ro)->reply_131)
		return claim_refuse(claim, REPLY_MOBILE_AUTH, "wrong authenticator");
	return claim_discard(claim, "wrong authenticator");
}

/* --- when: rows 9 and 10 ----------------------------------------------------------------------------------- */

static bool is_repeated(const struct claim *claim, const struct correspondence *known)
{
	return known->live && known->identification == claim->message.identification &&
	       addr_is_equal(&known->care_of, &claim->care_of) && claim->message.lifetime > 0;
}

/* Answered again only to where it came from, and not often: else it would serve to flood a third. */
static bool answer_again(struct claim *claim, struct correspondence *known)
{
	if (!replay_duplicate_is_due(&known->replay, &claim->ro->core->now, &claim->datagram.source,
				     claim->datagram.source_port))
		return claim_discard(claim, "duplicate from elsewhere, or too soon");
	claim->verdict = CLAIM_DUPLICATE;
	claim->reason = "duplicate";
	return true;
}

bool who_identification(struct claim *claim)
{
	struct ro *ro = claim->ro;
	struct correspondence *known = claim->peer ? claim->peer->correspondence : NULL;
	struct replay_state nothing = {0};
	const struct replay_rules rules = {
		.clock = &ro->clock,
		.tolerance = TOLERANCE,
		.start_guard = RO_REPLAY_KEPT,
		.random = &ro->core->random,
	};
	enum replay_result result;

	if (known && is_repeated(claim, known))
		return answer_again(claim, known);
	result = replay_check(&rules, CONF_REPLAY_TIMESTAMPS, known ? &known->replay : &nothing,
			      &ro->core->now, claim->message.identification,
			      &claim->reply_identification);
	if (result == REPLAY_FRESH)
		return false;
	ro->counters.id_mismatch++;
	if (result == REPLAY_SAME)
		claim->reply_identification =
			replay_refuse_same(&rules, CONF_REPLAY_TIMESTAMPS, &known->replay,
					   &ro->core->now, claim->message.identification);
	return claim_refuse(claim, REPLY_IDENTIFICATION, replay_result_name(result));
}
