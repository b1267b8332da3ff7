/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Revocation and Acknowledgment (RFC 3543, sections 3.3 and 3.4):
 *
 *     | type 7 | reserved | A I reserved (2 octets) |   | type 15 | reserved | I reserved (2) |
 *     | home address                                |   | home address                        |
 *     | home domain address                         |   | revocation identifier               |
 *     | foreign domain address                      |
 *     | revocation identifier                       |
 *
 * and extensions, of which only the authenticator means anything here. Pure, any thread.
 */
#include "wire/revocation.h"

#include "wire/extension.h"

#define REVOCATION_FROM_HOME 0x8000
#define REVOCATION_INFORM    0x4000
#define ACK_INFORM           0x8000

static const uint8_t revocation_forms[256] = {
	[EXTENSION_MOBILE_HOME_AUTH] = FORM_SIMPLE,
	[EXTENSION_MOBILE_FOREIGN_AUTH] = FORM_SIMPLE,
	[EXTENSION_FOREIGN_HOME_AUTH] = FORM_SIMPLE,
};

static enum wire_result parse_extensions(struct reader reader, struct message_auth *auth,
					 uint8_t *failed_type)
{
	struct extension_walk walk = extension_walk_of(reader, revocation_forms);
	struct extension extension;
	enum wire_result result;

	while ((result = extension_next(&walk, &extension)) == WIRE_OK) {
		if (extension.type == EXTENSION_MOBILE_HOME_AUTH)
			result = extension_take_auth(&extension, auth);
		else if (auth->count > 0)
			auth->ignored++;
		if (result != WIRE_OK)
			break;
	}
	if (result == WIRE_END)
		return WIRE_OK;
	*failed_type = walk.type;
	return result;
}

enum wire_result revocation_parse(const uint8_t *payload, size_t len, struct revocation *revocation)
{
	struct reader reader = reader_of(payload, len);
	uint8_t type = read_u8(&reader);
	uint16_t flags;

	*revocation = (struct revocation){0};
	read_u8(&reader);
	flags = read_u16(&reader);
	revocation->from_home = (flags & REVOCATION_FROM_HOME) != 0;
	revocation->inform = (flags & REVOCATION_INFORM) != 0;
	revocation->home_address = read_be32(&reader);
	revocation->home_domain = read_be32(&reader);
	revocation->foreign_domain = read_be32(&reader);
	revocation->identifier = read_u32(&reader);
	if (reader.failed)
		return WIRE_SHORT;
	if (type != MESSAGE_REVOCATION)
		return WIRE_TYPE;
	return parse_extensions(reader, &revocation->auth, &revocation->failed_type);
}

enum wire_result revocation_ack_parse(const uint8_t *payload, size_t len,
				      struct revocation_ack *ack)
{
	struct reader reader = reader_of(payload, len);
	uint8_t type = read_u8(&reader);

	*ack = (struct revocation_ack){0};
	read_u8(&reader);
	ack->inform = (read_u16(&reader) & ACK_INFORM) != 0;
	ack->home_address = read_be32(&reader);
	ack->identifier = read_u32(&reader);
	if (reader.failed)
		return WIRE_SHORT;
	if (type != MESSAGE_REVOCATION_ACK)
		return WIRE_TYPE;
	return parse_extensions(reader, &ack->auth, &ack->failed_type);
}

enum wire_result revocation_build(const struct revocation *revocation, struct writer *writer)
{
	write_u8(writer, MESSAGE_REVOCATION);
	write_u8(writer, 0);
	write_u16(writer, (uint16_t)((revocation->from_home ? REVOCATION_FROM_HOME : 0) |
				     (revocation->inform ? REVOCATION_INFORM : 0)));
	write_be32(writer, revocation->home_address);
	write_be32(writer, revocation->home_domain);
	write_be32(writer, revocation->foreign_domain);
	write_u32(writer, revocation->identifier);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}

enum wire_result revocation_ack_build(const struct revocation_ack *ack, struct writer *writer)
{
	write_u8(writer, MESSAGE_REVOCATION_ACK);
	write_u8(writer, 0);
	write_u16(writer, ack->inform ? ACK_INFORM : 0);
	write_be32(writer, ack->home_address);
	write_u32(writer, ack->identifier);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}
