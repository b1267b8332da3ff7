/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which routers are advertised to which others (haaro.md, section 9): a listing per realm of those
 * that its policy lets be advertised, and of them those that are registered and permit it now, in
 * chunks that are encoded once (chunk.h). Made anew with each roster; kept up to date by whoever
 * changes a binding, so that a reply walks over no routers but those that it names.
 *
 * A realm's routers are told of those in the realms that it sees. Routers without a realm have a
 * listing of their own and see each other.
 *
 * Thread: control core.
 */
#ifndef HOME_LISTING_H
#define HOME_LISTING_H

#include "haaro/conf.h"

#include "wire/advertisement.h"

struct roster;
struct subscriber;

#define LISTING_CHUNK 32 /* routers encoded together, a bit each */
#define LISTING_NONE  UINT32_MAX

struct listing_chunk {
	uint32_t listed; /* its members that are advertised now */
	enum {
		CHUNK_STALE, /* somebody in it has changed */
		CHUNK_READY, /* encoded */
		CHUNK_UNFIT, /* larger than a message */
	} state;
	struct advertisement_chunk encoded; /* READY */
};

struct listing {
	const char *realm;           /* "": of the routers without one */
	struct subscriber **members; /* by priority, lowest first; equals by home address */
	uint32_t n_members;
	uint32_t n_listed;
	struct listing_chunk *chunks;
	uint64_t *busy; /* chunks with somebody listed, a bit each */
	uint32_t *sees; /* positions of the listings that its routers are told of */
	uint32_t n_sees;
};

struct listings {
	struct listing *list; /* one for each realm of the configuration, then that of no realm */
	uint32_t count;
};

/* How far a router has been told of the others: the next reply goes on there. */
struct listing_cursor {
	uint32_t seen;   /* position in sees of its listing */
	uint32_t member; /* of that listing */
};

/* Fills in where each subscriber of the roster stands; nobody is listed yet. On failure empty. */
int listings_build(struct listings *listings, const struct roster *roster,
		   const struct conf_subscribers *conf);
void listings_free(struct listings *listings);

/* Brings the listing up to what the subscriber's bindings and networks are now. */
void listing_update(struct subscriber *subscriber);

/* Advertised now, to whoever sees it. */
bool listing_contains(const struct subscriber *subscriber);

/* Whether policy lets a router be told of another. */
bool listing_is_visible(const struct subscriber *to, const struct subscriber *subscriber);

/* The first listed member from a position on, LISTING_NONE: no more. */
uint32_t listing_next(const struct listing *listing, uint32_t member);

static inline uint32_t listing_chunks(const struct listing *listing)
{
	return (listing->n_members + LISTING_CHUNK - 1) / LISTING_CHUNK;
}

#endif
