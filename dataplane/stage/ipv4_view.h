/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of an IPv4 header, the same for a received packet (parse) and for what a tunnel carried
 * (decap) but for the names of the reasons (RFC 1812, section 5.2.2).
 */
#ifndef STAGE_IPV4_VIEW_H
#define STAGE_IPV4_VIEW_H

#include "encap/ipv4.h"
#include "pkt.h"

static_assert(offsetof(struct pkt_view, destination) == offsetof(struct pkt_view, source) + 4,
	      "copied together, as they follow each other in the header");

struct ipv4_reasons {
	enum drop_reason size, version, header_length, length, checksum, ttl, source, destination;
};

/* 0/8, 127/8, multicast, reserved and limited broadcast: no host has it, no router forwards it. */
static inline bool ipv4_is_martian(uint8_t top)
{
	return top == 0 || top == 127 || top >= 224;
}

/* Length of the header at ip, of which available octets are there; 0: wrong. */
static inline uint32_t ipv4_header_len(const uint8_t *ip, uint32_t available)
{
	uint32_t len = (uint32_t)(ip[0] & 0xf) * 4;

	return len >= IPV4_SIZE && len <= available ? len : 0;
}

/* Checks the header at ip, of which available octets are there, and fills the view from it. */
static inline enum drop_reason ipv4_view(struct pkt_view *pkt, uint8_t *ip, uint32_t available,
					 const struct ipv4_reasons *reasons)
{
	uint32_t header_len, len;

	if (unlikely(available < IPV4_SIZE))
		return reasons->size;
	header_len = IPV4_SIZE;
	if (unlikely(ip[0] != 0x45)) { /* nearly all have no options */
		if (ip[0] >> 4 != 4)
			return reasons->version;
		header_len = ipv4_header_len(ip, available);
		if (header_len == 0)
			return reasons->header_length;
	}
	len = load16(ip + IPV4_LENGTH);
	if (unlikely(len < header_len || len > available))
		return reasons->length;
	if (unlikely(!checksum_is_good(ip, header_len)))
		return reasons->checksum;
	if (unlikely(ip[IPV4_TTL] == 0))
		return reasons->ttl;
	if (unlikely(ipv4_is_martian(ip[IPV4_SOURCE])))
		return reasons->source;
	if (unlikely(ipv4_is_martian(ip[IPV4_DESTINATION])))
		return reasons->destination;
	pkt->ip = ip;
	memcpy(&pkt->source, ip + IPV4_SOURCE, 8); /* and the destination */
	pkt->len = (uint16_t)len;
	pkt->header_len = (uint8_t)header_len;
	return DROP_NONE;
}

static inline bool pkt_is_fragment(const struct pkt_view *pkt)
{
	return (ipv4_fragment(pkt->ip) & (IPV4_MF | IPV4_OFFSET)) != 0;
}

#endif
