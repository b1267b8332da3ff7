/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IPv4 header by offset, and the few edits that a router makes in one. Lengths were checked by
 * whoever built the struct pkt_view.
 *
 *     0 version/IHL  1 TOS  2 total length  4 identification  6 flags/fragment offset
 *     8 TTL  9 protocol  10 checksum  12 source  16 destination  20 options
 */
#ifndef ENCAP_IPV4_H
#define ENCAP_IPV4_H

#include <arpa/inet.h>

#include "encap/checksum.h"

enum {
	IPV4_SIZE = 20,
	IPV4_TOS = 1,
	IPV4_LENGTH = 2,
	IPV4_ID = 4,
	IPV4_FRAGMENT = 6,
	IPV4_TTL = 8,
	IPV4_PROTOCOL = 9,
	IPV4_CHECKSUM = 10,
	IPV4_SOURCE = 12,
	IPV4_DESTINATION = 16,

	IPV4_DF = 0x4000, /* in the 16 bits at IPV4_FRAGMENT, host order */
	IPV4_MF = 0x2000,
	IPV4_OFFSET = 0x1fff,

	PROTOCOL_ICMP = 1,
	PROTOCOL_IPIP = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,

	UDP_SIZE = 8,
	ICMP_SIZE = 8,
	ICMP_ECHO_REPLY = 0,
	ICMP_ECHO_REQUEST = 8,
	MIP_TUNNEL_DATA = 4, /* type, first octet after the UDP header (RFC 3519, section 4.3) */
	MIP_TUNNEL_DATA_SIZE = 4,
};

static inline uint16_t load16(const uint8_t *bytes)
{
	be16 word;

	memcpy(&word, bytes, 2);
	return ntohs(word);
}

static inline void store16(uint8_t *bytes, uint16_t host)
{
	be16 word = htons(host);

	memcpy(bytes, &word, 2);
}

static inline be32 load_be32(const uint8_t *bytes)
{
	be32 word;

	memcpy(&word, bytes, 4);
	return word;
}

/* Flags and offset, host order (IPV4_DF …). */
static inline uint16_t ipv4_fragment(const uint8_t *ip)
{
	return load16(ip + IPV4_FRAGMENT);
}

/* TTL is at least 1. The high octet of the word at 8: its sum rises by 0x0100, or by 0x0101 with
 * the carry around (RFC 1141). */
static inline void ipv4_decrement_ttl(uint8_t *ip)
{
	be16 sum;
	uint32_t next;

	memcpy(&sum, ip + IPV4_CHECKSUM, 2);
	next = (uint32_t)sum + htons(0x0100);
	sum = (be16)(next + (next >= 0xffff));
	memcpy(ip + IPV4_CHECKSUM, &sum, 2);
	ip[IPV4_TTL]--;
}

static inline void ipv4_set_tos(uint8_t *ip, uint8_t tos)
{
	uint8_t word[2] = {ip[0], tos};
	be16 to;

	memcpy(&to, word, 2);
	checksum_store16(ip + IPV4_CHECKSUM, ip, to);
}

/* Computes the header checksum of header_len octets from nothing. */
static inline void ipv4_set_checksum(uint8_t *ip, size_t header_len)
{
	be16 sum;

	memset(ip + IPV4_CHECKSUM, 0, 2);
	sum = (be16)~checksum_fold(checksum_sum(ip, header_len));
	memcpy(ip + IPV4_CHECKSUM, &sum, 2);
}

#endif
