/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer's registration as state: bound, moved, renewed, removed. */
#include "ro/acceptance.h"

#include <errno.h>
#include <stdlib.h>

#include "ro/answer.h"
#include "ro/cache.h"
#include "ro/direct.h"
#include "ro/outcome.h"
#include "ro/path.h"
#include "ro/request.h"
#include "ro/session.h"
#include "ro/tell.h"

#define LISTED_MOST 4 /* care-of addresses of ours that a peer is told of */

/* Our own registration there, if younger, is what the peer answers to, not what it has lost. */
#define AGAIN_AFTER (2 * NS_PER_S)

/* "Pending": from its first transmission to its final answer (haaro.md, A23). */
uint8_t acceptance_code(const struct claim *claim)
{
	const struct session *session = claim->peer ? claim->peer->session : NULL;
	bool pending = session && session->asking == ASKING_REGISTRATION;
	uint32_t ours = ntohl(ro_home_address(claim->ro)->v4);
	uint32_t theirs = ntohl(claim->home_address.v4);

	return pending && ours < theirs ? REPLY_CONCURRENT : REPLY_ACCEPTED;
}

/* --- the state ------------------------------------------------------------------------------------------ */

static void expired(struct timer *timer, void *arg)
{
	struct correspondence *known = arg;
	struct peer *peer = known->peer;

	(void)timer;
	peer->reason = "its registration here ran out";
	tell_peer(peer, EVENT_RO_EXPIRED, 0, "its registration here");
	acceptance_end(peer, RO_LEAVE_GRACE);
}

static struct correspondence *get(struct peer *peer)
{
	struct correspondence *known = peer->correspondence;

	if (known)
		return known;
	known = calloc(1, sizeof(*known));
	if (!known)
		return NULL;
	known->peer = peer;
	timer_init(&known->expiry, expired, known);
	peer->correspondence = known;
	return known;
}

void acceptance_end(struct peer *peer, uint64_t grace)
{
	struct correspondence *known = peer->correspondence;

	if (!known || !known->live)
		return;
	known->live = false;
	known->reply_len = 0;
	known->forget = ro_mono(peer->ro) + RO_REPLAY_KEPT;
	core_timer_stop(peer->ro->core, &known->expiry);
	for (struct ro_prefix *prefix = peer->prefixes; prefix; prefix = prefix->next)
		prefix->listed = false;
	cache_drop_claims(peer);
	path_review(peer); /* off its tunnels, if nothing else holds them */
	path_route(peer);
	direct_retire_unused(peer, grace);
}

/* --- its tunnel ------------------------------------------------------------------------------------------ */

/* At each address that it is told of, for it chooses among them; without the first one at none. */
static int open_tunnels(const struct claim *claim, const struct mobile_care_of *ours, size_t n)
{
	struct direct *direct;
	int result = -ENETUNREACH;

	for (size_t i = 0; i < n; i++) {
		const struct direct_ends ends = {
			.encap = claim->encap,
			.port = ours[i].port,
			.local = ours[i].address,
			.remote = claim->datagram.source,
		};

		result = direct_open(claim->peer, &ends, &direct);
		if (i == 0 && result < 0)
			return result;
	}
	return n > 0 ? 0 : result;
}

static void retire_others(struct peer *peer, const struct ip_addr *remote)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (!addr_is_equal(&direct->remote, remote))
			direct_retire(direct, RO_HANDOVER_GRACE);
}

/*
 * The far end is another now: what is sent there goes by the hub until the new tunnel is proven, for the
 * old address may be a hole already; what comes from there is received for a while.
 */
static void follow(const struct claim *claim)
{
	struct peer *peer = claim->peer;
	const struct correspondence *known = peer->correspondence;

	if (!known->live || addr_is_equal(&known->seen, &claim->datagram.source))
		return;
	peer->handovers++;
	claim->ro->counters.handovers++;
	path_fall(peer, "it has moved: the new tunnel is not proven yet", 0);
	retire_others(peer, &claim->datagram.source);
}

/* --- accepting ------------------------------------------------------------------------------------------- */

static void list_networks(const struct claim *claim)
{
	struct peer *peer = claim->peer;

	for (struct ro_prefix *prefix = peer->prefixes; prefix; prefix = prefix->next)
		prefix->listed = false;
	for (size_t i = 0; i < claim->message.n_networks; i++) {
		const struct registration_network *network = &claim->message.networks[i];
		struct ip_prefix asked;
		struct ro_prefix *prefix;

		if (claim->codes[i] != NETWORK_SUCCESS)
			continue;
		asked = prefix_v4(network->prefix, network->len);
		prefix = cache_find(claim->ro, &asked);
		/* trust-claims: nobody but the peer says so */
		if (!prefix && cache_claim(peer, &asked) == 0)
			prefix = cache_find(claim->ro, &asked);
		if (prefix && prefix->peer == peer)
			prefix->listed = true;
	}
	cache_drop_claims(peer);
}

