/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One hub and many branches of the real control library, in one process and in virtual time, on a
 * seeded model network. Everything that happens comes from the seed: the same seed, the same trace.
 *
 *     conf.c      what the routers are configured with
 *     queue.c     what will happen, by time
 *     node.c      a router: its life, its clock, and a model worker between it and the network
 *     network.c   loss, delay, duplication, reordering, black holes, NATs
 *     fault.c     what goes wrong, and when
 *     check.c     the invariants, by name
 *     sim.c       the phases of a run: faults, settling, the hub's clock, leaving
 *
 * Times are nanoseconds of the simulation unless they say mono: each node's clocks run at the same
 * rate from their own offsets.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "haaro/addr.h"

#include "check.h"
#include "fwd_model.h"
#include "nat.h"
#include "router/router.h"
#include "wire/packet.h"
#include "wire/registration.h"

#define SIM_HUB     0 /* its node number; branches are 1 and up */
#define SIM_UPLINKS 2
#define SIM_LAN     2 /* port of a branch */
#define SIM_PORTS   3

#define SIM_ASKED    60 /* seconds, lifetime that branches ask for */
#define SIM_LIFETIME 50 /* that the hub grants, behind a NAT or not */

/* --- what happens ---------------------------------------------------------------------------- */

enum sim_kind {
	SIM_TICK,   /* a node's deadline */
	SIM_PACKET, /* an IPv4 packet reaches a node's port */
	SIM_PUNT,   /* a punt that the model worker made for its own router */
	SIM_FAULT,
	SIM_START, /* a node starts again */
	SIM_FLOW,  /* a host sends */
	SIM_ATTACK,
	SIM_KIND_MAX
};

struct sim_event {
	uint64_t time;
	uint64_t order; /* equal times in the order they were made */
	enum sim_kind kind;
	uint32_t node;
	uint32_t life;    /* TICK, PUNT: of which life of the node */
	uint16_t port;    /* PACKET */
	uint32_t flow;    /* FLOW */
	struct punt punt; /* PUNT */
	size_t len;
	uint8_t bytes[];
};

/* --- the parts ------------------------------------------------------------------------------- */

struct uplink_state {
	be32 address;
	bool carrier;
	bool black_hole;
	int nat; /* index, or -1 */
};

#define SIM_DIRECTS     64  /* direct paths of one branch that are watched */
#define SIM_TUNNELS     256 /* tunnels of one branch whose keepalives are counted */
#define SIM_UPDATE_RATE 5   /* RFC 6521, section 9 */
#define SIM_TOKENS      16
#define SIM_COPIES      64

struct echo_times {
	uint32_t generation, life;
	unsigned int n;
	uint64_t last[SIM_UPDATE_RATE];
};

struct node {
	struct sim *sim;
	uint32_t number;
	struct conf conf;     /* as its file says */
	struct conf confs[2]; /* as it was read, in turn */
	const struct conf *live;
	struct conf_port ports[SIM_PORTS];
	struct ip_addr addresses[SIM_PORTS + 1]; /* the LAN may have two */
	struct ip_prefix connected[SIM_PORTS + 1];
	struct conf_uplink uplinks[SIM_UPLINKS];
	uint16_t lan_ports[1];
	struct ip_prefix networks[2];
	char secret_text[2 * CONF_SECRET_MAX + 1]; /* its secret in hexadecimal */

	struct haaro *haaro; /* NULL: dead */
	struct fwd *fwd;
	struct random_seeded seeded;
	uint32_t life;
	uint64_t tick;       /* of the SIM_TICK that counts */
	uint64_t start;      /* planned */
	uint64_t check_next; /* in a large world its tables are not looked at before */
	uint64_t checked;    /* changes of its tables when they were last looked at */
	uint64_t checked_direct;
	uint32_t *path_peers; /* the branch that each of its paths leads to; 0: the hub */
	uint32_t n_path_peers;
	uint32_t directs[SIM_DIRECTS]; /* branches that its packets go to directly */
	uint32_t n_directs;
	struct echo_times *echo_times; /* by tunnel */
	uint16_t nonce_index;          /* of the last test that it answered: no secret */
	uint64_t mono_offset;
	int64_t wall_offset;

	/* of a branch: the world around it */
	struct uplink_state links[SIM_UPLINKS];
	bool resolving;          /* an ARP answer sends what waited for it */
	uint64_t last_request;   /* 0: none yet */
	uint64_t believes_until; /* that it is registered; 0: it does not */
	bool leaving;

	/* what replies of the hub, seen on their way, say that it owes this branch */
	uint64_t bound_until;
	uint64_t
		doubt_until; /* the hub forgot or revoked: the branch may believe otherwise so long */
	unsigned int refused; /* 133 received since the last acceptance */
	uint64_t echoes;      /* answered through its tunnel when the phase began */
	uint64_t relayed;     /* by a hub from one tunnel into another */
	struct conf_static_key static_keys[1];
	char realms[1][CONF_REALM_SIZE];
};

#define NAT_HOSTS 10         /* branches behind one NAT */
#define SIM_NAT   0xcc000001 /* 204.0.0.1 and up: their addresses */

/* The direct way from one branch to another; both may reach the hub all the same. */
struct way {
	bool cut;
	bool narrow;  /* large packets vanish */
	bool stopped; /* by the operator of the first */
};

/* Where a packet on its way comes from, and to whom it goes. */
struct hop {
	uint32_t from;
	uint32_t to;
	uint16_t port;
};

