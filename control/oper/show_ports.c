/* SPDX-License-Identifier: BSD-3-Clause */
/* show ports, workers and stages: what moves packets, and how busy it is. */
#include <errno.h>

#include "oper/show.h"

static json_t *address_list(const struct conf_port *port)
{
	json_t *list = json_array();

	for (size_t i = 0; i < port->n_addresses; i++) {
		json_t *addr = show_addr(&port->addresses[i]);

		json_array_append_new(list, json_sprintf("%s/%u", json_string_value(addr),
							 (unsigned int)port->networks[i].len));
		json_decref(addr);
	}
	return list;
}

static json_t *port_row(const struct conf_port *port, const struct fwd_port_state *state)
{
	static const char *const roles[] = {
		[PORT_ROLE_HUB] = "hub",
		[PORT_ROLE_UPLINK] = "uplink",
		[PORT_ROLE_LAN] = "lan",
	};
	const struct port_counters *counters = &state->counters;
	json_t *row = json_object();

	json_object_set_new(row, "port", json_string(port->name));
	json_object_set_new(row, "state",
			    json_string(!state->present ? "gone"
					: state->set.up ? "up"
							: "down"));
	json_object_set_new(
		row, "role",
		json_string(state->set.role <= PORT_ROLE_LAN ? roles[state->set.role] : "?"));
	json_object_set_new(row, "device", json_string(port->device));
	json_object_set_new(row, "driver", show_text(state->driver));
	json_object_set_new(row, "mac", show_mac(&state->mac));
	json_object_set_new(row, "mtu", show_number(state->mtu));
	json_object_set_new(row, "queues", show_number(state->queues));
	json_object_set_new(row, "driver_link", json_boolean(state->pmd_link_up));
	json_object_set_new(row, "addresses", address_list(port));
	json_object_set_new(row, "gateway", show_addr(&port->gateway));
	json_object_set_new(row, "received_packets", show_number(counters->received.packets));
	json_object_set_new(row, "received_bytes", show_number(counters->received.bytes));
	json_object_set_new(row, "sent_packets", show_number(counters->sent.packets));
	json_object_set_new(row, "sent_bytes", show_number(counters->sent.bytes));
	json_object_set_new(row, "receive_missed", show_number(counters->receive_missed));
	json_object_set_new(row, "receive_errors", show_number(counters->receive_errors));
	json_object_set_new(row, "send_errors", show_number(counters->send_errors));
	return row;
}

int show_ports(struct answer *answer, const struct running *running)
{
	for (uint16_t i = 0; i < running->conf->n_ports; i++) {
		struct fwd_port_state state;

		if (running->ops->port_read(running->fwd, i, &state) == 0)
			answer_row(answer, port_row(&running->conf->ports[i], &state));
	}
	return 0;
}

/* A share in percent, with one decimal; null when there is nothing to divide by. */
static json_t *share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? json_null() : json_real((double)(part * 1000 / whole) / 10.0);
}

static json_t *ratio(uint64_t part, uint64_t whole)
{
	return whole == 0 ? json_null() : show_number(part / whole);
}

int show_workers(struct answer *answer, const struct running *running)
{
	for (unsigned int i = 0; i < running->workers; i++) {
		struct worker_counters worker;
		struct busy_sample now = {0};
		json_t *row = json_object();

		if (i < RUNNING_WORKERS_MAX)
			now = running->busy[i];
		if (running->ops->worker_read(running->fwd, i, &worker) < 0)
			worker = (struct worker_counters){.core = UINT16_MAX};
		json_object_set_new(row, "worker", show_number(i));
		json_object_set_new(row, "core",
				    worker.core == UINT16_MAX ? json_null()
							      : show_number(worker.core));
		json_object_set_new(row, "busy_percent", share(now.last_busy, now.last_total));
		json_object_set_new(row, "busy_percent_since_start",
				    share(worker.cycles_busy, worker.cycles_total));
		json_object_set_new(row, "cycles_per_packet",
				    ratio(worker.cycles_busy, worker.packets));
		json_object_set_new(row, "packets", show_number(worker.packets));
		json_object_set_new(row, "polls", show_number(worker.polls));
		json_object_set_new(row, "polls_busy", show_number(worker.polls_busy));
		json_object_set_new(row, "sleeps", show_number(worker.sleeps));
		answer_row(answer, row);
	}
	return 0;
}

int show_stages(struct answer *answer, const struct running *running)
{
	for (unsigned int i = 0; i < running->workers; i++) {
		struct worker_counters worker;

		if (running->ops->worker_read(running->fwd, i, &worker) < 0)
			continue;
		for (int j = 0; j < STAGE_MAX; j++)
			answer_row(answer,
				   json_pack("{so ss so so so so}", "worker", show_number(i),
					     "stage", stage_name((enum stage)j), "packets",
					     show_number(worker.stage[j].packets), "cycles",
					     show_number(worker.stage[j].cycles),
					     "cycles_per_packet",
					     ratio(worker.stage[j].cycles, worker.stage[j].packets),
					     "drops", show_number(worker.stage[j].drops)));
	}
	return 0;
}
