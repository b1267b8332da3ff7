/* SPDX-License-Identifier: BSD-3-Clause */
/* Building, signing with the request's own key, sending. */
#include "ro/answer.h"

#include <errno.h>

static struct registration_reply reply_to(const struct claim *claim)
{
	return (struct registration_reply){
		.code = claim->code,
		.home_address = claim->message.home_address,
		.home_agent = claim->message.home_agent,
		.identification = claim->reply_identification,
	};
}

/* Every Mobile Network Request has its acknowledgement. */
static void add_acks(const struct claim *claim, struct registration_reply *reply)
{
	for (size_t i = 0; i < claim->message.n_networks; i++)
		reply->acks[i] = (struct registration_ack){
			.network = claim->message.networks[i],
			.code = claim->codes[i],
		};
	reply->n_acks = claim->message.n_networks;
}

static void send_reply(const struct claim *claim, const uint8_t *bytes, size_t len)
{
	struct datagram datagram = datagram_back(&claim->datagram);

	datagram.tunnel = mobile_hub_tunnel(claim->ro->mobile);
	datagram.payload = bytes;
	datagram.len = len;
	if (datagram.tunnel.index != FWD_NONE)
		(void)link_send_datagram(claim->ro->link, &datagram, 0);
}

static int build(const struct claim *claim, const struct registration_reply *reply, bool sign,
		 struct writer *writer)
{
	if (registration_reply_build(reply, writer) != WIRE_OK)
		return -EMSGSIZE;
	return sign ? correspondent_sign(claim->ro->engine, &claim->key, writer) : 0;
}

void answer_refuse(const struct claim *claim)
{
	struct registration_reply reply = reply_to(claim);
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (claim->verdict == CLAIM_HINT)
		reply.identification = claim->message.identification;
	if (claim->code == REPLY_MOBNET_ERROR)
		add_acks(claim, &reply);
	if (build(claim, &reply, claim->verdict != CLAIM_HINT, &writer) == 0)
		send_reply(claim, bytes, writer.len);
}

void answer_accept(const struct claim *claim, const struct registration_care_ofs *care_ofs)
{
	struct correspondence *known = claim->peer->correspondence;
	struct registration_reply reply = reply_to(claim);
	struct writer writer = writer_of(known->reply, sizeof(known->reply));

	reply.lifetime = (uint16_t)time_in_seconds(known->granted);
	reply.care_ofs = *care_ofs;
	reply.udp.is_present = claim->message.udp.is_present;
	reply.udp.code = claim->encap == ENCAP_UDP ? UDP_REPLY_WILL_TUNNEL : UDP_REPLY_DECLINED;
	reply.udp.force = claim->message.udp.force;
	add_acks(claim, &reply);
	known->reply_len = 0;
	if (build(claim, &reply, true, &writer) < 0)
		return;
	known->reply_len = writer.len;
	send_reply(claim, known->reply, known->reply_len);
}

void answer_remove(const struct claim *claim)
{
	struct registration_reply reply = reply_to(claim);
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (build(claim, &reply, true, &writer) == 0)
		send_reply(claim, bytes, writer.len);
}

void answer_again_send(const struct claim *claim)
{
	const struct correspondence *known = claim->peer->correspondence;

	if (known->reply_len > 0)
		send_reply(claim, known->reply, known->reply_len);
}
