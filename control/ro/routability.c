/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two tests by two ways: Home Test Init from the home address through the hub, Care-of Test Init from
 * the care-of address natively. A test that comes by the wrong way proves nothing and is dropped.
 */
#include "ro/routability.h"

/* --- tokens ---------------------------------------------------------------------------------------- */

bool token_is_good(const struct peer *peer, enum rr_test test, const struct ip_addr *care_of)
{
	const struct token *token = &peer->tokens[test];

	if (!token->held || time_between(token->since, ro_mono(peer->ro)) >= TOKEN_LIFETIME)
		return false;
	return test == RR_HOME || addr_is_equal(&token->care_of, care_of);
}

void token_forget(struct peer *peer, enum rr_test test)
{
	mac_wipe(&peer->tokens[test], sizeof(peer->tokens[test]));
}

/* --- out --------------------------------------------------------------------------------------------- */

static void send_init(struct session *session, enum rr_test test)
{
	struct ro *ro = session->peer->ro;
	struct test_init init = {.test = test};
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram = {
		.source = *ro_home_address(ro),
		.destination = session->peer->home_address,
		.source_port = mobile_signalling_port(ro->mobile),
		.destination_port = MESSAGE_UDP_PORT,
		.port = PORT_NONE,
		.tunnel = mobile_hub_tunnel(ro->mobile),
		.realm = REALM_MAIN,
		.payload = bytes,
	};

	if (test == RR_CARE_OF) {
		datagram.source = session->care_of.address;
		datagram.port = session->care_of.port;
		datagram.tunnel.index = FWD_NONE;
	} else if (datagram.tunnel.index == FWD_NONE) {
		return; /* no registration: the next try may have one */
	}
	ro->core->random.fill(ro->core->random.state, RANDOM_COOKIE, session->cookies[test],
			      RR_COOKIE_SIZE);
	session->tested[test] = true;
	memcpy(init.cookie, session->cookies[test], RR_COOKIE_SIZE);
	if (test_init_build(&init, &writer) != WIRE_OK)
		return;
	datagram.len = writer.len;
	/* What can't leave now is sent again like what got lost. */
	(void)link_send_datagram(ro->link, &datagram, 0);
	ro->counters.test_inits_out++;
}

void routability_send(struct session *session)
{
	const struct ip_addr *care_of = &session->care_of.address;

	if (!token_is_good(session->peer, RR_HOME, care_of))
		send_init(session, RR_HOME);
	/* A deregistration's key is made of the home token alone. */
	if (!session->removing && !token_is_good(session->peer, RR_CARE_OF, care_of))
		send_init(session, RR_CARE_OF);
}

void routability_stop(struct session *session)
{
	mac_wipe(session->cookies, sizeof(session->cookies));
	session->tested[RR_HOME] = false;
	session->tested[RR_CARE_OF] = false;
}

/* --- in ---------------------------------------------------------------------------------------------- */

static bool came_right(const struct session *session, const struct datagram *datagram,
		       enum rr_test test)
{
	const struct ro *ro = session->peer->ro;

	if (datagram->source_port != MESSAGE_UDP_PORT ||
	    datagram->destination_port != mobile_signalling_port(ro->mobile))
		return false;
	if (test == RR_HOME)
		return ro_came_by_hub(ro, datagram);
	return addr_is_equal(&datagram->destination, &session->care_of.address) &&
	       datagram->tunnel.index == FWD_NONE && datagram->port == session->care_of.port;
}

static bool is_expected(const struct session *session, const struct datagram *datagram,
			const struct test_reply *reply)
{
	return session && session->asking == ASKING_ROUTABILITY && session->tested[reply->test] &&
	       came_right(session, datagram, reply->test) &&
	       mac_is_equal(session->cookies[reply->test], reply->cookie, RR_COOKIE_SIZE);
}

static void store(struct session *session, const struct test_reply *reply)
{
	struct token *token = &session->peer->tokens[reply->test];

	token->held = true;
	memcpy(token->bytes, reply->token, RR_TOKEN_SIZE);
	token->index = reply->nonce_index;
	token->since = ro_mono(session->peer->ro);
	token->care_of = session->care_of.address;
	session->tested[reply->test] = false;
	session->met[reply->test] = true;
}

bool routability_take(struct ro *ro, const struct datagram *datagram, struct peer **peer)
{
	struct test_reply reply;
	bool expected;

	*peer = peer_find(ro, &datagram->source);
	expected = *peer && test_reply_parse(datagram->payload, datagram->len, &reply) == WIRE_OK &&
		   is_expected((*peer)->session, datagram, &reply);
	if (expected) {
		store((*peer)->session, &reply);
		ro->counters.tests_in++;
	} else {
		ro->counters.tests_dropped++;
	}
	mac_wipe(&reply, sizeof(reply));
	return expected;
}
