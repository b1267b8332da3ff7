/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay under change: traffic goes through a running data plane while the tables that it uses are
 * re-pointed, as registrations, handovers and gateways' new MACs would do it. Every packet carries a
 * sequence number, and what it leaves with tells the way it took: the tunnel's remote address and the
 * adjacency's MAC are serial numbers. A way is legal when each of its parts was true at some moment
 * between the packet's sending and its arrival; a change that was finished before the packet was sent
 * must not be visible any more.
 *
 * One thread sends, changes and receives; the workers run beside it (or are called by it, --single).
 */
#ifndef CHURN_H
#define CHURN_H

#include <stdarg.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "haaro/addr.h"
#include "haaro/dataplane.h"

enum {
	WORKERS_MAX = 2,
	WINDOW = 1024, /* packets under way, at most */
	RING_SIZE = 4 * WINDOW,
	BATCH = 64,        /* packets sent at once, at most */
	ADJACENCIES = 4,   /* of each port */
	SERIALS = 1 << 18, /* tunnels and MACs that are remembered; a power of two */
	WAIT_SECONDS = 10, /* longest wait for anything */
};

#define LIFE_LIVE UINT64_MAX  /* until: it is true now */
#define ADDR_HUB  0xc6336401u /* 198.51.100.1 */

enum { PORT_WAN, PORT_CORE, PORTS };

/* Paths with a tunnel each, by what happens to them. */
enum {
	SLOT_PEER = 0,                 /* handed over; routes move between them */
	SLOT_DOWN = SLOT_PEER + 8,     /* handed over, and without a tunnel now and then */
	SLOT_BRANCH = SLOT_DOWN + 4,   /* handed over with their bindings */
	SLOT_SOURCE = SLOT_BRANCH + 8, /* stay; the routes of their networks move */
	SLOTS = SLOT_SOURCE + 4,
};

struct slot {
	uint32_t path;
	struct tunnel_ref tunnel;
	uint32_t serial;    /* of the tunnel; its remote address */
	uint32_t adjacency; /* number of it on PORT_WAN */
	bool is_down;
	struct tunnel_ref old; /* SLOT_BRANCH: the tunnel before, that still accepts */
	uint32_t old_serial;   /* 0: none */
};

enum flow_kind {
	FLOW_OUT,    /* core -> peer; its routes move; may be unbound */
	FLOW_DOWN,   /* core -> a path that may be down */
	FLOW_IN,     /* branch -> core; its route moves between adjacencies */
	FLOW_RELAY,  /* branch -> branch */
	FLOW_SOURCE, /* branch -> core; the route of its source moves: may be refused */
	FLOW_KINDS
};

enum {
	FLOWS_OUT = 24,
	FLOWS_IN = 16,
	FLOWS = FLOWS_OUT + (SLOT_BRANCH - SLOT_DOWN) + FLOWS_IN + (SLOT_SOURCE - SLOT_BRANCH) +
		(SLOTS - SLOT_SOURCE),
};

struct sent {
	uint32_t sequence;
	uint32_t serial; /* of the tunnel that it came by; 0: natively */
	uint64_t since;  /* changes finished when it was sent */
};

struct flow {
	enum flow_kind kind;
	uint32_t source, destination; /* host order */
	uint32_t branch;              /* slot that it comes by; SLOTS: natively */
	uint32_t slot;                /* FLOW_DOWN, FLOW_RELAY: where it leads */
	int net, host; /* FLOW_OUT, FLOW_IN: next hops of its /24 and its /32; -1: none */
	uint64_t way_until[SLOTS]; /* by slot, or by adjacency: until when routes led there */
	uint64_t drop_until;       /* until when it was to be dropped */
	uint32_t next;             /* sequence */
	uint64_t received, missing;
	struct sent sent[WINDOW]; /* not heard of yet, ascending; ring */
	uint32_t head, n;
};

struct tunnel_life {
	uint32_t serial;
	uint32_t slot;
	uint64_t until;         /* paths led there */
	uint64_t binding_until; /* it was accepted */
	uint64_t adjacency_until[ADJACENCIES];
};

struct mac_life {
	uint32_t serial;
	uint32_t adjacency; /* number */
	uint16_t port;
	uint64_t until;
};

