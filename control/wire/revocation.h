/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Revocation and its Acknowledgment, between bytes and structs (RFC 3543). Built and
 * parsed as wire/registration.h says; pure functions, any thread.
 */
#ifndef WIRE_REVOCATION_H
#define WIRE_REVOCATION_H

#include "wire/cursor.h"
#include "wire/message.h"

struct revocation {
	bool from_home; /* A: a home agent revokes */
	bool inform;    /* I: set towards a mobile with a co-located care-of address */
	be32 home_address;
	be32 home_domain;    /* the home agent */
	be32 foreign_domain; /* the co-located care-of address */
	uint32_t identifier; /* timestamp of the revoker, same clock as its Revocation Support */

	/* parse only */
	struct message_auth auth;
	uint8_t failed_type;
};

struct revocation_ack {
	bool inform;
	be32 home_address;
	uint32_t identifier;

	/* parse only */
	struct message_auth auth;
	uint8_t failed_type;
};

enum wire_result revocation_parse(const uint8_t *payload, size_t len,
				  struct revocation *revocation);
enum wire_result revocation_ack_parse(const uint8_t *payload, size_t len,
				      struct revocation_ack *ack);

/* Append the message without its authenticator; WIRE_SPACE if it does not fit. */
enum wire_result revocation_build(const struct revocation *revocation, struct writer *writer);
enum wire_result revocation_ack_build(const struct revocation_ack *ack, struct writer *writer);

/* Whether identifier a is newer than b; they wrap (serial arithmetic). */
static inline bool revocation_is_newer(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

#endif
