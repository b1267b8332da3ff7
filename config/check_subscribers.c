/* SPDX-License-Identifier: BSD-3-Clause */
/* Subscribers: keys, addresses and prefixes that collide, and whether all of them fit. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

/* RFC 2104: a key shorter than the digest weakens the code. */
static size_t secret_least(enum conf_algorithm algorithm)
{
	static const size_t octets[CONF_ALGORITHM_MAX] = {
		[CONF_HMAC_MD5] = 16,
		[CONF_MD5_PREFIX_SUFFIX] = 16,
		[CONF_HMAC_SHA1] = 20,
		[CONF_HMAC_SHA256_128] = 32,
	};

	return octets[algorithm];
}

bool check_key(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_key *key = base;
	uint32_t secret = doc_child(reader->doc, node, "secret");
	uint32_t file = doc_child(reader->doc, node, "key-file");
	size_t least = secret_least(key->algorithm);

	if (secret != NODE_NONE && file != NODE_NONE) {
		reader_complain(reader, file,
				"key-file: there is a secret too; remove one of the two");
		return false;
	}
	if (secret == NODE_NONE && file == NODE_NONE) {
		reader_complain(
			reader, node,
			"'secret' is missing: write secret: \"hex:0011...\" or key-file: PATH");
		return false;
	}
	if (key->secret.len < least) {
		reader_complain(
			reader, secret != NODE_NONE ? secret : file,
			"secret: %zu octets are too few for this algorithm; %zu or more, from: "
			"openssl rand -hex %zu",
			key->secret.len, least, least);
		return false;
	}
	return true;
}

bool check_router(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_router *router = base;
	size_t i;

	if (router->n_keys == 2 && router->keys[0].spi == router->keys[1].spi) {
		reader_complain(reader, doc_child(reader->doc, node, "keys"),
				"keys: both have SPI %" PRIu32 "; give the new key another",
				router->keys[0].spi);
		return false;
	}
	for (i = 0; i < router->n_networks; i++) {
		if (router->networks[i].len > 0 || router->networks_mode != CONF_NETWORKS_EXPLICIT)
			continue;
		/* RFC 5177, section 4.1: a length of 0 is no valid request. */
		reader_complain(
			reader, doc_child(reader->doc, node, "networks"),
			"networks: a router cannot ask for 0.0.0.0/0; it takes networks-mode "
			"implicit or both");
		return false;
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct conf_router *x = *(const struct conf_router *const *)a;
	const struct conf_router *y = *(const struct conf_router *const *)b;
	uint32_t x_host = ntohl(x->home_address.v4);
	uint32_t y_host = ntohl(y->home_address.v4);

	return x_host != y_host ? (x_host < y_host ? -1 : 1) : x < y ? -1 : x > y;
}

static int by_name(const void *a, const void *b)
{
	const struct conf_router *x = *(const struct conf_router *const *)a;
	const struct conf_router *y = *(const struct conf_router *const *)b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : x < y ? -1 : x > y;
}

static void check_duplicates(const struct check *check, const struct conf_router **order)
{
	const struct conf_subscribers *subscribers = &check->conf->home.subscribers;
	char text[ADDR_TEXT_SIZE];
	size_t i;

	qsort(order, subscribers->n_routers, sizeof(*order), by_address);
	for (i = 1; i < subscribers->n_routers; i++) {
		if (addr_is_equal(&order[i - 1]->home_address, &order[i]->home_address))
			check_complain_router(check, (size_t)(order[i] - subscribers->routers),
					      "home-address", "%s belongs to %s already",
					      addr_print(&order[i]->home_address, text),
					      order[i - 1]->name);
	}
	qsort(order, subscribers->n_routers, sizeof(*order), by_name);
	for (i = 1; i < subscribers->n_routers; i++) {
		if (strcmp(order[i - 1]->name, order[i]->name) == 0)
			check_complain_router(check, (size_t)(order[i] - subscribers->routers),
					      "name", "'%s' names two routers", order[i]->name);
	}
}

static bool address_is_home(const struct conf_home *home, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < home->n_networks; i++) {
		if (prefix_contains4(&home->networks[i], addr->v4))
			return true;
	}
	return false;
}

