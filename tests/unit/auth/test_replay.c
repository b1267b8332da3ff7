/* SPDX-License-Identifier: BSD-3-Clause */
/* Replay protection, row by row of mip4-base section 7, both sides, across 2036. */
#include "auth/replay.h"
#include "cmocka_all.h"

#define TOLERANCE 7
#define WALL      1790000000 /* September 2026, seconds */
#define ERA       2085978496 /* 2036-02-07T06:28:16Z */
#define LOW       0x12345678

static struct random_seeded seeded;
static struct random generator = {random_seeded_fill, &seeded};
static struct ntp_clock hub_clock;
static struct replay_state hub;
static const struct replay_rules rules = {
	.clock = &hub_clock,
	.tolerance = TOLERANCE * NS_PER_S,
	.random = &generator,
};

static struct now now;

/* A hub that has run for a minute, so that its start no longer matters. */
static void start_at(uint64_t wall)
{
	random_seed(&seeded, 1);
	now = (struct now){0, (wall - 60) * NS_PER_S};
	ntp_clock_init(&hub_clock, &now);
	now = (struct now){60 * NS_PER_S, wall * NS_PER_S};
	ntp_clock_update(&hub_clock, &now);
	hub = (struct replay_state){0};
}

static uint64_t id_of(int64_t unix_seconds)
{
	return (uint64_t)(uint32_t)(unix_seconds + (int64_t)NTP_UNIX_OFFSET) << 32 | LOW;
}

static enum replay_result check(uint64_t id, uint64_t *reply)
{
	return replay_check(&rules, CONF_REPLAY_TIMESTAMPS, &hub, &now, id, reply);
}

static void accept_id(uint64_t id)
{
	struct ip_addr source = addr_v4(inet_addr("203.0.113.30"));

	replay_accept(&hub, &now, id, &source, 434);
}

static void assert_refused(enum replay_result result, int64_t told, uint64_t id)
{
	uint64_t reply;

	assert_int_equal(check(id, &reply), result);
	assert_true(reply == id_of(told));
}

/* Each row in an ordinary time, and where the seconds wrap between the two ends. */
static void test_tolerance(void **state)
{
	static const int64_t times[] = {WALL, ERA - 3, ERA, ERA + 3};
	uint64_t reply;
	size_t i;
	int64_t t;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		t = times[i];
		start_at((uint64_t)t);
		assert_int_equal(check(id_of(t), &reply), REPLAY_FRESH);
		assert_true(reply == id_of(t));
		assert_int_equal(check(id_of(t - TOLERANCE), &reply), REPLAY_FRESH);
		assert_int_equal(check(id_of(t + TOLERANCE), &reply), REPLAY_FRESH);
		assert_refused(REPLAY_OUTSIDE, t, id_of(t - TOLERANCE - 1));
		assert_refused(REPLAY_OUTSIDE, t, id_of(t + TOLERANCE + 1));
		assert_refused(REPLAY_OUTSIDE, t, id_of(t + INT32_MAX));
		assert_refused(REPLAY_OUTSIDE, t, id_of(t + INT32_MAX + INT64_C(1)));
		assert_refused(REPLAY_OUTSIDE, t, id_of(t + INT32_MAX + INT64_C(2)));
	}
}

static void test_newer_only(void **state)
{
	static const int64_t times[] = {WALL, ERA - 3, ERA, ERA + 3};
	uint64_t reply;
	size_t i;
	int64_t t;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		t = times[i];
		start_at((uint64_t)t);
		accept_id(id_of(t - 3));
		assert_int_equal(check(id_of(t - 3), &reply), REPLAY_SAME);
		assert_true(reply == id_of(t - 3));
		assert_int_equal(check(id_of(t - 3) + 1, &reply), REPLAY_FRESH);
		assert_int_equal(check(id_of(t - 3) - 1, &reply), REPLAY_OLD);
		assert_refused(REPLAY_OLD, t, id_of(t - 4));
		/* checked, not accepted: nothing is remembered */
		assert_int_equal(check(id_of(t + 1), &reply), REPLAY_FRESH);
		assert_int_equal(check(id_of(t), &reply), REPLAY_FRESH);
		assert_true(hub.last == id_of(t - 3));
	}
}

