/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets: sent with a sequence number per flow, judged when they come out. Packets of one flow
 * are sent on one queue, so they leave in order: when one arrives, those before it that have not were
 * dropped, and that must have been legal; what arrives for a second time, or late, is not under way.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "churn.h"

enum {
	ETH = 14,
	IPV4 = 20,
	UDP = 8,
	TUNNEL_DATA = 4, /* RFC 3519 */
	PAYLOAD = 40,
	INNER = IPV4 + UDP + PAYLOAD,
	TTL = 64,
	TUNNEL_PORT = 434,
	MARK = 0x48415241,
};

/* --- the wire, by a hand that is not the product's ------------------------------------------------ */

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

static uint16_t ones_sum(const uint8_t *at, unsigned int len)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < len; i += 2)
		sum += get16(at + i);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)((sum >> 16) + sum);
}

static uint8_t *put_ipv4(uint8_t *at, uint32_t len, uint8_t protocol, uint32_t source,
			 uint32_t destination)
{
	memset(at, 0, IPV4);
	at[0] = 0x45;
	put16(at + 2, len);
	at[8] = TTL;
	at[9] = protocol;
	put32(at + 12, source);
	put32(at + 16, destination);
	put16(at + 10, (uint16_t)~ones_sum(at, IPV4));
	return at + IPV4;
}

static uint8_t *put_udp(uint8_t *at, uint16_t source, uint16_t destination, uint32_t len)
{
	put16(at, source);
	put16(at + 2, destination);
	put16(at + 4, len);
	put16(at + 6, 0);
	return at + UDP;
}

static bool is_udp(uint32_t serial)
{
	return serial % 2 != 0;
}

static uint32_t overhead(uint32_t serial)
{
	return IPV4 + (is_udp(serial) ? UDP + TUNNEL_DATA : 0);
}

/* The tunnel headers that a branch would put in front. */
static uint8_t *put_outer(uint8_t *at, uint32_t serial)
{
	at = put_ipv4(at, overhead(serial) + INNER, is_udp(serial) ? 17 : 4, 10u << 24 | serial,
		      ADDR_HUB);
	if (is_udp(serial)) {
		at = put_udp(at, TUNNEL_PORT, TUNNEL_PORT, UDP + TUNNEL_DATA + INNER);
		put32(at, 0x04040000);
		at += TUNNEL_DATA;
	}
	return at;
}

/* --- sending ---------------------------------------------------------------------------------------- */

static unsigned int port_of(const struct flow *flow)
{
	return flow->branch == SLOTS ? PORT_CORE : PORT_WAN;
}

/* A branch sends by its new tunnel, or for a while still by the old one. */
static uint32_t choose_tunnel(struct churn *churn, const struct flow *flow)
{
	const struct slot *slot;

	if (flow->branch == SLOTS)
		return 0;
	slot = &churn->slots[flow->branch];
	return slot->old_serial != 0 && churn_random(churn, 2) ? slot->old_serial : slot->serial;
}

static struct rte_mbuf *make_packet(struct churn *churn, const struct flow *flow,
				    const struct sent *sent)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(churn->pool);
	uint8_t *at;
	uint32_t len = ETH + INNER + (sent->serial ? overhead(sent->serial) : 0);

	if (mbuf == NULL)
		return NULL;
	at = (uint8_t *)rte_pktmbuf_append(mbuf, (uint16_t)len);
	if (at == NULL)
		goto out_free;
	memcpy(at, churn->mac[port_of(flow)].bytes, 6);
	memset(at + 6, 0x02, 6);
	put16(at + 12, 0x0800);
	at += ETH;
	if (sent->serial)
		at = put_outer(at, sent->serial);
	at = put_ipv4(at, INNER, 17, flow->source, flow->destination);
	at = put_udp(at, 4000, 4001, UDP + PAYLOAD);
	memset(at, 0x5a, PAYLOAD);
	put32(at, MARK);
	put32(at + 4, (uint32_t)(flow - churn->flows));
	put32(at + 8, sent->sequence);
	return mbuf;
