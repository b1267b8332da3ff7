/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Home Agent's life, and a message's way through it: request -> decision (registrar.c) -> effects
 * (accept.c) -> answer (reply.c) -> event (tell.c).
 */
#include "home/home.h"

#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "home/accept.h"
#include "home/binding.h"
#include "home/forward.h"
#include "home/registrar.h"
#include "home/release.h"
#include "home/reload.h"
#include "home/reply.h"
#include "home/revoke.h"
#include "home/state.h"
#include "home/tell.h"

/* --- what the tables refused to let go of ------------------------------------------------------ */

void home_settle_later(struct subscriber *subscriber)
{
	struct home *home = subscriber->home;

	if (subscriber->unsettled)
		return;
	subscriber->unsettled = true;
	subscriber->next_unsettled = home->unsettled;
	home->unsettled = subscriber;
	/* Cannot fail: it has been in the heap since the beginning. */
	core_timer_set(home->core, &home->settle, HOME_SETTLE_RETRY);
}

static void settle(struct timer *timer, void *arg)
{
	struct home *home = arg;
	struct subscriber *subscriber = home->unsettled;

	timer_set(&home->core->timers, timer, TIME_NEVER);
	home->core->ops->reclaim(home->core->fwd);
	home->unsettled = NULL;
	while (subscriber) {
		struct subscriber *next = subscriber->next_unsettled;

		subscriber->unsettled = false;
		forward_settle(subscriber);
		home_forget(subscriber);
		subscriber = next;
	}
	if (unbound_remove(home->core, &home->leftover, &home->unbound) > 0)
		core_timer_set(home->core, &home->settle, HOME_SETTLE_RETRY);
}

void home_forget(struct subscriber *subscriber)
{
	struct home *home = subscriber->home;

	if (subscriber->conf || subscriber->revoking || subscriber->unsettled)
		return;
	HASH_DELETE(by_address, home->leaving, subscriber);
	subscriber_free(subscriber);
}

/* --- life --------------------------------------------------------------------------------------- */

static int install(struct home *home, struct error *err)
{
	static const struct unbound nothing;
	const struct ip_addr *address = &home->conf->home.address;
	char text[ADDR_TEXT_SIZE];
	int result;

	result = unbound_build(&home->unbound, home->conf);
	if (result < 0)
		return error_set(err, result, "no memory");
	result = unbound_install(home->core, &nothing, &home->unbound, err);
	if (result < 0)
		goto out_unbound;
	result = link_address_insert(home->link, REALM_MAIN, address);
	if (result == 0)
		return 0;
	error_set(err, result, "home agent address %s can't be taken", addr_print(address, text));
	unbound_remove(home->core, &home->unbound, &nothing);
out_unbound:
	unbound_free(&home->unbound);
	return result;
}

int home_create(struct home **made, struct core *core, struct link *link, const struct conf *conf,
		struct error *err)
{
	struct home *home = calloc(1, sizeof(*home));
	int result = -ENOMEM;

	if (!home)
		return error_set(err, result, "no memory");
	home->core = core;
	home->link = link;
	home->conf = conf;
	ntp_clock_init(&home->clock, &core->now);
	timer_init(&home->settle, settle, home);
	if (timer_set(&core->timers, &home->settle, TIME_NEVER) < 0) {
		error_set(err, result, "no memory");
		goto out_free;
	}
	result = mac_engine_create(&home->engine);
	if (result < 0) {
		error_set(err, result,
			  "the OpenSSL library lacks HMAC-MD5, HMAC-SHA1 or "
			  "HMAC-SHA256 (a FIPS provider?)");
		goto out_timer;
	}
	result = roster_build(&home->roster, home, home->engine, conf, err);
	if (result < 0)
		goto out_engine;
	result = reload_claims(&home->claims, &home->roster);
	if (result < 0) {
		error_set(err, result, "no memory");
		goto out_roster;
	}
	result = pairs_init(home);
	if (result < 0) {
		error_set(err, result, "no memory");
		goto out_claims;
	}
	result = install(home, err);
	if (result < 0)
		goto out_pairs;
	pairs_run(home, conf->home.route_optimization);
	*made = home;
	return 0;
out_pairs:
	pairs_fini(home);
out_claims:
	free(home->claims.list);
out_roster:
	roster_free(&home->roster);
out_engine:
	mac_engine_destroy(home->engine);
out_timer:
	core_timer_stop(core, &home->settle);
out_free:
	free(home);
	return result;
}

