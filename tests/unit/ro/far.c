/* SPDX-License-Identifier: BSD-3-Clause */
/* The other branches as we ask them: correspondents made of codecs and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/ntp_clock.h"
#include "scene.h"

static const struct {
	const char *home_address;
	const char *care_of;
	const char *network;
} names[FARS] = {
	[FAR_A] = {"192.0.2.1", "203.0.113.10", "10.1.0.0"},
	[FAR_B] = {"192.0.2.9", "203.0.113.90", "10.9.0.0"},
	[FAR_C] = {"192.0.2.7", "203.0.113.70", "10.7.0.0"},
};

void far_init(struct scene *scene)
{
	for (size_t i = 0; i < FARS; i++) {
		struct far *far = &scene->far[i];

		*far = (struct far){
			.scene = scene,
			.home_address = world_addr(names[i].home_address),
			.care_of = world_addr(names[i].care_of),
			.networks = {prefix_v4(world_addr(names[i].network).v4, 24)},
			.n_networks = 1,
			.lifetime = 420,
			.n_care_ofs = 1,
			.care_ofs = {world_addr(names[i].care_of).v4},
		};
		nonces_init(&far->nonces, &scene->world->random);
	}
}

void far_fini(struct scene *scene)
{
	for (size_t i = 0; i < FARS; i++)
		nonces_fini(&scene->far[i].nonces);
}

struct far *far_find(struct scene *scene, const struct ip_addr *home_address)
{
	for (size_t i = 0; i < FARS; i++)
		if (addr_is_equal(&scene->far[i].home_address, home_address))
			return &scene->far[i];
	return NULL;
}

/* --- on the way back -------------------------------------------------------------------------------- */

/* To where it came from: through the hub if it came through the hub, else natively. */
static struct datagram back_to(const struct datagram *asked, const uint8_t *bytes, size_t len)
{
	struct datagram datagram = *asked;

	datagram.source = asked->destination;
	datagram.destination = asked->source;
	datagram.source_port = asked->destination_port;
	datagram.destination_port = asked->source_port;
	datagram.payload = bytes;
	datagram.len = len;
	return datagram;
}

/* --- tests ------------------------------------------------------------------------------------------ */

static void take_init(struct far *far, const struct datagram *datagram)
{
	uint64_t mono = far->scene->world->core.now.mono;
	struct world_delivery *delivery;
	const struct nonce *nonce;
	struct test_init init;
	struct test_reply reply;
	struct writer writer;

	assert_int_equal(test_init_parse(datagram->payload, datagram->len, &init), WIRE_OK);
	if (far->deaf[init.test])
		return;
	nonce = nonces_current(&far->nonces, mono);
	reply = (struct test_reply){.test = init.test, .nonce_index = nonce->index};
	memcpy(reply.cookie, init.cookie, sizeof(reply.cookie));
	assert_int_equal(keygen_token(far->scene->world->engine, nonce, init.test,
				      datagram->source.v4, reply.token),
			 0);
	delivery = world_enqueue(far->scene->world);
	writer = writer_of(delivery->bytes, sizeof(delivery->bytes));
	assert_int_equal(test_reply_build(&reply, &writer), WIRE_OK);
	delivery->datagram = back_to(datagram, delivery->bytes, writer.len);
}

/* --- requests --------------------------------------------------------------------------------------- */

static const struct conf_static_key *shared_key(const struct far *far)
{
	const struct conf_optimization *conf = &far->scene->world->conf.mobile.optimization;

	for (size_t i = 0; i < conf->n_static_keys; i++)
		if (addr_is_equal(&conf->static_keys[i].peer, &far->home_address))
			return &conf->static_keys[i];
	return NULL;
}

