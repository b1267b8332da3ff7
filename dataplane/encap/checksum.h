/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3). Sums are of
 * 16-bit words as they lie in memory: a ones-complement sum does not care about byte order, so none
 * of this swaps.
 */
#ifndef ENCAP_CHECKSUM_H
#define ENCAP_CHECKSUM_H

#include <string.h>

#include "haaro/types.h"

static inline uint16_t checksum_fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	return (uint16_t)sum;
}

/* The same for a sum of at most 65536 words of 16 bits. */
static inline uint16_t checksum_fold32(uint32_t sum)
{
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum += sum >> 16;
	return (uint16_t)sum;
}

/* Unfolded sum of len octets, for checksum_fold(); a last odd octet is padded with zero. */
static inline uint64_t checksum_sum(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;
	uint32_t word;
	uint16_t half;

	for (; len >= 4; len -= 4, bytes += 4) {
		memcpy(&word, bytes, 4);
		sum += word;
	}
	if (len >= 2) {
		memcpy(&half, bytes, 2);
		sum += half;
		bytes += 2;
		len -= 2;
	}
	if (len != 0) {
		half = 0;
		memcpy(&half, bytes, 1);
		sum += half;
	}
	return sum;
}

/* True if an IPv4 header of header_len octets (20..60), not all zero, sums up: to 0xffff, which is
 * nothing to a ones-complement sum and to a remainder; that of 32-bit words is the same. */
static inline bool checksum_is_good(const uint8_t *ip, size_t header_len)
{
	uint64_t sum = checksum_sum(ip, 20);

	if (header_len > 20)
		sum += checksum_sum(ip + 20, header_len - 20);
	return sum % UINT16_MAX == 0;
}

/* The checksum after one 16-bit word that it covers changed. */
static inline be16 checksum_update(be16 checksum, be16 from, be16 to)
{
	return (be16)~checksum_fold32((uint16_t)~checksum + (uint32_t)(uint16_t)~from + to);
}

/* The same for two octets at bytes, which are changed here, and the checksum field itself. */
static inline void checksum_store16(uint8_t *checksum, uint8_t *bytes, be16 to)
{
	be16 sum, from;

	memcpy(&sum, checksum, 2);
	memcpy(&from, bytes, 2);
	sum = checksum_update(sum, from, to);
	memcpy(checksum, &sum, 2);
	memcpy(bytes, &to, 2);
}

#endif
