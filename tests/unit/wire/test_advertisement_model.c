/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random prefixes through encoder and decoder, against a model that writes addresses as strings of
 * bits, numbered as in RFC 6521, section 4.1; and random chunks behind random heads, which must read
 * as if all had been encoded at once.
 */
#include <stdlib.h>

#include "haaro/addr.h"

#include "cmocka_all.h"
#include "core/random.h"
#include "wire/advertisement.h"

#define ROUNDS       200000
#define COMPOSITIONS 3000

static struct random_seeded seeded;
static struct random generator = {random_seeded_fill, &seeded};
static struct advertisement_encoder encoder;
static struct advertisement_decoder decoder;
static uint8_t bytes[65535], again[65535];

static size_t draw(size_t bound)
{
	return (size_t)random_below(&generator, RANDOM_JITTER, bound);
}

/* --- the model of prefixes ----------------------------------------------------------------------- */

struct bits {
	char bit[33]; /* bit[1] to bit[32], '0' or '1' */
};

static struct model {
	bool has_master;
	struct bits master;
} model;

static struct bits bits_of(uint32_t value, size_t len)
{
	struct bits bits;

	for (size_t i = 1; i <= 32; i++)
		bits.bit[i] = i <= len && value / (1u << (32 - i)) % 2 == 1 ? '1' : '0';
	return bits;
}

static uint32_t value_of(const struct bits *bits)
{
	uint32_t value = 0;

	for (size_t i = 1; i <= 32; i++)
		value = 2 * value + (bits->bit[i] == '1');
	return value;
}

/* Bits from..from+7 as one octet; those before the first are zero. */
static uint8_t octet_of(const struct bits *bits, int from)
{
	unsigned int octet = 0;

	for (int i = from; i < from + 8; i++)
		octet = 2 * octet + (i >= 1 && bits->bit[i] == '1');
	return (uint8_t)octet;
}

static bool model_is_delta(const struct bits *bits, size_t len)
{
	for (size_t i = 1; i + 8 <= len; i++) {
		if (bits->bit[i] != model.master.bit[i])
			return false;
	}
	return model.has_master;
}

/* What a prefix with an empty realm is written as. */
static size_t model_put(const struct bits *bits, size_t len, uint8_t *octets)
{
	size_t n = 0;

	if (model_is_delta(bits, len)) {
		octets[n++] = (uint8_t)(128 + len);
		octets[n++] = octet_of(bits, (int)len - 7);
	} else {
		octets[n++] = (uint8_t)len;
		for (size_t from = 1; from <= len; from += 8)
			octets[n++] = octet_of(bits, (int)from);
		model.has_master = true;
		model.master = *bits;
	}
	octets[n++] = 0;
	return n;
}

/* What the octets behind the first mean. */
static uint32_t model_take(bool delta, size_t len, const uint8_t *octets)
{
	struct bits bits = bits_of(0, 0);

	for (size_t i = 1; i <= len; i++) {
		int in_octet = (int)i - ((int)len - 7); /* 0 is its first bit */

		if (!delta)
			bits.bit[i] = octets[(i - 1) / 8] >> (7 - (i - 1) % 8) & 1 ? '1' : '0';
		else if (in_octet < 0)
			bits.bit[i] = model.master.bit[i];
		else
			bits.bit[i] = octets[0] >> (7 - in_octet) & 1 ? '1' : '0';
	}
	if (!delta) {
		model.has_master = true;
		model.master = bits;
	}
	return value_of(&bits);
}

/* --- random prefixes ------------------------------------------------------------------------------- */

/* Any, or one near the last, or the last again: /0 to /32. */
static uint32_t draw_prefix(uint32_t last, size_t *len)
{
	switch (draw(4)) {
	case 0:
		*len = draw(33);
		return (uint32_t)draw((size_t)1 << 32);
	case 1:
		*len = draw(33);
		return last;
	case 2:
		return last ^ (uint32_t)draw(512) << (32 - (*len == 0 ? 1 : *len)); /* 9 bits */
	default:
		return last;
	}
}

