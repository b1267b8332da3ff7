/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes what stands inside a Prefix Advertisement (RFC 6521, sections 4.1 and 5.5; haaro.md,
 * sections 4.5 and 5.1); advertisement_chunk.c puts what was written behind something else. Pure,
 * any thread.
 */
#include <arpa/inet.h>

#include "wire/advertisement_format.h"

#define ROUTER_SIZE     5
#define PREFIX_SIZE_MAX 5

void advertisement_encoder_init(struct advertisement_encoder *encoder, bool compress)
{
	encoder->compress = compress;
	encoder->has_router = false;
	encoder->has_master = false;
	encoder->sealed = false;
	encoder->master = 0;
	realm_dictionary_init(&encoder->dictionary);
}

static bool has_room(const struct writer *writer, size_t len)
{
	return !writer->failed && len <= writer->size - writer->len;
}

enum wire_result advertisement_put_router(struct advertisement_encoder *encoder, be32 home_address,
					  bool outbound_only, struct writer *writer)
{
	if (encoder->sealed)
		return WIRE_VALUE;
	if (!has_room(writer, ROUTER_SIZE))
		return WIRE_SPACE;
	write_u8(writer, STRUCTURE_ROUTER | (outbound_only ? INFO_OUTBOUND_ONLY : 0));
	write_be32(writer, home_address);
	encoder->has_router = true;
	return WIRE_OK;
}

/*
 * Whether the 8 last bits of a prefix say it all. A /0 is a delta even without compression: of a
 * master of length 0 it is not clear how many octets a peer reads (haaro.md, A11).
 */
static bool is_delta(const struct advertisement_encoder *encoder, uint32_t net, int len)
{
	uint32_t known = top_bits(len - 8);

	return encoder->has_master && (encoder->compress || len == 0) &&
	       (net & known) == (encoder->master & known);
}

/* The octets of a prefix, host bits cleared, before its realm: returns how many. */
static size_t encode_prefix(uint32_t net, int len, bool delta, uint8_t octets[PREFIX_SIZE_MAX])
{
	size_t n = 0;

	if (delta) {
		octets[n++] = (uint8_t)(STRUCTURE_DELTA | len);
		octets[n++] = len == 0 ? 0 : (uint8_t)(net >> (PREFIX_LEN_MAX - len));
		return n;
	}
	octets[n++] = (uint8_t)len;
	for (; len > 0; len -= 8) {
		octets[n++] = (uint8_t)(net >> 24);
		net <<= 8;
	}
	return n;
}

/*
 * Appends a realm, and leaves the dictionary as it was if it does not fit. That takes a copy only
 * where the realm as literals, the longest that it can become, would not fit.
 */
static enum wire_result put_realm(struct advertisement_encoder *encoder, const char *realm,
				  struct writer *writer)
{
	struct realm_dictionary before;
	enum wire_result result;

	if (has_room(writer, strlen(realm) + 2))
		return realm_put(&encoder->dictionary, realm, encoder->compress, writer);
	before = encoder->dictionary;
	result = realm_put(&encoder->dictionary, realm, encoder->compress, writer);
	if (result == WIRE_SPACE)
		encoder->dictionary = before;
	return result;
}

enum wire_result advertisement_put_prefix(struct advertisement_encoder *encoder,
					  const struct ip_prefix *prefix, const char *realm,
					  struct writer *writer)
{
	struct writer before = *writer;
	uint8_t octets[PREFIX_SIZE_MAX];
	enum wire_result result;
	uint32_t net;
	bool delta;
	size_t n;

	if (encoder->sealed || !encoder->has_router || prefix->addr.family != IP_V4 ||
	    prefix->len > PREFIX_LEN_MAX)
		return WIRE_VALUE;
	net = ntohl(prefix->addr.v4) & top_bits(prefix->len);
	delta = is_delta(encoder, net, prefix->len);
	n = encode_prefix(net, prefix->len, delta, octets);
	write_bytes(writer, octets, n);
	result = put_realm(encoder, realm, writer);
	if (result != WIRE_OK) {
		*writer = before;
		return result;
	}
	if (!delta) {
		encoder->has_master = true;
		encoder->master = net;
	}
	return WIRE_OK;
}
