/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show bindings: who is registered at the Home Agent, where it was seen and what it serves. The
 * walk is copied first, since bindings come and go between two pieces of a long answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

/* A view whose name and networks are copies: names here, networks behind all views. */
struct copy {
	struct home_binding_view view;
	char name[CONF_NAME_SIZE];
	size_t first_network;
};

struct taking {
	struct ip_addr only; /* IP_NONE: all */
	size_t n_views;
	size_t n_networks;
	struct copy *copies; /* NULL while counting */
	struct ip_prefix *networks;
};

static bool take(void *arg, const struct home_binding_view *view)
{
	struct taking *taking = arg;

	if (addr_is_set(&taking->only) && !addr_is_equal(&taking->only, &view->home_address))
		return true;
	if (taking->copies != NULL) {
		struct copy *copy = &taking->copies[taking->n_views];

		copy->view = *view;
		copy->first_network = taking->n_networks;
		snprintf(copy->name, sizeof(copy->name), "%s", view->name);
		if (view->n_networks > 0)
			memcpy(&taking->networks[taking->n_networks], view->networks,
			       view->n_networks * sizeof(*view->networks));
	}
	taking->n_views++;
	taking->n_networks += view->n_networks;
	return true;
}

static int take_all(struct answer *answer, const struct home *home)
{
	struct taking taking = {0};
	const char *only = command_argument(answer, 0);
	int result = command_address(answer, 0, &taking.only);

	if (result < 0)
		return result;
	home_walk_bindings(home, take, &taking);
	answer->n_snapshot = taking.n_views;
	if (taking.n_views == 0)
		return only == NULL ? 0 : error_set(&answer->err, -ENOENT, "%s is not bound", only);
	answer->snapshot = calloc(1, taking.n_views * sizeof(struct copy) +
					     taking.n_networks * sizeof(struct ip_prefix));
	if (answer->snapshot == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	taking.copies = answer->snapshot;
	taking.networks = (struct ip_prefix *)(taking.copies + taking.n_views);
	taking.n_views = 0;
	taking.n_networks = 0;
	home_walk_bindings(home, take, &taking);
	return 0;
}

static json_t *network_list(const struct ip_prefix *networks, size_t n_networks)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n_networks; i++)
		json_array_append_new(list, show_prefix(&networks[i]));
	return list;
}

static json_t *row(const struct running *running, const struct copy *copy,
		   const struct ip_prefix *networks)
{
	const struct home_binding_view *view = &copy->view;
	json_t *row = json_object();

	json_object_set_new(row, "name", show_text(copy->name));
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
	json_object_set_new(row, "networks", network_list(networks, view->n_networks));
	return row;
}

int show_bindings(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);
	const struct copy *copies;
	const struct ip_prefix *networks;

	if (home == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a mobile router has no bindings; try show registration");
	if (answer->snapshot == NULL) {
		int result = take_all(answer, home);

		if (result < 0)
			return result;
	}
	copies = answer->snapshot;
	networks = (const struct ip_prefix *)(copies + answer->n_snapshot);
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++) {
		const struct copy *copy = &copies[answer->cursor++];

		answer_row(answer, row(running, copy, networks + copy->first_network));
	}
	return answer->cursor < answer->n_snapshot;
}
