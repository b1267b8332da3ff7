/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An acceptance is prepared step by step, each of which may fail and is undone, up to one store that
 * sends the traffic to the new tunnel. After it nothing fails: the old tunnels are closed and the
 * records brought up to date. A renewal that changes nothing makes no forwarding call at all.
 */
#include "home/accept.h"

#include <errno.h>

#include "home/forward.h"
#include "home/optimize.h"
#include "home/release.h"
#include "home/revoke.h"
#include "home/state.h"
#include "home/tell.h"
#include "wire/message.h"

/* Two watch echoes of a router in a row would have been lost by then. */
#define SILENT time_seconds(10)

/* What is prepared and may have to be undone. */
struct change {
	struct binding *binding;
	bool created;
	struct tunnel *tunnel;
	bool opened;
	struct binding *donor; /* whose tunnel it is so far; NULL: newly opened */
};

static uint8_t code_of(int error, const char **reason)
{
	switch (error) {
	case -ENOSPC:
		*reason = "a forwarding table is full";
		return REPLY_RESOURCES;
	case -EAGAIN:
		*reason = "too many removals wait for their grace period";
		return REPLY_RESOURCES;
	case -ENOMEM:
		*reason = "out of memory";
		return REPLY_RESOURCES;
	case -EEXIST:
		*reason = "the tunnel's endpoint is another router's";
		return REPLY_RESOURCES;
	default:
		*reason = "forwarding could not be set up";
		return REPLY_UNSPECIFIED;
	}
}

/*
 * A NAT that restarts may give a router the port that another one had. Whoever was heard there lately
 * keeps it, so that a forged source takes nothing from a live router; but who has fallen silent, as a
 * router without its mapping does, would only keep the new one out until it expires.
 */
static bool evict_silent(struct home *home, const struct endpoint *endpoint)
{
	uint64_t last = 0;
	struct binding *holder = NULL;

	if (endpoint->encap == ENCAP_UDP)
		holder = forward_holder(home, endpoint, &last);
	if (!holder)
		return false;
	if (holder->registered > last)
		last = holder->registered;
	if (time_between(last, home->core->now.mono) < SILENT)
		return false;
	tell_binding(home, EVENT_BINDING_REMOVED, holder, "silent, and its endpoint is another's");
	release_binding(holder);
	return true;
}

static int prepare_tunnel(struct subscriber *subscriber, const struct endpoint *endpoint,
			  struct change *change)
{
	int result;

	change->donor = binding_lookup_endpoint(subscriber, endpoint);
	if (change->donor) {
		change->tunnel = change->donor->tunnel;
		return 0;
	}
	result = forward_open(subscriber, endpoint, &change->tunnel);
	if (result == -EEXIST && evict_silent(subscriber->home, endpoint))
		result = forward_open(subscriber, endpoint, &change->tunnel);
	change->opened = result == 0;
	return result;
}

static int prepare_binding(struct home *home, const struct decision *decision,
			   struct change *change)
{
	change->binding = decision->binding;
	if (change->binding)
		return 0;
	change->binding = binding_create(decision->subscriber, home->core, release_expired);
	change->created = change->binding != NULL;
	return change->created ? 0 : -ENOMEM;
}

/* Installs what was judged possible; a table that is full turns the code of that network to 3. */
static void prepare_networks(struct claims *claims)
{
	claims->granted = 0;
	for (uint32_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->list[i];

		if (claim->code != NETWORK_SUCCESS)
			continue;
		claim->fresh = !claim->network->installed || !claim->network->wanted;
		if (forward_network(claim->network) < 0) {
			claim->fresh = false;
			claim->code = NETWORK_SETUP_FAILED;
			continue;
		}
		claims->granted++;
	}
}

static void undo(struct home *home, const struct decision *decision, struct change *change)
{
	struct claims *claims = decision->claims;

	for (uint32_t i = 0; i < claims->count; i++)
		if (claims->list[i].fresh)
			claims->list[i].network->wanted = false;
	if (change->opened)
		tunnel_close(home->link, change->tunnel);
	if (change->created)
		binding_destroy(change->binding, home->core);
	forward_settle(decision->subscriber);
}

/* Which tunnels the path names afterwards: a new or moved binding comes first. */
static int switch_path(const struct decision *decision, const struct change *change)
{
	const struct subscriber *subscriber = decision->subscriber;
	const struct binding *other = subscriber->bindings;

	if (change->donor && change->donor == change->binding &&
	    (decision->keep_others || subscriber->n_bindings == 1))
		return 0;
	if (!decision->keep_others)
		return forward_switch(decision->subscriber, change->tunnel, NULL);
	while (other && (other == change->binding || other == change->donor))
		other = other->next;
	return forward_switch(decision->subscriber, change->tunnel, other ? other->tunnel : NULL);
}

/* --- from here on nothing fails ---------------------------------------------------------------- */

static void commit_networks(struct subscriber *subscriber, const struct claims *claims)
{
	for (uint32_t i = 0; i < subscriber->n_networks; i++)
		subscriber->networks[i].wanted = false;
	for (uint32_t i = 0; i < claims->count; i++)
		if (claims->list[i].code == NETWORK_SUCCESS)
			claims->list[i].network->wanted = true;
	subscriber->is_explicit = claims->asked;
	forward_settle(subscriber);
}

