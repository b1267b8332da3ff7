/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One target watched by ICMP echo: the hub through the tunnel, or natively from one uplink
 * (tunnels.md, section 5.1). Sends, counts losses in a row, and says when the target fell silent
 * and when it answers; what that means is for the caller.
 *
 * Thread: control core. Ownership: a struct echo lives in its owner; echo_stop() before it is
 * freed.
 */
#ifndef MOBILE_ECHO_H
#define MOBILE_ECHO_H

#include "link/link.h"

struct echo;

struct echo_handlers {
	void (*silent)(struct echo *echo, void *arg); /* the losses in a row reached their limit */
	/* An echo was answered; lost: how many before it were not. */
	void (*answered)(struct echo *echo, uint32_t lost, void *arg);
};

struct echo_target {
	uint16_t port;            /* natively: out of this one */
	struct tunnel_ref tunnel; /* index FWD_NONE: natively */
	struct ip_addr source;
	struct ip_addr destination;
};

struct echo_pace {
	uint64_t interval; /* from one echo to the next; 0: off */
	uint64_t retry;    /* the same after a loss */
	uint32_t losses;   /* in a row that are a failure, 1.. */
};

struct echo {
	struct core *core;
	struct link *link;
	const struct echo_handlers *handlers;
	void *arg;
	struct timer timer; /* the next echo, or the end of the wait for an answer */
	struct echo_target target;
	struct echo_pace pace;
	uint16_t sequence; /* of the last echo sent */
	bool waiting;      /* for its answer, within the time allowed */
	bool silent;
	uint32_t lost;      /* in a row */
	uint64_t sent;      /* mono, of the last echo */
	uint64_t heard;     /* mono, of the last answer; 0: never */
	uint64_t rtt;       /* of the last answer; 0: unknown */
	uint64_t *requests; /* counters of the owner, NULL: nobody counts */
	uint64_t *replies;
};

void echo_init(struct echo *echo, struct core *core, struct link *link,
	       const struct echo_handlers *handlers, void *arg);

/* Starts over: no losses, nothing known; the first echo leaves after delay. Pace 0 stops. */
void echo_start(struct echo *echo, const struct echo_target *target, const struct echo_pace *pace,
		uint64_t delay);
void echo_stop(struct echo *echo);

/* Sends the next echo now if none is waiting for its answer and the last is a second old. */
void echo_hurry(struct echo *echo);

/* EVENT_ECHO_REPLY: true if it answers an echo of this target. */
bool echo_handle_reply(struct echo *echo, const struct event *event);

/* Forgets losses and the verdict without an answer: what was measured says nothing about the
 * target. */
void echo_forgive(struct echo *echo);

#endif
