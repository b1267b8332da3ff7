/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signalling datagrams in and out (RFC 768): the last checks of a packet before a role sees its
 * payload, and the headers of what a role sends. Thread: control core.
 */
#include "link/datagram.h"

#include <errno.h>

#include "link/internal.h"

#define TUNNEL_DATA 4 /* first octet of MIP Tunnel Data (RFC 3519, section 3.3) */

static int refuse(struct link *link, enum drop_reason reason)
{
	link->counters.datagrams_bad++;
	link->core->ops->drop_count(link->core->fwd, reason);
	return 0;
}

static uint16_t signalling_port(const struct conf *conf)
{
	return conf->role == CONF_MOBILE_ROUTER && conf->mobile.local_port ? conf->mobile.local_port
									   : DATAGRAM_PORT;
}

static int take_whole(struct link *link, const struct punt *punt, const struct packet_ipv4 *ip,
		      struct datagram *datagram)
{
	struct packet_udp udp;
	enum packet_result result = packet_udp_parse(ip, &udp);

	link->counters.datagrams_in++;
	if (result != PACKET_OK)
		return refuse(link,
			      result == PACKET_CHECKSUM ? DROP_UDP_CHECKSUM : DROP_UDP_LENGTH);
	*datagram = (struct datagram){
		.source = addr_v4(ip->source),
		.destination = addr_v4(ip->destination),
		.source_port = udp.source_port,
		.destination_port = udp.destination_port,
		.port = punt->tunnel.index == FWD_NONE ? punt->port : PORT_NONE,
		.tunnel = punt->tunnel,
		.realm = punt->realm,
		.payload = udp.payload,
		.len = udp.payload_len,
	};
	return 1;
}

/* What a worker checks of a whole packet, it could not of a fragment. */
static int take_reassembled(struct link *link, const struct punt *punt,
			    const struct packet_ipv4 *ip, struct datagram *datagram)
{
	if (!take_whole(link, punt, ip, datagram))
		return 0;
	if (datagram->destination_port != signalling_port(link->conf))
		return refuse(link, DROP_PORT_UNKNOWN);
	if (datagram->len > 0 && datagram->payload[0] == TUNNEL_DATA)
		return refuse(link, DROP_OUTER_FRAGMENT);
	return 1;
}

static int take_fragment(struct link *link, const struct punt *punt, struct packet_ipv4 *ip,
			 struct datagram *datagram)
{
	struct reassembly *reassembly = &link->reassembly;
	const struct fragment fragment = {
		.key = {.source = ip->source,
			.destination = ip->destination,
			.tunnel = punt->tunnel.index,
			.id = htons(ip->id),
			.protocol = ip->protocol},
		.offset = (uint16_t)((ip->fragment & IPV4_OFFSET_MASK) * 8),
		.more = ip->fragment & IPV4_MF,
		.payload = ip->payload,
		.len = ip->payload_len,
	};
	enum reassembly_result result = REASSEMBLY_BAD;

	link->counters.fragments_in++;
	if (ip->protocol == IPV4_PROTOCOL_UDP)
		result = reassembly_insert(reassembly, link->core->now.mono, &fragment,
					   &ip->payload, &ip->payload_len);
	link->counters.fragments_expired = reassembly->expired;
	link->counters.fragments_evicted = reassembly->evicted;
	link->counters.fragments_bad += result == REASSEMBLY_BAD;
	if (result != REASSEMBLY_WHOLE)
		return 0;
	link->counters.reassembled++;
	return take_reassembled(link, punt, ip, datagram);
}

int link_take_datagram(struct link *link, const struct punt *punt, struct datagram *datagram)
{
	struct packet_ipv4 ip;

	if (packet_ipv4_parse(punt->bytes, punt->len, &ip) != PACKET_OK)
		return refuse(link, DROP_IP_LENGTH);
	if (ip.fragment & (IPV4_MF | IPV4_OFFSET_MASK))
		return take_fragment(link, punt, &ip, datagram);
	if (ip.protocol != IPV4_PROTOCOL_UDP)
		return refuse(link, DROP_PROTOCOL_UNKNOWN);
	return take_whole(link, punt, &ip, datagram);
}

int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl)
{
	uint8_t packet[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 ip = {
		.ttl = ttl ? ttl : LINK_TTL,
		.protocol = IPV4_PROTOCOL_UDP,
		.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + datagram->len),
		.id = link_packet_id(link),
		.source = datagram->source.v4,
		.destination = datagram->destination.v4,
	};
	const struct packet_udp udp = {
		.source_port = datagram->source_port,
		.destination_port = datagram->destination_port,
	};
	int result;

	if (datagram->source.family != IP_V4 || datagram->destination.family != IP_V4)
		return -EAFNOSUPPORT;
	packet_ipv4_build(&ip, &writer);
	packet_udp_build(&ip, &udp, datagram->payload, datagram->len, &writer);
	if (writer.failed)
		return -EMSGSIZE;
	result = link_output(link, datagram->port, datagram->tunnel, packet, writer.len);
	if (result == 0)
		link->counters.datagrams_out++;
	return result;
}
