/* SPDX-License-Identifier: BSD-3-Clause */
/* The secrets of a correspondent: how long each is handed out and accepted, what is left of them. */
#include <string.h>

#include "auth/nonce.h"
#include "cmocka_all.h"

#define START (1000 * NS_PER_S)

static struct random_seeded seeded;
static const struct random generator = {random_seeded_fill, &seeded};
static struct nonces nonces;

static int setup(void **state)
{
	(void)state;
	random_seed(&seeded, 1);
	nonces_init(&nonces, &generator);
	return 0;
}

static bool is_zero(const void *bytes, size_t len)
{
	const uint8_t *octet = bytes;

	while (len > 0 && octet[len - 1] == 0)
		len--;
	return len == 0;
}

/* Whether anything in there is what the nonce was. */
static bool holds(const struct nonces *all, const struct nonce *nonce)
{
	return memmem(all, sizeof(*all), nonce->bytes, NONCE_SIZE) ||
	       memmem(all, sizeof(*all), nonce->key, NONCE_KEY_SIZE);
}

/* All of it is drawn: over many of them every bit of key and nonce is both. */
/* Proves: H7-036, H7-039 */
static void test_every_bit_is_drawn(void **state)
{
	uint8_t drawn[NONCE_SIZE + NONCE_KEY_SIZE], ones[sizeof(drawn)] = {0};
	uint8_t zeros[sizeof(drawn)] = {0};
	const struct nonce *nonce;

	(void)state;
	for (uint64_t i = 0; i < 64; i++) {
		nonce = nonces_current(&nonces, START + i * NONCE_PERIOD);
		memcpy(drawn, nonce->bytes, NONCE_SIZE);
		memcpy(drawn + NONCE_SIZE, nonce->key, NONCE_KEY_SIZE);
		for (size_t j = 0; j < sizeof(drawn); j++) {
			ones[j] |= drawn[j];
			zeros[j] |= (uint8_t)~drawn[j];
		}
	}
	for (size_t j = 0; j < sizeof(drawn); j++) {
		assert_int_equal(ones[j], 0xff);
		assert_int_equal(zeros[j], 0xff);
	}
}

/* Proves: H7-025, H7-026, H7-036, H7-040, H7-041 */
static void test_made_when_wanted(void **state)
{
	const struct nonce *nonce;
	struct nonce none = {0};

	(void)state;
	assert_int_equal(nonces.n, 0);
	assert_int_equal(nonces.made, 0);
	nonce = nonces_current(&nonces, START);
	assert_non_null(nonce);
	assert_int_equal(nonces.made, 1);
	assert_int_not_equal(nonce->index, 0);
	assert_int_equal(sizeof(nonce->bytes), 8);
	assert_int_equal(sizeof(nonce->key), 16);
	assert_memory_not_equal(nonce->bytes, none.bytes, 8);
	assert_memory_not_equal(nonce->key, none.key, 16);
	assert_memory_not_equal(nonce->key, nonce->bytes, 8);
}

/* Proves: H7-037, H7-038, H7-039, H7-044, H7-045 */
static void test_rotation(void **state)
{
	const struct nonce *nonce;
	struct nonce first;
	uint64_t t;

	(void)state;
	first = *nonces_current(&nonces, START);
	for (t = START; t < START + 30 * NS_PER_S; t += NS_PER_S)
		nonces_current(&nonces, t);
	nonce = nonces_current(&nonces, START + 30 * NS_PER_S - 1);
	assert_int_equal(nonces.made, 1);
	assert_memory_equal(nonce, &first, sizeof(first)); /* and its first use is the first */
	nonce = nonces_current(&nonces, START + 30 * NS_PER_S);
	assert_int_equal(nonces.made, 2);
	assert_int_equal(nonce->index, (uint16_t)(first.index + 1));
	assert_true(nonce->first_use == START + 30 * NS_PER_S);
	assert_memory_not_equal(nonce->bytes, first.bytes, NONCE_SIZE);
	assert_memory_not_equal(nonce->key, first.key, NONCE_KEY_SIZE);
	/* the old one is still known, as it was */
	nonce = nonces_find(&nonces, first.index, START + 30 * NS_PER_S);
	assert_memory_equal(nonce, &first, sizeof(first));
}

