/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A router of the simulation: the real control library between a model worker and a clock. The
 * worker does what dataplane/ does as far as signalling goes: it tells what is for the router, takes
 * tunnels off and puts them on by the tables that the router wrote, and answers ARP for everybody.
 */
#include <errno.h>
#include <string.h>

#include "link/arp.h"
#include "sim.h"

#define WALL_BASE (UINT64_C(1790000000) * NS_PER_S) /* September 2026 */
#define ARP_DELAY (100 * NS_PER_US)
#define UDP_DATA  4 /* first octet of MIP Tunnel Data */

struct now node_now(const struct node *node)
{
	return (struct now){
		.mono = node->sim->now + node->mono_offset,
		.wall = WALL_BASE + node->sim->now + (uint64_t)node->wall_offset,
	};
}

static struct punt punt_of(enum punt_reason reason, uint16_t port)
{
	return (struct punt){
		.reason = reason,
		.port = port,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
	};
}

/* --- down: what the router sends --------------------------------------------------------------- */

static void punt_later(struct node *node, const struct punt *punt, const uint8_t *bytes, size_t len,
		       uint64_t delay)
{
	struct sim *sim = node->sim;

	queue_event(sim, sim->now + delay, SIM_PUNT, node->number, bytes, len)->punt = *punt;
}

/* Somebody has every address that is asked for: a gateway or a host, always with the same MAC. */
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
		punt_later(node, &punt, answer, sizeof(answer), ARP_DELAY);
}

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
		punt_later(node, &punt, packet, len, 0);
	}
	return 0;
}

static int send_tunnel(struct node *node, uint32_t index, const uint8_t *inner, size_t len)
{
	static const uint8_t shim[4] = {UDP_DATA, IPV4_PROTOCOL_IPIP, 0, 0};
	uint8_t bytes[PUNT_PACKET_MAX], payload[PUNT_PACKET_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct fwd_tunnel_state state;
	struct packet_ipv4 ip = {.ttl = 64, .fragment = IPV4_DF};
	struct packet_udp udp;

	if (fwd_model_ops.tunnel_read(node->fwd, index, &state) < 0)
		return -ENOENT;
	ip.source = state.set.local.v4;
	ip.destination = state.set.remote.v4;
	ip.total_len = (uint16_t)(len + encap_overhead(state.set.encap));
	ip.protocol = state.set.encap == ENCAP_UDP ? IPV4_PROTOCOL_UDP : IPV4_PROTOCOL_IPIP;
	if (ip.total_len > sizeof(bytes))
		return -EMSGSIZE;
	packet_ipv4_build(&ip, &writer);
	if (state.set.encap == ENCAP_UDP) {
		udp = (struct packet_udp){state.set.local_port, state.set.remote_port, true, NULL,
					  0};
		memcpy(payload, shim, sizeof(shim));
		memcpy(payload + sizeof(shim), inner, len);
		packet_udp_build(&ip, &udp, payload, len + sizeof(shim), &writer);
	} else {
		write_bytes(&writer, inner, len);
	}
	if (state.set.adjacency == FWD_NONE)
		return 0;
	return send_adjacency(node, state.set.adjacency, bytes, writer.len);
}

static int send_by_route(struct node *node, const uint8_t *packet, size_t len)
{
	struct fwd_nexthop nexthop;
	struct packet_ipv4 ip;
	struct ip_addr destination;
	struct fwd_path path;

	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK)
		return -EINVAL;
	destination = addr_v4(ip.destination);
	fwd_model_ops.route_lookup(node->fwd, REALM_MAIN, &destination, &nexthop);
	if (nexthop.kind == NEXTHOP_ADJACENCY)
		return send_adjacency(node, nexthop.id, packet, len);
	if (nexthop.kind == NEXTHOP_PATH &&
	    fwd_model_ops.path_read(node->fwd, nexthop.id, &path) == 0 && path.tunnel != FWD_NONE)
		return send_tunnel(node, path.tunnel, packet, len);
	return 0;
}

