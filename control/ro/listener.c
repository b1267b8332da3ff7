/* SPDX-License-Identifier: BSD-3-Clause */
/* Counted holds of one tunnel per pair of addresses. */
#include "ro/listener.h"

#include <errno.h>
#include <stdlib.h>

static int open_tunnel(struct listener *listener, uint16_t port, tunnel_knocked knocked)
{
	const struct tunnel_spec spec = {
		.encap = ENCAP_UDP,
		.port = port,
		.local = addr_v4(listener->key.local),
		.remote = addr_v4(listener->key.remote),
		.local_port = mobile_signalling_port(listener->ro->mobile),
		.realm = REALM_MAIN,
		.source = FWD_SOURCE_ANY, /* whose it may be, knocked says */
		.source_path = FWD_NONE,
		.destination = FWD_DESTINATION_LOCAL,
		.accept = FWD_ACCEPT_ECHO,
		.knocked = knocked,
		.knocked_arg = listener->ro,
	};

	return tunnel_open(listener->ro->link, &spec, &listener->tunnel);
}

int listener_hold(struct ro *ro, uint16_t port, const struct ip_addr *local,
		  const struct ip_addr *remote, tunnel_knocked knocked, struct listener **listener)
{
	const struct listener_key key = {.local = local->v4, .remote = remote->v4};
	struct listener *held;
	int result;

	HASH_FIND(hh, ro->listeners, &key, sizeof(key), held);
	if (!held) {
		held = calloc(1, sizeof(*held));
		if (!held)
			return -ENOMEM;
		held->key = key;
		held->ro = ro;
		result = open_tunnel(held, port, knocked);
		if (result < 0) {
			free(held);
			return result;
		}
		HASH_ADD(hh, ro->listeners, key, sizeof(held->key), held);
	}
	held->holds++;
	*listener = held;
	return 0;
}

struct listener *listener_find(struct ro *ro, const struct ip_addr *remote)
{
	struct mobile_care_of ours[CONF_PORTS_MAX];
	size_t n = mobile_care_ofs(ro->mobile, ours, CONF_PORTS_MAX);
	struct listener *found = NULL;

	for (size_t i = 0; i < n && !found; i++) {
		const struct listener_key key = {.local = ours[i].address.v4, .remote = remote->v4};

		HASH_FIND(hh, ro->listeners, &key, sizeof(key), found);
	}
	return found;
}

void listener_release(struct listener *listener)
{
	if (!listener || --listener->holds > 0)
		return;
	HASH_DEL(listener->ro->listeners, listener);
	tunnel_close(listener->ro->link, listener->tunnel);
	free(listener);
}
