/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The watch over one direct tunnel: ICMP echoes to the peer's home address through it, of two sizes
 * that count their losses apart, for a path may carry small packets and swallow large ones (RFC 6521,
 * section 3.3.4; tunnels.md, section 5.2). Only answers that came by this tunnel count: traffic by the
 * hub keeps nothing alive. What a verdict means is for the caller.
 *
 * Thread: control core. Ownership: lives in its tunnel's struct direct; keepalive_stop() before the
 * tunnel is closed.
 */
#ifndef RO_KEEPALIVE_H
#define RO_KEEPALIVE_H

#include "link/link.h"

#define KEEPALIVE_PENDING 16 /* unanswered echoes that are remembered; a power of two */

/* MAX_UPDATE_RATE, RFC 6521, section 9: five a second by one tunnel in one direction, of all sizes. */
#define KEEPALIVE_RATE     5
#define KEEPALIVE_SHORTEST (NS_PER_S / KEEPALIVE_RATE)

enum keepalive_size { KEEPALIVE_SMALL, KEEPALIVE_FULL, KEEPALIVE_SIZES };

struct keepalive;

struct keepalive_handlers {
	void (*answered)(struct keepalive *keepalive, void *arg);
	/* As many in a row are lost as the pace allows; told again only after an answer. */
	void (*failed)(struct keepalive *keepalive, enum keepalive_size size, void *arg);
};

struct keepalive_pace {
	uint64_t interval; /* from one to the next */
	uint64_t retry;    /* the same after a loss */
	uint32_t losses;   /* in a row that are a failure, 1..KEEPALIVE_PENDING */
	bool full;       /* of both sizes each time; else the full one only until it is answered */
	bool never_full; /* small ones alone */
};

/* The echoes of one size. They are numbered from 1 at each start. */
struct keepalive_flow {
	uint32_t sent;
	uint32_t answered; /* the newest; 0: none since the start */
	uint64_t times[KEEPALIVE_PENDING];
	uint64_t good; /* mono, when the newest answered one was sent */
	bool failed;
};

struct keepalive {
	struct core *core;
	struct link *link;
	const struct keepalive_handlers *handlers;
	void *arg;
	struct tunnel *tunnel; /* NULL: stopped */
	struct ip_addr source;
	struct ip_addr destination;
	struct keepalive_pace pace;
	struct timer timer;
	uint16_t base;  /* sequence of number 0 */
	uint64_t last;  /* mono, of the last echo sent */
	uint64_t heard; /* mono, of the last answer; 0: none since the start */

	uint64_t good_since; /* mono: all sizes answered, none lost since then; 0: not so */
	uint64_t srtt;       /* 0: unknown */
	struct keepalive_flow flows[KEEPALIVE_SIZES];
	uint64_t recent[KEEPALIVE_RATE]; /* mono, when the last ones left */
	uint32_t count;                  /* of them, ever */
	uint64_t *requests;              /* counters of the owner */
	uint64_t *replies;
};

void keepalive_init(struct keepalive *keepalive, struct core *core, struct link *link,
		    const struct keepalive_handlers *handlers, void *arg);

/* Nothing is known any more; the first echoes leave at once. */
void keepalive_start(struct keepalive *keepalive, struct tunnel *tunnel,
		     const struct ip_addr *source, const struct ip_addr *destination,
		     const struct keepalive_pace *pace);
void keepalive_stop(struct keepalive *keepalive);

/* Another pace from the next echo on. */
void keepalive_set_pace(struct keepalive *keepalive, const struct keepalive_pace *pace);

/* What was answered so far proves nothing any more. */
void keepalive_doubt(struct keepalive *keepalive);

/* Sends the next echoes now, unless the last ones are younger than the shortest interval. */
void keepalive_hurry(struct keepalive *keepalive);

/* EVENT_ECHO_REPLY: true if it answers an echo of this tunnel. */
bool keepalive_handle_reply(struct keepalive *keepalive, const struct event *event);

/* Every size that the pace asks for was answered since the start or the last doubt. */
bool keepalive_is_proven(const struct keepalive *keepalive);

/* The same, and the newest answers are to echoes no older than this. */
bool keepalive_is_fresh(const struct keepalive *keepalive, uint64_t within);

/*
 * For how long packets were lost, at most; interval: that of echoes while there is traffic. Without
 * any there are seconds between two echoes, but the first packet after a pause brings one: what that
 * found was so for an interval at most, and what was before has cost nothing.
 */
uint64_t keepalive_outage(const struct keepalive *keepalive, enum keepalive_size size,
			  uint64_t interval);

/* Overdue in a row, of the size that has lost more. */
uint32_t keepalive_lost(const struct keepalive *keepalive);

#endif
