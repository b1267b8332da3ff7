/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Echoes of two sizes by one tunnel. Each has its own time to be answered, which may be longer than
 * the interval; a late answer still proves that the path lives. The sequence numbers of the small ones
 * are even, those of the full ones odd.
 */
#include "ro/keepalive.h"

#include "haaro/addr.h"

#define ANSWER_SHORTEST (500 * NS_PER_MS)
#define SRTTS           4 /* round trips that an answer may take (tunnels.md, section 5.2) */

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t answer_time(const struct keepalive *keepalive)
{
	return larger(ANSWER_SHORTEST, SRTTS * keepalive->srtt);
}

/* Those in a row behind the last answer whose time is over. */
static uint32_t lost_of(const struct keepalive *keepalive, const struct keepalive_flow *flow)
{
	uint64_t allowed = answer_time(keepalive);
	uint32_t lost = 0;

	for (uint32_t n = flow->sent; n > flow->answered; n--) {
		if (flow->sent - n >= KEEPALIVE_PENDING)
			return flow->sent - flow->answered;
		if (flow->times[n % KEEPALIVE_PENDING] + allowed <= keepalive->core->now.mono) {
			lost = n - flow->answered; /* older ones are overdue too */
			break;
		}
	}
	return lost;
}

/* For how long the oldest echo behind the newest answer waits for its own; 0: there is none. */
static uint64_t unanswered_for(const struct keepalive *keepalive, const struct keepalive_flow *flow)
{
	uint32_t first = flow->answered + 1;

	if (flow->sent < first)
		return 0;
	if (flow->sent - first >= KEEPALIVE_PENDING) /* when it was sent is forgotten */
		return TIME_NEVER;
	return time_between(flow->times[first % KEEPALIVE_PENDING], keepalive->core->now.mono);
}

uint64_t keepalive_outage(const struct keepalive *keepalive, enum keepalive_size size,
			  uint64_t interval)
{
	const struct keepalive_flow *flow = &keepalive->flows[size];
	uint64_t silent = time_between(flow->good, keepalive->core->now.mono);
	uint64_t unanswered = unanswered_for(keepalive, flow);

	if (unanswered < silent && silent - unanswered > interval)
		return unanswered + interval;
	return silent;
}

uint32_t keepalive_lost(const struct keepalive *keepalive)
{
	uint32_t small = lost_of(keepalive, &keepalive->flows[KEEPALIVE_SMALL]);
	uint32_t full = lost_of(keepalive, &keepalive->flows[KEEPALIVE_FULL]);

	return small > full ? small : full;
}

bool keepalive_is_fresh(const struct keepalive *keepalive, uint64_t within)
{
	uint64_t mono = keepalive->core->now.mono;

	for (int size = 0; size < KEEPALIVE_SIZES; size++)
		if ((size == KEEPALIVE_SMALL || !keepalive->pace.never_full) &&
		    time_between(keepalive->flows[size].good, mono) > within)
			return false;
	return keepalive_is_proven(keepalive);
}

bool keepalive_is_proven(const struct keepalive *keepalive)
{
	return keepalive->tunnel && keepalive->flows[KEEPALIVE_SMALL].answered > 0 &&
	       (keepalive->pace.never_full || keepalive->flows[KEEPALIVE_FULL].answered > 0);
}

/* --- sending ----------------------------------------------------------------------------------- */

static uint16_t sequence_of(const struct keepalive *keepalive, enum keepalive_size size, uint32_t n)
{
	return (uint16_t)(keepalive->base + 2 * n + (unsigned int)size);
}

/* In no second more than the rate, whatever hurries. */
static bool may_send(struct keepalive *keepalive)
{
	uint64_t *oldest = &keepalive->recent[keepalive->count % KEEPALIVE_RATE];
	uint64_t mono = keepalive->core->now.mono;

	if (keepalive->count >= KEEPALIVE_RATE && time_between(*oldest, mono) < NS_PER_S)
		return false;
	*oldest = mono;
	keepalive->count++;
	return true;
}

