/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP in IP (RFC 2003), protocol 4: nothing between the two headers.
 *
 *     | outer IPv4 (20) | inner IPv4 packet |
 *
 * build: control core; push and pop: none. The outer header is outer.h's.
 */
#include "encap/outer.h"

static_assert(IPV4_SIZE <= TUNNEL_TEMPLATE_SIZE, "fits the template");

static void build(const struct fwd_tunnel *tunnel, struct tunnel_entry *entry)
{
	outer_build(tunnel, entry, PROTOCOL_IPIP);
}

const struct encap_ops encap_ipip = {
	.protocol = PROTOCOL_IPIP,
	.build = build,
};
