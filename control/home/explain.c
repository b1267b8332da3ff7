/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization at the hub as an operator sees it: who is advertised, and what decides about two
 * addresses. Reads only.
 */
#include <stdlib.h>

#include "home/binding.h"
#include "home/state.h"

/* --- who is advertised --------------------------------------------------------------------------- */

/* names: as many as there are listings. */
static size_t find_seers(const struct listings *listings, uint32_t seen, const char **names)
{
	size_t n = 0;

	for (uint32_t i = 0; i < listings->count; i++)
		for (uint32_t k = 0; k < listings->list[i].n_sees; k++)
			if (listings->list[i].sees[k] == seen)
				names[n++] = listings->list[i].realm;
	return n;
}

static size_t count_networks(const struct subscriber *subscriber)
{
	size_t n = 0;

	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		n += subscriber->networks[i].listed;
	return n;
}

static struct home_advertised_view advertised_view(const struct home *home,
						   const struct subscriber *subscriber)
{
	return (struct home_advertised_view){
		.name = subscriber->conf->name,
		.home_address = subscriber->home_address,
		.realm = subscriber->listing->realm,
		.n_networks = count_networks(subscriber),
		.priority = subscriber->conf->priority,
		.outbound = subscriber->listed_outbound,
		.age = time_between(subscriber->listed_since, home->core->now.mono),
	};
}

void home_walk_advertised(const struct home *home, home_advertised_visit visit, void *arg)
{
	const struct listings *listings = &home->roster.listings;
	const char **names = calloc(listings->count, sizeof(names[0]));
	bool more = names != NULL && home->conf->home.route_optimization;

	for (uint32_t i = 0; more && i < listings->count; i++) {
		const struct listing *listing = &listings->list[i];
		uint32_t member = listing_next(listing, 0);
		size_t n = find_seers(listings, i, names);

		for (; more && member != LISTING_NONE; member = listing_next(listing, member + 1)) {
			struct home_advertised_view view =
				advertised_view(home, listing->members[member]);

			view.seen_by = names;
			view.n_seen_by = n;
			more = visit(arg, &view);
		}
	}
	free(names);
}

/* --- two addresses ------------------------------------------------------------------------------- */

static const struct subscriber *owner(const struct home *home, const struct ip_addr *address,
				      struct ip_prefix *network)
{
	const struct subscriber *subscriber = roster_lookup(&home->roster, address->v4);
	const struct network *held;

	*network = prefix_v4(address->v4, 32);
	if (subscriber)
		return subscriber;
	held = prefix_find(&home->roster.prefixes, address->v4);
	if (!held)
		return NULL;
	*network = held->prefix;
	return held->subscriber;
}

static void describe(const struct subscriber *subscriber, const struct subscriber *other,
		     struct home_pair_end *end)
{
	const struct binding *binding = subscriber->bindings;

	end->name = subscriber->conf->name;
	end->home_address = subscriber->home_address;
	end->realm = subscriber->listing->realm;
	end->refused = subscriber->conf->refuse_optimization;
	end->advertised_by_policy = subscriber->conf->advertise;
	end->listed = listing_contains(subscriber);
	end->sees = other && other != subscriber && listing_is_visible(subscriber, other);
	if (!binding)
		return;
	end->bound = true;
	end->optimizes = binding->ro.asked;
	end->advertises = binding->ro.advertise;
	end->outbound = binding->ro.outbound;
	end->nat = binding_is_translated(binding);
}

struct home_pair_view home_explain(const struct home *home, const struct ip_addr *source,
				   const struct ip_addr *destination)
{
	struct home_pair_view view = {.enabled = home->conf->home.route_optimization};
	const struct subscriber *from = owner(home, source, &view.source.network);
	const struct subscriber *to = owner(home, destination, &view.destination.network);

	if (from)
		describe(from, to, &view.source);
	if (to)
		describe(to, from, &view.destination);
	return view;
}
