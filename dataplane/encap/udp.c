/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP in UDP for NAT traversal (RFC 3519, section 4.3), carrying plain IP.
 *
 *     | outer IPv4 (20) | UDP (8) | MIP Tunnel Data (4) | inner IPv4 packet |
 *
 *     MIP Tunnel Data:  0 type = 4   1 next header = 4   2 reserved, ignored
 *
 * RFC 3519 says nothing about the UDP checksum of data: ours is computed unless the tunnel says 0;
 * 0 is accepted, anything else is verified. build: control core; push and pop: workers.
 */
#include "encap/outer.h"

enum {
	UDP_OFFSET = IPV4_SIZE,
	UDP_LENGTH = 4, /* in the UDP header */
	UDP_CHECKSUM = 6,
	MIP_NEXT_HEADER = 1, /* in the MIP Tunnel Data header */
	UDP_OVERHEAD = UDP_SIZE + MIP_TUNNEL_DATA_SIZE,
};

static_assert(IPV4_SIZE + UDP_OVERHEAD <= TUNNEL_TEMPLATE_SIZE, "fits the template");

static void build(const struct fwd_tunnel *tunnel, struct tunnel_entry *entry)
{
	uint8_t *udp, *mip;

	outer_build(tunnel, entry, PROTOCOL_UDP);
	if (tunnel->udp_checksum)
		entry->flags |= TUNNEL_UDP_CHECKSUM;
	udp = outer_template(entry) + UDP_OFFSET;
	mip = udp + UDP_SIZE;
	store16(udp, tunnel->local_port);
	store16(udp + 2, tunnel->remote_port);
	mip[0] = MIP_TUNNEL_DATA;
	mip[MIP_NEXT_HEADER] = PROTOCOL_IPIP;
}

/* Sum of the pseudo header of a UDP datagram of len octets (RFC 768). */
static uint64_t pseudo_sum(be32 source, be32 destination, uint16_t len)
{
	return (uint64_t)source + destination + htons(PROTOCOL_UDP) + htons(len);
}

static void push(const struct tunnel_entry *entry, uint8_t *outer, uint16_t total_len)
{
	/* what is in the template is read there: the copy was only just stored, in other pieces */
	const uint8_t *ip = entry->template + TUNNEL_TEMPLATE_SIZE - entry->overhead;
	uint16_t len = (uint16_t)(total_len - IPV4_SIZE);
	uint8_t *udp = outer + UDP_OFFSET;
	uint64_t sum;
	be16 checksum;

	store16(udp + UDP_LENGTH, len);
	if (entry->flags & TUNNEL_UDP_CHECKSUM) {
		sum = pseudo_sum(load_be32(ip + IPV4_SOURCE), load_be32(ip + IPV4_DESTINATION),
				 len);
		sum += checksum_sum(ip + UDP_OFFSET, UDP_OVERHEAD) + htons(len);
		sum += checksum_sum(udp + UDP_OVERHEAD, len - (size_t)UDP_OVERHEAD);
		checksum = (be16)~checksum_fold(sum);
		if (checksum == 0)
			checksum = UINT16_MAX; /* 0 would mean "none" (RFC 768) */
		memcpy(udp + UDP_CHECKSUM, &checksum, 2);
	}
}

static enum drop_reason pop(const struct tunnel_entry *entry, const uint8_t *payload, uint16_t len,
			    uint16_t *offset)
{
	const uint8_t *mip = payload + UDP_SIZE;

	if (len < UDP_OVERHEAD || mip[0] != MIP_TUNNEL_DATA ||
	    mip[MIP_NEXT_HEADER] != PROTOCOL_IPIP)
		return DROP_TUNNEL_DATA;
	/* The addresses are the entry's: the binding lookup compared them. */
	if ((payload[UDP_CHECKSUM] | payload[UDP_CHECKSUM + 1]) != 0 &&
	    checksum_fold(pseudo_sum(entry->key_remote, entry->key_local, len) +
			  checksum_sum(payload, len)) != UINT16_MAX)
		return DROP_UDP_CHECKSUM;
	*offset = UDP_OVERHEAD;
	return DROP_NONE;
}

const struct encap_ops encap_udp = {
	.protocol = PROTOCOL_UDP,
	.build = build,
	.push = push,
	.pop = pop,
};
