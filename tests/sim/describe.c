/* SPDX-License-Identifier: BSD-3-Clause */
/* For who replays a seed with --verbose: what the world is, and how a pair stands. */
#include "world.h"

static const char *const ons[] = {"all", "address", "port"};
static const char *const triggers[] = {"send", "receive", "mesh", "manual"};
static const char *const outbounds[] = {"auto", "yes", "no"};

static void describe_uplink(const struct node *node, uint16_t port)
{
	const struct uplink_state *link = &node->links[port];
	const struct nat *nat = link->nat >= 0 ? &node->sim->nats[link->nat] : NULL;
	char text[ADDR_TEXT_SIZE];

	printf(" %s", addr_print(&node->addresses[port], text));
	if (nat && nat->kind.is_firewall)
		printf(" firewall by %s", ons[nat->kind.filtering]);
	else if (nat)
		printf(" nat %d maps by %s filters by %s", link->nat, ons[nat->kind.mapping],
		       ons[nat->kind.filtering]);
	printf(",");
}

void describe_world(const struct sim *sim)
{
	for (uint32_t i = 1; i < sim->n_nodes; i++) {
		const struct node *node = &sim->nodes[i];
		const struct conf_optimization *conf = &node->conf.mobile.optimization;
		const struct conf_router *router = &sim->routers[i - 1];

		printf("node %u:", i);
		for (uint16_t port = 0; port < node->conf.mobile.n_uplinks; port++)
			describe_uplink(node, port);
		printf(" %zu networks, realm %d%s%s, trigger %s, O %s, %s%s%s%s%s%s\n",
		       node->conf.mobile.n_networks, (int)router->realm,
		       router->advertise ? "" : ", not told of",
		       router->refuse_optimization ? ", refused" : "", triggers[conf->trigger],
		       outbounds[conf->outbound_only], encap_name(conf->encapsulations[0]),
		       conf->mutual == CONF_MUTUAL_IMMEDIATE ? ", immediate" : "",
		       conf->advertise ? "" : ", no A", conf->request ? "" : ", no R",
		       conf->n_static_keys > 0 ? ", static key" : "",
		       conf->n_realms > 0 ? conf->realms[0] : "");
	}
}

/* Which branch it is about, where it is about one. */
void describe_event(const struct node *node, const struct event *event)
{
	const struct sim *sim = node->sim;
	uint32_t peer = node->number == SIM_HUB ? 0 : truth_owner(sim, event->peer.v4);
	char about[16] = "";

	if (event_level(event->type) == EVENT_DEBUG)
		return;
	if (peer > 0)
		snprintf(about, sizeof(about), "%u", peer);
	printf("%12.6f  %-4u %-4s %-24s %u %s\n", (double)sim->now / NS_PER_S, node->number, about,
	       event_name(event->type), event->value, event->text);
}

void describe_preference(const struct node *node)
{
	if (node->sim->options.verbose)
		printf("%12.6f  %-4u      prefers %s\n", (double)node->sim->now / NS_PER_S,
		       node->number, encap_name(node->conf.mobile.optimization.encapsulations[0]));
}

void describe_way(struct sim *sim, uint32_t from, uint32_t to)
{
	const struct way *way = network_way(sim, from, to);

	if (sim->options.verbose)
		printf("%12.6f  %-4u %-4u way %s%s\n", (double)sim->now / NS_PER_S, from, to,
		       way->cut ? "cut" : "open", way->narrow ? ", narrow" : "");
}

struct pair {
	const struct sim *sim;
	uint32_t from, to;
};

static bool print_session(void *arg, const struct ro_session_view *view)
{
	const struct pair *pair = arg;
	char local[ADDR_TEXT_SIZE], remote[ADDR_TEXT_SIZE];

	if (!addr_is_equal(&view->home_address,
			   &pair->sim->nodes[pair->to].conf.mobile.home_address))
		return true;
	printf("node %u to %u: %s, %s to %s:%u, registered %llu s, accepted %llu s, held %llu s, "
	       "last code %u, attempts %u, %s\n",
	       pair->from, pair->to, ro_state_name(view->state), addr_print(&view->local, local),
	       addr_print(&view->remote, remote), view->remote_port,
	       (unsigned long long)(view->registered / NS_PER_S),
	       (unsigned long long)(view->accepted / NS_PER_S),
	       (unsigned long long)(view->held / NS_PER_S), view->last_code, view->attempts,
	       view->reason);
	return true;
}

static bool print_prefixes(void *arg, const struct ro_peer_view *view)
{
	const struct pair *pair = arg;
	char text[PREFIX_TEXT_SIZE];

	if (!addr_is_equal(&view->home_address,
			   &pair->sim->nodes[pair->to].conf.mobile.home_address))
		return true;
	printf("node %u knows of %u:%s%s", pair->from, pair->to,
	       view->advertised ? " advertised" : "", view->stale ? " stale" : "");
	for (size_t i = 0; i < view->n_prefixes; i++)
		printf(" %s %s%s%s %s", prefix_print(&view->prefixes[i].prefix, text),
		       view->prefixes[i].realm, view->prefixes[i].valid ? " valid" : "",
		       view->prefixes[i].routed ? " routed" : "",
		       view->prefixes[i].problem ? view->prefixes[i].problem : "");
	printf("\n");
	return true;
}

static void print_drops(const struct sim *sim, uint32_t number)
{
	const struct fwd_counters *counters = fwd_model_counters(sim->nodes[number].fwd);

	printf("node %u drops:", number);
	for (int i = 0; i < DROP_MAX; i++)
		if (counters->drops[i] > 0)
			printf(" %s %llu", drop_name((enum drop_reason)i),
			       (unsigned long long)counters->drops[i]);
	printf("\n");
}

void describe_pair(const struct sim *sim, uint32_t a, uint32_t b)
{
	struct pair there = {sim, a, b}, back = {sim, b, a};

	if (!sim->options.verbose)
		return;
	describe_world(sim); /* policies have changed since the start */
	ro_walk_cache(haaro_ro(sim->nodes[a].haaro), print_prefixes, &there);
	ro_walk_cache(haaro_ro(sim->nodes[b].haaro), print_prefixes, &back);
	ro_walk_sessions(haaro_ro(sim->nodes[a].haaro), print_session, &there);
	ro_walk_sessions(haaro_ro(sim->nodes[b].haaro), print_session, &back);
	print_drops(sim, SIM_HUB);
	print_drops(sim, a);
	print_drops(sim, b);
}
