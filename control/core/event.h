/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happened, as a value. Calls run down, events run up: a role that has something to tell
 * appends an event; router/dispatch.c says who handles it; the operator's log, counters and
 * violation table are subscribers among others. Names are stable: people alarm on them.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "haaro/clock.h"
#include "haaro/punt.h"
#include "haaro/types.h"

enum event_level { EVENT_DEBUG, EVENT_INFO, EVENT_WARNING, EVENT_ERROR };

/* X(constant, stable name, level) */
#define EVENT_LIST(X)                                                                              \
	/* home agent */                                                                           \
	X(BINDING_CREATED, "binding.created", INFO)                                                \
	X(BINDING_RENEWED, "binding.renewed", DEBUG)                                               \
	X(BINDING_MOVED, "binding.moved", INFO)            /* another care-of address */           \
	X(BINDING_NAT_MOVED, "binding.nat_moved", WARNING) /* other endpoint, same CoA field */    \
	X(BINDING_REMOVED, "binding.removed", INFO)        /* deregistered */                      \
	X(BINDING_EXPIRED, "binding.expired", WARNING)                                             \
	X(BINDING_REVOKED, "binding.revoked", INFO)                                                \
	X(REGISTRATION_DENIED, "registration.denied", WARNING)   /* a reply with code was sent */  \
	X(REGISTRATION_REPEATED, "registration.repeated", DEBUG) /* a duplicate, answered again */ \
	X(REGISTRATION_DISCARDED, "registration.discarded", WARNING) /* silently; text says why */ \
	X(VIOLATION, "security.violation", WARNING)                                                \
	X(CLOCK_STEP, "clock.step", WARNING)                                                       \
	/* mobile router */                                                                        \
	X(REGISTERED, "mobile.registered", INFO)                                                   \
	X(REFRESHED, "mobile.refreshed", DEBUG)                                                    \
	X(DENIED, "mobile.denied", WARNING) /* the hub's reply code */                             \
	X(LOST, "mobile.lost", WARNING)     /* registration expired or revoked */                  \
	X(DEREGISTERED, "mobile.deregistered", INFO)                                               \
	X(HANDOVER, "mobile.handover", INFO)        /* to another uplink */                        \
	X(HUB_SILENT, "mobile.hub_silent", WARNING) /* watch: losses in a row */                   \
	X(HUB_ANSWERS, "mobile.hub_answers", INFO)                                                 \
	X(NETWORK_REFUSED, "mobile.network_refused", WARNING) /* acknowledgement code */           \
	/* link */                                                                                 \
	X(PORT_UP, "port.up", INFO)                                                                \
	X(PORT_DOWN, "port.down", WARNING)                                                         \
	X(PORT_GONE, "port.gone", WARNING)                                                         \
	X(PORT_BACK, "port.back", INFO)                                                            \
	X(UPLINK_SILENT, "uplink.silent", WARNING) /* probe: a black hole */                       \
	X(UPLINK_ANSWERS, "uplink.answers", INFO)                                                  \
	X(NEIGHBOUR_RESOLVED, "neighbour.resolved", DEBUG)                                         \
	X(NEIGHBOUR_FAILED, "neighbour.failed", WARNING)                                           \
	X(NEIGHBOUR_MOVED, "neighbour.moved", INFO)      /* another MAC */                         \
	X(ADDRESS_CONFLICT, "address.conflict", WARNING) /* somebody else ARPs for ours */         \
	X(ECHO_REPLY, "echo.reply", DEBUG)               /* for the watches */                     \
	X(PATH_MTU, "path.mtu", INFO)                    /* a tunnel's MTU changed */              \
	X(TUNNEL_ERROR, "tunnel.error", WARNING)         /* ICMP about an outer packet of ours */  \
	/* daemon */                                                                               \
	X(NOTICE, "daemon.notice", WARNING) /* text says what to mend */                           \
	X(STARTED, "daemon.started", INFO)                                                         \
	X(RELOADED, "daemon.reloaded", INFO)                                                       \
	X(RELOAD_FAILED, "daemon.reload_failed", ERROR)                                            \
	X(STOPPING, "daemon.stopping", INFO)

enum event_type {
#define X(constant, name, level) EVENT_##constant,
	EVENT_LIST(X)
#undef X
		EVENT_MAX
};

const char *event_name(enum event_type type);
enum event_level event_level(enum event_type type);

#define EVENT_TEXT_SIZE 128

/* Flat: a field that an event does not use is zero (ports: PORT_NONE, tunnel.index: FWD_NONE). */
struct event {
	enum event_type type;
	struct now when;
	struct ip_addr home_address; /* the router it is about */
	struct ip_addr care_of;      /* care-of address field */
	struct ip_addr peer;         /* who sent it, or whom it is about: source, neighbour, hub */
	uint16_t peer_port;          /* UDP, host order */
	uint16_t port;               /* of ours */
	struct tunnel_ref tunnel;
	uint32_t spi;
	uint64_t identification;
	uint32_t lifetime; /* seconds */
	uint32_t value;    /* code, MTU, sequence, duration in ms: the event's one number */
	uint32_t value2;   /* a second one where there is one (echo: identifier) */
	char text[EVENT_TEXT_SIZE]; /* reason or name, in words; never a secret */
};

struct event_queue {
	struct event *ring;
	size_t size; /* power of two, grows */
	size_t head;
	size_t count;
};

int event_queue_init(struct event_queue *queue);
void event_queue_fini(struct event_queue *queue);

/* Takes the oldest event; false if there is none. */
bool event_take(struct event_queue *queue, struct event *event);

#endif
