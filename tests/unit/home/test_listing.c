/* SPDX-License-Identifier: BSD-3-Clause */
/* Who comes next in a listing: found without a look at each member, against a look at each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "home/listing.h"

#define MEMBERS 9000
#define CHUNKS  ((MEMBERS + LISTING_CHUNK - 1) / LISTING_CHUNK)

/* Of the test that runs. */
static struct listing_chunk chunks[CHUNKS];
static uint64_t busy[(CHUNKS + 63) / 64];
static bool listed[MEMBERS];

static void set(uint32_t member)
{
	uint32_t index = member / LISTING_CHUNK;

	listed[member] = true;
	chunks[index].listed |= UINT32_C(1) << member % LISTING_CHUNK;
	busy[index / 64] |= UINT64_C(1) << index % 64;
}

static void clear(void)
{
	memset(chunks, 0, sizeof(chunks));
	memset(busy, 0, sizeof(busy));
	memset(listed, 0, sizeof(listed));
}

static void assert_all_found(const struct listing *listing)
{
	uint32_t expected = LISTING_NONE;

	assert_int_equal(listing_next(listing, listing->n_members), LISTING_NONE);
	assert_int_equal(listing_next(listing, listing->n_members + 100000), LISTING_NONE);
	for (uint32_t member = listing->n_members; member-- > 0;) {
		if (listed[member])
			expected = member;
		assert_int_equal(listing_next(listing, member), expected);
	}
}

static void nobody_at_all(void **state)
{
	struct listing listing = {.chunks = chunks, .busy = busy};

	(void)state;
	clear();
	assert_int_equal(listing_next(&listing, 0), LISTING_NONE);
	listing.n_members = MEMBERS;
	assert_all_found(&listing);
}

/* One alone, at each place where chunks and words of chunks begin and end. */
static void one_alone(void **state)
{
	static const uint32_t members[] = {0,    31,   32,   63,   2015, 2016,       2047,
					   2048, 2079, 4095, 4096, 8191, MEMBERS - 1};
	struct listing listing = {.chunks = chunks, .busy = busy, .n_members = MEMBERS};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		clear();
		set(members[i]);
		assert_all_found(&listing);
	}
}

static void few_and_many(void **state)
{
	(void)state;
	srandom(1);
	for (uint32_t n = 1; n < 4000; n *= 3) {
		struct listing listing = {.chunks = chunks, .busy = busy};

		clear();
		listing.n_members = MEMBERS - n;
		for (uint32_t i = 0; i < n; i++)
			set((uint32_t)random() % listing.n_members);
		assert_all_found(&listing);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_at_all),
		cmocka_unit_test(one_alone),
		cmocka_unit_test(few_and_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
