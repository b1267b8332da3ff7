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
 * Fills what every encapsulation needs from the description. The sum is that of the header with
 * length, identification and checksum 0, so that outer_push() only adds.
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
	entry->sum = checksum_fold(checksum_sum(ip, IPV4_SIZE));
}

/*
 * Puts the outer headers in front of inner, an IPv4 packet whose lengths were checked; total_len is
 * that of both. Returns where they begin. The whole block is copied, of constant size: what lies before
 * the headers is overwritten by the Ethernet rewrite or is headroom.
 */
static inline uint8_t *outer_push(const struct tunnel_entry *entry, uint8_t *inner,
				  uint16_t total_len, uint16_t id)
{
	uint8_t *outer = inner - entry->overhead;
	/* Length, and TOS bits that are 0 in the template: the rest of the header's first word. */
	be32 added = htonl((uint32_t)(inner[IPV4_TOS] & entry->tos_mask) << 16 | total_len);
	be32 first = load_be32(entry->template + TUNNEL_TEMPLATE_SIZE - entry->overhead) | added;
	be16 id_be = htons(id), sum;

	sum = (be16)~checksum_fold32((uint32_t)entry->sum + (added >> 16) + (uint16_t)added +
				     id_be);
	memcpy(inner - TUNNEL_TEMPLATE_SIZE, entry->template, TUNNEL_TEMPLATE_SIZE);
	memcpy(outer, &first, 4);
	memcpy(outer + IPV4_ID, &id_be, 2);
	memcpy(outer + IPV4_CHECKSUM, &sum, 2);
	if (encap_table[entry->encap]->push != NULL)
		encap_table[entry->encap]->push(entry, outer, total_len);
	return outer;
}

#endif
