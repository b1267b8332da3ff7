/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking, asking again, and giving up. */
#include "ro/session.h"

#include <errno.h>
#include <stdlib.h>

#include "ro/direct.h"
#include "ro/nat.h"
#include "ro/path.h"
#include "ro/request.h"
#include "ro/routability.h"
#include "ro/tell.h"

#define TIMEOUT_FIRST   NS_PER_S /* doubles with each transmission */
#define TESTS_MOST      4        /* the first and three more */
#define REQUESTS_MOST   4
#define REMOVALS_MOST   3
#define REMOVAL_TIMEOUT NS_PER_S

/* --- which care-of address ----------------------------------------------------------------------------- */

static bool is_configured(const struct peer *peer, uint16_t *port)
{
	const struct conf_optimization *conf = ro_conf(peer->ro);

	for (size_t i = 0; i < conf->n_peers; i++) {
		if (!addr_is_equal(&conf->peers[i].peer, &peer->home_address))
			continue;
		*port = conf->peers[i].uplink;
		return true;
	}
	return false;
}

bool session_care_of(const struct peer *peer, struct mobile_care_of *care_of)
{
	struct mobile_care_of list[CONF_PORTS_MAX];
	size_t n = mobile_care_ofs(peer->ro->mobile, list, CONF_PORTS_MAX);
	uint16_t port;

	if (n == 0)
		return false;
	*care_of = list[0];
	if (!is_configured(peer, &port))
		return true;
	for (size_t i = 0; i < n; i++)
		if (list[i].port == port && list[i].good)
			*care_of = list[i];
	return true;
}

/* --- waiting ---------------------------------------------------------------------------------------------- */

static void set_timer(struct session *session, uint64_t after)
{
	core_timer_set(session->peer->ro->core, &session->timer, after);
}

static uint64_t timeout(const struct session *session)
{
	return TIMEOUT_FIRST << (session->tries - 1);
}

static void set_asking(struct session *session, enum asking asking)
{
	session->asking = asking;
	session->tries = 0;
	if (asking != ASKING_ROUTABILITY)
		routability_stop(session);
	if (asking == ASKING_NOTHING || asking == ASKING_ROUTABILITY)
		request_forget(session);
}

/* --- asking ----------------------------------------------------------------------------------------------- */

static void send_tests(struct session *session)
{
	session->tries++;
	routability_send(session);
	set_timer(session, timeout(session));
}

void session_register(struct session *session)
{
	enum asking asking = session->removing ? ASKING_REMOVAL : ASKING_REGISTRATION;

	if (session->asking != asking)
		set_asking(session, asking);
	session->tries++;
	request_send(session);
	set_timer(session, session->removing ? REMOVAL_TIMEOUT : timeout(session));
}

void session_ask(struct session *session)
{
	if (request_has_key(session)) {
		set_asking(session, ASKING_NOTHING);
		session_register(session);
		return;
	}
	set_asking(session, ASKING_ROUTABILITY);
	session->met[RR_HOME] = session->met[RR_CARE_OF] = false;
	send_tests(session);
}

void session_tested(struct session *session)
{
	if (request_has_key(session))
		session_register(session);
}

void session_wait(struct session *session)
{
	set_asking(session, ASKING_PREACCEPTED);
	set_timer(session, RO_PREACCEPT_WAIT);
}

/* --- the end of asking ------------------------------------------------------------------------------------ */

void session_settle(struct session *session, uint64_t lifetime)
{
	struct ro *ro = session->peer->ro;
	uint64_t elapsed = time_between(session->sent, ro_mono(ro));
	uint64_t refresh = lifetime / 4 * 3;

	set_asking(session, ASKING_NOTHING);
	session->registered = true;
	session->registered_as = session->care_of;
	/* From the moment of asking, so that ours ends before the peer's. */
	session->expires = session->sent + lifetime;
	core_timer_set(ro->core, &session->expiry, time_between(elapsed, lifetime));
	set_timer(session, time_between(elapsed, refresh));
}

void session_end(struct session *session)
{
	struct core *core = session->peer->ro->core;

	set_asking(session, ASKING_NOTHING);
	session->registered = false;
	session->removing = false;
	core_timer_stop(core, &session->timer);
	core_timer_stop(core, &session->expiry);
	path_route(session->peer);
	path_review(session->peer);
	direct_retire_unused(session->peer, RO_LEAVE_GRACE);
}

void session_fail(struct session *session, const char *why, uint64_t least)
{
	struct peer *peer = session->peer;

	path_hold(peer, why, least);
	session_end(session);
	peer->reason = why;
	tell_peer(peer, EVENT_RO_FAILED, peer->last_code, "%s", why);
}

static void give_up_tests(struct session *session)
{
	struct peer *peer = session->peer;
	bool home =
		session->met[RR_HOME] || token_is_good(peer, RR_HOME, &session->care_of.address);

	peer->ro->counters.unanswered++;
	if (session->removing) {
		session_end(session);
		return;
	}
	/* The hub reaches it and we don't: its home address is not routed outside of tunnels (A51). */
	if (home)
		session_fail(session, "its home address is not reached natively",
			     RO_UNREACHABLE_HOLD);
	else
		session_fail(session, "no answer to the home test", 0);
}