/* A request equal to the last accepted is one whatever its age: the answer may have been lost. */
static void test_same(void **state)
{
	uint64_t reply;

	(void)state;
	start_at(WALL);
	accept_id(id_of(WALL));
	now.mono += 100 * NS_PER_S;
	now.wall += 100 * NS_PER_S;
	assert_int_equal(check(id_of(WALL), &reply), REPLAY_SAME);
	assert_true(replay_refuse_same(&rules, CONF_REPLAY_TIMESTAMPS, &hub, &now, id_of(WALL)) ==
		    id_of(WALL + 100));
}

/* The second guard: accepted at a time that is still to come for us. */
static void test_last_in_the_future(void **state)
{
	uint64_t reply;

	(void)state;
	start_at(WALL);
	accept_id(id_of(WALL + 3600));
	assert_refused(REPLAY_OUTSIDE, WALL + 3601, id_of(WALL));
	assert_refused(REPLAY_OLD, WALL + 3601, id_of(WALL + 3599));
	assert_int_equal(check(id_of(WALL + 3601), &reply), REPLAY_FRESH);
	assert_int_equal(check(id_of(WALL + 3601 + TOLERANCE), &reply), REPLAY_FRESH);
	assert_refused(REPLAY_OUTSIDE, WALL + 3601, id_of(WALL + 3602 + TOLERANCE));
	/* once the time has come, it is the measure again */
	now.mono += 3700 * NS_PER_S;
	now.wall += 3700 * NS_PER_S;
	assert_refused(REPLAY_OUTSIDE, WALL + 3700, id_of(WALL + 3601));
	assert_int_equal(check(id_of(WALL + 3700), &reply), REPLAY_FRESH);
}

static void test_before_start(void **state)
{
	uint64_t reply;

	(void)state;
	random_seed(&seeded, 1);
	hub = (struct replay_state){0};
	now = (struct now){1000 * NS_PER_S, WALL * NS_PER_S + NS_PER_S / 2};
	ntp_clock_init(&hub_clock, &now);
	assert_int_equal(check(hub_clock.started - 1, &reply), REPLAY_BEFORE_START);
	assert_int_equal(ntp_seconds(reply), ntp_seconds(hub_clock.started));
	assert_int_equal(check(hub_clock.started, &reply), REPLAY_FRESH);
	/* one router's last is remembered: its own is the measure */
	accept_id(id_of(WALL - 2));
	assert_int_equal(check(hub_clock.started - 1, &reply), REPLAY_FRESH);
	hub = (struct replay_state){0};
	now.mono += 2 * TOLERANCE * NS_PER_S - 1;
	assert_int_equal(check(hub_clock.started - 1, &reply), REPLAY_OUTSIDE);
	assert_int_equal(check(id_of(WALL + TOLERANCE), &reply), REPLAY_FRESH);
}

/*
 * A correspondent's guard is as long as a nonce lives, whatever the tolerance: a hub of a large one
 * would take what is older. Its end is exact, and no state that remembers nothing is past it.
 */
static void test_start_guard(void **state)
{
	struct replay_rules guarded = rules;
	uint64_t old, reply;

	(void)state;
	random_seed(&seeded, 1);
	guarded.tolerance = 255 * NS_PER_S;
	guarded.start_guard = 240 * NS_PER_S;
	now = (struct now){1000 * NS_PER_S, WALL * NS_PER_S + NS_PER_S / 2};
	ntp_clock_init(&hub_clock, &now);
	old = hub_clock.started - 1;
	now.mono += 240 * NS_PER_S - 1;
	hub = (struct replay_state){0};
	assert_int_equal(replay_check(&guarded, CONF_REPLAY_TIMESTAMPS, &hub, &now, old, &reply),
			 REPLAY_BEFORE_START);
	assert_int_equal(ntp_seconds(reply), ntp_seconds(id_of(WALL + 240)));
	assert_int_equal(
		replay_check(&guarded, CONF_REPLAY_TIMESTAMPS, &hub, &now, old + 1, &reply),
		REPLAY_FRESH);
	/* checked, not accepted: the next old one is as old */
	assert_int_equal(replay_check(&guarded, CONF_REPLAY_TIMESTAMPS, &hub, &now, old, &reply),
			 REPLAY_BEFORE_START);
	now.mono += 1;
	assert_int_equal(replay_check(&guarded, CONF_REPLAY_TIMESTAMPS, &hub, &now, old, &reply),
			 REPLAY_FRESH);
	/* 0 is twice the tolerance */
	guarded.start_guard = 0;
	assert_int_equal(replay_check(&guarded, CONF_REPLAY_TIMESTAMPS, &hub, &now, old, &reply),
			 REPLAY_BEFORE_START);
}