static void check_home_addresses(const struct check *check)
{
	const struct conf_home *home = &check->conf->home;
	char text[ADDR_TEXT_SIZE];
	size_t i;

	for (i = 0; i < home->subscribers.n_routers; i++) {
		const struct ip_addr *addr = &home->subscribers.routers[i].home_address;

		if (!address_is_home(home, addr))
			check_complain_router(check, i, "home-address",
					      "%s is in none of home-agent.home-networks",
					      addr_print(addr, text));
		else if (addr_is_equal(addr, &home->address))
			check_complain_router(check, i, "home-address", "%s is the Home Agent's",
					      addr_print(addr, text));
	}
}

/* A router that moves has its new tunnel before the old one goes: some entries must be spare. */
#define SPARE_TUNNELS 64

static uint64_t spare_tunnels(uint64_t bindings)
{
	return bindings / 16 < SPARE_TUNNELS ? bindings / 16 + 1 : SPARE_TUNNELS;
}

/* Every prefix that can be in the route table at a time: unbound ones are there as unreachable. */
static void check_capacity(const struct check *check)
{
	const struct conf *conf = check->conf;
	size_t routers = conf->home.subscribers.n_routers;
	uint64_t bindings = (uint64_t)routers * conf->home.simultaneous_bindings + conf->n_tunnels;
	uint64_t prefixes = claims_count(conf) + routers;
	size_t i;

	if (routers > 0)
		bindings += spare_tunnels(bindings);
	for (i = 0; i < conf->n_ports; i++)
		prefixes += conf->ports[i].n_routes + conf->ports[i].n_addresses + 1;
	for (i = 0; i < conf->n_tunnels; i++)
		prefixes += conf->tunnels[i].n_networks;
	if (prefixes > conf->capacity.prefixes)
		check_complain(check, check->main, "capacity.prefixes",
			       "prefixes: %u do not hold the %" PRIu64
			       " of subscribers, ports and tunnels; set %" PRIu64 " or more",
			       conf->capacity.prefixes, prefixes, prefixes);
	if (bindings > conf->capacity.tunnels && conf->home.max_bindings == 0)
		check_complain(check, check->main, "capacity.tunnels",
			       "tunnels: %u do not hold the %" PRIu64
			       " that subscribers may take, with some to move by; set %" PRIu64
			       " or more, or home-agent.max-bindings",
			       conf->capacity.tunnels, bindings, bindings);
}

static void check_realms(const struct check *check)
{
	const struct conf_subscribers *subscribers = &check->conf->home.subscribers;
	char path[64];
	size_t i, j, k;

	for (i = 0; i < subscribers->n_realms; i++) {
		const struct conf_realm *realm = &subscribers->realms[i];

		snprintf(path, sizeof(path), "realms[%zu].separate", i);
		if (realm->separate)
			check_complain(
				check, check->subscribers, path,
				"separate: address spaces of their own are not in this build");
		snprintf(path, sizeof(path), "realms[%zu].name", i);
		for (j = 0; j < i; j++) {
			if (strcmp(subscribers->realms[j].name, realm->name) == 0)
				check_complain(check, check->subscribers, path,
					       "name: '%s' names two realms", realm->name);
		}
		snprintf(path, sizeof(path), "realms[%zu].sees", i);
		for (j = 0; j < realm->n_sees; j++) {
			for (k = 0; k < subscribers->n_realms; k++) {
				if (strcmp(subscribers->realms[k].name, realm->sees[j]) == 0)
					break;
			}
			if (k == subscribers->n_realms)
				check_complain(check, check->subscribers, path,
					       "sees: no realm '%s' under 'realms'",
					       realm->sees[j]);
		}
	}
}

void check_subscribers(const struct check *check)
{
	const struct conf_subscribers *subscribers = &check->conf->home.subscribers;
	const struct conf_router **order = calloc(subscribers->n_routers + 1, sizeof(*order));
	size_t i;

	if (!order) {
		complain_file(check->complaints, check->conf->path, "no memory to check it");
		return;
	}
	for (i = 0; i < subscribers->n_routers; i++)
		order[i] = &subscribers->routers[i];
	check_realms(check);
	check_duplicates(check, order);
	check_home_addresses(check);
	check_claims(check);
	check_capacity(check);
	free(order);
}
