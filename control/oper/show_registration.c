/* SPDX-License-Identifier: BSD-3-Clause */
/* show registration: how a Mobile Router stands with its hub. ready: what wait-ready asks. */
#include <errno.h>

#include "oper/show.h"

static json_t *microseconds(uint64_t duration)
{
	return duration == 0 ? json_null() : show_number(duration / NS_PER_US);
}

static json_t *uplink_list(const struct running *running, const struct mobile_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->n_uplinks; i++) {
		const struct mobile_uplink_view *uplink = &view->uplinks[i];
		json_t *row = json_object();

		json_object_set_new(row, "port", show_port(running, uplink->port));
		json_object_set_new(row, "care_of", show_addr(&uplink->care_of));
		json_object_set_new(row, "active", json_boolean(uplink->active));
		json_object_set_new(row, "carrier", json_boolean(uplink->carrier));
		json_object_set_new(row, "answers",
				    uplink->answers && !uplink->heard
					    ? json_null()
					    : json_boolean(uplink->answers));
		json_object_set_new(row, "rtt_us", microseconds(uplink->rtt));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *network_list(const struct mobile_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->n_networks; i++)
		json_array_append_new(list, json_pack("{so sb si}", "prefix",
						      show_prefix(&view->networks[i].prefix),
						      "accepted", (int)view->networks[i].accepted,
						      "code", (int)view->networks[i].code));
	return list;
}

static json_t *row(const struct running *running, const struct mobile_view *view)
{
	bool has_tunnel = view->tunnel.index != FWD_NONE;
	json_t *row = json_object();

	json_object_set_new(row, "state", json_string(mobile_state_name(view->state)));
	json_object_set_new(row, "home_address", show_addr(&view->home_address));
	json_object_set_new(row, "home_agent", show_addr(&view->home_agent));
	json_object_set_new(row, "care_of", show_addr(&view->care_of));
	json_object_set_new(row, "uplink", show_port(running, view->port));
	json_object_set_new(row, "behind_nat", json_boolean(view->behind_nat));
	json_object_set_new(row, "encapsulation",
			    has_tunnel ? json_string(encap_name(view->encap)) : json_null());
	json_object_set_new(row, "tunnel", show_index(view->tunnel.index));
	json_object_set_new(row, "tunnel_mtu",
			    has_tunnel ? show_number(view->tunnel_mtu) : json_null());
	json_object_set_new(row, "granted_s",
			    has_tunnel ? show_number(view->granted) : json_null());
	json_object_set_new(row, "remaining_s",
			    has_tunnel ? show_seconds(view->remaining) : json_null());
	json_object_set_new(row, "next_try_s", show_seconds(view->next_try));
	json_object_set_new(row, "last_code", show_number(view->last_code));
	json_object_set_new(row, "spi", show_number(view->spi));
	json_object_set_new(row, "clock_offset_s", json_integer(view->clock_offset));
	json_object_set_new(row, "hub_rtt_us", microseconds(view->hub_rtt));
	json_object_set_new(row, "last_outage_ms", show_number(view->last_outage / NS_PER_MS));
	json_object_set_new(row, "networks", network_list(view));
	json_object_set_new(row, "uplinks", uplink_list(running, view));
	return row;
}

int show_registration(struct answer *answer, const struct running *running)
{
	const struct mobile *mobile = haaro_mobile(running->haaro);
	struct mobile_view view;

	if (mobile == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a home agent registers nowhere; try show bindings");
	mobile_read(mobile, &view);
	answer_row(answer, row(running, &view));
	return 0;
}

int show_ready(struct answer *answer, const struct running *running)
{
	const struct mobile *mobile = haaro_mobile(running->haaro);
	struct mobile_view view = {.state = MOBILE_DOWN};
	bool ready = running->is_started && !running->is_stopping;
	const char *state = running->is_stopping ? "stopping" : ready ? "running" : "starting";

	if (mobile != NULL) {
		mobile_read(mobile, &view);
		state = mobile_state_name(view.state);
		ready = ready &&
			(view.state == MOBILE_REGISTERED || view.state == MOBILE_REFRESHING);
	}
	answer_row(answer, json_pack("{sb ss}", "ready", (int)ready, "state", state));
	return 0;
}
