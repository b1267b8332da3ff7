/* SPDX-License-Identifier: BSD-3-Clause */
/* The model's tables but for routes: the checks and their order are those of the contract. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "fwd_model_private.h"

int model_counted(struct fwd *fwd, int result)
{
	if (result == -ENOSPC)
		fwd->full++;
	return result;
}

static bool is_v4(const struct ip_addr *addr)
{
	return addr->family == IP_V4;
}

static bool is_live_or_none(const struct model_index *index, uint32_t id)
{
	return id == FWD_NONE || model_index_is_live(index, id);
}

static int remove_index(struct fwd *fwd, struct model_index *index, uint32_t id, const char *what)
{
	fwd->changes++;
	if (!model_index_is_live(index, id))
		return -ENOENT;
	if (model_index_refs(index, id) > 0)
		model_fault(fwd, what, id);
	model_index_retire(index, id);
	return 0;
}

/* --- adjacencies ------------------------------------------------------------------------------ */

int model_adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index)
{
	int result;

	if ((unsigned int)adjacency->kind >= ADJACENCY_KIND_MAX)
		return -EINVAL;
	result = model_index_take(&fwd->adjacencies, index);
	return result < 0 ? model_counted(fwd, result)
			  : model_adjacency_set(fwd, *index, adjacency);
}

int model_adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency)
{
	struct fwd_adjacency *entry = model_index_at(&fwd->adjacencies, index);

	fwd->changes++;
	if ((unsigned int)adjacency->kind >= ADJACENCY_KIND_MAX)
		return -EINVAL;
	if (!entry)
		return -ENOENT;
	*entry = *adjacency;
	return 0;
}

int model_adjacency_remove(struct fwd *fwd, uint32_t index)
{
	return remove_index(fwd, &fwd->adjacencies, index, "adjacency removed while named");
}

int model_adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency)
{
	const struct fwd_adjacency *entry = model_index_at(&fwd->adjacencies, index);

	if (!entry)
		return -ENOENT;
	*adjacency = *entry;
	return 0;
}

/* --- tunnels ---------------------------------------------------------------------------------- */

static bool ports_are_valid(enum encap encap, uint16_t local, uint16_t remote)
{
	return encap == ENCAP_UDP || (local == 0 && remote == 0);
}

/* Its far end's port is not known. */
static bool only_receives(const struct fwd_tunnel *tunnel)
{
	return tunnel->encap == ENCAP_UDP && tunnel->remote_port == 0;
}

static bool tunnel_is_valid(const struct fwd_tunnel *tunnel)
{
	return (unsigned int)tunnel->encap < ENCAP_MAX && is_v4(&tunnel->local) &&
	       is_v4(&tunnel->remote) &&
	       ports_are_valid(tunnel->encap, tunnel->local_port, tunnel->remote_port) &&
	       tunnel->realm == REALM_MAIN && tunnel->mtu >= 68 &&
	       (unsigned int)tunnel->source <= FWD_SOURCE_ANY &&
	       (unsigned int)tunnel->destination <= FWD_DESTINATION_LOCAL &&
	       (unsigned int)tunnel->accept < FWD_ACCEPT_MAX &&
	       !(only_receives(tunnel) &&
		 (tunnel->adjacency != FWD_NONE || tunnel->accept == FWD_ACCEPT_ALL)) &&
	       (unsigned int)tunnel->ecn <= FWD_ECN_COMPATIBILITY && tunnel->ttl > 0 &&
	       (tunnel->dscp < 64 || tunnel->dscp == FWD_DSCP_COPY);
}

static void tunnel_refer(struct fwd *fwd, const struct fwd_tunnel *tunnel, int by)
{
	model_index_refer(&fwd->adjacencies, tunnel->adjacency, by);
	if (tunnel->source == FWD_SOURCE_PATH)
		model_index_refer(&fwd->paths, tunnel->source_path, by);
}

int model_tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref)
{
	struct model_tunnel *entry;
	int result;

	fwd->changes++;
	if (!tunnel_is_valid(tunnel))
		return -EINVAL;
	if (!is_live_or_none(&fwd->adjacencies, tunnel->adjacency) ||
	    (tunnel->source == FWD_SOURCE_PATH &&
	     !model_index_is_live(&fwd->paths, tunnel->source_path)))
		return -ENOENT;
	result = model_index_take(&fwd->tunnels, &ref->index);
	if (result < 0)
		return model_counted(fwd, result);
	entry = model_index_at(&fwd->tunnels, ref->index);
	*entry = (struct model_tunnel){.set = *tunnel, .generation = entry->generation + 1};
	ref->generation = entry->generation;
	tunnel_refer(fwd, tunnel, +1);
	return 0;
}

