/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of our own onto the wire. Native ones leave by the underlay (a port and a next hop),
 * never by the route table: at a branch its default route is the hub's tunnel. Thread: control
 * core.
 */
#include <errno.h>
#include <string.h>

#include "link/internal.h"

int link_inject(struct link *link, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	int result = link->core->ops->inject(link->core->fwd, inject, bytes, len);

	if (result < 0)
		link->counters.inject_failed++;
	return result;
}

uint16_t link_packet_id(struct link *link)
{
	return (uint16_t)random_u64(&link->core->random, RANDOM_PACKET);
}

static be32 packet_destination(const uint8_t *packet)
{
	be32 destination;

	memcpy(&destination, packet + 16, sizeof(destination));
	return destination;
}

/* What is larger than the port takes leaves in fragments (RFC 791, section 2.3). */
static int send_fragments(struct link *link, const struct next_hop *hop, const uint8_t *packet,
			  size_t len)
{
	size_t room = (size_t)(link->ports[hop->port].mtu - IPV4_HEADER_SIZE) / 8 * 8;
	uint8_t bytes[PUNT_PACKET_MAX];
	struct packet_ipv4 ip;
	size_t offset = 0;
	int result = 0;

	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK || (ip.fragment & IPV4_DF))
		return -EMSGSIZE;
	while (offset < ip.payload_len && result == 0) {
		struct writer writer = writer_of(bytes, sizeof(bytes));
		size_t left = ip.payload_len - offset;
		size_t part = left > room ? room : left;
		struct packet_ipv4 header = ip;

		header.total_len = (uint16_t)(IPV4_HEADER_SIZE + part);
		header.fragment = (uint16_t)(offset / 8 | (part < left ? IPV4_MF : 0));
		packet_ipv4_build(&header, &writer);
		write_bytes(&writer, ip.payload + offset, part);
		result = neighbour_send(link, hop->port, hop->addr, NULL, bytes, writer.len);
		offset += part;
	}
	return result;
}

static int send_native(struct link *link, const struct next_hop *hop, const uint8_t *packet,
		       size_t len)
{
	int result = len > link->ports[hop->port].mtu
			     ? send_fragments(link, hop, packet, len)
			     : neighbour_send(link, hop->port, hop->addr, NULL, packet, len);

	if (result == -ENETUNREACH)
		link->counters.unreachable++;
	return result;
}

static int send_tunnel(struct link *link, struct tunnel_ref tunnel, const uint8_t *packet,
		       size_t len)
{
	const struct inject inject = {
		.kind = INJECT_TUNNEL,
		.port = PORT_NONE,
		.adjacency = FWD_NONE,
		.tunnel = tunnel,
	};

	return link_inject(link, &inject, packet, len);
}

int link_output(struct link *link, uint16_t port, struct tunnel_ref tunnel, const uint8_t *packet,
		size_t len)
{
	struct next_hop hop;

	if (tunnel.index != FWD_NONE)
		return send_tunnel(link, tunnel, packet, len);
	if (!underlay_find(link, port, packet_destination(packet), &hop)) {
		link->counters.unreachable++;
		return -ENETUNREACH;
	}
	return send_native(link, &hop, packet, len);
}

int link_answer(struct link *link, const struct punt *punt, const uint8_t *packet, size_t len)
{
	const struct inject inject = {
		.kind = INJECT_LOOKUP,
		.port = PORT_NONE,
		.realm = punt->realm,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
	};
	const struct tunnel *tunnel = tunnel_of_ref(link, punt->tunnel);
	struct next_hop hop;

	/* Its source was one that is routed to the same router. */
	if (tunnel && tunnel_only_receives(&tunnel->spec))
		return link_inject(link, &inject, packet, len);
	if (punt->tunnel.index != FWD_NONE)
		return send_tunnel(link, punt->tunnel, packet, len);
	if (punt->port < link->n_ports &&
	    underlay_find(link, punt->port, packet_destination(packet), &hop))
		return send_native(link, &hop, packet, len);
	/* A branch that looked it up would send it to the hub, for whoever forged the source. */
	if (link->conf->role == CONF_HOME_AGENT)
		return link_inject(link, &inject, packet, len);
	link->counters.unreachable++;
	return -ENETUNREACH;
}
