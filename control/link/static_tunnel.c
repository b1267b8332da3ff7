/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels of the configuration, with their paths and routes: the data plane without signalling. The
 * far end may use the networks that are routed to it as inner sources, or any if it is said so.
 * Thread: control core. Neighbour: tunnel.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link/internal.h"

struct static_tunnel {
	const struct conf_tunnel *conf; /* of the configuration in use */
	struct tunnel *tunnel;
	uint32_t path;
};

static struct fwd_path path_to(uint32_t tunnel)
{
	return (struct fwd_path){.tunnel = tunnel, .backup = FWD_NONE, .down = DROP_NO_UNDERLAY};
}

static void close_one(struct link *link, struct static_tunnel *entry)
{
	struct core *core = link->core;
	struct fwd_path down = path_to(FWD_NONE);

	for (size_t i = 0; i < entry->conf->n_networks; i++)
		link_route_remove(link, REALM_MAIN, &entry->conf->networks[i]);
	core->ops->path_set(core->fwd, entry->path, &down);
	tunnel_close(link, entry->tunnel);
	link_path_remove(link, entry->path);
}

static int set_routes(struct link *link, const struct static_tunnel *entry)
{
	int result = 0;

	for (size_t i = 0; i < entry->conf->n_networks && result == 0; i++) {
		struct fwd_route route = {
			.realm = REALM_MAIN,
			.prefix = entry->conf->networks[i],
			.nexthop = {.kind = NEXTHOP_PATH, .id = entry->path},
		};

		result = link_route_set(link, &route);
	}
	return result;
}

static int open_one(struct link *link, const struct conf_tunnel *conf, struct static_tunnel *entry)
{
	struct core *core = link->core;
	struct fwd_path path = path_to(FWD_NONE);
	struct tunnel_spec spec = {
		.encap = conf->encap,
		.port = PORT_NONE,
		.local = conf->local,
		.remote = conf->remote,
		.realm = REALM_MAIN,
		.mtu = conf->mtu,
		.source = conf->any_source ? FWD_SOURCE_ANY : FWD_SOURCE_PATH,
		.destination = FWD_DESTINATION_ANY,
		.compatibility = conf->compatibility,
		.zero_checksum = !conf->udp_checksum,
	};
	int result;

	if (conf->encap == ENCAP_UDP) {
		spec.local_port = conf->local_port;
		spec.remote_port = conf->remote_port;
	}
	entry->conf = conf;
	result = core->ops->path_insert(core->fwd, &path, &entry->path);
	if (result < 0)
		return result;
	spec.source_path = entry->path;
	result = tunnel_open(link, &spec, &entry->tunnel);
	if (result < 0) {
		link_path_remove(link, entry->path);
		return result;
	}
	entry->tunnel->name = conf->name;
	path = path_to(entry->tunnel->ref.index);
	core->ops->path_set(core->fwd, entry->path, &path);
	result = set_routes(link, entry);
	if (result < 0)
		close_one(link, entry);
	return result;
}

static bool is_same(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	if (strcmp(a->name, b->name) != 0 || a->encap != b->encap ||
	    !addr_is_equal(&a->local, &b->local) || !addr_is_equal(&a->remote, &b->remote) ||
	    a->local_port != b->local_port || a->remote_port != b->remote_port ||
	    a->mtu != b->mtu || a->any_source != b->any_source ||
	    a->compatibility != b->compatibility || a->udp_checksum != b->udp_checksum ||
	    a->n_networks != b->n_networks)
		return false;
	for (size_t i = 0; i < a->n_networks; i++)
		if (!prefix_is_equal(&a->networks[i], &b->networks[i]))
			return false;
	return true;
}

static const struct conf_tunnel *find_same(const struct conf *conf,
					   const struct conf_tunnel *tunnel)
{
	for (size_t i = 0; i < conf->n_tunnels; i++)
		if (is_same(&conf->tunnels[i], tunnel))
			return &conf->tunnels[i];
	return NULL;
}

static bool has_conf(const struct static_tunnel *list, size_t count, const struct conf_tunnel *conf)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].conf == conf)
			return true;
	return false;
}

/* Opens what list lacks of conf; list has room. */
static int open_missing(struct link *link, const struct conf *conf, struct static_tunnel *list,
			size_t *count, struct error *err)
{
	for (size_t i = 0; i < conf->n_tunnels; i++) {
		const struct conf_tunnel *tunnel = &conf->tunnels[i];
		int result;

		if (has_conf(list, *count, tunnel))
			continue;
		result = open_one(link, tunnel, &list[*count]);
		if (result < 0)
			return error_set(err, result, "static tunnel %s: %s", tunnel->name,
					 strerror(-result));
		++*count;
	}
	return 0;
}

/*
 * Two steps, so that a tunnel may take over another's outer addresses: what goes is closed, then
 * what comes is opened; if that fails, the other way round.
 */
static int move_to(struct link *link, const struct conf *next, struct error *err)
{
	struct static_tunnel *list = calloc(next->n_tunnels + 1, sizeof(list[0]));
	size_t count = 0;
	int result;

	if (!list)
		return error_set(err, -ENOMEM, "out of memory for static tunnels");
	for (size_t i = 0; i < link->n_static_tunnels; i++) {
		struct static_tunnel *entry = &link->static_tunnels[i];
		const struct conf_tunnel *same = find_same(next, entry->conf);

		if (!same) {
			close_one(link, entry);
			continue;
		}
		list[count] = *entry;
		list[count].conf = same;
		list[count++].tunnel->name = same->name;
	}
	result = open_missing(link, next, list, &count, err);
	free(link->static_tunnels);
	link->static_tunnels = list;
	link->n_static_tunnels = count;
	return result;
}

int static_tunnels_apply(struct link *link, const struct conf *next, const struct conf *present,
			 struct error *err)
{
	struct error ignored;
	int result = move_to(link, next, err);

	if (result < 0 && present)
		move_to(link, present, &ignored);
	else if (result < 0)
		static_tunnels_clear(link);
	return result;
}

void static_tunnels_clear(struct link *link)
{
	for (size_t i = 0; i < link->n_static_tunnels; i++)
		close_one(link, &link->static_tunnels[i]);
	free(link->static_tunnels);
	link->static_tunnels = NULL;
	link->n_static_tunnels = 0;
}