static void send_one(struct keepalive *keepalive, enum keepalive_size size)
{
	struct keepalive_flow *flow = &keepalive->flows[size];
	struct link_echo echo = {
		.port = PORT_NONE,
		.tunnel = tunnel_ref(keepalive->tunnel),
		.source = keepalive->source,
		.destination = keepalive->destination,
		.identifier = LINK_ECHO_ID,
		.size = size == KEEPALIVE_FULL ? tunnel_mtu(keepalive->tunnel) : 0,
	};

	if (!may_send(keepalive))
		return;
	flow->sent++;
	flow->times[flow->sent % KEEPALIVE_PENDING] = keepalive->core->now.mono;
	echo.sequence = sequence_of(keepalive, size, flow->sent);
	(*keepalive->requests)++;
	/* What can't be sent is not answered either: the loss is counted like any other. */
	(void)link_send_echo(keepalive->link, &echo);
}

static bool wants_full(const struct keepalive *keepalive)
{
	const struct keepalive_flow *flow = &keepalive->flows[KEEPALIVE_FULL];

	if (keepalive->pace.never_full)
		return false;
	return keepalive->pace.full || flow->answered == 0 || flow->answered < flow->sent;
}

static void send_all(struct keepalive *keepalive)
{
	keepalive->last = keepalive->core->now.mono;
	send_one(keepalive, KEEPALIVE_SMALL);
	if (wants_full(keepalive))
		send_one(keepalive, KEEPALIVE_FULL);
}

static uint64_t next_send(const struct keepalive *keepalive)
{
	const struct keepalive_pace *pace = &keepalive->pace;
	uint64_t interval = keepalive_lost(keepalive) > 0 ? pace->retry : pace->interval;

	interval = larger(interval, SRTTS * keepalive->srtt);
	return keepalive->last + larger(interval, KEEPALIVE_SHORTEST);
}

/* When the next echo is overdue; TIME_NEVER: all are answered, or overdue already. */
static uint64_t next_overdue(const struct keepalive *keepalive, const struct keepalive_flow *flow)
{
	uint32_t n = flow->answered + 1 + lost_of(keepalive, flow);

	if (n > flow->sent || flow->sent - n >= KEEPALIVE_PENDING)
		return TIME_NEVER;
	return flow->times[n % KEEPALIVE_PENDING] + answer_time(keepalive);
}

static void set_timer(struct keepalive *keepalive)
{
	uint64_t next = next_send(keepalive);

	for (int size = 0; size < KEEPALIVE_SIZES; size++) {
		uint64_t overdue = next_overdue(keepalive, &keepalive->flows[size]);

		if (overdue < next)
			next = overdue;
	}
	core_timer_set(keepalive->core, &keepalive->timer,
		       time_between(keepalive->core->now.mono, next));
}

/* The handler may stop the watch, or start it anew. */
static void judge(struct keepalive *keepalive)
{
	for (int size = 0; size < KEEPALIVE_SIZES && keepalive->tunnel; size++) {
		struct keepalive_flow *flow = &keepalive->flows[size];
		uint32_t lost = lost_of(keepalive, flow);

		if (lost > 0)
			keepalive->good_since = 0;
		if (lost < keepalive->pace.losses || flow->failed)
			continue;
		flow->failed = true;
		keepalive->handlers->failed(keepalive, (enum keepalive_size)size, keepalive->arg);
	}
}

static void expired(struct timer *timer, void *arg)
{
	struct keepalive *keepalive = arg;

	(void)timer;
	judge(keepalive);
	if (!keepalive->tunnel)
		return;
	if (next_send(keepalive) <= keepalive->core->now.mono)
		send_all(keepalive);
	set_timer(keepalive);
}

/* --- life ---------------------------------------------------------------------------------------- */

void keepalive_init(struct keepalive *keepalive, struct core *core, struct link *link,
		    const struct keepalive_handlers *handlers, void *arg)
{
	*keepalive =
		(struct keepalive){.core = core, .link = link, .handlers = handlers, .arg = arg};
	timer_init(&keepalive->timer, expired, keepalive);
}

