/* SPDX-License-Identifier: BSD-3-Clause */
/* The recorder, and with it the model's ops: each is the model's own, then a line in the log. */
#include "fwd_log.h"

#include <stdlib.h>

#include "fwd_log_private.h"
#include "fwd_model_private.h"

struct fwd_log *fwd_log_create(void)
{
	return calloc(1, sizeof(struct fwd_log));
}

void fwd_log_destroy(struct fwd_log *log)
{
	if (!log)
		return;
	free(log->entries);
	free(log);
}

void fwd_log_start(struct fwd *fwd, struct fwd_log *log)
{
	fwd->log = log;
}

size_t fwd_log_count(const struct fwd_log *log)
{
	return log->n;
}

void fwd_log_append(struct fwd_log *log, const struct log_entry *entry)
{
	if (log->n == log->size) {
		log->size = log->size ? 2 * log->size : 64;
		log->entries = realloc(log->entries, sizeof(*log->entries) * log->size);
		if (!log->entries)
			abort();
	}
	log->entries[log->n++] = *entry;
}

static int logged(struct fwd *fwd, const struct log_entry *entry)
{
	if (fwd->log)
		fwd_log_append(fwd->log, entry);
	return entry->result;
}

static int adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index)
{
	struct log_entry entry = {.kind = LOG_ADJACENCY_INSERT, .adjacency = *adjacency};

	entry.result = model_adjacency_insert(fwd, adjacency, index);
	entry.index = entry.result == 0 ? *index : FWD_NONE;
	return logged(fwd, &entry);
}

static int adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency)
{
	const struct log_entry entry = {.kind = LOG_ADJACENCY_SET,
					.result = model_adjacency_set(fwd, index, adjacency),
					.index = index,
					.adjacency = *adjacency};

	return logged(fwd, &entry);
}

static int adjacency_remove(struct fwd *fwd, uint32_t index)
{
	const struct log_entry entry = {.kind = LOG_ADJACENCY_REMOVE,
					.result = model_adjacency_remove(fwd, index),
					.index = index};

	return logged(fwd, &entry);
}

static int tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref)
{
	struct log_entry entry = {.kind = LOG_TUNNEL_INSERT, .tunnel = *tunnel};

	entry.result = model_tunnel_insert(fwd, tunnel, ref);
	entry.index = entry.result == 0 ? ref->index : FWD_NONE;
	entry.value = entry.result == 0 ? ref->generation : 0;
	return logged(fwd, &entry);
}

static int tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency)
{
	const struct log_entry entry = {.kind = LOG_TUNNEL_SET_ADJACENCY,
					.result = model_tunnel_set_adjacency(fwd, ref, adjacency),
					.index = ref.index,
					.value = ref.generation,
					.other = adjacency};

	return logged(fwd, &entry);
}

static int tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu)
{
	const struct log_entry entry = {.kind = LOG_TUNNEL_SET_MTU,
					.result = model_tunnel_set_mtu(fwd, ref, mtu),
					.index = ref.index,
					.value = ref.generation,
					.other = mtu};

	return logged(fwd, &entry);
}

static int tunnel_remove(struct fwd *fwd, struct tunnel_ref ref)
{
	const struct log_entry entry = {.kind = LOG_TUNNEL_REMOVE,
					.result = model_tunnel_remove(fwd, ref),
					.index = ref.index,
					.value = ref.generation};

	return logged(fwd, &entry);
}

static int path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	struct log_entry entry = {.kind = LOG_PATH_INSERT, .path = *path};

	entry.result = model_path_insert(fwd, path, index);
	entry.index = entry.result == 0 ? *index : FWD_NONE;
	return logged(fwd, &entry);
}

static int path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path)
{
	const struct log_entry entry = {.kind = LOG_PATH_SET,
					.result = model_path_set(fwd, index, path),
					.index = index,
					.path = *path};

	return logged(fwd, &entry);
}

static int path_remove(struct fwd *fwd, uint32_t index)
{
	const struct log_entry entry = {
		.kind = LOG_PATH_REMOVE, .result = model_path_remove(fwd, index), .index = index};

	return logged(fwd, &entry);
}