/* The path is off these already. */
static void drop_binding(struct home *home, struct binding *binding)
{
	binding_remove(binding);
	home->n_bindings--;
	tunnel_close(home->link, binding->tunnel);
	binding_destroy(binding, home->core);
}

static void commit_binding(struct home *home, const struct decision *decision,
			   const struct change *change)
{
	struct subscriber *subscriber = decision->subscriber;
	struct binding *binding = change->binding;
	struct binding *other = subscriber->bindings;

	if (change->created) {
		binding_insert(binding);
		home->n_bindings++;
	} else if (change->donor != binding) { /* moved: it comes first now */
		tunnel_close(home->link, binding->tunnel);
		binding_remove(binding);
		binding_insert(binding);
	}
	binding->tunnel = change->tunnel;
	if (change->donor && change->donor != binding)
		change->donor->tunnel = NULL;
	while (other) {
		struct binding *next = other->next;

		if (other != binding && (!decision->keep_others || other == change->donor))
			drop_binding(home, other);
		other = next;
	}
}

static void commit_record(struct home *home, const struct request *request,
			  const struct decision *decision, struct binding *binding)
{
	struct now *now = &home->core->now;

	binding->care_of = request->care_of;
	binding->endpoint = decision->endpoint;
	binding->behind_nat = decision->behind_nat;
	binding->nat = decision->nat;
	binding->source = request->datagram->source;
	binding->source_port = request->datagram->source_port;
	binding->identification = request->message.identification;
	binding->registered = now->mono;
	binding->granted = decision->lifetime;
	binding->spi = request->message.auth.spi;
	binding->code = decision->code;
	binding->revocable = home->conf->home.revocation && request->message.revocation.is_present;
	binding->expires = decision->lifetime == LIFETIME_INFINITE
				   ? TIME_NEVER
				   : now->mono + time_seconds(decision->lifetime);
	/* Cannot fail: it is in the heap since the binding's creation. */
	timer_set(&home->core->timers, &binding->expiry, binding->expires);
}

static void tell_acceptance(struct home *home, const struct request *request,
			    const struct decision *decision, const struct change *change)
{
	struct home_counters *counters = &home->counters;
	const struct binding *binding = change->binding;
	enum event_type type = EVENT_BINDING_RENEWED;

	counters->nat_detected += decision->behind_nat;
	if (change->created) {
		counters->initial++;
		type = EVENT_BINDING_CREATED;
	} else if (!addr_is_equal(&binding->care_of, &request->care_of)) {
		counters->moved++;
		type = EVENT_BINDING_MOVED;
	} else {
		counters->renewed++;
		if (endpoint_has_moved(&binding->endpoint, &decision->endpoint)) {
			type = EVENT_BINDING_NAT_MOVED;
			tell_violation(home, request, decision->subscriber,
				       "endpoint changed, care-of address did not");
		}
	}
	tell_accepted(home, type, request, decision, change->tunnel);
}

uint8_t accept_registration(struct home *home, const struct request *request,
			    struct decision *decision)
{
	struct subscriber *subscriber = decision->subscriber;
	struct change change = {0};
	uint8_t code;
	int result = prepare_tunnel(subscriber, &decision->endpoint, &change);

	if (result < 0)
		goto out;
	result = prepare_binding(home, decision, &change);
	if (result < 0)
		goto out_undo;
	result = forward_home_address(subscriber);
	if (result < 0)
		goto out_undo;
	prepare_networks(decision->claims);
	if (decision->claims->asked && decision->claims->granted == 0) {
		decision->reason = "forwarding was set up for none of the networks";
		undo(home, decision, &change);
		return REPLY_MOBNET_ERROR;
	}
	result = switch_path(decision, &change);
	if (result < 0)
		goto out_undo;

	tell_acceptance(home, request, decision, &change);
	commit_binding(home, decision, &change);
	commit_networks(subscriber, decision->claims);
	change.binding->renewals += !change.created;
	commit_record(home, request, decision, change.binding);
	decision->binding = change.binding;
	optimize_accept(home, request);
	revoke_cancel(subscriber);
	return 0;
out_undo:
	undo(home, decision, &change);
out:
	code = code_of(result, &decision->reason);
	decision->violation = result == -EEXIST;
	home->counters.no_resources += code == REPLY_RESOURCES && !decision->violation;
	return code;
}

void accept_removal(struct home *home, const struct request *request)
{
	struct subscriber *subscriber = request->subscriber;
	bool all = addr_is_equal(&request->care_of, &subscriber->home_address);
	struct binding *binding;
	bool found = false;

	while ((binding = all ? subscriber->bindings
			      : binding_lookup(subscriber, &request->care_of, true)) != NULL) {
		tell_binding(home, EVENT_BINDING_REMOVED, binding, "deregistered");
		release_binding(binding);
		found = true;
	}
	if (!found)
		tell_removal_of_nothing(home, request);
}
