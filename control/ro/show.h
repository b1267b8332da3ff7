/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an operator may see of route optimization: counts and ages, never a secret. Views are valid
 * during the call that hands them out. Thread: control core.
 */
#ifndef RO_SHOW_H
#define RO_SHOW_H

#include "haaro/clock.h"
#include "haaro/counters.h"
#include "haaro/encap.h"
#include "haaro/types.h"

#include "core/event.h"

struct ro;

/* --- show ro cache ----------------------------------------------------------------------------- */

struct ro_prefix_view {
	struct ip_prefix prefix;
	const char *realm;   /* "" for none */
	bool valid;          /* the hub says that it is that router's */
	bool routed;         /* packets to it go by the router's path */
	const char *problem; /* why not, in words; NULL: none */
};

struct ro_peer_view {
	struct ip_addr home_address;
	bool advertised;    /* the hub told of it; false: it registered here by itself */
	bool outbound_only; /* it is behind a NAT or a firewall */
	bool stale;         /* not told of for a registration lifetime */
	uint64_t age;       /* nanoseconds since the hub last told of it; TIME_NEVER: never */
	const struct ro_prefix_view *prefixes;
	size_t n_prefixes;
};

typedef bool (*ro_peer_visit)(void *arg, const struct ro_peer_view *view);
void ro_walk_cache(const struct ro *ro, ro_peer_visit visit, void *arg);

/* --- show ro sessions -------------------------------------------------------------------------- */

/* X(constant, name): how a peer stands with us */
#define RO_STATE_LIST(X)                                                                   \
	X(IDLE, "idle")                                                                    \
	X(ROUTABILITY, "routability")  /* home and care-of test */                         \
	X(REGISTERING, "registering")  /* our request is out */                            \
	X(PREACCEPTED, "pre-accepted") /* code 2: waits for the peer's own request */      \
	X(PROBING, "probing")          /* registered: the direct tunnel is being proven */ \
	X(WAITING, "waiting")          /* proven; waits for the peer's own registration */ \
	X(DIRECT, "direct")                                                                \
	X(LEAVING, "leaving")                                                              \
	X(HELD, "held") /* failed: left alone for a while */                               \
	X(STOPPED, "stopped")

enum ro_state {
#define X(constant, name) RO_STATE_##constant,
	RO_STATE_LIST(X)
#undef X
		RO_STATE_MAX
};

const char *ro_state_name(enum ro_state state);

struct ro_session_view {
	struct ip_addr home_address;
	enum ro_state state;
	bool direct_out;  /* our packets to it go directly */
	bool direct_in;   /* its packets may come directly: we are registered there, and hear it */
	enum encap encap; /* of the direct tunnel */
	struct tunnel_ref tunnel;
	struct ip_addr local; /* care-of addresses of the direct tunnel; IP_NONE: there is none */
	struct ip_addr remote;
	uint16_t remote_port;
	uint64_t rtt;        /* nanoseconds; 0: unknown */
	uint64_t heard;      /* nanoseconds since the last answer by it; TIME_NEVER: never */
	uint32_t lost;       /* unanswered keepalives in a row */
	uint64_t registered; /* nanoseconds left of our registration there; 0: none */
	uint64_t accepted;   /* nanoseconds left of its registration here; 0: none */
	uint64_t held;       /* nanoseconds until it may be tried again; 0: now */
	const char *reason;  /* why it is not direct, or was last not; "" */
	uint8_t last_code;   /* of its last reply */
	uint32_t attempts;
	uint32_t handovers;
	uint32_t falls;       /* back to the hub */
	uint64_t outage;      /* of all of these together, nanoseconds */
	uint64_t last_outage; /* of the last of these */
	uint64_t worst_outage;
	uint64_t direct_since; /* nanoseconds that it has been direct; 0: it is not */
	struct path_counters traffic;
};

typedef bool (*ro_session_visit)(void *arg, const struct ro_session_view *view);
void ro_walk_sessions(const struct ro *ro, ro_session_visit visit, void *arg);

/* --- show ro nonces ---------------------------------------------------------------------------- */

struct ro_nonce_view {
	uint16_t index;
	bool used;
	uint64_t age;  /* nanoseconds since its first use */
	uint64_t left; /* nanoseconds that it is accepted for */
	bool current;  /* new tokens are made with it */
};

typedef bool (*ro_nonce_visit)(void *arg, const struct ro_nonce_view *view);
void ro_walk_nonces(const struct ro *ro, ro_nonce_visit visit, void *arg);

/* --- the whole --------------------------------------------------------------------------------- */

