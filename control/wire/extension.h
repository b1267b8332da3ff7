/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk over a message's extensions (RFC 5944, section 1.10; mip4-base section 5). Three
 * encodings exist and the type number does not tell which, so each message has a table of the
 * types that it knows; every other type is skipped (128 and more) or ends the walk (less).
 *
 *     simple  | type | length | data                        length counts data
 *     short   | type | length | subtype | data              length counts subtype and data
 *     long    | type | subtype | length (2 octets) | data   length counts data
 *
 * Private to wire/. Pure, any thread.
 */
#ifndef WIRE_EXTENSION_H
#define WIRE_EXTENSION_H

#include "wire/cursor.h"
#include "wire/message.h"

#define EXTENSIONS_MAX 128 /* of one message, so that a hostile one costs no more */

enum extension_form {
	FORM_UNKNOWN, /* what a table says of the types that it does not name */
	FORM_SIMPLE,
	FORM_SHORT,
	FORM_LONG,
	FORM_DYNAMIC_HA, /* 139: short by erratum 898, long by the figure of RFC 4433 */
};

struct extension {
	uint8_t type;
	uint8_t subtype;          /* short and long */
	enum extension_form form; /* FORM_UNKNOWN: skippable; only offset and total are set */
	size_t offset;            /* of the type octet in the message */
	size_t total;             /* octets, headers included */
	const uint8_t *data;
	size_t len;
};

struct extension_walk {
	struct reader reader;
	const uint8_t *forms; /* by type: enum extension_form, 256 of them */
	unsigned int count;
	uint8_t type; /* of the last one begun: names the culprit when the walk fails */
};

/* Starts behind the fixed part of a message. */
struct extension_walk extension_walk_of(struct reader reader, const uint8_t forms[256]);

/* WIRE_OK with the next one, WIRE_END, or why the message is to be discarded. */
enum wire_result extension_next(struct extension_walk *walk, struct extension *extension);

/* Notes a Mobile-Home Authentication Extension; WIRE_EXTENSION_LENGTH if it holds no SPI. */
enum wire_result extension_take_auth(const struct extension *extension, struct message_auth *auth);

/* The first three octets of a short extension that carries len octets of data, 0..254. */
static inline void write_short(struct writer *writer, uint8_t type, uint8_t subtype, size_t len)
{
	write_u8(writer, type);
	write_u8(writer, (uint8_t)(len + 1));
	write_u8(writer, subtype);
}

/* The first four octets of a long extension that carries len octets of data, 0..65535. */
static inline void write_long(struct writer *writer, uint8_t type, uint8_t subtype, size_t len)
{
	write_u8(writer, type);
	write_u8(writer, subtype);
	write_u16(writer, (uint16_t)len);
}

/* The first two octets of a simple extension that carries len octets of data, 0..255. */
static inline void write_simple(struct writer *writer, uint8_t type, size_t len)
{
	write_u8(writer, type);
	write_u8(writer, (uint8_t)len);
}

#endif
