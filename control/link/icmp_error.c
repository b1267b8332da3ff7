/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors that we send (RFC 792; RFC 1812, section 4.3.2; RFC 1122, section 3.2.2): never about
 * an ICMP error, a later fragment, a multicast or broadcast, or to a source that is no single host;
 * at most 576 octets with the quote; only so many a second to one source. The workers' policer has
 * bounded them all together before. Thread: control core.
 */
#include <string.h>

#include "core/hash.h"
#include "link/internal.h"

#define ERROR_SIZE   576  /* RFC 1812, section 4.3.2.3 */
#define ERROR_TOS    0xc0 /* internetwork control; section 4.3.2.5 */
#define ERROR_HEADER (IPV4_HEADER_SIZE + ICMP_HEADER_SIZE)

const struct icmp_error icmp_host_unreachable = {.type = 3, .code = 1};

/* Which drop deserves which error; type 0: none. */
static const struct icmp_error errors[DROP_MAX] = {
	[DROP_TTL_EXPIRED] = {11, 0, 0},     [DROP_TOO_BIG] = {3, 4, 0},
	[DROP_NO_ROUTE] = {3, 0, 0},         [DROP_UNBOUND] = {3, 1, 0},
	[DROP_NOT_REGISTERED] = {3, 1, 0},   [DROP_NO_UNDERLAY] = {3, 1, 0},
	[DROP_NO_NEIGHBOUR] = {3, 1, 0},     [DROP_LAN_SOURCE] = {3, 13, 0},
	[DROP_PROTOCOL_UNKNOWN] = {3, 2, 0}, [DROP_PORT_UNKNOWN] = {3, 3, 0},
};

