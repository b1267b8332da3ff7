/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/keepalive.c alone, over one tunnel of the recording link: losses, round trips, numbers and
 * the moments at which it speaks (tunnels.md, section 5.2).
 */
#include "cmocka_all.h"
#include "link/removal.h"
#include "ro/keepalive.h"
#include "world.h"

#define MS   NS_PER_MS
#define LOST TIME_NEVER
#define MOST 256 /* echoes that are looked at */

static struct watched {
	struct world *world;
	struct tunnel *tunnel;
	struct keepalive keepalive;
	struct keepalive_pace pace;
	uint64_t rtt[KEEPALIVE_SIZES]; /* LOST: not answered */
	uint64_t begun;                /* mono */
	struct link_echo echoes[MOST];
	uint64_t moments[MOST]; /* since begun */
	size_t n_echoes;
	size_t n_answered;
	size_t n_failed[KEEPALIVE_SIZES];
	uint64_t failed; /* the last, since begun */
	uint64_t requests, replies;
} w;

static uint64_t since_begun(void)
{
	return w.world->core.now.mono - w.begun;
}

static struct event reply_to(const struct link_echo *echo)
{
	struct event event = core_event(&w.world->core, EVENT_ECHO_REPLY);

	event.peer = echo->destination;
	event.tunnel = echo->tunnel;
	event.value = echo->sequence;
	event.value2 = echo->identifier;
	return event;
}

static void echoed(void *arg, const struct link_echo *echo, const struct tunnel_spec *spec)
{
	uint64_t rtt = w.rtt[echo->size ? KEEPALIVE_FULL : KEEPALIVE_SMALL];
	struct world_delivery *delivery;

	(void)arg;
	(void)spec;
	w.echoes[w.n_echoes % MOST] = *echo;
	w.moments[w.n_echoes++ % MOST] = since_begun();
	if (rtt == LOST)
		return;
	delivery = world_enqueue(w.world);
	delivery->mono = w.world->core.now.mono + rtt;
	delivery->is_event = true;
	delivery->event = reply_to(echo);
}

static void handle_event(void *arg, const struct event *event)
{
	(void)arg;
	(void)keepalive_handle_reply(&w.keepalive, event);
}

static void answered(struct keepalive *keepalive, void *arg)
{
	assert_ptr_equal(keepalive, &w.keepalive);
	assert_ptr_equal(arg, &w);
	w.n_answered++;
}

static void failed(struct keepalive *keepalive, enum keepalive_size size, void *arg)
{
	assert_ptr_equal(keepalive, &w.keepalive);
	assert_ptr_equal(arg, &w);
	w.n_failed[size]++;
	w.failed = since_begun();
}

static int setup(void **state)
{
	static const struct keepalive_handlers handlers = {answered, failed};
	const struct tunnel_spec spec = {
		.encap = ENCAP_IPIP,
		.local = world_addr("203.0.113.30"),
		.remote = world_addr("203.0.113.10"),
		.source = FWD_SOURCE_ANY,
		.source_path = FWD_NONE,
	};

	(void)state;
	w = (struct watched){.world = world_create(1), .rtt = {20 * MS, 20 * MS}};
	w.world->above =
		(struct world_above){.arg = &w, .handle_event = handle_event, .echoed = echoed};
	w.pace = (struct keepalive_pace){
		.interval = 500 * MS, .retry = 500 * MS, .losses = 3, .full = true};
	assert_int_equal(tunnel_open(&w.world->link, &spec, &w.tunnel), 0);
	keepalive_init(&w.keepalive, &w.world->core, &w.world->link, &handlers, &w);
	w.keepalive.requests = &w.requests;
	w.keepalive.replies = &w.replies;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	keepalive_stop(&w.keepalive);
	tunnel_close(&w.world->link, w.tunnel);
	world_destroy(w.world);
	return 0;
}

static void run(uint64_t duration)
{
	world_run(w.world, duration);
}

static void start(void)
{
	const struct ip_addr source = world_addr("192.0.2.3"), peer = world_addr("192.0.2.1");

	w.begun = w.world->core.now.mono;
	keepalive_start(&w.keepalive, w.tunnel, &source, &peer, &w.pace);
}

static void set_rtt(uint64_t rtt)
{
	w.rtt[KEEPALIVE_SMALL] = w.rtt[KEEPALIVE_FULL] = rtt;
}

static uint64_t last_moment(void)
{
	return w.moments[(w.n_echoes - 1) % MOST];
}

static bool take(struct event event)
{
	return keepalive_handle_reply(&w.keepalive, &event);
}

/* --- losses ------------------------------------------------------------------------------------------------ */