out_free:
	rte_pktmbuf_free(mbuf);
	return NULL;
}

static void send_packet(struct churn *churn, struct flow *flow)
{
	unsigned int queue = (unsigned int)(flow - churn->flows) % churn->workers;
	struct sent *sent = &flow->sent[(flow->head + flow->n) % WINDOW];
	struct rte_mbuf *mbuf;

	*sent = (struct sent){.sequence = flow->next,
			      .serial = choose_tunnel(churn, flow),
			      .since = churn->changes};
	mbuf = make_packet(churn, flow, sent);
	if (mbuf == NULL || rte_ring_enqueue(churn->in[port_of(flow)][queue], mbuf) != 0) {
		churn_violation(churn, "no room for a packet within the window");
		rte_pktmbuf_free(mbuf);
		return;
	}
	flow->next++;
	flow->n++;
	churn->outstanding++;
	churn->sent++;
}

/* --- judging ---------------------------------------------------------------------------------------- */

static void account_missing(struct churn *churn, struct flow *flow, const struct sent *sent)
{
	unsigned int f = (unsigned int)(flow - churn->flows);
	bool is_legal = flow->drop_until > sent->since;

	if (flow->kind == FLOW_IN || flow->kind == FLOW_RELAY)
		is_legal = churn_tunnel(churn, sent->serial)->binding_until != LIFE_LIVE;
	if (!is_legal)
		churn_violation(churn, "flow %u, sequence %u: lost", f, sent->sequence);
	flow->missing++;
	churn->missing++;
	churn->missing_by[flow->kind]++;
}

/* Takes the packet, and what is missing before it, off the list. False: it is not there. */
static bool take(struct churn *churn, struct flow *flow, uint32_t sequence, struct sent *taken)
{
	uint32_t ahead = sequence - flow->sent[flow->head].sequence;

	if (flow->n == 0 || ahead >= flow->n)
		return false;
	for (;;) {
		*taken = flow->sent[flow->head];
		flow->head = (flow->head + 1) % WINDOW;
		flow->n--;
		churn->outstanding--;
		if (taken->sequence == sequence)
			return true;
		account_missing(churn, flow, taken);
	}
}

/* The outer headers, as they must be for that tunnel. */
static bool outer_is_right(const uint8_t *ip, uint32_t serial)
{
	const uint8_t *udp = ip + IPV4;

	if (ip[0] != 0x45 || ones_sum(ip, IPV4) != 0xffff || get32(ip + 12) != ADDR_HUB ||
	    get32(ip + 16) >> 24 != 10 || ip[8] != TTL || get16(ip + 2) != overhead(serial) + INNER)
		return false;
	if (!is_udp(serial))
		return ip[9] == 4;
	return ip[9] == 17 && get16(udp) == TUNNEL_PORT && get16(udp + 2) == TUNNEL_PORT &&
	       get16(udp + 4) == UDP + TUNNEL_DATA + INNER && get32(udp + UDP) == 0x04040000;
}

static bool inner_is_right(const uint8_t *ip, const struct flow *flow)
{
	return ip[0] == 0x45 && ones_sum(ip, IPV4) == 0xffff && ip[8] == TTL - 1 &&
	       get16(ip + 2) == INNER && get32(ip + 12) == flow->source &&
	       get32(ip + 16) == flow->destination && ip[INNER - 1] == 0x5a;
}

/* Whether that tunnel was the packet's at some moment since it was sent. */
static bool tunnel_is_legal(const struct churn *churn, const struct flow *flow, uint32_t serial,
			    const struct mac_life *mac, uint64_t since)
{
	const struct tunnel_life *life = churn_tunnel(churn, serial);

	if (life->serial != serial || life->until <= since ||
	    life->adjacency_until[mac->adjacency] <= since)
		return false;
	if (flow->kind == FLOW_OUT)
		return flow->way_until[life->slot] > since;
	return (flow->kind == FLOW_DOWN || flow->kind == FLOW_RELAY) && life->slot == flow->slot;
}