static void read_router(struct advertisement_item *item)
{
	assert_int_equal(advertisement_next(&decoder, item), WIRE_OK);
	assert_int_equal(item->kind, ADVERTISEMENT_ROUTER);
}

static void read_prefix(uint32_t value, size_t len)
{
	struct advertisement_item item;
	struct ip_prefix expected = prefix_v4(htonl(value), (unsigned int)len);

	assert_int_equal(advertisement_next(&decoder, &item), WIRE_OK);
	assert_int_equal(item.kind, ADVERTISEMENT_PREFIX);
	assert_true(prefix_is_equal(&item.prefix, &expected));
	assert_int_equal(decoder.has_master, model.has_master);
	assert_int_equal(decoder.master, value_of(&model.master));
}

/* One advertisement: n prefixes and now and then a router. */
static void prefixes_round(size_t n)
{
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct advertisement_item item;
	uint32_t value = (uint32_t)draw((size_t)1 << 32);
	size_t len = 24, at;

	advertisement_encoder_init(&encoder, true);
	model.has_master = false;
	assert_int_equal(advertisement_put_router(&encoder, 1, false, &writer), WIRE_OK);
	advertisement_decoder_init(&decoder, bytes, sizeof(bytes));
	read_router(&item);
	while (n-- > 0) {
		struct ip_prefix prefix = {.addr = {.family = IP_V4}};
		struct bits bits;
		uint8_t expected[8];
		size_t size;

		if (draw(8) == 0) {
			assert_int_equal(advertisement_put_router(&encoder, 2, true, &writer),
					 WIRE_OK);
			read_router(&item);
		}
		value = draw_prefix(value, &len);
		prefix.addr.v4 = htonl(value); /* host bits and all */
		prefix.len = (uint8_t)len;
		bits = bits_of(value, len);
		size = model_put(&bits, len, expected);
		at = writer.len;
		assert_int_equal(advertisement_put_prefix(&encoder, &prefix, "", &writer), WIRE_OK);
		assert_int_equal(writer.len - at, size);
		assert_memory_equal(bytes + at, expected, size);
		assert_int_equal(encoder.master, value_of(&model.master));
		read_prefix(value_of(&bits), len);
	}
}

/* Proves: H7-112 */
static void test_random_prefixes(void **state)
{
	size_t n;

	(void)state;
	for (size_t left = ROUNDS; left > 0; left -= n) {
		n = 1 + draw(200);
		if (n > left)
			n = left;
		prefixes_round(n);
	}
}

/* Octets that no encoder of ours writes, with bits where none belong, mean what the model says. */
static void test_random_octets(void **state)
{
	struct advertisement_item item;

	(void)state;
	for (size_t round = 0; round < ROUNDS / 100; round++) {
		struct writer writer = writer_of(bytes, sizeof(bytes));

		write_bytes(&writer, "\x40\xc0\x00\x02\x01", 5);
		model.has_master = false;
		advertisement_decoder_init(&decoder, bytes, sizeof(bytes));
		read_router(&item);
		for (size_t i = 0; i < 100; i++) {
			bool delta = model.has_master && draw(2) == 0;
			size_t len = draw(33), size = delta ? 1 : (len + 7) / 8;
			uint8_t octets[4];

			random_seeded_fill(&seeded, RANDOM_JITTER, octets, sizeof(octets));
			write_u8(&writer, (uint8_t)(len | (delta ? 0x80 : 0)));
			write_bytes(&writer, octets, size);
			write_u8(&writer, 0);
			read_prefix(model_take(delta, len, octets), len);
		}
	}
}

/* --- chunks behind heads ----------------------------------------------------------------------------- */

struct entry {
	struct ip_prefix prefix; /* family IP_NONE: the router itself */
	be32 home_address;
	bool outbound_only;
	char realm[32];
};

#define GROUPS      8
#define ENTRIES_MAX 400

struct group {
	bool compress;
	size_t n;
	struct entry entries[ENTRIES_MAX];
};

