/* SPDX-License-Identifier: BSD-3-Clause */
/* The way out: route, path, tunnel, adjacency. Somebody has every address that is asked for by ARP. */
#include <errno.h>
#include <string.h>

#include "link/arp.h"
#include "witness.h"
#include "worker.h"

#define ARP_DELAY (100 * NS_PER_US)

/* --- ARP ---------------------------------------------------------------------------------------------- */

/* A gateway or a host, always with the same MAC. */
static void answer_arp(struct node *node, uint16_t port, const uint8_t *frame, size_t len)
{
	static const struct mac_addr mac = {{0x02, 0xff, 0, 0, 0, 1}};
	uint8_t answer[ETHERNET_SIZE + ARP_SIZE];
	struct punt punt = punt_of(PUNT_ARP, port);
	struct arp asked, told;

	if (!arp_parse(frame, len, &asked) || asked.operation != ARP_REQUEST ||
	    asked.sender == asked.target || asked.sender == 0)
		return;
	told = (struct arp){ARP_REPLY, mac, asked.target, asked.sender_mac, asked.sender};
	ethernet_build(answer, &asked.sender_mac, &mac, ETHERNET_ARP);
	arp_build(answer + ETHERNET_SIZE, &told);
	if (node->number == SIM_HUB || port >= SIM_UPLINKS || node->links[port].carrier)
		node_punt_later(node, &punt, answer, sizeof(answer), ARP_DELAY);
}

/* --- adjacency and tunnel -------------------------------------------------------------------------------- */

static int send_adjacency(struct node *node, uint32_t index, const uint8_t *packet, size_t len)
{
	struct fwd_adjacency adjacency;
	struct punt punt;

	if (fwd_model_ops.adjacency_read(node->fwd, index, &adjacency) < 0)
		return -ENOENT;
	if (adjacency.kind == ADJACENCY_FORWARD) {
		network_send(node, adjacency.port, packet, len);
	} else if (adjacency.kind == ADJACENCY_RESOLVE || adjacency.kind == ADJACENCY_GLEAN) {
		punt = punt_of(PUNT_RESOLVE, adjacency.port);
		punt.adjacency = index;
		node_punt_later(node, &punt, packet, len, 0);
	} else {
		worker_drop(node, DROP_NO_NEIGHBOUR);
	}
	return 0;
}

static size_t encapsulate(const struct fwd_tunnel *tunnel, const uint8_t *inner, size_t len,
			  struct writer *writer)
{
	static const uint8_t shim[4] = {UDP_DATA, IPV4_PROTOCOL_IPIP, 0, 0};
	const struct packet_ipv4 ip = {
		.ttl = 64,
		.fragment = IPV4_DF,
		.source = tunnel->local.v4,
		.destination = tunnel->remote.v4,
		.total_len = (uint16_t)(len + encap_overhead(tunnel->encap)),
		.protocol = tunnel->encap == ENCAP_UDP ? IPV4_PROTOCOL_UDP : IPV4_PROTOCOL_IPIP,
	};

	packet_ipv4_build(&ip, writer);
	if (tunnel->encap == ENCAP_UDP) {
		write_u16(writer, tunnel->local_port);
		write_u16(writer, tunnel->remote_port);
		write_u16(writer, (uint16_t)(UDP_HEADER_SIZE + sizeof(shim) + len));
		write_u16(writer, 0); /* no checksum: nothing here flips bits unseen */
		write_bytes(writer, shim, sizeof(shim));
	}
	write_bytes(writer, inner, len);
	return writer->len;
}

