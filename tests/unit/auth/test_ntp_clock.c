/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock that never runs back: steps forward and back, slewing, the end of the NTP era. */
#include "auth/ntp_clock.h"
#include "cmocka_all.h"

#define HOUR time_seconds(3600)
#define WALL time_seconds(1790000000) /* September 2026 */

static struct now at(uint64_t mono, uint64_t wall)
{
	return (struct now){mono, wall};
}

static void test_format(void **state)
{
	(void)state;
	assert_true(ntp_from_unix(0) == UINT64_C(2208988800) << 32);
	assert_true(ntp_from_unix(500000000) == (UINT64_C(2208988800) << 32 | 0x80000000));
	assert_true(ntp_from_unix(999999999) == (UINT64_C(2208988800) << 32 | 0xfffffffb));
	/* 2036-02-07T06:28:16Z: the seconds begin again */
	assert_true(ntp_from_unix(time_seconds(2085978495)) == UINT64_C(0xffffffff) << 32);
	assert_true(ntp_from_unix(time_seconds(2085978496)) == 0);
	assert_int_equal(ntp_seconds(ntp_from_unix(time_seconds(2085978497))), 1);
}

static void test_steady(void **state)
{
	struct now now = at(5 * NS_PER_S, WALL);
	struct ntp_clock clock;

	(void)state;
	ntp_clock_init(&clock, &now);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(WALL));
	assert_true(clock.started == ntp_from_unix(WALL));
	now = at(now.mono + HOUR, now.wall + HOUR);
	assert_true(ntp_clock_update(&clock, &now) == 0);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(WALL + HOUR));
	/* drift under a second is followed, without a word */
	now.wall += NS_PER_S - 1;
	assert_true(ntp_clock_update(&clock, &now) == 0);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(now.wall));
}

static void test_forward(void **state)
{
	struct now now = at(0, WALL);
	struct ntp_clock clock;

	(void)state;
	ntp_clock_init(&clock, &now);
	now = at(NS_PER_S, WALL + NS_PER_S + NS_PER_S);
	assert_true(ntp_clock_update(&clock, &now) == (int64_t)NS_PER_S);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(now.wall));
	assert_true(ntp_clock_update(&clock, &now) == 0);
}

/* An hour back: told once, not taken, lost at 500 ppm: 3 600 s in 7 200 000 s. */
static void test_back(void **state)
{
	struct now now = at(0, WALL);
	struct ntp_clock clock;
	uint64_t before;

	(void)state;
	ntp_clock_init(&clock, &now);
	before = ntp_clock_read(&clock, &now);
	now.wall -= HOUR;
	assert_true(ntp_clock_update(&clock, &now) == -(int64_t)HOUR);
	assert_true(ntp_clock_read(&clock, &now) == before);
	now = at(time_seconds(2000), now.wall + time_seconds(2000));
	assert_true(ntp_clock_update(&clock, &now) == 0);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(WALL + time_seconds(1999)));
	now = at(2000 * HOUR, now.wall - time_seconds(2000) + 2000 * HOUR);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(now.wall));
	now = at(3000 * HOUR, now.wall + 1000 * HOUR);
	assert_true(ntp_clock_update(&clock, &now) == 0);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(now.wall));
}

/* Back an hour and forward again: a step that does not reach our clock leaves it alone. */
static void test_back_and_forth(void **state)
{
	struct now now = at(0, WALL);
	struct ntp_clock clock;

	(void)state;
	ntp_clock_init(&clock, &now);
	now.wall -= HOUR;
	assert_true(ntp_clock_update(&clock, &now) == -(int64_t)HOUR);
	now.wall += HOUR / 2;
	assert_true(ntp_clock_update(&clock, &now) == (int64_t)(HOUR / 2));
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(WALL));
	now.wall += HOUR;
	assert_true(ntp_clock_update(&clock, &now) == (int64_t)HOUR);
	assert_true(ntp_clock_read(&clock, &now) == ntp_from_unix(now.wall));
}

/* Whatever the wall clock does, and however often we look. */
static void test_never_back(void **state)
{
	uint64_t noise = 88172645463325252ULL;
	struct now now = at(0, WALL);
	struct ntp_clock clock;
	uint64_t last, read;
	int i;

	(void)state;
	ntp_clock_init(&clock, &now);
	last = ntp_clock_read(&clock, &now);
	for (i = 0; i < 100000; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		now.mono += noise % 5000000;
		now.wall += noise % 5000000;
		if (noise % 100 == 0)
			now.wall += (noise >> 32) % (2 * NS_PER_S) - NS_PER_S;
		read = ntp_clock_read(&clock, &now);
		assert_true((int64_t)(read - last) >= 0);
		last = read;
		ntp_clock_update(&clock, &now);
		read = ntp_clock_read(&clock, &now);
		assert_true((int64_t)(read - last) >= 0);
		last = read;
	}
}

/* Looking often must not stop the slewing. */
static void test_slews_however_often_it_is_looked_at(void **state)
{
	struct now now = at(0, WALL);
	struct ntp_clock clock;
	uint64_t i;

	(void)state;
	ntp_clock_init(&clock, &now);
	now.wall -= HOUR;
	ntp_clock_update(&clock, &now);
	for (i = 0; i < 1000000; i++) {
		now.mono += 1000;
		now.wall += 1000;
		ntp_clock_update(&clock, &now);
	}
	assert_true(ntp_clock_read(&clock, &now) ==
		    ntp_from_unix(WALL + NS_PER_S - NS_PER_S / 2000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_back_and_forth),
		cmocka_unit_test(test_never_back),
		cmocka_unit_test(test_slews_however_often_it_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
