/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening, proving and losing the tunnels of a peer. What a verdict does is health.c's. */
#include "ro/direct.h"

#include <errno.h>
#include <stdlib.h>

#include "ro/listener.h"
#include "ro/tell.h"

#define PROVE_INTERVAL NS_PER_S
#define PROVE_LOSSES   3

/* A path that fell must answer for so long before it is trusted again, longer each time. */
#define STABLE_FIRST   (3 * NS_PER_S)
#define STABLE_LONGEST (30 * NS_PER_S)
#define STABLE_FORGET  (600 * NS_PER_S) /* up for so long, it is as good as new */

#define SILENT_PATIENCE (30 * NS_PER_S)

#define FRESH_SLACK (500 * NS_PER_MS) /* for the round trip */

/* NAT rebinding and hijack look alike: the far end's port moves at most this often. */
#define PORT_SPACING NS_PER_S

static struct keepalive_pace pace_of(const struct direct *direct)
{
	const struct conf_optimization *conf = ro_conf(direct->peer->ro);
	struct keepalive_pace pace = {
		.interval = PROVE_INTERVAL,
		.retry = PROVE_INTERVAL,
		.losses = PROVE_LOSSES,
		.full = true,
		.never_full = !conf->keepalive_full_size,
	};

	if (direct->state != DIRECT_UP)
		return pace;
	pace.retry = conf->keepalive.interval;
	pace.losses = conf->keepalive.losses;
	pace.full = direct->peer->active;
	pace.interval = direct->peer->active ? conf->keepalive.interval : conf->keepalive_idle;
	return pace;
}

static void set_state(struct direct *direct, enum direct_state state)
{
	struct keepalive_pace pace;

	direct->state = state;
	pace = pace_of(direct);
	keepalive_set_pace(&direct->keepalive, &pace);
}

/* --- verdicts ------------------------------------------------------------------------------------ */

static void come_up(struct direct *direct)
{
	direct->up_since = ro_mono(direct->peer->ro);
	core_timer_stop(direct->peer->ro->core, &direct->timer);
	set_state(direct, DIRECT_UP);
	direct->peer->ro->direct_handlers->proven(direct);
}

static void answered(struct keepalive *keepalive, void *arg)
{
	struct direct *direct = arg;
	uint64_t mono = ro_mono(direct->peer->ro);

	if (direct->state == DIRECT_PROBING && keepalive_is_proven(keepalive))
		come_up(direct);
	else if (direct->state == DIRECT_SILENT && keepalive->good_since &&
		 time_between(keepalive->good_since, mono) >= direct->stable)
		come_up(direct);
	else if (direct->state == DIRECT_UP && direct->tunnel != direct->peer->path.direct)
		direct->peer->ro->direct_handlers->proven(direct);
}

static const char *words(enum keepalive_size size)
{
	return size == KEEPALIVE_FULL ? "full-size packets do not pass directly"
				      : "keepalives are not answered";
}

static void fall_silent(struct direct *direct, enum keepalive_size size, const char *why)
{
	struct ro *ro = direct->peer->ro;
	uint64_t mono = ro_mono(ro);
	uint64_t outage =
		keepalive_outage(&direct->keepalive, size, ro_conf(ro)->keepalive.interval);

	if (time_between(direct->up_since, mono) >= STABLE_FORGET)
		direct->stable = STABLE_FIRST;
	else if (2 * direct->stable < STABLE_LONGEST)
		direct->stable *= 2;
	else
		direct->stable = STABLE_LONGEST;
	keepalive_doubt(&direct->keepalive);
	set_state(direct, DIRECT_SILENT);
	core_timer_set(ro->core, &direct->timer, SILENT_PATIENCE);
	ro->direct_handlers->silent(direct, why, outage);
}

static void failed(struct keepalive *keepalive, enum keepalive_size size, void *arg)
{
	struct direct *direct = arg;

	(void)keepalive;
	if (direct->state == DIRECT_UP)
		fall_silent(direct, size, words(size));
	else if (direct->state == DIRECT_PROBING)
		direct->peer->ro->direct_handlers->failed(direct, words(size));
}

