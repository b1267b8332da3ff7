/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The front is written router by router; behind it stand whole chunks out of their caches, so the
 * work for a reply is bounded by its size and not by how many routers there are. Whoever has been
 * told already, and the router that asks, are left out of their chunks: those few are encoded for
 * this once. A network as small as a chunk is told router by router: that compresses best.
 */
#include "home/advertise.h"

#include "home/binding.h"
#include "home/chunk.h"
#include "home/state.h"

#define HEADER_SIZE 4 /* of the extension */
#define FRONT_MAX   (ADVERTISE_PREFERRED + PAIRS_PEERS)

/* An advertisement in the making. */
struct sheet {
	struct home *home;
	const struct subscriber *to;
	struct writer writer;
	const struct subscriber *front[FRONT_MAX];
	uint32_t n_front;
	bool one_by_one;
	bool has_rest; /* somebody of the rest has been told */
};

/* --- the front ----------------------------------------------------------------------------------- */

static bool is_in_front(const struct sheet *sheet, const struct subscriber *subscriber)
{
	for (uint32_t i = 0; i < sheet->n_front; i++)
		if (sheet->front[i] == subscriber)
			return true;
	return false;
}

/* Keeps the front in order of priority; equals stay in the order in which they came. */
static void prefer(struct sheet *sheet, const struct subscriber *subscriber)
{
	uint32_t priority = subscriber->conf->priority;
	uint32_t i = sheet->n_front;

	if (i == ADVERTISE_PREFERRED && sheet->front[--i]->conf->priority <= priority)
		return;
	for (; i > 0 && sheet->front[i - 1]->conf->priority > priority; i--)
		sheet->front[i] = sheet->front[i - 1];
	sheet->front[i] = subscriber;
	if (sheet->n_front < ADVERTISE_PREFERRED)
		sheet->n_front++;
}

/* They stand at the beginning of each listing. */
static void find_preferred(struct sheet *sheet)
{
	const struct listing *own = sheet->to->listing;

	for (uint32_t i = 0; i < own->n_sees; i++) {
		const struct listing *listing = &sheet->home->roster.listings.list[own->sees[i]];
		uint32_t member = listing_next(listing, 0);

		for (uint32_t n = 0; n <= ADVERTISE_PREFERRED && member != LISTING_NONE; n++) {
			if (listing->members[member]->conf->priority >= CONF_PRIORITY_NONE)
				break;
			if (listing->members[member] != sheet->to)
				prefer(sheet, listing->members[member]);
			member = listing_next(listing, member + 1);
		}
	}
}

static void find_talking(struct sheet *sheet)
{
	be32 peers[PAIRS_PEERS];
	size_t n = pairs_peers(sheet->home, sheet->to->home_address.v4, peers);

	for (size_t i = 0; i < n; i++) {
		const struct subscriber *peer = roster_lookup(&sheet->home->roster, peers[i]);

		if (peer && listing_contains(peer) && listing_is_visible(sheet->to, peer) &&
		    !is_in_front(sheet, peer))
			sheet->front[sheet->n_front++] = peer;
	}
}

/* Who would not fit into the half of the room that is theirs is left to the rest. */
static void put_front(struct sheet *sheet)
{
	size_t half = sheet->writer.size / 2;
	uint32_t n = sheet->n_front;

	sheet->n_front = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct subscriber *subscriber = sheet->front[i];

		if (sheet->writer.len + chunk_router_size(subscriber) > half)
			continue;
		chunk_put_router(&sheet->home->encoder, subscriber, &sheet->writer);
		sheet->front[sheet->n_front++] = subscriber;
	}
}

/* --- the rest ------------------------------------------------------------------------------------ */

/* The members of a chunk that are to be told and lie in [from, to). */
static uint32_t mask_of(const struct sheet *sheet, const struct listing *listing, uint32_t index,
			uint32_t from, uint32_t to)
{
	uint32_t first = index * LISTING_CHUNK;
	uint32_t mask = listing->chunks[index].listed;

	if (from > first)
		mask &= UINT32_MAX << (from - first);
	if (to - first < LISTING_CHUNK)
		mask &= ~(UINT32_MAX << (to - first));
	for (uint32_t i = 0; i <= sheet->n_front; i++) {
		const struct subscriber *told = i < sheet->n_front ? sheet->front[i] : sheet->to;

		if (told->listing == listing && told->member / LISTING_CHUNK == index &&
		    told->member != LISTING_NONE)
			mask &= ~(UINT32_C(1) << told->member % LISTING_CHUNK);
	}
	return mask;
}

/* Returns who did not fit. Only the first of the rest may be told in part: else nobody would be. */
static uint32_t put_each(struct sheet *sheet, const struct listing *listing, uint32_t index,
			 uint32_t mask)
{
	for (; mask; mask &= mask - 1) {
		uint32_t member = index * LISTING_CHUNK + (uint32_t)__builtin_ctz(mask);
		size_t len = sheet->writer.len;

		if (chunk_put_router(&sheet->home->encoder, listing->members[member],
				     &sheet->writer) != WIRE_OK) {
			if (!sheet->has_rest && sheet->writer.len > len)
				return member + 1;
			sheet->writer.len = len;
			return member;
		}
		sheet->has_rest = true;
	}
	return LISTING_NONE;
}

