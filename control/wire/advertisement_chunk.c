/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs of routers that were encoded once and are put into many advertisements (haaro.md, section 9:
 * a reply costs the same with many routers as with few). A chunk began with an empty dictionary, so
 * it refers only to what it added itself: behind count additions of others, its entry i is entry
 * (i + count) % 128. Its first prefix is a master, so it needs none before. Pure, any thread.
 */
#include <errno.h>
#include <stdlib.h>

#include "wire/advertisement_format.h"

/* Notes the offsets of a realm's indices, n so far; offsets NULL: counts them. */
static size_t index_realm(struct reader *reader, uint16_t *offsets, size_t n)
{
	uint8_t tag;

	while ((tag = read_u8(reader)) != 0) {
		if ((tag & REALM_TAG_INDEX) == 0) {
			read_bytes(reader, tag);
			continue;
		}
		if (offsets)
			offsets[n] = (uint16_t)(reader->offset - 1);
		n++;
	}
	return n;
}

static size_t index_structures(const uint8_t *bytes, size_t len, uint16_t *offsets)
{
	struct reader reader = reader_of(bytes, len);
	size_t n = 0;
	uint8_t first;

	while (reader_left(&reader) > 0 && !reader.failed) {
		first = read_u8(&reader);
		if (first & STRUCTURE_ROUTER) {
			read_be32(&reader);
			continue;
		}
		read_bytes(&reader, prefix_octets(first));
		n = index_realm(&reader, offsets, n);
	}
	return n;
}

int advertisement_chunk_make(struct advertisement_chunk *chunk,
			     const struct advertisement_encoder *encoder, const uint8_t *bytes,
			     size_t len)
{
	*chunk = (struct advertisement_chunk){.len = len, .additions = encoder->dictionary.count};
	if (len > UINT16_MAX)
		return -EMSGSIZE;
	chunk->n_indices = index_structures(bytes, len, NULL);
	chunk->bytes = malloc(len + 1); /* malloc(0) may return NULL */
	chunk->indices = calloc(chunk->n_indices + 1, sizeof(*chunk->indices));
	if (!chunk->bytes || !chunk->indices) {
		advertisement_chunk_drop(chunk);
		return -ENOMEM;
	}
	if (len > 0)
		memcpy(chunk->bytes, bytes, len);
	index_structures(bytes, len, chunk->indices);
	return 0;
}

void advertisement_chunk_drop(struct advertisement_chunk *chunk)
{
	free(chunk->bytes);
	free(chunk->indices);
	*chunk = (struct advertisement_chunk){0};
}

enum wire_result advertisement_put_chunk(struct advertisement_encoder *encoder,
					 const struct advertisement_chunk *chunk,
					 struct writer *writer)
{
	uint32_t count = encoder->dictionary.count;
	uint8_t *bytes;
	size_t i;

	if (writer->failed || chunk->len > writer->size - writer->len)
		return WIRE_SPACE;
	bytes = write_room(writer, chunk->len);
	if (chunk->len > 0)
		memcpy(bytes, chunk->bytes, chunk->len);
	for (i = 0; i < chunk->n_indices; i++) {
		uint8_t *octet = &bytes[chunk->indices[i]];

		*octet = (uint8_t)(REALM_TAG_INDEX |
				   ((*octet & ~REALM_TAG_INDEX) + count) % REALM_DICTIONARY);
	}
	encoder->dictionary.count += chunk->additions;
	encoder->sealed = true;
	return WIRE_OK;
}
