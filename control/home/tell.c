/* SPDX-License-Identifier: BSD-3-Clause */
/* Decisions as events. */
#include "home/tell.h"

#include <inttypes.h>
#include <stdio.h>

static struct event event_of(struct home *home, enum event_type type, const struct request *request)
{
	struct event event = core_event(home->core, type);

	event.home_address = request->home_address;
	event.care_of = request->care_of;
	event.peer = request->datagram->source;
	event.peer_port = request->datagram->source_port;
	event.port = request->datagram->port;
	event.spi = request->message.auth.spi;
	event.identification = request->message.identification;
	event.lifetime = request->message.lifetime;
	return event;
}

static const char *name_of(const struct subscriber *subscriber)
{
	return subscriber && subscriber->conf ? subscriber->conf->name : "-";
}

void tell_binding(struct home *home, enum event_type type, const struct binding *binding,
		  const char *reason)
{
	const struct subscriber *subscriber = binding->subscriber;
	struct event event = core_event(home->core, type);

	event.home_address = subscriber->home_address;
	event.care_of = binding->care_of;
	event.peer = binding->endpoint.remote;
	event.peer_port = binding->endpoint.remote_port;
	event.tunnel = tunnel_ref(binding->tunnel);
	event.spi = binding->spi;
	event.identification = binding->identification;
	event.lifetime = binding->granted;
	snprintf(event.text, sizeof(event.text), "%s: %s", name_of(subscriber), reason);
	core_post(home->core, &event);
}

void tell_accepted(struct home *home, enum event_type type, const struct request *request,
		   const struct decision *decision, const struct tunnel *tunnel)
{
	struct event event = event_of(home, type, request);
	const struct claims *claims = decision->claims;

	event.home_address = decision->subscriber->home_address;
	event.tunnel = tunnel_ref(tunnel);
	event.lifetime = decision->lifetime;
	event.value = decision->code;
	snprintf(event.text, sizeof(event.text),
		 "%s: %s%s, asked %u s, %s networks %" PRIu32 " of %" PRIu32 "%s",
		 name_of(decision->subscriber), encap_name(decision->endpoint.encap),
		 decision->behind_nat ? " behind NAT" : "", (unsigned int)request->message.lifetime,
		 claims->asked ? "explicit" : "implicit", claims->granted, claims->count,
		 decision->keep_others ? ", simultaneous" : "");
	core_post(home->core, &event);
}

void tell_repeated(struct home *home, const struct request *request,
		   const struct decision *decision)
{
	struct event event = event_of(home, EVENT_REGISTRATION_REPEATED, request);

	event.tunnel = tunnel_ref(decision->binding->tunnel);
	event.lifetime = decision->lifetime;
	event.value = decision->code;
	snprintf(event.text, sizeof(event.text), "%s: %s", name_of(decision->subscriber),
		 decision->reason);
	core_post(home->core, &event);
}

void tell_removal_of_nothing(struct home *home, const struct request *request)
{
	struct event event = event_of(home, EVENT_BINDING_REMOVED, request);

	snprintf(event.text, sizeof(event.text), "%s: deregistered, had no such binding",
		 name_of(request->subscriber));
	core_post(home->core, &event);
}

void tell_refused(struct home *home, const struct request *request, const struct decision *decision)
{
	bool denied = decision->verdict == VERDICT_DENY;
	struct event event = event_of(
		home, denied ? EVENT_REGISTRATION_DENIED : EVENT_REGISTRATION_DISCARDED, request);

	event.value = denied ? decision->code : 0;
	snprintf(event.text, sizeof(event.text), "%s: %s", name_of(decision->subscriber),
		 decision->reason);
	core_post(home->core, &event);
	if (decision->violation)
		tell_violation(home, request, decision->subscriber, decision->reason);
}

void tell_violation(struct home *home, const struct request *request,
		    const struct subscriber *subscriber, const char *reason)
{
	struct event event = event_of(home, EVENT_VIOLATION, request);
	struct home_violation violation = {
		.when = home->core->now,
		.home_address = request->home_address,
		.peer = request->datagram->source,
		.peer_port = request->datagram->source_port,
		.spi = request->message.auth.spi,
		.identification = request->message.identification,
	};

	snprintf(violation.reason, sizeof(violation.reason), "%s", reason);
	violation_insert(&home->violations, &violation);
	snprintf(event.text, sizeof(event.text), "%s: %s", name_of(subscriber), reason);
	core_post(home->core, &event);
}

void tell_unreadable(struct home *home, const struct datagram *datagram, const char *reason)
{
	struct event event = core_event(home->core, EVENT_REGISTRATION_DISCARDED);

	event.peer = datagram->source;
	event.peer_port = datagram->source_port;
	event.port = datagram->port;
	snprintf(event.text, sizeof(event.text), "%s", reason);
	core_post(home->core, &event);
}
