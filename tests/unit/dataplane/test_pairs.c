/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of pairs by itself: what it keeps of many, and how samples lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/forwarding.h"

#include "pairs.h"

static struct pair_table *make(void)
{
	struct pair_table *table = aligned_alloc(64, sizeof(*table));

	assert_non_null(table);
	memset(table, 0, sizeof(*table));
	pair_table_init(table, 0);
	return table;
}

static struct pair pair_number(uint32_t i)
{
	return (struct pair){.from = i, .to = i + 1, .from_generation = 1, .to_generation = 2};
}

/* How often a pair was sampled since it is kept; 0: it is not kept. */
static uint64_t samples_of(const struct pair_table *table, const struct pair *wanted)
{
	uint64_t samples, found = 0;
	struct pair pair;

	for (uint32_t i = 0; i < PAIRS_MAX; i++) {
		if (!pair_table_read(table, i, &pair, &samples) || pair.from != wanted->from ||
		    pair.to != wanted->to || pair.from_generation != wanted->from_generation ||
		    pair.to_generation != wanted->to_generation)
			continue;
		assert_int_equal(found, 0); /* once */
		found = samples;
	}
	return found;
}

static void test_few_are_counted_exactly(void **state)
{
	struct pair_table *table = make();

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		for (uint32_t n = 0; n <= i; n++) {
			struct pair pair = pair_number(i);

			pair_table_count(table, &pair);
		}
	for (uint32_t i = 0; i < 100; i++) {
		struct pair pair = pair_number(i), other = pair;
		uint64_t samples = samples_of(table, &pair);

		assert_true(samples == i + 1 || samples < 5); /* five may meet in a set */
		other.from_generation++; /* another router with the same index */
		assert_int_equal(samples_of(table, &other), 0);
		other = pair;
		other.to_generation++;
		assert_int_equal(samples_of(table, &other), 0);
	}
	free(table);
}

static void test_extremes_fit(void **state)
{
	struct pair_table *table = make();
	const struct pair extremes[] = {
		{.from = 0, .to = FWD_ID_MAX, .from_generation = 0, .to_generation = 255},
		{.from = FWD_ID_MAX, .to = 0, .from_generation = 255, .to_generation = 0},
		{.from = 0, .to = 1},
		{.from = 1, .to = 0},
	};

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		pair_table_count(table, &extremes[i]);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(samples_of(table, &extremes[i]), 1);
	free(table);
}

/* Among many times more pairs than there is room for, those that talk most are kept; when they have
 * fallen silent, others are. */
static void test_the_busiest_are_kept(void **state)
{
	enum { BUSY = 40, CROWD = 100000, ROUNDS = 20000, PER_ROUND = 10 };
	struct pair_table *table = make();
	uint32_t base = 0, crowd = 0;
	unsigned int kept;

	(void)state;
	for (unsigned int phase = 0; phase < 3; phase++, base += 1000) {
		for (unsigned int round = 0; round < ROUNDS; round++) {
			struct pair pair = pair_number(base + round % BUSY);

			pair_table_count(table, &pair);
			for (unsigned int i = 0; i < PER_ROUND; i++) {
				pair = pair_number(100000 + crowd++ * 7919 % CROWD);
				pair_table_count(table, &pair);
			}
		}
		kept = 0;
		for (uint32_t i = 0; i < BUSY; i++) {
			struct pair pair = pair_number(base + i);

			kept += samples_of(table, &pair) > ROUNDS / BUSY / 2;
		}
		assert_true(kept >= BUSY - 2);
		for (uint32_t i = 0; phase > 0 && i < BUSY; i++) {
			struct pair pair = pair_number(base - 1000 + i);

			assert_int_equal(samples_of(table, &pair), 0);
		}
	}
	free(table);
}

/* One of each FWD_PAIR_SAMPLE packets, at every place alike, so that no period hides or stands out. */
static void test_gaps(void **state)
{
	enum { N = 100000 };
	unsigned int places[FWD_PAIR_SAMPLE] = {0}, in_step = 0;
	struct pair_table *table = make();
	uint32_t at = table->next, last = FWD_PAIR_SAMPLE;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(at / FWD_PAIR_SAMPLE, i);
		places[at % FWD_PAIR_SAMPLE]++;
		in_step += at % FWD_PAIR_SAMPLE == last;
		last = at % FWD_PAIR_SAMPLE;
		at += pair_table_gap(table);
	}
	for (unsigned int place = 0; place < FWD_PAIR_SAMPLE; place++)
		assert_in_range(places[place], N / FWD_PAIR_SAMPLE / 2, N / FWD_PAIR_SAMPLE * 2);
	assert_in_range(in_step, N / FWD_PAIR_SAMPLE / 2, N / FWD_PAIR_SAMPLE * 2);
	free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_are_counted_exactly),
		cmocka_unit_test(test_extremes_fit),
		cmocka_unit_test(test_the_busiest_are_kept),
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
