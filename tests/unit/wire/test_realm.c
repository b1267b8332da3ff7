/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realms: the reference run of haaro.md, section 6.3, the rollover, every bound, and what no reader
 * may take. test_realm_model.c has the random ones.
 */
#include <stdio.h>

#include "cmocka_all.h"
#include "hex.h"
#include "wire/realm.h"

static struct realm_dictionary writing, reading;
static uint8_t bytes[1024];

static int setup(void **state)
{
	(void)state;
	realm_dictionary_init(&writing);
	realm_dictionary_init(&reading);
	return 0;
}

static void assert_entry(const struct realm_dictionary *dictionary, size_t slot, const char *string)
{
	assert_int_equal(dictionary->lens[slot], strlen(string));
	assert_memory_equal(dictionary->strings[slot], string, strlen(string));
}

/* Puts a realm, expects these octets, and takes it from them. Returns how many there were. */
static size_t put_and_take(const char *realm, bool compress, const char *hex)
{
	uint8_t expected[512];
	size_t len = hex_read(hex, expected, sizeof(expected));
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct reader reader;
	char text[REALM_SIZE];

	assert_int_equal(realm_put(&writing, realm, compress, &writer), WIRE_OK);
	assert_int_equal(writer.len, len);
	assert_memory_equal(bytes, expected, len);
	reader = reader_of(bytes, len);
	assert_int_equal(realm_take(&reading, &reader, text), WIRE_OK);
	assert_string_equal(text, realm);
	assert_int_equal(reader_left(&reader), 0);
	assert_int_equal(writing.count, reading.count);
	return len;
}

/* Takes a realm as the octets say: how that ends. */
static enum wire_result take(const char *hex, char text[REALM_SIZE])
{
	struct reader reader = reader_of(bytes, hex_read(hex, bytes, sizeof(bytes)));

	return realm_take(&reading, &reader, text);
}

/* Proves: H7-118 */
static void test_reference_run(void **state)
{
	static const char *const dictionary[] = {"foo",         "example", "com", "foo.example.com",
						 "example.com", "bar",     "buz", "org"};
	size_t n = 0;

	(void)state;
	n += put_and_take("foo.example.com", true,
			  "03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00");
	n += put_and_take("bar.foo.example.com", true, "03 62 61 72 83 00");
	n += put_and_take("buz.foo.example.org", true, "03 62 75 7a 80 81 03 6f 72 67 00");
	n += put_and_take("example.com", true, "84 00");
	n += put_and_take("bar.example.com.org", true, "85 84 87 00");
	assert_int_equal(n, 40);
	assert_int_equal(n - 5, 35); /* without end marks, as the RFC counts */
	assert_int_equal(writing.count, 8);
	for (size_t i = 0; i < 8; i++) {
		assert_entry(&writing, i, dictionary[i]);
		assert_entry(&reading, i, dictionary[i]);
	}
	assert_int_equal(writing.lens[8], 0);
	assert_int_equal(reading.lens[8], 0);
}

/* The 129th string takes the place of the first. */
/* Proves: H7-114, H7-115 */
static void test_rollover(void **state)
{
	char realm[8], hex[32];

	(void)state;
	for (unsigned int i = 0; i < REALM_DICTIONARY; i++) {
		int n = snprintf(realm, sizeof(realm), "h%u", i);

		n = snprintf(hex, sizeof(hex), "%02x", n);
		for (const char *c = realm; *c != '\0'; c++)
			n += snprintf(hex + n, sizeof(hex) - (size_t)n, "%02x", (unsigned char)*c);
		snprintf(hex + n, sizeof(hex) - (size_t)n, "00");
		put_and_take(realm, true, hex);
	}
	put_and_take("h0", true, "80 00");
	put_and_take("h127", true, "ff 00");
	put_and_take("h128", true, "04 68 31 32 38 00");
	assert_entry(&reading, 0, "h128");
	put_and_take("h128", true, "80 00");
	put_and_take("h1", true, "81 00");
	put_and_take("h0", true, "02 68 30 00");
	assert_entry(&reading, 1, "h0");
	put_and_take("h2", true, "82 00");
	assert_int_equal(reading.count, 130);
}

