/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables are arrays and every search is a walk: obviously right is what counts here. */
#include "fake_fwd.h"

#include <errno.h>
#include <string.h>

#include "haaro/addr.h"

void fake_fwd_init(struct fwd *fwd, size_t n_ports)
{
	*fwd = (struct fwd){.n_ports = n_ports, .capacity = FAKE_SIZE};
	for (size_t i = 0; i < n_ports; i++) {
		struct fwd_port_state *port = &fwd->ports[i];

		snprintf(port->name, sizeof(port->name), "port%zu", i);
		port->mac = (struct mac_addr){{0x02, 0, 0, 0, 0, (uint8_t)i}};
		port->mtu = 1500;
		port->queues = 1;
		port->present = true;
		port->pmd_link_up = true;
	}
}

__attribute__((format(printf, 2, 3))) static void fault(struct fwd *fwd, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fwd->fault, sizeof(fwd->fault), format, args);
	va_end(args);
	fwd->faults++;
}

static int done(struct fwd *fwd)
{
	fwd->changes++;
	return 0;
}

static size_t count(const enum fake_use *use, enum fake_use what)
{
	size_t n = 0;

	for (size_t i = 0; i < FAKE_SIZE; i++)
		n += use[i] == what;
	return n;
}

static int take_index(struct fwd *fwd, enum fake_use *use, uint32_t *index)
{
	if (fwd->fail_insert)
		return fwd->fail_insert;
	for (uint32_t i = 0; i < fwd->capacity; i++) {
		if (use[i] != FAKE_FREE)
			continue;
		use[i] = FAKE_LIVE;
		*index = i;
		return done(fwd);
	}
	return -ENOSPC;
}

static bool is_live(const enum fake_use *use, uint32_t index)
{
	return index < FAKE_SIZE && use[index] == FAKE_LIVE;
}

static int retire(struct fwd *fwd, enum fake_use *use, uint32_t index)
{
	if (fwd->fail_remove)
		return fwd->fail_remove;
	if (!is_live(use, index))
		return -ENOENT;
	use[index] = FAKE_RETIRED;
	return done(fwd);
}

/* --- adjacencies ----------------------------------------------------------------------------- */

static int adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index)
{
	int result = take_index(fwd, fwd->adjacency_use, index);

	if (result == 0)
		fwd->adjacencies[*index] = *adjacency;
	return result;
}

static int adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency)
{
	if (!is_live(fwd->adjacency_use, index))
		return -ENOENT;
	if (fwd->fail_set)
		return fwd->fail_set;
	fwd->adjacencies[index] = *adjacency;
	return done(fwd);
}

static int adjacency_remove(struct fwd *fwd, uint32_t index)
{
	for (size_t i = 0; i < fwd->n_routes; i++)
		if (fwd->routes[i].nexthop.kind == NEXTHOP_ADJACENCY &&
		    fwd->routes[i].nexthop.id == index)
			fault(fwd, "adjacency %u removed under a route", index);
	for (size_t i = 0; i < FAKE_SIZE; i++)
		if (fwd->tunnel_use[i] == FAKE_LIVE && fwd->tunnels[i].adjacency == index)
			fault(fwd, "adjacency %u removed under tunnel %zu", index, i);
	return retire(fwd, fwd->adjacency_use, index);
}

static int adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency)
{
	if (!is_live(fwd->adjacency_use, index))
		return -ENOENT;
	*adjacency = fwd->adjacencies[index];
	return 0;
}

/* --- tunnels -----------------------------------------------------------------------------------
 */

static bool only_receives(const struct fwd_tunnel *tunnel)
{
	return tunnel->encap == ENCAP_UDP && tunnel->remote_port == 0;
}

static void check_tunnel(struct fwd *fwd, const struct fwd_tunnel *tunnel)
{
	if (tunnel->adjacency != FWD_NONE && !is_live(fwd->adjacency_use, tunnel->adjacency))
		fault(fwd, "tunnel names dead adjacency %u", tunnel->adjacency);
	if (tunnel->source == FWD_SOURCE_PATH && !is_live(fwd->path_use, tunnel->source_path))
		fault(fwd, "tunnel names dead source path %u", tunnel->source_path);
	if (tunnel->encap != ENCAP_UDP && (tunnel->local_port != 0 || tunnel->remote_port != 0))
		fault(fwd, "ports in a tunnel without UDP");
	if (only_receives(tunnel) &&
	    (tunnel->adjacency != FWD_NONE || tunnel->accept == FWD_ACCEPT_ALL))
		fault(fwd, "tunnel from any port that sends or accepts all");
	if (tunnel->mtu < 68 || tunnel->ttl == 0 || tunnel->encap >= ENCAP_MAX ||
	    tunnel->accept >= FWD_ACCEPT_MAX ||
	    (tunnel->dscp > 63 && tunnel->dscp != FWD_DSCP_COPY) || tunnel->realm != REALM_MAIN ||
	    tunnel->local.family != IP_V4 || tunnel->remote.family != IP_V4)
		fault(fwd, "tunnel with a field out of range");
}

