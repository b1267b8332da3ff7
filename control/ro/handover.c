/* SPDX-License-Identifier: BSD-3-Clause */
/* Following the registration; leaving peers. */
#include "ro/handover.h"

#include "ro/acceptance.h"
#include "ro/cache.h"
#include "ro/correspondent.h"
#include "ro/direct.h"
#include "ro/path.h"
#include "ro/session.h"
#include "ro/tell.h"
#include "ro/trigger.h"
#include "ro/verify.h"

#define MORE_AFTER (10 * NS_PER_S)

/* --- the hub's word -------------------------------------------------------------------------------------- */

void handover_set_capability(struct ro *ro)
{
	const struct conf_optimization *conf = ro_conf(ro);
	struct registration_capability capability = mobile_capability_of(ro->conf);
	bool nat = mobile_optimization(ro->mobile)->answer.nat;

	if (conf->outbound_only == CONF_OUTBOUND_AUTO && nat)
		capability.flags |= CAPABILITY_OUTBOUND;
	if (!capability.is_present)
		capability.flags = 0;
	if (capability.is_present == ro->capability.is_present &&
	    capability.flags == ro->capability.flags)
		return;
	ro->capability = capability;
	mobile_set_capability(ro->mobile, &capability);
	/* Others act on it: they must not learn it at the next refresh only. */
	(void)mobile_ask_hub(ro->mobile);
}

static void tell_grant(struct ro *ro, const struct registration_optimization *answer)
{
	struct event event = core_event(ro->core, ro->granted ? EVENT_RO_GRANTED : EVENT_RO_OFF);

	event.home_address = *ro_home_address(ro);
	event.peer = mobile_hub_address(ro->mobile);
	event.value = answer->code;
	snprintf(event.text, sizeof(event.text), "%s",
		 ro->granted          ? "the hub tells of other routers"
		 : answer->is_present ? "the hub refuses"
				      : "the hub does not know route optimization");
	core_post(ro->core, &event);
}

/* Another address or another hub: what failed before may work now. */
static void forgive_all(struct ro *ro)
{
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		path_forgive(peer);
}

static void take_grant(struct ro *ro, const struct mobile_optimization *told)
{
	bool granted = told->answer.is_present && told->answer.code < OPTIMIZATION_REFUSED;

	if (granted == ro->granted)
		return;
	ro->granted = granted;
	if (told->asked.is_present)
		tell_grant(ro, &told->answer);
	if (granted)
		forgive_all(ro);
	else
		handover_leave_all(ro, "the hub refuses route optimization");
}

/* --- where we are ------------------------------------------------------------------------------------------ */

static bool has_moved(const struct peer *peer)
{
	struct session *session = peer->session;
	struct mobile_care_of now;

	if (!session || !session_care_of(peer, &now))
		return false;
	if (session->registered && session->asking == ASKING_NOTHING)
		return !addr_is_equal(&session->registered_as.address, &now.address);
	return session->asking != ASKING_NOTHING && !session->removing &&
	       !addr_is_equal(&session->care_of.address, &now.address);
}

/* Who only was asked so far must ask now: nothing else tells the peer where we are. */
static bool must_ask(const struct peer *peer)
{
	struct mobile_care_of now;

	return peer_is_accepted(peer) && !peer_is_registered(peer) && session_care_of(peer, &now) &&
	       !direct_is_at(peer, &now.address) && !peer_is_asked(peer);
}

static void follow(struct ro *ro)
{
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next) {
		if (has_moved(peer)) {
			path_forgive(peer);
			session_move(peer);
		} else if (must_ask(peer)) {
			path_forgive(peer);
			(void)trigger_fire(peer, TRIGGER_MUTUAL);
		}
	}
}

static bool networks_changed(struct ro *ro)
{
	struct ip_prefix own[CONF_MOBILE_NETWORKS_MAX];
	size_t n = mobile_accepted_networks(ro->mobile, own, CONF_MOBILE_NETWORKS_MAX);
	bool changed = n != ro->n_own || memcmp(own, ro->own, n * sizeof(own[0])) != 0;

	memcpy(ro->own, own, n * sizeof(own[0]));
	ro->n_own = n;
	return changed;
}

/* Peers have the old list: they are told the new one. */
static void tell_networks(struct ro *ro)
{
	cache_review_own(ro);
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		if (peer_is_registered(peer) && !peer_is_asked(peer))
			session_ask(peer->session);
}

