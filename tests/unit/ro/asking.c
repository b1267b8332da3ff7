/* SPDX-License-Identifier: BSD-3-Clause */
/* The other branches as they ask us: mobile routers made of codecs and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/ntp_clock.h"
#include "scene.h"

#define HUB_ADDRESS "198.51.100.1"

/* All that is sent to our home address comes out of the hub's tunnel. */
static struct datagram to_us(const struct far *far, const struct ip_addr *source,
			     const uint8_t *bytes, size_t len)
{
	return (struct datagram){
		.source = *source,
		.destination = far->scene->world->conf.mobile.home_address,
		.source_port = MESSAGE_UDP_PORT,
		.destination_port = MESSAGE_UDP_PORT,
		.port = PORT_NONE,
		.tunnel = mobile_hub_tunnel(far->scene->world->mobile),
		.realm = REALM_MAIN,
		.payload = bytes,
		.len = len,
	};
}

/* --- tests ------------------------------------------------------------------------------------------ */

struct datagram far_init_datagram(const struct far *far, enum rr_test test, uint8_t *bytes)
{
	struct test_init init = {.test = test, .cookie = {7, 6, 5, 4, 3, 2, 1, (uint8_t)test}};
	struct writer writer = writer_of(bytes, 64);

	assert_int_equal(test_init_build(&init, &writer), WIRE_OK);
	return to_us(far, test == RR_HOME ? &far->home_address : &far->care_of, bytes, writer.len);
}

bool far_test(struct far *far, enum rr_test test)
{
	enum message_type type = test == RR_HOME ? MESSAGE_HOME_TEST : MESSAGE_CARE_OF_TEST;
	size_t before = scene_count(far->scene, type);
	const struct scene_sent *sent;
	struct test_reply reply;
	uint8_t bytes[64];
	struct datagram datagram = far_init_datagram(far, test, bytes);

	world_deliver(far->scene->world, &datagram);
	if (scene_count(far->scene, type) == before)
		return false;
	sent = scene_last(far->scene, type);
	assert_int_equal(test_reply_parse(sent->bytes, sent->datagram.len, &reply), WIRE_OK);
	memcpy(far->tokens[test], reply.token, RR_TOKEN_SIZE);
	far->indexes[test] = reply.nonce_index;
	return true;
}

/* --- requests --------------------------------------------------------------------------------------- */

static uint64_t next_identification(struct far *far)
{
	uint64_t now = ntp_from_unix(far->scene->world->core.now.wall);

	if (far->identification && (int64_t)(now - far->identification) <= 0)
		now = far->identification + 1;
	far->identification = now;
	return now;
}

struct registration_request far_request(struct far *far)
{
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = 300,
		.home_address = far->home_address.v4,
		.home_agent = world_addr(HUB_ADDRESS).v4,
		.care_of = far->care_of.v4,
		.identification = next_identification(far),
		.udp = {.is_present = true, .force = true, .encapsulation = 4},
		.n_networks = far->n_networks,
	};

	for (size_t i = 0; i < far->n_networks; i++)
		request.networks[i] = (struct registration_network){far->networks[i].addr.v4,
								    far->networks[i].len};
	return request;
}

static void make_key(struct far *far, bool removes)
{
	far->key.len = KEYGEN_KEY_SIZE;
	far->key.home_index = far->indexes[RR_HOME];
	far->key.care_of_index = removes ? 0 : far->indexes[RR_CARE_OF];
	assert_int_equal(keygen_key(far->scene->world->engine, far->tokens[RR_HOME],
				    removes ? NULL : far->tokens[RR_CARE_OF], far->key.bytes),
			 0);
}

struct datagram far_request_datagram(struct far *far, const struct registration_request *request,
				     uint8_t *bytes)
{
	struct writer writer = writer_of(bytes, MESSAGE_SIZE);

	make_key(far, request->lifetime == 0);
	assert_int_equal(registration_request_build(request, &writer), WIRE_OK);
	assert_int_equal(correspondent_sign(far->scene->world->engine, &far->key, &writer), 0);
	return to_us(far, &far->care_of, bytes, writer.len);
}

int far_heard(struct far *far)
{
	const struct scene_sent *sent;

	if (scene_count(far->scene, MESSAGE_REPLY) == far->n_heard)
		return SILENCE;
	far->n_heard = scene_count(far->scene, MESSAGE_REPLY);
	sent = scene_last(far->scene, MESSAGE_REPLY);
	assert_int_equal(registration_reply_parse(sent->bytes, sent->datagram.len, &far->reply),
			 WIRE_OK);
	far->reply_is_signed = correspondent_verify(far->scene->world->engine, &far->key,
						    sent->bytes, &far->reply.correspondent);
	return far->reply.code;
}

int far_send(struct far *far, const struct datagram *datagram)
{
	far->n_heard = scene_count(far->scene, MESSAGE_REPLY);
	world_deliver(far->scene->world, datagram);
	return far_heard(far);
}

int far_ask(struct far *far, const struct registration_request *request)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram = far_request_datagram(far, request, bytes);

	return far_send(far, &datagram);
}

int far_register(struct far *far)
{
	struct registration_request request = far_request(far);

	assert_true(far_test(far, RR_HOME));
	assert_true(far_test(far, RR_CARE_OF));
	return far_ask(far, &request);
}

int far_leave(struct far *far)
{
	struct registration_request request = far_request(far);

	request.lifetime = 0;
	request.care_of = far->home_address.v4;
	request.n_networks = 0;
	request.udp = (struct registration_udp_request){0};
	return far_ask(far, &request);
}

/* --- tunnels ---------------------------------------------------------------------------------------- */

bool far_knock(struct far *far, uint16_t port)
{
	const struct tunnel_knock knock = {
		.remote = far->care_of,
		.remote_port = port,
		.source = far->home_address,
		.destination = far->scene->world->conf.mobile.home_address,
	};
	struct ip_addr local = link_port_address(&far->scene->world->link, 0);

	return world_knock(far->scene->world, &knock, &local).index != FWD_NONE;
}