static bool way_is_legal(const struct churn *churn, const struct flow *flow, unsigned int port,
			 const uint8_t *frame, uint32_t serial, uint64_t since)
{
	const struct mac_life *mac = churn_mac(churn, get32(frame + 2));

	if (get16(frame) != 0x0200 || mac->serial != get32(frame + 2) || mac->port != port ||
	    mac->until <= since || memcmp(frame + 6, churn->mac[port].bytes, 6) != 0)
		return false;
	if (serial != 0)
		return port == PORT_WAN && tunnel_is_legal(churn, flow, serial, mac, since);
	if (port != PORT_CORE || (flow->kind != FLOW_IN && flow->kind != FLOW_SOURCE))
		return false;
	return flow->way_until[mac->adjacency] > since;
}

static void judge(struct churn *churn, unsigned int port, const struct rte_mbuf *mbuf)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *), *ip = frame + ETH;
	const uint8_t *payload;
	uint32_t serial = 0, f, sequence;
	struct flow *flow;
	struct sent sent;

	churn->received++;
	if (port == PORT_WAN) {
		serial = get32(ip + 16) & 0xffffff;
		if (mbuf->data_len < ETH + IPV4 || !outer_is_right(ip, serial)) {
			churn_violation(churn, "an outer header that no tunnel makes");
			return;
		}
		ip += overhead(serial);
	}
	payload = ip + IPV4 + UDP;
	f = mbuf->data_len == ip + INNER - frame && get32(payload) == MARK ? get32(payload + 4)
									   : FLOWS;
	if (f >= FLOWS || !inner_is_right(ip, &churn->flows[f])) {
		churn_violation(churn, "a packet came out damaged");
		return;
	}
	flow = &churn->flows[f];
	sequence = get32(payload + 8);
	if (!take(churn, flow, sequence, &sent)) {
		churn_violation(churn, "flow %u, sequence %u: twice, or out of order", f, sequence);
		return;
	}
	flow->received++;
	if (!way_is_legal(churn, flow, port, frame, serial, sent.since))
		churn_violation(churn,
				"flow %u, sequence %u: a way that was not its own (tunnel %u)", f,
				sequence, serial);
}

static void receive(struct churn *churn)
{
	struct rte_mbuf *mbufs[BATCH];
	struct punt punt;

	for (unsigned int port = 0; port < PORTS; port++) {
		for (unsigned int queue = 0; queue < churn->workers; queue++) {
			unsigned int n = rte_ring_dequeue_burst(churn->out[port][queue],
								(void **)mbufs, BATCH, NULL);

			for (unsigned int i = 0; i < n; i++) {
				judge(churn, port, mbufs[i]);
				rte_pktmbuf_free(mbufs[i]);
			}
		}
	}
	while (dataplane_ops.punt_read(churn->fwd, &punt) == 1)
		; /* requests for ICMP errors about drops: nobody wants them here */
}

/* --- turns -------------------------------------------------------------------------------------------- */

static void run_workers(struct churn *churn)
{
	for (unsigned int i = 0; churn->single && i < churn->workers; i++)
		dataplane_poll(churn->fwd, i);
}

void churn_turn(struct churn *churn)
{
	uint32_t n = churn_random(churn, BATCH) + 1;

	if (churn->outstanding + n > WINDOW) { /* nothing may be lost in a ring */
		run_workers(churn);
		receive(churn);
		if (churn->outstanding + n > WINDOW)
			churn_settle(churn);
	}
	while (n-- > 0)
		send_packet(churn, &churn->flows[churn_random(churn, FLOWS)]);
	if (churn_random(churn, 4) != 0) /* now and then packets wait while tables change */
		run_workers(churn);
	receive(churn);
}

