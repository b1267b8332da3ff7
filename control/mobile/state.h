/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Mobile Router as a value, private to this directory. Who writes what:
 *
 *     client.c        create, reload, shutdown, the way in for datagrams and events, reading
 *     handover.c      which uplink, when to ask: the timers and the watches call it
 *     outcome.c       what an answer does
 *     watch.c         the hub's watch follows the registration
 *     registration.c  asking for a registration and losing it
 *     networks.c      what the hub's acknowledgements make of our networks
 *     revocation.c    the hub takes the registration back
 *     optimization.c  what route optimization (ro/) asks and hears of all this
 *     forward.c       tunnels, path, routes: what the workers see of all this
 *     request.c       a request or acknowledgement as bytes; reply.c: bytes as a checked reply
 *     uplink.c echo.c schedule.c denial.c nat.c   decisions without effects on others
 *
 * Calls run down this list only.
 */
#ifndef MOBILE_STATE_H
#define MOBILE_STATE_H

#include "haaro/addr.h"

#include "auth/replay.h"
#include "auth/sa.h"
#include "mobile/mobile.h"
#include "mobile/nat.h"
#include "mobile/optimization.h"
#include "mobile/uplink.h"

#define MOBILE_TUNNELS_MAX 16 /* of all uplinks and encapsulations, lingering ones too */

/* After a handover the old tunnel keeps receiving for so long (tunnels.md, section 9). */
#define MOBILE_LINGER (10 * NS_PER_S)

struct mobile_network {
	struct ip_prefix prefix;
	bool left_out; /* refused by code 147: not asked for until the long wait after it is over */
	bool judged;   /* an accepting reply has spoken */
	bool accepted;
	uint8_t code; /* of its acknowledgement */
};

struct mobile_networks {
	struct mobile_network list[CONF_MOBILE_NETWORKS_MAX];
	size_t n;
	bool not_a_router; /* code 148: no network is asked for until then */
	bool unsupported;  /* the last accepting reply had no acknowledgement at all */
};

struct mobile_tunnel {
	struct tunnel *tunnel; /* NULL: free */
	uint64_t close_at;     /* mono; TIME_NEVER: in use, or a reply may choose it */
};

/* The last request sent: what its answer is judged by. */
struct mobile_request {
	bool waiting;           /* it has no answer yet */
	struct ip_addr agent;   /* sent there */
	struct ip_addr care_of; /* from there */
	uint64_t identification;
	uint64_t sent;                 /* mono */
	uint16_t lifetime;             /* asked, as on the wire; 0: deregistration */
	struct mobile_nat_request ask; /* UDP or plain */
	struct registration_capability capability;
	uint8_t bytes[MESSAGE_SIZE]; /* nonces: a retransmission repeats them */
	size_t len;
};

/* What the hub holds for us. */
struct mobile_registration {
	bool live;
	struct uplink *uplink;
	struct ip_addr agent;
	struct ip_addr care_of;
	struct tunnel *tunnel;
	enum encap encap;
	bool behind_nat;
	uint64_t granted;   /* nanoseconds; TIME_NEVER: infinite */
	uint64_t expires;   /* mono */
	uint64_t keepalive; /* the hub's wish; 0: none */
	uint64_t answered;  /* mono, of the last accepting reply */
};

/* Revocation (RFC 3543): outlives the registration, so that a repeated message is answered again.
 */
struct mobile_revocation {
	bool agreed;  /* both sides support it */
	bool revoked; /* and the hub has done it */
	struct ip_addr care_of;
	struct ip_addr agent;
	uint32_t newest; /* timestamp or identifier of the hub, the newest seen */
	uint64_t until;  /* mono: the registration would have run out */
};

struct mobile {
	struct core *core;
	struct link *link;
	const struct conf *conf;
	enum mobile_state state;

	/* the hub */
	struct ip_addr agent; /* who is asked: the configured one, or where code 136 sent us */
	struct replay_client replay; /* Identification of the requests to it */
	struct mac_engine *engine;
	struct sa sa;   /* the first entry signs, all verify */
	bool no_udp;    /* code 142: UDP is not asked for until the long wait is over */
	bool force_udp; /* code 139: nothing but UDP is asked for until then */
	bool forgets;   /* the present wait is the long one: all is asked for again after it */

	/* the uplinks */
	struct uplink uplinks[CONF_PORTS_MAX]; /* by port */
	struct uplink_order order;
	struct uplink *active; /* by which we ask; NULL: none is usable */

	/* asking */
	struct mobile_request request;
	bool asked;              /* a request was sent since the start */
	uint64_t last_sent;      /* mono, of any request: the one-a-second rule */
	unsigned int tries;      /* transmissions since this round of asking began */
	unsigned int tries_here; /* of these, by the active uplink */
	unsigned int denials;    /* in a row that ask for patience */
	unsigned int resyncs;    /* codes 133 in a row, within a minute of the first */
	uint64_t resync_first;   /* mono */
	unsigned int redirects;  /* codes 136 in a row */
	uint8_t last_code;

	/* what we have */
	struct mobile_registration registration;
	struct mobile_revocation revocation;
	struct mobile_networks networks;
	struct mobile_tunnel tunnels[MOBILE_TUNNELS_MAX];
	uint32_t path;                  /* to the hub */
	struct mobile_path *peer_paths; /* of ro/: they follow the hub's unless they are direct */

	/* route optimization */
	struct registration_capability capability; /* what requests say of it */
	struct mobile_optimization optimization;   /* what the hub said last */
	unsigned int silences; /* verdicts of the watch since it was last answered */
	struct echo watch;     /* of the hub, through the tunnel */

	uint64_t outage_since; /* mono: the hub was last heard, or the uplink lost; 0: no outage */
	uint64_t last_outage;
	struct uplink *last_uplink; /* of the last accepted registration */

	struct timer send_timer;   /* next request: retransmission, refresh, end of a wait */
	struct timer expiry_timer; /* of the registration */
	struct timer linger_timer; /* the next tunnel to close */
	struct timer review_timer; /* the hold-down of a better uplink ends */

	struct mobile_counters counters;
};

/* The lifetime that we ask for, as on the wire: seconds, 0xffff: infinite. */
static inline uint16_t mobile_lifetime(const struct conf_mobile *conf)
{
	uint64_t seconds = time_in_seconds(conf->lifetime);

	return seconds < UINT16_MAX ? (uint16_t)seconds : UINT16_MAX;
}

/* Of our signalling and of the UDP tunnel, which the protocol wants to be the same. */
static inline uint16_t mobile_port(const struct mobile *mobile)
{
	const struct conf_mobile *conf = &mobile->conf->mobile;

	return conf->local_port ? conf->local_port : MESSAGE_UDP_PORT;
}

static inline bool mobile_is_leaving(const struct mobile *mobile)
{
	return mobile->state == MOBILE_LEAVING || mobile->state == MOBILE_LEFT;
}

#endif