static const struct keepalive_handlers handlers = {answered, failed};

void direct_cut(struct direct *direct, const char *why)
{
	if (direct->state == DIRECT_UP)
		fall_silent(direct, KEEPALIVE_SMALL, why);
}

static void end_rest(struct direct *direct);

static void expired(struct timer *timer, void *arg)
{
	struct direct *direct = arg;

	(void)timer;
	if (direct->state == DIRECT_LINGER)
		direct_close(direct);
	else if (direct->state == DIRECT_HALF)
		end_rest(direct);
	else if (direct->state == DIRECT_UP)
		direct->peer->ro->direct_handlers->overdue(direct);
	else if (direct->keepalive.good_since) /* answers, but not for long enough yet */
		core_timer_set(direct->peer->ro->core, &direct->timer, SILENT_PATIENCE);
	else
		direct->peer->ro->direct_handlers->failed(direct, words(KEEPALIVE_SMALL));
}

/* --- the far end's port ---------------------------------------------------------------------------- */

static struct tunnel_spec spec_of(const struct direct *direct, uint16_t remote_port)
{
	struct tunnel_spec spec = {
		.encap = direct->encap,
		.port = direct->port,
		.local = direct->local,
		.remote = direct->remote,
		.realm = REALM_MAIN,
		.source = FWD_SOURCE_PATH,
		.source_path = direct->peer->path.index,
		.destination = FWD_DESTINATION_LOCAL,
		.accept = FWD_ACCEPT_DIRECT,
		.peer = direct->peer->home_address,
	};

	if (direct->encap == ENCAP_UDP) {
		spec.local_port = mobile_signalling_port(direct->peer->ro->mobile);
		spec.remote_port = remote_port;
	}
	return spec;
}

static void start_keepalive(struct direct *direct)
{
	const struct keepalive_pace pace = pace_of(direct);

	keepalive_start(&direct->keepalive, direct->tunnel, ro_home_address(direct->peer->ro),
			&direct->peer->home_address, &pace);
}

/* The tunnel to that port, in the place of the one to another. */
static int bind_port(struct direct *direct, uint16_t remote_port)
{
	const struct tunnel_spec spec = spec_of(direct, remote_port);
	struct tunnel *old = direct->tunnel, *opened;
	int result;

	if (direct->state == DIRECT_HALF)
		core_timer_stop(direct->peer->ro->core, &direct->timer);
	if (old && direct->remote_port == remote_port) { /* had been given up */
		direct->state = DIRECT_PROBING;
		start_keepalive(direct);
		return 0;
	}
	result = tunnel_open(direct->peer->ro->link, &spec, &opened);
	if (result < 0)
		return result;
	direct->tunnel = opened;
	direct->remote_port = remote_port;
	direct->port_moved = ro_mono(direct->peer->ro);
	if (direct->state == DIRECT_HALF)
		direct->state = DIRECT_PROBING;
	if (old && direct->peer->path.direct == old) {
		direct->peer->path.direct = opened;
		mobile_path_update(direct->peer->ro->mobile, &direct->peer->path);
	}
	start_keepalive(direct);
	tunnel_close(direct->peer->ro->link, old);
	return 0;
}

/*
 * It was given up and has rested. If the peer has been heard by it since, it is probed once more: the peer
 * may be using it. Else the next keepalive, from whatever port, opens it anew.
 */
static void end_rest(struct direct *direct)
{
	const struct core *core = direct->peer->ro->core;
	struct fwd_tunnel_state state;

	if (core->ops->tunnel_read(core->fwd, tunnel_ref(direct->tunnel).index, &state) == 0 &&
	    state.counters.heard > direct->rested) {
		(void)bind_port(direct, direct->remote_port);
		return;
	}
	tunnel_close(direct->peer->ro->link, direct->tunnel);
	direct->tunnel = NULL;
	direct->remote_port = 0;
}

static struct tunnel_ref no_answer(void)
{
	return (struct tunnel_ref){.index = FWD_NONE};
}

