/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prefix Advertisements: the examples of haaro.md, sections 5.3 and 6.4, the bounds of each field,
 * what is malformed (section 6.5), and what happens when there is no more room.
 * test_advertisement_model.c has the random ones.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "cmocka_all.h"
#include "hex.h"
#include "wire/advertisement.h"

#define ROUTER "40 c0 00 02 01 " /* 192.0.2.1 */

#define ITEMS_MAX 64

static struct advertisement_encoder encoder;
static struct advertisement_decoder decoder;
static struct advertisement_item items[ITEMS_MAX];
static size_t n_items;
static uint8_t bytes[70000];
static struct writer writer;

static void begin(bool compress, size_t size)
{
	advertisement_encoder_init(&encoder, compress);
	writer = writer_of(bytes, size);
}

static struct ip_prefix prefix_of(const char *text)
{
	char address[32];
	unsigned int len;

	assert_int_equal(sscanf(text, "%31[0-9.]/%u", address, &len), 2);
	return prefix_v4(inet_addr(address), len);
}

static enum wire_result put_router(const char *home_address, bool outbound_only)
{
	return advertisement_put_router(&encoder, inet_addr(home_address), outbound_only, &writer);
}

static enum wire_result put(const char *text, const char *realm)
{
	struct ip_prefix prefix = prefix_of(text);

	return advertisement_put_prefix(&encoder, &prefix, realm, &writer);
}

static void assert_written(const char *hex)
{
	static uint8_t expected[4096];
	size_t len = hex_read(hex, expected, sizeof(expected));

	assert_int_equal(writer.len, len);
	assert_memory_equal(bytes, expected, len);
}

static enum wire_result read_all(const uint8_t *data, size_t len)
{
	enum wire_result result;

	advertisement_decoder_init(&decoder, data, len);
	for (n_items = 0; n_items < ITEMS_MAX; n_items++) {
		result = advertisement_next(&decoder, &items[n_items]);
		if (result != WIRE_OK)
			return result;
	}
	fail_msg("too many items");
	return WIRE_OK;
}

static enum wire_result read_hex(const char *hex)
{
	static uint8_t data[4096];

	return read_all(data, hex_read(hex, data, sizeof(data)));
}

static void assert_router(size_t i, const char *home_address, uint8_t info)
{
	assert_true(i < n_items);
	assert_int_equal(items[i].kind, ADVERTISEMENT_ROUTER);
	assert_int_equal(items[i].home_address, inet_addr(home_address));
	assert_int_equal(items[i].info, info);
}

static void assert_prefix(size_t i, const char *home_address, const char *text, const char *realm)
{
	struct ip_prefix expected = prefix_of(text);

	assert_true(i < n_items);
	assert_int_equal(items[i].kind, ADVERTISEMENT_PREFIX);
	assert_int_equal(items[i].home_address, inet_addr(home_address));
	assert_true(prefix_is_equal(&items[i].prefix, &expected));
	assert_string_equal(items[i].realm, realm);
}

