/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay protection by the Identification field (RFC 5944, section 5.7; mip4-base section 7): NTP
 * timestamps or nonces, both sides. Identifications are uint64_t in host order; all comparisons are
 * serial (the era ends in 2036).
 *
 * Call only after the authenticator was found right. Thread: control core.
 */
#ifndef AUTH_REPLAY_H
#define AUTH_REPLAY_H

#include "haaro/addr.h"
#include "haaro/clock.h"
#include "haaro/conf.h"

#include "auth/ntp_clock.h"
#include "core/random.h"

/* --- home agent ---------------------------------------------------------------------------- */

/* What is remembered per router; starts zeroed, outlives its bindings. */
struct replay_state {
	bool has_last;
	bool has_nonce;
	uint64_t last;  /* Identification last accepted */
	uint32_t nonce; /* handed out last */

	/* the request last accepted, so that a duplicate draws an answer only to where it came from
	 */
	struct ip_addr source;
	uint16_t source_port;
	uint64_t answered; /* mono of the last answer to it */
};

struct replay_rules {
	const struct ntp_clock *clock;
	uint64_t tolerance; /* nanoseconds; whole seconds count */

	/* nanoseconds after a start in which what is older than the start is refused, where nothing
	 * is remembered; 0: twice the tolerance. A correspondent's is the life of a nonce: as long
	 * as that, a request of before could be right in all but this (haaro.md, section 21.6) */
	uint64_t start_guard;
	const struct random *random;
};

#define REPLAY_RESULT_LIST(X)                              \
	X(FRESH, "fresh")                                  \
	X(SAME, "equal to the request last accepted")      \
	X(OLD, "not newer than the request last accepted") \
	X(OUTSIDE, "time outside of the tolerance")        \
	X(BEFORE_START, "made before this router started") \
	X(WRONG_NONCE, "not the nonce that was handed out")

enum replay_result {
#define X(constant, name) REPLAY_##constant,
	REPLAY_RESULT_LIST(X)
#undef X
		REPLAY_RESULT_MAX
};

const char *replay_result_name(enum replay_result result);

/*
 * Judges the Identification of an authenticated request. REPLAY_FRESH: go on. REPLAY_SAME: a
 * duplicate if its home and care-of address are those of a live binding (then
 * replay_duplicate_is_due() says whether to answer), else refuse. All others: refuse with 133.
 *
 * reply is the Identification that the answer carries, whatever its code; with nonces a fresh one
 * is handed out. Only of REPLAY_SAME it is that of the answer given before: a refusal takes
 * replay_refuse_same().
 */
enum replay_result replay_check(const struct replay_rules *rules, enum conf_replay style,
				struct replay_state *state, const struct now *now, uint64_t id,
				uint64_t *reply);

/* The Identification of a 133 to a request that replay_check() found REPLAY_SAME. */
uint64_t replay_refuse_same(const struct replay_rules *rules, enum conf_replay style,
			    struct replay_state *state, const struct now *now, uint64_t id);

/* The request is accepted for good, every table is changed: remember it. */
void replay_accept(struct replay_state *state, const struct now *now, uint64_t id,
		   const struct ip_addr *source, uint16_t source_port);

/* True at most once a second, and only for the source and port of the accepted request. */
bool replay_duplicate_is_due(struct replay_state *state, const struct now *now,
			     const struct ip_addr *source, uint16_t source_port);

/* --- mobile router ------------------------------------------------------------------------- */

/*
 * Towards one home agent. With timestamps the wall clock is asked once, at the first request; from
 * then on the home agent's time as 133 told it plus monotonic time, so no step of our own clock
 * disturbs a registration and the system clock is never touched.
 */
struct replay_client {
	enum conf_replay style;
	bool is_started;
	uint64_t offset; /* the home agent's clock less mono, nanoseconds since 1970, modulo 2^64 */
	uint64_t last;   /* Identification last sent */
	uint32_t nonce;  /* of the last authenticated reply */
};

/* Also for a change of style or home agent. */
void replay_client_init(struct replay_client *client, enum conf_replay style);

/*
 * The Identification of a new request: newer than every earlier one, the low 20 bits (with nonces
 * the low 32) random. With nonces a retransmission repeats its request's bytes instead.
 */
uint64_t replay_client_next(struct replay_client *client, const struct now *now,
			    const struct random *random);

/* An authenticated reply whose low 32 bits matched: call for each, with refused = (code is 133). */
void replay_client_handle_reply(struct replay_client *client, const struct now *now, uint64_t reply,
				bool refused);

/* Whole seconds that the home agent is ahead of our wall clock; 0 with nonces. For show. */
int64_t replay_client_offset(const struct replay_client *client, const struct now *now);

#endif
