/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARP for Ethernet and IPv4 (RFC 826).
 *
 *      0      2      4   5   6     8          14      18         24      28
 *      | 0001 | 0800 | 6 | 4 | op  | sender MAC | sender | target MAC | target |
 *
 * Its merge rule is kept with one care: who is not on one of the port's networks changes nothing,
 * and an answer that nobody asked for makes no entry. Thread: control core. Neighbour: neighbour.c.
 */
#include "link/arp.h"

#include <string.h>

#include "link/internal.h"

#define ARP_ETHERNET 1

static const struct mac_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static void put16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

void ethernet_build(uint8_t frame[ETHERNET_SIZE], const struct mac_addr *destination,
		    const struct mac_addr *source, uint16_t type)
{
	memcpy(frame, destination, 6);
	memcpy(frame + 6, source, 6);
	put16(frame + 12, type);
}

bool arp_parse(const uint8_t *frame, size_t len, struct arp *arp)
{
	const uint8_t *packet = frame + ETHERNET_SIZE;

	if (len < ETHERNET_SIZE + ARP_SIZE || get16(frame + 12) != ETHERNET_ARP ||
	    get16(packet) != ARP_ETHERNET || get16(packet + 2) != ETHERNET_IPV4 || packet[4] != 6 ||
	    packet[5] != 4)
		return false;
	arp->operation = get16(packet + 6);
	memcpy(&arp->sender_mac, packet + 8, 6);
	memcpy(&arp->sender, packet + 14, 4);
	memcpy(&arp->target_mac, packet + 18, 6);
	memcpy(&arp->target, packet + 24, 4);
	return true;
}

void arp_build(uint8_t packet[ARP_SIZE], const struct arp *arp)
{
	put16(packet, ARP_ETHERNET);
	put16(packet + 2, ETHERNET_IPV4);
	packet[4] = 6;
	packet[5] = 4;
	put16(packet + 6, arp->operation);
	memcpy(packet + 8, &arp->sender_mac, 6);
	memcpy(packet + 14, &arp->sender, 4);
	memcpy(packet + 18, &arp->target_mac, 6);
	memcpy(packet + 24, &arp->target, 4);
}

static void arp_send(struct link *link, uint16_t port, const struct mac_addr *destination,
		     const struct arp *arp)
{
	uint8_t frame[ETHERNET_SIZE + ARP_SIZE];
	const struct inject inject = {
		.kind = INJECT_FRAME,
		.port = port,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
	};

	ethernet_build(frame, destination, &link->ports[port].mac, ETHERNET_ARP);
	arp_build(frame + ETHERNET_SIZE, arp);
	if (link_inject(link, &inject, frame, sizeof(frame)) < 0)
		return;
	if (arp->operation == ARP_REQUEST)
		link->counters.arp_requests_out++;
	else
		link->counters.arp_replies_out++;
}

/* Our address in the network that addr is on, or the port's first; 0 if it has none. */
static be32 sender_for(const struct link *link, uint16_t port, be32 addr)
{
	const struct conf_port *conf = &link->conf->ports[port];

	for (size_t i = 0; i < conf->n_addresses; i++)
		if (prefix_contains4(&conf->networks[i], addr))
			return conf->addresses[i].v4;
	return link_port_address(link, port).v4;
}

void arp_request(struct link *link, uint16_t port, be32 addr, const struct mac_addr *unicast)
{
	struct arp arp = {
		.operation = ARP_REQUEST,
		.sender_mac = link->ports[port].mac,
		.sender = sender_for(link, port, addr),
		.target = addr,
	};

	arp_send(link, port, unicast ? unicast : &broadcast, &arp);
}

void arp_announce(struct link *link, uint16_t port)
{
	const struct conf_port *conf = &link->conf->ports[port];

	for (size_t i = 0; i < conf->n_addresses; i++) {
		struct arp arp = {
			.operation = ARP_REQUEST,
			.sender_mac = link->ports[port].mac,
			.sender = conf->addresses[i].v4,
			.target = conf->addresses[i].v4,
		};

		arp_send(link, port, &broadcast, &arp);
	}
}

static void conflict(struct link *link, uint16_t port, const struct arp *arp)
{
	struct event event = core_event(link->core, EVENT_ADDRESS_CONFLICT);
	const uint8_t *mac = arp->sender_mac.bytes;

	link->counters.arp_conflicts++;
	event.port = port;
	event.peer = addr_v4(arp->sender);
	snprintf(event.text, sizeof(event.text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	core_post(link->core, &event);
}

static void reply(struct link *link, uint16_t port, const struct arp *request)
{
	struct arp arp = {
		.operation = ARP_REPLY,
		.sender_mac = link->ports[port].mac,
		.sender = request->target,
		.target_mac = request->sender_mac,
		.target = request->sender,
	};

	arp_send(link, port, &request->sender_mac, &arp);
}

static bool mac_is_unicast(const struct mac_addr *mac)
{
	static const struct mac_addr zero;

	return !(mac->bytes[0] & 1) && memcmp(mac, &zero, sizeof(zero)) != 0;
}

void link_handle_arp(struct link *link, const struct punt *punt)
{
	struct arp arp;
	bool for_us;

	if (punt->port >= link->n_ports || !arp_parse(punt->bytes, punt->len, &arp) ||
	    !mac_is_unicast(&arp.sender_mac)) {
		link->counters.arp_ignored++;
		return;
	}
	for_us = port_address_is_own(link, punt->port, arp.target);
	if (memcmp(&arp.sender_mac, &link->ports[punt->port].mac, sizeof(arp.sender_mac)) == 0) {
		link->counters.arp_ignored++; /* our own, come back by a loop */
		return;
	}
	if (port_address_is_own(link, punt->port, arp.sender)) {
		conflict(link, punt->port, &arp);
		return;
	}
	/* A probe (RFC 5227) has no sender: it is answered, and nothing is learned. */
	if (arp.sender != 0)
		neighbour_learn(link, punt->port, arp.sender, &arp.sender_mac,
				for_us && arp.operation == ARP_REQUEST &&
					addr4_is_unicast(arp.sender) &&
					port_is_connected(link, punt->port, arp.sender));
	if (!for_us) {
		link->counters.arp_ignored++;
	} else if (arp.operation == ARP_REQUEST) {
		link->counters.arp_requests_in++;
		reply(link, punt->port, &arp);
	} else {
		link->counters.arp_replies_in++;
	}
}
