/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No state is made here, whoever asks and however often: what an answer is worth, its token says when
 * it comes back in a registration.
 */
#include "ro/responder.h"

#include "ro/limit.h"

static bool is_ours_or_hub(const struct ro *ro, const struct ip_addr *source)
{
	struct ip_addr hub = mobile_hub_address(ro->mobile);

	return link_address_is_own(ro->link, source) || addr_is_equal(source, &hub);
}

static bool may_answer(struct ro *ro, const struct datagram *datagram)
{
	/* Who said the capability to the hub must answer, whatever it allowed (RFC 6521, 3.2). */
	if (!mobile_optimization(ro->mobile)->asked.is_present || !ro_came_by_hub(ro, datagram))
		return false;
	if (!addr4_is_unicast(datagram->source.v4) || is_ours_or_hub(ro, &datagram->source) ||
	    ro_owns(ro, datagram->source.v4))
		return false;
	return ro_limit_take(ro, peer_find(ro, &datagram->source), &datagram->source);
}

/* Back by the hub whoever asked. */
static void answer(struct ro *ro, const struct datagram *asked, const struct test_reply *reply)
{
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram = datagram_back(asked);

	if (test_reply_build(reply, &writer) != WIRE_OK)
		return;
	datagram.tunnel = mobile_hub_tunnel(ro->mobile);
	datagram.payload = bytes;
	datagram.len = writer.len;
	if (link_send_datagram(ro->link, &datagram, 0) == 0)
		ro->counters.tests_out++;
}

void responder_wipe(struct ro *ro)
{
	uint64_t next = nonces_expire(&ro->nonces, ro_mono(ro));

	if (next != TIME_NEVER)
		core_timer_set(ro->core, &ro->nonce_timer, time_between(ro_mono(ro), next));
}

void responder_handle(struct ro *ro, const struct datagram *datagram)
{
	const struct nonce *nonce;
	struct test_reply reply;
	struct test_init init;

	ro->counters.test_inits_in++;
	if (test_init_parse(datagram->payload, datagram->len, &init) != WIRE_OK ||
	    !may_answer(ro, datagram)) {
		ro->counters.test_inits_dropped++;
		return;
	}
	nonce = nonces_current(&ro->nonces, ro_mono(ro));
	ro->counters.rotations = ro->nonces.made;
	reply = (struct test_reply){.test = init.test, .nonce_index = nonce->index};
	memcpy(reply.cookie, init.cookie, sizeof(reply.cookie));
	if (keygen_token(ro->engine, nonce, init.test, datagram->source.v4, reply.token) == 0)
		answer(ro, datagram, &reply);
	mac_wipe(&reply, sizeof(reply));
	if (!timer_is_set(&ro->nonce_timer))
		responder_wipe(ro);
}