static int tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref)
{
	int result;

	check_tunnel(fwd, tunnel);
	result = take_index(fwd, fwd->tunnel_use, &ref->index);
	if (result < 0)
		return result;
	fwd->tunnels[ref->index] = *tunnel;
	fwd->heard[ref->index] = 0;
	ref->generation = ++fwd->generations[ref->index];
	return 0;
}

static bool ref_is_live(const struct fwd *fwd, struct tunnel_ref ref)
{
	return is_live(fwd->tunnel_use, ref.index) && fwd->generations[ref.index] == ref.generation;
}

static int tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency)
{
	if (!ref_is_live(fwd, ref))
		return -ENOENT;
	fwd->tunnels[ref.index].adjacency = adjacency;
	check_tunnel(fwd, &fwd->tunnels[ref.index]);
	return done(fwd);
}

static int tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu)
{
	if (!ref_is_live(fwd, ref))
		return -ENOENT;
	fwd->tunnels[ref.index].mtu = mtu;
	check_tunnel(fwd, &fwd->tunnels[ref.index]);
	return done(fwd);
}

static int tunnel_remove(struct fwd *fwd, struct tunnel_ref ref)
{
	if (!ref_is_live(fwd, ref))
		return -ENOENT;
	for (size_t i = 0; i < FAKE_SIZE; i++)
		if (fwd->path_use[i] == FAKE_LIVE &&
		    (fwd->paths[i].tunnel == ref.index || fwd->paths[i].backup == ref.index))
			fault(fwd, "tunnel %u removed under path %zu", ref.index, i);
	for (size_t i = 0; i < fwd->n_bindings; i++)
		if (fwd->binding_tunnels[i] == ref.index)
			fault(fwd, "tunnel %u removed under a binding", ref.index);
	return retire(fwd, fwd->tunnel_use, ref.index);
}

static int tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state)
{
	if (!is_live(fwd->tunnel_use, index))
		return -ENOENT;
	*state = (struct fwd_tunnel_state){
		.ref = {index, fwd->generations[index]},
		.set = fwd->tunnels[index],
		.counters.heard = fwd->heard[index],
	};
	return 0;
}

/* --- paths --------------------------------------------------------------------------------------
 */

static void check_path(struct fwd *fwd, const struct fwd_path *path)
{
	if (path->tunnel != FWD_NONE && !is_live(fwd->tunnel_use, path->tunnel))
		fault(fwd, "path names dead tunnel %u", path->tunnel);
	if (path->backup != FWD_NONE && !is_live(fwd->tunnel_use, path->backup))
		fault(fwd, "path names dead backup %u", path->backup);
}

static int path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	int result;

	check_path(fwd, path);
	result = take_index(fwd, fwd->path_use, index);
	if (result < 0)
		return result;
	fwd->paths[*index] = *path;
	fwd->path_counters[*index] = (struct path_counters){0};
	return 0;
}

static int path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path)
{
	if (!is_live(fwd->path_use, index))
		return -ENOENT;
	check_path(fwd, path);
	fwd->paths[index] = *path;
	return done(fwd);
}

static int path_remove(struct fwd *fwd, uint32_t index)
{
	for (size_t i = 0; i < fwd->n_routes; i++)
		if (fwd->routes[i].nexthop.kind == NEXTHOP_PATH &&
		    fwd->routes[i].nexthop.id == index)
			fault(fwd, "path %u removed under a route", index);
	for (size_t i = 0; i < FAKE_SIZE; i++)
		if (fwd->tunnel_use[i] == FAKE_LIVE && fwd->tunnels[i].source == FWD_SOURCE_PATH &&
		    fwd->tunnels[i].source_path == index)
			fault(fwd, "path %u removed under tunnel %zu's source check", index, i);
	return retire(fwd, fwd->path_use, index);
}

static int path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path)
{
	if (!is_live(fwd->path_use, index))
		return -ENOENT;
	*path = fwd->paths[index];
	return 0;
}

static int path_counters_read(struct fwd *fwd, uint32_t index, struct path_counters *counters)
{
	if (!is_live(fwd->path_use, index))
		return -ENOENT;
	*counters = fwd->path_counters[index];
	return 0;
}