struct ro_view {
	bool enabled;      /* here */
	bool granted;      /* by the hub */
	uint8_t code;      /* of its Route Optimization Reply */
	uint64_t answered; /* nanoseconds since it; TIME_NEVER: it never said anything of it */
	bool nat;          /* the hub sees us behind one */
	bool outbound_only;
	size_t peers;
	size_t prefixes;
	size_t sessions;
	size_t direct;
	size_t held_requests; /* that wait for the hub's word */
};

void ro_read(const struct ro *ro, struct ro_view *view);

/* --- ro explain -------------------------------------------------------------------------------- */

enum ro_verdict { RO_PASS, RO_FAIL, RO_OPEN /* not looked at: a gate before it is shut */ };

/* One gate between a pair of addresses and a direct path. */
struct ro_gate {
	const char *name;
	enum ro_verdict verdict;
	char value[96]; /* in words */
	uint64_t age;   /* nanoseconds since that became known; TIME_NEVER: no matter */
};

typedef void (*ro_gate_visit)(void *arg, const struct ro_gate *gate);
void ro_explain(const struct ro *ro, const struct ip_addr *source,
		const struct ip_addr *destination, ro_gate_visit visit, void *arg);

/* --- counters ---------------------------------------------------------------------------------- */

/* X(field, name, help) */
#define RO_COUNTER_LIST(X)                                                                        \
	X(advertisements, "advertisements_received", "prefix advertisements of the hub")          \
	X(advertisements_bad, "advertisements_malformed", "of these, ignored whole: malformed")   \
	X(cache_full, "cache_full", "routers and prefixes not cached for want of room")           \
	X(overlaps, "overlaps", "advertised prefixes that overlap our own or another router's")   \
	X(triggers, "triggers", "times that traffic asked for a direct path")                     \
	X(test_inits_in, "test_inits_received", "Home and Care-of Test Inits received")           \
	X(test_inits_dropped, "test_inits_dropped", "of these, not answered")                     \
	X(tests_out, "tests_sent", "Home and Care-of Tests sent")                                 \
	X(test_inits_out, "test_inits_sent", "Home and Care-of Test Inits sent")                  \
	X(tests_in, "tests_received", "Home and Care-of Tests that were asked for")               \
	X(tests_dropped, "tests_dropped", "others: not asked for, another path, another cookie")  \
	X(requests_out, "requests_sent", "Registration Requests to peers")                        \
	X(replies_in, "replies_received", "authentic replies of peers")                           \
	X(replies_dropped, "replies_dropped", "replies not asked for or not authentic")           \
	X(hints, "nonce_hints", "unauthenticated replies 201 to 203 that were heeded")            \
	X(registered, "registrations", "our registrations that peers accepted")                   \
	X(denied, "denied", "our registrations that peers denied")                                \
	X(unanswered, "unanswered", "requests and tests given up for want of an answer")          \
	X(requests_in, "requests_received", "Registration Requests of peers")                     \
	X(requests_dropped, "requests_dropped", "of these, discarded without an answer")          \
	X(auth_failed, "auth_failed", "of these, with a wrong authenticator")                     \
	X(nonce_expired, "nonce_expired", "of these, with a nonce index that is over")            \
	X(id_mismatch, "identification_mismatch", "of these, refused by replay protection")       \
	X(accepted, "accepted", "peers' registrations accepted")                                  \
	X(refused, "refused", "peers' registrations refused with a code")                         \
	X(removed, "deregistered", "peers' deregistrations")                                      \
	X(duplicates, "duplicates", "duplicates answered again")                                  \
	X(unauthorized, "prefixes_unauthorized", "prefixes claimed by peers that the hub denies") \
	X(solicitations, "solicitations", "times the hub was asked about one router")             \
	X(limited, "limited", "messages of peers over their rate")                                \
	X(ups, "direct_paths", "times that a direct path came up")                                \
	X(falls, "falls", "times that a direct path fell back to the hub")                        \
	X(keepalives_out, "keepalives_sent", "keepalives sent by direct tunnels")                 \
	X(keepalives_in, "keepalives_answered", "of these, answered")                             \
	X(handovers, "handovers", "direct paths that followed a new care-of address")             \
	X(rotations, "nonce_rotations", "nonces and router keys made")

struct ro_counters {
#define X(field, name, help) uint64_t field;
	RO_COUNTER_LIST(X)
#undef X
	uint64_t denied_by_code[256];  /* by peers */
	uint64_t refused_by_code[256]; /* by us */
};

const struct ro_counters *ro_counters(const struct ro *ro);

#endif
