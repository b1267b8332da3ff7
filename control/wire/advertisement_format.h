/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first octet of each structure of a Prefix Advertisement (RFC 6521, section 5.5), for both
 * directions. Private to wire/. Pure, any thread.
 */
#ifndef WIRE_ADVERTISEMENT_FORMAT_H
#define WIRE_ADVERTISEMENT_FORMAT_H

#include "wire/advertisement.h"

#define STRUCTURE_DELTA  0x80 /* D: one octet, to be filled up from the master; of prefixes only */
#define STRUCTURE_ROUTER 0x40 /* M: a router's home address, not a prefix */
#define STRUCTURE_VALUE  0x3f /* length of the prefix, or info on the router */

#define INFO_OUTBOUND_ONLY 1

#define PREFIX_LEN_MAX 32

/* The len top bits; none if len is negative. A shift by 32 would be undefined. */
static inline uint32_t top_bits(int len)
{
	return len <= 0 ? 0 : UINT32_MAX << (PREFIX_LEN_MAX - len);
}

/* Octets of the prefix behind its first octet (haaro.md, A11: of a master of length 0 none). */
static inline size_t prefix_octets(uint8_t first)
{
	return first & STRUCTURE_DELTA ? 1 : ((first & STRUCTURE_VALUE) + 7u) / 8;
}

#endif