static struct direct *find_knocked(const struct peer *peer, const struct ip_addr *local,
				   const struct ip_addr *remote)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->state != DIRECT_LINGER && direct->encap == ENCAP_UDP &&
		    addr_is_equal(&direct->local, local) && addr_is_equal(&direct->remote, remote))
			return direct;
	return NULL;
}

/* A keepalive of a port that no tunnel of ours has (tunnels.md, section 5.3). */
static struct tunnel_ref knocked(void *arg, const struct tunnel_knock *knock)
{
	struct ro *ro = arg;
	struct direct *direct;
	struct peer *peer;

	HASH_FIND(hh, ro->peers, &knock->source, sizeof(knock->source), peer);
	if (!peer || !addr_is_equal(&knock->destination, ro_home_address(ro)))
		return no_answer();
	direct = find_knocked(peer, &tunnel_spec(knock->tunnel)->local, &knock->remote);
	if (!direct)
		return no_answer();
	if (direct->tunnel && direct->state != DIRECT_HALF) {
		/* It left before the workers had the tunnel that another one had made. */
		if (direct->remote_port == knock->remote_port)
			return tunnel_ref(direct->tunnel);
		if (time_between(direct->port_moved, ro_mono(ro)) < PORT_SPACING)
			return no_answer();
		tell_port_moved(direct, knock->remote_port);
	}
	if (bind_port(direct, knock->remote_port) < 0)
		return no_answer();
	return tunnel_ref(direct->tunnel);
}

/* --- life -------------------------------------------------------------------------------------------- */

bool direct_is_at(const struct peer *peer, const struct ip_addr *local)
{
	for (const struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->state != DIRECT_LINGER && addr_is_equal(&direct->local, local))
			return true;
	return false;
}

bool direct_is_fresh(const struct direct *direct)
{
	return keepalive_is_fresh(&direct->keepalive,
				  2 * ro_conf(direct->peer->ro)->keepalive.interval + FRESH_SLACK);
}

struct direct *direct_proven(const struct peer *peer)
{
	struct direct *proven = NULL;

	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->state == DIRECT_UP && (!proven || (!peer_uses(peer, proven->encap) &&
							       peer_uses(peer, direct->encap))))
			proven = direct;
	return proven;
}

static struct direct *find(struct peer *peer, const struct direct_ends *ends)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (direct->encap == ends->encap && addr_is_equal(&direct->local, &ends->local) &&
		    addr_is_equal(&direct->remote, &ends->remote))
			return direct;
	return NULL;
}

static int open_ends(struct direct *direct, const struct direct_ends *ends)
{
	struct ro *ro = direct->peer->ro;
	struct tunnel_spec spec;
	int result = 0;

	if (ends->encap != ENCAP_UDP || ends->remote_port) {
		spec = spec_of(direct, ends->remote_port);
		result = tunnel_open(ro->link, &spec, &direct->tunnel);
		direct->state = DIRECT_PROBING;
	} else {
		direct->state = DIRECT_HALF;
	}
	if (result < 0 || ends->encap != ENCAP_UDP)
		return result;
	result = listener_hold(ro, ends->port, &ends->local, &ends->remote, knocked,
			       &direct->listener);
	if (result < 0) {
		tunnel_close(ro->link, direct->tunnel);
		direct->tunnel = NULL;
	}
	return result;
}

/* What it stands on is let go; it is in no list any more. */
static void take_down(struct direct *direct)
{
	struct ro *ro = direct->peer->ro;
	struct direct **at = &direct->peer->directs;

	while (*at != direct)
		at = &(*at)->next;
	*at = direct->next;
	core_timer_stop(ro->core, &direct->timer);
	keepalive_stop(&direct->keepalive);
	tunnel_close(ro->link, direct->tunnel);
	listener_release(direct->listener);
	direct->tunnel = NULL;
	direct->listener = NULL;
}

