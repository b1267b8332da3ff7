/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show ro cache, advertised: the routers that the hub tells of, at the two ends of the telling.
 */
#include <errno.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"
#include "oper/snapshot.h"

/* Nobody's name: a router of no realm. */
static json_t *realm(const char *name)
{
	return name[0] != '\0' ? show_text(name) : json_null();
}

/* --- cache --------------------------------------------------------------------------- */

static bool take_peer(void *arg, const struct ro_peer_view *view)
{
	struct snapshot *snapshot = arg;
	struct ro_prefix_view *prefixes;
	struct ro_peer_view *copy;

	if (snapshot_leaves_out(snapshot, &view->home_address))
		return true;
	copy = snapshot_row(snapshot, sizeof(*copy));
	prefixes = snapshot_list(snapshot, view->n_prefixes * sizeof(*prefixes));
	for (size_t i = 0; i < view->n_prefixes; i++) {
		struct ro_prefix_view prefix = view->prefixes[i];

		prefix.realm = snapshot_text(snapshot, prefix.realm);
		if (prefix.problem != NULL)
			prefix.problem = snapshot_text(snapshot, prefix.problem);
		if (prefixes != NULL)
			prefixes[i] = prefix;
	}
	if (copy != NULL) {
		*copy = *view;
		copy->prefixes = prefixes;
	}
	return true;
}

static void walk_cache(const struct running *running, struct snapshot *snapshot)
{
	ro_walk_cache(haaro_ro(running->haaro), take_peer, snapshot);
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

static json_t *cache_row(const struct running *running, const void *taken)
{
	const struct ro_peer_view *view = taken;
	json_t *names = json_array();

	(void)running;
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
	static const struct snapshot_kind kind = {sizeof(struct ro_peer_view), walk_cache,
						  cache_row};
	const char *only = command_argument(answer, 0);
	int result;

	if (show_branch(answer, running) == NULL)
		return -ENOENT;
	result = snapshot_show(answer, running, &kind);
	if (result == 0 && answer->n_snapshot == 0 && only != NULL)
		return error_set(&answer->err, -ENOENT, "the hub told of no router %s", only);
	return result;
}

/* --- advertised ---------------------------------------------------------------------- */

static bool take_advertised(void *arg, const struct home_advertised_view *view)
{
	struct home_advertised_view *copy = snapshot_row(arg, sizeof(*copy));
	const char **seen_by = snapshot_list(arg, view->n_seen_by * sizeof(*seen_by));
	const char *name = snapshot_text(arg, view->name);
	const char *realm_name = snapshot_text(arg, view->realm);

	for (size_t i = 0; i < view->n_seen_by; i++) {
		const char *seer = snapshot_text(arg, view->seen_by[i]);

		if (seen_by != NULL)
			seen_by[i] = seer;
	}
	if (copy != NULL) {
		*copy = *view;
		copy->name = name;
		copy->realm = realm_name;
		copy->seen_by = seen_by;
	}
	return true;
}

static void walk_advertised(const struct running *running, struct snapshot *snapshot)
{
	home_walk_advertised(haaro_home(running->haaro), take_advertised, snapshot);
}

static json_t *advertised_row(const struct running *running, const void *taken)
{
	const struct home_advertised_view *view = taken;
	json_t *seen_by = json_array();

	(void)running;
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
	static const struct snapshot_kind kind = {sizeof(struct home_advertised_view),
						  walk_advertised, advertised_row};

	if (haaro_home(running->haaro) == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a branch advertises nobody; ask the hub, or show ro cache here");
	return snapshot_show(answer, running, &kind);
}
