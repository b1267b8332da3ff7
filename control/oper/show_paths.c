/* SPDX-License-Identifier: BSD-3-Clause */
/* show paths, adjacencies: two of the three indirections behind a route, by index. */
#include <errno.h>

#include "oper/show.h"

static json_t *path_row(uint32_t index, const struct fwd_path *path)
{
	bool up = path->tunnel != FWD_NONE;

	return json_pack("{so so so sb so sb sb sb}", "path", show_number(index), "tunnel",
			 show_index(path->tunnel), "backup", show_index(path->backup), "up",
			 (int)up, "down", up ? json_null() : json_string(drop_name(path->down)),
			 "direct", (int)path->direct, "notify_send", (int)path->notify_send,
			 "notify_receive", (int)path->notify_receive);
}

int show_paths(struct answer *answer, const struct running *running)
{
	struct fwd_usage usage;
	int rows = 0;

	running->ops->usage_read(running->fwd, &usage);
	for (int n = 0; n < ANSWER_STEPS && rows < ANSWER_ROWS; n++) {
		uint32_t index = (uint32_t)answer->cursor;
		struct fwd_path path;

		if (index >= usage.paths_capacity)
			return 0;
		answer->cursor++;
		if (running->ops->path_read(running->fwd, index, &path) < 0)
			continue;
		answer_row(answer, path_row(index, &path));
		rows++;
	}
	return 1;
}

static json_t *adjacency_row(const struct running *running, uint32_t index,
			     const struct fwd_adjacency *adjacency)
{
	static const char *const kinds[ADJACENCY_KIND_MAX] = {
		[ADJACENCY_FORWARD] = "forward",
		[ADJACENCY_RESOLVE] = "resolve",
		[ADJACENCY_GLEAN] = "glean",
		[ADJACENCY_DOWN] = "down",
	};
	bool forward = adjacency->kind == ADJACENCY_FORWARD;

	return json_pack("{so ss so so so so}", "adjacency", show_number(index), "kind",
			 adjacency->kind < ADJACENCY_KIND_MAX ? kinds[adjacency->kind] : "?",
			 "port", show_port(running, adjacency->port), "mac",
			 forward ? show_mac(&adjacency->destination) : json_null(), "source",
			 show_mac(&adjacency->source), "mtu", show_number(adjacency->mtu));
}

int show_adjacencies(struct answer *answer, const struct running *running)
{
	struct fwd_usage usage;
	int rows = 0;

	running->ops->usage_read(running->fwd, &usage);
	for (int n = 0; n < ANSWER_STEPS && rows < ANSWER_ROWS; n++) {
		uint32_t index = (uint32_t)answer->cursor;
		struct fwd_adjacency adjacency;

		if (index >= usage.adjacencies_capacity)
			return 0;
		answer->cursor++;
		if (running->ops->adjacency_read(running->fwd, index, &adjacency) < 0)
			continue;
		answer_row(answer, adjacency_row(running, index, &adjacency));
		rows++;
	}
	return 1;
}