static void pairs_walk(struct fwd *fwd, fwd_pair_visit visit, void *arg)
{
	for (size_t i = 0; i < fwd->n_pairs; i++)
		visit(arg, &fwd->pairs[i]);
}

/* --- bindings ------------------------------------------------------------------------------------
 */

static size_t binding_find(const struct fwd *fwd, const struct fwd_binding *key)
{
	size_t i;

	for (i = 0; i < fwd->n_bindings; i++) {
		const struct fwd_binding *have = &fwd->bindings[i];

		if (have->encap == key->encap && addr_is_equal(&have->local, &key->local) &&
		    addr_is_equal(&have->remote, &key->remote) &&
		    have->local_port == key->local_port && have->remote_port == key->remote_port)
			break;
	}
	return i;
}

/* A key is the outer header of its tunnel: a reader confirms it there. */
static void check_binding(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel)
{
	const struct fwd_tunnel *set = &fwd->tunnels[tunnel % FAKE_SIZE];

	if (!is_live(fwd->tunnel_use, tunnel))
		fault(fwd, "binding names dead tunnel %u", tunnel);
	else if (set->encap != key->encap || !addr_is_equal(&set->local, &key->local) ||
		 !addr_is_equal(&set->remote, &key->remote) || set->local_port != key->local_port ||
		 set->remote_port != key->remote_port)
		fault(fwd, "binding whose key is not that of its tunnel %u", tunnel);
	if (key->encap != ENCAP_UDP && (key->local_port != 0 || key->remote_port != 0))
		fault(fwd, "ports in a binding without UDP");
}

static int binding_insert(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel)
{
	check_binding(fwd, key, tunnel);
	if (fwd->fail_insert)
		return fwd->fail_insert;
	if (binding_find(fwd, key) < fwd->n_bindings)
		return -EEXIST;
	if (fwd->n_bindings == fwd->capacity)
		return -ENOSPC;
	fwd->bindings[fwd->n_bindings] = *key;
	fwd->binding_tunnels[fwd->n_bindings++] = tunnel;
	return done(fwd);
}

static int binding_set(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel)
{
	size_t i = binding_find(fwd, key);

	check_binding(fwd, key, tunnel);
	if (i == fwd->n_bindings)
		return -ENOENT;
	fwd->binding_tunnels[i] = tunnel;
	return done(fwd);
}

static int binding_remove(struct fwd *fwd, const struct fwd_binding *key)
{
	size_t i = binding_find(fwd, key);

	if (fwd->fail_remove)
		return fwd->fail_remove;
	if (i == fwd->n_bindings)
		return -ENOENT;
	fwd->bindings[i] = fwd->bindings[--fwd->n_bindings];
	fwd->binding_tunnels[i] = fwd->binding_tunnels[fwd->n_bindings];
	return done(fwd);
}

static int binding_lookup(struct fwd *fwd, const struct fwd_binding *key, uint32_t *tunnel)
{
	struct fwd_binding any = *key;
	size_t i = binding_find(fwd, key);

	any.remote_port = 0;
	if (i == fwd->n_bindings && key->encap == ENCAP_UDP)
		i = binding_find(fwd, &any);
	if (i == fwd->n_bindings)
		return -ENOENT;
	*tunnel = fwd->binding_tunnels[i];
	return 0;
}

/* --- routes
 * ----------------------------------------------------------------------------------------- */

static size_t route_find(const struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix)
{
	size_t i;

	for (i = 0; i < fwd->n_routes; i++)
		if (fwd->routes[i].realm == realm &&
		    prefix_is_equal(&fwd->routes[i].prefix, prefix))
			break;
	return i;
}

const struct fwd_route *fake_fwd_route(const struct fwd *fwd, uint16_t realm,
				       const struct ip_prefix *prefix)
{
	size_t i = route_find(fwd, realm, prefix);

	return i < fwd->n_routes ? &fwd->routes[i] : NULL;
}

static int route_set(struct fwd *fwd, const struct fwd_route *route)
{
	size_t i = route_find(fwd, route->realm, &route->prefix);
	const struct fwd_nexthop *nexthop = &route->nexthop;

	if (route->prefix.addr.family != IP_V4 || route->prefix.len > 32 ||
	    (route->prefix.addr.v4 & ~addr4_mask(route->prefix.len)) != 0)
		fault(fwd, "route to what is no prefix");
	if (nexthop->kind == NEXTHOP_NONE ||
	    (nexthop->kind == NEXTHOP_UNREACHABLE &&
	     (nexthop->id == DROP_NONE || nexthop->id >= DROP_MAX)))
		fault(fwd, "route without a next hop");
	if ((nexthop->kind == NEXTHOP_PATH && !is_live(fwd->path_use, nexthop->id)) ||
	    (nexthop->kind == NEXTHOP_ADJACENCY && !is_live(fwd->adjacency_use, nexthop->id)))
		fault(fwd, "route names dead index %u", nexthop->id);
	if (i == fwd->n_routes) {
		if (fwd->fail_insert)
			return fwd->fail_insert;
		if (fwd->n_routes == fwd->capacity)
			return -ENOSPC;
		fwd->n_routes++;
	}
	fwd->routes[i] = *route;
	return done(fwd);
}

