/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reply to a request (RFC 5944 section 3.4, 3.8.3; order of extensions mip4-base.md section 6.5:
 * the codec's). It goes back by the way the request came: into the same tunnel for a nested router,
 * natively otherwise, so that neither a binding nor its routes lead it astray.
 */
#include "home/reply.h"

#include <errno.h>

#include "home/advertise.h"
#include "home/optimize.h"
#include "home/state.h"

#define AUTH_HEADER 6 /* of the authenticator: type, length, SPI */

/* A router with more networks than fit into a reply has them all; it is told of the first. */
static void add_acks(struct registration_reply *reply, const struct claims *claims)
{
	for (uint32_t i = 0; i < claims->count && reply->n_acks < REGISTRATION_NETWORKS_MAX; i++) {
		const struct claim *claim = &claims->list[i];

		reply->acks[reply->n_acks++] = (struct registration_ack){
			.network = {claim->address, claim->len},
			.implicit = claim->implicit,
			.code = claim->code,
		};
	}
}

static void add_grant(struct home *home, const struct request *request,
		      const struct decision *decision, struct registration_reply *reply)
{
	const struct conf_home *conf = &home->conf->home;
	struct binding *binding = decision->binding;

	reply->lifetime = (uint16_t)decision->lifetime;
	reply->udp = (struct registration_udp_reply){
		.is_present = decision->nat.reply,
		.code = decision->nat.reply_code,
		.force = decision->nat.reply_forced,
		.keepalive = decision->nat.udp ? (uint16_t)time_in_seconds(conf->nat_keepalive) : 0,
	};
	if (!conf->revocation || !request->message.revocation.is_present)
		return;
	reply->revocation.is_present = true;
	reply->revocation.timestamp = ntp_seconds(ntp_clock_read(&home->clock, &home->core->now));
	binding->revocation_id = reply->revocation.timestamp;
}

static void fill(struct home *home, const struct request *request, const struct decision *decision,
		 struct registration_reply *reply)
{
	bool lasts = decision->verdict == VERDICT_ACCEPT || decision->verdict == VERDICT_DUPLICATE;
	bool is_ours = link_address_is_own(home->link, &request->home_agent);

	*reply = (struct registration_reply){
		.code = decision->code,
		.home_address = request->home_address.v4,
		.home_agent = is_ours ? request->home_agent.v4 : home->conf->home.address.v4,
		.identification = decision->reply_identification,
		.nai = request->message.nai,
	};
	if (lasts) {
		add_grant(home, request, decision, reply);
		optimize_answer(home, request, decision, reply);
	}
	if (lasts || decision->code == REPLY_MOBNET_ERROR)
		add_acks(reply, decision->claims);
}

/* Ports and addresses of the request swapped; never from a broadcast address. */
static struct datagram answer_to(const struct home *home, const struct request *request)
{
	const struct datagram *asked = request->datagram;
	bool to_us = link_address_is_own(home->link, &asked->destination);
	bool from_home_link = request_removes_all(request) &&
			      addr_is_equal(&asked->source, &request->home_address);
	struct datagram answer = datagram_back(asked);

	if (!to_us)
		answer.source = home->conf->home.address;
	/* On the home link whatever binding still exists (mip4-base.md section 12.2). */
	if (from_home_link)
		answer.port = asked->port;
	answer.tunnel = asked->tunnel;
	return answer;
}

void home_send(struct home *home, struct subscriber *subscriber, const struct datagram *datagram)
{
	if (link_send_datagram(home->link, datagram, 0) < 0)
		home->counters.replies_failed++;
	else
		subscriber->last_sent = home->core->now.mono;
}

static enum wire_result build(const struct registration_reply *reply, struct writer *writer)
{
	writer->len = 0;
	return registration_reply_build(reply, writer);
}

/* The advertisement takes the room that the rest leaves, and so comes after it. */
static int write_reply(struct home *home, const struct request *request,
		       const struct decision *decision, struct writer *writer)
{
	size_t auth = AUTH_HEADER + mac_len(decision->key->key.algorithm);
	struct registration_reply reply;

	fill(home, request, decision, &reply);
	if (build(&reply, writer) != WIRE_OK)
		return -ENOSPC;
	if (writer->size - writer->len > auth)
		advertise_answer(home, request, decision, writer->size - writer->len - auth,
				 &reply);
	if (reply.advertisement.is_present && build(&reply, writer) != WIRE_OK)
		return -ENOSPC;
	return sa_sign(decision->key, writer);
}

void reply_send(struct home *home, const struct request *request, const struct decision *decision)
{
	struct datagram datagram = answer_to(home, request);
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (write_reply(home, request, decision, &writer) < 0) {
		home->counters.replies_failed++;
		return;
	}
	datagram.payload = bytes;
	datagram.len = writer.len;
	home_send(home, decision->subscriber, &datagram);
}