/* The life of a nonce runs from its first use, and the next one is made when it is wanted, not before. */
static void test_idle(void **state)
{
	const struct nonce *nonce;

	(void)state;
	nonces_current(&nonces, START);
	nonce = nonces_current(&nonces, START + 100 * NS_PER_S);
	assert_int_equal(nonces.made, 2);
	assert_true(nonce->first_use == START + 100 * NS_PER_S);
	assert_non_null(nonces_find(&nonces, nonce->index, START + 340 * NS_PER_S - 1));
	assert_null(nonces_find(&nonces, nonce->index, START + 340 * NS_PER_S));
}

/* Proves: H7-042, H7-043 */
static void test_bounds(void **state)
{
	const struct nonce *nonce;
	uint64_t last = START + NONCE_PERIOD - 1; /* when it is handed out last */
	uint16_t index;

	(void)state;
	index = nonces_current(&nonces, START)->index;
	nonce = nonces_current(&nonces, last);
	assert_int_equal(nonce->index, index);
	/* its last token is 30 s younger than its first, and good for 210 s all the same */
	assert_ptr_equal(nonces_find(&nonces, index, START), nonce);
	assert_ptr_equal(nonces_find(&nonces, index, last + 210 * NS_PER_S), nonce);
	assert_ptr_equal(nonces_find(&nonces, index, START + 240 * NS_PER_S - 1), nonce);
	assert_null(nonces_find(&nonces, index, START + 240 * NS_PER_S));
	assert_null(nonces_find(&nonces, index, START + 1000 * NS_PER_S));
}

/* An index that was never handed out is none: not 0, not the next, not one that is held unused. */
static void test_unknown(void **state)
{
	uint16_t index;

	(void)state;
	assert_null(nonces_find(&nonces, 0, START));
	assert_null(nonces_find(&nonces, nonces.last_index, START));
	index = nonces_current(&nonces, START)->index;
	assert_null(nonces_find(&nonces, 0, START));
	assert_null(nonces_find(&nonces, (uint16_t)(index + 1), START));
	assert_null(nonces_find(&nonces, (uint16_t)(index - 1), START));
	nonces.held[0].used = false;
	nonces.held[0].first_use = 0;
	assert_null(nonces_find(&nonces, index, 0));
	/* and its time has not begun */
	assert_true(nonces_expire(&nonces, START + 1000 * NS_PER_S) == TIME_NEVER);
	assert_true(nonces_current(&nonces, START + NS_PER_S)->first_use == START + NS_PER_S);
	assert_int_equal(nonces.made, 1);
}

/* Asked at each second for half an hour: never more than eight, and each for its 240 s. */
static void test_eight_held(void **state)
{
	uint16_t index, first = (uint16_t)(nonces.last_index + 1);
	uint64_t t, age;
	int i;

	(void)state;
	for (t = 0; t < 1800; t++) {
		nonces_current(&nonces, START + t * NS_PER_S);
		assert_int_equal(nonces.n, t / 30 < 8 ? t / 30 + 1 : 8);
		for (i = 0; i <= (int)(t / 30); i++) {
			index = (uint16_t)(first + i);
			age = t - 30 * (uint64_t)i;
			assert_int_equal(nonces_find(&nonces, index, START + t * NS_PER_S) != NULL,
					 age < 240);
		}
	}
	assert_int_equal(nonces.made, 60);
}

static void test_index_wraps(void **state)
{
	(void)state;
	nonces.last_index = 65533;
	assert_int_equal(nonces_current(&nonces, START)->index, 65534);
	assert_int_equal(nonces_current(&nonces, START + 30 * NS_PER_S)->index, 65535);
	assert_int_equal(nonces_current(&nonces, START + 60 * NS_PER_S)->index, 1);
	assert_non_null(nonces_find(&nonces, 65535, START + 60 * NS_PER_S));
	assert_non_null(nonces_find(&nonces, 1, START + 60 * NS_PER_S));
}

