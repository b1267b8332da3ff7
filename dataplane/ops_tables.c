/* SPDX-License-Identifier: BSD-3-Clause */
/* Table changes as the control core asks for them: ops_tables.h says what is checked. */
#include "ops_tables.h"

#include <errno.h>

#include "haaro/addr.h"

#include "fwd.h"

#define TUNNEL_MTU_MIN 68 /* RFC 791: what every link must carry */
#define DSCP_MAX       63

/* A table that refuses for want of room is never silent. */
static int counted(struct fwd *fwd, int result)
{
	if (result == -ENOSPC)
		fwd->tables.full++;
	return result;
}

static bool is_v4(const struct ip_addr *addr)
{
	return addr->family == IP_V4;
}

/* An index that may be left out. */
static bool is_live_or_none(const struct ids *ids, uint32_t id)
{
	return id == FWD_NONE || ids_is_live(ids, id);
}

/* --- adjacencies ------------------------------------------------------------------------------ */

static bool adjacency_is_valid(const struct fwd_adjacency *adjacency)
{
	return (unsigned int)adjacency->kind < ADJACENCY_KIND_MAX;
}

int ops_adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index)
{
	if (!adjacency_is_valid(adjacency))
		return -EINVAL;
	return counted(fwd, adjacency_table_insert(fwd->tables.adjacencies, adjacency, index));
}

int ops_adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency)
{
	if (!adjacency_is_valid(adjacency))
		return -EINVAL;
	return adjacency_table_set(fwd->tables.adjacencies, index, adjacency);
}

int ops_adjacency_remove(struct fwd *fwd, uint32_t index)
{
	return adjacency_table_remove(fwd->tables.adjacencies, index);
}

int ops_adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency)
{
	return adjacency_table_read(fwd->tables.adjacencies, index, adjacency);
}

/* --- tunnels ---------------------------------------------------------------------------------- */

static bool ports_are_valid(enum encap encap, uint16_t local, uint16_t remote)
{
	return encap == ENCAP_UDP || (local == 0 && remote == 0);
}

/* Its far end's port is not known: nothing may be sent, and not all be done. */
static bool only_receives(const struct fwd_tunnel *tunnel)
{
	return tunnel->encap == ENCAP_UDP && tunnel->remote_port == 0;
}

static bool tunnel_is_valid(const struct fwd_tunnel *tunnel)
{
	return (unsigned int)tunnel->encap < ENCAP_MAX && is_v4(&tunnel->local) &&
	       is_v4(&tunnel->remote) &&
	       ports_are_valid(tunnel->encap, tunnel->local_port, tunnel->remote_port) &&
	       tunnel->realm < TABLES_REALMS_MAX && tunnel->mtu >= TUNNEL_MTU_MIN &&
	       (unsigned int)tunnel->source <= FWD_SOURCE_ANY &&
	       (unsigned int)tunnel->destination <= FWD_DESTINATION_LOCAL &&
	       (unsigned int)tunnel->accept < FWD_ACCEPT_MAX &&
	       !(only_receives(tunnel) &&
		 (tunnel->adjacency != FWD_NONE || tunnel->accept == FWD_ACCEPT_ALL)) &&
	       (unsigned int)tunnel->ecn <= FWD_ECN_COMPATIBILITY && tunnel->ttl > 0 &&
	       (tunnel->dscp <= DSCP_MAX || tunnel->dscp == FWD_DSCP_COPY);
}

int ops_tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref)
{
	const struct tables *tables = &fwd->tables;

	if (!tunnel_is_valid(tunnel))
		return -EINVAL;
	if (!is_live_or_none(&tables->adjacencies->slot_ids, tunnel->adjacency))
		return -ENOENT;
	if (tunnel->source == FWD_SOURCE_PATH &&
	    !ids_is_live(&tables->paths->ids, tunnel->source_path))
		return -ENOENT;
	return counted(fwd, tunnel_table_insert(tables->tunnels, tunnel, ref));
}

int ops_tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency)
{
	struct tunnel_table *tunnels = fwd->tables.tunnels;

	if (!tunnel_table_is_live(tunnels, ref) ||
	    !is_live_or_none(&fwd->tables.adjacencies->slot_ids, adjacency))
		return -ENOENT;
	if (adjacency != FWD_NONE && only_receives(&tunnels->set[ref.index]))
		return -EINVAL;
	return tunnel_table_set_adjacency(tunnels, ref, adjacency);
}

