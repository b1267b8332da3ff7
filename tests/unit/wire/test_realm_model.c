/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random realms through writer and reader, against a model that does what RFC 6521, section 4.2 says
 * by word: it keeps all strings that were ever added, and looks for every run of labels in turn.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "core/random.h"
#include "wire/realm.h"

#define ROUNDS     200000
#define ROUNDS_MAX 600 /* of one message, then the dictionary starts anew */
#define LABELS     24
#define ADDED_MAX  (ROUNDS_MAX * 2 * LABELS)

static struct random_seeded seeded;
static struct random generator = {random_seeded_fill, &seeded};

/* --- the model --------------------------------------------------------------------------------- */

static struct {
	char added[ADDED_MAX][REALM_SIZE]; /* in order; the last 128 are the dictionary */
	size_t n;
} model;

/* The lowest index under which the dictionary holds a string; -1: it does not. */
static int model_find(const char *string)
{
	size_t oldest = model.n > REALM_DICTIONARY ? model.n - REALM_DICTIONARY : 0;
	int found = -1;

	for (size_t i = oldest; i < model.n; i++) {
		int index = (int)(i % REALM_DICTIONARY);

		if (strcmp(model.added[i], string) == 0 && (found < 0 || index < found))
			found = index;
	}
	return found;
}

static void model_add(const char *string)
{
	assert_true(model.n < ADDED_MAX);
	snprintf(model.added[model.n++], REALM_SIZE, "%s", string);
}

/* Labels from..to-1 with dots between. */
static void join(char labels[][REALM_SIZE], size_t from, size_t to, char text[REALM_SIZE])
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = from; i < to; i++)
		at += (size_t)snprintf(text + at, REALM_SIZE - at, "%s%s", i > from ? "." : "",
				       labels[i]);
}

/* haaro.md, section 6.1: what a realm is written as, and what the dictionary becomes. */
static size_t model_put(char labels[][REALM_SIZE], size_t n, bool compress, uint8_t *octets)
{
	char text[REALM_SIZE];
	size_t len = 0, run = 0; /* labels run..i-1 are the longest non-matching string */

	for (size_t i = 0, j; i < n; i = j) {
		int hit = -1;

		for (j = n; compress && j > i && hit < 0; j--) {
			join(labels, i, j, text);
			hit = model_find(text);
		}
		if (hit >= 0) {
			j++; /* the loop went one further */
			octets[len++] = (uint8_t)(0x80 | hit);
			run = j;
			continue;
		}
		octets[len++] = (uint8_t)strlen(labels[i]);
		memcpy(octets + len, labels[i], strlen(labels[i]));
		len += strlen(labels[i]);
		model_add(labels[i]);
		j = i + 1;
	}
	for (size_t k = run; k + 1 < n; k++) {
		join(labels, k, n, text);
		model_add(text);
	}
	octets[len++] = 0;
	return len;
}

static void assert_dictionary(const struct realm_dictionary *dictionary)
{
	size_t oldest = model.n > REALM_DICTIONARY ? model.n - REALM_DICTIONARY : 0;

	assert_int_equal(dictionary->count, model.n);
	for (size_t i = oldest; i < model.n; i++) {
		size_t slot = i % REALM_DICTIONARY, len = strlen(model.added[i]);

		assert_int_equal(dictionary->lens[slot], len);
		assert_memory_equal(dictionary->strings[slot], model.added[i], len);
	}
	for (size_t slot = model.n; slot < REALM_DICTIONARY; slot++)
		assert_int_equal(dictionary->lens[slot], 0);
}

/* --- random realms --------------------------------------------------------------------------------- */

static size_t draw(size_t bound)
{
	return (size_t)random_below(&generator, RANDOM_JITTER, bound);
}

/*
 * A tree of names: near its root few, so that much repeats, at its leaves more than the dictionary
 * holds. Some realms are as long as can be, some labels too.
 */
static size_t draw_labels(char labels[][REALM_SIZE])
{
	static const size_t width[] = {3, 8, 40, 300};
	size_t n = draw(20) == 0 ? draw(LABELS) + 1 : draw(6);
	size_t room = REALM_SIZE - 1;

	for (size_t i = n; i-- > 0;) {
		size_t depth = n - 1 - i;
		size_t len =
			(size_t)snprintf(labels[i], REALM_SIZE, "%c%zu", 'a' + (int)(depth % 26),
					 draw(width[depth < 4 ? depth : draw(4)]));

		if (draw(200) == 0) {
			memset(labels[i] + len, 'z', REALM_LABEL_MAX - len);
			len = REALM_LABEL_MAX;
			labels[i][len] = '\0';
		}
		if (len + 1 > room) { /* the labels nearest to the root are all that fits */
			memmove(labels, labels + i + 1, (n - i - 1) * sizeof(labels[0]));
			return n - i - 1;
		}
		room -= len + 1;
	}
	return n;
}

static void round_of(struct realm_dictionary *writing, struct realm_dictionary *reading,
		     bool compress)
{
	static char labels[LABELS][REALM_SIZE];
	uint8_t expected[2 * REALM_SIZE], octets[2 * REALM_SIZE];
	struct writer writer = writer_of(octets, sizeof(octets));
	char realm[REALM_SIZE], text[REALM_SIZE];
	size_t n = draw_labels(labels);
	size_t len = model_put(labels, n, compress, expected);
	struct reader reader;

	join(labels, 0, n, realm);
	assert_int_equal(realm_put(writing, realm, compress, &writer), WIRE_OK);
	assert_int_equal(writer.len, len);
	assert_memory_equal(octets, expected, len);
	assert_true(len <= strlen(realm) + 2); /* compression never costs */
	reader = reader_of(octets, len);
	assert_int_equal(realm_take(reading, &reader, text), WIRE_OK);
	assert_int_equal(reader_left(&reader), 0);
	assert_string_equal(text, realm);
}

/* Proves: H7-114, H7-115, H7-118 */
static void test_random(void **state)
{
	static struct realm_dictionary writing, reading;
	size_t left = ROUNDS;

	(void)state;
	while (left > 0) {
		size_t n = draw(10) == 0 ? ROUNDS_MAX : 1 + draw(60);
		size_t style = draw(4); /* 0: literals only; 1: now this, now that */

		realm_dictionary_init(&writing);
		realm_dictionary_init(&reading);
		model.n = 0;
		for (size_t i = 0; i < n && left > 0; i++, left--) {
			round_of(&writing, &reading, style == 1 ? draw(2) == 0 : style > 1);
			if (i % 8 == 7 || i + 1 == n) {
				assert_dictionary(&writing);
				assert_dictionary(&reading);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

	random_seed(&seeded, 6521);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