/* The wall clock goes back an hour: nobody is refused, because our clock doesn't. */
static void test_clock_back(void **state)
{
	uint64_t reply;

	(void)state;
	start_at(WALL);
	accept_id(id_of(WALL - 1));
	now.wall -= 3600 * NS_PER_S;
	ntp_clock_update(&hub_clock, &now);
	assert_int_equal(check(id_of(WALL + 1), &reply), REPLAY_FRESH);
}

static void test_nonces(void **state)
{
	uint64_t reply, next;

	(void)state;
	start_at(WALL);
	/* nothing handed out yet: the first is told one */
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, LOW, &reply),
			 REPLAY_WRONG_NONCE);
	assert_int_equal((uint32_t)reply, LOW);
	next = (reply & ~UINT64_C(0xffffffff)) | 77;
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, next, &reply),
			 REPLAY_FRESH);
	assert_int_equal((uint32_t)reply, 77);
	assert_int_not_equal(ntp_seconds(reply), ntp_seconds(next));
	accept_id(next);
	/* the same again: the same answer */
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, next, &reply),
			 REPLAY_SAME);
	assert_int_equal(ntp_seconds(reply), hub.nonce);
	/* each nonce is good once */
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, next + 1, &reply),
			 REPLAY_WRONG_NONCE);
	assert_int_equal(ntp_seconds(reply), hub.nonce);
	next = replay_refuse_same(&rules, CONF_REPLAY_NONCES, &hub, &now, 5);
	assert_int_equal((uint32_t)next, 5);
	assert_int_equal(ntp_seconds(next), hub.nonce);
	assert_int_not_equal(ntp_seconds(next), ntp_seconds(reply));
}

static void test_duplicates(void **state)
{
	struct ip_addr source = addr_v4(inet_addr("203.0.113.30"));
	struct ip_addr other = addr_v4(inet_addr("203.0.113.31"));

	(void)state;
	start_at(WALL);
	accept_id(id_of(WALL));
	assert_false(replay_duplicate_is_due(&hub, &now, &source, 434)); /* answered just now */
	now.mono += NS_PER_S - 1;
	assert_false(replay_duplicate_is_due(&hub, &now, &source, 434));
	now.mono += 1;
	assert_false(replay_duplicate_is_due(&hub, &now, &other, 434));
	assert_false(replay_duplicate_is_due(&hub, &now, &source, 435));
	assert_true(replay_duplicate_is_due(&hub, &now, &source, 434));
	assert_false(replay_duplicate_is_due(&hub, &now, &source, 434));
}

/* --- the mobile router's side ---------------------------------------------------------------- */

static void test_client_increases(void **state)
{
	struct replay_client client;
	uint64_t last, id;
	int i;

	(void)state;
	start_at(WALL);
	replay_client_init(&client, CONF_REPLAY_TIMESTAMPS);
	last = replay_client_next(&client, &now, &generator);
	assert_int_equal(ntp_seconds(last), ntp_seconds(id_of(WALL)));
	for (i = 0; i < 1000; i++) { /* in the same instant, and with a wall clock that runs back */
		now.wall -= NS_PER_S;
		id = replay_client_next(&client, &now, &generator);
		assert_true((int64_t)(id - last) > 0);
		last = id;
	}
	now.mono += 100 * NS_PER_S;
	id = replay_client_next(&client, &now, &generator);
	assert_int_equal(ntp_seconds(id), ntp_seconds(id_of(WALL + 100)));
}

