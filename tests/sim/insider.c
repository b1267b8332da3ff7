/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A branch that is known and has good keys, but lies: it runs the tests itself, beside its own router,
 * and asks a correspondent for another's network with an authenticator that is right (haaro.md,
 * section 21, row 9). What is its own it may be granted; what is not, never.
 */
#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "auth/correspondent.h"
#include "auth/keygen.h"
#include "auth/ntp_clock.h"
#include "mobile/optimization.h"
#include "wire/registration.h"
#include "wire/return_routability.h"
#include "witness.h"
#include "worker.h"

#define PORT     4343 /* its own; of the router's it keeps away */
#define LIFETIME 30
#define AT_MOST  (10 * NS_PER_S) /* a theft that got no further is begun anew */

static struct node *thief_of(struct sim *sim)
{
	return &sim->nodes[sim->theft.thief];
}

/* --- the tests ----------------------------------------------------------------------------------------------- */

static void send_init(struct sim *sim, enum rr_test test)
{
	struct node *thief = thief_of(sim);
	const struct inject inject = {
		.kind = INJECT_TUNNEL,
		.tunnel = mobile_hub_tunnel(haaro_mobile(thief->haaro)),
	};
	const struct attack attack = {test == RR_HOME ? thief->conf.mobile.home_address.v4
						      : thief->links[sim->theft.port].address,
				      sim->nodes[sim->theft.victim].conf.mobile.home_address.v4,
				      PORT, 434};
	struct test_init init = {.test = test};
	uint8_t message[64], bytes[PUNT_PACKET_MAX];
	struct writer writer = writer_of(message, sizeof(message));
	size_t len;

	(void)test_init_build(&init, &writer);
	len = attacker_build(&attack, message, writer.len, bytes);
	if (test == RR_HOME)
		(void)worker_inject(thief, &inject, bytes, len);
	else
		network_send(thief, sim->theft.port, bytes, len);
}

void insider_act(struct sim *sim)
{
	struct theft *theft = &sim->theft;
	struct mobile_view view;
	struct node *thief;

	if (theft->thief > 0 && sim->now < theft->since + AT_MOST)
		return;
	*theft = (struct theft){
		.thief = attacker_branch(sim),
		.victim = attacker_branch(sim),
		.owner = attacker_branch(sim),
		.since = sim->now,
	};
	thief = thief_of(sim);
	if (!thief->haaro || theft->thief == theft->victim || theft->owner == theft->thief)
		return;
	mobile_read(haaro_mobile(thief->haaro), &view);
	theft->port = view.port;
	if (theft->port >= SIM_UPLINKS || !mobile_is_registered(haaro_mobile(thief->haaro)))
		return;
	send_init(sim, RR_HOME);
	send_init(sim, RR_CARE_OF);
}

/* --- the claim ----------------------------------------------------------------------------------------------- */

static void add_network(struct registration_request *request, const struct ip_prefix *prefix,
			uint8_t longer)
{
	request->networks[request->n_networks++] =
		(struct registration_network){prefix->addr.v4, (uint8_t)(prefix->len + longer)};
}

/* Its own, the other's, and a part of that. */
static void build_claim(struct sim *sim, struct registration_request *request)
{
	const struct theft *theft = &sim->theft;
	const struct node *thief = thief_of(sim);
	struct now now = node_now(&sim->nodes[theft->victim]);

	*request = (struct registration_request){
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = LIFETIME,
		.home_address = thief->conf.mobile.home_address.v4,
		.home_agent = sim->nodes[SIM_HUB].addresses[0].v4,
		.care_of = thief->links[theft->port].address,
		.identification = ntp_from_unix(now.wall),
		.udp = {.is_present = true, .force = true},
	};
	add_network(request, &thief->networks[0], 0);
	add_network(request, &sim->nodes[theft->owner].networks[0], 0);
	add_network(request, &sim->nodes[theft->owner].networks[0], 1);
}

static int sign(const struct theft *theft, struct writer *writer)
{
	struct correspondent_key key = {
		.len = KEYGEN_KEY_SIZE,
		.home_index = theft->index[RR_HOME],
		.care_of_index = theft->index[RR_CARE_OF],
	};
	struct mac_engine *engine;
	int result = mac_engine_create(&engine);

	if (result < 0)
		return result;
	result = keygen_key(engine, theft->token[RR_HOME], theft->token[RR_CARE_OF], key.bytes);
	if (result == 0)
		result = correspondent_sign(engine, &key, writer);
	mac_engine_destroy(engine);
	return result;
}

/* It has asked for this, in a way: what it is granted of its own is no breach. */
static void send_claim(struct sim *sim)
{
	static struct registration_request request;
	struct node *thief = thief_of(sim);
	const struct attack attack = {thief->links[sim->theft.port].address,
				      sim->nodes[sim->theft.victim].conf.mobile.home_address.v4,
				      PORT, 434};
	uint8_t message[MESSAGE_SIZE], bytes[PUNT_PACKET_MAX];
	struct writer writer = writer_of(message, sizeof(message));
	size_t len;

	build_claim(sim, &request);
	if (registration_request_build(&request, &writer) != WIRE_OK ||
	    sign(&sim->theft, &writer) < 0)
		return;
	len = attacker_build(&attack, message, writer.len, bytes);
	witness_native(thief, bytes, len);
	network_send(thief, sim->theft.port, bytes, len);
	sim->thefts++;
}

void insider_see(struct node *node, const struct packet_udp *udp)
{
	struct sim *sim = node->sim;
	struct theft *theft = &sim->theft;
	struct test_reply reply;

	if (theft->thief != node->number || udp->destination_port != PORT ||
	    test_reply_parse(udp->payload, udp->payload_len, &reply) != WIRE_OK)
		return;
	memcpy(theft->token[reply.test], reply.token, RR_TOKEN_SIZE);
	theft->index[reply.test] = reply.nonce_index;
	theft->has[reply.test] = true;
	if (theft->has[RR_HOME] && theft->has[RR_CARE_OF]) {
		theft->has[RR_HOME] = false;
		send_claim(sim);
	}
}
