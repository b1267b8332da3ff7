/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NATs and firewalls of several kinds (RFC 4787, sections 4 and 5): the mapping of an inside endpoint
 * may depend on where it sends to, and what comes back may have to come from there. They pass UDP and
 * ICMP echo, nothing else. A firewall maps nothing and filters.
 */
#ifndef SIM_NAT_H
#define SIM_NAT_H

#include "haaro/types.h"

#include "wire/packet.h"

/* On what mapping and filtering depend. */
enum nat_on { NAT_ON_NOTHING, NAT_ON_ADDRESS, NAT_ON_PORT };

struct nat_kind {
	enum nat_on mapping;
	enum nat_on filtering;
	bool is_firewall; /* addresses and ports stay as they are */
	uint64_t timeout; /* of a mapping without outbound packets; 0: for ever */
};

struct nat_remote {
	be32 address;
	uint16_t port; /* ICMP: 0 */
};

struct nat_mapping {
	uint32_t node;
	uint16_t uplink;
	uint8_t protocol;
	uint16_t inside; /* UDP port or ICMP identifier */
	uint16_t outside;
	struct nat_remote to; /* as far as the mapping depends on it */
	uint64_t used;        /* last outbound packet */
	struct nat_remote *contacted;
	size_t n_contacted;
	size_t size;
};

struct nat {
	be32 address;
	struct nat_kind kind;
	struct nat_mapping *mappings;
	size_t n_mappings;
	size_t size;
	uint16_t next;
	uint32_t n_inside; /* hosts */
};

/* Forgets every mapping; the next ones have other ports. */
void nat_reboot(struct nat *nat);
void nat_fini(struct nat *nat);

/*
 * Lets a packet out of an inside host: rewritten into bytes, of PUNT_PACKET_MAX octets. Returns its
 * length; 0: it is not passed.
 */
size_t nat_outward(struct nat *nat, uint64_t now, const struct nat_mapping *inside,
		   const struct packet_ipv4 *ip, uint8_t *bytes);

/* Whose a packet to the NAT's address (or the firewall's inside) is; NULL: nobody's. */
const struct nat_mapping *nat_inward(const struct nat *nat, uint64_t now,
				     const struct packet_ipv4 *ip);

/* The packet as its inside host gets it; 0: it cannot be. */
size_t nat_rewrite(const struct nat_mapping *mapping, be32 inside, const struct packet_ipv4 *ip,
		   uint8_t *bytes);

#endif