/*
 * Writes those of a chunk. Returns who did not fit; LISTING_NONE: all did. Behind a chunk there can
 * only be chunks: who does not fit as one then waits for the next reply.
 */
static uint32_t put_chunk(struct sheet *sheet, const struct listing *listing, uint32_t index,
			  uint32_t mask)
{
	bool behind = sheet->home->encoder.sealed;
	bool whole = mask == listing->chunks[index].listed;

	if (!sheet->one_by_one && (whole || behind) &&
	    chunk_put(sheet->home, listing, index, mask, &sheet->writer) == WIRE_OK) {
		sheet->has_rest = true;
		return LISTING_NONE;
	}
	if (behind)
		return index * LISTING_CHUNK + (uint32_t)__builtin_ctz(mask);
	return put_each(sheet, listing, index, mask);
}

/* The same, of members [from, to) of a listing. */
static uint32_t put_members(struct sheet *sheet, const struct listing *listing, uint32_t from,
			    uint32_t to)
{
	uint32_t member = listing_next(listing, from);

	while (member < to) {
		uint32_t index = member / LISTING_CHUNK;
		uint32_t mask = mask_of(sheet, listing, index, member, to);

		if (mask) {
			member = put_chunk(sheet, listing, index, mask);
			if (member != LISTING_NONE)
				return member;
		}
		member = listing_next(listing, (index + 1) * LISTING_CHUNK);
	}
	return LISTING_NONE;
}

/* Once around all that the router sees, from where the last reply ended: at most. */
static void put_rest(struct sheet *sheet, struct listing_cursor *cursor)
{
	const struct listing *own = sheet->to->listing;
	struct listing_cursor start = *cursor;

	if (start.seen >= own->n_sees)
		start = (struct listing_cursor){0};
	for (uint32_t i = 0; i <= own->n_sees; i++) {
		uint32_t seen = (start.seen + i) % own->n_sees;
		const struct listing *listing = &sheet->home->roster.listings.list[own->sees[seen]];
		uint32_t from = i == 0 ? start.member : 0;
		uint32_t to = i == own->n_sees ? start.member : listing->n_members;
		uint32_t left = put_members(sheet, listing, from, to);

		if (left == LISTING_NONE)
			continue;
		*cursor = (struct listing_cursor){seen, left};
		return;
	}
	*cursor = start;
}

/* --- the answer ---------------------------------------------------------------------------------- */

static bool is_small(const struct sheet *sheet)
{
	const struct listing *own = sheet->to->listing;
	uint32_t count = 0;

	for (uint32_t i = 0; i < own->n_sees; i++)
		count += sheet->home->roster.listings.list[own->sees[i]].n_listed;
	return count <= LISTING_CHUNK;
}

/* A duplicate asks because it missed the answer: it gets the same part again. */
static void put_all(struct sheet *sheet, struct subscriber *to, bool again)
{
	struct listing_cursor cursor = again ? to->told_from : to->told_to;

	find_preferred(sheet);
	find_talking(sheet);
	put_front(sheet);
	sheet->one_by_one = is_small(sheet);
	to->told_from = cursor;
	put_rest(sheet, &cursor);
	to->told_to = cursor;
}

/* Who is not to be told of looks like who does not exist (haaro.md, A16). */
static void put_solicited(struct sheet *sheet, be32 home_address)
{
	struct home *home = sheet->home;
	const struct subscriber *named = roster_lookup(&home->roster, home_address);

	if (!named || named == sheet->to || !listing_contains(named) ||
	    !listing_is_visible(sheet->to, named)) {
		home->counters.solicitations_empty++;
		return;
	}
	chunk_put_router(&home->encoder, named, &sheet->writer);
	home->counters.solicitations_answered++;
}

void advertise_answer(struct home *home, const struct request *request,
		      const struct decision *decision, size_t room,
		      struct registration_reply *reply)
{
	const struct registration_capability *capability = &request->message.capability;
	size_t most = home->conf->home.advertisement_size;
	struct sheet sheet = {.home = home, .to = decision->subscriber};
	bool solicits = (capability->flags & CAPABILITY_SOLICIT) != 0;

	/* The answer about one router is taken as all there is of it. */
	if (solicits || most > room)
		most = room;
	if (!reply->optimization.is_present || reply->optimization.code >= OPTIMIZATION_REFUSED ||
	    (!solicits && (capability->flags & CAPABILITY_REQUEST) == 0) || most <= HEADER_SIZE)
		return;
	sheet.writer = writer_of(home->advertisement, most - HEADER_SIZE);
	advertisement_encoder_init(&home->encoder, home->conf->home.advertisement_compress);
	if (solicits)
		put_solicited(&sheet, capability->solicited);
	else
		put_all(&sheet, decision->subscriber, decision->verdict == VERDICT_DUPLICATE);
	if (sheet.writer.len == 0)
		return;
	reply->advertisement = (struct registration_advertisement){
		.is_present = true,
		.data = home->advertisement,
		.len = sheet.writer.len,
	};
	home->counters.advertisements++;
	home->counters.advertisement_octets += sheet.writer.len + HEADER_SIZE;
}
