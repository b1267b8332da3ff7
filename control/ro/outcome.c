/* SPDX-License-Identifier: BSD-3-Clause */
/* Accepted, accepted beforehand, or denied with a code: the reaction to each. */
#include "ro/outcome.h"

#include <errno.h>

#include "ro/direct.h"
#include "ro/nat.h"
#include "ro/path.h"
#include "ro/reply.h"
#include "ro/request.h"
#include "ro/routability.h"
#include "ro/session.h"
#include "ro/tell.h"

#define RESYNCS_MOST 3
#define HINT_SPACING (5 * NS_PER_S) /* of what nobody signed */

/* --- the tunnel -------------------------------------------------------------------------------------------- */

static bool lists(const struct session *session, const struct ip_addr *care_of)
{
	for (size_t i = 0; i < session->n_care_ofs; i++)
		if (session->care_ofs[i] == care_of->v4)
			return true;
	return false;
}

bool outcome_is_its(const struct peer *peer, const struct ip_addr *care_of)
{
	/* Behind a NAT its address is not what it says of itself. */
	if (peer_is_accepted(peer) && addr_is_equal(care_of, &peer->correspondence->seen))
		return true;
	return peer_is_registered(peer) && lists(peer->session, care_of);
}

/* RFC 6521, section 3.3.3: a tunnel between the same ends serves both registrations. */
static struct direct *standing(const struct session *session)
{
	const struct peer *peer = session->peer;
	bool closed = nat_lookup(peer, session->care_of.port) == NAT_CLOSED;

	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->state != DIRECT_LINGER && direct->state != DIRECT_HALF &&
		    direct->encap == session->encap &&
		    addr_is_equal(&direct->local, &session->registered_as.address) &&
		    (closed || outcome_is_its(peer, &direct->remote)))
			return direct;
	return NULL;
}

static bool open_next(struct session *session)
{
	const struct mobile_care_of *care_of = &session->registered_as;
	struct direct_ends ends = {
		.encap = session->encap,
		.port = care_of->port,
		.local = care_of->address,
		.remote_port = session->encap == ENCAP_UDP ? MESSAGE_UDP_PORT : 0,
	};
	struct direct *direct;

	while (session->probed < session->n_care_ofs) {
		ends.remote = addr_v4(session->care_ofs[session->probed++]);
		if (direct_open(session->peer, &ends, &direct) == 0)
			return true;
	}
	return false;
}

bool outcome_probe(struct session *session)
{
	if (standing(session))
		return true;
	/* Outbound connections only: its own registration brings the address, its keepalive the port. */
	if (nat_lookup(session->peer, session->care_of.port) == NAT_CLOSED)
		return true;
	return open_next(session);
}

/*
 * We have moved, and the peer knows it: tunnels of our other care-of addresses go on receiving for a while
 * (RFC 6521, section 3.3.6). Without a move they stay: the peer may reach us at another address than the
 * one we registered from, for it was told of all.
 */
static void retire_others(struct peer *peer)
{
	const struct ip_addr *address = &peer->session->registered_as.address;

	for (struct direct *direct = peer->directs; direct; direct = direct->next) {
		if (addr_is_equal(&direct->local, address))
			direct_stay(direct);
		else if (direct->state == DIRECT_HALF)
			continue;
		else if (direct->tunnel == peer->path.direct)
			direct_leave_by(direct, RO_HANDOVER_GRACE - RO_LEAVE_GRACE);
		else
			direct_retire(direct, RO_HANDOVER_GRACE);
	}
}

/* Where the peer's keepalives are expected: at our present address. */
static void listen_for(const struct session *session)
{
	const struct correspondence *known = session->peer->correspondence;
	const struct mobile_care_of *care_of = &session->registered_as;
	struct direct *direct;

	if (!peer_is_accepted(session->peer) || known->encap != ENCAP_UDP)
		return;
	(void)direct_open(session->peer,
			  &(struct direct_ends){
				  .encap = ENCAP_UDP,
				  .port = care_of->port,
				  .local = care_of->address,
				  .remote = known->seen,
			  },
			  &direct);
}

/* --- accepted ---------------------------------------------------------------------------------------------- */

