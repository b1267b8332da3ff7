/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors about our outer packets (tunnels.md, section 7.4; RFC 2003, section 4). Anybody can
 * forge one who guesses an outer header, so: the quote must name a live tunnel; it may shrink the
 * MTU down to the floor, tell the inner source what a router would, and hint that the far end is
 * gone; it never takes a tunnel down.
 *
 *     from inside the tunnel               to the inner source
 *     3/0 net unreachable                  3/0
 *     3/1 host unreachable                 3/1
 *     3/2 protocol unreachable             3/1 (the far end lacks the encapsulation)
 *     3/4 too big                          3/4 with the tunnel's MTU, which is learned
 *     11  time exceeded                    3/1
 *     12  parameter problem                12, if it points into the inner packet
 *     others (3/3, 3/5, 4, 5, …)           nothing
 *
 * Thread: control core.
 */
#include <string.h>

#include "link/internal.h"

#define TUNNEL_DATA_SIZE 4 /* RFC 3519, section 3.3 */
#define TUNNEL_DATA_TYPE 4

/* The packet of ours that an error quotes. */
struct quote {
	struct tunnel_key key;
	uint16_t len;         /* of the outer packet as it was sent */
	size_t inner_offset;  /* octets from the outer header on */
	const uint8_t *inner; /* NULL: not quoted, or not enough of it */
	size_t inner_len;     /* octets that are there */
};

static bool quote_parse(const struct packet_icmp *icmp, struct quote *quote)
{
	struct packet_ipv4 ip;
	size_t offset = 0;

	if (packet_ipv4_parse_quoted(icmp->payload, icmp->payload_len, &ip) != PACKET_OK)
		return false;
	*quote = (struct quote){
		.key = {.local = ip.source, .remote = ip.destination, .encap = ENCAP_IPIP},
		.len = ip.total_len,
	};
	if (ip.protocol == IPV4_PROTOCOL_UDP) {
		struct reader reader = reader_of(ip.payload, ip.payload_len);

		quote->key.encap = ENCAP_UDP;
		quote->key.local_port = read_u16(&reader);
		quote->key.remote_port = read_u16(&reader);
		/* Nothing leaves to a port that is not known. */
		if (reader.failed || quote->key.remote_port == 0)
			return false;
		offset = UDP_HEADER_SIZE + TUNNEL_DATA_SIZE;
		/* Our signalling has the same ports, but is no tunnel packet. */
		if (ip.payload_len > UDP_HEADER_SIZE &&
		    ip.payload[UDP_HEADER_SIZE] != TUNNEL_DATA_TYPE)
			return false;
	} else if (ip.protocol != IPV4_PROTOCOL_IPIP) {
		return false;
	}
	quote->inner_offset = ip.header_len + offset;
	/* The header and eight octets: as much as an error must quote to be understood. */
	if (ip.payload_len >= offset + IPV4_HEADER_SIZE + 8) {
		quote->inner = ip.payload + offset;
		quote->inner_len = ip.payload_len - offset;
	}
	return true;
}

/* What the inner source is to hear; false: nothing. */
static bool relay_as(const struct packet_icmp *icmp, const struct quote *quote,
		     const struct tunnel *tunnel, struct icmp_error *error)
{
	uint32_t pointer = icmp->rest >> 24;

	*error = icmp_host_unreachable;
	switch (icmp->type << 8 | icmp->code) {
	case 3 << 8 | 0:
		error->code = 0;
		return true;
	case 3 << 8 | 1:
	case 3 << 8 | 2:
	case 11 << 8 | 0:
	case 11 << 8 | 1:
		return true;
	case 3 << 8 | 4:
		*error = (struct icmp_error){.type = 3, .code = 4, .rest = tunnel->mtu};
		return true;
	case 12 << 8 | 0:
		if (pointer < quote->inner_offset)
			return false;
		pointer -= (uint32_t)quote->inner_offset;
		*error = (struct icmp_error){.type = 12, .rest = pointer << 24};
		return true;
	default:
		return false;
	}
}

static void relay(struct link *link, const struct packet_icmp *icmp, const struct quote *quote,
		  const struct tunnel *tunnel)
{
	struct icmp_error error;
	struct packet_ipv4 inner;

	if (!quote->inner || !relay_as(icmp, quote, tunnel, &error) ||
	    packet_ipv4_parse_quoted(quote->inner, quote->inner_len, &inner) != PACKET_OK)
		return;
	/* What fits now, or may be fragmented, needs no error. */
	if (error.type == 3 && error.code == 4 &&
	    (!(inner.fragment & IPV4_DF) || inner.total_len <= tunnel->mtu))
		return;
	icmp_relay_error(link, &error, quote->inner, quote->inner_len);
}

/* At most one a second and tunnel: routers repeat themselves for every packet. */
static void tell(struct tunnel *tunnel, const struct punt *punt, const struct packet_icmp *icmp)
{
	struct core *core = tunnel->link->core;
	struct event event;

	if (tunnel->errors > 1 && time_between(tunnel->error_time, core->now.mono) < NS_PER_S)
		return;
	tunnel->error_time = core->now.mono;
	event = core_event(core, EVENT_TUNNEL_ERROR);
	event.tunnel = tunnel->ref;
	event.home_address = tunnel->spec.peer;
	event.care_of = tunnel->spec.remote;
	event.peer = punt->outer;
	event.port = punt->port;
	event.value = (uint32_t)(icmp->type << 8 | icmp->code);
	snprintf(event.text, sizeof(event.text), "ICMP %u/%u", (unsigned int)icmp->type,
		 (unsigned int)icmp->code);
	core_post(core, &event);
}

void icmp_handle_tunnel_error(struct link *link, const struct punt *punt,
			      const struct packet_icmp *icmp)
{
	struct tunnel *tunnel = NULL;
	struct quote quote;

	/* Outer packets travel natively, and so do errors about them. */
	if (punt->tunnel.index == FWD_NONE && quote_parse(icmp, &quote))
		tunnel = tunnel_find(link, &quote.key);
	if (!tunnel) {
		link->counters.tunnel_errors_foreign++;
		return;
	}
	link->counters.tunnel_errors_in++;
	tunnel->errors++;
	if (icmp->type == 3 && icmp->code == 4)
		pmtu_reduce(tunnel, (uint16_t)(icmp->rest & 0xffff), quote.len);
	else
		tell(tunnel, punt, icmp);
	relay(link, icmp, &quote, tunnel);
}