static struct model_tunnel *tunnel_of(struct fwd *fwd, struct tunnel_ref ref)
{
	struct model_tunnel *entry = model_index_at(&fwd->tunnels, ref.index);

	return entry && entry->generation == ref.generation ? entry : NULL;
}

int model_tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency)
{
	struct model_tunnel *entry = tunnel_of(fwd, ref);

	fwd->changes++;
	if (!entry || !is_live_or_none(&fwd->adjacencies, adjacency))
		return -ENOENT;
	if (only_receives(&entry->set) && adjacency != FWD_NONE)
		return -EINVAL;
	model_index_refer(&fwd->adjacencies, entry->set.adjacency, -1);
	model_index_refer(&fwd->adjacencies, adjacency, +1);
	entry->set.adjacency = adjacency;
	return 0;
}

int model_tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu)
{
	struct model_tunnel *entry = tunnel_of(fwd, ref);

	if (mtu < 68)
		return -EINVAL;
	if (!entry)
		return -ENOENT;
	entry->set.mtu = mtu;
	return 0;
}

int model_tunnel_remove(struct fwd *fwd, struct tunnel_ref ref)
{
	struct model_tunnel *entry = tunnel_of(fwd, ref);

	fwd->changes++;
	if (!entry)
		return -ENOENT;
	tunnel_refer(fwd, &entry->set, -1);
	return remove_index(fwd, &fwd->tunnels, ref.index, "tunnel removed while named");
}

int model_tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state)
{
	const struct model_tunnel *entry = model_index_at(&fwd->tunnels, index);

	if (!entry)
		return -ENOENT;
	*state = (struct fwd_tunnel_state){
		.ref = {index, entry->generation},
		.set = entry->set,
		.counters = entry->counters,
	};
	return 0;
}

/* --- paths ------------------------------------------------------------------------------------ */

static int path_check(const struct fwd *fwd, const struct fwd_path *path)
{
	if ((unsigned int)path->down >= DROP_MAX)
		return -EINVAL;
	return is_live_or_none(&fwd->tunnels, path->tunnel) &&
			       is_live_or_none(&fwd->tunnels, path->backup)
		       ? 0
		       : -ENOENT;
}

static void path_refer(struct fwd *fwd, const struct fwd_path *path, int by)
{
	model_index_refer(&fwd->tunnels, path->tunnel, by);
	model_index_refer(&fwd->tunnels, path->backup, by);
}

int model_path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	int result = path_check(fwd, path);

	fwd->changes++;
	if (result == 0)
		result = model_counted(fwd, model_index_take(&fwd->paths, index));
	if (result < 0)
		return result;
	*(struct model_path *)model_index_at(&fwd->paths, *index) =
		(struct model_path){.set = *path};
	model_pairs_forget(fwd, *index);
	path_refer(fwd, path, +1);
	return 0;
}

int model_path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path)
{
	struct model_path *entry = model_index_at(&fwd->paths, index);
	int result = path_check(fwd, path);

	fwd->changes++;
	if (result < 0)
		return result;
	if (!entry)
		return -ENOENT;
	path_refer(fwd, path, +1);
	path_refer(fwd, &entry->set, -1);
	entry->set = *path;
	return 0;
}

int model_path_remove(struct fwd *fwd, uint32_t index)
{
	const struct model_path *entry = model_index_at(&fwd->paths, index);

	fwd->changes++;
	if (!entry)
		return -ENOENT;
	path_refer(fwd, &entry->set, -1);
	return remove_index(fwd, &fwd->paths, index, "path removed while named");
}

int model_path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path)
{
	const struct model_path *entry = model_index_at(&fwd->paths, index);

	if (!entry)
		return -ENOENT;
	*path = entry->set;
	return 0;
}

int model_path_counters_read(struct fwd *fwd, uint32_t index, struct path_counters *counters)
{
	const struct model_path *entry = model_index_at(&fwd->paths, index);

	if (!entry)
		return -ENOENT;
	*counters = entry->counters;
	return 0;
}

/* --- bindings --------------------------------------------------------------------------------- */

static int binding_key_make(const struct fwd_binding *binding, struct model_binding_key *key)
{
	if ((unsigned int)binding->encap >= ENCAP_MAX || !is_v4(&binding->local) ||
	    !is_v4(&binding->remote) ||
	    !ports_are_valid(binding->encap, binding->local_port, binding->remote_port))
		return -EINVAL;
	*key = (struct model_binding_key){
		.local = binding->local.v4,
		.remote = binding->remote.v4,
		.local_port = binding->local_port,
		.remote_port = binding->remote_port,
		.encap = binding->encap,
	};
	return 0;
}

