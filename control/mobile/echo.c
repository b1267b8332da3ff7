/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The echo of a watch: one request per interval, each with its own time to be answered. A late
 * answer still proves that the target lives, so it clears the losses; only its round-trip time is
 * not taken.
 */
#include "mobile/echo.h"

#include "haaro/addr.h"

/* Longer round trips than this are losses until their answer comes. */
#define ANSWER_TIME (2 * NS_PER_S)

static uint64_t answer_time(const struct echo *echo)
{
	return echo->pace.retry < ANSWER_TIME ? echo->pace.retry : ANSWER_TIME;
}

static void send_one(struct echo *echo)
{
	const struct echo_target *target = &echo->target;
	struct link_echo request = {
		.port = target->port,
		.tunnel = target->tunnel,
		.source = target->source,
		.destination = target->destination,
		.identifier = LINK_ECHO_ID,
	};

	request.sequence = ++echo->sequence;
	echo->sent = echo->core->now.mono;
	echo->waiting = true;
	if (echo->requests)
		(*echo->requests)++;
	/* What can't be sent is not answered either: the loss is counted like any other. */
	(void)link_send_echo(echo->link, &request);
	core_timer_set(echo->core, &echo->timer, answer_time(echo));
}

static void set_next(struct echo *echo)
{
	uint64_t due = echo->sent + (echo->lost ? echo->pace.retry : echo->pace.interval);

	core_timer_set(echo->core, &echo->timer, time_between(echo->core->now.mono, due));
}

static void expired(struct timer *timer, void *arg)
{
	struct echo *echo = arg;

	(void)timer;
	if (!echo->waiting) {
		send_one(echo);
		return;
	}
	echo->waiting = false;
	if (echo->lost < UINT32_MAX)
		echo->lost++;
	set_next(echo);
	if (echo->lost < echo->pace.losses || echo->silent)
		return;
	echo->silent = true;
	echo->handlers->silent(echo, echo->arg);
}

void echo_init(struct echo *echo, struct core *core, struct link *link,
	       const struct echo_handlers *handlers, void *arg)
{
	*echo = (struct echo){.core = core, .link = link, .handlers = handlers, .arg = arg};
	timer_init(&echo->timer, expired, echo);
	echo->target.tunnel.index = FWD_NONE;
	/* Not from zero: an answer forged from off the path has a sequence to guess. */
	echo->sequence = (uint16_t)random_u64(&core->random, RANDOM_PACKET);
}

void echo_start(struct echo *echo, const struct echo_target *target, const struct echo_pace *pace,
		uint64_t delay)
{
	echo_stop(echo);
	echo->target = *target;
	echo->pace = *pace;
	echo->rtt = 0;
	/* Answers to what was asked before must not count for the new target. */
	echo->sequence = (uint16_t)(echo->sequence + pace->losses + 1);
	if (pace->interval)
		core_timer_set(echo->core, &echo->timer, delay);
}

void echo_stop(struct echo *echo)
{
	core_timer_stop(echo->core, &echo->timer);
	echo_forgive(echo);
	echo->waiting = false;
	echo->pace.interval = 0;
}

void echo_hurry(struct echo *echo)
{
	if (!echo->pace.interval || echo->waiting || echo->core->now.mono < echo->sent + NS_PER_S)
		return;
	send_one(echo);
}

void echo_forgive(struct echo *echo)
{
	echo->silent = false;
	echo->lost = 0;
}

static bool is_target(const struct echo *echo, const struct event *event)
{
	const struct echo_target *target = &echo->target;

	if (!echo->pace.interval || event->value2 != LINK_ECHO_ID ||
	    !addr_is_equal(&event->peer, &target->destination) ||
	    event->tunnel.index != target->tunnel.index)
		return false;
	if (target->tunnel.index != FWD_NONE)
		return event->tunnel.generation == target->tunnel.generation;
	return event->port == target->port;
}

bool echo_handle_reply(struct echo *echo, const struct event *event)
{
	uint16_t behind = (uint16_t)(echo->sequence - (uint16_t)event->value);
	uint32_t lost = echo->lost;

	if (!is_target(echo, event) || behind > echo->pace.losses)
		return false;
	echo->heard = echo->core->now.mono;
	if (echo->replies)
		(*echo->replies)++;
	echo->lost = 0;
	echo->silent = false;
	if (behind == 0 && echo->waiting) {
		echo->waiting = false;
		echo->rtt = time_between(echo->sent, echo->core->now.mono);
		set_next(echo);
	}
	echo->handlers->answered(echo, lost, echo->arg);
	return true;
}
