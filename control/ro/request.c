/* SPDX-License-Identifier: BSD-3-Clause */
/* The key, the message, and on its way: never by a tunnel, whatever is open to the peer. */
#include "ro/request.h"

#include <errno.h>

#include "ro/nat.h"
#include "ro/routability.h"
#include "ro/shared_key.h"

/* --- the key ----------------------------------------------------------------------------------------- */

bool request_has_key(const struct session *session)
{
	const struct ip_addr *care_of = &session->care_of.address;

	if (shared_key_find(session->peer->ro, &session->peer->home_address))
		return true;
	return token_is_good(session->peer, RR_HOME, care_of) &&
	       (session->removing || token_is_good(session->peer, RR_CARE_OF, care_of));
}

static int make_key(struct session *session)
{
	const struct peer *peer = session->peer;
	const struct token *home = &peer->tokens[RR_HOME];
	const struct token *care_of = &peer->tokens[RR_CARE_OF];
	struct correspondent_key *key = &session->key;

	request_forget(session);
	if (shared_key_take(peer->ro, &peer->home_address, key))
		return 0;
	key->len = KEYGEN_KEY_SIZE;
	key->home_index = home->index;
	key->care_of_index = session->removing ? 0 : care_of->index;
	return keygen_key(peer->ro->engine, home->bytes, session->removing ? NULL : care_of->bytes,
			  key->bytes);
}

void request_forget(struct session *session)
{
	mac_wipe(&session->key, sizeof(session->key));
}

/* --- the message --------------------------------------------------------------------------------------- */

/*
 * Of two that prefer different encapsulations both ask for UDP: then one tunnel serves both registrations,
 * and it passes wherever the other does. What the peer asked for before our configuration changed may
 * have been for our sake, and does not count.
 */
static bool is_asked_by_udp(const struct peer *peer)
{
	const struct correspondence *known = peer->correspondence;

	return peer_is_accepted(peer) && known->encap == ENCAP_UDP &&
	       known->expires - known->granted >= peer->ro->preferred;
}

/* The configuration's first choice, unless a NAT or the peer leaves none. */
static bool wants_udp(const struct session *session)
{
	const struct conf_optimization *conf = ro_conf(session->peer->ro);
	bool nat = nat_lookup(session->peer, session->care_of.port) != NAT_ABSENT;

	if (nat)
		return true;
	return !session->plain_only && !conf->draft_00.udp_only_nat &&
	       (conf->encapsulations[0] == ENCAP_UDP || session->udp_only ||
		is_asked_by_udp(session->peer));
}

bool request_is_outdated(const struct session *session)
{
	return session->udp != wants_udp(session);
}

static void add_networks(const struct ro *ro, struct registration_request *message)
{
	struct ip_prefix own[CONF_MOBILE_NETWORKS_MAX];

	message->n_networks = mobile_accepted_networks(ro->mobile, own, CONF_MOBILE_NETWORKS_MAX);
	for (size_t i = 0; i < message->n_networks; i++)
		message->networks[i] = (struct registration_network){
			.prefix = own[i].addr.v4,
			.len = own[i].len,
		};
}

static int build(struct session *session, struct writer *writer)
{
	const struct ro *ro = session->peer->ro;
	struct ip_addr hub = mobile_hub_address(ro->mobile);
	struct registration_request message = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = session->lifetime,
		.home_address = ro_home_address(ro)->v4,
		.home_agent = hub.v4,
		.care_of =
			session->removing ? ro_home_address(ro)->v4 : session->care_of.address.v4,
		.identification = session->identification,
	};

	if (!session->removing) {
		add_networks(ro, &message);
		message.udp.is_present = session->udp;
		message.udp.force = session->udp;
		message.udp.encapsulation = UDP_INSIDE_IPV4;
	}
	if (registration_request_build(&message, writer) != WIRE_OK)
		return -EMSGSIZE;
	return correspondent_sign(ro->engine, &session->key, writer);
}

void request_send(struct session *session)
{
	struct ro *ro = session->peer->ro;
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram = {
		.source = session->care_of.address,
		.destination = session->peer->home_address,
		.source_port = mobile_signalling_port(ro->mobile),
		.destination_port = MESSAGE_UDP_PORT,
		.port = session->care_of.port,
		.tunnel = {.index = FWD_NONE},
		.realm = REALM_MAIN,
		.payload = bytes,
	};

	session->sent = ro_mono(ro);
	session->lifetime =
		session->removing ? 0 : (uint16_t)time_in_seconds(ro_conf(ro)->lifetime);
	session->udp = wants_udp(session);
	session->identification =
		replay_client_next(&session->replay, &ro->core->now, &ro->core->random);
	ro->counters.requests_out++;
	if (make_key(session) < 0 || build(session, &writer) < 0)
		return; /* not answered: what follows is the same */
	datagram.len = writer.len;
	(void)link_send_datagram(ro->link, &datagram, MESSAGE_TTL_REVERSE_TUNNEL);
}