/* From its own nonces, as a correspondent that keeps no state finds it. */
static bool find_key(struct far *far, const struct datagram *datagram,
		     const struct registration_request *request, struct correspondent_key *key)
{
	uint64_t mono = far->scene->world->core.now.mono;
	struct mac_engine *engine = far->scene->world->engine;
	const struct message_correspondent *auth = &request->correspondent;
	const struct conf_static_key *shared = shared_key(far);
	const struct nonce *home, *care_of;
	uint8_t tokens[RR_TEST_MAX][RR_TOKEN_SIZE];
	bool removes = request->lifetime == 0;

	*key = (struct correspondent_key){.len = KEYGEN_KEY_SIZE};
	if (shared) {
		key->len = shared->secret.len;
		memcpy(key->bytes, shared->secret.bytes, key->len);
		return true;
	}
	key->home_index = auth->home_index;
	key->care_of_index = auth->care_of_index;
	home = nonces_find(&far->nonces, auth->home_index, mono);
	care_of = nonces_find(&far->nonces, auth->care_of_index, mono);
	if (!home || (!removes && !care_of))
		return false;
	assert_int_equal(keygen_token(engine, home, RR_HOME, request->home_address, tokens[0]), 0);
	if (!removes)
		assert_int_equal(
			keygen_token(engine, care_of, RR_CARE_OF, datagram->source.v4, tokens[1]),
			0);
	assert_int_equal(keygen_key(engine, tokens[0], removes ? NULL : tokens[1], key->bytes), 0);
	return true;
}

static uint32_t seconds(const struct far *far)
{
	return (uint32_t)((int64_t)ntp_seconds(ntp_from_unix(far->scene->world->core.now.wall)) +
			  far->ahead);
}

struct registration_reply far_answer(const struct far *far)
{
	const struct registration_request *request = &far->request;
	struct registration_reply reply = {
		.code = far->code,
		.lifetime = request->lifetime < far->lifetime ? request->lifetime : far->lifetime,
		.home_address = request->home_address,
		.home_agent = request->home_agent,
		.identification = request->identification,
	};
	int32_t off = (int32_t)(ntp_seconds(request->identification) - seconds(far));

	if (far->strict && (off > 7 || off < -7)) {
		reply.code = REPLY_IDENTIFICATION;
		reply.identification =
			(uint64_t)seconds(far) << 32 | (uint32_t)request->identification;
	}
	if (!reply_code_is_success(reply.code) || request->lifetime == 0)
		return reply;
	for (size_t i = 0; i < request->n_networks; i++)
		reply.acks[reply.n_acks++] = (struct registration_ack){
			.network = request->networks[i], .code = far->ack_code};
	reply.udp.is_present = request->udp.is_present;
	reply.udp.force = request->udp.force;
	reply.udp.code = far->plain ? UDP_REPLY_DECLINED : UDP_REPLY_WILL_TUNNEL;
	reply.care_ofs.n = far->n_care_ofs;
	memcpy(reply.care_ofs.list, far->care_ofs, sizeof(far->care_ofs));
	return reply;
}

struct datagram far_signed(const struct far *far, const struct registration_reply *reply,
			   const struct correspondent_key *key, uint8_t *bytes)
{
	struct writer writer = writer_of(bytes, MESSAGE_SIZE);

	assert_int_equal(registration_reply_build(reply, &writer), WIRE_OK);
	if (key)
		assert_int_equal(correspondent_sign(far->scene->world->engine, key, &writer), 0);
	return back_to(&far->request_datagram, bytes, writer.len);
}

void far_reply(struct far *far, const struct registration_reply *reply)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram = far_signed(far, reply, &far->request_key, bytes);

	world_deliver(far->scene->world, &datagram);
}

static void take_request(struct far *far, const struct datagram *datagram)
{
	struct mac_engine *engine = far->scene->world->engine;
	struct world_delivery *delivery;
	struct registration_reply reply;
	bool found;

	assert_int_equal(
		registration_request_parse(datagram->payload, datagram->len, &far->request),
		WIRE_OK);
	far->request_datagram = *datagram;
	found = find_key(far, datagram, &far->request, &far->request_key);
	if (found) {
		assert_true(correspondent_verify(engine, &far->request_key, datagram->payload,
						 &far->request.correspondent));
		far->n_requests++;
	}
	if (far->mute)
		return;
	reply = far_answer(far);
	if (!found)
		reply = (struct registration_reply){
			.code = REPLY_NONCES_EXPIRED,
			.home_address = far->request.home_address,
			.home_agent = far->request.home_agent,
			.identification = far->request.identification,
		};
	delivery = world_enqueue(far->scene->world);
	delivery->datagram =
		far_signed(far, &reply, found ? &far->request_key : NULL, delivery->bytes);
}

void far_take(struct far *far, const struct datagram *datagram)
{
	switch (message_type(datagram->payload, datagram->len)) {
	case MESSAGE_HOME_TEST_INIT:
	case MESSAGE_CARE_OF_TEST_INIT:
		take_init(far, datagram);
		break;
	case MESSAGE_REQUEST:
		take_request(far, datagram);
		break;
	default: /* what it asked for: asking.c */
		break;
	}
}