static int route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix)
{
	size_t i = route_find(fwd, realm, prefix);

	if (fwd->fail_remove)
		return fwd->fail_remove;
	if (i == fwd->n_routes)
		return -ENOENT;
	fwd->routes[i] = fwd->routes[--fwd->n_routes];
	return done(fwd);
}

static int route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
			struct fwd_nexthop *nexthop)
{
	const struct fwd_route *best = NULL;

	for (size_t i = 0; i < fwd->n_routes; i++) {
		const struct fwd_route *route = &fwd->routes[i];

		if (route->realm == realm && prefix_contains4(&route->prefix, addr->v4) &&
		    (!best || route->prefix.len > best->prefix.len))
			best = route;
	}
	*nexthop = best ? best->nexthop : (struct fwd_nexthop){.kind = NEXTHOP_NONE};
	return best ? 0 : -ENOENT;
}

static int route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg)
{
	for (size_t i = 0; i < fwd->n_routes; i++)
		if (fwd->routes[i].realm == realm && !visit(arg, &fwd->routes[i]))
			break;
	return 0;
}

/* --- own addresses and ports
 * --------------------------------------------------------------------------- */

static size_t local_find(const struct fwd *fwd, uint16_t realm, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < fwd->n_locals; i++)
		if (fwd->locals[i].realm == realm && addr_is_equal(&fwd->locals[i].addr, addr))
			break;
	return i;
}

unsigned int fake_fwd_local(const struct fwd *fwd, uint16_t realm, const struct ip_addr *addr)
{
	size_t i = local_find(fwd, realm, addr);

	return i < fwd->n_locals ? fwd->locals[i].flags : 0;
}

static int local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		     unsigned int flags)
{
	size_t i = local_find(fwd, realm, addr);

	if (flags == 0) {
		if (i < fwd->n_locals)
			fwd->locals[i] = fwd->locals[--fwd->n_locals];
		return done(fwd);
	}
	if (i == fwd->n_locals) {
		if (fwd->fail_insert)
			return fwd->fail_insert;
		if (fwd->n_locals == fwd->capacity)
			return -ENOSPC;
		fwd->n_locals++;
		fwd->locals[i].realm = realm;
		fwd->locals[i].addr = *addr;
	}
	fwd->locals[i].flags = flags;
	return done(fwd);
}

static int port_set(struct fwd *fwd, uint16_t port, const struct fwd_port *set)
{
	if (port >= fwd->n_ports)
		return -EINVAL;
	fwd->ports[port].set = *set;
	return done(fwd);
}

static int port_read(struct fwd *fwd, uint16_t port, struct fwd_port_state *state)
{
	if (port >= fwd->n_ports)
		return -EINVAL;
	*state = fwd->ports[port];
	return 0;
}

static int port_detach(struct fwd *fwd, uint16_t port)
{
	if (port >= fwd->n_ports)
		return -EINVAL;
	fwd->detached++;
	fwd->ports[port].present = false;
	return 0;
}

static int port_reattach(struct fwd *fwd, uint16_t port)
{
	if (port >= fwd->n_ports)
		return -EINVAL;
	fwd->reattached++;
	if (fwd->fail_reattach)
		return fwd->fail_reattach;
	fwd->ports[port].present = true;
	return 0;
}

/* --- packets, reclaim, counters
 * --------------------------------------------------------------------------- */

static int punt_read(struct fwd *fwd, struct punt *punt)
{
	(void)fwd;
	(void)punt;
	return 0;
}

static int inject(struct fwd *fwd, const struct inject *how, const uint8_t *bytes, size_t len)
{
	struct fake_packet *packet;

	if (fwd->fail_inject)
		return fwd->fail_inject;
	if (len > PUNT_PACKET_MAX)
		return -EINVAL;
	if (how->kind == INJECT_TUNNEL && !ref_is_live(fwd, how->tunnel))
		return -ENOENT;
	if (how->kind == INJECT_ADJACENCY && !is_live(fwd->adjacency_use, how->adjacency))
		fault(fwd, "packet by dead adjacency %u", how->adjacency);
	if (fwd->n_packets == FAKE_PACKETS)
		memmove(fwd->packets, fwd->packets + 1, sizeof(fwd->packets[0]) * --fwd->n_packets);
	packet = &fwd->packets[fwd->n_packets++];
	packet->inject = *how;
	packet->len = len;
	memcpy(packet->bytes, bytes, len);
	return 0;
}