int ops_tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu)
{
	if (mtu < TUNNEL_MTU_MIN)
		return -EINVAL;
	return tunnel_table_set_mtu(fwd->tables.tunnels, ref, mtu);
}

int ops_tunnel_remove(struct fwd *fwd, struct tunnel_ref ref)
{
	return tunnel_table_remove(fwd->tables.tunnels, ref);
}

int ops_tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state)
{
	return tunnel_table_read(fwd->tables.tunnels, index, state);
}

/* --- paths ------------------------------------------------------------------------------------ */

static int path_check(const struct fwd *fwd, const struct fwd_path *path)
{
	const struct ids *tunnels = &fwd->tables.tunnels->ids;

	if ((unsigned int)path->down >= DROP_MAX)
		return -EINVAL;
	if (!is_live_or_none(tunnels, path->tunnel) || !is_live_or_none(tunnels, path->backup))
		return -ENOENT;
	return 0;
}

int ops_path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	int result = path_check(fwd, path);

	if (result < 0)
		return result;
	return counted(fwd, path_table_insert(fwd->tables.paths, path, index));
}

int ops_path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path)
{
	int result = path_check(fwd, path);

	return result < 0 ? result : path_table_set(fwd->tables.paths, index, path);
}

int ops_path_remove(struct fwd *fwd, uint32_t index)
{
	return path_table_remove(fwd->tables.paths, index);
}

int ops_path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path)
{
	return path_table_read(fwd->tables.paths, index, path);
}

int ops_path_counters_read(struct fwd *fwd, uint32_t index, struct path_counters *counters)
{
	return path_table_counters_read(fwd->tables.paths, index, counters);
}

/* --- bindings --------------------------------------------------------------------------------- */

static int binding_key_make(const struct fwd_binding *binding, struct binding_key *key)
{
	if ((unsigned int)binding->encap >= ENCAP_MAX || !is_v4(&binding->local) ||
	    !is_v4(&binding->remote) ||
	    !ports_are_valid(binding->encap, binding->local_port, binding->remote_port))
		return -EINVAL;
	*key = (struct binding_key){
		.remote = binding->remote.v4,
		.local = binding->local.v4,
		.remote_port = htons(binding->remote_port),
		.local_port = htons(binding->local_port),
		.encap = (uint8_t)binding->encap,
	};
	return 0;
}

/* Of a change that names a tunnel. */
static int binding_check(const struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel,
			 struct binding_key *key)
{
	int result = binding_key_make(binding, key);

	if (result < 0)
		return result;
	return ids_is_live(&fwd->tables.tunnels->ids, tunnel) ? 0 : -ENOENT;
}

int ops_binding_insert(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	const struct tables *tables = &fwd->tables;
	struct binding_key key;
	int result = binding_check(fwd, binding, tunnel, &key);

	if (result < 0)
		return result;
	return counted(fwd, binding_table_insert(tables->bindings, tables->tunnels, &key, tunnel));
}

int ops_binding_set(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	const struct tables *tables = &fwd->tables;
	struct binding_key key;
	int result = binding_check(fwd, binding, tunnel, &key);

	if (result < 0)
		return result;
	return binding_table_set(tables->bindings, tables->tunnels, &key, tunnel);
}

int ops_binding_remove(struct fwd *fwd, const struct fwd_binding *binding)
{
	const struct tables *tables = &fwd->tables;
	struct binding_key key;
	int result = binding_key_make(binding, &key);

	return result < 0 ? result : binding_table_remove(tables->bindings, tables->tunnels, &key);
}

int ops_binding_lookup(struct fwd *fwd, const struct fwd_binding *binding, uint32_t *tunnel)
{
	const struct tables *tables = &fwd->tables;
	struct binding_key key;
	int result = binding_key_make(binding, &key);

	if (result < 0)
		return result;
	binding_lookup_bulk(tables->bindings, tables->tunnels, &key, tunnel, 1);
	return *tunnel == FWD_NONE ? -ENOENT : 0;
}

/* --- routes ----------------------------------------------------------------------------------- */

