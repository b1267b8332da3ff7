/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tunnel that is proven may carry traffic; one that falls silent loses it at once; one that stays
 * silent, or never was proven, is given up: first for another care-of address of the peer, then for a
 * hold-down.
 */
#include "ro/health.h"

#include "ro/acceptance.h"
#include "ro/direct.h"
#include "ro/nat.h"
#include "ro/outcome.h"
#include "ro/path.h"
#include "ro/request.h"
#include "ro/session.h"
#include "ro/tell.h"

#define CLOSED_HOLD (600 * NS_PER_S) /* none of its addresses answered: not opened again so long */

/* We have moved away from its address, or the peer has; or another encapsulation was agreed on. */
static bool is_superseded(const struct direct *direct)
{
	const struct peer *peer = direct->peer;

	if (direct->state == DIRECT_UP && timer_is_set(&direct->timer))
		return true;
	if (!peer_is_engaged(peer))
		return false;
	return !peer_uses(peer, direct->encap) ||
	       (direct->state != DIRECT_HALF && !outcome_is_its(peer, &direct->remote));
}

/* RFC 6521, section 3.3.6: the old one goes on receiving for a while. */
static void retire_superseded(const struct peer *peer)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (is_superseded(direct) && direct->tunnel != peer->path.direct)
			direct_retire(direct, RO_HANDOVER_GRACE);
}

static void proven(struct direct *direct)
{
	struct peer *peer = direct->peer;

	peer->closed_until = 0;
	peer->hold = 0;
	path_review(peer);
	retire_superseded(peer);
}

static void silent(struct direct *direct, const char *why, uint64_t outage)
{
	struct peer *peer = direct->peer;

	if (direct->tunnel != peer->path.direct) {
		peer->reason = why;
		return;
	}
	path_fall(peer, why, outage);
	path_review(peer); /* another tunnel may be proven */
}

static bool is_all(const struct peer *peer)
{
	for (const struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->state == DIRECT_UP || direct->state == DIRECT_PROBING)
			return false;
	return true;
}

static void give_up(struct peer *peer, const char *why, bool never)
{
	if (never)
		peer->closed_until = ro_mono(peer->ro) + CLOSED_HOLD;
	path_hold(peer, why, 0);
	tell_peer(peer, EVENT_RO_FAILED, 0, "%s", why);
	session_leave(peer, why);
	/* It destroys its tunnels then, and its own session with them: nothing may be sent there. */
	acceptance_end(peer, RO_LEAVE_GRACE);
}

/*
 * Registered on both sides, but not proven: the peer may still open it, from behind a NAT that we can't
 * pass. Both registrations stay, and after a while we try again ourselves.
 */
static void wait_for_peer(struct peer *peer, const char *why)
{
	path_hold(peer, why, 0);
	peer->closed_until = peer->held_until;
}

/* Much on the way lets only UDP pass. False: that is no way out. */
static bool ask_for_udp(struct session *session)
{
	if (session->udp)
		return false;
	session->udp_only = true;
	if (!request_is_outdated(session))
		return false;
	if (session->asking == ASKING_NOTHING)
		session_ask(session);
	return true;
}

/* What the peer's own registration stands on waits for its next keepalive; else it goes. */
static void failed(struct direct *direct, const char *why)
{
	struct peer *peer = direct->peer;
	bool never = direct->up_since == 0;
	bool plain = direct->encap == ENCAP_IPIP && never;

	if (peer_is_accepted(peer) && addr_is_equal(&direct->remote, &peer->correspondence->seen) &&
	    !plain)
		direct_rest(direct);
	else
		direct_retire(direct, RO_LEAVE_GRACE);
	peer->reason = why;
	if (!peer_is_registered(peer) || !is_all(peer))
		return;
	if (peer->session->probed < peer->session->n_care_ofs && outcome_probe(peer->session))
		return;
	if (plain && ask_for_udp(peer->session))
		return;
	if (peer_is_accepted(peer) &&
	    (never || nat_lookup(peer, peer->session->care_of.port) == NAT_CLOSED))
		wait_for_peer(peer, why);
	else
		give_up(peer, why, never);
}

/* We have moved away from it, and the new tunnel was not proven in time. */
static void overdue(struct direct *direct)
{
	struct peer *peer = direct->peer;

	if (direct->tunnel == peer->path.direct)
		path_fall(peer, "we have moved: the new tunnel is not proven yet", 0);
	direct_retire(direct, RO_LEAVE_GRACE);
	path_review(peer);
}

const struct direct_handlers health_handlers = {proven, silent, failed, overdue};
