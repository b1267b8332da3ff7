/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Encoding. A chunk is encoded into a place of its own, by an encoder of its own, whatever else the
 * advertisement says that it will stand in (wire/advertisement.h).
 */
#include "home/chunk.h"

#include <errno.h>

#include "home/state.h"

#define ROUTER_SIZE 5
#define PREFIX_SIZE 5 /* at most, without its realm */

static enum wire_result put_network(struct advertisement_encoder *encoder,
				    const struct subscriber *subscriber,
				    const struct ip_prefix *network, struct writer *writer)
{
	return advertisement_put_prefix(encoder, network, subscriber->listing->realm, writer);
}

/* The default route comes last: it is told as the difference to another prefix (haaro.md, A11). */
static enum wire_result put_networks(struct advertisement_encoder *encoder,
				     const struct subscriber *subscriber, struct writer *writer)
{
	const struct network *last = NULL;
	enum wire_result result = WIRE_OK;
	struct ip_prefix host;

	for (uint32_t i = 0; result == WIRE_OK && i < subscriber->n_networks; i++) {
		const struct network *network = &subscriber->networks[i];

		if (network->listed && network->prefix.len == 0)
			last = network;
		else if (network->listed)
			result = put_network(encoder, subscriber, &network->prefix, writer);
	}
	if (result != WIRE_OK || !last)
		return result;
	/* To nothing else, then to the home address, of which nothing new is said. */
	host = prefix_v4(subscriber->home_address.v4, 32);
	if (!encoder->has_master)
		result = put_network(encoder, subscriber, &host, writer);
	return result == WIRE_OK ? put_network(encoder, subscriber, &last->prefix, writer) : result;
}

enum wire_result chunk_put_router(struct advertisement_encoder *encoder,
				  const struct subscriber *subscriber, struct writer *writer)
{
	enum wire_result result = advertisement_put_router(encoder, subscriber->home_address.v4,
							   subscriber->listed_outbound, writer);

	return result == WIRE_OK ? put_networks(encoder, subscriber, writer) : result;
}

size_t chunk_router_size(const struct subscriber *subscriber)
{
	size_t realm = strlen(subscriber->listing->realm) + 2;
	size_t again = subscriber->home->conf->home.advertisement_compress ? 3 : realm;
	size_t size = ROUTER_SIZE + realm;

	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		if (subscriber->networks[i].listed)
			size += PREFIX_SIZE + again;
	return size;
}

/* -EMSGSIZE: larger than a message. */
static int encode(struct home *home, const struct listing *listing, uint32_t index, uint32_t mask,
		  struct advertisement_chunk *chunk)
{
	struct advertisement_encoder *encoder = &home->chunk_encoder;
	struct subscriber *const *members = &listing->members[(size_t)index * LISTING_CHUNK];
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	advertisement_encoder_init(encoder, home->conf->home.advertisement_compress);
	for (; mask; mask &= mask - 1) {
		enum wire_result result =
			chunk_put_router(encoder, members[__builtin_ctz(mask)], &writer);

		if (result != WIRE_OK)
			return -EMSGSIZE;
	}
	return advertisement_chunk_make(chunk, encoder, bytes, writer.len);
}

/* NULL: it can't be had. */
static const struct advertisement_chunk *cached(struct home *home, const struct listing *listing,
						uint32_t index)
{
	struct listing_chunk *chunk = &listing->chunks[index];
	int result;

	if (chunk->state == CHUNK_STALE) {
		advertisement_chunk_drop(&chunk->encoded);
		result = encode(home, listing, index, chunk->listed, &chunk->encoded);
		home->counters.chunks_encoded++;
		if (result == 0)
			chunk->state = CHUNK_READY;
		else if (result == -EMSGSIZE)
			chunk->state = CHUNK_UNFIT;
	}
	return chunk->state == CHUNK_READY ? &chunk->encoded : NULL;
}

enum wire_result chunk_put(struct home *home, const struct listing *listing, uint32_t index,
			   uint32_t mask, struct writer *writer)
{
	struct advertisement_chunk once = {0};
	const struct advertisement_chunk *chunk;
	enum wire_result result;

	if (mask == listing->chunks[index].listed) {
		chunk = cached(home, listing, index);
		return chunk ? advertisement_put_chunk(&home->encoder, chunk, writer) : WIRE_SPACE;
	}
	if (encode(home, listing, index, mask, &once) < 0)
		return WIRE_SPACE;
	result = advertisement_put_chunk(&home->encoder, &once, writer);
	advertisement_chunk_drop(&once);
	return result;
}
