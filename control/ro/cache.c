/* SPDX-License-Identifier: BSD-3-Clause */
/* Peers and prefixes: made, found, forgotten. What the hub told is taken in by advertised.c. */
#include "ro/cache.h"

#include <errno.h>
#include <stdlib.h>

#include "link/removal.h"
#include "ro/direct.h"
#include "ro/path.h"
#include "ro/session.h"
#include "ro/tell.h"

#define LIFETIMES_KEPT 3 /* unseen (haaro.md, A17) */
#define AGE_LONGEST    (600 * NS_PER_S)
#define REPLY_ROUTERS  200 /* so many one reply has room for, and some more */

/* --- peers ----------------------------------------------------------------------------------------- */

struct peer *peer_get(struct ro *ro, const struct ip_addr *home_address)
{
	struct peer *peer = peer_find(ro, home_address);

	if (peer)
		return peer;
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return NULL;
	peer->ro = ro;
	peer->home_address = *home_address;
	timer_init(&peer->look, ro->look, peer);
	if (mobile_path_open(ro->mobile, &peer->path) < 0) {
		ro->counters.cache_full++;
		free(peer);
		return NULL;
	}
	HASH_ADD(hh, ro->peers, home_address, sizeof(peer->home_address), peer);
	HASH_ADD(by_path, ro->by_path, path.index, sizeof(peer->path.index), peer);
	path_route(peer);
	path_mark(peer);
	return peer;
}

bool peer_is_idle(const struct peer *peer)
{
	return !peer->directs && !peer_is_engaged(peer) && !peer_is_asked(peer) && !peer->stopped &&
	       (!peer->correspondence || peer->correspondence->forget <= ro_mono(peer->ro));
}

static void drop_correspondence(struct peer *peer)
{
	if (!peer->correspondence)
		return;
	core_timer_stop(peer->ro->core, &peer->correspondence->expiry);
	free(peer->correspondence);
}

void peer_drop(struct peer *peer)
{
	struct ro *ro = peer->ro;
	const struct ip_prefix host = prefix_v4(peer->home_address.v4, 32);

	if (peer->path.direct) {
		peer->path.direct = NULL;
		mobile_path_update(ro->mobile, &peer->path);
		ro->n_direct--;
	}
	while (peer->prefixes)
		cache_drop(peer->prefixes);
	if (peer->routed)
		link_route_remove(ro->link, REALM_MAIN, &host);
	session_free(peer);
	drop_correspondence(peer);
	direct_close_all(peer);
	core_timer_stop(ro->core, &peer->look);
	mobile_path_close(ro->mobile, &peer->path);
	HASH_DELETE(by_path, ro->by_path, peer);
	HASH_DEL(ro->peers, peer);
	mac_wipe(peer->tokens, sizeof(peer->tokens));
	free(peer);
}

/* --- realms ---------------------------------------------------------------------------------------- */

/* One copy of each name, for as long as the cache lives. */
static const char *intern(struct ro *ro, const char *name)
{
	size_t len = strlen(name);
	struct ro_realm *realm;

	if (len == 0)
		return "";
	HASH_FIND(hh, ro->realms, name, len, realm);
	if (realm)
		return realm->name;
	realm = malloc(sizeof(*realm) + len + 1);
	if (!realm)
		return NULL;
	memcpy(realm->name, name, len + 1);
	HASH_ADD_KEYPTR(hh, ro->realms, realm->name, len, realm);
	return realm->name;
}

/* --- prefixes -------------------------------------------------------------------------------------- */

static struct ro_prefix_key key_of(const struct ip_prefix *prefix)
{
	return (struct ro_prefix_key){.addr = prefix->addr.v4, .len = prefix->len};
}

struct ro_prefix *cache_find(const struct ro *ro, const struct ip_prefix *prefix)
{
	const struct ro_prefix_key key = key_of(prefix);
	struct ro_prefix *found;

	HASH_FIND(hh, ro->prefixes, &key, sizeof(key), found);
	return found;
}

const struct ro_prefix *cache_lookup(const struct ro *ro, be32 addr)
{
	const struct ro_prefix *found = NULL;

	for (unsigned int len = 33; len-- > 0 && !found;) {
		const struct ip_prefix prefix = prefix_v4(addr, len);

		found = cache_find(ro, &prefix);
	}
	return found;
}

static void tell_overlap(const struct ro_prefix *prefix, const char *with)
{
	const struct ip_prefix told = prefix_v4(prefix->key.addr, prefix->key.len);
	char text[PREFIX_TEXT_SIZE];

	prefix->peer->ro->counters.overlaps++;
	tell_peer(prefix->peer, EVENT_RO_OVERLAP, 0, "%s overlaps %s", prefix_print(&told, text),
		  with);
}

/* Inside one of our own; around one is no matter, the longest match decides. */
static void set_ours(struct ro_prefix *prefix)
{
	const struct ip_prefix told = prefix_v4(prefix->key.addr, prefix->key.len);
	bool ours = mobile_owns(prefix->peer->ro->mobile, &told);

	if (ours && !prefix->ours)
		tell_overlap(prefix, "one of our own networks: it is left to the hub");
	prefix->ours = ours;
}

static void unlink_prefix(struct ro_prefix *prefix)
{
	struct ro_prefix **at = &prefix->peer->prefixes;

	while (*at != prefix)
		at = &(*at)->next;
	*at = prefix->next;
	prefix->peer->n_prefixes--;
}

