/* SPDX-License-Identifier: BSD-3-Clause */
/* Revocations that wait for their acknowledgment (RFC 3543, section 4; mip4-base.md section 17). */
#include "home/revoke.h"

#include <errno.h>
#include <stdlib.h>

#include "home/reply.h"
#include "home/state.h"
#include "home/tell.h"
#include "wire/revocation.h"

#define FIRST_INTERVAL time_seconds(1)
/* An infinite binding would be told for ever. */
#define LONGEST time_seconds(65534)

static void revoking_free(struct home *home, struct revoking *revoking)
{
	struct revoking **link = &revoking->subscriber->revoking;

	while (*link != revoking)
		link = &(*link)->next;
	*link = revoking->next;
	core_timer_stop(home->core, &revoking->timer);
	free(revoking);
}

static void send_revocation(struct home *home, struct revoking *revoking)
{
	struct subscriber *subscriber = revoking->subscriber;
	const struct sa_entry *key = sa_lookup(&subscriber->sa, revoking->spi);
	struct revocation message = {
		.from_home = true,
		.inform = true,
		.home_address = subscriber->home_address.v4,
		.home_domain = revoking->home_agent.v4,
		.foreign_domain = revoking->care_of.v4,
		.identifier = revoking->last,
	};
	struct datagram datagram = {
		.source = revoking->home_agent,
		.destination = revoking->destination,
		.source_port = MESSAGE_UDP_PORT,
		.destination_port = revoking->destination_port,
		.port = PORT_NONE,
		.tunnel = {.index = FWD_NONE},
		.realm = REALM_MAIN,
	};
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (!key)
		key = &subscriber->sa.entries[0];
	if (revocation_build(&message, &writer) != WIRE_OK || sa_sign(key, &writer) < 0)
		return;
	datagram.payload = bytes;
	datagram.len = writer.len;
	home_send(home, subscriber, &datagram);
}

/* Each transmission has a new timestamp, newer than the registration's and than the one before. */
static void advance_identifier(struct home *home, struct revoking *revoking)
{
	uint32_t clock = ntp_seconds(ntp_clock_read(&home->clock, &home->core->now));

	revoking->last = revocation_is_newer(clock, revoking->last) ? clock : revoking->last + 1;
}

static void transmit(struct timer *timer, void *arg)
{
	struct revoking *revoking = arg;
	struct subscriber *subscriber = revoking->subscriber;
	struct home *home = subscriber->home;
	struct core *core = home->core;

	(void)timer;
	if (core->now.mono >= revoking->ends) {
		revoking_free(home, revoking);
		home_forget(subscriber);
		return;
	}
	advance_identifier(home, revoking);
	send_revocation(home, revoking);
	/* Its place in the heap was free a moment ago: cannot fail. */
	core_timer_set(core, &revoking->timer, revoking->interval);
	revoking->interval *= 2;
}

int revoke_start(struct home *home, const struct binding *binding)
{
	struct core *core = home->core;
	struct subscriber *subscriber = binding->subscriber;
	struct revoking *revoking = calloc(1, sizeof(*revoking));
	uint64_t quiet = subscriber->last_sent + NS_PER_S; /* one message a second, not more */
	bool by_udp = binding->endpoint.encap == ENCAP_UDP;

	if (!revoking)
		return -ENOMEM;
	*revoking = (struct revoking){
		.subscriber = subscriber,
		.home_agent = binding->endpoint.local,
		.care_of = binding->care_of,
		.destination = binding->source,
		.destination_port = by_udp ? binding->endpoint.remote_port : MESSAGE_UDP_PORT,
		.spi = binding->spi,
		.last = binding->revocation_id,
		.ends = binding->expires == TIME_NEVER ? core->now.mono + LONGEST
						       : binding->expires,
		.interval = FIRST_INTERVAL,
	};
	timer_init(&revoking->timer, transmit, revoking);
	if (core_timer_set(core, &revoking->timer, time_between(core->now.mono, quiet)) < 0) {
		free(revoking);
		return -ENOMEM;
	}
	revoking->first = revoking->last + 1;
	revoking->next = subscriber->revoking;
	subscriber->revoking = revoking;
	return 0;
}

void revoke_cancel(struct subscriber *subscriber)
{
	while (subscriber->revoking)
		revoking_free(subscriber->home, subscriber->revoking);
}

void revoke_move(struct subscriber *subscriber)
{
	for (struct revoking *i = subscriber->revoking; i; i = i->next)
		i->subscriber = subscriber;
}

static struct revoking *find(struct subscriber *subscriber, uint32_t identifier)
{
	struct revoking *i = subscriber ? subscriber->revoking : NULL;

	while (i && (revocation_is_newer(i->first, identifier) ||
		     revocation_is_newer(identifier, i->last)))
		i = i->next;
	return i;
}

void revoke_handle_ack(struct home *home, const struct datagram *datagram)
{
	const struct sa_entry *key;
	struct revocation_ack ack;
	struct subscriber *subscriber;
	struct revoking *revoking;
	enum wire_result result = revocation_ack_parse(datagram->payload, datagram->len, &ack);

	if (result != WIRE_OK) {
		home->counters.malformed++;
		tell_unreadable(home, datagram, wire_result_name(result));
		return;
	}
	subscriber = roster_lookup(&home->roster, ack.home_address);
	revoking = find(subscriber, ack.identifier);
	if (!revoking) { /* perhaps a router that a reload removed */
		HASH_FIND(by_address, home->leaving, &ack.home_address, sizeof(be32), subscriber);
		revoking = find(subscriber, ack.identifier);
	}
	if (!revoking)
		return;
	if (sa_verify(&subscriber->sa, datagram->payload, &ack.auth, &key) != SA_OK) {
		home->counters.auth_failed++;
		return;
	}
	revoking_free(home, revoking);
	home_forget(subscriber);
}
