/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First everything that may fail: a whole new roster with its keys, and the routes of networks that
 * are new. Then, in one go and without a way to fail, what lives moves from the old roster to the
 * new one, and what is in no roster any more goes.
 */
#include "home/reload.h"

#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "home/binding.h"
#include "home/forward.h"
#include "home/listing.h"
#include "home/release.h"
#include "home/revoke.h"
#include "home/tell.h"
#include "wire/registration.h"

int reload_claims(struct claims *claims, const struct roster *roster)
{
	uint32_t size = roster->most_networks > REGISTRATION_NETWORKS_MAX
				? roster->most_networks
				: REGISTRATION_NETWORKS_MAX;
	struct claim *list;

	if (size <= claims->size)
		return 0;
	list = reallocarray(claims->list, size, sizeof(list[0]));
	if (!list)
		return -ENOMEM;
	claims->list = list;
	claims->size = size;
	return 0;
}

void reload_revoke(struct subscriber *subscriber, const char *reason)
{
	struct home *home = subscriber->home;

	while (subscriber->bindings) {
		struct binding *binding = subscriber->bindings;

		/* Without memory for it the router is not told, and finds out when it renews. */
		if (binding->revocable)
			revoke_start(home, binding);
		home->counters.revoked++;
		tell_binding(home, EVENT_BINDING_REVOKED, binding, reason);
		release_binding(binding);
	}
}

static bool may_hold(const struct subscriber *subscriber, const struct ip_prefix *prefix)
{
	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		if (prefix_is_equal(&subscriber->networks[i].prefix, prefix))
			return true;
	return false;
}

/* A network that it may not hold any more goes at once, not at the next renewal. */
static void withdraw(struct subscriber *old, const struct subscriber *next)
{
	for (uint32_t i = 0; i < old->n_networks; i++)
		if (!may_hold(next, &old->networks[i].prefix))
			old->networks[i].wanted = false;
	forward_settle(old);
}

/* And one that it now has without asking comes at once, if it registered that way. */
static void install(struct subscriber *subscriber)
{
	const struct prefix_table *prefixes = &subscriber->home->roster.prefixes;

	if (subscriber->n_bindings == 0 || subscriber->is_explicit ||
	    subscriber->conf->networks_mode == CONF_NETWORKS_EXPLICIT)
		return;
	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		if (!prefix_holder(prefixes, &subscriber->networks[i]))
			forward_network(&subscriber->networks[i]);
}

/* The old subscriber is in no roster any more; the next reload or timer may still need it. */
static void leave(struct home *home, struct subscriber *subscriber)
{
	reload_revoke(subscriber, "no longer a subscriber");
	subscriber->conf = NULL;
	subscriber->listing = NULL;
	subscriber->member = LISTING_NONE;
	HASH_ADD(by_address, home->leaving, home_address.v4, sizeof(be32), subscriber);
	home_forget(subscriber);
}

static void pass_on(struct home *home, struct roster *old, struct roster *next)
{
	struct subscriber *subscriber = old->by_address;

	HASH_CLEAR(by_name, old->by_name);
	while (subscriber) {
		struct subscriber *after = subscriber->by_address.next;
		struct subscriber *heir = roster_lookup(next, subscriber->home_address.v4);

		HASH_DELETE(by_address, old->by_address, subscriber);
		if (heir) {
			withdraw(subscriber, heir);
			subscriber_inherit(heir, subscriber);
			subscriber_free(subscriber);
		} else {
			leave(home, subscriber);
		}
		subscriber = after;
	}
	prefix_table_free(&old->prefixes);
	listings_free(&old->listings);
}

/* Nothing may be half withdrawn when subscribers change hands. */
static int settle_all(struct home *home, struct error *err)
{
	struct subscriber *subscriber = home->unsettled;

	home->core->ops->reclaim(home->core->fwd);
	for (; subscriber; subscriber = subscriber->next_unsettled)
		if (!forward_settle(subscriber))
			return error_set(err, -EAGAIN,
					 "routes are still being withdrawn; try again in a second");
	if (unbound_remove(home->core, &home->leftover, &home->unbound) > 0)
		return error_set(err, -EAGAIN,
				 "routes are still being removed; try again in a second");
	return 0;
}

static int move_address(struct home *home, const struct conf *next, struct error *err)
{
	const struct ip_addr *address = &next->home.address;
	char text[ADDR_TEXT_SIZE];
	int result;

	if (addr_is_equal(address, &home->conf->home.address))
		return 0;
	result = link_address_insert(home->link, REALM_MAIN, address);
	return result == 0 ? 0
			   : error_set(err, result, "home agent address %s can't be taken",
				       addr_print(address, text));
}

int reload_apply(struct home *home, const struct conf *next, struct error *err)
{
	struct roster roster;
	struct unbound unbound;
	struct ip_addr address = home->conf->home.address;
	int result = settle_all(home, err);

	if (result < 0)
		return result;
	result = roster_build(&roster, home, home->engine, next, err);
	if (result < 0)
		return result;
	result = reload_claims(&home->claims, &roster);
	if (result == 0)
		result = unbound_build(&unbound, next);
	if (result < 0) {
		error_set(err, result, "no memory");
		goto out_roster;
	}
	result = unbound_install(home->core, &home->unbound, &unbound, err);
	if (result < 0)
		goto out_unbound;
	result = move_address(home, next, err);
	if (result < 0)
		goto out_installed;

	pass_on(home, &home->roster, &roster);
	home->roster = roster;
	unbound_remove(home->core, &home->unbound, &unbound);
	unbound_free(&home->leftover);
	home->leftover = home->unbound;
	if (home->leftover.count > 0)
		core_timer_set(home->core, &home->settle, HOME_SETTLE_RETRY);
	home->unbound = unbound;
	home->conf = next;
	if (!addr_is_equal(&address, &next->home.address))
		link_address_remove(home->link, REALM_MAIN, &address);
	for (struct subscriber *i = roster.by_address; i; i = i->by_address.next) {
		install(i);
		listing_update(i);
	}
	pairs_run(home, next->home.route_optimization);
	return 0;
out_installed:
	unbound_remove(home->core, &unbound, &home->unbound);
out_unbound:
	unbound_free(&unbound);
out_roster:
	roster_free(&roster);
	return result;
}