static void give_up_request(struct session *session)
{
	session->peer->ro->counters.unanswered++;
	/* RFC 6521, section 3.3.6: without an answer the peer's routes go, whatever else is open. */
	session->peer->barred = true;
	/* It may have started anew: then its tokens are others, and it is silent (haaro.md, 21.6). */
	token_forget(session->peer, RR_HOME);
	token_forget(session->peer, RR_CARE_OF);
	session_fail(session, "no answer to the registration", 0);
}

static void give_up_waiting(struct session *session)
{
	if (session->again) {
		session->again = false;
		session_fail(session, "its own registration did not come", 0);
		return;
	}
	session->again = true;
	session_ask(session);
}

/* --- timers ----------------------------------------------------------------------------------------------- */

static void expired(struct timer *timer, void *arg)
{
	struct session *session = arg;

	(void)timer;
	switch (session->asking) {
	case ASKING_NOTHING: /* a refresh is due */
		session_ask(session);
		break;
	case ASKING_ROUTABILITY:
		if (session->tries < TESTS_MOST)
			send_tests(session);
		else
			give_up_tests(session);
		break;
	case ASKING_REGISTRATION:
		if (session->tries >= REQUESTS_MOST)
			give_up_request(session);
		else if (request_has_key(session))
			session_register(session);
		else
			session_ask(session); /* a token has grown too old meanwhile */
		break;
	case ASKING_PREACCEPTED:
		give_up_waiting(session);
		break;
	case ASKING_REMOVAL:
		if (session->tries < REMOVALS_MOST && request_has_key(session))
			session_register(session);
		else
			session_end(session);
		break;
	}
}

static void lifetime_over(struct timer *timer, void *arg)
{
	struct session *session = arg;

	(void)timer;
	session->peer->reason = "our registration there ran out";
	tell_peer(session->peer, EVENT_RO_EXPIRED, 0, "our registration there");
	session_end(session);
}

/* --- starting --------------------------------------------------------------------------------------------- */

static bool is_busy(const struct peer *peer)
{
	return peer_is_engaged(peer) || peer_is_asked(peer);
}

static bool is_room(const struct ro *ro)
{
	size_t busy = 0;

	for (const struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		busy += is_busy(peer);
	return busy < ro_conf(ro)->max_peers;
}

static struct session *session_get(struct peer *peer)
{
	struct session *session = peer->session;

	if (session)
		return session;
	session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	session->peer = peer;
	timer_init(&session->timer, expired, session);
	timer_init(&session->expiry, lifetime_over, session);
	replay_client_init(&session->replay, CONF_REPLAY_TIMESTAMPS);
	peer->session = session;
	return session;
}

int session_start(struct peer *peer, enum trigger trigger)
{
	struct mobile_care_of care_of;
	struct session *session;

	if (peer_is_registered(peer) || peer_is_asked(peer))
		return -EBUSY;
	if (!session_care_of(peer, &care_of))
		return -ENETUNREACH;
	if (nat_forbids(peer, care_of.port)) {
		peer->reason = "both sides are behind a NAT or firewall";
		return -EHOSTDOWN;
	}
	if (!is_busy(peer) && !is_room(peer->ro)) {
		peer->reason = "as many peers as max-peers allows";
		return -EUSERS;
	}
	session = session_get(peer);
	if (!session)
		return -ENOMEM;
	peer->attempts++;
	session->care_of = care_of;
	session->removing = session->again = false;
	session->plain_only = session->udp_only = false;
	session->resyncs = 0;
	tell_peer(peer, EVENT_RO_ASKED, peer->attempts, "for %s", trigger_name(trigger));
	session_ask(session);
	path_mark(peer);
	return 0;
}

void session_move(struct peer *peer)
{
	struct session *session = peer->session;
	struct mobile_care_of care_of;

	if (!session_care_of(peer, &care_of))
		return;
	session->care_of = care_of;
	session->removing = session->again = session->udp_only = false;
	session->resyncs = 0;
	/* The home token is reused if it is good: then the Care-of Test Init alone goes out. */
	session_ask(session);
}

void session_leave(struct peer *peer, const char *why)
{
	struct session *session = peer->session;
	bool held = session->registered || session->asking == ASKING_REGISTRATION ||
		    session->asking == ASKING_PREACCEPTED;

	peer->reason = why;
	session_end(session);
	if (!held || !session_care_of(peer, &session->care_of))
		return;
	session->removing = true;
	session_ask(session);
}

void session_free(struct peer *peer)
{
	struct session *session = peer->session;

	if (!session)
		return;
	core_timer_stop(peer->ro->core, &session->timer);
	core_timer_stop(peer->ro->core, &session->expiry);
	mac_wipe(session, sizeof(*session));
	free(session);
	peer->session = NULL;
}