/* haaro.md, section 6.4, which vector V2 carries. */
/* Proves: H7-133, H7-134, H7-135 */
static void test_example(void **state)
{
	(void)state;
	begin(true, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	assert_int_equal(put("10.1.0.0/24", "a.example.com"), WIRE_OK);
	assert_int_equal(put_router("192.0.2.2", true), WIRE_OK);
	assert_int_equal(put("10.1.1.0/24", "b.example.com"), WIRE_OK);
	assert_written("40 c0 00 02 01 18 0a 01 00 01 61 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 "
		       "41 c0 00 02 02 98 01 01 62 84 00");
	assert_int_equal(writer.len, 0x23);
	assert_int_equal(read_all(bytes, writer.len), WIRE_END);
	assert_int_equal(n_items, 4);
	assert_router(0, "192.0.2.1", 0);
	assert_prefix(1, "192.0.2.1", "10.1.0.0/24", "a.example.com");
	assert_router(2, "192.0.2.2", 1);
	assert_prefix(3, "192.0.2.2", "10.1.1.0/24", "b.example.com");
}

/* One router and these prefixes, without realms: the octets, and back. */
static void assert_prefixes(const char *const *texts, size_t n, const char *hex)
{
	char whole[512];

	begin(true, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(put(texts[i], ""), WIRE_OK);
	snprintf(whole, sizeof(whole), "%s%s", ROUTER, hex);
	assert_written(whole);
	assert_int_equal(read_all(bytes, writer.len), WIRE_END);
	assert_int_equal(n_items, 1 + n);
	for (size_t i = 0; i < n; i++)
		assert_prefix(1 + i, "192.0.2.1", texts[i], "");
}

/* The RFC's figure 1, both orders, and the edges of haaro.md, section 5.3. */
/* Proves: H7-112, H7-139 */
static void test_prefixes(void **state)
{
	static const char *const figure[] = {"192.0.2.0/28", "192.0.2.64/26", "192.0.2.128/25"};
	static const char *const other[] = {"192.0.2.128/25", "192.0.2.0/28", "192.0.2.64/26"};
	static const char *const edges[] = {
		"10.0.0.0/8", "10.0.1.0/24", "10.0.1.128/25", "10.1.0.0/16",   "11.0.0.0/8",
		"0.0.0.0/0",  "8.0.0.0/5",   "10.64.0.0/12",  "172.16.0.0/12", "172.16.5.0/24",
	};

	(void)state;
	assert_prefixes(figure, 3, "1c c0 00 02 00 00 9a 09 00 99 05 00");
	assert_prefixes(other, 3, "19 c0 00 02 80 00 9c 20 00 9a 09 00");
	assert_prefixes(edges, 10,
			"08 0a 00 98 01 00 99 03 00 90 01 00 88 0b 00 80 00 00 85 01 00 8c a4 00 "
			"0c ac 10 00 98 05 00");
}

/* The last 8 bits may differ, the 9th may not; a master has as many octets as it needs. */
/* Proves: H7-112 */
static void test_prefix_bounds(void **state)
{
	static const char *const delta[] = {"10.0.0.0/24", "10.0.255.0/24", "10.0.0.0/24"};
	static const char *const master[] = {"10.0.0.0/24", "10.1.0.0/24", "10.1.255.0/24"};
	static const char *const hosts[] = {"10.0.0.255/32", "10.0.0.0/32", "10.0.1.0/32"};
	static const char *const lens[] = {"128.0.0.0/1",    "0.0.0.0/1",     "255.0.0.0/8",
					   "10.128.0.0/9",   "172.16.0.0/16", "173.17.128.0/17",
					   "192.168.3.0/24", "10.1.2.128/25", "192.0.2.255/32"};
	static const char *const first[] = {"0.0.0.0/0", "0.0.0.0/0", "128.0.0.0/1"};

	(void)state;
	assert_prefixes(delta, 3, "18 0a 00 00 00 98 ff 00 98 00 00");
	assert_prefixes(master, 3, "18 0a 00 00 00 18 0a 01 00 00 98 ff 00");
	assert_prefixes(hosts, 3, "20 0a 00 00 ff 00 a0 00 00 20 0a 00 01 00 00");
	assert_prefixes(lens, 9,
			"01 80 00 81 00 00 88 ff 00 09 0a 80 00 10 ac 10 00 11 ad 11 80 00 "
			"18 c0 a8 03 00 19 0a 01 02 80 00 20 c0 00 02 ff 00");
	/* a master of length 0 has no octet (A11) */
	assert_prefixes(first, 3, "00 00 80 00 00 81 01 00");
}

/* Without compression all are masters, but a /0 behind another, which peers may read in two ways. */
static void test_uncompressed(void **state)
{
	(void)state;
	begin(false, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	assert_int_equal(put("10.0.0.0/24", "a.b"), WIRE_OK);
	assert_int_equal(put("10.0.1.0/24", "a.b"), WIRE_OK);
	assert_int_equal(put("0.0.0.0/0", ""), WIRE_OK);
	assert_written(ROUTER "18 0a 00 00 01 61 01 62 00 18 0a 00 01 01 61 01 62 00 80 00 00");
	assert_int_equal(read_all(bytes, writer.len), WIRE_END);
	assert_prefix(1, "192.0.2.1", "10.0.0.0/24", "a.b");
	assert_prefix(2, "192.0.2.1", "10.0.1.0/24", "a.b");
	assert_prefix(3, "192.0.2.1", "0.0.0.0/0", "");
}

/* The last master stays the last through routers, deltas and equal prefixes (A13). */
static void test_master_survives(void **state)
{
	(void)state;
	begin(true, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	assert_int_equal(put("10.1.0.0/24", ""), WIRE_OK);
	assert_int_equal(put_router("192.0.2.2", false), WIRE_OK);
	assert_int_equal(put_router("192.0.2.3", false), WIRE_OK);
	assert_int_equal(put("10.1.2.0/24", ""), WIRE_OK);
	assert_int_equal(put("10.1.0.0/24", "x"), WIRE_OK);
	assert_int_equal(put("10.1.2.128/25", ""), WIRE_OK);
	assert_written(ROUTER "18 0a 01 00 00 40 c0 00 02 02 40 c0 00 02 03 98 02 00 98 00 01 78 "
			      "00 99 05 00");
	assert_int_equal(read_all(bytes, writer.len), WIRE_END);
	assert_prefix(4, "192.0.2.3", "10.1.2.0/24", "");
	assert_prefix(5, "192.0.2.3", "10.1.0.0/24", "x");
	assert_prefix(6, "192.0.2.3", "10.1.2.128/25", "");
}

/* Routers without prefixes are items too; D of a router means nothing, its info is handed on. */
/* Proves: H7-136 */
static void test_routers(void **state)
{
	(void)state;
	assert_int_equal(read_hex(""), WIRE_END);
	assert_int_equal(n_items, 0);
	assert_int_equal(read_hex(ROUTER "c1 c0 00 02 02 ff c0 00 02 03"), WIRE_END);
	assert_int_equal(n_items, 3);
	assert_router(0, "192.0.2.1", 0);
	assert_router(1, "192.0.2.2", 1);
	assert_router(2, "192.0.2.3", 63);
}

/* What a sender need not have cleared: bits behind the length, bits before a short delta. */
static void test_stray_bits(void **state)
{
	(void)state;
	assert_int_equal(read_hex(ROUTER "0c ac 1f 00 84 ff 00 80 ff 00 9c ff 00 01 ff 00 87 ff "
					 "00"),
			 WIRE_END);
	assert_prefix(1, "192.0.2.1", "172.16.0.0/12", "");
	assert_prefix(2, "192.0.2.1", "240.0.0.0/4", "");
	assert_prefix(3, "192.0.2.1", "0.0.0.0/0", "");
	assert_prefix(4, "192.0.2.1", "172.16.15.240/28", "");
	assert_prefix(5, "192.0.2.1", "128.0.0.0/1", "");
	assert_prefix(6, "192.0.2.1", "254.0.0.0/7", "");
}

/* haaro.md, section 6.5. */
/* Proves: H7-133, H7-135, H7-137, R-02 */
static void test_malformed(void **state)
{
	char hex[64];

	(void)state;
	assert_int_equal(read_hex("18 0a 00 00 00"), WIRE_VALUE); /* no router */
	assert_int_equal(read_hex("00 00"), WIRE_VALUE);
	assert_int_equal(read_hex(ROUTER "98 0a 00"), WIRE_VALUE); /* a delta of nothing */
	assert_int_equal(read_hex(ROUTER "80 00 00"), WIRE_VALUE);
	for (unsigned int len = 33; len <= 63; len++) {
		snprintf(hex, sizeof(hex), ROUTER "%02x 0a 00 00 00 00 00 00 00 00", len);
		assert_int_equal(read_hex(hex), WIRE_VALUE);
		snprintf(hex, sizeof(hex), ROUTER "08 0a 00 %02x 0a 00", 0x80 | len);
		assert_int_equal(read_hex(hex), WIRE_VALUE);
	}
	assert_int_equal(read_hex(ROUTER "20 0a 00 00 00 00"), WIRE_END);
	assert_int_equal(read_hex(ROUTER "08 0a 80 00"), WIRE_VALUE); /* no such entry */
	assert_int_equal(read_hex(ROUTER "08 0a 01 2e 00"), WIRE_VALUE);
}

/* Cut anywhere but between two structures, it runs past its end. */
static void test_truncated(void **state)
{
	static const char *const structures[] = {
		ROUTER,
		"18 0a 01 00 01 61 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 ",
		"41 c0 00 02 02 ",
		"98 01 01 62 84 00 ",
		"20 c0 00 02 ff 00 ",
	};
	uint8_t data[128];
	size_t whole = 0, n = 0, end = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		whole += hex_read(structures[i], data + whole, sizeof(data) - whole);
	for (size_t len = 0; len <= whole; len++) {
		uint8_t *exact = malloc(len > 0 ? len : 1); /* a read behind it is seen */

		assert_non_null(exact);
		memcpy(exact, data, len);
		assert_int_equal(read_all(exact, len),
				 len == end ? WIRE_END : WIRE_EXTENSION_TRUNCATED);
		if (len == end) {
			assert_int_equal(n_items, n);
			if (n < 5)
				end += hex_read(structures[n++], bytes, sizeof(bytes));
		}
		free(exact);
	}
}

/* 127 octets of realm by one octet each: refused at the third, and no earlier. */
static void test_expansion_bomb(void **state)
{
	struct writer bomb = writer_of(bytes, sizeof(bytes));

	(void)state;
	write_bytes(&bomb, "\x40\xc0\x00\x02\x01\x08\x0a\x7f", 8);
	memset(write_room(&bomb, 127), 'a', 127);
	write_u8(&bomb, 0);
	write_bytes(&bomb, "\x88\x0a\x80\x80\x00", 5);
	assert_int_equal(read_all(bytes, bomb.len), WIRE_END);
	assert_int_equal(strlen(items[2].realm), 255);
	bomb.len--;
	memset(write_room(&bomb, 1200), 0x80, 1200);
	write_u8(&bomb, 0);
	assert_int_equal(read_all(bytes, bomb.len), WIRE_VALUE);
	assert_int_equal(n_items, 2);
}

/* --- no room, no sense ------------------------------------------------------------------------------- */

static void assert_unchanged(const struct advertisement_encoder *before, size_t len)
{
	assert_memory_equal(&encoder, before, sizeof(encoder));
	assert_int_equal(writer.len, len);
	assert_false(writer.failed);
}

/* What does not fit leaves no trace, and what is smaller may follow it. */
static void test_space(void **state)
{
	static struct advertisement_encoder before;
	size_t head = 5 + 4 + 3; /* router, master, "a" */

	(void)state;
	for (size_t size = head; size < head + 14; size++) {
		begin(true, sizeof(bytes));
		memset(&encoder.dictionary, 0, sizeof(encoder.dictionary));
		writer = writer_of(bytes, size);
		assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
		assert_int_equal(put("10.0.0.0/24", "a"), WIRE_OK);
		before = encoder;
		if (size < head + 12) { /* a master, "bb" and "cc", entry 0 */
			assert_int_equal(put("192.168.0.0/24", "bb.cc.a"), WIRE_SPACE);
			assert_unchanged(&before, writer.len);
		} else {
			assert_int_equal(put("192.168.0.0/24", "bb.cc.a"), WIRE_OK);
			assert_int_equal(encoder.dictionary.count, 3);
			continue;
		}
		if (size < head + 5) {
			assert_int_equal(put_router("192.0.2.2", false), WIRE_SPACE);
			assert_unchanged(&before, writer.len);
		}
		if (size < head + 4) {
			assert_int_equal(put("10.0.1.0/24", "a"), WIRE_SPACE);
			assert_unchanged(&before, writer.len);
			continue;
		}
		assert_int_equal(put("10.0.1.0/24", "a"), WIRE_OK);
		assert_int_equal(read_all(bytes, writer.len), WIRE_END);
		assert_prefix(2, "192.0.2.1", "10.0.1.0/24", "a");
	}
}

static void test_values(void **state)
{
	static struct advertisement_encoder before;
	struct ip_prefix prefix = prefix_of("10.0.0.0/24");

	(void)state;
	begin(true, sizeof(bytes));
	memset(&encoder.dictionary, 0, sizeof(encoder.dictionary));
	before = encoder;
	assert_int_equal(put("10.0.0.0/24", ""), WIRE_VALUE); /* no router */
	assert_unchanged(&before, 0);
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	before = encoder;
	assert_int_equal(put("10.0.0.0/24", "a..b"), WIRE_VALUE);
	assert_unchanged(&before, 5);
	prefix.len = 33;
	assert_int_equal(advertisement_put_prefix(&encoder, &prefix, "", &writer), WIRE_VALUE);
	prefix.len = 24;
	prefix.addr.family = IP_V6;
	assert_int_equal(advertisement_put_prefix(&encoder, &prefix, "", &writer), WIRE_VALUE);
	assert_unchanged(&before, 5);
	/* where it would not fit either, the same is said */
	writer.size = writer.len;
	assert_int_equal(put("10.0.0.0/24", "a..b"), WIRE_VALUE);
	assert_unchanged(&before, 5);
	/* host bits are not sent */
	writer.size = sizeof(bytes);
	prefix = (struct ip_prefix){.addr = addr_v4(inet_addr("10.0.255.255")), .len = 17};
	assert_int_equal(advertisement_put_prefix(&encoder, &prefix, "", &writer), WIRE_OK);
	assert_written(ROUTER "11 0a 00 80 00");
}

/* --- chunks ---------------------------------------------------------------------------------------------- */

/* A chunk of router 192.0.2.9 with two prefixes in realms "r.t" and "s.t". */
static void make_chunk(struct advertisement_chunk *chunk)
{
	begin(true, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.9", true), WIRE_OK);
	assert_int_equal(put("10.9.0.0/24", "r.t"), WIRE_OK);
	assert_int_equal(put("10.9.1.0/24", "s.t"), WIRE_OK);
	assert_written("41 c0 00 02 09 18 0a 09 00 01 72 01 74 00 98 01 01 73 81 00");
	assert_int_equal(advertisement_chunk_make(chunk, &encoder, bytes, writer.len), 0);
	assert_int_equal(chunk->len, 20);
	assert_int_equal(chunk->n_indices, 1);
	assert_int_equal(chunk->indices[0], 18);
	assert_int_equal(chunk->additions, 4); /* r, t, r.t, s */
}

static void test_chunk(void **state)
{
	struct advertisement_chunk chunk;

	(void)state;
	make_chunk(&chunk);
	begin(true, sizeof(bytes));
	assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	assert_int_equal(put("10.0.0.0/24", "a.t"), WIRE_OK);
	assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_OK);
	assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_OK);
	assert_written(ROUTER "18 0a 00 00 01 61 01 74 00 "
			      "41 c0 00 02 09 18 0a 09 00 01 72 01 74 00 98 01 01 73 84 00 "
			      "41 c0 00 02 09 18 0a 09 00 01 72 01 74 00 98 01 01 73 88 00");
	assert_int_equal(encoder.dictionary.count, 11);
	assert_int_equal(read_all(bytes, writer.len), WIRE_END);
	assert_int_equal(n_items, 8);
	assert_router(2, "192.0.2.9", 1);
	assert_prefix(4, "192.0.2.9", "10.9.1.0/24", "s.t");
	assert_prefix(7, "192.0.2.9", "10.9.1.0/24", "s.t");
	/* its encoder knows nothing of the chunks' masters and strings: nothing else may follow */
	assert_int_equal(put_router("192.0.2.1", false), WIRE_VALUE);
	assert_int_equal(put("10.0.0.0/24", ""), WIRE_VALUE);
	advertisement_chunk_drop(&chunk);
	assert_null(chunk.bytes);
	advertisement_chunk_drop(&chunk);
}

/* Entry 1 of the chunk is entry (1 + count) % 128 of the advertisement. */
static void test_chunk_rollover(void **state)
{
	struct advertisement_chunk chunk;
	char realm[16];
	size_t at;

	(void)state;
	make_chunk(&chunk);
	for (uint32_t count = 120; count < 140; count++) {
		begin(true, sizeof(bytes));
		assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
		while (encoder.dictionary.count < count) {
			snprintf(realm, sizeof(realm), "x%u", encoder.dictionary.count);
			assert_int_equal(put("10.0.0.0/24", realm), WIRE_OK);
		}
		at = writer.len + 18;
		assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_OK);
		assert_int_equal(bytes[at], 0x80 | (count + 1) % 128);
	}
	advertisement_chunk_drop(&chunk);
}

static void test_chunk_space(void **state)
{
	static struct advertisement_encoder before;
	struct advertisement_chunk chunk;

	(void)state;
	make_chunk(&chunk);
	begin(true, sizeof(bytes));
	before = encoder;
	for (size_t size = 0; size < chunk.len; size++) {
		writer = writer_of(bytes, size);
		assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_SPACE);
		assert_unchanged(&before, 0);
	}
	writer = writer_of(bytes, chunk.len);
	assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_OK);
	advertisement_chunk_drop(&chunk);
}

