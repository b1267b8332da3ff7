/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARP for Ethernet and IPv4 (RFC 826): the packet as a value, and what we send.
 * Thread: control core.
 */
#ifndef LINK_ARP_H
#define LINK_ARP_H

#include "haaro/types.h"

struct link;

#define ETHERNET_SIZE 14
#define ETHERNET_IPV4 0x0800
#define ETHERNET_ARP  0x0806
#define ARP_SIZE      28 /* for Ethernet and IPv4 */

enum arp_operation { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp {
	uint16_t operation;
	struct mac_addr sender_mac;
	be32 sender;
	struct mac_addr target_mac;
	be32 target;
};

void ethernet_build(uint8_t frame[ETHERNET_SIZE], const struct mac_addr *destination,
		    const struct mac_addr *source, uint16_t type);

/* A frame from its Ethernet header on; false if it is not ARP for Ethernet and IPv4. */
bool arp_parse(const uint8_t *frame, size_t len, struct arp *arp);
void arp_build(uint8_t packet[ARP_SIZE], const struct arp *arp);

/* Asks for addr, by broadcast or, to confirm what we know, by unicast (RFC 1122, section 2.3.2.1).
 */
void arp_request(struct link *link, uint16_t port, be32 addr, const struct mac_addr *unicast);

/* Announces every address of the port (RFC 5227, section 2.3). */
void arp_announce(struct link *link, uint16_t port);

#endif
