/* SPDX-License-Identifier: BSD-3-Clause */
/* What the configuration says wins; then the peer's flag, then what was tried, then our own NAT. */
#include "ro/nat.h"

static bool is_behind_nat(const struct ro *ro)
{
	return ro_is_outbound_only(ro) || mobile_optimization(ro->mobile)->answer.nat;
}

static const struct conf_nat_pair *configured(const struct peer *peer, uint16_t port)
{
	const struct conf_optimization *conf = ro_conf(peer->ro);

	for (size_t i = 0; i < conf->n_nat; i++)
		if (conf->nat[i].uplink == port &&
		    addr_is_equal(&conf->nat[i].peer, &peer->home_address))
			return &conf->nat[i];
	return NULL;
}

enum nat_entry nat_lookup(const struct peer *peer, uint16_t port)
{
	const struct conf_nat_pair *entry = configured(peer, port);

	if (entry)
		return entry->opens ? NAT_OPENS : NAT_CLOSED;
	if (peer->outbound_only || peer->closed_until > ro_mono(peer->ro))
		return NAT_CLOSED;
	return is_behind_nat(peer->ro) ? NAT_OPENS : NAT_ABSENT;
}

bool nat_forbids(const struct peer *peer, uint16_t port)
{
	return ro_is_outbound_only(peer->ro) && peer->outbound_only &&
	       nat_lookup(peer, port) == NAT_CLOSED;
}
