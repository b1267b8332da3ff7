/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The numbers of Mobile IPv4 (IANA "Mobile IPv4 Numbers"), by name: message types, extension types,
 * reply codes; what a codec says of a message; and the one extension that every message ends with.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include "haaro/types.h"

#define MESSAGE_UDP_PORT 434
#define MESSAGE_TTL_REVERSE_TUNNEL \
	255 /* of a request that asks for a reverse tunnel (RFC 3024, section 4.1) */
#define MESSAGE_SIZE \
	1472 /* room for any message that we build: an Ethernet MTU less IPv4 and UDP */

enum message_type {
	MESSAGE_NONE = 0, /* no octet there */
	MESSAGE_REQUEST = 1,
	MESSAGE_REPLY = 3,
	MESSAGE_TUNNEL_DATA = 4, /* RFC 3519 */
	MESSAGE_REVOCATION = 7,  /* RFC 3543 */
	MESSAGE_REVOCATION_ACK = 15,
	MESSAGE_HOME_TEST_INIT = 24, /* RFC 6521 from here on */
	MESSAGE_CARE_OF_TEST_INIT = 25,
	MESSAGE_HOME_TEST = 26,
	MESSAGE_CARE_OF_TEST = 27,
};

/* The first octet of a UDP payload. */
static inline enum message_type message_type(const uint8_t *payload, size_t len)
{
	return len > 0 ? (enum message_type)payload[0] : MESSAGE_NONE;
}

enum extension_type {
	EXTENSION_PADDING = 0,
	EXTENSION_MOBILE_HOME_AUTH = 32, /* MHAE */
	EXTENSION_MOBILE_FOREIGN_AUTH = 33,
	EXTENSION_FOREIGN_HOME_AUTH = 34,
	EXTENSION_UDP_TUNNEL_REPLY = 44,
	EXTENSION_GRE_KEY = 48,                 /* not built yet */
	EXTENSION_ROUTE_OPTIMIZATION = 49,      /* RFC 6521 */
	EXTENSION_ROUTE_OPTIMIZATION_DATA = 50, /* RFC 6521, long */
	EXTENSION_SKIPPABLE = 128,              /* from here on an unknown one is skipped */
	EXTENSION_NAI = 131,
	EXTENSION_REVOCATION_SUPPORT = 137,
	EXTENSION_DYNAMIC_HA = 139,
	EXTENSION_UDP_TUNNEL_REQUEST = 144,
	EXTENSION_MESSAGE_STRING = 145,
	EXTENSION_MOBILE_NETWORK = 148,
	EXTENSION_RO_CAPABILITY = 153, /* RFC 6521 */
};

/* X(constant, value, name): codes of a Registration Reply that we send or act on by name. */
#define REPLY_CODE_LIST(X)                                                            \
	X(ACCEPTED, 0, "accepted")                                                    \
	X(ACCEPTED_NO_SIMULTANEOUS, 1, "accepted, simultaneous bindings unsupported") \
	X(CONCURRENT, 2, "concurrent registration")                                   \
	X(UNSPECIFIED, 128, "reason unspecified")                                     \
	X(PROHIBITED, 129, "administratively prohibited")                             \
	X(RESOURCES, 130, "insufficient resources")                                   \
	X(MOBILE_AUTH, 131, "mobile node failed authentication")                      \
	X(FOREIGN_AUTH, 132, "foreign agent failed authentication")                   \
	X(IDENTIFICATION, 133, "identification mismatch")                             \
	X(POORLY_FORMED, 134, "poorly formed request")                                \
	X(TOO_MANY_BINDINGS, 135, "too many simultaneous bindings")                   \
	X(UNKNOWN_HOME_AGENT, 136, "unknown home agent address")                      \
	X(NO_REVERSE_TUNNEL, 137, "requested reverse tunnel unavailable")             \
	X(REVERSE_TUNNEL_MANDATORY, 138, "reverse tunnel is mandatory")               \
	X(NO_ENCAPSULATION, 139, "requested encapsulation unavailable")               \
	X(NO_UDP_ENCAPSULATION, 142, "requested UDP encapsulation unavailable")       \
	X(REDIRECTED, 143, "register with another home agent")                        \
	X(MOBNET_ERROR, 147, "no mobile network could be set up")                     \
	X(MOBNET_DISALLOWED, 148, "mobile router operation not permitted")            \
	X(HOME_NONCE_EXPIRED, 201, "expired home nonce index")                        \
	X(CARE_OF_NONCE_EXPIRED, 202, "expired care-of nonce index")                  \
	X(NONCES_EXPIRED, 203, "expired nonces")