static int send_tunnel(struct node *node, uint32_t index, const uint8_t *inner, size_t len)
{
	uint8_t bytes[PUNT_PACKET_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct fwd_tunnel_state state;

	if (fwd_model_ops.tunnel_read(node->fwd, index, &state) < 0)
		return -ENOENT;
	if (len > state.set.mtu || len + encap_overhead(state.set.encap) > sizeof(bytes)) {
		worker_drop(node, DROP_TOO_BIG);
		return -EMSGSIZE;
	}
	if (state.set.adjacency == FWD_NONE) {
		worker_drop(node, DROP_NO_UNDERLAY);
		return 0;
	}
	len = encapsulate(&state.set, inner, len, &writer);
	return send_adjacency(node, state.set.adjacency, bytes, len);
}

/* --- route and path ---------------------------------------------------------------------------------------- */

/* A user packet about to be sent by a path: counted, and told of where the path is marked. */
static void watch_sent(struct node *node, const struct view *view, uint32_t index,
		       const struct fwd_path *path)
{
	struct punt punt = punt_of(PUNT_NOTIFY, view->port);

	fwd_model_count_path(node->fwd, index, FWD_MODEL_SENT, path->direct, view->ip.total_len);
	if (!path->notify_send)
		return;
	punt.path = index;
	node_punt_later(node, &punt, view->bytes, IPV4_HEADER_SIZE, 0);
}

static int follow_path(struct node *node, const struct view *view, uint32_t index,
		       const uint8_t *packet)
{
	struct fwd_path path;

	if (fwd_model_ops.path_read(node->fwd, index, &path) < 0)
		return -ENOENT;
	if (path.tunnel == FWD_NONE) {
		worker_drop(node, path.down);
		return 0;
	}
	if (!view->ours)
		watch_sent(node, view, index, &path);
	return send_tunnel(node, path.tunnel, packet, view->ip.total_len);
}

int worker_forward(struct node *node, const struct view *view)
{
	const struct ip_addr destination = addr_v4(view->ip.destination);
	uint8_t bytes[PUNT_PACKET_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct packet_ipv4 ip = view->ip;
	struct fwd_nexthop nexthop = {.kind = NEXTHOP_NONE};

	if (!view->ours && --ip.ttl == 0) {
		worker_drop(node, DROP_TTL_EXPIRED);
		return 0;
	}
	packet_ipv4_build(&ip, &writer);
	write_bytes(&writer, view->ip.payload, view->ip.payload_len);
	(void)fwd_model_ops.route_lookup(node->fwd, REALM_MAIN, &destination, &nexthop);
	switch (nexthop.kind) {
	case NEXTHOP_ADJACENCY:
		return send_adjacency(node, nexthop.id, bytes, writer.len);
	case NEXTHOP_PATH:
		return follow_path(node, view, nexthop.id, bytes);
	case NEXTHOP_UNREACHABLE:
		worker_drop(node, (enum drop_reason)nexthop.id);
		return 0;
	default:
		worker_drop(node, DROP_NO_ROUTE);
		return 0;
	}
}

/* --- down from the router ------------------------------------------------------------------------------------ */

static int send_by_route(struct node *node, const uint8_t *packet, size_t len)
{
	struct view view = {.bytes = packet, .port = PORT_NONE, .ours = true};

	if (packet_ipv4_parse(packet, len, &view.ip) != PACKET_OK)
		return -EINVAL;
	return worker_forward(node, &view);
}

static bool is_fresh(struct node *node, struct tunnel_ref ref)
{
	struct fwd_tunnel_state state;

	return fwd_model_ops.tunnel_read(node->fwd, ref.index, &state) == 0 &&
	       state.ref.generation == ref.generation;
}

int worker_inject(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct node *node = arg;

	switch (inject->kind) {
	case INJECT_FRAME:
		answer_arp(node, inject->port, bytes, len);
		return 0;
	case INJECT_ADJACENCY:
		witness_native(node, bytes, len);
		return send_adjacency(node, inject->adjacency, bytes, len);
	case INJECT_TUNNEL:
		witness_tunnel(node, inject->tunnel.index, bytes, len);
		return is_fresh(node, inject->tunnel)
			       ? send_tunnel(node, inject->tunnel.index, bytes, len)
			       : -ENOENT;
	case INJECT_LOOKUP:
		return send_by_route(node, bytes, len);
	case INJECT_KIND_MAX:
		break;
	}
	return -EINVAL;
}
