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

/* X(constant, stable name, level, what its number is: NULL if it has none that is shown) */
#define EVENT_LIST(X)                                                                            \
	/* home agent */                                                                         \
	X(BINDING_CREATED, "binding.created", INFO, "code")                                      \
	X(BINDING_RENEWED, "binding.renewed", DEBUG, "code")                                     \
	X(BINDING_MOVED, "binding.moved", INFO, "code")            /* another care-of address */ \
	X(BINDING_NAT_MOVED, "binding.nat_moved", WARNING, "code") /* only the endpoint */       \
	X(BINDING_REMOVED, "binding.removed", INFO, NULL)          /* deregistered */            \
	X(BINDING_EXPIRED, "binding.expired", WARNING, NULL)                                     \
	X(BINDING_REVOKED, "binding.revoked", INFO, NULL)                                        \
	X(REGISTRATION_DENIED, "registration.denied", WARNING, "code")     /* replied */         \
	X(REGISTRATION_REPEATED, "registration.repeated", DEBUG, "code")   /* a duplicate */     \
	X(REGISTRATION_DISCARDED, "registration.discarded", WARNING, NULL) /* silently */        \
	X(VIOLATION, "security.violation", WARNING, NULL)                                        \
	X(CLOCK_STEP, "clock.step", WARNING, "step_ms")                                          \
	/* mobile router */                                                                      \
	X(REGISTERED, "mobile.registered", INFO, "outage_ms")                                    \
	X(REFRESHED, "mobile.refreshed", DEBUG, "outage_ms")                                     \
	X(DENIED, "mobile.denied", WARNING, "code")             /* the hub's reply code */       \
	X(UNANSWERED, "mobile.unanswered", WARNING, "requests") /* so many in a row */           \
	X(LOST, "mobile.lost", WARNING, NULL) /* registration expired or revoked */              \
	X(DEREGISTERED, "mobile.deregistered", INFO, NULL)                                       \
	X(HANDOVER, "mobile.handover", INFO, "outage_ms")     /* to another uplink */            \
	X(HUB_SILENT, "mobile.hub_silent", WARNING, "losses") /* watch: losses in a row */       \
	X(HUB_ANSWERS, "mobile.hub_answers", INFO, "outage_ms")                                  \
	X(NETWORK_REFUSED, "mobile.network_refused", WARNING, "code") /* acknowledgement code */ \
	/* route optimization */                                                                 \
	X(RO_GRANTED, "ro.granted", INFO, "code") /* by the hub */                               \
	X(RO_OFF, "ro.off", WARNING, "code")                                                     \
	X(RO_MALFORMED, "ro.malformed", WARNING, NULL)        /* a prefix advertisement */       \
	X(RO_OVERLAP, "ro.overlap", WARNING, NULL)            /* of an advertised prefix */      \
	X(RO_ASKED, "ro.asked", DEBUG, "attempts")            /* a direct path is wanted */      \
	X(RO_REGISTERED, "ro.registered", INFO, "lifetime_s") /* we, at a peer */                \
	X(RO_RENEWED, "ro.renewed", DEBUG, "lifetime_s")                                         \
	X(RO_PREACCEPTED, "ro.preaccepted", DEBUG, NULL)                                         \
	X(RO_NETWORK_REFUSED, "ro.network_refused", WARNING, "code")                             \
	X(RO_DENIED, "ro.denied", WARNING, "code")            /* by a peer */                    \
	X(RO_NONCE_EXPIRED, "ro.nonce_expired", INFO, "code") /* says a peer */                  \
	X(RO_FAILED, "ro.failed", WARNING, "code")            /* held down */                    \
	X(RO_ACCEPTED, "ro.accepted", INFO, "lifetime_s")     /* a peer, here */                 \
	X(RO_ACCEPTED_AGAIN, "ro.accepted_again", DEBUG, "lifetime_s")                           \
	X(RO_REFUSED, "ro.refused", WARNING, "code")   /* a peer, here */                        \
	X(RO_DISCARDED, "ro.discarded", WARNING, NULL) /* a peer's request, silently */          \
	X(RO_REMOVED, "ro.removed", INFO, NULL)        /* a peer deregistered */                 \
	X(RO_EXPIRED, "ro.expired", WARNING, NULL)                                               \
	X(RO_DIRECT, "ro.direct", INFO, "rtt_us")          /* the path is direct */              \
	X(RO_MOVED, "ro.moved", INFO, "rtt_us")            /* to another direct tunnel */        \
	X(RO_FALL, "ro.fall", WARNING, "outage_ms")        /* back to the hub */                 \
	X(RO_PORT_MOVED, "ro.port_moved", WARNING, "port") /* of a peer's tunnel */              \
	/* link */                                                                               \
	X(PORT_UP, "port.up", INFO, NULL)                                                        \
	X(PORT_DOWN, "port.down", WARNING, NULL)                                                 \
	X(PORT_GONE, "port.gone", WARNING, NULL)                                                 \
	X(PORT_BACK, "port.back", INFO, NULL)                                                    \
	X(UPLINK_SILENT, "uplink.silent", WARNING, NULL) /* probe: a black hole */               \
	X(UPLINK_ANSWERS, "uplink.answers", INFO, NULL)                                          \
	X(NEIGHBOUR_RESOLVED, "neighbour.resolved", DEBUG, NULL)                                 \
	X(NEIGHBOUR_FAILED, "neighbour.failed", WARNING, NULL)                                   \
	X(NEIGHBOUR_MOVED, "neighbour.moved", INFO, NULL)      /* another MAC */                 \
	X(ADDRESS_CONFLICT, "address.conflict", WARNING, NULL) /* somebody else ARPs for ours */ \
	X(ECHO_REPLY, "echo.reply", DEBUG, "sequence")         /* for the watches */             \
	X(PATH_MTU, "path.mtu", INFO, "mtu")                   /* a tunnel's MTU changed */      \
	X(TUNNEL_ERROR, "tunnel.error", WARNING, NULL) /* ICMP about an outer packet of ours */  \
	/* daemon */                                                                             \
	X(NOTICE, "daemon.notice", WARNING, NULL) /* text says what to mend */                   \
	X(STARTED, "daemon.started", INFO, NULL)                                                 \
	X(RELOADED, "daemon.reloaded", INFO, NULL)                                               \
	X(RELOAD_FAILED, "daemon.reload_failed", ERROR, NULL)                                    \
	X(STOPPING, "daemon.stopping", INFO, NULL)

enum event_type {
#define X(constant, name, level, number) EVENT_##constant,
	EVENT_LIST(X)
#undef X
		EVENT_MAX
};

const char *event_name(enum event_type type);
enum event_level event_level(enum event_type type);
const char *event_number_name(enum event_type type); /* of event->value; NULL: not shown */

#define EVENT_TEXT_SIZE 256 /* a complaint with its path and its advice */

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