static struct model_binding *binding_find(const struct fwd *fwd,
					  const struct model_binding_key *key)
{
	struct model_binding *entry;

	HASH_FIND(hh, fwd->bindings, key, sizeof(*key), entry);
	return entry;
}

/* Of a change that names a tunnel, whose outer header the key must be. */
static int binding_check(const struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel,
			 struct model_binding_key *key)
{
	const struct model_tunnel *entry = model_index_at(&fwd->tunnels, tunnel);
	int result = binding_key_make(binding, key);

	if (result < 0)
		return result;
	if (!entry)
		return -ENOENT;
	return binding->encap == entry->set.encap && key->local == entry->set.local.v4 &&
			       key->remote == entry->set.remote.v4 &&
			       key->local_port == entry->set.local_port &&
			       key->remote_port == entry->set.remote_port
		       ? 0
		       : -EINVAL;
}

int model_binding_insert(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	struct model_binding_key key;
	struct model_binding *entry;
	int result = binding_check(fwd, binding, tunnel, &key);

	fwd->changes++;
	if (result < 0)
		return result;
	if (binding_find(fwd, &key))
		return -EEXIST;
	if (HASH_COUNT(fwd->bindings) == fwd->options.tunnels)
		return model_counted(fwd, -ENOSPC);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->key = key;
	entry->tunnel = tunnel;
	HASH_ADD(hh, fwd->bindings, key, sizeof(key), entry);
	model_index_refer(&fwd->tunnels, tunnel, +1);
	return 0;
}

int model_binding_set(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	struct model_binding_key key;
	struct model_binding *entry;
	int result = binding_check(fwd, binding, tunnel, &key);

	fwd->changes++;
	if (result < 0)
		return result;
	entry = binding_find(fwd, &key);
	if (!entry)
		return -ENOENT;
	model_index_refer(&fwd->tunnels, tunnel, +1);
	model_index_refer(&fwd->tunnels, entry->tunnel, -1);
	entry->tunnel = tunnel;
	return 0;
}

int model_binding_remove(struct fwd *fwd, const struct fwd_binding *binding)
{
	struct model_binding_key key;
	struct model_binding *entry;
	int result = binding_key_make(binding, &key);

	fwd->changes++;
	if (result < 0)
		return result;
	entry = binding_find(fwd, &key);
	if (!entry)
		return -ENOENT;
	model_index_refer(&fwd->tunnels, entry->tunnel, -1);
	HASH_DEL(fwd->bindings, entry);
	free(entry);
	return 0;
}

int model_binding_lookup(struct fwd *fwd, const struct fwd_binding *binding, uint32_t *tunnel)
{
	struct model_binding_key key;
	const struct model_binding *entry;
	int result = binding_key_make(binding, &key);

	if (result < 0)
		return result;
	entry = binding_find(fwd, &key);
	if (!entry && binding->encap == ENCAP_UDP) {
		key.remote_port = 0;
		entry = binding_find(fwd, &key);
	}
	*tunnel = entry ? entry->tunnel : FWD_NONE;
	return entry ? 0 : -ENOENT;
}

/* --- own addresses, and all tables ------------------------------------------------------------ */

int model_local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr, unsigned int flags)
{
	struct model_local *entry;

	if (realm != REALM_MAIN || !is_v4(addr) || addr->v4 == 0 ||
	    flags > (LOCAL_NATIVE | LOCAL_INNER))
		return -EINVAL;
	HASH_FIND(hh, fwd->locals, &addr->v4, sizeof(addr->v4), entry);
	if (flags == 0) {
		if (entry)
			HASH_DEL(fwd->locals, entry);
		free(entry);
		return 0;
	}
	if (!entry) {
		if (HASH_COUNT(fwd->locals) == MODEL_LOCALS_MAX)
			return model_counted(fwd, -ENOSPC);
		entry = calloc(1, sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		entry->addr = addr->v4;
		HASH_ADD(hh, fwd->locals, addr, sizeof(entry->addr), entry);
	}
	entry->flags = flags;
	return 0;
}

void model_tables_clear(struct fwd *fwd)
{
	struct model_binding *binding, *next_binding;
	struct model_route *route, *next_route;
	struct model_local *local, *next_local;

	HASH_ITER (hh, fwd->bindings, binding, next_binding) {
		HASH_DEL(fwd->bindings, binding);
		free(binding);
	}
	HASH_ITER (hh, fwd->routes, route, next_route) {
		HASH_DEL(fwd->routes, route);
		free(route);
	}
	HASH_ITER (hh, fwd->locals, local, next_local) {
		HASH_DEL(fwd->locals, local);
		free(local);
	}
	model_index_fini(&fwd->adjacencies);
	model_index_fini(&fwd->tunnels);
	model_index_fini(&fwd->paths);
}