static struct direct *make(struct peer *peer)
{
	struct direct *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	made->peer = peer;
	timer_init(&made->timer, expired, made);
	keepalive_init(&made->keepalive, peer->ro->core, peer->ro->link, &handlers, made);
	made->keepalive.requests = &peer->ro->counters.keepalives_out;
	made->keepalive.replies = &peer->ro->counters.keepalives_in;
	return made;
}

static int begin(struct direct *direct, const struct direct_ends *ends)
{
	struct peer *peer = direct->peer;
	int result;

	direct->encap = ends->encap;
	direct->port = ends->port;
	direct->local = ends->local;
	direct->remote = ends->remote;
	direct->remote_port = ends->encap == ENCAP_UDP ? ends->remote_port : 0;
	direct->stable = STABLE_FIRST / 2;
	direct->port_moved = direct->up_since = direct->rested = 0;
	direct->next = peer->directs;
	peer->directs = direct;
	result = open_ends(direct, ends);
	if (result < 0)
		direct_retire(direct, 0);
	else if (direct->tunnel)
		start_keepalive(direct);
	return result;
}

int direct_open(struct peer *peer, const struct direct_ends *ends, struct direct **direct)
{
	struct direct *opened = find(peer, ends);

	if (opened && opened->state != DIRECT_LINGER) {
		*direct = opened;
		/* Waited for a keepalive so far: now we know where to send ours. */
		return opened->state == DIRECT_HALF && ends->remote_port
			       ? bind_port(opened, ends->remote_port)
			       : 0;
	}
	/* On its way out: begun anew, in its place. */
	if (opened)
		take_down(opened);
	else
		opened = make(peer);
	if (!opened)
		return -ENOMEM;
	*direct = opened;
	return begin(opened, ends);
}

void direct_retire(struct direct *direct, uint64_t grace)
{
	if (direct->state == DIRECT_LINGER)
		return;
	keepalive_stop(&direct->keepalive);
	/* What the peer sends by it is taken to the end; that it works is not said any more. */
	if (direct->tunnel)
		tunnel_mute(direct->tunnel);
	direct->state = DIRECT_LINGER;
	core_timer_set(direct->peer->ro->core, &direct->timer, grace);
}

static bool is_used(const struct direct *direct)
{
	const struct peer *peer = direct->peer;
	bool is_at_ours = link_address_is_own(peer->ro->link, &direct->local);

	return (is_at_ours && peer_uses(peer, direct->encap)) ||
	       (peer_is_engaged(peer) && direct->tunnel && direct->tunnel == peer->path.direct);
}

void direct_retire_unused(struct peer *peer, uint64_t grace)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (!is_used(direct))
			direct_retire(direct, grace);
}

void direct_leave_by(struct direct *direct, uint64_t grace)
{
	if (direct->state == DIRECT_UP && !timer_is_set(&direct->timer))
		core_timer_set(direct->peer->ro->core, &direct->timer, grace);
}

void direct_stay(struct direct *direct)
{
	if (direct->state == DIRECT_UP)
		core_timer_stop(direct->peer->ro->core, &direct->timer);
}

void direct_rest(struct direct *direct)
{
	if (direct->encap != ENCAP_UDP || direct->state == DIRECT_LINGER)
		return;
	keepalive_stop(&direct->keepalive);
	direct->state = DIRECT_HALF;
	direct->rested = ro_mono(direct->peer->ro);
	core_timer_set(direct->peer->ro->core, &direct->timer, RO_LEAVE_GRACE);
}

void direct_close(struct direct *direct)
{
	take_down(direct);
	free(direct);
}

void direct_close_all(struct peer *peer)
{
	while (peer->directs)
		direct_close(peer->directs);
}

void direct_follow_traffic(struct direct *direct)
{
	if (direct->state == DIRECT_UP)
		set_state(direct, DIRECT_UP);
}

void direct_hurry(struct direct *direct)
{
	keepalive_hurry(&direct->keepalive);
}

bool direct_handle_reply(struct peer *peer, const struct event *event)
{
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		if (keepalive_handle_reply(&direct->keepalive, event))
			return true;
	return false;
}
