/* SPDX-License-Identifier: BSD-3-Clause */
/* Out of the configuration, for both sides of a registration. */
#include "ro/shared_key.h"

const struct conf_static_key *shared_key_find(const struct ro *ro,
					      const struct ip_addr *home_address)
{
	const struct conf_optimization *conf = ro_conf(ro);

	for (size_t i = 0; i < conf->n_static_keys; i++)
		if (addr_is_equal(&conf->static_keys[i].peer, home_address))
			return &conf->static_keys[i];
	return NULL;
}

bool shared_key_take(const struct ro *ro, const struct ip_addr *home_address,
		     struct correspondent_key *key)
{
	const struct conf_static_key *shared = shared_key_find(ro, home_address);

	if (!shared)
		return false;
	key->len = shared->secret.len;
	memcpy(key->bytes, shared->secret.bytes, shared->secret.len);
	return true;
}
