/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bounded reading and writing of wire bytes. A cursor that has run past its end stays failed, reads
 * zeros and writes nothing, so that a codec checks once at the end of a part instead of at each
 * field. Inline, pure, any thread.
 */
#ifndef WIRE_CURSOR_H
#define WIRE_CURSOR_H

#include <string.h>

#include "haaro/types.h"

struct reader {
	const uint8_t *bytes;
	size_t size;
	size_t offset; /* of the next octet; at most size */
	bool failed;   /* something was asked for that is not there */
};

struct writer {
	uint8_t *bytes;
	size_t size;
	size_t len;  /* octets written; at most size */
	bool failed; /* something did not fit */
};

static inline struct reader reader_of(const uint8_t *bytes, size_t size)
{
	return (struct reader){.bytes = bytes, .size = size};
}

static inline size_t reader_left(const struct reader *reader)
{
	return reader->size - reader->offset;
}

/* The next len octets, or NULL and failed if there are fewer. len 0 is never NULL. */
static inline const uint8_t *read_bytes(struct reader *reader, size_t len)
{
	const uint8_t *bytes = reader->bytes + reader->offset;

	if (reader->failed || len > reader_left(reader)) {
		reader->failed = true;
		return NULL;
	}
	reader->offset += len;
	return bytes;
}

static inline uint8_t read_u8(struct reader *reader)
{
	const uint8_t *bytes = read_bytes(reader, 1);

	return bytes ? bytes[0] : 0;
}

static inline uint16_t read_u16(struct reader *reader)
{
	const uint8_t *bytes = read_bytes(reader, 2);

	return bytes ? (uint16_t)(bytes[0] << 8 | bytes[1]) : 0;
}

static inline uint32_t read_u32(struct reader *reader)
{
	uint32_t high = read_u16(reader);

	return high << 16 | read_u16(reader);
}

static inline uint64_t read_u64(struct reader *reader)
{
	uint64_t high = read_u32(reader);

	return high << 32 | read_u32(reader);
}

/* An address, kept in wire order. */
static inline be32 read_be32(struct reader *reader)
{
	const uint8_t *bytes = read_bytes(reader, 4);
	be32 value = 0;

	if (bytes)
		memcpy(&value, bytes, 4);
	return value;
}

static inline struct writer writer_of(uint8_t *bytes, size_t size)
{
	return (struct writer){.bytes = bytes, .size = size};
}

/* Room for len octets to be filled by the caller, or NULL and failed. */
static inline uint8_t *write_room(struct writer *writer, size_t len)
{
	uint8_t *bytes = writer->bytes + writer->len;

	if (writer->failed || len > writer->size - writer->len) {
		writer->failed = true;
		return NULL;
	}
	writer->len += len;
	return bytes;
}

static inline void write_bytes(struct writer *writer, const void *bytes, size_t len)
{
	uint8_t *room = write_room(writer, len);

	if (room && len > 0)
		memcpy(room, bytes, len);
}

static inline void write_u8(struct writer *writer, uint8_t value)
{
	write_bytes(writer, &value, 1);
}

static inline void write_u16(struct writer *writer, uint16_t value)
{
	uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	write_bytes(writer, bytes, 2);
}

static inline void write_u32(struct writer *writer, uint32_t value)
{
	write_u16(writer, (uint16_t)(value >> 16));
	write_u16(writer, (uint16_t)value);
}

static inline void write_u64(struct writer *writer, uint64_t value)
{
	write_u32(writer, (uint32_t)(value >> 32));
	write_u32(writer, (uint32_t)value);
}

static inline void write_be32(struct writer *writer, be32 value)
{
	write_bytes(writer, &value, 4);
}

#endif