/* Without compression: literals only, though the dictionary would know; it fills as before. */
static void test_uncompressed(void **state)
{
	(void)state;
	put_and_take("a.b", false, "01 61 01 62 00");
	put_and_take("a.b", false, "01 61 01 62 00");
	assert_int_equal(reading.count, 6);
	for (size_t i = 0; i < 6; i += 3) {
		assert_entry(&reading, i, "a");
		assert_entry(&reading, i + 1, "b");
		assert_entry(&reading, i + 2, "a.b");
	}
	/* and who compresses behind it finds what was said, in its lowest place */
	put_and_take("a.b.c", true, "82 01 63 00");
	assert_int_equal(reading.count, 7);
}

/* A literal that is known is added again (A35); an index throws the run before it away (A36). */
static void test_additions(void **state)
{
	char text[REALM_SIZE];

	(void)state;
	assert_int_equal(take("01 61 00", text), WIRE_OK);
	assert_int_equal(take("01 61 00", text), WIRE_OK);
	assert_int_equal(reading.count, 2);
	assert_int_equal(take("01 62 01 63 80 00", text), WIRE_OK);
	assert_string_equal(text, "b.c.a");
	assert_int_equal(reading.count, 4);
	assert_int_equal(take("01 62 80 01 64 01 65 01 66 00", text), WIRE_OK);
	assert_string_equal(text, "b.a.d.e.f");
	assert_int_equal(reading.count, 4 + 4 + 2);
	assert_entry(&reading, 8, "d.e.f");
	assert_entry(&reading, 9, "e.f");
	/* an index may name what the same realm has just said */
	assert_int_equal(take("01 78 8a 8a 00", text), WIRE_OK);
	assert_string_equal(text, "x.x.x");
	assert_int_equal(reading.count, 11);
}

/* The receiver can always read what is compressed. */
/* Proves: H7-117 */
static void test_compressed_is_read(void **state)
{
	char text[REALM_SIZE];

	(void)state;
	assert_int_equal(take("03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00", text), WIRE_OK);
	assert_int_equal(take("83 00", text), WIRE_OK);
	assert_string_equal(text, "foo.example.com");
	assert_int_equal(take("80 84 81 82 00", text), WIRE_OK);
	assert_string_equal(text, "foo.example.com.example.com");
	assert_int_equal(reading.count, 5);
}

/* Proves: H7-139 */
static void test_empty(void **state)
{
	(void)state;
	assert_int_equal(put_and_take("", true, "00"), 1);
	assert_int_equal(put_and_take("", false, "00"), 1);
	assert_int_equal(reading.count, 0);
}

/* A realm of n labels of this length, joined by dots. */
static const char *labels(size_t n, size_t len, char text[1024])
{
	size_t at = 0;

	while (n-- > 0) {
		memset(text + at, 'x', len);
		at += len;
		text[at++] = '.';
	}
	text[at > 0 ? at - 1 : 0] = '\0';
	return text;
}

static enum wire_result put(const char *realm)
{
	struct writer writer = writer_of(bytes, sizeof(bytes));
	enum wire_result result = realm_put(&writing, realm, true, &writer);

	assert_int_equal(result == WIRE_OK, writer.len > 0); /* refused: nothing written */
	return result;
}

/* Labels of 1 to 127 octets, none empty; 255 octets in all. */
/* Proves: H7-116 */
static void test_put_bounds(void **state)
{
	static const char *const wrong[] = {".", "a.", ".a", "a..b", "..", "a.b.", "a.."};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(put(wrong[i]), WIRE_VALUE);
	assert_int_equal(put(labels(1, 128, text)), WIRE_VALUE);
	assert_int_equal(put(labels(2, 128, text)), WIRE_VALUE);
	labels(1, 128, text);
	text[127] = '.';
	assert_int_equal(put(text), WIRE_VALUE);
	assert_int_equal(writing.count, 0);
	assert_int_equal(put(labels(1, 1, text)), WIRE_OK);
	assert_int_equal(put(labels(1, 127, text)), WIRE_OK);
	assert_int_equal(put(labels(2, 127, text)), WIRE_OK);
	assert_int_equal(strlen(labels(128, 1, text)), 255);
	assert_int_equal(put(text), WIRE_OK);
	assert_int_equal(strlen(labels(64, 3, text)), 255);
	assert_int_equal(put(text), WIRE_OK);
	labels(5, 63, text);
	text[255] = 'x';
	text[256] = '\0';
	assert_int_equal(put(text), WIRE_VALUE);
	assert_int_equal(put(labels(4, 100, text)), WIRE_VALUE);
}