static void test_client_low_bits(void **state)
{
	struct replay_client client;
	uint64_t ones = 0, zeros = 0, id;
	int i;

	(void)state;
	start_at(WALL);
	replay_client_init(&client, CONF_REPLAY_TIMESTAMPS);
	for (i = 0; i < 64; i++) {
		now.mono += NS_PER_S;
		id = replay_client_next(&client, &now, &generator);
		ones |= id;
		zeros |= ~id;
	}
	assert_int_equal(ones & 0xfffff, 0xfffff);
	assert_int_equal(zeros & 0xfffff, 0xfffff);
}

/* However far apart the clocks are: one refusal, then accepted. */
static void test_resync(void **state)
{
	static const int64_t apart[] = {-86400, -3600, -8, 8, 3600, 86400, 1600000000};
	struct replay_client client;
	struct now own;
	uint64_t id, reply;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
		start_at(WALL);
		own = (struct now){5, (uint64_t)((int64_t)now.wall - apart[i] * 1000000000)};
		replay_client_init(&client, CONF_REPLAY_TIMESTAMPS);
		id = replay_client_next(&client, &own, &generator);
		assert_int_equal(check(id, &reply), REPLAY_OUTSIDE);
		replay_client_handle_reply(&client, &own, reply, true);
		assert_true(replay_client_offset(&client, &own) == apart[i]);
		own.mono += NS_PER_S;
		own.wall += NS_PER_S;
		now.mono += NS_PER_S;
		now.wall += NS_PER_S;
		id = replay_client_next(&client, &own, &generator);
		assert_int_equal(check(id, &reply), REPLAY_FRESH);
		assert_true(replay_client_offset(&client, &own) == apart[i]);
		replay_client_handle_reply(&client, &own, reply, false);
		assert_true(replay_client_offset(&client, &own) == apart[i]);
	}
}

/* The hub restarts an hour back, and forgets: its time is taken, even though it is the past. */
static void test_resync_back(void **state)
{
	struct replay_client client;
	uint64_t id, reply;
	struct now own;

	(void)state;
	start_at(WALL);
	own = now;
	replay_client_init(&client, CONF_REPLAY_TIMESTAMPS);
	replay_client_next(&client, &own, &generator);
	start_at(WALL - 3600);
	id = replay_client_next(&client, &own, &generator);
	assert_int_equal(check(id, &reply), REPLAY_OUTSIDE);
	replay_client_handle_reply(&client, &own, reply, true);
	id = replay_client_next(&client, &own, &generator);
	assert_int_equal(check(id, &reply), REPLAY_FRESH);
}

static void test_client_nonces(void **state)
{
	struct replay_client client;
	uint64_t id, reply;

	(void)state;
	start_at(WALL);
	replay_client_init(&client, CONF_REPLAY_NONCES);
	id = replay_client_next(&client, &now, &generator);
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, id, &reply),
			 REPLAY_WRONG_NONCE);
	replay_client_handle_reply(&client, &now, reply, true);
	id = replay_client_next(&client, &now, &generator);
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, id, &reply),
			 REPLAY_FRESH);
	replay_client_handle_reply(&client, &now, reply, false);
	id = replay_client_next(&client, &now, &generator);
	assert_int_equal(replay_check(&rules, CONF_REPLAY_NONCES, &hub, &now, id, &reply),
			 REPLAY_FRESH);
	assert_true(replay_client_offset(&client, &now) == 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(replay_result_name(REPLAY_WRONG_NONCE),
			    "not the nonce that was handed out");
	assert_string_equal(replay_result_name(REPLAY_RESULT_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tolerance),
		cmocka_unit_test(test_newer_only),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_last_in_the_future),
		cmocka_unit_test(test_before_start),
		cmocka_unit_test(test_start_guard),
		cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_nonces),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_client_increases),
		cmocka_unit_test(test_client_low_bits),
		cmocka_unit_test(test_resync),
		cmocka_unit_test(test_resync_back),
		cmocka_unit_test(test_client_nonces),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
