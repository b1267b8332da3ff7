/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization as a value, private to this directory. Who writes what:
 *
 *     ro.c            create, reload, shutdown, the way in for datagrams, events and marks
 *     explain.c show.c    reading
 *     handover.c      our own addresses, hub and registration have changed
 *     health.c        what the verdicts about direct tunnels do
 *     trigger.c       what asks for a direct path
 *     correspondent.c the asked side: a peer's request judged row by row    (who.c, what.c)
 *     acceptance.c    what an accepted one does                             (answer.c)
 *     verify.c        requests that wait for the hub's word about their prefixes
 *     cache.c         routers and prefixes that the hub told of                (advertised.c)
 *     outcome.c       the asking side: what a peer's reply does             (reply.c checks it)
 *     session.c       the asking side: tests, request, refresh, giving up   (request.c sends)
 *     routability.c   our Test Inits and the tests that answer them
 *     responder.c     a peer's Test Inits, answered without any state
 *     path.c          whether a peer's path is direct: the one place that decides it
 *     direct.c        tunnels between care-of addresses: opened, proven, lost   (keepalive.c)
 *     limit.c         how much of it is worked on
 *     listener.c      where peers' first keepalives come in
 *     nat.c shared_key.c tell.c   decisions and words without effects on others
 *
 * Calls run down this list only; what must run up goes by a timer or by a handler that ro.c sets.
 */
#ifndef RO_STATE_H
#define RO_STATE_H

#include <uthash.h>

#include "haaro/addr.h"

#include "auth/nonce.h"
#include "ro/peer.h"
#include "ro/ro.h"

/* haaro.md, section 3 */
#define RO_HANDOVER_GRACE   (10 * NS_PER_S)  /* an old tunnel goes on receiving */
#define RO_LEAVE_GRACE      (2 * NS_PER_S)   /* the same after a deregistration */
#define RO_PREACCEPT_WAIT   (10 * NS_PER_S)  /* for the peer's own request, after code 2 */
#define RO_VERIFY_HOLD      (5 * NS_PER_S)   /* a request waits so long for the hub's word */
#define RO_UNKNOWN_HOLD     (60 * NS_PER_S)  /* the hub does not know a router: not asked again */
#define RO_REPLAY_KEPT      (240 * NS_PER_S) /* what is known of a peer's last Identification */
#define RO_UNREACHABLE_HOLD (600 * NS_PER_S) /* the peer's home address is not reached natively */

#define RO_VERIFY_MAX    64
#define RO_LIMIT_BUCKETS 256
#define RO_UNKNOWNS      256

struct direct_handlers;
struct held_request; /* verify.c */
struct listener;

/* A home address that the hub does not know: it is not asked again for a while. */
struct ro_unknown {
	be32 home_address;
	uint64_t until; /* mono */
};

struct ro {
	struct core *core;
	struct link *link;
	struct mobile *mobile;
	const struct conf *conf;
	struct mac_engine *engine;
	struct nonces nonces;
	struct timer nonce_timer;
	struct ntp_clock clock; /* that peers' Identifications are judged by */

	bool granted; /* by the hub: RO is on */
	bool leaving;
	uint64_t leave_by;
	uint64_t preferred; /* mono, since when our encapsulation is what it is; 0: the start */
	struct peer *peers;
	struct peer *by_path;
	struct ro_prefix *prefixes;
	struct ro_realm *realms;
	size_t n_direct;
	struct listener *listeners;
	const struct direct_handlers *direct_handlers;
	timer_expired look;     /* of peers: trigger.c's */
	struct timer age_timer; /* of the cache */
	struct timer mesh_timer;
	struct ip_addr care_of; /* where the last registration was, and at which hub */
	struct ip_addr hub;
	struct ip_prefix own[CONF_MOBILE_NETWORKS_MAX]; /* and of which networks */
	size_t n_own;
	struct registration_capability capability; /* without a solicitation */

	struct held_request *held; /* requests that wait for the hub's word, oldest first */
	size_t n_held;
	struct timer held_timer;
	uint64_t asked_hub; /* mono, of the last solicitation */
	uint64_t listed;    /* mono, of the last answer that was not about one router */
	bool more;          /* it told of routers that we did not know */
	struct timer more_timer;
	struct ro_unknown unknowns[RO_UNKNOWNS];

	uint64_t limit_all; /* rate of what strangers may make us do: limit.h */
	uint64_t limits[RO_LIMIT_BUCKETS];
	struct ro_counters counters;
};

/* --- small questions ------------------------------------------------------------------------------ */

static inline const struct conf_optimization *ro_conf(const struct ro *ro)
{
	return &ro->conf->mobile.optimization;
}

static inline struct peer *peer_find(const struct ro *ro, const struct ip_addr *home_address)
{
	struct peer *peer;

	HASH_FIND(hh, ro->peers, home_address, sizeof(*home_address), peer);
	return peer;
}

static inline uint64_t ro_mono(const struct ro *ro)
{
	return ro->core->now.mono;
}

static inline const struct ip_addr *ro_home_address(const struct ro *ro)
{
	return &ro->conf->mobile.home_address;
}

/* Our own O flag: we can only open. */
static inline bool ro_is_outbound_only(const struct ro *ro)
{
	return ro->capability.flags & CAPABILITY_OUTBOUND;
}

/* An address in one of our own networks. */
static inline bool ro_owns(const struct ro *ro, be32 addr)
{
	const struct ip_prefix host = prefix_v4(addr, 32);

	return mobile_owns(ro->mobile, &host);
}

/* By the hub's tunnel and no other: else it proves nothing about the way (haaro.md, 21.1). */
static inline bool ro_came_by_hub(const struct ro *ro, const struct datagram *datagram)
{
	struct tunnel_ref hub = mobile_hub_tunnel(ro->mobile);

	return hub.index != FWD_NONE && datagram->tunnel.index == hub.index &&
	       datagram->tunnel.generation == hub.generation &&
	       addr_is_equal(&datagram->destination, ro_home_address(ro));
}

#endif