static int binding_insert(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	const struct log_entry entry = {.kind = LOG_BINDING_INSERT,
					.result = model_binding_insert(fwd, binding, tunnel),
					.index = tunnel,
					.binding = *binding};

	return logged(fwd, &entry);
}

static int binding_set(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel)
{
	const struct log_entry entry = {.kind = LOG_BINDING_SET,
					.result = model_binding_set(fwd, binding, tunnel),
					.index = tunnel,
					.binding = *binding};

	return logged(fwd, &entry);
}

static int binding_remove(struct fwd *fwd, const struct fwd_binding *binding)
{
	const struct log_entry entry = {.kind = LOG_BINDING_REMOVE,
					.result = model_binding_remove(fwd, binding),
					.binding = *binding};

	return logged(fwd, &entry);
}

static int binding_lookup(struct fwd *fwd, const struct fwd_binding *binding, uint32_t *tunnel)
{
	struct log_entry entry = {.kind = LOG_BINDING_LOOKUP, .binding = *binding};

	entry.result = model_binding_lookup(fwd, binding, tunnel);
	entry.index = entry.result == 0 ? *tunnel : FWD_NONE;
	return logged(fwd, &entry);
}

static int route_set(struct fwd *fwd, const struct fwd_route *route)
{
	const struct log_entry entry = {
		.kind = LOG_ROUTE_SET, .result = model_route_set(fwd, route), .route = *route};

	return logged(fwd, &entry);
}

static int route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix)
{
	const struct log_entry entry = {.kind = LOG_ROUTE_REMOVE,
					.result = model_route_remove(fwd, realm, prefix),
					.route = {.realm = realm, .prefix = *prefix}};

	return logged(fwd, &entry);
}

static int route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
			struct fwd_nexthop *nexthop)
{
	struct log_entry entry = {.kind = LOG_ROUTE_LOOKUP,
				  .route = {.realm = realm, .prefix = {.addr = *addr}}};

	entry.result = model_route_lookup(fwd, realm, addr, nexthop);
	if (entry.result == 0)
		entry.route.nexthop = *nexthop;
	return logged(fwd, &entry);
}

static int local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		     unsigned int flags)
{
	const struct log_entry entry = {.kind = LOG_LOCAL_SET,
					.result = model_local_set(fwd, realm, addr, flags),
					.value = flags,
					.route = {.realm = realm, .prefix = {.addr = *addr}}};

	return logged(fwd, &entry);
}

static uint32_t reclaim(struct fwd *fwd)
{
	const struct log_entry entry = {.kind = LOG_RECLAIM, .result = (int)model_reclaim(fwd)};

	return (uint32_t)logged(fwd, &entry);
}

const struct fwd_ops fwd_model_ops = {
	.adjacency_insert = adjacency_insert,
	.adjacency_set = adjacency_set,
	.adjacency_remove = adjacency_remove,
	.adjacency_read = model_adjacency_read,
	.tunnel_insert = tunnel_insert,
	.tunnel_set_adjacency = tunnel_set_adjacency,
	.tunnel_set_mtu = tunnel_set_mtu,
	.tunnel_remove = tunnel_remove,
	.tunnel_read = model_tunnel_read,
	.path_insert = path_insert,
	.path_set = path_set,
	.path_remove = path_remove,
	.path_read = model_path_read,
	.path_counters_read = model_path_counters_read,
	.pairs_walk = model_pairs_walk,
	.binding_insert = binding_insert,
	.binding_set = binding_set,
	.binding_remove = binding_remove,
	.binding_lookup = binding_lookup,
	.route_set = route_set,
	.route_remove = route_remove,
	.route_lookup = route_lookup,
	.route_walk = model_route_walk,
	.local_set = local_set,
	.port_set = model_port_set,
	.port_read = model_port_read,
	.port_detach = model_port_detach,
	.port_reattach = model_port_reattach,
	.punt_read = model_punt_read,
	.inject = model_inject,
	.reclaim = reclaim,
	.counters_read = model_counters_read,
	.worker_read = model_worker_read,
	.usage_read = model_usage_read,
	.drop_count = model_drop_count,
};