void keepalive_doubt(struct keepalive *keepalive)
{
	for (int size = 0; size < KEEPALIVE_SIZES; size++)
		keepalive->flows[size] = (struct keepalive_flow){0};
	/* Answers to what was asked before must not count any more. */
	keepalive->base = (uint16_t)(random_u64(&keepalive->core->random, RANDOM_PACKET) & ~1u);
	keepalive->good_since = 0;
}

void keepalive_start(struct keepalive *keepalive, struct tunnel *tunnel,
		     const struct ip_addr *source, const struct ip_addr *destination,
		     const struct keepalive_pace *pace)
{
	keepalive->tunnel = tunnel;
	keepalive->source = *source;
	keepalive->destination = *destination;
	keepalive->pace = *pace;
	keepalive->heard = 0;
	keepalive->srtt = 0;
	keepalive_doubt(keepalive);
	/* Should none be answered, then it has been so from now on, not since ever. */
	for (int size = 0; size < KEEPALIVE_SIZES; size++)
		keepalive->flows[size].good = keepalive->core->now.mono;
	send_all(keepalive);
	set_timer(keepalive);
}

void keepalive_stop(struct keepalive *keepalive)
{
	core_timer_stop(keepalive->core, &keepalive->timer);
	keepalive->tunnel = NULL;
}

void keepalive_set_pace(struct keepalive *keepalive, const struct keepalive_pace *pace)
{
	keepalive->pace = *pace;
	if (keepalive->tunnel)
		set_timer(keepalive);
}

void keepalive_hurry(struct keepalive *keepalive)
{
	if (!keepalive->tunnel ||
	    time_between(keepalive->last, keepalive->core->now.mono) < KEEPALIVE_SHORTEST)
		return;
	send_all(keepalive);
	set_timer(keepalive);
}

/* --- answers ------------------------------------------------------------------------------------- */

/* Which echo of this tunnel a reply answers; 0: none. */
static uint32_t number_of(const struct keepalive *keepalive, const struct event *event,
			  enum keepalive_size *size)
{
	struct tunnel_ref ref = tunnel_ref(keepalive->tunnel);
	uint16_t behind, distance = (uint16_t)(event->value - keepalive->base);
	struct keepalive_flow const *flow;

	if (event->value2 != LINK_ECHO_ID || event->tunnel.index != ref.index ||
	    event->tunnel.generation != ref.generation ||
	    !addr_is_equal(&event->peer, &keepalive->destination))
		return 0;
	*size = distance % 2 ? KEEPALIVE_FULL : KEEPALIVE_SMALL;
	flow = &keepalive->flows[*size];
	behind = (uint16_t)(sequence_of(keepalive, *size, flow->sent) - event->value) / 2;
	if (behind >= KEEPALIVE_PENDING || behind >= flow->sent)
		return 0;
	return flow->sent - behind;
}

static void measure(struct keepalive *keepalive, uint64_t sent)
{
	uint64_t rtt = time_between(sent, keepalive->core->now.mono);
	uint64_t most = 2 * answer_time(keepalive);

	/* One that was held up for seconds must not make us wait as long for all others. */
	if (rtt > most)
		rtt = most;
	keepalive->srtt = keepalive->srtt ? (7 * keepalive->srtt + rtt) / 8 : rtt;
}

bool keepalive_handle_reply(struct keepalive *keepalive, const struct event *event)
{
	enum keepalive_size size;
	struct keepalive_flow *flow;
	uint32_t n;

	if (!keepalive->tunnel)
		return false;
	n = number_of(keepalive, event, &size);
	if (n == 0)
		return false;
	flow = &keepalive->flows[size];
	(*keepalive->replies)++;
	keepalive->heard = keepalive->core->now.mono;
	if (n > flow->answered) {
		flow->answered = n;
		flow->good = flow->times[n % KEEPALIVE_PENDING];
		measure(keepalive, flow->good);
	}
	flow->failed = false;
	if (!keepalive->good_since && keepalive_is_proven(keepalive) &&
	    keepalive_lost(keepalive) == 0)
		keepalive->good_since = keepalive->core->now.mono;
	set_timer(keepalive);
	keepalive->handlers->answered(keepalive, keepalive->arg);
	return true;
}
