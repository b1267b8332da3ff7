/* SPDX-License-Identifier: BSD-3-Clause */
/* An instance of the model: its life, ports, the way up and down, counters. */
#include "fwd_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fwd_model_private.h"

struct fwd *fwd_model_create(const struct fwd_model_options *options)
{
	struct fwd *fwd = calloc(1, sizeof(*fwd));

	if (!fwd)
		return NULL;
	fwd->options = *options;
	fwd->punts_end = &fwd->punts;
	fwd->ports = calloc(options->ports ? options->ports : 1, sizeof(*fwd->ports));
	if (!fwd->ports) {
		free(fwd);
		return NULL;
	}
	model_index_init(&fwd->adjacencies, options->neighbours, sizeof(struct fwd_adjacency));
	model_index_init(&fwd->tunnels, options->tunnels, sizeof(struct model_tunnel));
	model_index_init(&fwd->paths, options->tunnels, sizeof(struct model_path));
	for (uint16_t i = 0; i < options->ports; i++) {
		struct fwd_port_state *port = &fwd->ports[i];

		snprintf(port->name, sizeof(port->name), "port%u", i);
		snprintf(port->driver, sizeof(port->driver), "model");
		port->mac = (struct mac_addr){{0x02, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i}};
		port->mtu = 1500;
		port->queues = 1;
		port->present = true;
		port->pmd_link_up = true;
	}
	return fwd;
}

void fwd_model_destroy(struct fwd *fwd)
{
	if (!fwd)
		return;
	while (fwd->punts) {
		struct model_punt *next = fwd->punts->next;

		free(fwd->punts);
		fwd->punts = next;
	}
	free(fwd->read);
	model_tables_clear(fwd);
	free(fwd->pairs);
	free(fwd->ports);
	free(fwd);
}

void model_fault(struct fwd *fwd, const char *what, uint32_t index)
{
	fwd->faults++;
	snprintf(fwd->fault, sizeof(fwd->fault), "%s: %u", what, index);
}

uint64_t fwd_model_changes(const struct fwd *fwd)
{
	return fwd->changes;
}

unsigned int fwd_model_faults(const struct fwd *fwd, const char **last)
{
	*last = fwd->fault;
	return fwd->faults;
}

/* --- up and down ------------------------------------------------------------------------------ */

int fwd_model_punt(struct fwd *fwd, const struct punt *punt)
{
	struct model_punt *entry;

	if (fwd->n_punts == fwd->options.punts) {
		fwd->counters.drops[DROP_PUNT_FULL]++;
		return -ENOSPC;
	}
	entry = malloc(sizeof(*entry) + punt->len);
	if (!entry)
		return -ENOMEM;
	entry->punt = *punt;
	entry->punt.bytes = entry->bytes;
	entry->next = NULL;
	memcpy(entry->bytes, punt->bytes, punt->len);
	*fwd->punts_end = entry;
	fwd->punts_end = &entry->next;
	fwd->n_punts++;
	return 0;
}

uint32_t fwd_model_punted(const struct fwd *fwd)
{
	return fwd->n_punts;
}

int model_punt_read(struct fwd *fwd, struct punt *punt)
{
	free(fwd->read);
	fwd->read = fwd->punts;
	if (!fwd->read)
		return 0;
	fwd->punts = fwd->read->next;
	if (!fwd->punts)
		fwd->punts_end = &fwd->punts;
	fwd->n_punts--;
	*punt = fwd->read->punt;
	return 1;
}

int model_inject(struct fwd *fwd, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	int result = 0;

	if ((unsigned int)inject->kind >= INJECT_KIND_MAX || len == 0 || len > PUNT_PACKET_MAX)
		return -EINVAL;
	if (fwd->options.inject)
		result = fwd->options.inject(fwd->options.arg, inject, bytes, len);
	fwd->counters.injected += result == 0;
	return result;
}

/* --- ports ------------------------------------------------------------------------------------ */

int model_port_set(struct fwd *fwd, uint16_t port, const struct fwd_port *set)
{
	if (port >= fwd->options.ports)
		return -ENOENT;
	fwd->ports[port].set = *set;
	return 0;
}

int model_port_read(struct fwd *fwd, uint16_t port, struct fwd_port_state *state)
{
	if (port >= fwd->options.ports)
		return -ENOENT;
	*state = fwd->ports[port];
	return 0;
}

int model_port_detach(struct fwd *fwd, uint16_t port)
{
	if (port >= fwd->options.ports)
		return -ENOENT;
	fwd->ports[port].present = false;
	return 0;
}

int model_port_reattach(struct fwd *fwd, uint16_t port)
{
	if (port >= fwd->options.ports)
		return -ENOENT;
	fwd->ports[port].present = true;
	return 0;
}