static void forget_leaving(struct home *home)
{
	struct subscriber *subscriber = home->leaving;

	while (subscriber) {
		struct subscriber *next = subscriber->by_address.next;

		revoke_cancel(subscriber);
		subscriber->unsettled = false;
		home_forget(subscriber);
		subscriber = next;
	}
}

void home_destroy(struct home *home)
{
	static const struct unbound nothing;

	if (!home)
		return;
	for (struct subscriber *i = home->roster.by_address; i; i = i->by_address.next) {
		release_all(i);
		revoke_cancel(i);
	}
	forget_leaving(home);
	unbound_remove(home->core, &home->leftover, &nothing);
	unbound_remove(home->core, &home->unbound, &nothing);
	unbound_free(&home->leftover);
	unbound_free(&home->unbound);
	link_address_remove(home->link, REALM_MAIN, &home->conf->home.address);
	roster_free(&home->roster);
	pairs_fini(home);
	core_timer_stop(home->core, &home->settle);
	mac_engine_destroy(home->engine);
	free(home->claims.list);
	free(home->by_path);
	free(home);
}

int home_reload(struct home *home, const struct conf *next, struct error *err)
{
	return reload_apply(home, next, err);
}

int home_clear_binding(struct home *home, const struct ip_addr *home_address)
{
	struct subscriber *subscriber = home_address->family == IP_V4
						? roster_lookup(&home->roster, home_address->v4)
						: NULL;

	if (!subscriber || subscriber->n_bindings == 0)
		return -ENOENT;
	reload_revoke(subscriber, "cleared by the operator");
	return 0;
}

/* --- messages ------------------------------------------------------------------------------------- */

static void finish_refusal(struct home *home, const struct request *request,
			   struct decision *decision)
{
	if (decision->verdict == VERDICT_DENY) {
		home->counters.denied++;
		home->counters.denied_by_code[decision->code]++;
		reply_send(home, request, decision);
	} else {
		home->counters.discarded++;
	}
	tell_refused(home, request, decision);
}

/* Carries the decision out; an acceptance may still turn into a denial. */
static void finish(struct home *home, const struct request *request, struct decision *decision)
{
	struct subscriber *subscriber = decision->subscriber;
	uint8_t code;

	if (decision->verdict == VERDICT_ACCEPT) {
		code = accept_registration(home, request, decision);
		if (code != 0)
			decide_deny(decision, code, decision->reason);
	}
	switch (decision->verdict) {
	case VERDICT_DUPLICATE:
		home->counters.duplicates++;
		tell_repeated(home, request, decision);
		break;
	case VERDICT_REMOVE:
		home->counters.deregistered++;
		accept_removal(home, request);
		break;
	case VERDICT_ACCEPT:
		break;
	default:
		finish_refusal(home, request, decision);
		return;
	}
	if (decision->verdict != VERDICT_DUPLICATE)
		replay_accept(&subscriber->replay, &home->core->now,
			      request->message.identification, &request->datagram->source,
			      request->datagram->source_port);
	reply_send(home, request, decision);
}

static void count_extensions(struct home *home, const struct registration_request *message)
{
	const struct registration_skipped *skipped = &message->skipped;

	home->counters.after_auth += message->auth.ignored;
	home->counters.skipped += skipped->unknown + skipped->malformed + skipped->repeated +
				  skipped->networks + skipped->foreign;
}