static int inject(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct node *node = arg;

	switch (inject->kind) {
	case INJECT_FRAME:
		answer_arp(node, inject->port, bytes, len);
		return 0;
	case INJECT_ADJACENCY:
		return send_adjacency(node, inject->adjacency, bytes, len);
	case INJECT_TUNNEL:
		return send_tunnel(node, inject->tunnel.index, bytes, len);
	case INJECT_LOOKUP:
		return send_by_route(node, bytes, len);
	case INJECT_KIND_MAX:
		break;
	}
	return -EINVAL;
}

/* --- up: what reaches it --------------------------------------------------------------------------- */

static void hand_up(struct node *node, struct punt *punt, const uint8_t *bytes, size_t len)
{
	struct now now = node_now(node);

	punt->bytes = bytes;
	punt->len = (uint16_t)len;
	punt->time = now.mono;
	haaro_input(node->haaro, &now, punt);
	node_after(node);
}

/* An inner packet: only echoes to the home or hub address are for the router. */
static void arrive_by_tunnel(struct node *node, uint32_t tunnel, const struct packet_ipv4 *outer,
			     const uint8_t *inner, size_t len)
{
	struct punt punt = punt_of(PUNT_ICMP, 0);
	struct fwd_tunnel_state state;
	struct packet_ipv4 ip;

	if (packet_ipv4_parse(inner, len, &ip) != PACKET_OK ||
	    fwd_model_ops.tunnel_read(node->fwd, tunnel, &state) < 0 ||
	    !(fwd_model_local(node->fwd, ip.destination) & LOCAL_INNER) ||
	    ip.protocol != IPV4_PROTOCOL_ICMP)
		return;
	punt.tunnel = state.ref;
	punt.outer = addr_v4(outer->source);
	hand_up(node, &punt, inner, ip.total_len);
}

static bool find_tunnel(struct node *node, enum encap encap, const struct packet_ipv4 *ip,
			const struct packet_udp *udp, uint32_t *tunnel)
{
	struct fwd_binding key = {
		.encap = encap,
		.local = addr_v4(ip->destination),
		.remote = addr_v4(ip->source),
	};

	if (udp) {
		key.local_port = udp->destination_port;
		key.remote_port = udp->source_port;
	}
	return fwd_model_ops.binding_lookup(node->fwd, &key, tunnel) == 0;
}

static void arrive_udp(struct node *node, const struct packet_ipv4 *ip, struct punt *punt,
		       const struct sim_event *event)
{
	struct packet_udp udp;
	uint32_t tunnel;

	if (packet_udp_parse(ip, &udp) != PACKET_OK || udp.payload_len == 0 ||
	    udp.destination_port != 434)
		return;
	if (udp.payload[0] != UDP_DATA) {
		punt->reason = PUNT_SIGNALLING;
		punt->outer_port = udp.source_port;
		hand_up(node, punt, event->bytes, ip->total_len);
	} else if (udp.payload_len > 4 && find_tunnel(node, ENCAP_UDP, ip, &udp, &tunnel)) {
		arrive_by_tunnel(node, tunnel, ip, udp.payload + 4, udp.payload_len - 4);
	}
}

void node_arrive(struct node *node, const struct sim_event *event)
{
	struct punt punt = punt_of(PUNT_ICMP, event->port);
	struct packet_ipv4 ip;
	uint32_t tunnel;

	if (!node->haaro || packet_ipv4_parse(event->bytes, event->len, &ip) != PACKET_OK ||
	    !(fwd_model_local(node->fwd, ip.destination) & LOCAL_NATIVE))
		return;
	if (node->number != SIM_HUB &&
	    (!node->links[event->port].carrier || node->links[event->port].black_hole))
		return;
	check_received(node, event->bytes, event->len);
	punt.outer = addr_v4(ip.source);
	if (ip.protocol == IPV4_PROTOCOL_UDP)
		arrive_udp(node, &ip, &punt, event);
	else if (ip.protocol == IPV4_PROTOCOL_IPIP &&
		 find_tunnel(node, ENCAP_IPIP, &ip, NULL, &tunnel))
		arrive_by_tunnel(node, tunnel, &ip, ip.payload, ip.payload_len);
	else if (ip.protocol == IPV4_PROTOCOL_ICMP)
		hand_up(node, &punt, event->bytes, ip.total_len);
}

