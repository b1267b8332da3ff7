/* SPDX-License-Identifier: BSD-3-Clause */
/* Subscribers of one configuration, and their passing on to the next. */
#include "home/subscriber.h"

#include <errno.h>
#include <stdlib.h>

#include "home/binding.h"
#include "home/revoke.h"
#include "home/state.h"

static int networks_build(struct subscriber *subscriber, const struct conf_router *router)
{
	if (router->n_networks == 0)
		return 0;
	subscriber->networks = calloc(router->n_networks, sizeof(subscriber->networks[0]));
	if (!subscriber->networks)
		return -ENOMEM;
	subscriber->n_networks = (uint32_t)router->n_networks;
	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		subscriber->networks[i] = (struct network){
			.prefix = router->networks[i],
			.subscriber = subscriber,
		};
	return 0;
}

static int subscriber_create(struct subscriber **made, struct home *home, struct mac_engine *engine,
			     const struct conf_router *router)
{
	struct subscriber *subscriber = calloc(1, sizeof(*subscriber));
	int result;

	if (!subscriber)
		return -ENOMEM;
	subscriber->home = home;
	subscriber->conf = router;
	subscriber->home_address = router->home_address;
	subscriber->path = FWD_NONE;
	subscriber->member = LISTING_NONE;
	subscriber->listed_since = TIME_NEVER;
	result = sa_init(&subscriber->sa, engine, router->keys, router->n_keys);
	if (result < 0)
		goto out_free;
	result = networks_build(subscriber, router);
	if (result < 0)
		goto out_sa;
	*made = subscriber;
	return 0;
out_sa:
	sa_fini(&subscriber->sa);
out_free:
	free(subscriber);
	return result;
}

void subscriber_free(struct subscriber *subscriber)
{
	if (!subscriber)
		return;
	sa_fini(&subscriber->sa);
	free(subscriber->networks);
	free(subscriber);
}

static int roster_insert(struct roster *roster, struct subscriber *subscriber, struct error *err)
{
	const char *name = subscriber->conf->name;
	char text[ADDR_TEXT_SIZE];
	struct subscriber *found;

	HASH_FIND(by_address, roster->by_address, &subscriber->home_address.v4, sizeof(be32),
		  found);
	if (found)
		return error_set(err, -EEXIST, "routers %s and %s have the same home address %s",
				 found->conf->name, name,
				 addr_print(&subscriber->home_address, text));
	HASH_FIND(by_name, roster->by_name, name, strlen(name), found);
	if (found)
		return error_set(err, -EEXIST, "two routers are named %s", name);
	HASH_ADD(by_address, roster->by_address, home_address.v4, sizeof(be32), subscriber);
	HASH_ADD_KEYPTR(by_name, roster->by_name, name, strlen(name), subscriber);
	if (subscriber->n_networks > roster->most_networks)
		roster->most_networks = subscriber->n_networks;
	return 0;
}

static int prefixes_build(struct roster *roster, uint32_t count)
{
	struct network **all = calloc((size_t)count + 1, sizeof(struct network *));
	struct subscriber *subscriber;
	uint32_t n = 0;
	int result;

	if (!all)
		return -ENOMEM;
	for (subscriber = roster->by_address; subscriber; subscriber = subscriber->by_address.next)
		for (uint32_t i = 0; i < subscriber->n_networks; i++)
			all[n++] = &subscriber->networks[i];
	result = prefix_table_build(&roster->prefixes, all, n);
	free(all);
	return result;
}

int roster_build(struct roster *roster, struct home *home, struct mac_engine *engine,
		 const struct conf *conf, struct error *err)
{
	const struct conf_subscribers *subscribers = &conf->home.subscribers;
	struct subscriber *subscriber;
	uint32_t n_networks = 0;
	int result;

	*roster = (struct roster){0};
	for (size_t i = 0; i < subscribers->n_routers; i++) {
		const struct conf_router *router = &subscribers->routers[i];

		result = subscriber_create(&subscriber, home, engine, router);
		if (result < 0) {
			error_set(err, result, "the keys of router %s can't be used, or no memory",
				  router->name);
			goto out_free;
		}
		result = roster_insert(roster, subscriber, err);
		if (result < 0) {
			subscriber_free(subscriber);
			goto out_free;
		}
		n_networks += subscriber->n_networks;
	}
	result = prefixes_build(roster, n_networks);
	if (result == 0)
		result = listings_build(&roster->listings, roster, subscribers);
	if (result == 0)
		return 0;
	error_set(err, result, "no memory for %u networks", n_networks);
out_free:
	roster_free(roster);
	return result;
}

void roster_free(struct roster *roster)
{
	struct subscriber *subscriber = roster->by_address;

	prefix_table_free(&roster->prefixes);
	listings_free(&roster->listings);
	HASH_CLEAR(by_name, roster->by_name);
	while (subscriber) {
		struct subscriber *next = subscriber->by_address.next;

		HASH_DELETE(by_address, roster->by_address, subscriber);
		subscriber_free(subscriber);
		subscriber = next;
	}
	*roster = (struct roster){0};
}

struct subscriber *roster_lookup(const struct roster *roster, be32 home_address)
{
	struct subscriber *subscriber;

	HASH_FIND(by_address, roster->by_address, &home_address, sizeof(home_address), subscriber);
	return subscriber;
}

struct subscriber *roster_lookup_nai(const struct roster *roster,
				     const struct registration_text *nai)
{
	const uint8_t *at = nai->len ? memrchr(nai->text, '@', nai->len) : NULL;
	size_t len = at ? (size_t)(at - nai->text) : nai->len;
	struct subscriber *subscriber;
	const char *realm;

	if (nai->len == 0)
		return NULL;
	HASH_FIND(by_name, roster->by_name, nai->text, len, subscriber);
	if (!subscriber || !at)
		return subscriber;
	if (subscriber->conf->realm == UINT32_MAX)
		return NULL;
	realm = subscriber->home->conf->home.subscribers.realms[subscriber->conf->realm].name;
	len = nai->len - len - 1;
	return strlen(realm) == len && memcmp(realm, at + 1, len) == 0 ? subscriber : NULL;
}

static struct network *counterpart(struct subscriber *next, const struct network *network)
{
	for (uint32_t i = 0; i < next->n_networks; i++)
		if (prefix_is_equal(&next->networks[i].prefix, &network->prefix))
			return &next->networks[i];
	return NULL;
}

void subscriber_inherit(struct subscriber *next, struct subscriber *old)
{
	for (uint32_t i = 0; i < old->n_networks; i++) {
		struct network *network = counterpart(next, &old->networks[i]);

		if (!network)
			continue;
		network->wanted = old->networks[i].wanted;
		network->installed = old->networks[i].installed;
	}
	next->replay = old->replay;
	next->bindings = old->bindings;
	next->n_bindings = old->n_bindings;
	next->path = old->path;
	next->routed = old->routed;
	next->is_explicit = old->is_explicit;
	next->revoking = old->revoking;
	next->mismatches = old->mismatches;
	next->refusals = old->refusals;
	next->last_sent = old->last_sent;
	next->listed_since = old->listed_since;
	next->told_from = old->told_from;
	next->told_to = old->told_to;
	old->bindings = NULL;
	old->revoking = NULL;
	old->n_bindings = 0;
	old->path = FWD_NONE;
	old->routed = false;
	for (struct binding *binding = next->bindings; binding; binding = binding->next)
		binding->subscriber = next;
	if (next->path != FWD_NONE)
		next->home->by_path[next->path] = next;
	revoke_move(next);
}
