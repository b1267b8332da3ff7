/* SPDX-License-Identifier: BSD-3-Clause */
/* The player: what the log says is done to other tables, with their own indices for the model's. */
#include <stdlib.h>

#include "fwd_log.h"
#include "fwd_log_private.h"

enum table { TABLE_ADJACENCY, TABLE_TUNNEL, TABLE_PATH, TABLE_MAX };

struct index {
	bool live;
	uint32_t mine;
	uint32_t generation; /* mine */
	uint32_t logged;     /* generation in the log */
};

struct player {
	const struct fwd_ops *ops;
	struct fwd *fwd;
	struct index *indices[TABLE_MAX]; /* by the model's index */
	uint32_t size[TABLE_MAX];
};

/* An index that is not there is one that cannot be. */
static uint32_t mine(const struct player *player, enum table table, uint32_t index)
{
	if (index == FWD_NONE)
		return FWD_NONE;
	return index < player->size[table] && player->indices[table][index].live
		       ? player->indices[table][index].mine
		       : FWD_ID_MAX;
}

/* A stale reference stays one. */
static struct tunnel_ref my_ref(const struct player *player, const struct log_entry *entry)
{
	struct tunnel_ref ref = {mine(player, TABLE_TUNNEL, entry->index), 0};
	const struct index *index;

	if (ref.index < FWD_ID_MAX) {
		index = &player->indices[TABLE_TUNNEL][entry->index];
		ref.generation = index->generation - (index->logged != entry->value);
	}
	return ref;
}

static void learn(struct player *player, enum table table, const struct log_entry *entry,
		  struct tunnel_ref ref)
{
	uint32_t index = entry->index;
	uint32_t size = player->size[table];

	if (index >= size) {
		player->size[table] = 2 * index + 16;
		player->indices[table] =
			realloc(player->indices[table],
				sizeof(*player->indices[table]) * player->size[table]);
		if (!player->indices[table])
			abort();
		for (; size < player->size[table]; size++)
			player->indices[table][size].live = false;
	}
	player->indices[table][index] =
		(struct index){true, ref.index, ref.generation, entry->value};
}

static void forget(struct player *player, enum table table, uint32_t index, int result)
{
	if (result == 0 && index < player->size[table])
		player->indices[table][index].live = false;
}

static struct fwd_nexthop my_nexthop(const struct player *player, struct fwd_nexthop nexthop)
{
	if (nexthop.kind == NEXTHOP_PATH)
		nexthop.id = mine(player, TABLE_PATH, nexthop.id);
	else if (nexthop.kind == NEXTHOP_ADJACENCY)
		nexthop.id = mine(player, TABLE_ADJACENCY, nexthop.id);
	return nexthop;
}

static struct fwd_path my_path(const struct player *player, struct fwd_path path)
{
	path.tunnel = mine(player, TABLE_TUNNEL, path.tunnel);
	path.backup = mine(player, TABLE_TUNNEL, path.backup);
	return path;
}

static bool play_insert(struct player *player, const struct log_entry *entry)
{
	struct tunnel_ref ref = {0};
	struct fwd_tunnel tunnel;
	struct fwd_path path;
	enum table table;
	int result;

	switch (entry->kind) {
	case LOG_ADJACENCY_INSERT:
		table = TABLE_ADJACENCY;
		result = player->ops->adjacency_insert(player->fwd, &entry->adjacency, &ref.index);
		break;
	case LOG_TUNNEL_INSERT:
		table = TABLE_TUNNEL;
		tunnel = entry->tunnel;
		tunnel.adjacency = mine(player, TABLE_ADJACENCY, tunnel.adjacency);
		tunnel.source_path = mine(player, TABLE_PATH, tunnel.source_path);
		result = player->ops->tunnel_insert(player->fwd, &tunnel, &ref);
		break;
	default:
		table = TABLE_PATH;
		path = my_path(player, entry->path);
		result = player->ops->path_insert(player->fwd, &path, &ref.index);
		break;
	}
	if (result == 0 && entry->result == 0)
		learn(player, table, entry, ref);
	return result == entry->result;
}

static bool play_remove(struct player *player, const struct log_entry *entry)
{
	enum table table;
	int result;

	switch (entry->kind) {
	case LOG_ADJACENCY_REMOVE:
		table = TABLE_ADJACENCY;
		result = player->ops->adjacency_remove(player->fwd,
						       mine(player, table, entry->index));
		break;
	case LOG_TUNNEL_REMOVE:
		table = TABLE_TUNNEL;
		result = player->ops->tunnel_remove(player->fwd, my_ref(player, entry));
		break;
	default:
		table = TABLE_PATH;
		result = player->ops->path_remove(player->fwd, mine(player, table, entry->index));
		break;
	}
	forget(player, table, entry->index, result);
	return result == entry->result;
}