enum sim_world {
	SIM_WORLD_HUB,    /* a hub and its branches */
	SIM_WORLD_DIRECT, /* and direct paths between them */
	SIM_WORLD_SMOKE,  /* two branches and their direct path (smoke.c) */
	SIM_WORLD_SCALE,  /* very many, and nothing goes wrong (scale.c) */
	SIM_WORLD_MAX
};

struct sim_options {
	uint64_t seed;
	uint32_t branches;
	enum sim_world world;
	bool verbose;
	const char *mutation; /* name, for the replay command */
};

/* A branch that claims another's network (insider.c). */
struct theft {
	uint32_t thief; /* 0: none yet */
	uint32_t victim;
	uint32_t owner;
	uint16_t port; /* the thief's uplink */
	uint64_t since;
	bool has[2];
	uint16_t index[2];
	uint8_t token[2][8];
};

struct sim {
	struct sim_options options;
	uint32_t asked_branches; /* 0: the seed draws how many */
	uint64_t now;
	struct sim_event **heap; /* from index 1 */
	size_t n_events;
	size_t heap_size;
	uint64_t order;

	struct node *nodes; /* 0: the hub */
	uint32_t n_nodes;
	struct conf_router *routers;
	struct conf_realm realms[3];
	char sees[3][3][CONF_REALM_SIZE];
	struct ip_prefix home_network;
	struct nat *nats;
	size_t n_nats;
	uint32_t n_shared;             /* of them NATs; the others are firewalls of one uplink */
	struct way *ways;              /* from × to; NULL: all are open */
	struct relation *relations;    /* the same; NULL: no books */
	uint8_t tokens[SIM_TOKENS][8]; /* that routers made lately */
	size_t n_tokens;
	struct flow *flows;
	uint32_t n_flows;

	struct random_seeded seeded;
	struct random random;
	bool faults;              /* they happen now */
	bool lossy;               /* packets get lost, doubled, late */
	bool strict;              /* a packet that gets lost without an excuse breaks the run */
	unsigned int attacker;    /* enum attacker_mode */
	void *copies[SIM_COPIES]; /* of signalling that it saw */
	size_t n_copies;
	struct theft theft;
	uint64_t thefts;     /* claims that it sent */
	bool clock_watched;  /* the hub's clock went back, nothing else is wrong */
	uint64_t cut_until;  /* the hub reaches nobody */
	uint64_t check_next; /* when the hub's tables are looked at again */
	uint64_t check_every;

	size_t bare;   /* memory in use before there was a router */
	uint64_t hash; /* of the trace */
	uint64_t counts[SIM_KIND_MAX];
	bool failed;
	enum invariant broken;
	char text[256];
};

/* queue.c */
struct sim_event *queue_event(struct sim *sim, uint64_t time, enum sim_kind kind, uint32_t node,
			      const uint8_t *bytes, size_t len);
struct sim_event *queue_take(struct sim *sim, uint64_t until); /* NULL: nothing by then */
void queue_free(struct sim *sim);

/* conf.c */
int conf_make(struct sim *sim);
void conf_drop(struct sim *sim);
be32 sim_shared_network(uint32_t pair); /* a prefix that two branches may claim */
bool sim_uplink_of(const struct sim *sim, be32 address, uint32_t *number, uint16_t *port);
int sim_nat_of(const struct sim *sim, be32 address); /* -1: no NAT's */
struct ip_addr sim_host(const struct sim *sim, uint32_t number, unsigned int network);

/* node.c */
struct now node_now(const struct node *node);
int node_start(struct node *node);
void node_kill(struct node *node); /* as a power cut does */
void node_stop(struct node *node);
void node_reload(struct node *node); /* its file has changed */
void node_arrive(struct node *node, const struct sim_event *event);
void node_punt(struct node *node, struct punt *punt, const uint8_t *bytes, size_t len);
void node_punt_later(struct node *node, const struct punt *punt, const uint8_t *bytes, size_t len,
		     uint64_t delay);
void node_tick(struct node *node);
void node_after(struct node *node); /* after each call into its router */

/* network.c */
void network_send(struct node *node, uint16_t port, const uint8_t *packet, size_t len);
void network_route(struct sim *sim, uint32_t from, const uint8_t *packet, size_t len);
void network_carry(struct sim *sim, const struct hop *hop, const uint8_t *bytes, size_t len);
bool network_swallows(const struct node *node, uint16_t port);
struct way *network_way(struct sim *sim, uint32_t from, uint32_t to); /* NULL: always open */

/* fault.c */
void start_after(struct node *node, uint64_t delay);
void fault_plan(struct sim *sim);
void fault_crash(struct node *node, uint64_t down);
void fault_happen(struct sim *sim);
void fault_heal(struct sim *sim);

/* smoke.c, scale.c */
void smoke_run(struct sim *sim);
void scale_run(struct sim *sim);
size_t scale_resident(void); /* octets of memory that we use now */

/* sim.c: runs a seed; true if every invariant held. The caller calls sim_fini(). */
void sim_run_for(struct sim *sim, uint64_t duration);
void sim_leave_all(struct sim *sim);
bool sim_run(struct sim *sim, const struct sim_options *options);
void sim_fini(struct sim *sim);

static inline uint64_t sim_draw(struct sim *sim, enum random_purpose purpose, uint64_t bound)
{
	return random_below(&sim->random, purpose, bound);
}

#endif