/* Orders of table calls that break the contract; each must be noticed. */
enum broken {
	BROKEN_NOT,
	BROKEN_TUNNEL,  /* the tunnel is removed, and its index used again, before its path moves */
	BROKEN_BINDING, /* the tunnel is removed before its binding */
	BROKEN_PATH,    /* the path is removed before the routes that name it */
	BROKEN_ADJACENCY, /* the adjacency is removed before the tunnels that name it */
	BROKEN_MAX
};

struct churn {
	struct fwd *fwd;
	struct conf conf;
	struct conf_port ports[PORTS];
	struct mac_addr mac[PORTS];
	unsigned int workers;
	bool single;
	enum broken broken;

	struct rte_mempool *pool; /* of the packets sent; full again in the end */
	struct rte_ring *in[PORTS][WORKERS_MAX];
	struct rte_ring *out[PORTS][WORKERS_MAX];

	struct slot slots[SLOTS];
	uint32_t adjacencies[PORTS][ADJACENCIES]; /* index */
	uint32_t mac_serials[PORTS][ADJACENCIES]; /* serial of the MAC now */
	struct flow flows[FLOWS];
	struct tunnel_life *tunnels; /* by serial */
	struct mac_life *macs;       /* by serial */
	uint32_t next_serial, next_mac;
	struct other *other;

	uint64_t random;
	uint64_t changes;      /* finished; the number of the last one */
	uint64_t changes_used; /* of those, on what the traffic uses */
	uint64_t sent, received, missing;
	uint64_t missing_by[FLOW_KINDS];
	uint32_t outstanding;
	uint32_t violations;
};

uint32_t churn_random(struct churn *churn, uint32_t below);
/* Something that must not be. The first few are told. */
__attribute__((format(printf, 2, 3))) void churn_violation(struct churn *churn, const char *format,
							   ...);
double churn_seconds(void);

static inline struct tunnel_life *churn_tunnel(const struct churn *churn, uint32_t serial)
{
	return &churn->tunnels[serial % SERIALS];
}

static inline struct mac_life *churn_mac(const struct churn *churn, uint32_t serial)
{
	return &churn->macs[serial % SERIALS];
}

/* --- ports.c: a data plane whose two ports are rings -------------------------------------------- */

int churn_open(struct churn *churn, uint32_t prefixes, struct error *err);
void churn_close(struct churn *churn);

/* --- traffic.c ------------------------------------------------------------------------------------ */

void churn_traffic_init(struct churn *churn);
/* Sends some packets and judges what has come out. */
void churn_turn(struct churn *churn);
/* Waits until every packet is accounted for: in = out + named drops. */
void churn_settle(struct churn *churn);

/* --- change.c: tables as the traffic uses them ---------------------------------------------------- */

int churn_tables_init(struct churn *churn);
void churn_change(struct churn *churn);
/* Checks the result of a table call; counts it as a change. used: by the traffic. */
bool churn_done(struct churn *churn, int result, bool used, const char *what);
/* While removals wait for the workers: a turn. False: it took too long. */
bool churn_wait(struct churn *churn, int result);

#define CHURN_RETRY(churn, result, call) \
	do                               \
		(result) = (call);       \
	while (churn_wait(churn, result))

/* Now and then the workers get a turn in the middle of a sequence. */
void churn_breathe(struct churn *churn);

/* One call, and what is to be noted about it. */
#define CHURN_CHANGE(churn, used, what, call)           \
	do {                                            \
		int result_;                            \
		CHURN_RETRY(churn, result_, call);      \
		churn_done(churn, result_, used, what); \
	} while (0)

/* --- gateways.c ----------------------------------------------------------------------------------- */

/* An adjacency with a MAC that no other had. */
struct fwd_adjacency churn_next_mac(struct churn *churn, uint16_t port, uint32_t number);
void churn_set_mac(struct churn *churn, uint16_t port, uint32_t number);
void churn_replace_adjacency(struct churn *churn, uint32_t number);
void churn_move_tunnel(struct churn *churn, struct slot *slot);

/* --- other.c: changes of what no packet uses ------------------------------------------------------- */

struct other *churn_other_create(void);
void churn_other(struct churn *churn);

#endif
