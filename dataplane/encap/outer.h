/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The outer IPv4 header that all encapsulations share: its template, and what changes per packet.
 *
 * DF is always set: inner packets are fragmented before encapsulation (tunnels.md, section 7.2), so
 * that an outer packet is never fragmented by us, and RFC 2003 demands DF where the inner packet
 * has it. With DF the Identification may be anything (RFC 6864).
 */
#ifndef ENCAP_OUTER_H
#define ENCAP_OUTER_H

#include "encap/encap.h"
#include "encap/ipv4.h"

/* Where the headers begin in the template. */
static inline uint8_t *outer_template(struct tunnel_entry *entry)
{
	return entry->template + TUNNEL_TEMPLATE_SIZE - entry->overhead;
}

/*
 * Fills what every encapsulation needs from the description. The checksum in the template is that
 * of the header with length and identification 0, so that outer_patch() only adds.
 */
static inline void outer_build(const struct fwd_tunnel *tunnel, struct tunnel_entry *entry,
			       uint8_t protocol)
{
	uint8_t *ip;

	entry->encap = (uint8_t)tunnel->encap;
	entry->overhead = (uint8_t)encap_overhead(tunnel->encap);
	entry->remote = tunnel->remote.v4;
	entry->flags = 0;
	entry->tos_mask = 0;
	if (tunnel->ecn == FWD_ECN_COMPATIBILITY)
		entry->flags |= TUNNEL_ECN_COMPATIBILITY;
	else
		entry->tos_mask |= 0x03;
	if (tunnel->dscp == FWD_DSCP_COPY)
		entry->tos_mask |= 0xfc;
	else
		entry->flags |= TUNNEL_DSCP_FIXED;
	if (tunnel->clamp_mss)
		entry->flags |= TUNNEL_CLAMP_MSS;

	memset(entry->template, 0, sizeof(entry->template));
	ip = outer_template(entry);
	ip[0] = 0x45;
	ip[IPV4_TOS] = tunnel->dscp == FWD_DSCP_COPY ? 0 : (uint8_t)(tunnel->dscp << 2);
	store16(ip + IPV4_FRAGMENT, IPV4_DF);
	ip[IPV4_TTL] = tunnel->ttl;
	ip[IPV4_PROTOCOL] = protocol;
	memcpy(ip + IPV4_SOURCE, &tunnel->local.v4, 4);
	memcpy(ip + IPV4_DESTINATION, &tunnel->remote.v4, 4);
	ipv4_set_checksum(ip, IPV4_SIZE);
}

/* total_len: from the outer header on. */
static inline void outer_patch(const struct tunnel_entry *entry, uint8_t *outer,
			       const uint8_t *inner, uint16_t total_len, uint16_t id)
{
	uint8_t added = inner[IPV4_TOS] & entry->tos_mask; /* those bits are 0 in the template */
	uint8_t tos_word[2] = {0, added};
	be16 len = htons(total_len), id_be = htons(id), tos, sum;

	memcpy(&tos, tos_word, 2);
	memcpy(&sum, outer + IPV4_CHECKSUM, 2);
	sum = (be16)~checksum_fold((uint64_t)(uint16_t)~sum + tos + len + id_be);
	outer[IPV4_TOS] |= added;
	memcpy(outer + IPV4_LENGTH, &len, 2);
	memcpy(outer + IPV4_ID, &id_be, 2);
	memcpy(outer + IPV4_CHECKSUM, &sum, 2);
}

#endif