static void link_prefix(struct ro_prefix *prefix, struct peer *peer)
{
	prefix->peer = peer;
	prefix->next = peer->prefixes;
	peer->prefixes = prefix;
	peer->n_prefixes++;
}

/* Another router's so far: the hub's latest word wins, its route is replaced in one store. */
static void move_prefix(struct ro_prefix *prefix, struct peer *peer)
{
	const struct ip_prefix told = prefix_v4(prefix->key.addr, prefix->key.len);
	char text[ADDR_TEXT_SIZE], with[64];
	bool routed;

	snprintf(with, sizeof(with), "what was told of %s before",
		 addr_print(&prefix->peer->home_address, text));
	unlink_prefix(prefix);
	link_prefix(prefix, peer);
	routed = prefix->routed;
	prefix->listed = false;
	prefix->routed = false;
	path_route(peer); /* in one store: no packet meets neither */
	if (routed && !prefix->routed)
		link_route_remove(peer->ro->link, REALM_MAIN, &told);
	tell_overlap(prefix, with);
}

int cache_put(struct peer *peer, const struct ip_prefix *prefix, const char *realm)
{
	struct ro *ro = peer->ro;
	struct ro_prefix *put = cache_find(ro, prefix);
	const char *name = intern(ro, realm);

	if (!name)
		return -ENOMEM;
	if (!put) {
		put = calloc(1, sizeof(*put));
		if (!put)
			return -ENOMEM;
		put->key = key_of(prefix);
		link_prefix(put, peer);
		HASH_ADD(hh, ro->prefixes, key, sizeof(put->key), put);
		set_ours(put);
	} else if (put->peer != peer) {
		move_prefix(put, peer);
	}
	put->realm = name;
	put->seen = ro_mono(ro);
	put->claimed = false;
	return 0;
}

int cache_claim(struct peer *peer, const struct ip_prefix *prefix)
{
	int result = cache_put(peer, prefix, "");

	if (result == 0)
		cache_find(peer->ro, prefix)->claimed = true;
	return result;
}

void cache_drop(struct ro_prefix *prefix)
{
	struct peer *peer = prefix->peer;

	prefix->ours = true; /* no route any more */
	path_route(peer);
	unlink_prefix(prefix);
	HASH_DEL(peer->ro->prefixes, prefix);
	free(prefix);
}

void cache_drop_claims(struct peer *peer)
{
	struct ro_prefix *prefix, *next;

	for (prefix = peer->prefixes; prefix; prefix = next) {
		next = prefix->next;
		if (prefix->claimed && !prefix->listed)
			cache_drop(prefix);
	}
}

void cache_review_own(struct ro *ro)
{
	for (struct ro_prefix *prefix = ro->prefixes; prefix; prefix = prefix->hh.next)
		set_ours(prefix);
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		path_route(peer);
}

/* --- room ------------------------------------------------------------------------------------------ */

/* Of a small table a quarter stays free. */
static bool has_room(uint32_t used, uint32_t capacity, uint32_t wanted)
{
	uint32_t free = capacity - used;

	return free >= wanted || free >= capacity / 4;
}

static bool is_roomy(const struct ro *ro)
{
	const struct core *core = ro->core;
	struct fwd_usage usage;

	core->ops->usage_read(core->fwd, &usage);
	return has_room(usage.paths, usage.paths_capacity, REPLY_ROUTERS) &&
	       has_room(usage.routes, usage.routes_capacity, 2 * REPLY_ROUTERS);
}

static struct peer *oldest_idle(const struct ro *ro)
{
	struct peer *oldest = NULL;

	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		if ((!oldest || peer->seen < oldest->seen) && peer_is_idle(peer))
			oldest = peer;
	return oldest;
}

/*
 * Where there are more routers than fit, the hub tells in each reply first of those that we talk to:
 * there must be room for them.
 */
bool cache_make_room(struct ro *ro)
{
	struct peer *oldest;

	if (is_roomy(ro))
		return false;
	do {
		oldest = oldest_idle(ro);
		if (!oldest || oldest->seen == ro_mono(ro))
			return true;
		peer_drop(oldest);
	} while (!is_roomy(ro));
	return true;
}

/* --- ageing ---------------------------------------------------------------------------------------- */

static uint64_t kept_for(const struct ro *ro)
{
	uint64_t granted = mobile_granted(ro->mobile);

	if (granted == 0 || granted > AGE_LONGEST)
		granted = AGE_LONGEST;
	return LIFETIMES_KEPT * granted;
}

static bool is_over(const struct peer *peer, uint64_t kept)
{
	return time_between(peer->seen, ro_mono(peer->ro)) >= kept && peer_is_idle(peer);
}

void cache_age(struct ro *ro)
{
	struct peer *peer = ro->peers, *next;
	uint64_t kept = kept_for(ro);

	for (; peer; peer = next) {
		next = peer->hh.next;
		if (is_over(peer, kept))
			peer_drop(peer);
	}
	core_timer_set(ro->core, &ro->age_timer, kept / LIFETIMES_KEPT / 2);
}

void cache_clear(struct ro *ro)
{
	struct ro_realm *realm, *next;

	while (ro->peers)
		peer_drop(ro->peers);
	HASH_ITER (hh, ro->realms, realm, next) {
		HASH_DEL(ro->realms, realm);
		free(realm);
	}
}
