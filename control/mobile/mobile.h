/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Mobile Router role as router/ and oper/ see it (RFC 5944, 5177, 3519). Thread: control core.
 */
#ifndef MOBILE_MOBILE_H
#define MOBILE_MOBILE_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"
#include "link/link.h"

struct mobile;

int mobile_create(struct mobile **mobile, struct core *core, struct link *link,
		  const struct conf *conf, struct error *err);
void mobile_destroy(struct mobile *mobile);
int mobile_reload(struct mobile *mobile, const struct conf *next, struct error *err);

/* A datagram to our signalling port. */
void mobile_handle_datagram(struct mobile *mobile, const struct datagram *datagram);

/* Events of link/ that concern it: ports, echo replies, path MTU, tunnel errors
 * (router/dispatch.c). */
void mobile_handle_event(struct mobile *mobile, const struct event *event);

/* Starts the deregistration; mobile_is_drained() once answered or given up (3 tries, 1 s apart). */
void mobile_shutdown(struct mobile *mobile);
bool mobile_is_drained(const struct mobile *mobile);

/* --- reading, for show ---------------------------------------------------------------------- */

enum mobile_state {
	MOBILE_DOWN,        /* no usable uplink */
	MOBILE_REGISTERING, /* a request is out */
	MOBILE_REGISTERED,
	MOBILE_REFRESHING, /* registered, a request is out */
	MOBILE_HELD,       /* denied: waits before the next try */
	MOBILE_LEAVING,    /* deregistering */
	MOBILE_LEFT,
	MOBILE_STATE_MAX
};

const char *mobile_state_name(enum mobile_state state);

struct mobile_uplink_view {
	uint16_t port;
	struct ip_addr care_of;
	bool carrier;
	bool answers; /* the probe's opinion; true before the first verdict */
	bool heard;   /* it has answered a probe: until then answers is a hope */
	bool active;
	uint64_t rtt; /* last, nanoseconds; 0: unknown */
};

struct mobile_view {
	enum mobile_state state;
	struct ip_addr home_address;
	struct ip_addr home_agent;
	struct ip_addr care_of;
	uint16_t port; /* active uplink; PORT_NONE */
	bool behind_nat;
	enum encap encap;
	struct tunnel_ref tunnel;
	uint16_t tunnel_mtu;
	uint32_t granted;   /* seconds */
	uint64_t remaining; /* nanoseconds */
	uint64_t next_try;  /* nanoseconds from now; TIME_NEVER: none planned */
	uint8_t last_code;
	uint32_t spi;
	int64_t clock_offset; /* seconds that the hub is ahead */
	uint64_t hub_rtt;     /* nanoseconds; 0: unknown */
	uint64_t last_outage; /* of the last handover or loss, nanoseconds */
	struct {
		struct ip_prefix prefix;
		bool accepted;
		uint8_t code;
	} networks[64];
	size_t n_networks;
	struct mobile_uplink_view uplinks[8];
	size_t n_uplinks;
};

void mobile_read(const struct mobile *mobile, struct mobile_view *view);

/* X(field, name, help) */
#define MOBILE_COUNTER_LIST(X)                                                              \
	X(requests, "requests", "Registration Requests sent")                               \
	X(retransmissions, "retransmissions", "of these, sent again for want of an answer") \
	X(accepted, "accepted", "replies that accepted")                                    \
	X(denied, "denied", "replies that denied")                                          \
	X(malformed, "malformed", "messages that do not parse")                             \
	X(unexpected, "unexpected", "replies to nothing that we asked")                     \
	X(auth_failed, "auth_failed", "replies without a valid authenticator")              \
	X(resyncs, "resyncs", "replies with code 133: our clock and the hub's differ")      \
	X(handovers, "handovers", "changes of uplink")                                      \
	X(hub_silent, "hub_silent", "times the hub did not answer its watch")               \
	X(uplink_silent, "uplink_silent", "times an uplink did not answer its probe")       \
	X(expired, "expired", "registrations that ran out")                                 \
	X(revoked, "revoked", "registrations that the hub revoked")                         \
	X(echoes, "echoes", "watch echoes sent")                                            \
	X(echo_replies, "echo_replies", "watch echoes answered")

struct mobile_counters {
#define X(field, name, help) uint64_t field;
	MOBILE_COUNTER_LIST(X)
#undef X
	uint64_t denied_by_code[256];
};

const struct mobile_counters *mobile_counters(const struct mobile *mobile);

#endif