static uint64_t granted(const struct claim *claim)
{
	uint64_t most = ro_conf(claim->ro)->max_lifetime;
	uint64_t asked = time_seconds(claim->message.lifetime);

	return asked < most ? asked : most;
}

static void record(const struct claim *claim)
{
	struct ro *ro = claim->ro;
	struct correspondence *known = claim->peer->correspondence;

	known->live = true;
	known->care_of = claim->care_of;
	known->seen = claim->datagram.source;
	known->encap = claim->encap;
	known->granted = granted(claim);
	known->expires = ro_mono(ro) + known->granted;
	known->identification = claim->message.identification;
	replay_accept(&known->replay, &ro->core->now, claim->message.identification,
		      &claim->datagram.source, claim->datagram.source_port);
	core_timer_set(ro->core, &known->expiry, known->granted);
}

/*
 * A refresh comes at three quarters of a lifetime. Who registers long before that may have started anew,
 * and then holds no registration of ours any more.
 */
static bool is_early(const struct correspondence *known)
{
	uint64_t left = time_between(ro_mono(known->peer->ro), known->expires);

	return known->live && left > known->granted / 2;
}

static bool is_again_due(const struct session *session, bool early)
{
	return early && time_between(session->sent, ro_mono(session->peer->ro)) >= AGAIN_AFTER;
}

/* RFC 6521, section 6.5: else only one direction would be direct. */
static void register_too(struct peer *peer, bool early)
{
	struct session *session = peer->session;

	if (peer->denied)
		path_forgive(peer);
	if (!ro_conf(peer->ro)->request || path_is_held(peer))
		return;
	if (!peer_is_registered(peer))
		(void)session_start(peer, TRIGGER_MUTUAL);
	else if (!peer_is_asked(peer) &&
		 (is_again_due(session, early) || request_is_outdated(session)))
		session_ask(session);
}

static int bind_tunnels(struct claim *claim, struct registration_care_ofs *care_ofs)
{
	struct mobile_care_of ours[LISTED_MOST];
	struct mobile_care_of first;
	size_t n = mobile_care_ofs(claim->ro->mobile, ours, LISTED_MOST);
	int result;

	if (!claim->peer)
		claim->peer = peer_get(claim->ro, &claim->home_address);
	if (!claim->peer || !get(claim->peer))
		return -ENOSPC;
	if (!session_care_of(claim->peer, &first))
		return -ENETUNREACH;
	for (size_t i = 1; i < n; i++)
		if (ours[i].port == first.port) {
			ours[i] = ours[0];
			ours[0] = first;
		}
	result = open_tunnels(claim, ours, n);
	if (result < 0)
		return result;
	follow(claim);
	care_ofs->n = n;
	for (size_t i = 0; i < n; i++)
		care_ofs->list[i] = ours[i].address.v4;
	return 0;
}

int acceptance_take(struct claim *claim)
{
	struct registration_care_ofs care_ofs;
	struct peer *peer;
	bool renewed, early;
	int result = bind_tunnels(claim, &care_ofs);

	if (result < 0)
		return result;
	peer = claim->peer;
	renewed = peer->correspondence->live;
	early = is_early(peer->correspondence);
	record(claim);
	list_networks(claim);
	peer->barred = false;
	claim->ro->counters.accepted++;
	answer_accept(claim, &care_ofs);
	tell_peer(peer, renewed ? EVENT_RO_ACCEPTED_AGAIN : EVENT_RO_ACCEPTED,
		  (uint32_t)time_in_seconds(peer->correspondence->granted), "%s%s",
		  encap_name(claim->encap), claim->nat ? ", behind a NAT" : "");
	path_route(peer);
	outcome_confirm(peer);
	outcome_follow(peer);
	path_review(peer);
	direct_retire_unused(peer, RO_HANDOVER_GRACE);
	register_too(peer, early);
	return 0;
}

void acceptance_remove(struct claim *claim)
{
	struct ro *ro = claim->ro;
	struct peer *peer = claim->peer;

	ro->counters.removed++;
	claim->code = REPLY_ACCEPTED;
	answer_remove(claim);
	if (!peer || !get(peer))
		return;
	replay_accept(&peer->correspondence->replay, &ro->core->now, claim->message.identification,
		      &claim->datagram.source, claim->datagram.source_port);
	peer->correspondence->forget = ro_mono(ro) + RO_REPLAY_KEPT;
	peer->reason = "it deregistered";
	tell_peer(peer, EVENT_RO_REMOVED, 0, "deregistered");
	/* Our own session ends with it: the tunnel is one (haaro.md, section 14.3). */
	if (peer_is_registered(peer) && ro_conf(ro)->draft_00.mutual_deregistration)
		session_leave(peer, peer->reason);
	else if (peer->session)
		session_end(peer->session);
	acceptance_end(peer, RO_LEAVE_GRACE);
}
