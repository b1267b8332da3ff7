/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Listings. Members keep their places for as long as a roster lives, by priority and then by address:
 * preferred routers are found at the front, and neighbours compress best beside each other. Who comes
 * and goes is a bit of a chunk, and that chunk alone is encoded anew.
 */
#include "home/listing.h"

#include <errno.h>
#include <stdlib.h>

#include "home/binding.h"
#include "home/optimize.h"
#include "home/state.h"

static int compare(const void *left, const void *right)
{
	const struct subscriber *a = *(struct subscriber *const *)left;
	const struct subscriber *b = *(struct subscriber *const *)right;
	uint32_t address_a = ntohl(a->home_address.v4);
	uint32_t address_b = ntohl(b->home_address.v4);

	if (a->conf->priority != b->conf->priority)
		return a->conf->priority < b->conf->priority ? -1 : 1;
	return address_a < address_b ? -1 : address_a > address_b;
}

static struct listing *listing_of(const struct listings *listings,
				  const struct subscriber *subscriber)
{
	uint32_t realm = subscriber->conf->realm;

	return &listings->list[realm == UINT32_MAX ? listings->count - 1 : realm];
}

static int listing_allocate(struct listing *listing)
{
	uint32_t chunks = listing_chunks(listing);

	if (chunks == 0)
		return 0;
	listing->members = calloc(listing->n_members, sizeof(listing->members[0]));
	listing->chunks = calloc(chunks, sizeof(listing->chunks[0]));
	listing->busy = calloc((chunks + 63) / 64, sizeof(listing->busy[0]));
	return listing->members && listing->chunks && listing->busy ? 0 : -ENOMEM;
}

static int members_build(struct listings *listings, const struct roster *roster)
{
	struct subscriber *i;
	int result = 0;

	for (i = roster->by_address; i; i = i->by_address.next) {
		i->listing = listing_of(listings, i);
		i->listing->n_members += i->conf->advertise;
	}
	for (uint32_t k = 0; result == 0 && k < listings->count; k++) {
		result = listing_allocate(&listings->list[k]);
		listings->list[k].n_members = 0;
	}
	if (result < 0)
		return result;
	for (i = roster->by_address; i; i = i->by_address.next)
		if (i->conf->advertise)
			i->listing->members[i->listing->n_members++] = i;
	for (uint32_t k = 0; k < listings->count; k++) {
		struct listing *listing = &listings->list[k];

		if (listing->n_members > 0)
			qsort(listing->members, listing->n_members, sizeof(listing->members[0]),
			      compare);
		for (uint32_t m = 0; m < listing->n_members; m++)
			listing->members[m]->member = m;
	}
	return 0;
}

static uint32_t find(const struct conf_subscribers *conf, const char *realm)
{
	uint32_t i = 0;

	while (i < conf->n_realms && strcmp(conf->realms[i].name, realm) != 0)
		i++;
	return i;
}

static bool sees(const struct listing *listing, uint32_t other)
{
	for (uint32_t i = 0; i < listing->n_sees; i++)
		if (listing->sees[i] == other)
			return true;
	return false;
}

/* A realm that names none that it sees, sees itself. */
static int sees_build(struct listings *listings, const struct conf_subscribers *conf)
{
	for (uint32_t i = 0; i < listings->count; i++) {
		const struct conf_realm *realm = i < conf->n_realms ? &conf->realms[i] : NULL;
		struct listing *listing = &listings->list[i];
		size_t n = realm ? realm->n_sees : 0;

		listing->realm = realm ? realm->name : "";
		listing->sees = calloc(n + 1, sizeof(listing->sees[0]));
		if (!listing->sees)
			return -ENOMEM;
		if (n == 0)
			listing->sees[listing->n_sees++] = i;
		for (size_t k = 0; k < n; k++) {
			uint32_t other = find(conf, realm->sees[k]);

			if (other < conf->n_realms && !sees(listing, other))
				listing->sees[listing->n_sees++] = other;
		}
	}
	return 0;
}

