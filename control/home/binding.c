/* SPDX-License-Identifier: BSD-3-Clause */
/* Binding records: creation, the router's list of them, comparison. What a binding does to the
 * forwarding tables is forward.c's. */
#include "home/binding.h"

#include <stdlib.h>

#include "home/subscriber.h"

bool endpoint_is_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->encap == b->encap && a->local_port == b->local_port &&
	       a->remote_port == b->remote_port && addr_is_equal(&a->local, &b->local) &&
	       addr_is_equal(&a->remote, &b->remote);
}

bool endpoint_has_moved(const struct endpoint *from, const struct endpoint *to)
{
	if (!addr_is_equal(&from->remote, &to->remote))
		return true;
	return from->encap == ENCAP_UDP && to->encap == ENCAP_UDP &&
	       from->remote_port != to->remote_port;
}

struct binding *binding_create(struct subscriber *subscriber, struct core *core,
			       timer_expired expired)
{
	struct binding *binding = calloc(1, sizeof(*binding));

	if (!binding)
		return NULL;
	binding->subscriber = subscriber;
	binding->since = core->now.mono;
	timer_init(&binding->expiry, expired, binding);
	/* Never due, but a place in the heap: to set it later can't fail. */
	if (timer_set(&core->timers, &binding->expiry, TIME_NEVER) < 0) {
		free(binding);
		return NULL;
	}
	return binding;
}

void binding_destroy(struct binding *binding, struct core *core)
{
	if (!binding)
		return;
	core_timer_stop(core, &binding->expiry);
	free(binding);
}

void binding_insert(struct binding *binding)
{
	struct subscriber *subscriber = binding->subscriber;

	binding->next = subscriber->bindings;
	subscriber->bindings = binding;
	subscriber->n_bindings++;
}

void binding_remove(struct binding *binding)
{
	struct subscriber *subscriber = binding->subscriber;
	struct binding **link = &subscriber->bindings;

	while (*link != binding)
		link = &(*link)->next;
	*link = binding->next;
	binding->next = NULL;
	subscriber->n_bindings--;
}

struct binding *binding_lookup(const struct subscriber *subscriber, const struct ip_addr *care_of,
			       bool by_effective)
{
	struct binding *binding;

	for (binding = subscriber->bindings; binding; binding = binding->next)
		if (addr_is_equal(&binding->care_of, care_of))
			return binding;
	for (binding = subscriber->bindings; by_effective && binding; binding = binding->next)
		if (addr_is_equal(&binding->endpoint.remote, care_of))
			return binding;
	return NULL;
}

struct binding *binding_lookup_endpoint(const struct subscriber *subscriber,
					const struct endpoint *endpoint)
{
	struct binding *binding;

	for (binding = subscriber->bindings; binding; binding = binding->next)
		if (endpoint_is_equal(&binding->endpoint, endpoint))
			return binding;
	return NULL;
}

bool binding_is_translated(const struct binding *binding)
{
	return !addr_is_equal(&binding->source, &binding->care_of);
}

uint32_t binding_remaining(const struct binding *binding, const struct now *now)
{
	if (binding->expires == TIME_NEVER)
		return LIFETIME_INFINITE;
	return (uint32_t)time_in_seconds(time_between(now->mono, binding->expires));
}
