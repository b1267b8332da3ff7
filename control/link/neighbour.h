/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops: one entry per (port, address), with its ARP state, the packets that wait for it and,
 * when somebody holds it or it has answered, one adjacency slot that everybody shares. A new MAC or
 * a lost one is one store in that slot.
 *
 *                 hold            solicit           answer
 *     (none) ───────────> IDLE ────────────> INCOMPLETE ──────> REACHABLE <──┐
 *                          ^                   │     ^            │ 60, 15 s │ answer
 *                          │ held, port down   │3x1s │ held       v          │
 *                          │                   v     │          PROBE ───────┘
 *     (none) <────────────────── 5 s ────── FAILED ──┘            │ 3 x 1 s: asked by broadcast
 *                 not held                        5 s             v if held, else forgotten
 *
 * A gateway that is replaced without announcing its MAC must not cost a minute: what is held is
 * probed after 15 s, so that such an outage ends within 20.
 *
 * The slot says RESOLVE in IDLE and INCOMPLETE, FORWARD in REACHABLE, PROBE and STATIC (an old
 * entry stays in use while it is probed), DOWN in FAILED and while the port is down. A host on a
 * connected network that has answered gets a /32 route to its slot, so that its packets no longer
 * come up. Bounded: entries by capacity.neighbours, packets per entry and in total.
 */
#ifndef LINK_NEIGHBOUR_H
#define LINK_NEIGHBOUR_H

#include <uthash.h>

#include "core/core.h"
#include "link/show.h"

#define NEIGHBOUR_WAITING_MAX 8    /* packets per entry; the oldest makes room */
#define NEIGHBOUR_PACKETS_MAX 1024 /* packets of all entries */
#define NEIGHBOUR_TRIES       3
#define NEIGHBOUR_RETRY       NS_PER_S
#define NEIGHBOUR_FRESH       (60 * NS_PER_S) /* REACHABLE without a word: hosts */
#define NEIGHBOUR_FRESH_HELD  (15 * NS_PER_S) /* the same for what tunnels and routes stand on */
#define NEIGHBOUR_REFUSED     (5 * NS_PER_S)  /* FAILED: negative hold */

struct link;
struct waiting;

struct neighbour_key {
	be32 addr;
	uint32_t port; /* a whole word: every byte of a hash key is set */
};

struct neighbour {
	UT_hash_handle hh;
	struct link *link;
	struct neighbour_key key;
	enum neighbour_state state;
	struct mac_addr mac; /* of the last answer */
	bool told;           /* its failure, since it last answered */
	bool stale;          /* its slot could not be written yet */
	bool host_route;     /* its /32 is in the route table */
	uint32_t holds;      /* tunnels, routes, configuration */
	uint32_t adjacency;  /* slot, or FWD_NONE */
	unsigned int tries;  /* in this state */
	uint64_t since;      /* mono: last confirmed, or first asked */
	struct timer timer;
	struct waiting *oldest;
	struct waiting *newest;
	unsigned int n_waiting;
};

struct neighbours {
	struct neighbour *table;    /* uthash */
	struct neighbour **by_slot; /* adjacency index -> entry */
	size_t n_slots;
	size_t n_waiting; /* packets of all entries */
};

void neighbours_fini(struct link *link);

/* waiting.c: a copy behind the others; all of them out; all of them away and counted; the same and
 * ICMP 3/1 to their sources (the neighbour may be gone when it returns). */
void waiting_insert(struct neighbour *neighbour, const struct punt *origin, const uint8_t *packet,
		    size_t len);
void waiting_send(struct neighbour *neighbour);
void waiting_drop(struct neighbour *neighbour);
void waiting_fail(struct neighbour *neighbour);

/* slot.c: the slot and the host route, as the neighbour's state and the networks have them be. */
struct neighbour *neighbour_by_slot(const struct link *link, uint32_t adjacency);
int slot_make(struct neighbour *neighbour);
void slot_write(struct neighbour *neighbour);
void slot_drop(struct neighbour *neighbour);
void host_route_make(struct neighbour *neighbour);
void host_route_drop(struct neighbour *neighbour);
void host_route_renew(struct neighbour *neighbour);

struct neighbour *neighbour_find(const struct link *link, uint16_t port, be32 addr);

/* Makes the entry if need be, gives it a slot, and counts the holder. -ENOSPC: capacity. */
int neighbour_hold(struct link *link, uint16_t port, be32 addr, struct neighbour **neighbour);
void neighbour_release(struct neighbour *neighbour);

/* A configured MAC, for as long as the entry is held. */
void neighbour_set_static(struct neighbour *neighbour, const struct mac_addr *mac);
void neighbour_unset_static(struct neighbour *neighbour);

/* Asks, unless it is known, asked for already, refused, or its port is down. */
void neighbour_solicit(struct neighbour *neighbour);

/*
 * Sends an IPv4 packet by (port, addr), now or once it is resolved. origin: the packet's own punt,
 * for the ICMP error if it must be dropped; NULL for a packet of ours. -ENETUNREACH: refused.
 */
int neighbour_send(struct link *link, uint16_t port, be32 addr, const struct punt *origin,
		   const uint8_t *packet, size_t len);

/* From ARP: addr has mac. Entries are made only if create says so. */
void neighbour_learn(struct link *link, uint16_t port, be32 addr, const struct mac_addr *mac,
		     bool create);

/* The port came up, went down or changed its MAC or MTU. */
void neighbours_port_changed(struct link *link, uint16_t port);

/* Stale slots, once more. */
void neighbours_rewrite(struct link *link);

void neighbours_mtu_changed(struct link *link, uint16_t port);

/* The networks have changed: host routes, and entries that are on none. */
void neighbours_reload(struct link *link);

/* Sends to a neighbour whose MAC is known: by its slot, or as a frame when it has none. */
int neighbour_transmit(struct neighbour *neighbour, const uint8_t *packet, size_t len);

static inline uint16_t neighbour_port(const struct neighbour *neighbour)
{
	return (uint16_t)neighbour->key.port;
}

static inline bool neighbour_is_usable(const struct neighbour *neighbour)
{
	return neighbour->state == NEIGHBOUR_REACHABLE || neighbour->state == NEIGHBOUR_PROBE ||
	       neighbour->state == NEIGHBOUR_STATIC;
}

#endif