struct fwd_port_state *fwd_model_port(struct fwd *fwd, uint16_t port)
{
	return port < fwd->options.ports ? &fwd->ports[port] : NULL;
}

/* --- what is read ----------------------------------------------------------------------------- */

uint32_t model_reclaim(struct fwd *fwd)
{
	model_index_reclaim(&fwd->adjacencies);
	model_index_reclaim(&fwd->tunnels);
	model_index_reclaim(&fwd->paths);
	return 0;
}

void model_counters_read(struct fwd *fwd, struct fwd_counters *counters)
{
	*counters = fwd->counters;
}

int model_worker_read(struct fwd *fwd, unsigned int worker, struct worker_counters *counters)
{
	(void)fwd;
	if (worker > 0)
		return -ENOENT;
	*counters = (struct worker_counters){.core = UINT16_MAX};
	return 0;
}

void model_usage_read(struct fwd *fwd, struct fwd_usage *usage)
{
	*usage = (struct fwd_usage){
		.tunnels = fwd->tunnels.n_live,
		.tunnels_capacity = fwd->tunnels.capacity,
		.paths = fwd->paths.n_live,
		.paths_capacity = fwd->paths.capacity,
		.bindings = HASH_COUNT(fwd->bindings),
		.bindings_capacity = fwd->options.tunnels,
		.routes = HASH_COUNT(fwd->routes),
		.routes_capacity = fwd->options.prefixes + fwd->options.tunnels,
		.adjacencies = fwd->adjacencies.n_live,
		.adjacencies_capacity = fwd->adjacencies.capacity,
		.retired =
			fwd->tunnels.n_retired + fwd->paths.n_retired + fwd->adjacencies.n_retired,
		.table_full = fwd->full,
	};
}

void model_drop_count(struct fwd *fwd, enum drop_reason reason)
{
	if ((unsigned int)reason < DROP_MAX)
		fwd->counters.drops[reason]++;
}

struct tunnel_counters *fwd_model_tunnel_counters(struct fwd *fwd, uint32_t tunnel)
{
	struct model_tunnel *entry = model_index_at(&fwd->tunnels, tunnel);

	return entry ? &entry->counters : NULL;
}

void fwd_model_count_path(struct fwd *fwd, uint32_t path, enum fwd_model_way way, bool direct,
			  uint32_t len)
{
	struct model_path *entry = model_index_at(&fwd->paths, path);
	struct path_counters *counters;
	struct counter *counter;

	if (!entry || !entry->set.count)
		return;
	counters = &entry->counters;
	if (way == FWD_MODEL_SENT)
		counter = entry->set.direct ? &counters->sent_direct : &counters->sent_hub;
	else
		counter = direct ? &counters->received_direct : &counters->received_hub;
	counter->packets++;
	counter->bytes += len;
}

bool fwd_model_count_pair(struct fwd *fwd, uint32_t from, uint32_t to)
{
	size_t i = 0;

	if (!fwd->pairs)
		fwd->pairs = calloc(MODEL_PAIRS_MAX, sizeof(*fwd->pairs));
	if (!fwd->pairs)
		return false;
	while (i < fwd->n_pairs && (fwd->pairs[i].from != from || fwd->pairs[i].to != to))
		i++;
	if (i == MODEL_PAIRS_MAX)
		return false;
	if (i == fwd->n_pairs)
		fwd->pairs[fwd->n_pairs++] = (struct fwd_pair){.from = from, .to = to};
	fwd->pairs[i].samples++;
	return true;
}

void model_pairs_walk(struct fwd *fwd, fwd_pair_visit visit, void *arg)
{
	for (size_t i = 0; i < fwd->n_pairs; i++)
		if (model_index_is_live(&fwd->paths, fwd->pairs[i].from) &&
		    model_index_is_live(&fwd->paths, fwd->pairs[i].to))
			visit(arg, &fwd->pairs[i]);
}

void model_pairs_forget(struct fwd *fwd, uint32_t path)
{
	size_t n = 0;

	for (size_t i = 0; i < fwd->n_pairs; i++)
		if (fwd->pairs[i].from != path && fwd->pairs[i].to != path)
			fwd->pairs[n++] = fwd->pairs[i];
	fwd->n_pairs = n;
}

struct fwd_counters *fwd_model_counters(struct fwd *fwd)
{
	return &fwd->counters;
}

unsigned int fwd_model_local(const struct fwd *fwd, be32 addr)
{
	const struct model_local *entry;

	HASH_FIND(hh, fwd->locals, &addr, sizeof(addr), entry);
	return entry ? entry->flags : 0;
}
