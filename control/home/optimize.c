/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The permission that a capability gives is the router's: with simultaneous bindings its last request
 * speaks for all of them, and ends what an earlier one permitted.
 */
#include "home/optimize.h"

#include "home/binding.h"
#include "home/listing.h"
#include "home/state.h"

#define GRANTED 0

static bool is_granted(const struct subscriber *subscriber)
{
	return !subscriber->conf->refuse_optimization;
}

void optimize_accept(struct home *home, const struct request *request)
{
	const struct registration_capability *capability = &request->message.capability;
	struct binding_optimization ro = {
		.asked = capability->is_present,
		.advertise = (capability->flags & CAPABILITY_ADVERTISE) != 0,
		.outbound = (capability->flags & CAPABILITY_OUTBOUND) != 0,
	};
	struct binding *binding = request->subscriber->bindings;

	if (!ro.asked)
		ro = (struct binding_optimization){0};
	if (ro.asked && home->conf->home.route_optimization) {
		ro.answered = true;
		ro.code = is_granted(request->subscriber) ? GRANTED : OPTIMIZATION_REFUSED;
	}
	for (; binding; binding = binding->next)
		binding->ro = ro;
	listing_update(request->subscriber);
}

/* A duplicate is told what the first was told: it says the same, and comes from the same place. */
void optimize_answer(struct home *home, const struct request *request,
		     const struct decision *decision, struct registration_reply *reply)
{
	const struct registration_capability *capability = &request->message.capability;
	const struct binding_optimization *ro = &decision->binding->ro;

	if (!ro->answered)
		return;
	reply->optimization = (struct registration_optimization){
		.is_present = true,
		.outbound = (capability->flags & CAPABILITY_OUTBOUND) != 0,
		.nat = !addr_is_equal(&request->datagram->source, &request->care_of),
		.solicited = (capability->flags & CAPABILITY_SOLICIT) != 0,
		.code = ro->code,
	};
	if (ro->code < OPTIMIZATION_REFUSED)
		home->counters.ro_granted++;
	else
		home->counters.ro_refused++;
}

bool optimize_is_permitted(const struct subscriber *subscriber)
{
	const struct binding *binding = subscriber->bindings;

	return binding && binding->ro.advertise && subscriber->conf && is_granted(subscriber);
}

bool optimize_is_outbound(const struct subscriber *subscriber)
{
	const struct binding *binding = subscriber->bindings;
	bool detect = subscriber->home->conf->home.detect_nat;

	return binding && (binding->ro.outbound || (detect && binding_is_translated(binding)));
}
