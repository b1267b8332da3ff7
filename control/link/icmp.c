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

/*
 * By which tunnel an echo request is answered; false: not at all. Where the far end's port is not
 * known yet, whoever opened the tunnel judges the request, and may have learned it from there.
 */
static bool answer_tunnel(struct link *link, const struct punt *punt, const struct packet_ipv4 *ip,
			  struct tunnel_ref *ref)
{
	struct tunnel *tunnel = tunnel_of_ref(link, punt->tunnel);
	struct tunnel_knock knock;

	*ref = punt->tunnel;
	if (tunnel && tunnel->mute)
		return false;
	if (!tunnel || !tunnel_only_receives(&tunnel->spec))
		return true;
	/* From port 0 nothing is to be answered (RFC 768): there it would be every port again. */
	if (!tunnel->spec.knocked || punt->outer_port == 0)
		return false;
	knock = (struct tunnel_knock){
		.tunnel = tunnel,
		.remote = punt->outer,
		.remote_port = punt->outer_port,
		.source = addr_v4(ip->source),
		.destination = addr_v4(ip->destination),
	};
	*ref = tunnel->spec.knocked(tunnel->spec.knocked_arg, &knock);
	return ref->index != FWD_NONE;
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
	struct tunnel_ref tunnel;

	link->counters.echo_requests_in++;
	if (len == 0 || !answer_tunnel(link, punt, ip, &tunnel))
		return;
	if (tunnel.index != FWD_NONE)
		link_output(link, PORT_NONE, tunnel, packet, len);
	else
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

int link_send_echo(struct link *link, const struct link_echo *echo)
{
	static const uint8_t zeros[PUNT_PACKET_MAX];
	const size_t headers = IPV4_HEADER_SIZE + ICMP_HEADER_SIZE;
	const size_t len = echo->size > headers ? echo->size : headers;
	uint8_t packet[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 ip = {
		.ttl = LINK_TTL,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = (uint16_t)len,
		/* What measures a size must arrive in one piece or not at all. */
		.fragment = len > headers ? IPV4_DF : 0,
		.id = link_packet_id(link),
		.source = echo->source.v4,
		.destination = echo->destination.v4,
	};
	const struct packet_icmp icmp = {
		.type = ICMP_ECHO_REQUEST,
		.rest = (uint32_t)echo->identifier << 16 | echo->sequence,
	};
	const struct packet_icmp data = {.payload = zeros, .payload_len = len - headers};
	int result;

	if (echo->source.family != IP_V4 || echo->destination.family != IP_V4)
		return -EAFNOSUPPORT;
	if (len > sizeof(packet))
		return -EMSGSIZE;
	build(&ip, &icmp, &data, &writer);
	result = link_output(link, echo->port, echo->tunnel, packet, len);
	if (result == 0)
		link->counters.echo_requests_out++;
	return result;
}