enum reply_code {
#define X(constant, value, name) REPLY_##constant = (value),
	REPLY_CODE_LIST(X)
#undef X
};

/* Every value has a name: foreign agent codes and unassigned ones say what they are. */
const char *reply_code_name(unsigned int code);

/* 0 to 8 (mip4-base section 8). */
static inline bool reply_code_is_success(unsigned int code)
{
	return code <= 8;
}

/* A code that a home agent can have given; others are a foreign agent's or a correspondent's. */
static inline bool reply_code_is_home(unsigned int code)
{
	return reply_code_is_success(code) || (code >= 128 && code <= 192);
}

/* X(constant, value, name): codes of a Mobile Network Acknowledgement (RFC 5177, RFC 6626). */
#define NETWORK_CODE_LIST(X)                          \
	X(SUCCESS, 0, "success")                      \
	X(INVALID_LENGTH, 1, "invalid prefix length") \
	X(UNAUTHORIZED, 2, "prefix not authorized")   \
	X(SETUP_FAILED, 3, "forwarding setup failed") \
	X(UNASSIGNED, 4, "no prefix to assign")

enum network_code {
#define X(constant, value, name) NETWORK_##constant = (value),
	NETWORK_CODE_LIST(X)
#undef X
};

const char *network_code_name(unsigned int code);

/* X(constant, name): what parse and build say. The names go into logs and counters. */
#define WIRE_RESULT_LIST(X)                                              \
	X(OK, "ok")                                                      \
	X(END, "end of message") /* of extension_next() only */          \
	X(SHORT, "shorter than its fixed part")                          \
	X(TYPE, "another message type")                                  \
	X(EXTENSION_TRUNCATED, "extension runs past the end")            \
	X(EXTENSION_LENGTH, "non-skippable extension of a wrong length") \
	X(EXTENSION_UNKNOWN, "unknown non-skippable extension")          \
	X(EXTENSION_COUNT, "too many extensions")                        \
	X(SPACE, "does not fit into the buffer") /* of build only */     \
	X(VALUE, "a value that is not allowed")

enum wire_result {
#define X(constant, name) WIRE_##constant,
	WIRE_RESULT_LIST(X)
#undef X
		WIRE_RESULT_MAX
};

const char *wire_result_name(enum wire_result result);

/*
 * The Mobile-Home Authentication Extension of a parsed message (RFC 5944, section 3.5.2), as
 * auth/sa.h wants it. It protects octets 0 to covered - 1: everything before it, and its own type,
 * length and SPI. What stands behind it is not protected and not in the parsed struct.
 */
struct message_auth {
	unsigned int count; /* how many there are; only 1 is right. The rest is the first's */
	uint32_t spi;       /* 0 if there is none */
	size_t offset;      /* of its type octet */
	size_t covered;     /* offset + 6 */
	const uint8_t *authenticator; /* in the message */
	size_t authenticator_len;
	unsigned int ignored; /* other extensions behind it: ignored, and to be counted */
};

/*
 * The Mobile-Correspondent Authentication Extension (49/2, RFC 6521, section 5.3), as
 * auth/correspondent.h wants it. It protects octets 0 to covered - 1: everything before it and its
 * own type, length, subtype, reserved octet and nonce indexes (haaro.md, A1). A message that has
 * one is not for a home agent.
 */
struct message_correspondent {
	unsigned int count; /* how many there are; only 1 is right. The rest is the first's */
	uint16_t home_index;
	uint16_t care_of_index;
	size_t offset;                /* of its type octet */
	size_t covered;               /* offset + 8 */
	const uint8_t *authenticator; /* in the message */
	size_t authenticator_len;
	unsigned int behind; /* extensions behind it: the message is to be discarded (A40) */
};

#endif