int listings_build(struct listings *listings, const struct roster *roster,
		   const struct conf_subscribers *conf)
{
	int result;

	*listings = (struct listings){.count = (uint32_t)conf->n_realms + 1};
	listings->list = calloc(listings->count, sizeof(listings->list[0]));
	if (!listings->list)
		return -ENOMEM;
	result = sees_build(listings, conf);
	if (result == 0)
		result = members_build(listings, roster);
	if (result < 0)
		listings_free(listings);
	return result;
}

void listings_free(struct listings *listings)
{
	for (uint32_t i = 0; listings->list && i < listings->count; i++) {
		struct listing *listing = &listings->list[i];

		for (uint32_t k = 0; listing->chunks && k < listing_chunks(listing); k++)
			advertisement_chunk_drop(&listing->chunks[k].encoded);
		free(listing->members);
		free(listing->chunks);
		free(listing->busy);
		free(listing->sees);
	}
	free(listings->list);
	*listings = (struct listings){0};
}

/* --- who is listed ------------------------------------------------------------------------------ */

static void set_listed(struct subscriber *subscriber, bool listed)
{
	struct listing *listing = subscriber->listing;
	uint32_t index = subscriber->member / LISTING_CHUNK;
	struct listing_chunk *chunk = &listing->chunks[index];
	uint32_t bit = UINT32_C(1) << subscriber->member % LISTING_CHUNK;

	chunk->state = CHUNK_STALE;
	if (listed == listing_contains(subscriber))
		return;
	chunk->listed ^= bit;
	listing->n_listed += listed ? 1 : UINT32_MAX;
	if (chunk->listed)
		listing->busy[index / 64] |= UINT64_C(1) << index % 64;
	else
		listing->busy[index / 64] &= ~(UINT64_C(1) << index % 64);
}

void listing_update(struct subscriber *subscriber)
{
	bool listed = optimize_is_permitted(subscriber);
	bool outbound = listed && optimize_is_outbound(subscriber);
	bool changed = outbound != subscriber->listed_outbound;

	listed &= subscriber->member != LISTING_NONE;
	if (!listed)
		subscriber->listed_since = TIME_NEVER;
	else if (subscriber->listed_since == TIME_NEVER)
		subscriber->listed_since = subscriber->home->core->now.mono;
	if (subscriber->member == LISTING_NONE)
		return;
	changed |= listed != listing_contains(subscriber);
	for (uint32_t i = 0; i < subscriber->n_networks; i++) {
		struct network *network = &subscriber->networks[i];
		bool held = listed && network->installed && network->wanted;

		changed |= held != network->listed;
		network->listed = held;
	}
	subscriber->listed_outbound = outbound;
	if (changed)
		set_listed(subscriber, listed);
}

bool listing_contains(const struct subscriber *subscriber)
{
	uint32_t member = subscriber->member;

	return member != LISTING_NONE &&
	       (subscriber->listing->chunks[member / LISTING_CHUNK].listed &
		UINT32_C(1) << member % LISTING_CHUNK) != 0;
}

bool listing_is_visible(const struct subscriber *to, const struct subscriber *subscriber)
{
	const struct listing *first = to->home->roster.listings.list;

	return sees(to->listing, (uint32_t)(subscriber->listing - first));
}

uint32_t listing_next(const struct listing *listing, uint32_t member)
{
	uint32_t chunks = listing_chunks(listing);
	uint32_t index = member / LISTING_CHUNK;
	uint32_t listed;

	if (index >= chunks)
		return LISTING_NONE;
	listed = listing->chunks[index].listed & UINT32_MAX << member % LISTING_CHUNK;
	while (listed == 0) {
		uint64_t busy;

		if (++index >= chunks)
			return LISTING_NONE;
		busy = listing->busy[index / 64] >> index % 64;
		if (busy == 0) {
			index |= 63;
			continue;
		}
		index += (uint32_t)__builtin_ctzll(busy);
		listed = listing->chunks[index].listed;
	}
	return index * LISTING_CHUNK + (uint32_t)__builtin_ctz(listed);
}
