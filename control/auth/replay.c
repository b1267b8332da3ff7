/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay protection of both sides: RFC 5944, sections 5.7.1 (timestamps) and 5.7.2 (nonces), with
 * the clock rules of mip4-base section 7.1 and the duplicates of 7.3. Thread: control core.
 */
#include "auth/replay.h"

#define RANDOM_BITS       20 /* of a timestamp's fraction; they also tie a reply to its request */
#define RANDOM_MASK       ((UINT64_C(1) << RANDOM_BITS) - 1)
#define START_TOLERANCES  2 /* how long after a start older Identifications are refused */
#define DUPLICATE_SPACING NS_PER_S

const char *replay_result_name(enum replay_result result)
{
	static const char *const names[] = {
#define X(constant, name) [REPLAY_##constant] = (name),
		REPLAY_RESULT_LIST(X)
#undef X
	};

	_Static_assert(sizeof(names) / sizeof(names[0]) == REPLAY_RESULT_MAX,
		       "every result has a name");
	return result < REPLAY_RESULT_MAX ? names[result] : "?";
}

/* Serial arithmetic: the NTP era ends in 2036. */
static bool is_later(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

static uint64_t join(uint32_t high, uint64_t low)
{
	return (uint64_t)high << 32 | (low & UINT32_MAX);
}

/*
 * The second that a request is measured by: ours; but if the router was accepted at a time that is
 * still to come, the one after that, else nothing that we tell it could ever be accepted.
 */
static uint32_t reference(const struct replay_state *state, uint64_t time)
{
	if (state->has_last && is_later(state->last, time))
		return ntp_seconds(state->last) + 1;
	return ntp_seconds(time);
}

static bool is_outside(uint32_t seconds, uint32_t center, uint64_t tolerance)
{
	int64_t difference = (int32_t)(seconds - center);

	return (uint64_t)(difference < 0 ? -difference : difference) > time_in_seconds(tolerance);
}

/* Nothing is remembered of the time before a start, so nothing of it is accepted. */
static bool is_before_start(const struct replay_rules *rules, const struct now *now, uint64_t id)
{
	uint64_t age = time_between(rules->clock->started_mono, now->mono);
	uint64_t guard =
		rules->start_guard ? rules->start_guard : START_TOLERANCES * rules->tolerance;

	return age < guard && is_later(rules->clock->started, id);
}

static enum replay_result check_timestamp(const struct replay_rules *rules,
					  const struct replay_state *state, const struct now *now,
					  uint64_t id, uint64_t *reply)
{
	uint32_t center = reference(state, ntp_clock_read(rules->clock, now));

	*reply = join(center, id);
	if (is_outside(ntp_seconds(id), center, rules->tolerance))
		return REPLAY_OUTSIDE;
	if (state->has_last && !is_later(id, state->last))
		return REPLAY_OLD;
	if (!state->has_last && is_before_start(rules, now, id))
		return REPLAY_BEFORE_START;
	*reply = id;
	return REPLAY_FRESH;
}

static uint64_t hand_out_nonce(const struct replay_rules *rules, struct replay_state *state,
			       uint64_t id)
{
	state->nonce = (uint32_t)random_u64(rules->random, RANDOM_IDENTIFICATION);
	state->has_nonce = true;
	return join(state->nonce, id);
}

static enum replay_result check_nonce(const struct replay_rules *rules, struct replay_state *state,
				      uint64_t id, uint64_t *reply)
{
	bool is_right = state->has_nonce && ntp_seconds(id) == state->nonce;

	*reply = hand_out_nonce(rules, state, id);
	return is_right ? REPLAY_FRESH : REPLAY_WRONG_NONCE;
}

enum replay_result replay_check(const struct replay_rules *rules, enum conf_replay style,
				struct replay_state *state, const struct now *now, uint64_t id,
				uint64_t *reply)
{
	bool is_same = state->has_last && id == state->last;

	if (style == CONF_REPLAY_NONCES) {
		if (is_same && state->has_nonce) {
			*reply = join(state->nonce, id);
			return REPLAY_SAME;
		}
		return check_nonce(rules, state, id, reply);
	}
	if (is_same) {
		*reply = id;
		return REPLAY_SAME;
	}
	return check_timestamp(rules, state, now, id, reply);
}

uint64_t replay_refuse_same(const struct replay_rules *rules, enum conf_replay style,
			    struct replay_state *state, const struct now *now, uint64_t id)
{
	if (style == CONF_REPLAY_NONCES)
		return hand_out_nonce(rules, state, id);
	return join(reference(state, ntp_clock_read(rules->clock, now)), id);
}

void replay_accept(struct replay_state *state, const struct now *now, uint64_t id,
		   const struct ip_addr *source, uint16_t source_port)
{
	state->has_last = true;
	state->last = id;
	state->source = *source;
	state->source_port = source_port;
	state->answered = now->mono;
}

bool replay_duplicate_is_due(struct replay_state *state, const struct now *now,
			     const struct ip_addr *source, uint16_t source_port)
{
	if (!addr_is_equal(&state->source, source) || state->source_port != source_port ||
	    time_between(state->answered, now->mono) < DUPLICATE_SPACING)
		return false;
	state->answered = now->mono;
	return true;
}

void replay_client_init(struct replay_client *client, enum conf_replay style)
{
	*client = (struct replay_client){.style = style};
}

static uint64_t client_time(const struct replay_client *client, const struct now *now)
{
	return ntp_from_unix(now->mono + client->offset);
}

static void client_start(struct replay_client *client, const struct now *now)
{
	if (client->is_started)
		return;
	client->is_started = true;
	client->offset = now->wall - now->mono;
	client->last = client_time(client, now) - NS_PER_S; /* anything before the first */
}

uint64_t replay_client_next(struct replay_client *client, const struct now *now,
			    const struct random *random)
{
	uint64_t noise = random_u64(random, RANDOM_IDENTIFICATION);
	uint64_t id;

	if (client->style == CONF_REPLAY_NONCES) {
		client->last = join(client->nonce, noise);
		return client->last;
	}
	client_start(client, now);
	id = (client_time(client, now) & ~RANDOM_MASK) | (noise & RANDOM_MASK);
	if (!is_later(id, client->last))
		id = ((client->last & ~RANDOM_MASK) + RANDOM_MASK + 1) | (noise & RANDOM_MASK);
	client->last = id;
	return id;
}

void replay_client_handle_reply(struct replay_client *client, const struct now *now, uint64_t reply,
				bool refused)
{
	int64_t seconds;

	if (client->style == CONF_REPLAY_NONCES) {
		client->nonce = ntp_seconds(reply);
		return;
	}
	if (!refused)
		return;
	client_start(client, now);
	seconds = (int32_t)(ntp_seconds(reply) - ntp_seconds(client_time(client, now)));
	client->offset += (uint64_t)seconds * NS_PER_S;
	/* From its time on, even if that is behind what we sent: it would not take that anyway. */
	client->last = join(ntp_seconds(reply), 0);
}

int64_t replay_client_offset(const struct replay_client *client, const struct now *now)
{
	if (!client->is_started || client->style == CONF_REPLAY_NONCES)
		return 0;
	return (int32_t)(ntp_seconds(client_time(client, now)) -
			 ntp_seconds(ntp_from_unix(now->wall)));
}
