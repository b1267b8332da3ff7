/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A peer as a value: what the hub told of it, what we ask of it, what it asks of us (RFC 6521, section
 * 3.1.2; haaro.md, section 8). Private to this directory. Thread: control core.
 */
#ifndef RO_PEER_H
#define RO_PEER_H

#include <uthash.h>

#include "haaro/addr.h"

#include "auth/correspondent.h"
#include "auth/keygen.h"
#include "auth/replay.h"
#include "mobile/optimization.h"

#define RO_CARE_OFS_MAX 8 /* of a peer, as many as are tried */

struct direct;
struct ro;

/* --- the cache --------------------------------------------------------------------------------- */

struct ro_realm {
	UT_hash_handle hh;
	char name[];
};

struct ro_prefix_key {
	be32 addr;
	uint32_t len;
};

/* A prefix of a router, by the hub's word; by its own only with trust-claims. */
struct ro_prefix {
	UT_hash_handle hh;
	struct ro_prefix_key key;
	struct peer *peer;
	struct ro_prefix *next; /* of the same peer */
	const char *realm;
	uint64_t seen; /* mono, when the hub last said so */
	bool ours;     /* it lies in one of our own networks: never routed */
	bool claimed;  /* by the peer's word alone, and as long as it lists it */
	bool listed;   /* in the peer's own registration here */
	bool routed;   /* its route leads to the peer's path */
};

/* A keygen token of a peer. */
struct token {
	bool held;
	uint8_t bytes[RR_TOKEN_SIZE];
	uint16_t index;
	uint64_t since;         /* mono, of receipt */
	struct ip_addr care_of; /* care-of token: of which of our addresses */
};

/* X(constant, name): what asked for a direct path */
#define TRIGGER_LIST(X)                          \
	X(NONE, "nothing")                       \
	X(SEND, "a packet sent")                 \
	X(RECEIVE, "a packet received")          \
	X(MESH, "mesh")                          \
	X(MUTUAL, "the peer's own registration") \
	X(MANUAL, "the operator")

enum trigger {
#define X(constant, name) TRIGGER_##constant,
	TRIGGER_LIST(X)
#undef X
		TRIGGER_MAX
};

const char *trigger_name(enum trigger trigger);

/* What a session waits for. */
enum asking {
	ASKING_NOTHING,
	ASKING_ROUTABILITY,  /* RRSTATE IN PROGRESS: tests are out */
	ASKING_REGISTRATION, /* our request is out */
	ASKING_PREACCEPTED,  /* code 2 came: the peer's own request must follow */
	ASKING_REMOVAL,      /* our deregistration is out */
};

/* The asking side towards one peer (haaro.md, section 13). RRSTATE is ACTIVE with both tokens. */
struct session {
	struct peer *peer;
	enum asking asking;
	bool removing;                 /* a deregistration is what is asked */
	struct timer timer;            /* of asking: an answer is overdue; else: a refresh is due */
	unsigned int tries;            /* transmissions of this kind in a row */
	bool again;                    /* the one more request after an unfulfilled code 2 */
	struct mobile_care_of care_of; /* that is asked for */

	/* tests */
	uint8_t cookies[RR_TEST_MAX][RR_COOKIE_SIZE];
	bool tested[RR_TEST_MAX]; /* out, not answered */
	bool met[RR_TEST_MAX];    /* answered in this run */

	/* the request */
	struct replay_client replay;
	struct correspondent_key key; /* it was signed with; wiped when nothing is asked */
	uint64_t identification;
	uint64_t sent; /* mono */
	uint16_t lifetime;
	bool udp;        /* it asked for UDP */
	bool plain_only; /* code 142: ask without UDP */
	bool udp_only;   /* nothing by IPIP was answered: ask for UDP */
	unsigned int resyncs;
	uint64_t hinted; /* mono, of the last 201 to 203 that was heeded; 0: never */

	/* what the peer holds for us */
	bool registered;
	struct mobile_care_of registered_as;
	uint64_t expires; /* mono */
	struct timer expiry;
	enum encap encap;
	be32 care_ofs[RO_CARE_OFS_MAX]; /* of the peer, best first */
	size_t n_care_ofs;
	size_t probed; /* how many of them were tried since the path last worked */
};

/* The asked side: a peer's registration here (haaro.md, section 14). */
struct correspondence {
	struct peer *peer;
	bool live;
	struct ip_addr care_of; /* the field */
	struct ip_addr seen;    /* source of the request */
	enum encap encap;
	uint64_t granted;
	uint64_t expires; /* mono */
	struct timer expiry;
	struct replay_state replay; /* outlives the registration by RO_REPLAY_KEPT */
	uint64_t forget;            /* mono: nothing here matters any more */
	uint64_t identification;
	uint8_t reply[MESSAGE_SIZE]; /* for a duplicate */
	size_t reply_len;
};

/* --- a peer -------------------------------------------------------------------------------------- */

struct peer {
	UT_hash_handle hh;
	UT_hash_handle by_path;
	struct ro *ro;
	struct ip_addr home_address;

	bool advertised;
	bool outbound_only;
	uint64_t seen;     /* mono, when the hub last told of it */
	uint64_t verified; /* mono, when the hub was last asked about it by name */
	struct ro_prefix *prefixes;
	size_t n_prefixes;
	struct mobile_path path;
	bool routed; /* its home address has its route */

	struct token tokens[RR_TEST_MAX];
	struct session *session;               /* NULL: nothing was ever asked */
	struct correspondence *correspondence; /* NULL: it never asked */
	struct direct *directs;

	uint64_t limit; /* rate of what it may make us do */
	bool stopped;   /* by the operator */
	bool barred;    /* our request got no answer: by the hub until one side registers again */
	uint64_t closed_until; /* mono: none of its care-of addresses answered: NAT table, false */
	uint64_t triggered;    /* mono, the last time that traffic asked; 0: never */
	enum trigger wanted;   /* by what */
	struct path_counters counted; /* threshold: where counting began */
	bool active;                  /* traffic flows by the direct path */
	struct path_counters traffic; /* when last looked at */
	struct timer look;            /* at the traffic, or sets the mark again */
	uint64_t held_until;          /* mono */
	bool denied;                  /* by its own word, not by what failed */
	uint64_t hold;                /* the next hold-down */
	const char *reason;           /* why it is not direct, or was last not */
	uint8_t last_code;

	uint32_t attempts;
	uint32_t handovers;
	uint32_t falls;
	uint64_t outage; /* of all falls; last and worst: of one */
	uint64_t last_outage;
	uint64_t worst_outage;
	uint64_t direct_since; /* mono; 0: by the hub */
};

static inline bool peer_is_registered(const struct peer *peer)
{
	return peer->session && peer->session->registered;
}

static inline bool peer_is_accepted(const struct peer *peer)
{
	return peer->correspondence && peer->correspondence->live;
}

/* One of the two. */
static inline bool peer_is_engaged(const struct peer *peer)
{
	return peer_is_registered(peer) || peer_is_accepted(peer);
}

/* Whether one of the two is by that encapsulation. */
static inline bool peer_uses(const struct peer *peer, enum encap encap)
{
	return (peer_is_registered(peer) && peer->session->encap == encap) ||
	       (peer_is_accepted(peer) && peer->correspondence->encap == encap);
}

/* A question of ours to it is out. */
static inline bool peer_is_asked(const struct peer *peer)
{
	return peer->session && peer->session->asking != ASKING_NOTHING;
}

#endif
