/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of the slow path: what the configuration asks for, put into the tables in the order in
 * which things name each other, taken out in the reverse one, and on a reload changed by its
 * difference alone. Thread: control core.
 */
#include "link/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link/arp.h"
#include "link/internal.h"

static void link_clear(struct link *link)
{
	static_tunnels_clear(link);
	static_neighbours_clear(link);
	ports_release_gateways(link);
	link_routes_clear(link);
	neighbours_fini(link);
	ports_fini(link);
	for (; link->n_addresses > 0; link->n_addresses--)
		link->core->ops->local_set(link->core->fwd,
					   link->addresses[link->n_addresses - 1].realm,
					   &link->addresses[link->n_addresses - 1].addr, 0);
	link_addresses_remove(link, link->conf, NULL);
	reassembly_fini(&link->reassembly);
	removals_fini(link);
	free(link->addresses);
	free(link);
}

static int link_install(struct link *link, struct error *err)
{
	const struct conf *conf = link->conf;
	int result = ports_init(link, err);

	if (result < 0)
		return result;
	result = link_addresses_insert(link, conf, NULL);
	if (result == 0)
		result = link_routes_apply(link, conf);
	if (result == 0)
		result = static_neighbours_apply(link, conf);
	if (result < 0)
		return error_set(err, result, "addresses and routes of the ports: %s",
				 strerror(-result));
	ports_hold_gateways(link);
	return static_tunnels_apply(link, conf, NULL, err);
}

int link_create(struct link **created, struct core *core, const struct conf *conf,
		struct error *err)
{
	struct link *link = calloc(1, sizeof(*link));
	int result;

	if (!link)
		return error_set(err, -ENOMEM, "out of memory");
	link->core = core;
	link->conf = conf;
	removals_init(link);
	result = reassembly_init(&link->reassembly);
	if (result == 0)
		result = link_install(link, err);
	if (result < 0) {
		link_clear(link);
		return result;
	}
	for (uint16_t i = 0; i < link->n_ports; i++)
		if (link->ports[i].state == LINK_PORT_UP)
			arp_announce(link, i);
	*created = link;
	return 0;
}

void link_destroy(struct link *link)
{
	struct tunnel *tunnel, *next;

	if (!link)
		return;
	static_tunnels_clear(link);
	/* Roles have closed theirs; what is left would outlive its next hop. */
	HASH_ITER (hh, link->tunnels, tunnel, next)
		tunnel_close(link, tunnel);
	link_clear(link);
}

/* --- reload ------------------------------------------------------------------------------------
 */

/* What only a restart can change; the daemon has asked conf_restart_key() before, and says it
 * better. */
static int check_restart(const struct conf *present, const struct conf *next, struct error *err)
{
	if (present->role != next->role)
		return error_set(err, -EINVAL, "role: a change needs a restart");
	if (present->n_ports != next->n_ports)
		return error_set(err, -EINVAL, "ports: a change needs a restart");
	for (uint16_t i = 0; i < next->n_ports; i++)
		if (strcmp(present->ports[i].device, next->ports[i].device) != 0 ||
		    port_is_uplink(present, i) != port_is_uplink(next, i))
			return error_set(err, -EINVAL, "ports[%u]: this change needs a restart",
					 (unsigned int)i);
	return 0;
}

static void announce_new(struct link *link, const struct conf *old)
{
	for (uint16_t i = 0; i < link->n_ports; i++) {
		const struct conf_port *port = &link->conf->ports[i];
		bool new = false;

		for (size_t j = 0; j < port->n_addresses; j++)
			new = new || !conf_address_is_own(old, port->addresses[j].v4);
		if (new && link->ports[i].state == LINK_PORT_UP)
			arp_announce(link, i);
	}
}

int link_reload(struct link *link, const struct conf *next, struct error *err)
{
	const struct conf *old = link->conf;
	int result = check_restart(old, next, err);

	if (result < 0)
		return result;
	error_set(err, 0, "no room for the addresses, routes or neighbours of the ports");
	result = link_addresses_insert(link, next, old);
	if (result < 0)
		goto out_addresses;
	link->conf = next;
	result = link_routes_apply(link, next);
	if (result < 0)
		goto out_conf;
	result = static_neighbours_apply(link, next);
	if (result < 0)
		goto out_routes;
	result = static_tunnels_apply(link, next, old, err);
	if (result < 0)
		goto out_neighbours;
	link_addresses_remove(link, old, next);
	ports_reload(link);
	ports_hold_gateways(link);
	neighbours_reload(link);
	tunnels_follow(link);
	announce_new(link, old);
	return 0;

out_neighbours:
	static_neighbours_apply(link, old);
out_routes:
	link_routes_apply(link, old);
out_conf:
	link->conf = old;
	tunnels_follow(link);
out_addresses:
	link_addresses_remove(link, next, old);
	return result;
}
