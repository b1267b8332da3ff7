/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Building and sending. Every request repeats everything that the registration is made of, for the
 * hub replaces what it holds by what the newest one says (nemo4.md, section 3.4).
 */
#include "mobile/request.h"

#include <assert.h>
#include <errno.h>

#include "mobile/networks.h"

static_assert(CONF_MOBILE_NETWORKS_MAX <= REGISTRATION_NETWORKS_MAX,
	      "every network fits into a request");

static void add_registration(const struct mobile *mobile, struct registration_request *message)
{
	const struct mobile_networks *networks = &mobile->networks;
	const struct conf_mobile *conf = &mobile->conf->mobile;

	message->udp.is_present = mobile->request.ask.udp;
	message->udp.force = mobile->request.ask.forced;
	message->udp.encapsulation = UDP_INSIDE_IPV4; /* the flags M and G are never set */
	message->capability = mobile->request.capability;
	message->revocation.is_present = conf->revocation;
	message->revocation.timestamp = ntp_seconds(ntp_from_unix(mobile->core->now.wall));
	if (conf->networks_mode == CONF_NETWORKS_IMPLICIT)
		return;
	for (size_t i = 0; i < networks->n; i++) {
		if (!mobile_networks_asks(networks, i))
			continue;
		message->networks[message->n_networks++] = (struct registration_network){
			.prefix = networks->list[i].prefix.addr.v4,
			.len = networks->list[i].prefix.len,
		};
	}
}

/* A deregistration has none of the extensions of a registration (mip4-base.md, section 18). */
static int build(struct mobile *mobile)
{
	const struct conf_mobile *conf = &mobile->conf->mobile;
	struct mobile_request *request = &mobile->request;
	struct writer writer = writer_of(request->bytes, sizeof(request->bytes));
	struct registration_request message = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = request->lifetime,
		.home_address = conf->home_address.v4,
		.home_agent = request->agent.v4,
		.care_of = request->lifetime ? request->care_of.v4 : conf->home_address.v4,
		.identification = request->identification,
	};
	int result;

	if (request->lifetime)
		add_registration(mobile, &message);
	if (registration_request_build(&message, &writer) != WIRE_OK)
		return -EMSGSIZE;
	result = sa_sign(&mobile->sa.entries[0], &writer);
	request->len = writer.len;
	return result;
}

void mobile_request_send(struct mobile *mobile, uint16_t lifetime,
			 const struct mobile_nat_request *ask, bool again)
{
	struct mobile_request *request = &mobile->request;
	struct datagram datagram;

	if (!again || mobile->replay.style != CONF_REPLAY_NONCES) {
		request->agent = mobile->agent;
		request->care_of = mobile->active->care_of;
		request->lifetime = lifetime;
		request->ask = *ask;
		request->capability = mobile->capability;
		/* Of equal bytes the first counts: the hub may have accepted just that one. */
		request->sent = mobile->core->now.mono;
		request->identification = replay_client_next(&mobile->replay, &mobile->core->now,
							     &mobile->core->random);
		if (build(mobile) < 0)
			request->len = 0;
	}
	request->waiting = true;
	mobile->last_sent = mobile->core->now.mono;
	mobile->asked = true;
	mobile->counters.requests++;
	datagram = (struct datagram){
		.source = request->care_of,
		.destination = request->agent,
		.source_port = mobile_port(mobile),
		.destination_port = MESSAGE_UDP_PORT,
		.port = mobile->active->port,
		.tunnel = {.index = FWD_NONE},
		.realm = REALM_MAIN,
		.payload = request->bytes,
		.len = request->len,
	};
	/* What can't leave now is asked again like what got lost. */
	if (request->len)
		(void)link_send_datagram(mobile->link, &datagram, MESSAGE_TTL_REVERSE_TUNNEL);
}