/* Echo, timestamp, information and mask come as question and answer; all the rest is errors. */
static bool icmp_is_query(uint8_t type)
{
	return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

static bool is_broadcast(const struct link *link, const struct punt *about, be32 addr)
{
	const struct conf_port *conf;

	if (about->tunnel.index != FWD_NONE || about->port >= link->n_ports)
		return false;
	conf = &link->conf->ports[about->port];
	for (size_t i = 0; i < conf->n_addresses; i++) {
		const struct ip_prefix *network = &conf->networks[i];

		if (network->len < 31 && prefix_contains4(network, addr) &&
		    (addr | addr4_mask(network->len)) == htonl(UINT32_MAX))
			return true;
	}
	return false;
}

static bool may_be_sent(const struct link *link, const struct punt *about,
			const struct packet_ipv4 *ip)
{
	struct ip_addr source = addr_v4(ip->source);

	if ((ip->fragment & IPV4_OFFSET_MASK) || !addr4_is_unicast(ip->source) ||
	    !addr4_is_unicast(ip->destination) || link_address_is_own(link, &source))
		return false;
	if (is_broadcast(link, about, ip->source) || is_broadcast(link, about, ip->destination))
		return false;
	return ip->protocol != IPV4_PROTOCOL_ICMP ||
	       (ip->payload_len > 0 && icmp_is_query(ip->payload[0]));
}

/* A token bucket for each of some groups of destinations. */
static bool is_limited(struct link *link, be32 destination)
{
	uint32_t slot = hash_slot(ntohl(destination), LINK_LIMIT_BUCKETS);
	struct link_limit *limit = &link->limits[slot];
	uint64_t now = link->core->now.mono;

	/* time is that of the last whole second's refill; 0: never used, so full. */
	if (limit->time == 0 || time_between(limit->time, now) >= NS_PER_S) {
		limit->time = now;
		limit->tokens = LINK_LIMIT_BURST;
	}
	if (limit->tokens == 0)
		return true;
	limit->tokens--;
	return false;
}

/* Our address on the port that towards is near to. */
static be32 port_source(const struct link *link, uint16_t port, be32 towards)
{
	const struct conf_port *conf = &link->conf->ports[port];

	for (size_t i = 0; i < conf->n_addresses; i++)
		if (prefix_contains4(&conf->networks[i], towards))
			return conf->addresses[i].v4;
	return link_port_address(link, port).v4;
}

static be32 error_source(const struct link *link, uint16_t port, be32 towards)
{
	be32 source = port < link->n_ports ? port_source(link, port, towards) : 0;

	for (uint16_t i = 0; source == 0 && i < link->n_ports; i++)
		if (link_role_address(link).v4 != 0)
			source = link_role_address(link).v4;
		else
			source = link_port_address(link, i).v4;
	return source;
}

static size_t build(struct link *link, const struct icmp_error *error, be32 source,
		    be32 destination, const uint8_t *quote, size_t len, uint8_t packet[ERROR_SIZE])
{
	struct writer writer = writer_of(packet, ERROR_SIZE);
	const struct packet_icmp icmp = {
		.type = error->type,
		.code = error->code,
		.rest = error->rest,
	};
	struct packet_ipv4 ip = {
		.tos = ERROR_TOS,
		.ttl = LINK_TTL,
		.protocol = IPV4_PROTOCOL_ICMP,
		.id = link_packet_id(link),
		.source = source,
		.destination = destination,
	};

	if (len > ERROR_SIZE - ERROR_HEADER)
		len = ERROR_SIZE - ERROR_HEADER;
	ip.total_len = (uint16_t)(ERROR_HEADER + len);
	packet_ipv4_build(&ip, &writer);
	packet_icmp_build(&icmp, quote, len, &writer);
	return writer.len;
}

/* The checks that every error passes; fills ip with the header of the packet it is about. */
static bool error_is_due(struct link *link, const struct punt *about, struct packet_ipv4 *ip)
{
	if (packet_ipv4_parse_quoted(about->bytes, about->len, ip) != PACKET_OK ||
	    !may_be_sent(link, about, ip)) {
		link->counters.errors_forbidden++;
		return false;
	}
	if (is_limited(link, ip->source)) {
		link->counters.errors_limited++;
		return false;
	}
	return true;
}

void icmp_send_error(struct link *link, const struct icmp_error *error, const struct punt *about)
{
	uint8_t packet[ERROR_SIZE];
	struct ip_addr destination;
	struct packet_ipv4 ip;
	be32 source;
	size_t len;

	if (!error_is_due(link, about, &ip))
		return;
	/* Who was asked answers; on the way, the port that it came in by, or the tunnel's end. */
	destination = addr_v4(ip.destination);
	if (link_address_is_own(link, &destination))
		source = ip.destination;
	else
		source = error_source(
			link, about->tunnel.index == FWD_NONE ? about->port : PORT_NONE, ip.source);
	if (source == 0)
		return;
	len = build(link, error, source, ip.source, about->bytes, about->len, packet);
	if (link_answer(link, about, packet, len) == 0)
		link->counters.errors_out++;
}

void icmp_relay_error(struct link *link, const struct icmp_error *error, const uint8_t *bytes,
		      size_t size)
{
	struct core *core = link->core;
	const struct punt about = {
		.port = PORT_NONE,
		.tunnel = {.index = FWD_NONE},
		.bytes = bytes,
		.len = (uint16_t)size,
	};
	const struct inject inject = {
		.kind = INJECT_LOOKUP,
		.port = PORT_NONE,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
	};
	struct fwd_adjacency adjacency = {.port = PORT_NONE};
	struct fwd_nexthop nexthop;
	uint8_t packet[ERROR_SIZE];
	struct ip_addr source;
	struct packet_ipv4 ip;
	be32 from;
	size_t len;

	if (!error_is_due(link, &about, &ip))
		return;
	source = addr_v4(ip.source);
	if (core->ops->route_lookup(core->fwd, REALM_MAIN, &source, &nexthop) < 0)
		return;
	/* Only to whom we would have taken the packet from: the quote may be forged. */
	if (link->conf->role == CONF_MOBILE_ROUTER && !nexthop.own)
		return;
	if (nexthop.kind == NEXTHOP_ADJACENCY)
		core->ops->adjacency_read(core->fwd, nexthop.id, &adjacency);
	else if (nexthop.kind != NEXTHOP_PATH)
		return;
	from = error_source(link, adjacency.port, ip.source);
	if (from == 0)
		return;
	len = build(link, error, from, ip.source, bytes, size, packet);
	if (link_inject(link, &inject, packet, len) == 0)
		link->counters.tunnel_errors_relayed++;
}

void link_handle_error(struct link *link, const struct punt *punt)
{
	struct icmp_error error = {0};

	if (punt->drop < DROP_MAX)
		error = errors[punt->drop];
	if (error.type == 0) {
		link->counters.errors_forbidden++;
		return;
	}
	if (punt->drop == DROP_TOO_BIG)
		error.rest = punt->mtu;
	icmp_send_error(link, &error, punt);
}