static void note_place(struct ro *ro)
{
	struct mobile_care_of now;
	struct ip_addr hub = mobile_hub_address(ro->mobile);
	bool another =
		mobile_care_ofs(ro->mobile, &now, 1) == 1 &&
		(!addr_is_equal(&now.address, &ro->care_of) || !addr_is_equal(&hub, &ro->hub));

	if (!another)
		return;
	ro->care_of = now.address;
	ro->hub = hub;
	forgive_all(ro);
}

void handover_leave(struct peer *peer, const char *why)
{
	if (peer->session)
		session_leave(peer, why);
	acceptance_end(peer, RO_LEAVE_GRACE);
	path_review(peer);
}

/*
 * A router that the hub was asked about by name and does not tell of any more: its prefixes are gone from
 * the cache, so that nothing it sends directly would be taken. It must not send directly either: our
 * registration there ends, and its keepalives are not answered for long.
 */
static void leave_unsaid(struct ro *ro, const struct mobile_optimization *told)
{
	const struct ip_addr address = addr_v4(told->asked.solicited);
	struct peer *peer = peer_find(ro, &address);

	if ((told->asked.flags & CAPABILITY_SOLICIT) && peer && !peer->advertised &&
	    !ro_conf(ro)->accept_unknown)
		handover_leave(peer, "the hub does not tell of it any more");
}

/*
 * The answer about one router tells of no other. Where such questions are many, each would stand in the
 * place of a refresh, and nobody else would be told of any more: then everything is asked for besides.
 */
static void ask_for_list(struct ro *ro, const struct mobile_optimization *told)
{
	uint64_t refresh = mobile_granted(ro->mobile) / 4 * 3;

	if (!(told->asked.flags & CAPABILITY_SOLICIT))
		ro->listed = ro_mono(ro);
	else if (ro_conf(ro)->request && time_between(ro->listed, ro_mono(ro)) >= refresh)
		(void)mobile_ask_hub(ro->mobile);
}

/*
 * A reply has room for a hundred routers or two, and the next one tells of others: as long as one told
 * of routers that we did not know there are more, and who waited for the refresh would go by the hub
 * until then. Not if they no longer fit: then whom we talk to comes with each refresh.
 */
static void ask_for_more(struct ro *ro, const struct mobile_optimization *told, bool news)
{
	bool list = !(told->asked.flags & CAPABILITY_SOLICIT);

	if (list)
		ro->more = news;
	if (!ro->more)
		core_timer_stop(ro->core, &ro->more_timer);
	else if (list || !timer_is_set(&ro->more_timer))
		core_timer_set(ro->core, &ro->more_timer, MORE_AFTER);
}

void handover_ask_for_more(struct ro *ro)
{
	if (ro->granted && !ro->leaving)
		(void)mobile_ask_hub(ro->mobile);
}

static void take_list(struct ro *ro, const struct mobile_optimization *told)
{
	size_t known = HASH_COUNT(ro->peers);

	if (cache_take(ro, told)) {
		leave_unsaid(ro, told);
		verify_note(ro, told);
	}
	known = HASH_COUNT(ro->peers) - known;
	ask_for_more(ro, told, !cache_make_room(ro) && known > 0);
}

void handover_take_reply(struct ro *ro)
{
	const struct mobile_optimization *told = mobile_optimization(ro->mobile);

	take_grant(ro, told);
	note_place(ro);
	if (networks_changed(ro))
		tell_networks(ro);
	if (ro->granted)
		take_list(ro, told);
	handover_set_capability(ro);
	ask_for_list(ro, told);
	handover_resume(ro);
	follow(ro);
	trigger_mesh(ro);
}

void handover_resume(struct ro *ro)
{
	struct claim claim;
	bool answered;

	while (verify_take(ro, &claim, &answered))
		correspondent_resume(&claim, answered);
	verify_ask(ro);
}

/* --- going ---------------------------------------------------------------------------------------------------- */

void handover_cut(struct ro *ro, uint16_t port)
{
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		for (struct direct *direct = peer->directs; direct; direct = direct->next)
			if (direct->port == port)
				direct_cut(direct, "our port is down");
}

void handover_leave_all(struct ro *ro, const char *why)
{
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		handover_leave(peer, why);
	verify_clear(ro);
}