/* Half a second is allowed, to the nanosecond; the next one leaves sooner after a loss. */
static void test_losses(void **state)
{
	(void)state;
	set_rtt(LOST);
	w.pace.interval = 5 * NS_PER_S;
	w.pace.retry = NS_PER_S;
	start();
	assert_int_equal(w.keepalive.flows[KEEPALIVE_SMALL].good, w.begun);
	run(500 * MS - 1);
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	run(1);
	assert_int_equal(keepalive_lost(&w.keepalive), 1);
	run(1900 * MS);
	assert_int_equal(w.n_echoes, 6); /* at 0, 1 and 2 s */
	assert_int_equal(last_moment(), 2 * NS_PER_S);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL] + w.n_failed[KEEPALIVE_FULL], 0);
	run(60 * NS_PER_S);
	/* when the third is overdue, not when the next one leaves; once */
	assert_int_equal(w.failed, 2500 * MS);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 1);
	assert_int_equal(w.n_failed[KEEPALIVE_FULL], 1);
	assert_int_equal(w.n_answered, 0);
	/* again only after an answer */
	set_rtt(20 * MS);
	run(2 * NS_PER_S);
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	set_rtt(LOST);
	run(60 * NS_PER_S);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 2);
	assert_int_equal(w.n_failed[KEEPALIVE_FULL], 2);
	assert_int_equal(w.requests, w.n_echoes);
	assert_int_equal(w.replies, w.n_answered);
}

/* Each size counts for itself, and the worse one is told. */
static void test_sizes(void **state)
{
	(void)state;
	w.rtt[KEEPALIVE_FULL] = LOST;
	start();
	run(1400 * MS);
	assert_int_equal(keepalive_lost(&w.keepalive), 2);
	assert_false(keepalive_is_proven(&w.keepalive));
	run(10 * NS_PER_S);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 0);
	assert_int_equal(w.n_failed[KEEPALIVE_FULL], 1);
	w.rtt[KEEPALIVE_FULL] = 20 * MS;
	w.rtt[KEEPALIVE_SMALL] = LOST;
	run(10 * NS_PER_S);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 1);
	assert_true(keepalive_lost(&w.keepalive) > 10);
}

/* More on their way than are remembered: all of them are lost. */
static void test_more_than_are_remembered(void **state)
{
	struct event kept, forgotten;

	(void)state;
	w.pace.never_full = true;
	w.pace.losses = KEEPALIVE_PENDING;
	w.rtt[KEEPALIVE_SMALL] = NS_PER_S;
	start();
	run(NS_PER_S);
	assert_int_equal(w.keepalive.srtt, NS_PER_S); /* four seconds are allowed */
	w.rtt[KEEPALIVE_SMALL] = LOST;
	run(NS_PER_S); /* those that were sent meanwhile are answered too */
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	for (size_t i = 0; i < KEEPALIVE_PENDING; i++) {
		keepalive_hurry(&w.keepalive);
		run(200 * MS);
	}
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	keepalive_hurry(&w.keepalive);
	assert_int_equal(keepalive_lost(&w.keepalive), KEEPALIVE_PENDING + 1);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 0);
	run(1);
	kept = reply_to(&w.echoes[w.n_echoes - KEEPALIVE_PENDING]);
	forgotten = reply_to(&w.echoes[w.n_echoes - KEEPALIVE_PENDING - 1]);
	assert_false(take(forgotten));
	assert_true(take(kept));
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
}

/* --- round trips --------------------------------------------------------------------------------------------- */

/* Longer than is allowed at first: lost, until the first answer comes; then it is waited for. */
static void test_slow(void **state)
{
	size_t before;

	(void)state;
	w.pace.never_full = true;
	w.rtt[KEEPALIVE_SMALL] = 2 * NS_PER_S;
	start();
	run(2 * NS_PER_S - 1);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 1);
	assert_int_equal(w.failed, 1500 * MS);
	run(1);
	/* no more than twice what was allowed counts: one that was held up must not blind us */
	assert_int_equal(w.keepalive.srtt, NS_PER_S);
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	run(500 * MS);
	assert_int_equal(w.keepalive.srtt, 1125 * MS);
	before = w.n_echoes;
	run(60 * NS_PER_S);
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL], 1);
	assert_in_range(w.n_echoes - before, 60 / 8, 60 / 4);
	assert_in_range(w.keepalive.srtt, 1600 * MS, 2 * NS_PER_S);
	/* four round trips apart */
	assert_in_range(last_moment() - w.moments[w.n_echoes - 2], 6400 * MS, 8 * NS_PER_S);
}

/* The same answer twice is an answer, but measures nothing and proves nothing. */
static void test_twice(void **state)
{
	(void)state;
	start();
	run(300 * MS);
	assert_int_equal(w.keepalive.srtt, 20 * MS);
	assert_true(take(reply_to(&w.echoes[0])));
	assert_int_equal(w.keepalive.srtt, 20 * MS);
	assert_int_equal(w.keepalive.flows[KEEPALIVE_SMALL].answered, 1);
	assert_int_equal(w.keepalive.heard, w.world->core.now.mono);
	assert_int_equal(w.n_answered, 3);
}

