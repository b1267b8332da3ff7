/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a binding. */
#include "home/release.h"

#include "home/forward.h"
#include "home/listing.h"
#include "home/state.h"
#include "home/tell.h"

void release_binding(struct binding *binding)
{
	struct subscriber *subscriber = binding->subscriber;
	struct home *home = subscriber->home;
	struct binding *first;

	binding_remove(binding);
	home->n_bindings--;
	first = subscriber->bindings;
	/* Cannot fail: the path and the tunnels are live. */
	forward_switch(subscriber, first ? first->tunnel : NULL,
		       first && first->next ? first->next->tunnel : NULL);
	for (uint32_t i = 0; !first && i < subscriber->n_networks; i++)
		subscriber->networks[i].wanted = false;
	tunnel_close(home->link, binding->tunnel);
	binding_destroy(binding, home->core);
	forward_settle(subscriber);
	listing_update(subscriber);
}

void release_all(struct subscriber *subscriber)
{
	while (subscriber->bindings)
		release_binding(subscriber->bindings);
}

void release_expired(struct timer *timer, void *arg)
{
	struct binding *binding = arg;
	struct home *home = binding->subscriber->home;

	(void)timer;
	home->counters.expired++;
	tell_binding(home, EVENT_BINDING_EXPIRED, binding, "lifetime ran out");
	release_binding(binding);
}
