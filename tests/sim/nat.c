/* SPDX-License-Identifier: BSD-3-Clause */
/* Mappings, filters, rewriting. */
#include "nat.h"

#include <stdlib.h>

#include "haaro/punt.h"

#define ICMP_ECHO_REPLY   0
#define ICMP_ECHO_REQUEST 8
#define FIRST_PORT        20000

void nat_reboot(struct nat *nat)
{
	for (size_t i = 0; i < nat->n_mappings; i++)
		free(nat->mappings[i].contacted);
	nat->n_mappings = 0;
	nat->next = (uint16_t)(nat->next < FIRST_PORT ? FIRST_PORT : nat->next + 1000);
	if (nat->next > 60000)
		nat->next = FIRST_PORT;
}

void nat_fini(struct nat *nat)
{
	nat_reboot(nat);
	free(nat->mappings);
	*nat = (struct nat){0};
}

/* --- what a packet is of ------------------------------------------------------------------------------- */

/* Ports of both sides as seen from inside; false for what does not pass. */
static bool ports_of(const struct packet_ipv4 *ip, bool outward, uint16_t *inside, uint16_t *remote)
{
	struct packet_icmp icmp;
	struct packet_udp udp;

	if (ip->protocol == IPV4_PROTOCOL_UDP && packet_udp_parse(ip, &udp) == PACKET_OK) {
		*inside = outward ? udp.source_port : udp.destination_port;
		*remote = outward ? udp.destination_port : udp.source_port;
		return true;
	}
	if (ip->protocol == IPV4_PROTOCOL_ICMP && packet_icmp_parse(ip, &icmp) == PACKET_OK) {
		*inside = (uint16_t)(icmp.rest >> 16);
		*remote = 0;
		return icmp.type == (outward ? ICMP_ECHO_REQUEST : ICMP_ECHO_REPLY);
	}
	return false;
}

static struct nat_remote as_far_as(enum nat_on on, be32 address, uint16_t port)
{
	return (struct nat_remote){
		.address = on == NAT_ON_NOTHING ? 0 : address,
		.port = on == NAT_ON_PORT ? port : 0,
	};
}

static bool is_same(const struct nat_remote *a, const struct nat_remote *b)
{
	return a->address == b->address && a->port == b->port;
}

static bool is_over(const struct nat *nat, const struct nat_mapping *mapping, uint64_t now)
{
	return nat->kind.timeout && now - mapping->used > nat->kind.timeout;
}

/* --- outward ------------------------------------------------------------------------------------------- */

static bool is_of(const struct nat_mapping *mapping, const struct nat_mapping *wanted)
{
	return mapping->node == wanted->node && mapping->uplink == wanted->uplink &&
	       mapping->protocol == wanted->protocol && mapping->inside == wanted->inside &&
	       is_same(&mapping->to, &wanted->to);
}

static struct nat_mapping *add(struct nat *nat, const struct nat_mapping *wanted)
{
	if (nat->n_mappings == nat->size) {
		nat->size = nat->size ? 2 * nat->size : 16;
		nat->mappings = reallocarray(nat->mappings, nat->size, sizeof(*nat->mappings));
		if (!nat->mappings)
			abort();
	}
	nat->mappings[nat->n_mappings] = *wanted;
	nat->mappings[nat->n_mappings].outside =
		nat->kind.is_firewall ? wanted->inside : nat->next++;
	return &nat->mappings[nat->n_mappings++];
}

/* Found or made; an old one that is over is made anew, with another port. */
static struct nat_mapping *map(struct nat *nat, uint64_t now, const struct nat_mapping *wanted)
{
	for (size_t i = 0; i < nat->n_mappings; i++) {
		struct nat_mapping *mapping = &nat->mappings[i];

		if (!is_of(mapping, wanted))
			continue;
		if (!is_over(nat, mapping, now))
			return mapping;
		free(mapping->contacted);
		*mapping = *wanted;
		mapping->outside = nat->kind.is_firewall ? wanted->inside : nat->next++;
		return mapping;
	}
	return add(nat, wanted);
}