/* An older one than the newest that was answered, late: it lives, and nothing goes back. */
static void test_out_of_order(void **state)
{
	uint64_t good;

	(void)state;
	set_rtt(LOST);
	w.pace.never_full = true;
	start();
	run(600 * MS);
	assert_int_equal(w.n_echoes, 2);
	assert_true(take(reply_to(&w.echoes[1])));
	assert_int_equal(w.keepalive.flows[KEEPALIVE_SMALL].answered, 2);
	assert_int_equal(keepalive_lost(&w.keepalive), 0);
	good = w.keepalive.flows[KEEPALIVE_SMALL].good;
	assert_int_equal(good - w.begun, 500 * MS);
	run(100 * MS);
	assert_true(take(reply_to(&w.echoes[0])));
	assert_int_equal(w.keepalive.flows[KEEPALIVE_SMALL].answered, 2);
	assert_int_equal(w.keepalive.flows[KEEPALIVE_SMALL].good, good);
	assert_int_equal(w.keepalive.srtt, 100 * MS);
	assert_int_equal(w.keepalive.heard, w.world->core.now.mono);
	assert_int_equal(w.replies, 2);
}

/* --- numbers ------------------------------------------------------------------------------------------------- */

/* Small ones even, full ones odd, all one after another; over the end of sixteen bits too. */
static void test_numbers(void **state)
{
	uint16_t next;

	(void)state;
	start();
	w.keepalive.base = 0xfff0;
	w.world->n_queue = 0;
	run(20 * NS_PER_S);
	for (size_t i = 4; i < w.n_echoes; i += 2) {
		next = (uint16_t)(w.echoes[i - 2].sequence + 2);
		assert_int_equal(w.echoes[i].sequence, next);
		assert_int_equal(w.echoes[i].sequence % 2, 0);
		assert_int_equal(w.echoes[i].size, 0);
		assert_int_equal(w.echoes[i + 1].sequence, next + 1);
		assert_int_equal(w.echoes[i + 1].size, 1400);
	}
	assert_int_equal(w.n_failed[KEEPALIVE_SMALL] + w.n_failed[KEEPALIVE_FULL], 0);
	assert_true(keepalive_is_proven(&w.keepalive));
}

/* Only answers to what was asked, by this tunnel, of this peer, and since the last doubt. */
static void test_strangers(void **state)
{
	struct event event, wrong;

	(void)state;
	set_rtt(LOST);
	start();
	run(10 * MS);
	event = reply_to(&w.echoes[0]);
	wrong = event;
	wrong.value2++;
	assert_false(take(wrong));
	wrong = event;
	wrong.tunnel.index++;
	assert_false(take(wrong));
	wrong = event;
	wrong.tunnel.generation++;
	assert_false(take(wrong));
	wrong = event;
	wrong.peer = world_addr("192.0.2.9");
	assert_false(take(wrong));
	wrong = event;
	wrong.value = (uint16_t)(wrong.value + 2); /* the next one */
	assert_false(take(wrong));
	wrong = event;
	wrong.value = (uint16_t)(wrong.value - 2); /* number 0 */
	assert_false(take(wrong));
	assert_int_equal(w.replies, 0);
	assert_int_equal(w.keepalive.heard, 0);
	keepalive_doubt(&w.keepalive);
	assert_false(take(event));
	run(600 * MS);
	assert_false(take(event));
	assert_true(take(reply_to(&w.echoes[2])));
	keepalive_stop(&w.keepalive);
	assert_false(take(reply_to(&w.echoes[3])));
}

/* --- proof --------------------------------------------------------------------------------------------------- */