static uint64_t dropped(const struct churn *churn, struct fwd_counters *counters)
{
	uint64_t sum = 0;

	dataplane_ops.counters_read(churn->fwd, counters);
	for (unsigned int i = 0; i < DROP_MAX; i++)
		sum += counters->drops[i];
	return sum;
}

/* Every named drop is one that the flows can tell. */
static void compare_drops(struct churn *churn, const struct fwd_counters *counters)
{
	uint64_t expected[DROP_MAX] = {
		[DROP_UNBOUND] = churn->missing_by[FLOW_OUT],
		[DROP_NOT_REGISTERED] = churn->missing_by[FLOW_DOWN],
		[DROP_TUNNEL_UNKNOWN] = churn->missing_by[FLOW_IN] + churn->missing_by[FLOW_RELAY],
		[DROP_INNER_SOURCE] = churn->missing_by[FLOW_SOURCE],
	};

	for (unsigned int i = 0; i < DROP_MAX; i++) {
		if (counters->drops[i] != expected[i])
			churn_violation(churn, "%s: %lu counted, %lu missing",
					drop_name((enum drop_reason)i), counters->drops[i],
					expected[i]);
	}
}

static void flush(struct churn *churn)
{
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct flow *flow = &churn->flows[i];

		for (; flow->n > 0; flow->n--, churn->outstanding--) {
			account_missing(churn, flow, &flow->sent[flow->head]);
			flow->head = (flow->head + 1) % WINDOW;
		}
	}
}

void churn_settle(struct churn *churn)
{
	double deadline = churn_seconds() + WAIT_SECONDS;
	struct fwd_counters counters;

	do {
		run_workers(churn);
		receive(churn);
		if (churn_seconds() > deadline) {
			churn_violation(churn, "%lu in, %lu out, %lu dropped", churn->sent,
					churn->received, dropped(churn, &counters));
			break;
		}
		if (!churn->single && churn->received + dropped(churn, &counters) != churn->sent)
			usleep(20);
	} while (churn->received + dropped(churn, &counters) != churn->sent);
	flush(churn);
	compare_drops(churn, &counters);
}

static void set_flow(struct churn *churn, unsigned int f, const struct flow *flow)
{
	churn->flows[f].kind = flow->kind;
	churn->flows[f].source = flow->source;
	churn->flows[f].destination = flow->destination;
	churn->flows[f].branch = flow->branch;
	churn->flows[f].slot = flow->slot;
}

/* Branches' networks are 172.24.slot.0/24; what is behind the core 172.18 to 172.20. */
static uint32_t network(unsigned int second, unsigned int third)
{
	return 172u << 24 | second << 16 | third << 8 | 9;
}

void churn_traffic_init(struct churn *churn)
{
	unsigned int f = 0;

	for (unsigned int i = 0; i < FLOWS_OUT; i++)
		set_flow(churn, f++,
			 &(struct flow){FLOW_OUT, network(20, 200), network(16, i), SLOTS, 0});
	for (unsigned int i = SLOT_DOWN; i < SLOT_BRANCH; i++)
		set_flow(churn, f++,
			 &(struct flow){FLOW_DOWN, network(20, 200), network(24, i), SLOTS, i});
	for (unsigned int i = 0; i < FLOWS_IN; i++) {
		unsigned int branch = SLOT_BRANCH + i % (SLOT_SOURCE - SLOT_BRANCH);

		set_flow(churn, f++,
			 &(struct flow){FLOW_IN, network(24, branch), network(18, i), branch, 0});
	}
	for (unsigned int i = SLOT_BRANCH; i < SLOT_SOURCE; i++) {
		unsigned int to = i + 1 < SLOT_SOURCE ? i + 1 : SLOT_BRANCH;

		set_flow(churn, f++,
			 &(struct flow){FLOW_RELAY, network(24, i), network(24, to), i, to});
	}
	for (unsigned int i = SLOT_SOURCE; i < SLOTS; i++)
		set_flow(churn, f++,
			 &(struct flow){FLOW_SOURCE, network(24, i), network(19, i), i, 0});
}
