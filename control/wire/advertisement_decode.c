/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads what stands inside a Prefix Advertisement (RFC 6521, sections 4.1 and 5.5; haaro.md, sections
 * 4.5, 5.2 and 6.5). Pure, any thread.
 */
#include "haaro/addr.h"

#include "wire/advertisement_format.h"

void advertisement_decoder_init(struct advertisement_decoder *decoder, const uint8_t *data,
				size_t len)
{
	decoder->reader = reader_of(data, len);
	decoder->has_router = false;
	decoder->has_master = false;
	decoder->home_address = 0;
	decoder->master = 0;
	realm_dictionary_init(&decoder->dictionary);
}

static enum wire_result take_router(struct advertisement_decoder *decoder, uint8_t first,
				    struct advertisement_item *item)
{
	decoder->home_address = read_be32(&decoder->reader);
	if (decoder->reader.failed)
		return WIRE_EXTENSION_TRUNCATED;
	decoder->has_router = true;
	item->kind = ADVERTISEMENT_ROUTER;
	item->home_address = decoder->home_address;
	item->info = first & STRUCTURE_VALUE;
	return WIRE_OK;
}

/* Bits behind the prefix's length mean nothing: senders may leave them set. */
static uint32_t take_master(struct advertisement_decoder *decoder, uint8_t first, int len)
{
	size_t n = prefix_octets(first);
	uint32_t net = 0;

	for (size_t i = 0; i < n; i++)
		net |= (uint32_t)read_u8(&decoder->reader) << (24 - 8 * i);
	decoder->has_master = true;
	decoder->master = net & top_bits(len);
	return decoder->master;
}

/* The octet is bits len - 7 to len, right aligned (A10); what is before them is the master's. Under
 * 8 bits the shift drops the octet's upper ones (A12). */
static uint32_t take_delta(struct advertisement_decoder *decoder, int len)
{
	uint32_t octet = read_u8(&decoder->reader);
	uint32_t last = len == 0 ? 0 : octet << (PREFIX_LEN_MAX - len);

	return (decoder->master & top_bits(len - 8)) | last;
}

static enum wire_result take_prefix(struct advertisement_decoder *decoder, uint8_t first,
				    struct advertisement_item *item)
{
	int len = first & STRUCTURE_VALUE;
	uint32_t net;

	if (!decoder->has_router || len > PREFIX_LEN_MAX)
		return WIRE_VALUE;
	if ((first & STRUCTURE_DELTA) == 0)
		net = take_master(decoder, first, len);
	else if (decoder->has_master)
		net = take_delta(decoder, len);
	else
		return WIRE_VALUE;
	item->kind = ADVERTISEMENT_PREFIX;
	item->home_address = decoder->home_address;
	item->prefix = prefix_v4(htonl(net), (unsigned int)len);
	return realm_take(&decoder->dictionary, &decoder->reader, item->realm);
}

enum wire_result advertisement_next(struct advertisement_decoder *decoder,
				    struct advertisement_item *item)
{
	uint8_t first;

	if (reader_left(&decoder->reader) == 0)
		return WIRE_END;
	*item = (struct advertisement_item){0};
	first = read_u8(&decoder->reader);
	if (first & STRUCTURE_ROUTER)
		return take_router(decoder, first, item);
	return take_prefix(decoder, first, item);
}