static int play_set(const struct player *player, const struct log_entry *entry)
{
	const struct fwd_ops *ops = player->ops;
	struct fwd_path path;

	switch (entry->kind) {
	case LOG_ADJACENCY_SET:
		return ops->adjacency_set(player->fwd, mine(player, TABLE_ADJACENCY, entry->index),
					  &entry->adjacency);
	case LOG_TUNNEL_SET_ADJACENCY:
		return ops->tunnel_set_adjacency(player->fwd, my_ref(player, entry),
						 mine(player, TABLE_ADJACENCY, entry->other));
	case LOG_TUNNEL_SET_MTU:
		return ops->tunnel_set_mtu(player->fwd, my_ref(player, entry),
					   (uint16_t)entry->other);
	default:
		path = my_path(player, entry->path);
		return ops->path_set(player->fwd, mine(player, TABLE_PATH, entry->index), &path);
	}
}

static bool play_binding(const struct player *player, const struct log_entry *entry)
{
	const struct fwd_ops *ops = player->ops;
	uint32_t tunnel = mine(player, TABLE_TUNNEL, entry->index), found;
	int result;

	switch (entry->kind) {
	case LOG_BINDING_INSERT:
		result = ops->binding_insert(player->fwd, &entry->binding, tunnel);
		break;
	case LOG_BINDING_SET:
		result = ops->binding_set(player->fwd, &entry->binding, tunnel);
		break;
	case LOG_BINDING_REMOVE:
		result = ops->binding_remove(player->fwd, &entry->binding);
		break;
	default:
		result = ops->binding_lookup(player->fwd, &entry->binding, &found);
		if (result == 0 && entry->result == 0 && found != tunnel)
			return false;
		break;
	}
	return result == entry->result;
}

static bool play_route(const struct player *player, const struct log_entry *entry)
{
	const struct fwd_ops *ops = player->ops;
	struct fwd_route route = entry->route;
	struct fwd_nexthop found;
	int result;

	route.nexthop = my_nexthop(player, route.nexthop);
	switch (entry->kind) {
	case LOG_ROUTE_SET:
		result = ops->route_set(player->fwd, &route);
		break;
	case LOG_ROUTE_REMOVE:
		result = ops->route_remove(player->fwd, route.realm, &route.prefix);
		break;
	case LOG_ROUTE_LOOKUP:
		result = ops->route_lookup(player->fwd, route.realm, &route.prefix.addr, &found);
		if (result == 0 && entry->result == 0 &&
		    (found.kind != route.nexthop.kind || found.own != route.nexthop.own ||
		     found.id != route.nexthop.id))
			return false;
		break;
	default:
		result = ops->local_set(player->fwd, route.realm, &route.prefix.addr, entry->value);
		break;
	}
	return result == entry->result;
}

static bool play(struct player *player, const struct log_entry *entry)
{
	switch (entry->kind) {
	case LOG_ADJACENCY_INSERT:
	case LOG_TUNNEL_INSERT:
	case LOG_PATH_INSERT:
		return play_insert(player, entry);
	case LOG_ADJACENCY_REMOVE:
	case LOG_TUNNEL_REMOVE:
	case LOG_PATH_REMOVE:
		return play_remove(player, entry);
	case LOG_ADJACENCY_SET:
	case LOG_TUNNEL_SET_ADJACENCY:
	case LOG_TUNNEL_SET_MTU:
	case LOG_PATH_SET:
		return play_set(player, entry) == entry->result;
	case LOG_BINDING_INSERT:
	case LOG_BINDING_SET:
	case LOG_BINDING_REMOVE:
	case LOG_BINDING_LOOKUP:
		return play_binding(player, entry);
	case LOG_RECLAIM:
		return (int)player->ops->reclaim(player->fwd) == entry->result;
	default:
		return play_route(player, entry);
	}
}

size_t fwd_log_replay(const struct fwd_log *log, const struct fwd_ops *ops, struct fwd *fwd)
{
	struct player player = {.ops = ops, .fwd = fwd};
	size_t n = 0;

	while (n < log->n && play(&player, &log->entries[n]))
		n++;
	for (unsigned int table = 0; table < TABLE_MAX; table++)
		free(player.indices[table]);
	return n;
}
