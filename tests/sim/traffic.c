/* SPDX-License-Identifier: BSD-3-Clause */
/* Hosts that send, and the accounts of what arrived. */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

#define MAGIC     0x48616172 /* "Haar" */
#define TAG_SIZE  12         /* magic, flow, number: the end of a datagram */
#define UDP_PORT  5001
#define FULL_SIZE 1400
#define IN_FLIGHT (200 * NS_PER_MS)
#define EACH_FULL 4

/* --- flows ------------------------------------------------------------------------------------------------ */

void traffic_add(struct sim *sim, uint32_t from, uint32_t to, uint64_t interval, uint64_t after)
{
	struct flow *flow;

	if (sim->n_flows % 64 == 0)
		sim->flows = reallocarray(sim->flows, sim->n_flows + 64, sizeof(*sim->flows));
	if (!sim->flows)
		abort();
	flow = &sim->flows[sim->n_flows];
	*flow = (struct flow){
		.from = from,
		.to = to,
		.source = sim_host(sim, from, 0),
		.destination = sim_host(sim, to, 0),
		.interval = interval,
		.size = 100,
		.is_full_too = true,
	};
	queue_event(sim, sim->now + after, SIM_FLOW, from, NULL, 0)->flow = sim->n_flows++;
}

void traffic_fini(struct sim *sim)
{
	free(sim->flows);
	sim->flows = NULL;
	sim->n_flows = 0;
}

void traffic_pause(struct sim *sim, uint32_t flow, bool paused)
{
	sim->flows[flow].paused = paused;
}

static struct flow_datagram *remembered(struct flow *flow, uint32_t number)
{
	return &flow->memory[number % FLOW_MEMORY];
}

/* --- judging ------------------------------------------------------------------------------------------------ */

static void judge_one(struct sim *sim, struct flow *flow, bool strictly)
{
	const struct flow_datagram *datagram = remembered(flow, flow->n_judged++);

	if (datagram->received > 0)
		return;
	flow->n_lost++;
	if (!strictly || datagram->excused)
		return;
	describe_pair(sim, flow->from, flow->to);
	sim_break(sim, INVARIANT_KEPT,
		  "number %u of the flow from %u to %u, sent at %.6f s, is lost",
		  flow->n_judged - 1, flow->from, flow->to, (double)datagram->sent / NS_PER_S);
}

static void judge_old(struct sim *sim, struct flow *flow, bool strictly)
{
	while (flow->n_judged < flow->n_sent &&
	       (sim->now - remembered(flow, flow->n_judged)->sent > FLOW_LATEST ||
		flow->n_sent - flow->n_judged == FLOW_MEMORY))
		judge_one(sim, flow, strictly);
}

void traffic_judge(struct sim *sim, bool strictly)
{
	for (uint32_t i = 0; i < sim->n_flows && !sim->failed; i++)
		judge_old(sim, &sim->flows[i], strictly);
}

/*
 * What is sent by a direct way that has just failed gets lost until the routers notice. With traffic on
 * it they look at once; without, when traffic begins again.
 */
void traffic_excuse(struct sim *sim, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < sim->n_flows; i++) {
		struct flow *flow = &sim->flows[i];

		if (flow->from != from || flow->to != to)
			continue;
		flow->cut = true;
		for (uint32_t n = flow->n_judged; n < flow->n_sent; n++)
			if (sim->now - remembered(flow, n)->sent < IN_FLIGHT)
				remembered(flow, n)->excused = true;
	}
}

/* --- hosts --------------------------------------------------------------------------------------------------- */