/* Both sizes, then without a loss. A doubt or a new start takes it away. */
static void test_proof(void **state)
{
	(void)state;
	w.rtt[KEEPALIVE_FULL] = 30 * MS;
	start();
	run(29 * MS);
	assert_false(keepalive_is_proven(&w.keepalive));
	assert_false(keepalive_is_fresh(&w.keepalive, NS_PER_S));
	assert_int_equal(w.keepalive.good_since, 0);
	run(MS);
	assert_true(keepalive_is_proven(&w.keepalive));
	assert_int_equal(w.keepalive.good_since - w.begun, 30 * MS);
	run(20 * NS_PER_S);
	assert_int_equal(w.keepalive.good_since - w.begun, 30 * MS);
	w.rtt[KEEPALIVE_FULL] = LOST;
	run(1200 * MS);
	assert_int_equal(w.keepalive.good_since, 0);
	assert_true(keepalive_is_proven(&w.keepalive));
	w.rtt[KEEPALIVE_FULL] = 30 * MS;
	run(NS_PER_S);
	assert_true(w.keepalive.good_since > w.begun + 21 * NS_PER_S);
	keepalive_doubt(&w.keepalive);
	assert_int_equal(w.keepalive.good_since, 0);
	assert_false(keepalive_is_proven(&w.keepalive));
	assert_true(w.keepalive.srtt > 0);
	run(NS_PER_S);
	assert_true(keepalive_is_proven(&w.keepalive));
	w.world->n_queue = 0;
	start();
	assert_false(keepalive_is_proven(&w.keepalive));
	assert_int_equal(w.keepalive.srtt, 0);
	assert_int_equal(w.keepalive.heard, 0);
	run(NS_PER_S);
	keepalive_stop(&w.keepalive);
	assert_false(keepalive_is_proven(&w.keepalive));
	assert_int_equal(w.world->core.timers.count, 0);
}

/* The newest answers of every size that is asked for are young enough. */
static void test_fresh(void **state)
{
	(void)state;
	start();
	run(20 * MS); /* what was answered was sent so long ago */
	assert_true(keepalive_is_fresh(&w.keepalive, 20 * MS));
	assert_false(keepalive_is_fresh(&w.keepalive, 20 * MS - 1));
	w.pace.full = false;
	keepalive_set_pace(&w.keepalive, &w.pace);
	run(NS_PER_S);
	assert_false(keepalive_is_fresh(&w.keepalive, NS_PER_S)); /* the full one is old */
	w.pace.never_full = true;
	keepalive_set_pace(&w.keepalive, &w.pace);
	assert_true(keepalive_is_fresh(&w.keepalive, NS_PER_S));
	keepalive_doubt(&w.keepalive);
	for (size_t i = 0; i < KEEPALIVE_SIZES; i++)
		w.keepalive.flows[i].good = w.world->core.now.mono;
	assert_false(keepalive_is_fresh(&w.keepalive, NS_PER_S)); /* nothing is answered */
}

/* --- pace ---------------------------------------------------------------------------------------------------- */

/* Without traffic, full ones only until one is answered. */
static void test_full_ones(void **state)
{
	size_t before;

	(void)state;
	w.pace.full = false;
	w.rtt[KEEPALIVE_FULL] = LOST;
	start();
	run(900 * MS);
	assert_int_equal(w.n_echoes, 4);
	w.rtt[KEEPALIVE_FULL] = 20 * MS;
	run(NS_PER_S); /* both at 1 s; a small one at 1.5 s */
	assert_int_equal(w.n_echoes, 7);
	w.pace.full = true;
	keepalive_set_pace(&w.keepalive, &w.pace);
	w.rtt[KEEPALIVE_FULL] = LOST;
	run(200 * MS); /* both at 2 s */
	w.pace.full = false;
	keepalive_set_pace(&w.keepalive, &w.pace);
	before = w.n_echoes;
	run(NS_PER_S); /* both at 2.5 and 3 s: what was lost must be known */
	assert_int_equal(w.n_echoes - before, 4);
}

/* Another pace is kept at once, and a stopped watch stays stopped. */
static void test_pace(void **state)
{
	(void)state;
	w.pace.interval = 5 * NS_PER_S;
	start();
	run(100 * MS);
	w.pace.interval = 500 * MS;
	keepalive_set_pace(&w.keepalive, &w.pace);
	run(400 * MS);
	assert_int_equal(w.n_echoes, 4);
	w.pace.interval = MS; /* never quicker than this */
	keepalive_set_pace(&w.keepalive, &w.pace);
	run(200 * MS - 1);
	assert_int_equal(w.n_echoes, 4);
	run(1);
	assert_int_equal(w.n_echoes, 5); /* five in a second, of all sizes */
	keepalive_stop(&w.keepalive);
	keepalive_set_pace(&w.keepalive, &w.pace);
	keepalive_hurry(&w.keepalive);
	assert_int_equal(w.world->core.timers.count, 0);
	assert_int_equal(w.n_echoes, 5);
}

/* At once, unless the last ones are too young; what it asks is waited for as the others are. */
static void test_hurry(void **state)
{
	(void)state;
	w.pace.interval = 5 * NS_PER_S;
	w.pace.losses = 1;
	start();
	run(200 * MS - 1);
	keepalive_hurry(&w.keepalive);
	assert_int_equal(w.n_echoes, 2);
	run(1);
	set_rtt(LOST);
	keepalive_hurry(&w.keepalive);
	assert_int_equal(w.n_echoes, 4);
	run(4 * NS_PER_S);
	assert_int_equal(w.failed, 700 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_more_than_are_remembered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_out_of_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strangers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_proof, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fresh, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_ones, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pace, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hurry, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