bool fake_fwd_take(struct fwd *fwd, struct fake_packet *packet)
{
	if (fwd->n_packets == 0)
		return false;
	*packet = fwd->packets[0];
	memmove(fwd->packets, fwd->packets + 1, sizeof(fwd->packets[0]) * --fwd->n_packets);
	return true;
}

static void free_retired(enum fake_use *use)
{
	for (size_t i = 0; i < FAKE_SIZE; i++)
		if (use[i] == FAKE_RETIRED)
			use[i] = FAKE_FREE;
}

static uint32_t reclaim(struct fwd *fwd)
{
	if (!fwd->keep_retired) {
		free_retired(fwd->adjacency_use);
		free_retired(fwd->tunnel_use);
		free_retired(fwd->path_use);
	}
	return (uint32_t)(count(fwd->adjacency_use, FAKE_RETIRED) +
			  count(fwd->tunnel_use, FAKE_RETIRED) +
			  count(fwd->path_use, FAKE_RETIRED));
}

size_t fake_fwd_adjacencies(const struct fwd *fwd)
{
	return count(fwd->adjacency_use, FAKE_LIVE);
}

size_t fake_fwd_tunnels(const struct fwd *fwd)
{
	return count(fwd->tunnel_use, FAKE_LIVE);
}

size_t fake_fwd_paths(const struct fwd *fwd)
{
	return count(fwd->path_use, FAKE_LIVE);
}

static void counters_read(struct fwd *fwd, struct fwd_counters *counters)
{
	*counters = (struct fwd_counters){0};
	memcpy(counters->drops, fwd->drops, sizeof(fwd->drops));
}

static int worker_read(struct fwd *fwd, unsigned int worker, struct worker_counters *counters)
{
	(void)fwd;
	*counters = (struct worker_counters){.core = UINT16_MAX};
	return worker == 0 ? 0 : -EINVAL;
}

static void usage_read(struct fwd *fwd, struct fwd_usage *usage)
{
	*usage = (struct fwd_usage){
		.tunnels = (uint32_t)fake_fwd_tunnels(fwd),
		.paths = (uint32_t)fake_fwd_paths(fwd),
		.bindings = (uint32_t)fwd->n_bindings,
		.routes = (uint32_t)fwd->n_routes,
		.adjacencies = (uint32_t)fake_fwd_adjacencies(fwd),
		.tunnels_capacity = (uint32_t)fwd->capacity,
		.paths_capacity = (uint32_t)fwd->capacity,
		.bindings_capacity = (uint32_t)fwd->capacity,
		.routes_capacity = (uint32_t)fwd->capacity,
		.adjacencies_capacity = (uint32_t)fwd->capacity,
	};
}

static void drop_count(struct fwd *fwd, enum drop_reason reason)
{
	fwd->drops[reason]++;
}

const struct fwd_ops fake_fwd_ops = {
	.adjacency_insert = adjacency_insert,
	.adjacency_set = adjacency_set,
	.adjacency_remove = adjacency_remove,
	.adjacency_read = adjacency_read,
	.tunnel_insert = tunnel_insert,
	.tunnel_set_adjacency = tunnel_set_adjacency,
	.tunnel_set_mtu = tunnel_set_mtu,
	.tunnel_remove = tunnel_remove,
	.tunnel_read = tunnel_read,
	.path_insert = path_insert,
	.path_set = path_set,
	.path_remove = path_remove,
	.path_read = path_read,
	.path_counters_read = path_counters_read,
	.pairs_walk = pairs_walk,
	.binding_insert = binding_insert,
	.binding_set = binding_set,
	.binding_remove = binding_remove,
	.binding_lookup = binding_lookup,
	.route_set = route_set,
	.route_remove = route_remove,
	.route_lookup = route_lookup,
	.route_walk = route_walk,
	.local_set = local_set,
	.port_set = port_set,
	.port_read = port_read,
	.port_detach = port_detach,
	.port_reattach = port_reattach,
	.punt_read = punt_read,
	.inject = inject,
	.reclaim = reclaim,
	.counters_read = counters_read,
	.worker_read = worker_read,
	.usage_read = usage_read,
	.drop_count = drop_count,
};
