/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Home Agent role as router/ and oper/ see it (RFC 5944, 5177, 3519, 3543, 6521). Thread: control core.
 */
#ifndef HOME_HOME_H
#define HOME_HOME_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"
#include "link/link.h"

struct home;

int home_create(struct home **home, struct core *core, struct link *link, const struct conf *conf,
		struct error *err);
void home_destroy(struct home *home);

/* Subscribers and reloadable keys; untouched routers lose nothing. On failure nothing changed. */
int home_reload(struct home *home, const struct conf *next, struct error *err);

/* A datagram to our signalling port. */
void home_handle_datagram(struct home *home, const struct datagram *datagram);

/* haaroctl clear binding: revokes (RFC 3543) if negotiated, then removes. -ENOENT: not bound. */
int home_clear_binding(struct home *home, const struct ip_addr *home_address);

/* --- reading, for show ------------------------------------------------------------------------- */

struct home_binding_view {
	const char *name; /* of the router */
	struct ip_addr home_address;
	struct ip_addr care_of;   /* the field of the request */
	struct ip_addr effective; /* where it was seen: the tunnel's far end */
	uint16_t effective_port;  /* UDP */
	bool behind_nat;
	enum encap encap;
	struct tunnel_ref tunnel;
	uint32_t granted;   /* seconds */
	uint64_t remaining; /* nanoseconds; TIME_NEVER: infinite */
	uint64_t since;     /* mono */
	uint32_t spi;
	uint64_t identification;
	uint32_t renewals;
	const struct ip_prefix *networks;
	size_t n_networks;
	/* route optimization, by the router's last request */
	bool optimizes;        /* it asked for route optimization */
	bool advertises;       /* it permits that others are told of it (A) */
	bool outbound;         /* it can only open connections (O) */
	bool listed;           /* and others are told of it */
	int optimization_code; /* that it was answered with; -1: with none */
};

typedef bool (*home_binding_visit)(void *arg, const struct home_binding_view *view);
void home_walk_bindings(const struct home *home, home_binding_visit visit, void *arg);

/* A router that others are told of in their replies. */
struct home_advertised_view {
	const char *name;
	struct ip_addr home_address;
	const char *realm; /* "": none */
	size_t n_networks;
	uint32_t priority;
	bool outbound;              /* others are told that it can only open connections */
	uint64_t age;               /* nanoseconds */
	const char *const *seen_by; /* realms whose routers are told; "": those without one */
	size_t n_seen_by;
};

typedef bool (*home_advertised_visit)(void *arg, const struct home_advertised_view *view);
void home_walk_advertised(const struct home *home, home_advertised_visit visit, void *arg);

/* Everything that decides whether the hub lets two addresses be joined by a direct path. */
struct home_pair_end {
	const char *
		name; /* of the router that has the address; NULL: nobody's, and nothing else here */
	struct ip_addr home_address;
	struct ip_prefix network; /* the address is in: as installed; or the home address */
	const char *realm;        /* "": none */
	bool bound;
	bool optimizes;  /* its last request asked for route optimization */
	bool advertises; /* and permitted that others are told of it (A) */
	bool outbound;   /* and said that it can only open connections (O) */
	bool nat;        /* and came through a NAT */
	bool refused;    /* policy: no route optimization for it */
	bool advertised_by_policy;
	bool listed; /* others are told of it */
	bool sees;   /* policy: it may be told of the other */
};

struct home_pair_view {
	bool enabled; /* at this hub */
	struct home_pair_end source;
	struct home_pair_end destination;
};

struct home_pair_view home_explain(const struct home *home, const struct ip_addr *source,
				   const struct ip_addr *destination);

/* X(field, name, help): counters of the registrar, after CISCO-MOBILE-IP-MIB and RFC 2006 */
#define HOME_COUNTER_LIST(X)                                                                     \
	X(requests, "requests", "Registration Requests received")                                \
	X(initial, "initial_accepted", "first registrations accepted")                           \
	X(renewed, "renewals_accepted", "renewals accepted")                                     \
	X(moved, "moves_accepted", "registrations from another care-of address accepted")        \
	X(deregistered, "deregistrations_accepted", "deregistrations accepted")                  \
	X(duplicates, "duplicates", "duplicates answered again")                                 \
	X(denied, "denied", "requests denied with a code")                                       \
	X(discarded, "discarded", "requests discarded without an answer")                        \
	X(malformed, "malformed", "messages that do not parse")                                  \
	X(auth_failed, "auth_failed", "wrong authenticator or unknown SPI")                      \
	X(no_association, "no_association", "from routers that we do not know")                  \
	X(id_mismatch, "identification_mismatch", "replay protection refused")                   \
	X(dup_source, "reg_dup_source", "duplicate from another address, or too soon")           \
	X(skipped, "extensions_skipped", "extensions passed over: unknown, malformed, repeated") \
	X(after_auth, "extensions_after_auth", "extensions behind the authenticator, ignored")   \
	X(expired, "expired", "bindings that ran out")                                           \
	X(revoked, "revoked", "bindings revoked")                                                \
	X(nat_detected, "nat_detected", "accepted registrations from behind a NAT")              \
	X(no_resources, "no_resources", "denied for lack of table space")                        \
	X(replies_failed, "replies_failed", "replies that could not be sent")                    \
	X(ro_granted, "optimization_granted", "replies that allow route optimization")           \
	X(ro_refused, "optimization_refused", "replies that refuse route optimization")          \
	X(advertisements, "advertisements", "replies that tell of other routers")                \
	X(advertisement_octets, "advertisement_octets", "octets of such advertisements")         \
	X(solicitations_answered, "solicitations_answered", "solicited routers that were told")  \
	X(solicitations_empty, "solicitations_empty", "solicited routers that are not told of")  \
	X(chunks_encoded, "advertisement_chunks", "groups of routers encoded for advertisements")

struct home_counters {
#define X(field, name, help) uint64_t field;
	HOME_COUNTER_LIST(X)
#undef X
	uint64_t denied_by_code[256];
};

const struct home_counters *home_counters(const struct home *home);

/* Security exceptions, newest last; a ring of the last 256 (operations.md, checklist 7). */
struct home_violation {
	struct now when;
	struct ip_addr home_address;
	struct ip_addr peer;
	uint16_t peer_port;
	uint32_t spi;
	uint64_t identification;
	char reason[64];
	uint64_t number; /* since start, from 1 */
};

typedef bool (*home_violation_visit)(void *arg, const struct home_violation *violation);
void home_walk_violations(const struct home *home, home_violation_visit visit, void *arg);

#endif