static void take_care_ofs(struct session *session, const struct registration_reply *reply)
{
	session->n_care_ofs = 0;
	session->probed = 0;
	for (size_t i = 0; i < reply->care_ofs.n && session->n_care_ofs < RO_CARE_OFS_MAX; i++)
		if (addr4_is_unicast(reply->care_ofs.list[i]))
			session->care_ofs[session->n_care_ofs++] = reply->care_ofs.list[i];
}

static bool take_encapsulation(struct session *session, const struct registration_reply *reply)
{
	bool udp = reply->udp.is_present && reply->udp.code < UDP_REPLY_DECLINED;
	bool must = nat_lookup(session->peer, session->care_of.port) != NAT_ABSENT;

	session->encap = session->udp && udp ? ENCAP_UDP : ENCAP_IPIP;
	return session->encap == ENCAP_UDP || !must;
}

static void tell_refused_networks(const struct session *session,
				  const struct registration_reply *reply)
{
	for (size_t i = 0; i < reply->n_acks; i++)
		if (reply->acks[i].code != NETWORK_SUCCESS) {
			tell_peer(session->peer, EVENT_RO_NETWORK_REFUSED, reply->acks[i].code,
				  "it takes not all of our networks: %s",
				  network_code_name(reply->acks[i].code));
			return;
		}
}

/* What an accepting reply says; false: nothing that can be used, and the session has failed. */
static bool take_terms(struct session *session, const struct registration_reply *reply)
{
	if (reply->lifetime < session->lifetime)
		session->lifetime = reply->lifetime;
	take_care_ofs(session, reply);
	if (session->lifetime == 0 || session->n_care_ofs == 0) {
		session_fail(session, "it accepts, but for no time or at no address", 0);
		return false;
	}
	if (!take_encapsulation(session, reply)) {
		session_fail(session, "it accepts without UDP, but a NAT is between us", 0);
		return false;
	}
	tell_refused_networks(session, reply);
	session->peer->barred = false;
	return true;
}

/* An address that is our own too, inside another NAT; no room. The peer may still open one. */
static void wait_for_peer(struct peer *peer)
{
	path_hold(peer, "no tunnel to any of its care-of addresses can be opened", 0);
	peer->closed_until = peer->held_until;
}

static void settle(struct session *session)
{
	struct peer *peer = session->peer;
	bool renewed = session->registered;
	bool moved = renewed &&
		     !addr_is_equal(&session->registered_as.address, &session->care_of.address);

	peer->ro->counters.registered++;
	session->again = false;
	session->resyncs = 0;
	session_settle(session, time_seconds(session->lifetime));
	tell_peer(peer, renewed ? EVENT_RO_RENEWED : EVENT_RO_REGISTERED, session->lifetime, "%s",
		  encap_name(session->encap));
	path_route(peer);
	listen_for(session);
	if (!outcome_probe(session))
		wait_for_peer(peer);
	if (moved)
		retire_others(peer);
	path_review(peer);
	direct_retire_unused(peer, RO_HANDOVER_GRACE);
	/* The peer's own request, or a reload, came while ours was on its way. */
	if (request_is_outdated(session))
		session_ask(session);
}

static void take_acceptance(struct session *session, const struct registration_reply *reply)
{
	if (take_terms(session, reply))
		settle(session);
}

/* Success, acted on once the peer's own registration has come here (RFC 6521, section 3.3.3). */
static void pre_accept(struct session *session, const struct registration_reply *reply)
{
	if (!take_terms(session, reply))
		return;
	if (peer_is_accepted(session->peer)) {
		settle(session);
		return;
	}
	tell_peer(session->peer, EVENT_RO_PREACCEPTED, 0, "both registered at once");
	session_wait(session);
}

void outcome_confirm(struct peer *peer)
{
	if (peer->session && peer->session->asking == ASKING_PREACCEPTED)
		settle(peer->session);
}

