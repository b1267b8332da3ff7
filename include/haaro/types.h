/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The small values that every room speaks of: integers in wire order, addresses, prefixes.
 *
 * Bindings, events and ops carry a struct ip_addr, so that a second address family is a new file and
 * not a new signature; codecs and pipeline stages work on 32-bit words (be32).
 */
#ifndef HAARO_TYPES_H
#define HAARO_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint16_t be16; /* in network byte order, wherever it is stored */
typedef uint32_t be32;
typedef uint64_t be64;

enum ip_family {
	IP_NONE, /* no address: what a zeroed struct says */
	IP_V4,
	IP_V6,
};

struct ip_addr {
	uint8_t family;      /* enum ip_family */
	uint8_t reserved[3]; /* zero, so that memcmp() compares addresses */
	union {
		be32 v4;
		uint8_t v6[16];
	};
};

struct ip_prefix {
	struct ip_addr addr; /* host bits are zero */
	uint8_t len;         /* 0..32 or 0..128 */
	uint8_t reserved[3]; /* zero */
};

struct mac_addr {
	uint8_t bytes[6];
};

#define PORT_NONE  UINT16_MAX /* no port, or any */
#define REALM_MAIN 0          /* the realm of everything that names none */

#endif
