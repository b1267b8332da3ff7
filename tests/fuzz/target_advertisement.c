/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prefix Advertisement: no octets break the decoder. What it reads is what it reads again when
 * encoded anew, with and without compression, and as a chunk behind others' strings.
 */
#include <string.h>

#include "haaro/addr.h"

#include "fuzz.h"
#include "wire/advertisement.h"

static struct advertisement_encoder encoder; /* large; begun anew each time */
static struct advertisement_decoder decoder, other;
static uint8_t room[1 << 20], chunk_room[UINT16_MAX + 1];

static enum wire_result read_whole(const uint8_t *data, size_t len)
{
	struct advertisement_item item;
	enum wire_result result;

	advertisement_decoder_init(&decoder, data, len);
	while ((result = advertisement_next(&decoder, &item)) == WIRE_OK) {
		FUZZ_CHECK(memchr(item.realm, '\0', sizeof(item.realm)) != NULL);
		FUZZ_CHECK(item.prefix.len <= 32 && item.info <= 63);
		FUZZ_CHECK((item.prefix.addr.v4 & ~addr4_mask(item.prefix.len)) == 0);
	}
	return result;
}

/* All that the octets say, encoded anew behind what the encoder has. */
static enum wire_result encode(const uint8_t *data, size_t len, struct writer *writer)
{
	struct advertisement_item item;
	enum wire_result result = WIRE_OK;

	advertisement_decoder_init(&decoder, data, len);
	while (result == WIRE_OK && advertisement_next(&decoder, &item) == WIRE_OK) {
		if (item.kind == ADVERTISEMENT_ROUTER)
			result = advertisement_put_router(&encoder, item.home_address,
							  item.info == 1, writer);
		else
			result = advertisement_put_prefix(&encoder, &item.prefix, item.realm,
							  writer);
	}
	FUZZ_CHECK(result == WIRE_OK || result == WIRE_SPACE);
	return result;
}

/* The two say the same, from where the decoder of the second has come to. */
static void check_same(const uint8_t *data, size_t len)
{
	struct advertisement_item a, b;
	enum wire_result result;

	advertisement_decoder_init(&decoder, data, len);
	do {
		result = advertisement_next(&decoder, &a);
		FUZZ_CHECK(advertisement_next(&other, &b) == result);
		if (result != WIRE_OK)
			break;
		FUZZ_CHECK(a.kind == b.kind && a.home_address == b.home_address);
		FUZZ_CHECK((a.info == 1) == (b.info == 1));
		FUZZ_CHECK(prefix_is_equal(&a.prefix, &b.prefix));
		FUZZ_CHECK(strcmp(a.realm, b.realm) == 0);
	} while (true);
	FUZZ_CHECK(result == WIRE_END);
}

/* False: too large for the room here. */
static bool check_encoded(const uint8_t *data, size_t len, bool compress)
{
	struct writer writer = writer_of(room, sizeof(room));

	advertisement_encoder_init(&encoder, compress);
	if (encode(data, len, &writer) != WIRE_OK)
		return false;
	advertisement_decoder_init(&other, room, writer.len);
	check_same(data, len);
	return true;
}

/* What the octets say twice, once as it is and once as a chunk behind it. */
static void check_chunk(const uint8_t *data, size_t len)
{
	struct writer writer = writer_of(chunk_room, sizeof(chunk_room));
	struct advertisement_chunk chunk;

	advertisement_encoder_init(&encoder, true);
	if (encode(data, len, &writer) != WIRE_OK ||
	    advertisement_chunk_make(&chunk, &encoder, chunk_room, writer.len) < 0)
		return;
	FUZZ_CHECK(chunk.n_indices <= chunk.len);
	writer = writer_of(room, sizeof(room));
	advertisement_encoder_init(&encoder, false);
	FUZZ_CHECK(encode(data, len, &writer) == WIRE_OK); /* it was, in check_encoded() */
	advertisement_decoder_init(&other, room, writer.len);
	check_same(data, len);
	if (advertisement_put_chunk(&encoder, &chunk, &writer) == WIRE_OK) {
		other.reader.size = writer.len;
		check_same(data, len);
		FUZZ_CHECK(other.dictionary.count == encoder.dictionary.count);
	}
	advertisement_chunk_drop(&chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (read_whole(data, len) != WIRE_END)
		return 0;
	check_encoded(data, len, true);
	if (check_encoded(data, len, false))
		check_chunk(data, len);
	return 0;
}