static size_t build(const struct flow *flow, uint32_t index, uint8_t *bytes)
{
	bool full = flow->is_full_too && flow->n_sent % EACH_FULL == EACH_FULL - 1;
	uint8_t payload[FULL_SIZE] = {0};
	size_t size = full ? FULL_SIZE : flow->size;
	size_t len = size - IPV4_HEADER_SIZE - UDP_HEADER_SIZE;
	struct writer tag = writer_of(payload + len - TAG_SIZE, TAG_SIZE);
	struct writer writer = writer_of(bytes, PUNT_PACKET_MAX);
	const struct packet_ipv4 ip = {
		.ttl = 64,
		.protocol = IPV4_PROTOCOL_UDP,
		.total_len = (uint16_t)size,
		.fragment = IPV4_DF,
		.source = flow->source.v4,
		.destination = flow->destination.v4,
	};

	write_u32(&tag, MAGIC);
	write_u32(&tag, index);
	write_u32(&tag, flow->n_sent);
	packet_ipv4_build(&ip, &writer);
	write_u16(&writer, UDP_PORT);
	write_u16(&writer, UDP_PORT);
	write_u16(&writer, (uint16_t)(UDP_HEADER_SIZE + len));
	write_u16(&writer, 0);
	write_bytes(&writer, payload, len);
	return writer.len;
}

void traffic_send(struct sim *sim, uint32_t index)
{
	struct flow *flow = &sim->flows[index];
	uint8_t bytes[PUNT_PACKET_MAX];
	size_t len;

	queue_event(sim, sim->now + flow->interval, SIM_FLOW, flow->from, NULL, 0)->flow = index;
	judge_old(sim, flow, sim->strict);
	if (flow->paused || !sim->nodes[flow->from].haaro)
		return;
	if (flow->cut)
		flow->excused_until = sim->now + GAP_MOST;
	flow->cut = false;
	*remembered(flow, flow->n_sent) = (struct flow_datagram){
		.sent = sim->now,
		.allowed = 1,
		.excused = sim->now < flow->excused_until,
	};
	len = build(flow, index, bytes);
	flow->n_sent++;
	queue_event(sim, sim->now, SIM_PACKET, flow->from, bytes, len)->port = SIM_LAN;
}

/* --- on the way ------------------------------------------------------------------------------------------------ */

/* The datagram that a packet carries; NULL: none that is remembered. */
static struct flow_datagram *find(struct sim *sim, const uint8_t *packet, size_t len,
				  struct flow **flow)
{
	struct reader reader;
	uint32_t index, number;

	if (len < IPV4_HEADER_SIZE + TAG_SIZE || !sim->flows)
		return NULL;
	reader = reader_of(packet + len - TAG_SIZE, TAG_SIZE);
	if (read_u32(&reader) != MAGIC)
		return NULL;
	index = read_u32(&reader);
	number = read_u32(&reader);
	if (index >= sim->n_flows)
		return NULL;
	*flow = &sim->flows[index];
	if (number >= (*flow)->n_sent || (*flow)->n_sent - number > FLOW_MEMORY)
		return NULL;
	return remembered(*flow, number);
}

void traffic_doubled(struct sim *sim, const uint8_t *packet, size_t len)
{
	struct flow *flow;
	struct flow_datagram *datagram = find(sim, packet, len, &flow);

	if (datagram)
		datagram->allowed++;
}

void traffic_admitted(struct node *node, const uint8_t *packet, size_t len, bool direct)
{
	enum flow_way way = direct ? FLOW_DIRECT : FLOW_BY_HUB;
	struct sim *sim = node->sim;
	struct flow *flow;

	if (node->number == SIM_HUB || !find(sim, packet, len, &flow))
		return;
	flow->ways[way]++;
	flow->last[way] = sim->now;
}

void traffic_deliver(struct node *node, const struct packet_ipv4 *ip, const uint8_t *packet,
		     size_t len)
{
	struct sim *sim = node->sim;
	struct flow *flow;
	struct flow_datagram *datagram = find(sim, packet, len, &flow);

	/* At another's host it is lost, whatever that host makes of it. */
	if (!datagram || flow->to != node->number || ip->destination != flow->destination.v4)
		return;
	if (datagram->received == datagram->allowed)
		sim_break(sim, INVARIANT_ONCE, "a datagram from %u to %u came %u times", flow->from,
			  flow->to, datagram->received + 1u);
	flow->n_received += datagram->received == 0;
	datagram->received++;
}