static void contact(struct nat_mapping *mapping, const struct nat_remote *remote)
{
	for (size_t i = 0; i < mapping->n_contacted; i++)
		if (is_same(&mapping->contacted[i], remote))
			return;
	if (mapping->n_contacted == mapping->size) {
		mapping->size = mapping->size ? 2 * mapping->size : 4;
		mapping->contacted = reallocarray(mapping->contacted, mapping->size,
						  sizeof(*mapping->contacted));
		if (!mapping->contacted)
			abort();
	}
	mapping->contacted[mapping->n_contacted++] = *remote;
}

/* The packet with other addresses and another port or identifier. */
static size_t rewrite(const struct packet_ipv4 *ip, uint16_t to, bool outward, uint8_t *bytes)
{
	struct writer writer = writer_of(bytes, PUNT_PACKET_MAX);
	struct packet_icmp icmp;
	struct packet_udp udp;

	packet_ipv4_build(ip, &writer);
	if (ip->protocol == IPV4_PROTOCOL_UDP) {
		packet_udp_parse(ip, &udp);
		if (outward)
			udp.source_port = to;
		else
			udp.destination_port = to;
		write_u16(&writer, udp.source_port);
		write_u16(&writer, udp.destination_port);
		write_u16(&writer, (uint16_t)(UDP_HEADER_SIZE + udp.payload_len));
		write_u16(&writer, 0); /* as NATs may, rather than count anew */
		write_bytes(&writer, udp.payload, udp.payload_len);
	} else {
		packet_icmp_parse(ip, &icmp);
		icmp.rest = (uint32_t)to << 16 | (icmp.rest & 0xffff);
		packet_icmp_build(&icmp, icmp.payload, icmp.payload_len, &writer);
	}
	return writer.failed ? 0 : writer.len;
}

size_t nat_outward(struct nat *nat, uint64_t now, const struct nat_mapping *inside,
		   const struct packet_ipv4 *ip, uint8_t *bytes)
{
	struct nat_mapping wanted = *inside, *mapping;
	struct packet_ipv4 out = *ip;
	struct nat_remote remote;
	uint16_t port;

	if (!ports_of(ip, true, &wanted.inside, &port))
		return 0;
	wanted.protocol = ip->protocol;
	wanted.to = as_far_as(nat->kind.mapping, ip->destination, port);
	mapping = map(nat, now, &wanted);
	mapping->used = now;
	remote = as_far_as(nat->kind.filtering, ip->destination, port);
	contact(mapping, &remote);
	if (!nat->kind.is_firewall)
		out.source = nat->address;
	return rewrite(&out, mapping->outside, true, bytes);
}

/* --- inward -------------------------------------------------------------------------------------------- */

static bool lets_in(const struct nat *nat, const struct nat_mapping *mapping, be32 address,
		    uint16_t port)
{
	struct nat_remote remote = as_far_as(nat->kind.filtering, address, port);

	for (size_t i = 0; i < mapping->n_contacted; i++)
		if (is_same(&mapping->contacted[i], &remote))
			return true;
	return false;
}

const struct nat_mapping *nat_inward(const struct nat *nat, uint64_t now,
				     const struct packet_ipv4 *ip)
{
	uint16_t outside, port;

	if (!ports_of(ip, false, &outside, &port))
		return NULL;
	for (size_t i = 0; i < nat->n_mappings; i++) {
		const struct nat_mapping *mapping = &nat->mappings[i];

		if (mapping->protocol == ip->protocol && mapping->outside == outside &&
		    !is_over(nat, mapping, now) && lets_in(nat, mapping, ip->source, port))
			return mapping;
	}
	return NULL;
}

size_t nat_rewrite(const struct nat_mapping *mapping, be32 inside, const struct packet_ipv4 *ip,
		   uint8_t *bytes)
{
	struct packet_ipv4 in = *ip;

	in.destination = inside;
	return rewrite(&in, mapping->inside, false, bytes);
}
