/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show bindings: who is registered at the Home Agent, where it was seen and what it serves.
 */
#include <errno.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"
#include "oper/snapshot.h"

static bool take(void *arg, const struct home_binding_view *view)
{
	struct snapshot *snapshot = arg;
	size_t size = view->n_networks * sizeof(*view->networks);
	struct home_binding_view *copy;
	struct ip_prefix *networks;
	const char *name;

	if (snapshot_leaves_out(snapshot, &view->home_address))
		return true;
	copy = snapshot_row(snapshot, sizeof(*copy));
	networks = snapshot_list(snapshot, size);
	name = snapshot_text(snapshot, view->name);
	if (copy == NULL)
		return true;
	*copy = *view;
	copy->name = name;
	copy->networks = networks;
	if (size > 0)
		memcpy(networks, view->networks, size);
	return true;
}

static void walk(const struct running *running, struct snapshot *snapshot)
{
	home_walk_bindings(haaro_home(running->haaro), take, snapshot);
}

static json_t *network_list(const struct ip_prefix *networks, size_t n_networks)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n_networks; i++)
		json_array_append_new(list, show_prefix(&networks[i]));
	return list;
}

static json_t *row(const struct running *running, const void *taken)
{
	const struct home_binding_view *view = taken;
	json_t *row = json_object();

	json_object_set_new(row, "name", show_text(view->name));
	json_object_set_new(row, "home_address", show_addr(&view->home_address));
	json_object_set_new(row, "care_of", show_addr(&view->care_of));
	json_object_set_new(row, "seen", show_addr(&view->effective));
	json_object_set_new(row, "seen_port", show_number(view->effective_port));
	json_object_set_new(row, "behind_nat", json_boolean(view->behind_nat));
	json_object_set_new(row, "encapsulation", json_string(encap_name(view->encap)));
	json_object_set_new(row, "tunnel", show_index(view->tunnel.index));
	json_object_set_new(row, "granted_s", show_number(view->granted));
	json_object_set_new(row, "remaining_s", show_seconds(view->remaining));
	json_object_set_new(row, "age_s",
			    show_seconds(time_between(view->since, running->now.mono)));
	json_object_set_new(row, "spi", show_number(view->spi));
	json_object_set_new(row, "identification",
			    json_sprintf("%016llx", (unsigned long long)view->identification));
	json_object_set_new(row, "renewals", show_number(view->renewals));
	json_object_set_new(row, "networks", network_list(view->networks, view->n_networks));
	return row;
}

int show_bindings(struct answer *answer, const struct running *running)
{
	static const struct snapshot_kind kind = {sizeof(struct home_binding_view), walk, row};
	const char *only = command_argument(answer, 0);
	int result;

	if (haaro_home(running->haaro) == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a mobile router has no bindings; try show registration");
	result = snapshot_show(answer, running, &kind);
	if (result == 0 && answer->n_snapshot == 0 && only != NULL)
		return error_set(&answer->err, -ENOENT, "%s is not bound", only);
	return result;
}
