/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is to be known of user packets by their paths: how many take them and come back by them, that
 * one does (haaro.md, section 12.1), and at a hub between whom they go. Called by the lookup stage, for
 * the paths that say so and for the packets that are sampled: all others pay a test.
 */
#include "stage/stage.h"

static inline void count(struct counter *counter, const struct pkt_view *pkt)
{
	counter->packets++;
	counter->bytes += pkt->len;
}

void watch_sent(struct worker *w, struct pkt_view *pkt, uint32_t path, uint64_t entry)
{
	struct path_counters *counters;

	if (entry & PATH_COUNT) {
		counters = path_counters_at(w->tables->paths, w->index, path);
		count(entry & PATH_DIRECT ? &counters->sent_direct : &counters->sent_hub, pkt);
	}
	if (entry & PATH_NOTIFY_SEND)
		punt_notify(w, pkt, path);
}

void watch_received(struct worker *w, struct pkt_view *pkt, uint32_t hop, uint32_t source_hop)
{
	uint32_t path = nexthop_id(source_hop);
	const struct tunnel_entry *tunnel;
	struct path_counters *counters;
	uint64_t entry;

	if (pkt->tunnel_in == FWD_NONE || nexthop_kind(source_hop) != NEXTHOP_PATH)
		return;
	tunnel = tunnel_at(w->tables->tunnels, pkt->tunnel_in);
	entry = path_at(w->tables->paths, path);
	if (entry & PATH_COUNT) {
		counters = path_counters_at(w->tables->paths, w->index, path);
		count(tunnel->accept == FWD_ACCEPT_ALL ? &counters->received_hub
						       : &counters->received_direct,
		      pkt);
	}
	if ((entry & PATH_NOTIFY_RECEIVE) && tunnel->source == FWD_SOURCE_NOT_LOCAL &&
	    nexthop_is_own(hop))
		punt_notify(w, pkt, path);
}

/* Only what goes on from one router's tunnel into another's is between two. */
static void sample(struct worker *w, const struct pkt_view *pkt, uint32_t hop)
{
	const struct path_table *paths = w->tables->paths;
	const struct tunnel_entry *tunnel;
	struct pair pair = {.to = nexthop_id(hop)};

	if (pkt->tunnel_in == FWD_NONE || pkt->tunnel_out == FWD_NONE)
		return;
	tunnel = tunnel_at(w->tables->tunnels, pkt->tunnel_in);
	if (tunnel->source != FWD_SOURCE_PATH || tunnel->source_path == pair.to)
		return;
	pair.from = tunnel->source_path;
	pair.from_generation = path_entry_generation(path_at(paths, pair.from));
	pair.to_generation = path_entry_generation(path_at(paths, pair.to));
	pair_table_count(&w->pairs, &pair);
}

/* Which packets of a burst are looked at is known before any is. */
void watch_pairs(struct worker *w, const struct vector *in, const uint32_t *hops)
{
	struct pair_table *pairs = &w->pairs;

	while (pairs->next < in->n) {
		sample(w, in->pkts[pairs->next], hops[pairs->next]);
		pairs->next += pair_table_gap(pairs);
	}
	pairs->next -= in->n;
}
