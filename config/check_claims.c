/* SPDX-License-Identifier: BSD-3-Clause */
/* Who owns which prefix: subscribers against each other, home networks, ports and static routes. */
#include <stdlib.h>

#include "haaro/addr.h"

#include "check.h"

void check_complain_router(const struct check *check, size_t i, const char *key, const char *format,
			   ...)
{
	char path[64], text[256];
	va_list args;

	snprintf(path, sizeof(path), "routers[%zu].%s", i, key);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	check_complain(check, check->subscribers, path, "%s: %s", key, text);
}

#define OWNER_HOME   (UINT32_MAX)     /* home networks */
#define OWNER_STATIC (UINT32_MAX - 1) /* static routes and tunnels */
#define OWNER_PORTS  (UINT32_MAX - 2) /* connected networks; below: routers by index */

/* At a router, whichever of the two it is; the index of a claim is its router's. */
static void complain_claim(const struct check *check, const struct claim *outer,
			   const struct claim *inner)
{
	const struct conf_subscribers *subscribers = &check->conf->home.subscribers;
	bool routers = outer->owner < OWNER_PORTS && inner->owner < OWNER_PORTS;
	const struct claim *at = inner->owner < OWNER_PORTS ? inner : outer;
	const struct claim *other = at == inner ? outer : inner;
	char text[PREFIX_TEXT_SIZE], taken[PREFIX_TEXT_SIZE];

	/* The default route of one router holds everybody's networks, by design. */
	if (outer->prefix.len == 0 && outer->owner != inner->owner && inner->prefix.len > 0)
		return;
	prefix_print(&at->prefix, text);
	prefix_print(&other->prefix, taken);
	if (at->owner >= OWNER_PORTS)
		return; /* check_home() has said so */
	if (outer->owner == inner->owner)
		check_complain_router(check, at->owner, "networks", "%s stands twice", text);
	else if (routers)
		check_complain_router(check, at->owner, "networks", "%s overlaps %s of router %s",
				      text, taken, subscribers->routers[other->owner].name);
	else
		check_complain_router(
			check, at->owner, "networks", "%s overlaps %s, %s", text, taken,
			other->owner == OWNER_HOME ? "a home network" : "a network of a port");
}

size_t claims_count(const struct conf *conf)
{
	size_t n = conf->home.n_networks;
	size_t i;

	for (i = 0; i < conf->n_ports; i++)
		n += conf->ports[i].n_addresses;
	for (i = 0; i < conf->home.subscribers.n_routers; i++)
		n += conf->home.subscribers.routers[i].n_networks;
	return n;
}

/* Prefixes that nothing else in the subscriber file or of a port may overlap. */
static void check_owned(const struct check *check)
{
	const struct conf *conf = check->conf;
	const struct conf_subscribers *subscribers = &conf->home.subscribers;
	struct claim *claims = calloc(claims_count(conf) + 1, sizeof(*claims));
	size_t n = 0, i, j;

	if (!claims) {
		complain_file(check->complaints, conf->path, "no memory to check it");
		return;
	}
	for (i = 0; i < conf->home.n_networks; i++)
		claims[n++] = (struct claim){.prefix = conf->home.networks[i], .owner = OWNER_HOME};
	for (i = 0; i < conf->n_ports; i++) {
		for (j = 0; j < conf->ports[i].n_addresses; j++)
			claims[n++] = (struct claim){.prefix = conf->ports[i].networks[j],
						     .owner = OWNER_PORTS};
	}
	for (i = 0; i < subscribers->n_routers; i++) {
		for (j = 0; j < subscribers->routers[i].n_networks; j++, n++)
			claims[n] = (struct claim){.prefix = subscribers->routers[i].networks[j],
						   .owner = (uint32_t)i,
						   .index = (uint32_t)n};
	}
	claims_check(check, claims, n, complain_claim);
	free(claims);
}

/*
 * Static routes and tunnels may hold a subscriber's prefix or lie inside it, the longest match
 * decides; but the same prefix cannot go two ways.
 */
static void complain_static(const struct check *check, const struct claim *outer,
			    const struct claim *inner)
{
	const struct claim *at = inner->owner < OWNER_PORTS ? inner : outer;
	char text[PREFIX_TEXT_SIZE];

	if (!prefix_is_equal(&outer->prefix, &inner->prefix) || at->owner >= OWNER_PORTS ||
	    outer->owner == inner->owner ||
	    (outer->owner != OWNER_STATIC && inner->owner != OWNER_STATIC))
		return;
	check_complain_router(check, at->owner, "networks",
			      "%s is also the prefix of a static route or tunnel",
			      prefix_print(&at->prefix, text));
}

static size_t claims_add(struct claim *claims, size_t n, const struct ip_prefix *prefix,
			 uint32_t owner)
{
	claims[n] = (struct claim){.prefix = *prefix, .owner = owner, .index = (uint32_t)n};
	return n + 1;
}

static void check_static(const struct check *check)
{
	const struct conf *conf = check->conf;
	const struct conf_subscribers *subscribers = &conf->home.subscribers;
	size_t n = claims_count(conf), i, j;
	struct claim *claims;

	for (i = 0; i < conf->n_ports; i++)
		n += conf->ports[i].n_routes;
	for (i = 0; i < conf->n_tunnels; i++)
		n += conf->tunnels[i].n_networks;
	claims = calloc(n + 1, sizeof(*claims));
	if (!claims) {
		complain_file(check->complaints, conf->path, "no memory to check it");
		return;
	}
	n = 0;
	for (i = 0; i < conf->n_ports; i++) {
		for (j = 0; j < conf->ports[i].n_routes; j++)
			n = claims_add(claims, n, &conf->ports[i].routes[j].to, OWNER_STATIC);
	}
	for (i = 0; i < conf->n_tunnels; i++) {
		for (j = 0; j < conf->tunnels[i].n_networks; j++)
			n = claims_add(claims, n, &conf->tunnels[i].networks[j], OWNER_STATIC);
	}
	for (i = 0; i < subscribers->n_routers; i++) {
		for (j = 0; j < subscribers->routers[i].n_networks; j++)
			n = claims_add(claims, n, &subscribers->routers[i].networks[j],
				       (uint32_t)i);
	}
	claims_check(check, claims, n, complain_static);
	free(claims);
}

void check_claims(const struct check *check)
{
	check_owned(check);
	check_static(check);
}
