/* SPDX-License-Identifier: BSD-3-Clause */
/* Buckets by hash: who shares one by chance shares its rate. */
#include "ro/limit.h"

#include "core/hash.h"
#include "core/limit.h"
#include "ro/listener.h"

#define PEER_PER_S      10
#define PEER_BURST      10
#define NETWORK_PER_S   20
#define NETWORK_BURST   20
#define STRANGERS_PER_S 500
#define STRANGERS_BURST 100

static uint64_t *bucket_of(struct ro *ro, const struct ip_addr *source)
{
	uint32_t network = ntohl(source->v4) >> 8;

	return &ro->limits[hash_slot(network, RO_LIMIT_BUCKETS)];
}

static bool is_at(const struct peer *peer, const struct ip_addr *source)
{
	return addr_is_equal(&peer->home_address, source) ||
	       (peer_is_accepted(peer) && addr_is_equal(&peer->correspondence->seen, source));
}

/*
 * The share of who is known at that address; NULL: nobody. What a message says of itself is no matter,
 * and who forges a home address as its source takes nothing from what comes of the care-of address.
 */
static uint64_t *share_of(struct ro *ro, struct peer *peer, const struct ip_addr *source)
{
	struct listener *listener = listener_find(ro, source);

	if (listener)
		return &listener->limit;
	return peer && is_at(peer, source) ? &peer->limit : NULL;
}

bool ro_limit_take(struct ro *ro, struct peer *peer, const struct ip_addr *source)
{
	uint64_t mono = ro_mono(ro);
	uint64_t *share = share_of(ro, peer, source);
	bool taken;

	if (share)
		taken = limit_take(share, mono, NS_PER_S / PEER_PER_S, PEER_BURST);
	else
		taken = limit_take(bucket_of(ro, source), mono, NS_PER_S / NETWORK_PER_S,
				   NETWORK_BURST) &&
			limit_take(&ro->limit_all, mono, NS_PER_S / STRANGERS_PER_S,
				   STRANGERS_BURST);
	ro->counters.limited += !taken;
	return taken;
}
