/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show routes: every prefix and what it leads to now. The walk is copied first (32 octets a route),
 * since routes come and go between two pieces of a long answer.
 */
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "oper/show.h"

struct taking {
	struct fwd_route *routes;
	size_t n_routes;
	size_t size;
};

static bool take(void *arg, const struct fwd_route *route)
{
	struct taking *taking = arg;

	if (taking->n_routes == taking->size)
		return false;
	taking->routes[taking->n_routes++] = *route;
	return true;
}

static int take_all(struct answer *answer, const struct running *running)
{
	struct taking taking = {0};
	struct fwd_usage usage;

	running->ops->usage_read(running->fwd, &usage);
	taking.size = (size_t)usage.routes + 1;
	taking.routes = malloc(taking.size * sizeof(*taking.routes));
	if (taking.routes == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	running->ops->route_walk(running->fwd, REALM_MAIN, take, &taking);
	answer->snapshot = taking.routes;
	answer->n_snapshot = taking.n_routes;
	return 0;
}

/* "udp 203.0.113.9:434", what a path's packets go into now. */
static json_t *tunnel_words(const struct running *running, uint32_t index)
{
	struct fwd_tunnel_state state;
	char text[ADDR_TEXT_SIZE];

	if (running->ops->tunnel_read(running->fwd, index, &state) < 0)
		return json_null();
	addr_print(&state.set.remote, text);
	if (state.set.encap == ENCAP_UDP)
		return json_sprintf("udp %s:%u", text, (unsigned int)state.set.remote_port);
	return json_sprintf("%s %s", encap_name(state.set.encap), text);
}

static json_t *path_words(const struct running *running, uint32_t index)
{
	struct fwd_path path;

	if (running->ops->path_read(running->fwd, index, &path) < 0)
		return json_null();
	return path.tunnel == FWD_NONE ? json_string(drop_name(path.down))
				       : tunnel_words(running, path.tunnel);
}

static json_t *adjacency_words(const struct running *running, uint32_t index)
{
	struct fwd_adjacency adjacency;

	if (running->ops->adjacency_read(running->fwd, index, &adjacency) < 0)
		return json_null();
	return show_port(running, adjacency.port);
}

static json_t *row(const struct running *running, const struct fwd_route *route)
{
	static const char *const kinds[NEXTHOP_KIND_MAX] = {
		[NEXTHOP_NONE] = "none",
		[NEXTHOP_PATH] = "path",
		[NEXTHOP_ADJACENCY] = "adjacency",
		[NEXTHOP_UNREACHABLE] = "unreachable",
	};
	const struct fwd_nexthop *nexthop = &route->nexthop;
	json_t *via = json_null();
	json_t *row = json_object();

	if (nexthop->kind == NEXTHOP_PATH)
		via = path_words(running, nexthop->id);
	else if (nexthop->kind == NEXTHOP_ADJACENCY)
		via = adjacency_words(running, nexthop->id);
	else if (nexthop->kind == NEXTHOP_UNREACHABLE)
		via = json_string(drop_name((enum drop_reason)nexthop->id));
	json_object_set_new(row, "prefix", show_prefix(&route->prefix));
	json_object_set_new(
		row, "kind",
		json_string(nexthop->kind < NEXTHOP_KIND_MAX ? kinds[nexthop->kind] : "?"));
	json_object_set_new(row, "id",
			    nexthop->kind == NEXTHOP_UNREACHABLE ? json_null()
								 : show_number(nexthop->id));
	json_object_set_new(row, "via", via);
	json_object_set_new(row, "own", json_boolean(nexthop->own));
	return row;
}

int show_routes(struct answer *answer, const struct running *running)
{
	const struct fwd_route *routes;

	if (answer->snapshot == NULL) {
		int result = take_all(answer, running);

		if (result < 0)
			return result;
	}
	routes = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++)
		answer_row(answer, row(running, &routes[answer->cursor++]));
	return answer->cursor < answer->n_snapshot;
}
