/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Prefix Advertisement into the cache (RFC 6521, section 3.1.1; haaro.md, sections 6.5 and 8). It is
 * read twice: first to the end, so that a malformed one changes nothing.
 */
#include <stdlib.h>

#include "ro/cache.h"
#include "ro/path.h"
#include "ro/tell.h"
#include "wire/advertisement.h"

#define OUTBOUND_ONLY 1 /* Info of a router */

static bool is_well_formed(struct advertisement_decoder *decoder, struct advertisement_item *item,
			   const struct mobile_optimization *told)
{
	enum wire_result result;

	advertisement_decoder_init(decoder, told->advertisement, told->len);
	do {
		result = advertisement_next(decoder, item);
	} while (result == WIRE_OK);
	return result == WIRE_END;
}

/* Not us, not the hub, and an address that a router can have. */
static bool can_be_peer(const struct ro *ro, be32 home_address)
{
	struct ip_addr hub = mobile_hub_address(ro->mobile);

	return addr4_is_unicast(home_address) && home_address != ro_home_address(ro)->v4 &&
	       home_address != hub.v4;
}

static void see(struct peer *peer, uint8_t info)
{
	bool outbound_only = info == OUTBOUND_ONLY;

	/* What stood in the way may not any more (operations.md, section 2, complaint 4). */
	if (peer->advertised && peer->outbound_only != outbound_only) {
		path_forgive(peer);
		peer->reason = NULL;
	}
	peer->advertised = true;
	peer->outbound_only = outbound_only;
	peer->seen = ro_mono(peer->ro);
}

static void commit(struct ro *ro, struct advertisement_decoder *decoder,
		   struct advertisement_item *item, const struct mobile_optimization *told)
{
	struct peer *peer = NULL;
	struct ip_addr address;

	advertisement_decoder_init(decoder, told->advertisement, told->len);
	while (advertisement_next(decoder, item) == WIRE_OK) {
		address = addr_v4(item->home_address);
		if (item->kind == ADVERTISEMENT_ROUTER) {
			peer = can_be_peer(ro, item->home_address) ? peer_get(ro, &address) : NULL;
			if (peer)
				see(peer, item->info);
		} else if (peer && cache_put(peer, &item->prefix, item->realm) < 0) {
			ro->counters.cache_full++;
		}
	}
}

/* The answer to a solicitation is the whole truth about one router: what it leaves out is no more. */
static void drop_unsaid(struct ro *ro, const struct mobile_optimization *told)
{
	const struct ip_addr address = addr_v4(told->asked.solicited);
	struct peer *peer = peer_find(ro, &address);
	struct ro_prefix *prefix, *next;

	if (!peer)
		return;
	peer->advertised = peer->advertised && peer->seen == ro_mono(ro);
	for (prefix = peer->prefixes; prefix; prefix = next) {
		next = prefix->next;
		if (prefix->seen != ro_mono(ro) && !prefix->claimed)
			cache_drop(prefix);
	}
}

static void route_all(struct ro *ro)
{
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		if (peer->seen == ro_mono(ro))
			path_route(peer);
}

static void tell_malformed(struct ro *ro)
{
	struct event event = core_event(ro->core, EVENT_RO_MALFORMED);

	ro->counters.advertisements_bad++;
	event.home_address = *ro_home_address(ro);
	event.peer = mobile_hub_address(ro->mobile);
	snprintf(event.text, sizeof(event.text), "prefix advertisement ignored as a whole");
	core_post(ro->core, &event);
}

bool cache_take(struct ro *ro, const struct mobile_optimization *told)
{
	/* Tens of kilobytes: not on the stack. */
	struct advertisement_decoder *decoder = malloc(sizeof(*decoder));
	struct advertisement_item item;
	bool good = decoder != NULL;

	if (good && told->len > 0) {
		ro->counters.advertisements++;
		good = is_well_formed(decoder, &item, told);
		if (good)
			commit(ro, decoder, &item, told);
		else
			tell_malformed(ro);
	}
	if (good && (told->asked.flags & CAPABILITY_SOLICIT))
		drop_unsaid(ro, told);
	if (good)
		route_all(ro);
	free(decoder);
	return good;
}