/* From no router at all to as much as an extension holds, and one octet more. */
static void test_chunk_bounds(void **state)
{
	struct advertisement_chunk chunk;

	(void)state;
	begin(true, sizeof(bytes));
	assert_int_equal(advertisement_chunk_make(&chunk, &encoder, bytes, 0), 0);
	assert_int_equal(chunk.n_indices, 0);
	assert_int_equal(advertisement_put_chunk(&encoder, &chunk, &writer), WIRE_OK);
	assert_int_equal(writer.len, 0);
	advertisement_chunk_drop(&chunk);
	begin(true, sizeof(bytes));
	while (writer.len < UINT16_MAX)
		assert_int_equal(put_router("192.0.2.1", false), WIRE_OK);
	assert_int_equal(writer.len, UINT16_MAX);
	assert_int_equal(advertisement_chunk_make(&chunk, &encoder, bytes, writer.len), 0);
	assert_int_equal(chunk.len, UINT16_MAX);
	advertisement_chunk_drop(&chunk);
	assert_int_equal(advertisement_chunk_make(&chunk, &encoder, bytes, UINT16_MAX + 1),
			 -EMSGSIZE);
	advertisement_chunk_drop(&chunk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),         cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_prefix_bounds),   cmocka_unit_test(test_uncompressed),
		cmocka_unit_test(test_master_survives), cmocka_unit_test(test_routers),
		cmocka_unit_test(test_stray_bits),      cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_truncated),       cmocka_unit_test(test_expansion_bomb),
		cmocka_unit_test(test_space),           cmocka_unit_test(test_values),
		cmocka_unit_test(test_chunk),           cmocka_unit_test(test_chunk_rollover),
		cmocka_unit_test(test_chunk_space),     cmocka_unit_test(test_chunk_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