static void draw_group(struct group *group)
{
	size_t routers = draw(draw(3) == 0 ? 80 : 8);
	be32 home_address;

	group->compress = draw(4) > 0;
	group->n = 0;
	while (routers-- > 0) {
		home_address = (be32)draw((size_t)1 << 32);
		for (size_t i = 0, n = draw(5); i <= n; i++) {
			struct entry *entry = &group->entries[group->n++];

			*entry = (struct entry){.home_address = home_address,
						.outbound_only = home_address % 2};
			if (i == 0)
				continue;
			entry->prefix = prefix_v4(htonl(0x0a000000 | (uint32_t)draw(1 << 18) << 6),
						  16 + (unsigned int)draw(17));
			if (draw(8) > 0)
				snprintf(entry->realm, sizeof(entry->realm), "s%zu.d%zu.e%zu",
					 draw(100), draw(20), draw(3));
		}
	}
}

static void encode(const struct group *group, struct writer *writer)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct entry *entry = &group->entries[i];

		if (entry->prefix.addr.family == IP_NONE)
			assert_int_equal(advertisement_put_router(&encoder, entry->home_address,
								  entry->outbound_only, writer),
					 WIRE_OK);
		else
			assert_int_equal(advertisement_put_prefix(&encoder, &entry->prefix,
								  entry->realm, writer),
					 WIRE_OK);
	}
}

/* The next items are this group's. */
static void assert_decodes(const struct group *group)
{
	struct advertisement_item item;

	for (size_t i = 0; i < group->n; i++) {
		const struct entry *entry = &group->entries[i];
		bool is_router = entry->prefix.addr.family == IP_NONE;

		assert_int_equal(advertisement_next(&decoder, &item), WIRE_OK);
		assert_int_equal(item.kind,
				 is_router ? ADVERTISEMENT_ROUTER : ADVERTISEMENT_PREFIX);
		assert_int_equal(item.home_address, entry->home_address);
		assert_string_equal(item.realm, entry->realm);
		if (is_router)
			assert_int_equal(item.info, entry->outbound_only);
		else
			assert_true(prefix_is_equal(&item.prefix, &entry->prefix));
	}
}

static void decode_all(const struct group *groups, size_t n, const uint8_t *data, size_t len)
{
	struct advertisement_item item;

	advertisement_decoder_init(&decoder, data, len);
	for (size_t i = 0; i < n; i++)
		assert_decodes(&groups[i]);
	assert_int_equal(advertisement_next(&decoder, &item), WIRE_END);
}

static void test_random_chunks(void **state)
{
	static struct group groups[GROUPS];
	struct advertisement_chunk chunks[GROUPS];
	struct writer writer;

	(void)state;
	for (size_t round = 0; round < COMPOSITIONS; round++) {
		size_t n = 1 + draw(GROUPS);

		for (size_t i = 0; i < n; i++)
			draw_group(&groups[i]);
		for (size_t i = 1; i < n; i++) {
			advertisement_encoder_init(&encoder, groups[i].compress);
			writer = writer_of(again, sizeof(again));
			encode(&groups[i], &writer);
			assert_int_equal(
				advertisement_chunk_make(&chunks[i], &encoder, again, writer.len),
				0);
		}
		/* group 0 is the head, the others stand behind it as chunks */
		advertisement_encoder_init(&encoder, groups[0].compress);
		writer = writer_of(bytes, sizeof(bytes));
		encode(&groups[0], &writer);
		for (size_t i = 1; i < n; i++) {
			assert_int_equal(advertisement_put_chunk(&encoder, &chunks[i], &writer),
					 WIRE_OK);
			advertisement_chunk_drop(&chunks[i]);
		}
		decode_all(groups, n, bytes, writer.len);
		assert_int_equal(decoder.dictionary.count, encoder.dictionary.count);
		/* and all at once */
		advertisement_encoder_init(&encoder, true);
		writer = writer_of(again, sizeof(again));
		for (size_t i = 0; i < n; i++)
			encode(&groups[i], &writer);
		decode_all(groups, n, again, writer.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_prefixes),
		cmocka_unit_test(test_random_octets),
		cmocka_unit_test(test_random_chunks),
	};

	random_seed(&seeded, 6521);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