static void test_put_space(void **state)
{
	struct writer writer;
	size_t size;

	(void)state;
	for (size = 0; size < 6; size++) {
		realm_dictionary_init(&writing);
		writer = writer_of(bytes, size);
		assert_int_equal(realm_put(&writing, "ab.c", true, &writer), WIRE_SPACE);
	}
	writer = writer_of(bytes, size);
	realm_dictionary_init(&writing);
	assert_int_equal(realm_put(&writing, "ab.c", true, &writer), WIRE_OK);
}

/* Proves: H7-116 */
static void test_take_bounds(void **state)
{
	static char hex[3 * 600];
	char text[REALM_SIZE];
	size_t at;

	(void)state;
	for (size_t n = 1; n <= 127; n += 126) {
		at = (size_t)snprintf(hex, sizeof(hex), "%02zx", n);
		for (size_t i = 0; i < n; i++)
			at += (size_t)snprintf(hex + at, sizeof(hex) - at, "ff");
		assert_int_equal(take(hex, text), WIRE_EXTENSION_TRUNCATED); /* no end mark */
		snprintf(hex + at, sizeof(hex) - at, "00");
		assert_int_equal(take(hex, text), WIRE_OK);
		assert_int_equal(strlen(text), n);
	}
	/* cut short at every place */
	for (size_t n = 0; n < 4; n++) {
		struct reader reader = reader_of((const uint8_t *)"\x02\x61\x62", n);

		assert_int_equal(realm_take(&reading, &reader, text), WIRE_EXTENSION_TRUNCATED);
	}
	assert_int_equal(take("03 61 2e 62 00", text), WIRE_VALUE);
	assert_int_equal(take("03 61 00 62 00", text), WIRE_VALUE);
	assert_int_equal(take("01 2e 00", text), WIRE_VALUE);
	assert_int_equal(take("01 00 00", text), WIRE_VALUE);
}

static void test_take_undefined_index(void **state)
{
	char text[REALM_SIZE], hex[8];

	(void)state;
	for (unsigned int i = 0; i < REALM_DICTIONARY; i++) {
		snprintf(hex, sizeof(hex), "%02x 00", 0x80 | i);
		assert_int_equal(take(hex, text), WIRE_VALUE);
	}
	assert_int_equal(take("01 61 00", text), WIRE_OK);
	assert_int_equal(take("80 00", text), WIRE_OK);
	assert_int_equal(take("81 00", text), WIRE_VALUE);
}

/* 255 octets are a realm, 256 are not, by literals as by indices; a bomb gets no further. */
static void test_take_expansion(void **state)
{
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct reader reader;
	char text[REALM_SIZE], long_text[1024];
	uint8_t bomb[128];

	(void)state;
	assert_int_equal(realm_put(&reading, labels(1, 127, long_text), true, &writer), WIRE_OK);
	assert_int_equal(take("80 80 00", text), WIRE_OK);
	assert_int_equal(strlen(text), 255);
	assert_int_equal(take("80 80 80 00", text), WIRE_VALUE);
	assert_int_equal(take("80 80 01 61 00", text), WIRE_VALUE);
	memset(bomb, 0x80, sizeof(bomb));
	reader = reader_of(bomb, sizeof(bomb));
	assert_int_equal(realm_take(&reading, &reader, text), WIRE_VALUE);
	assert_int_equal(reader.offset, 3);
	writer = writer_of(bytes, sizeof(bytes));
	for (size_t i = 0; i < 3; i++) {
		write_u8(&writer, 127);
		memset(write_room(&writer, 127), 'y', 127);
	}
	write_u8(&writer, 0);
	reader = reader_of(bytes, writer.len);
	assert_int_equal(realm_take(&reading, &reader, text), WIRE_VALUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reference_run, setup),
		cmocka_unit_test_setup(test_rollover, setup),
		cmocka_unit_test_setup(test_uncompressed, setup),
		cmocka_unit_test_setup(test_additions, setup),
		cmocka_unit_test_setup(test_compressed_is_read, setup),
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_put_bounds, setup),
		cmocka_unit_test_setup(test_put_space, setup),
		cmocka_unit_test_setup(test_take_bounds, setup),
		cmocka_unit_test_setup(test_take_undefined_index, setup),
		cmocka_unit_test_setup(test_take_expansion, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