static bool prefix_is_valid(uint16_t realm, const struct ip_prefix *prefix)
{
	return realm < TABLES_REALMS_MAX && is_v4(&prefix->addr) && prefix->len <= 32 &&
	       (prefix->addr.v4 & ~addr4_mask(prefix->len)) == 0;
}

static int nexthop_check(const struct fwd *fwd, const struct fwd_nexthop *nexthop)
{
	bool is_live;

	switch (nexthop->kind) {
	case NEXTHOP_PATH:
		is_live = ids_is_live(&fwd->tables.paths->ids, nexthop->id);
		break;
	case NEXTHOP_ADJACENCY:
		is_live = ids_is_live(&fwd->tables.adjacencies->slot_ids, nexthop->id);
		break;
	case NEXTHOP_UNREACHABLE:
		return nexthop->id > DROP_NONE && nexthop->id < DROP_MAX ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
	return is_live ? 0 : -ENOENT;
}

int ops_route_set(struct fwd *fwd, const struct fwd_route *route)
{
	int result;

	if (!prefix_is_valid(route->realm, &route->prefix))
		return -EINVAL;
	result = nexthop_check(fwd, &route->nexthop);
	if (result < 0)
		return result;
	result = route_table_set(fwd->tables.routes[route->realm], ntohl(route->prefix.addr.v4),
				 route->prefix.len, nexthop_pack(&route->nexthop));
	return counted(fwd, result);
}

int ops_route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix)
{
	if (!prefix_is_valid(realm, prefix))
		return -EINVAL;
	return route_table_remove(fwd->tables.routes[realm], ntohl(prefix->addr.v4), prefix->len);
}

int ops_route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		     struct fwd_nexthop *nexthop)
{
	if (realm >= TABLES_REALMS_MAX || !is_v4(addr))
		return -EINVAL;
	*nexthop = nexthop_unpack(route_table_lookup(fwd->tables.routes[realm], ntohl(addr->v4)));
	return nexthop->kind == NEXTHOP_NONE ? -ENOENT : 0;
}

struct walk {
	uint16_t realm;
	fwd_route_visit visit;
	void *arg;
};

static bool walk_visit(void *arg, uint32_t addr, uint8_t len, uint32_t nexthop)
{
	const struct walk *walk = arg;
	const struct fwd_route route = {
		.realm = walk->realm,
		.prefix = prefix_v4(htonl(addr), len),
		.nexthop = nexthop_unpack(nexthop),
	};

	return walk->visit(walk->arg, &route);
}

int ops_route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg)
{
	struct walk walk = {realm, visit, arg};

	if (realm >= TABLES_REALMS_MAX)
		return -EINVAL;
	route_table_walk(fwd->tables.routes[realm], walk_visit, &walk);
	return 0;
}

/* --- own addresses, and all tables ------------------------------------------------------------ */

int ops_local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr, unsigned int flags)
{
	if (realm >= TABLES_REALMS_MAX || !is_v4(addr) || flags > (LOCAL_NATIVE | LOCAL_INNER))
		return -EINVAL;
	return counted(fwd, local_table_set(fwd->tables.locals, addr->v4, flags));
}

uint32_t ops_reclaim(struct fwd *fwd)
{
	return rcu_reclaim(fwd->tables.rcu);
}

void ops_usage_read(struct fwd *fwd, struct fwd_usage *usage)
{
	const struct tables *tables = &fwd->tables;

	*usage = (struct fwd_usage){
		.tunnels = tables->tunnels->ids.n_live,
		.tunnels_capacity = tables->tunnels->ids.capacity,
		.paths = tables->paths->ids.n_live,
		.paths_capacity = tables->paths->ids.capacity,
		.bindings = tables->bindings->n_live,
		.bindings_capacity = tables->bindings->capacity,
		.adjacencies = tables->adjacencies->slot_ids.n_live,
		.adjacencies_capacity = tables->adjacencies->slot_ids.capacity,
		.retired = tables->rcu->pending,
		.table_full = tables->full,
		.table_bytes = tables->bytes,
	};
	for (unsigned int realm = 0; realm < TABLES_REALMS_MAX; realm++) {
		usage->routes += tables->routes[realm]->n_routes;
		usage->routes_capacity += tables->routes[realm]->capacity;
	}
}
