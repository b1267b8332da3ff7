/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A branch in virtual time: the real Mobile Router role over a link that only records, and a small
 * hub that answers. Nothing sleeps; world_run() goes from deadline to deadline.
 *
 * The branch: home address 192.0.2.3, hub 198.51.100.1, uplinks 0 (203.0.113.30) and 1
 * (198.18.2.20), LAN port 2 (10.3.0.0/24), spare port 3 (198.18.3.30). The hub's round trip is 20 ms.
 */
#ifndef UNIT_MOBILE_WORLD_H
#define UNIT_MOBILE_WORLD_H

#include "haaro/addr.h"

#include "auth/replay.h"
#include "auth/sa.h"
#include "fake_fwd.h"
#include "link/link.h"
#include "mobile/mobile.h"
#include "wire/registration.h"
#include "wire/revocation.h"

#define WORLD_PORTS      4
#define WORLD_LAN        2
#define WORLD_RTT        (20 * NS_PER_MS)
#define WORLD_START      (1000 * NS_PER_S) /* mono at the start */
#define WORLD_WALL       (UINT64_C(1800000000) * NS_PER_S)
#define WORLD_SENT_MAX   2048
#define WORLD_EVENTS_MAX 4096
#define WORLD_QUEUE_MAX  256

/* A registration request or acknowledgement that the branch sent. */
struct world_sent {
	uint64_t mono;
	struct datagram datagram; /* payload: bytes */
	uint8_t ttl;
	uint8_t bytes[MESSAGE_SIZE];
	struct registration_request request; /* if it is one */
};

struct world_echo {
	uint64_t mono;
	uint16_t port;
	struct tunnel_ref tunnel;
	uint16_t sequence;
};

/* Something on its way back to the branch. */
struct world_delivery {
	uint64_t mono;
	bool is_event;
	struct event event;
	struct datagram datagram;
	uint8_t bytes[MESSAGE_SIZE];
};

/* What the link knows, and what it was asked to do. */
struct link {
	struct core *core;
	struct world *world;
	bool up[WORLD_PORTS];
	struct ip_addr addresses[WORLD_PORTS];
	struct ip_addr inner; /* the role's own address */
	struct tunnel *tunnels;
	unsigned int n_tunnels;
	int fail_tunnel; /* tunnel_open() returns it when not 0 */
	int fail_times;  /* so often; 0: always */
	struct world_sent sent[WORLD_SENT_MAX];
	size_t n_sent;
	struct world_echo echoes[WORLD_SENT_MAX];
	size_t n_echoes;
};

/* The hub that answers by itself. */
struct world_hub {
	bool alive;
	bool mute;                 /* alive, echoes are answered, requests are not */
	bool filtered;             /* native echoes are not answered */
	bool reaches[WORLD_PORTS]; /* false: that uplink is a black hole */
	bool blocked[WORLD_PORTS]; /* no tunnel gets through, all else does */
	bool nat[WORLD_PORTS];     /* a NAT is on the way */
	bool force_allowed;
	bool revokes;         /* supports revocation */
	bool silent_networks; /* knows no mobile networks: acknowledges none */
	uint16_t lifetime;    /* at most */
	uint16_t keepalive;
	uint8_t code; /* of every reply */
	uint8_t ack_code;
	int64_t ahead; /* seconds that its clock is ahead; checked if strict */
	bool strict;
	size_t n_implicit;
	struct ip_prefix implicit[4];
	struct ip_addr bound; /* the care-of address that it holds; unset: none */
};

/* What stands on the role: nothing in its own tests, route optimization in those of unit/ro. */
struct world_above {
	void *arg;                                                 /* NULL: there is nothing */
	bool (*takes)(void *arg, const struct datagram *datagram); /* and handles it */
	void (*handle_event)(void *arg, const struct event *event);
	void (*reload)(void *arg, const struct conf *next);

	/* Adds to the hub's answer to a request, or bends it. */
	void (*answer)(void *arg, const struct registration_request *request,
		       struct registration_reply *reply);

	/* What leaves and is not for the hub. */
	void (*sent)(void *arg, const struct datagram *datagram, uint8_t ttl);
	void (*echoed)(void *arg, const struct link_echo *echo, const struct tunnel_spec *spec);
};

struct world {
	struct conf conf;  /* of the start */
	struct conf next;  /* for world_reload() */
	struct conf *held; /* the one in use, after a reload */
	struct conf_port ports[WORLD_PORTS];
	struct conf_uplink uplinks[WORLD_PORTS];
	struct ip_prefix networks[4];
	uint16_t lan_ports[1];
	struct core core;
	struct fwd fwd;
	struct random_seeded seeded;
	struct random random;
	struct link link;
	struct world_hub hub;
	struct mac_engine *engine;
	struct sa sa; /* the hub's */
	struct mobile *mobile;
	struct world_above above;
	struct world_delivery queue[WORLD_QUEUE_MAX];
	size_t n_queue;
	struct event events[WORLD_EVENTS_MAX];
	size_t n_events;
};

/* A world that is configured but has no router yet; world_start() makes it. */
struct world *world_create(uint64_t seed);
void world_start(struct world *world);
void world_destroy(struct world *world);

/* Lets the time pass. */
void world_run(struct world *world, uint64_t duration);

/* Until the branch is in that state; fails the test if not within most. */
void world_run_until(struct world *world, enum mobile_state state, uint64_t most);

/* Hands in a copy of world->next: change world->next, reload, repeat. */
void world_reload(struct world *world);

/* Carrier and device, as the link would tell. */
void world_port(struct world *world, uint16_t port, enum link_port_state state);

/* The reply to the last request that the hub would give, to be bent and given to world_reply(). */
struct registration_reply world_answer(const struct world *world);

/* Signs with the hub's key and hands it in now, from the hub to where the last request came from. */
void world_reply(struct world *world, const struct registration_reply *reply);

/* The same as a datagram, to be bent; bytes must hold MESSAGE_SIZE octets. */
struct datagram world_signed(struct world *world, const struct registration_reply *reply,
			     uint8_t *bytes);
void world_deliver(struct world *world, const struct datagram *datagram);

/* Something that will be handed in after a round trip: to be filled in. */
struct world_delivery *world_enqueue(struct world *world);

/*
 * An echo request came from remote by what is open between it and local, as link/ takes it: by which
 * tunnel it is answered; index FWD_NONE: by none.
 */
struct tunnel_ref world_knock(struct world *world, const struct tunnel_knock *knock,
			      const struct ip_addr *local);

/* Events are handled as they are posted by what the test itself has called. */
void world_settle(struct world *world);

/* Reading. */
struct mobile_view world_view(const struct world *world);
const struct world_sent *world_last(const struct world *world);
size_t world_count(const struct world *world, enum event_type type);
const struct event *world_event(const struct world *world, enum event_type type); /* the last */
struct fwd_path world_path(const struct world *world);
bool world_is_muted(const struct tunnel *tunnel); /* answers no echoes any more */
bool world_is_own(const struct world *world, const char *address);
struct ip_addr world_addr(const char *text);

#endif