/* Proves: H7-035 */
static void test_new_at_each_start(void **state)
{
	struct nonces other;
	uint16_t ones = 0, zeros = 0;
	struct nonce before;
	int i;

	(void)state;
	/* nothing of the one before, and of no other home address; the index starts anywhere */
	before = *nonces_current(&nonces, START);
	for (i = 0; i < 64; i++) {
		nonces_init(&other, &generator);
		assert_int_equal(other.n, 0);
		ones |= other.last_index;
		zeros |= (uint16_t)~other.last_index;
		nonces_current(&other, START);
		assert_false(holds(&other, &before));
		before = other.held[0];
		nonces_fini(&other);
	}
	assert_int_equal(ones, 0xffff);
	assert_int_equal(zeros, 0xffff);
}

static void test_expiry_wipes(void **state)
{
	struct nonce first, second;

	(void)state;
	assert_true(nonces_expire(&nonces, START) == TIME_NEVER);
	first = *nonces_current(&nonces, START);
	second = *nonces_current(&nonces, START + 30 * NS_PER_S);
	assert_true(nonces_expire(&nonces, START + 240 * NS_PER_S - 1) == START + 240 * NS_PER_S);
	assert_true(holds(&nonces, &first));
	assert_true(nonces_expire(&nonces, START + 240 * NS_PER_S) == START + 270 * NS_PER_S);
	assert_int_equal(nonces.n, 1);
	assert_false(holds(&nonces, &first));
	assert_true(holds(&nonces, &second));
	assert_true(is_zero(nonces.held + 1, sizeof(nonces.held) - sizeof(nonces.held[0])));
	assert_true(nonces_expire(&nonces, START + 270 * NS_PER_S) == TIME_NEVER);
	assert_int_equal(nonces.n, 0);
	assert_true(is_zero(nonces.held, sizeof(nonces.held)));
	/* the index goes on */
	assert_int_equal(nonces_current(&nonces, START + 300 * NS_PER_S)->index,
			 (uint16_t)(second.index + 1));
}

/* Nobody called nonces_expire(): the ninth takes the place of the first, of which nothing is left. */
static void test_eviction_wipes(void **state)
{
	struct nonce first, second;
	uint64_t i;

	(void)state;
	first = *nonces_current(&nonces, START);
	second = *nonces_current(&nonces, START + 30 * NS_PER_S);
	for (i = 2; i < 8; i++)
		nonces_current(&nonces, START + i * 30 * NS_PER_S);
	assert_int_equal(nonces.n, 8);
	assert_true(holds(&nonces, &first));
	nonces_current(&nonces, START + 240 * NS_PER_S);
	assert_int_equal(nonces.n, 8);
	assert_false(holds(&nonces, &first));
	assert_memory_equal(&nonces.held[0], &second, sizeof(second));
}

static void test_fini_wipes(void **state)
{
	(void)state;
	nonces_current(&nonces, START);
	nonces_fini(&nonces);
	assert_true(is_zero(&nonces, sizeof(nonces)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_bit_is_drawn, setup),
		cmocka_unit_test_setup(test_made_when_wanted, setup),
		cmocka_unit_test_setup(test_rotation, setup),
		cmocka_unit_test_setup(test_idle, setup),
		cmocka_unit_test_setup(test_bounds, setup),
		cmocka_unit_test_setup(test_unknown, setup),
		cmocka_unit_test_setup(test_eight_held, setup),
		cmocka_unit_test_setup(test_index_wraps, setup),
		cmocka_unit_test_setup(test_new_at_each_start, setup),
		cmocka_unit_test_setup(test_expiry_wipes, setup),
		cmocka_unit_test_setup(test_eviction_wipes, setup),
		cmocka_unit_test_setup(test_fini_wipes, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
