/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show ro cache, advertised: the routers that the hub tells of, at the two ends of the telling. They
 * come and go between two pieces of a long answer, so that the walk is copied first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

/* A walk on its way into one block: rows, then what they have lists of, then all text. */
struct taking {
	struct ip_addr only; /* IP_NONE: all */
	size_t n_rows;
	size_t n_items;
	size_t n_text;
	size_t room; /* rows */
	void *rows;  /* NULL while counting */
	void *items;
	char *text;
};

static const char *keep(struct taking *taking, const char *text)
{
	size_t size = strlen(text) + 1;
	char *kept = NULL;

	if (taking->rows != NULL)
		kept = memcpy(taking->text + taking->n_text, text, size);
	taking->n_text += size;
	return kept;
}

/* After the count: makes room for as much, to be taken again. */
static int make_room(struct answer *answer, struct taking *taking, size_t row_size,
		     size_t item_size)
{
	size_t rows = taking->n_rows * row_size;
	size_t items = taking->n_items * item_size;

	taking->rows = calloc(1, rows + items + taking->n_text);
	if (taking->rows == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	taking->items = (char *)taking->rows + rows;
	taking->text = (char *)taking->items + items;
	taking->room = taking->n_rows;
	taking->n_rows = 0;
	taking->n_items = 0;
	taking->n_text = 0;
	answer->snapshot = taking->rows;
	return 0;
}

/* Nobody's name: a router of no realm. */
static json_t *realm(const char *name)
{
	return name[0] != '\0' ? show_text(name) : json_null();
}

/* --- cache --------------------------------------------------------------------------- */

static bool take_peer(void *arg, const struct ro_peer_view *view)
{
	struct taking *taking = arg;
	struct ro_prefix_view *prefixes = taking->items;

	if (addr_is_set(&taking->only) && !addr_is_equal(&taking->only, &view->home_address))
		return true;
	if (taking->rows != NULL && taking->n_rows == taking->room)
		return false;
	for (size_t i = 0; i < view->n_prefixes; i++) {
		struct ro_prefix_view copy = view->prefixes[i];

		copy.realm = keep(taking, copy.realm);
		copy.problem = copy.problem != NULL ? keep(taking, copy.problem) : NULL;
		if (taking->rows != NULL)
			prefixes[taking->n_items + i] = copy;
	}
	if (taking->rows != NULL) {
		struct ro_peer_view *copy = (struct ro_peer_view *)taking->rows + taking->n_rows;

		*copy = *view;
		copy->prefixes = prefixes + taking->n_items;
	}
	taking->n_rows++;
	taking->n_items += view->n_prefixes;
	return true;
}

static int take_cache(struct answer *answer, const struct ro *ro)
{
	struct taking taking = {0};
	int result = command_address(answer, 0, &taking.only);

	if (result < 0)
		return result;
	ro_walk_cache(ro, take_peer, &taking);
	if (taking.n_rows == 0 && addr_is_set(&taking.only))
		return error_set(&answer->err, -ENOENT, "the hub told of no router %s",
				 command_argument(answer, 0));
	if (taking.n_rows == 0)
		return 0;
	result = make_room(answer, &taking, sizeof(struct ro_peer_view),
			   sizeof(struct ro_prefix_view));
	if (result < 0)
		return result;
	ro_walk_cache(ro, take_peer, &taking);
	answer->n_snapshot = taking.n_rows;
	return 0;
}

static json_t *prefix_list(const struct ro_peer_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->n_prefixes; i++) {
		const struct ro_prefix_view *prefix = &view->prefixes[i];

		json_array_append_new(
			list,
			json_pack("{so so sb so}", "prefix", show_prefix(&prefix->prefix), "realm",
				  realm(prefix->realm), "routed", (int)prefix->routed, "problem",
				  prefix->problem ? show_text(prefix->problem) : json_null()));
	}
	return list;
}

static json_t *cache_row(const struct ro_peer_view *view)
{
	json_t *names = json_array();

	for (size_t i = 0; i < view->n_prefixes; i++)
		json_array_append_new(names, show_prefix(&view->prefixes[i].prefix));
	return json_pack("{so sb sb sb so so so so}", "home_address",
			 show_addr(&view->home_address), "advertised", (int)view->advertised,
			 "outbound_only", (int)view->outbound_only, "stale", (int)view->stale,
			 "age_s", show_seconds(view->age), "prefixes", names, "realm",
			 view->n_prefixes ? realm(view->prefixes[0].realm) : json_null(), "details",
			 prefix_list(view));
}

int show_ro_cache(struct answer *answer, const struct running *running)
{
	const struct ro *ro = show_branch(answer, running);
	const struct ro_peer_view *peers;

	if (ro == NULL)
		return -ENOENT;
	if (answer->snapshot == NULL) {
		int result = take_cache(answer, ro);

		if (result < 0)
			return result;
	}
	peers = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++)
		answer_row(answer, cache_row(&peers[answer->cursor++]));
	return answer->cursor < answer->n_snapshot;
}

/* --- advertised ---------------------------------------------------------------------- */

static bool take_advertised(void *arg, const struct home_advertised_view *view)
{
	struct taking *taking = arg;
	struct home_advertised_view *rows = taking->rows;
	struct home_advertised_view copy = *view;
	const char **seen_by = taking->items;

	if (rows != NULL && taking->n_rows == taking->room)
		return false;
	copy.name = keep(taking, view->name);
	copy.realm = keep(taking, view->realm);
	for (size_t i = 0; i < view->n_seen_by; i++) {
		const char *name = keep(taking, view->seen_by[i]);

		if (rows != NULL)
			seen_by[taking->n_items + i] = name;
	}
	if (rows != NULL) {
		copy.seen_by = seen_by + taking->n_items;
		rows[taking->n_rows] = copy;
	}
	taking->n_rows++;
	taking->n_items += view->n_seen_by;
	return true;
}

static int take_all_advertised(struct answer *answer, const struct home *home)
{
	struct taking taking = {0};
	int result;

	home_walk_advertised(home, take_advertised, &taking);
	if (taking.n_rows == 0)
		return 0;
	result = make_room(answer, &taking, sizeof(struct home_advertised_view),
			   sizeof(const char *));
	if (result < 0)
		return result;
	home_walk_advertised(home, take_advertised, &taking);
	answer->n_snapshot = taking.n_rows;
	return 0;
}

static json_t *advertised_row(const struct home_advertised_view *view)
{
	json_t *seen_by = json_array();

	for (size_t i = 0; i < view->n_seen_by; i++)
		json_array_append_new(seen_by, realm(view->seen_by[i]));
	return json_pack("{so so so so so sb so so}", "name", show_text(view->name), "home_address",
			 show_addr(&view->home_address), "realm", realm(view->realm), "prefixes",
			 show_number(view->n_networks), "priority", show_number(view->priority),
			 "outbound_only", (int)view->outbound, "age_s", show_seconds(view->age),
			 "seen_by", seen_by);
}

int show_ro_advertised(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);
	const struct home_advertised_view *rows;

	if (home == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a branch advertises nobody; ask the hub, or show ro cache here");
	if (answer->snapshot == NULL) {
		int result = take_all_advertised(answer, home);

		if (result < 0)
			return result;
	}
	rows = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++)
		answer_row(answer, advertised_row(&rows[answer->cursor++]));
	return answer->cursor < answer->n_snapshot;
}