void outcome_follow(struct peer *peer)
{
	const struct correspondence *known = peer->correspondence;
	struct session *session = peer->session;

	/* Behind a NAT its address is of use to nobody but itself: it opens the tunnel. */
	if (!peer_is_registered(peer) || !addr_is_equal(&known->seen, &known->care_of) ||
	    (session->n_care_ofs > 0 && session->care_ofs[0] == known->seen.v4))
		return;
	session->care_ofs[0] = known->seen.v4;
	session->n_care_ofs = 1;
	session->probed = 0;
	(void)outcome_probe(session);
}

/* --- denied ------------------------------------------------------------------------------------------------ */

static void resync(struct session *session)
{
	if (++session->resyncs < RESYNCS_MOST)
		session_register(session);
	else
		session_fail(session, "it refuses our time", 0);
}

/* Another encapsulation once, if a NAT does not forbid it. */
static void adapt(struct session *session, const char *why)
{
	bool must = nat_lookup(session->peer, session->care_of.port) != NAT_ABSENT;

	if (session->udp && !must && !session->plain_only) {
		session->plain_only = true;
		session_register(session);
	} else {
		session_fail(session, why, 0);
	}
}

/* Once it registers here it may think otherwise (acceptance.c). */
static void refused(struct session *session, const char *why)
{
	session_fail(session, why, 0);
	session->peer->denied = true;
}

static void deny(struct session *session, const struct registration_reply *reply)
{
	struct peer *peer = session->peer;

	peer->ro->counters.denied++;
	peer->ro->counters.denied_by_code[reply->code]++;
	tell_peer(peer, EVENT_RO_DENIED, reply->code, "%s", reply_code_name(reply->code));
	switch (reply->code) {
	case REPLY_IDENTIFICATION:
		resync(session);
		break;
	case REPLY_NO_UDP_ENCAPSULATION:
	case REPLY_NO_ENCAPSULATION:
		adapt(session, "no encapsulation that both have");
		break;
	case REPLY_MOBILE_AUTH:
		break; /* goes on waiting: it may be meant to silence us (A5) */
	case REPLY_MOBNET_ERROR:
		refused(session, "it could verify none of our networks");
		break;
	case REPLY_PROHIBITED:
		refused(session, "its policy refuses");
		break;
	case REPLY_RESOURCES:
		refused(session, "it has no room");
		break;
	default:
		refused(session, "it refuses");
		break;
	}
}

/* Nobody signed it, so it costs no more than new tests, and not often. */
static void heed(struct session *session, uint8_t code)
{
	uint64_t mono = ro_mono(session->peer->ro);

	if (session->hinted && time_between(session->hinted, mono) < HINT_SPACING)
		return;
	session->hinted = mono;
	session->peer->ro->counters.hints++;
	if (code != REPLY_CARE_OF_NONCE_EXPIRED)
		token_forget(session->peer, RR_HOME);
	if (code != REPLY_HOME_NONCE_EXPIRED)
		token_forget(session->peer, RR_CARE_OF);
	tell_peer(session->peer, EVENT_RO_NONCE_EXPIRED, code, "%s", reply_code_name(code));
	session_ask(session);
}

/* --- the way in -------------------------------------------------------------------------------------------- */

static void act(struct session *session, const struct registration_reply *reply)
{
	session->peer->last_code = reply->code;
	replay_client_handle_reply(&session->replay, &session->peer->ro->core->now,
				   reply->identification, reply->code == REPLY_IDENTIFICATION);
	if (session->removing) {
		if (reply->code != REPLY_IDENTIFICATION)
			session_end(session);
		return; /* with its time the next try may succeed */
	}
	if (reply->code == REPLY_CONCURRENT)
		pre_accept(session, reply);
	else if (reply_code_is_success(reply->code))
		take_acceptance(session, reply);
	else
		deny(session, reply);
}

void outcome_handle(struct ro *ro, const struct datagram *datagram)
{
	struct peer *peer = peer_find(ro, &datagram->source);
	struct session *session = peer ? peer->session : NULL;
	struct registration_reply reply;

	switch (reply_check(ro, session, datagram, &reply)) {
	case 0:
		ro->counters.replies_in++;
		act(session, &reply);
		break;
	case 1:
		heed(session, reply.code);
		break;
	default:
		ro->counters.replies_dropped++;
		break;
	}
}