static void handle_request(struct home *home, const struct datagram *datagram)
{
	struct request request;
	struct decision decision;
	enum wire_result result =
		registration_request_parse(datagram->payload, datagram->len, &request.message);

	home->counters.requests++;
	if (result != WIRE_OK) {
		home->counters.malformed++;
		home->counters.discarded++;
		tell_unreadable(home, datagram, wire_result_name(result));
		return;
	}
	count_extensions(home, &request.message);
	request.datagram = datagram;
	request.home_address = addr_v4(request.message.home_address);
	request.home_agent = addr_v4(request.message.home_agent);
	request.care_of = addr_v4(request.message.care_of);
	registrar_decide(home, &request, &home->claims, &decision);
	finish(home, &request, &decision);
}

static void watch_clock(struct home *home)
{
	int64_t step = ntp_clock_update(&home->clock, &home->core->now);
	struct event event;

	if (step == 0)
		return;
	event = core_event(home->core, EVENT_CLOCK_STEP);
	event.value = (uint32_t)((step < 0 ? -step : step) / (int64_t)NS_PER_MS);
	snprintf(event.text, sizeof(event.text), "wall clock went %s",
		 step < 0 ? "back: ours does not follow" : "forward: ours follows");
	core_post(home->core, &event);
}

void home_handle_datagram(struct home *home, const struct datagram *datagram)
{
	if (datagram->source.family != IP_V4)
		return;
	watch_clock(home);
	switch (message_type(datagram->payload, datagram->len)) {
	case MESSAGE_REQUEST:
		handle_request(home, datagram);
		break;
	case MESSAGE_REVOCATION_ACK:
		revoke_handle_ack(home, datagram);
		break;
	default:
		home->counters.malformed++;
		tell_unreadable(home, datagram, "not a message for a home agent");
	}
}

/* --- reading ------------------------------------------------------------------------------------------ */

static struct home_binding_view view_of(const struct binding *binding, const struct now *now,
					const struct ip_prefix *networks, size_t n_networks)
{
	const struct endpoint *endpoint = &binding->endpoint;

	return (struct home_binding_view){
		.name = binding->subscriber->conf->name,
		.home_address = binding->subscriber->home_address,
		.care_of = binding->care_of,
		.effective = endpoint->remote,
		.effective_port = endpoint->remote_port,
		.behind_nat = binding->behind_nat,
		.encap = endpoint->encap,
		.tunnel = tunnel_ref(binding->tunnel),
		.granted = binding->granted,
		.remaining = binding->expires == TIME_NEVER
				     ? TIME_NEVER
				     : time_between(now->mono, binding->expires),
		.since = binding->since,
		.spi = binding->spi,
		.identification = binding->identification,
		.renewals = binding->renewals,
		.networks = networks,
		.n_networks = n_networks,
		.optimizes = binding->ro.asked,
		.advertises = binding->ro.advertise,
		.outbound = binding->ro.outbound,
		.listed = listing_contains(binding->subscriber),
		.optimization_code = binding->ro.answered ? binding->ro.code : -1,
	};
}

void home_walk_bindings(const struct home *home, home_binding_visit visit, void *arg)
{
	struct ip_prefix *networks =
		calloc((size_t)home->roster.most_networks + 1, sizeof(networks[0]));
	const struct subscriber *subscriber = home->roster.by_address;
	bool more = networks != NULL;

	for (; more && subscriber; subscriber = subscriber->by_address.next) {
		const struct binding *binding = subscriber->bindings;
		size_t n = 0;

		for (uint32_t i = 0; binding && i < subscriber->n_networks; i++)
			if (subscriber->networks[i].installed && subscriber->networks[i].wanted)
				networks[n++] = subscriber->networks[i].prefix;
		for (; more && binding; binding = binding->next) {
			struct home_binding_view view =
				view_of(binding, &home->core->now, networks, n);

			more = visit(arg, &view);
		}
	}
	free(networks);
}

const struct home_counters *home_counters(const struct home *home)
{
	return &home->counters;
}

void home_walk_violations(const struct home *home, home_violation_visit visit, void *arg)
{
	violation_walk(&home->violations, visit, arg);
}
