/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct tunnels: from one of our care-of addresses to one of a peer's (RFC 6521, sections 3.3.4 and
 * 6.1; haaro.md, sections 11.1, 11.2 and 14.4).
 *
 *     open, port unknown ──> HALF ── its first keepalive ──┐
 *     open, port known ────────────────────────────────> PROBING ── answered ──> UP <── stable ──┐
 *                                                           │                    │ losses        │
 *                                                        failed                  v               │
 *                                                           └──> (the caller)  SILENT ───────────┘
 *     direct_retire() from any state ──> LINGER ── grace period ──> closed      │ patience ──> failed
 *
 * Nothing but keepalives goes by a tunnel that is not UP. Thread: control core.
 */
#ifndef RO_DIRECT_H
#define RO_DIRECT_H

#include "ro/keepalive.h"
#include "ro/state.h"

enum direct_state {
	DIRECT_HALF, /* the far end's port is not known (or not any more): waits for a keepalive */
	DIRECT_PROBING, /* our keepalives are out; nothing goes by it yet */
	DIRECT_UP,      /* answered */
	DIRECT_SILENT,  /* was up, and fell silent: probed on, nothing goes by it */
	DIRECT_LINGER,  /* only receives, for a grace period */
};

/* A tunnel between one of our care-of addresses and one of the peer's. */
struct direct {
	struct direct *next; /* of the same peer, newest first */
	struct peer *peer;
	enum direct_state state;
	enum encap encap;
	uint16_t port; /* of ours */
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t remote_port;      /* 0: not known */
	struct listener *listener; /* held; NULL: the far end's port is no question */
	struct tunnel *tunnel;     /* NULL: the port is not known */
	struct timer timer;  /* LINGER: closes it; SILENT: gives it up; HALF: closes its tunnel */
	uint64_t port_moved; /* mono, when the far end's port last changed */
	uint64_t up_since;   /* mono */
	uint64_t rested;     /* mono, when direct_rest() gave it up */
	uint64_t stable;     /* how long it must answer before it is used again after a failure */
	struct keepalive keepalive;
};

/* What the verdicts about a direct tunnel do: health.c. Each may retire it, none may close it. */
struct direct_handlers {
	void (*proven)(struct direct *direct); /* or answers, and is not in use */
	/* It was up; outage: for how long what was sent was lost, at most, nanoseconds. */
	void (*silent)(struct direct *direct, const char *why, uint64_t outage);
	void (*failed)(struct direct *direct, const char *why); /* never up, or given up */
	void (*overdue)(struct direct *direct); /* its time in use is over: direct_leave_by() */
};

struct direct_ends {
	enum encap encap;
	uint16_t port; /* of ours, with the address local */
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t remote_port; /* ENCAP_UDP: 0 if it is not known */
};

/*
 * The peer's tunnel between these addresses, opened if there is none: HALF or PROBING. What lingered
 * is taken back into use. One of another encapsulation is another tunnel: it goes on until this one is
 * proven. -EEXIST: these ends are another tunnel's; -ENOSPC, -EINVAL.
 */
int direct_open(struct peer *peer, const struct direct_ends *ends, struct direct **direct);

/* Whether one that is in use begins at that address of ours. */
bool direct_is_at(const struct peer *peer, const struct ip_addr *local);

/* One that is UP, of an encapsulation that was agreed on if there is one, the newest; NULL: none. */
struct direct *direct_proven(const struct peer *peer);

/* show.c: what an operator is told of: in use, or nearest to it, the newest of these; NULL: none. */
const struct direct *direct_foremost(const struct peer *peer);

/* Its last answers are no older than those of a tunnel in use. */
bool direct_is_fresh(const struct direct *direct);

/* Only receives from now on, and is closed after grace. The caller's path has left it. */
void direct_retire(struct direct *direct, uint64_t grace);

/* The same for all that no registration is by any more, on either side, or whose address we have lost. */
void direct_retire_unused(struct peer *peer, uint64_t grace);

/* It is UP still, but the far end will close it: to be left within grace, for whatever there is. */
void direct_leave_by(struct direct *direct, uint64_t grace);

/* We are back at its address: it is not to be left any more. */
void direct_stay(struct direct *direct);

/*
 * Its far end is silent, but may knock again: HALF, if its port is to be learned; else probed on. What
 * was on its way is received for a while.
 */
void direct_rest(struct direct *direct);

/* At once. */
void direct_close(struct direct *direct);
void direct_close_all(struct peer *peer);

/* The peer's traffic has begun or ended: how often it is watched. */
void direct_follow_traffic(struct direct *direct);

/* A reason to look, no more: an ICMP error about it, or traffic after a pause. */
void direct_hurry(struct direct *direct);

/* EVENT_ECHO_REPLY: true if it was for a tunnel of this peer. */
bool direct_handle_reply(struct peer *peer, const struct event *event);

/* Its port is down or has lost its address: falls silent now, whatever its keepalives say. */
void direct_cut(struct direct *direct, const char *why);

#endif