void node_punt(struct node *node, const struct sim_event *event)
{
	struct punt punt = event->punt;

	if (node->haaro && event->life == node->life)
		hand_up(node, &punt, event->bytes, event->len);
}

/* --- life ---------------------------------------------------------------------------------------------- */

static void hear(void *arg, const struct event *event)
{
	struct node *node = arg;
	struct sim *sim = node->sim;

	sim_hash(sim, &node->number, sizeof(node->number));
	sim_hash(sim, &event->type, sizeof(event->type));
	sim_hash(sim, &event->value, sizeof(event->value));
	sim_hash(sim, event->text, strlen(event->text));
	check_secret(sim, event, sizeof(*event), event_name(event->type));
	if (sim->options.verbose && event_level(event->type) > EVENT_DEBUG)
		printf("%12.6f  %-4u %-24s %u %s\n", (double)sim->now / NS_PER_S, node->number,
		       event_name(event->type), event->value, event->text);
}

void node_after(struct node *node)
{
	struct sim *sim = node->sim;
	uint64_t deadline = haaro_deadline(node->haaro);
	uint64_t tick = deadline == TIME_NEVER ? TIME_NEVER : deadline - node->mono_offset;

	if (tick != TIME_NEVER && tick < sim->now)
		tick = sim->now;
	if (tick < node->tick) {
		node->tick = tick;
		queue_event(sim, tick, SIM_TICK, node->number, NULL, 0);
	}
	check_node(node);
}

void node_tick(struct node *node)
{
	struct now now = node_now(node);

	if (!node->haaro || node->tick != node->sim->now)
		return; /* an earlier one has come in its place */
	node->tick = TIME_NEVER;
	haaro_tick(node->haaro, &now);
	node_after(node);
}

int node_start(struct node *node)
{
	const struct fwd_model_options tables = {
		.tunnels = node->conf.capacity.tunnels,
		.prefixes = node->conf.capacity.prefixes,
		.neighbours = node->conf.capacity.neighbours,
		.punts = 1,
		.ports = (uint16_t)node->conf.n_ports,
		.inject = inject,
		.arg = node,
	};
	struct haaro_environment environment = {
		.ops = &fwd_model_ops,
		.random = {random_seeded_fill, &node->seeded},
		.subscriber = hear,
		.subscriber_arg = node,
	};
	struct now now = node_now(node);
	struct error err = {{0}};
	uint16_t port;

	random_seed(&node->seeded,
		    node->sim->options.seed * 1000003 + node->number * 7919 + node->life);
	node->fwd = fwd_model_create(&tables);
	if (!node->fwd)
		return -ENOMEM;
	for (port = 0; node->number != SIM_HUB && port < SIM_UPLINKS; port++)
		fwd_model_port(node->fwd, port)->pmd_link_up = node->links[port].carrier;
	environment.fwd = node->fwd;
	node->life++;
	node->tick = TIME_NEVER;
	if (haaro_create(&node->haaro, &node->conf, &environment, &now, &err) < 0) {
		fprintf(stderr, "node %u: %s\n", node->number, err.text);
		fwd_model_destroy(node->fwd);
		return -EINVAL;
	}
	node_after(node);
	return 0;
}

void node_stop(struct node *node)
{
	const char *last = "";

	if (!node->haaro)
		return;
	haaro_destroy(node->haaro);
	node->haaro = NULL;
	if (fwd_model_faults(node->fwd, &last) > 0)
		sim_break(node->sim, INVARIANT_IDS, "node %u: %s", node->number, last);
	fwd_model_destroy(node->fwd);
	node->fwd = NULL;
	node->believes_until = 0;
}

/* Nothing that it does on its way out reaches anybody: memory is freed, as a kernel would. */
void node_kill(struct node *node)
{
	bool lossy = node->sim->lossy;
	size_t events = node->sim->n_events;

	node->sim->lossy = false;
	node_stop(node);
	node->sim->lossy = lossy;
	if (node->sim->n_events != events)
		sim_break(node->sim, INVARIANT_IDS, "node %u: a packet sent while torn down",
			  node->number);
}
