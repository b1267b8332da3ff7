/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP to our own addresses (RFC 792): echo both ways, and the errors that are about packets of
 * ours (icmp_tunnel.c). Thread: control core.
 */
#include <errno.h>

#include "link/internal.h"

#define ICMP_ECHO_REPLY        0
#define ICMP_UNREACHABLE       3
#define ICMP_SOURCE_QUENCH     4
#define ICMP_REDIRECT          5
#define ICMP_ECHO_REQUEST      8
#define ICMP_TIME_EXCEEDED     11
#define ICMP_PARAMETER_PROBLEM 12

static size_t build(const struct packet_ipv4 *ip, const struct packet_icmp *icmp,
		    const struct packet_icmp *data, struct writer *writer)
{
	packet_ipv4_build(ip, writer);
	packet_icmp_build(icmp, data->payload, data->payload_len, writer);
	return writer->failed ? 0 : writer->len;
}

static void echo_reply(struct link *link, const struct punt *punt, const struct packet_ipv4 *ip,
		       const struct packet_icmp *icmp)
{
	uint8_t packet[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 header = {
		.tos = ip->tos,
		.ttl = LINK_TTL,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = (uint16_t)(IPV4_HEADER_SIZE + ICMP_HEADER_SIZE + icmp->payload_len),
		.id = link_packet_id(link),
		.source = ip->destination,
		.destination = ip->source,
	};
	const struct packet_icmp reply = {.type = ICMP_ECHO_REPLY, .rest = icmp->rest};
	size_t len = build(&header, &reply, icmp, &writer);

	link->counters.echo_requests_in++;
	if (len > 0)
		link_answer(link, punt, packet, len);
}

static void echo_answered(struct link *link, const struct punt *punt, const struct packet_ipv4 *ip,
			  const struct packet_icmp *icmp)
{
	struct event event = core_event(link->core, EVENT_ECHO_REPLY);

	link->counters.echo_replies_in++;
	event.peer = addr_v4(ip->source);
	event.port = punt->tunnel.index == FWD_NONE ? punt->port : PORT_NONE;
	event.tunnel = punt->tunnel;
	event.value = icmp->rest & 0xffff;
	event.value2 = icmp->rest >> 16;
	core_post(link->core, &event);
}

void link_handle_icmp(struct link *link, const struct punt *punt)
{
	struct packet_icmp icmp;
	struct packet_ipv4 ip;
	struct ip_addr source;

	if (packet_ipv4_parse(punt->bytes, punt->len, &ip) != PACKET_OK ||
	    ip.protocol != IPV4_PROTOCOL_ICMP || (ip.fragment & (IPV4_MF | IPV4_OFFSET_MASK)) ||
	    packet_icmp_parse(&ip, &icmp) != PACKET_OK) {
		link->counters.icmp_malformed++;
		return;
	}
	source = addr_v4(ip.source);
	if (!addr4_is_unicast(ip.source) || link_address_is_own(link, &source)) {
		link->counters.icmp_ignored++;
		return;
	}
	switch (icmp.type) {
	case ICMP_ECHO_REQUEST:
		echo_reply(link, punt, &ip, &icmp);
		break;
	case ICMP_ECHO_REPLY:
		echo_answered(link, punt, &ip, &icmp);
		break;
	case ICMP_UNREACHABLE:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER_PROBLEM:
		icmp_handle_tunnel_error(link, punt, &icmp);
		break;
	default:
		link->counters.icmp_ignored++;
	}
}

int link_send_echo(struct link *link, uint16_t port, struct tunnel_ref tunnel,
		   const struct ip_addr *source, const struct ip_addr *destination,
		   uint16_t identifier, uint16_t sequence)
{
	uint8_t packet[IPV4_HEADER_SIZE + ICMP_HEADER_SIZE];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 ip = {
		.ttl = LINK_TTL,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = sizeof(packet),
		.id = link_packet_id(link),
		.source = source->v4,
		.destination = destination->v4,
	};
	const struct packet_icmp icmp = {
		.type = ICMP_ECHO_REQUEST,
		.rest = (uint32_t)identifier << 16 | sequence,
	};
	const struct packet_icmp nothing = {.payload = packet};
	int result;

	if (source->family != IP_V4 || destination->family != IP_V4)
		return -EAFNOSUPPORT;
	build(&ip, &icmp, &nothing, &writer);
	result = link_output(link, port, tunnel, packet, sizeof(packet));
	if (result == 0)
		link->counters.echo_requests_out++;
	return result;
}
