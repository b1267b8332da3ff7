/* SPDX-License-Identifier: BSD-3-Clause */
/* parse(build(x)) == x and build(parse(b)) == b, over seeded random messages. */
#include "cmocka_all.h"
#include "core/random.h"
#include "wire/registration.h"
#include "wire/revocation.h"

#define ROUNDS 20000

static struct random_seeded seeded;
static struct random generator = {random_seeded_fill, &seeded};
static uint8_t nai[255], advertisement[300];

static uint64_t draw(uint64_t bound)
{
	return random_below(&generator, RANDOM_JITTER, bound);
}

static struct registration_text draw_nai(void)
{
	if (draw(2))
		return (struct registration_text){0};
	random_seeded_fill(&seeded, RANDOM_JITTER, nai, sizeof(nai));
	return (struct registration_text){nai, 1 + draw(sizeof(nai))};
}

static struct registration_revocation draw_revocation(void)
{
	struct registration_revocation revocation = {0};

	if (draw(2)) {
		revocation.is_present = true;
		revocation.inform = draw(2);
		revocation.timestamp = (uint32_t)draw(UINT64_C(1) << 32);
	}
	return revocation;
}

static struct registration_agent draw_agent(void)
{
	struct registration_agent agent = {.kind = (int)draw(3)};

	agent.address = agent.kind == AGENT_NONE ? 0 : (be32)draw(UINT64_C(1) << 32);
	return agent;
}

static struct registration_network draw_network(void)
{
	return (struct registration_network){(be32)draw(UINT64_C(1) << 32), (uint8_t)draw(256)};
}

static struct registration_capability draw_capability(void)
{
	struct registration_capability capability = {.is_present = draw(2)};

	if (!capability.is_present)
		return capability;
	capability.flags = (uint8_t)(draw(16) << 4);
	if ((capability.flags & CAPABILITY_SOLICIT) != 0)
		capability.solicited = (be32)(1 + draw(UINT32_MAX));
	return capability;
}

/* What a home agent adds and what a correspondent does: no real reply has both. */
static void draw_optimization(struct registration_reply *reply)
{
	if (draw(2))
		reply->optimization = (struct registration_optimization){
			true, draw(2), draw(2), draw(2), (uint8_t)draw(32)};
	if (draw(2)) {
		random_seeded_fill(&seeded, RANDOM_JITTER, advertisement, sizeof(advertisement));
		reply->advertisement = (struct registration_advertisement){
			true, advertisement, draw(sizeof(advertisement) + 1)};
	}
	reply->care_ofs.n = draw(2) ? draw(REGISTRATION_CARE_OFS_MAX + 1) : 0;
	for (size_t i = 0; i < reply->care_ofs.n; i++)
		reply->care_ofs.list[i] = (be32)draw(UINT64_C(1) << 32);
}

static void draw_request(struct registration_request *request)
{
	size_t i;

	*request = (struct registration_request){
		.flags = (uint8_t)(draw(256) & 0xfa),
		.lifetime = (uint16_t)draw(65536),
		.home_address = (be32)draw(UINT64_C(1) << 32),
		.home_agent = (be32)draw(UINT64_C(1) << 32),
		.care_of = (be32)draw(UINT64_C(1) << 32),
		.identification = random_u64(&generator, RANDOM_JITTER),
		.nai = draw_nai(),
		.revocation = draw_revocation(),
		.agent = draw_agent(),
		.capability = draw_capability(),
		.n_networks = draw(REGISTRATION_NETWORKS_MAX + 1),
	};
	if (draw(2))
		request->udp = (struct registration_udp_request){true, draw(2), draw(2),
								 (uint8_t)draw(256)};
	for (i = 0; i < request->n_networks; i++)
		request->networks[i] = draw_network();
}

static void draw_reply(struct registration_reply *reply)
{
	size_t i;

	*reply = (struct registration_reply){
		.code = (uint8_t)draw(256),
		.lifetime = (uint16_t)draw(65536),
		.home_address = (be32)draw(UINT64_C(1) << 32),
		.home_agent = (be32)draw(UINT64_C(1) << 32),
		.identification = random_u64(&generator, RANDOM_JITTER),
		.nai = draw_nai(),
		.revocation = draw_revocation(),
		.agent = draw_agent(),
		.n_acks = draw(REGISTRATION_NETWORKS_MAX + 1),
	};
	if (draw(2))
		reply->udp = (struct registration_udp_reply){true, (uint8_t)draw(256), draw(2),
							     (uint16_t)draw(65536)};
	draw_optimization(reply);
	for (i = 0; i < reply->n_acks; i++)
		reply->acks[i] =
			(struct registration_ack){draw_network(), draw(2), (uint8_t)draw(256)};
}

/* What parse makes of text: the same octets elsewhere. */
static void assert_text_equal(const struct registration_text *a, const struct registration_text *b)
{
	assert_int_equal(a->len, b->len);
	if (a->len > 0)
		assert_memory_equal(a->text, b->text, a->len);
}

static void assert_optimization_equal(const struct registration_reply *a,
				      const struct registration_reply *b)
{
	assert_memory_equal(&a->optimization, &b->optimization, sizeof(a->optimization));
	assert_int_equal(a->advertisement.is_present, b->advertisement.is_present);
	assert_int_equal(a->advertisement.len, b->advertisement.len);
	if (a->advertisement.len > 0)
		assert_memory_equal(a->advertisement.data, b->advertisement.data,
				    a->advertisement.len);
	assert_int_equal(a->care_ofs.n, b->care_ofs.n);
	if (a->care_ofs.n > 0)
		assert_memory_equal(a->care_ofs.list, b->care_ofs.list,
				    a->care_ofs.n * sizeof(a->care_ofs.list[0]));
}

static void test_request(void **state)
{
	static struct registration_request drawn, parsed;
	uint8_t bytes[MESSAGE_SIZE], again[MESSAGE_SIZE];
	struct writer writer;
	size_t i, j;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		draw_request(&drawn);
		writer = writer_of(bytes, sizeof(bytes));
		assert_int_equal(registration_request_build(&drawn, &writer), WIRE_OK);
		assert_int_equal(registration_request_parse(bytes, writer.len, &parsed), WIRE_OK);
		assert_int_equal(parsed.flags, drawn.flags);
		assert_int_equal(parsed.lifetime, drawn.lifetime);
		assert_int_equal(parsed.home_address, drawn.home_address);
		assert_int_equal(parsed.home_agent, drawn.home_agent);
		assert_int_equal(parsed.care_of, drawn.care_of);
		assert_true(parsed.identification == drawn.identification);
		assert_text_equal(&parsed.nai, &drawn.nai);
		assert_memory_equal(&parsed.udp, &drawn.udp, sizeof(drawn.udp));
		assert_int_equal(parsed.revocation.is_present, drawn.revocation.is_present);
		assert_int_equal(parsed.revocation.inform, drawn.revocation.inform);
		assert_int_equal(parsed.revocation.timestamp, drawn.revocation.timestamp);
		assert_int_equal(parsed.agent.kind, drawn.agent.kind);
		assert_int_equal(parsed.agent.address, drawn.agent.address);
		assert_int_equal(parsed.capability.is_present, drawn.capability.is_present);
		assert_int_equal(parsed.capability.flags, drawn.capability.flags);
		assert_int_equal(parsed.capability.solicited, drawn.capability.solicited);
		assert_int_equal(parsed.n_networks, drawn.n_networks);
		for (j = 0; j < drawn.n_networks; j++) {
			assert_int_equal(parsed.networks[j].prefix, drawn.networks[j].prefix);
			assert_int_equal(parsed.networks[j].len, drawn.networks[j].len);
		}
		assert_int_equal(parsed.skipped.unknown + parsed.skipped.malformed, 0);
		writer = writer_of(again, sizeof(again));
		assert_int_equal(registration_request_build(&parsed, &writer), WIRE_OK);
		assert_memory_equal(again, bytes, writer.len);
	}
}

static void test_reply(void **state)
{
	static struct registration_reply drawn, parsed;
	uint8_t bytes[2 * MESSAGE_SIZE], again[2 * MESSAGE_SIZE];
	struct writer writer;
	size_t i, j;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		draw_reply(&drawn);
		writer = writer_of(bytes, sizeof(bytes));
		assert_int_equal(registration_reply_build(&drawn, &writer), WIRE_OK);
		assert_int_equal(registration_reply_parse(bytes, writer.len, &parsed), WIRE_OK);
		assert_int_equal(parsed.code, drawn.code);
		assert_int_equal(parsed.lifetime, drawn.lifetime);
		assert_int_equal(parsed.home_address, drawn.home_address);
		assert_int_equal(parsed.home_agent, drawn.home_agent);
		assert_true(parsed.identification == drawn.identification);
		assert_text_equal(&parsed.nai, &drawn.nai);
		assert_int_equal(parsed.udp.is_present, drawn.udp.is_present);
		assert_int_equal(parsed.udp.code, drawn.udp.code);
		assert_int_equal(parsed.udp.force, drawn.udp.force);
		assert_int_equal(parsed.udp.keepalive, drawn.udp.keepalive);
		assert_int_equal(parsed.agent.kind, drawn.agent.kind);
		assert_optimization_equal(&parsed, &drawn);
		assert_int_equal(parsed.n_acks, drawn.n_acks);
		for (j = 0; j < drawn.n_acks; j++) {
			assert_int_equal(parsed.acks[j].code, drawn.acks[j].code);
			assert_int_equal(parsed.acks[j].implicit, drawn.acks[j].implicit);
			assert_int_equal(parsed.acks[j].network.len, drawn.acks[j].network.len);
			assert_int_equal(parsed.acks[j].network.prefix,
					 drawn.acks[j].network.prefix);
		}
		writer = writer_of(again, sizeof(again));
		assert_int_equal(registration_reply_build(&parsed, &writer), WIRE_OK);
		assert_memory_equal(again, bytes, writer.len);
	}
}

static void test_revocation(void **state)
{
	uint8_t bytes[20], again[20];
	struct revocation revocation;
	struct revocation_ack ack;
	struct writer writer;
	size_t i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		random_seeded_fill(&seeded, RANDOM_JITTER, bytes, sizeof(bytes));
		bytes[0] = MESSAGE_REVOCATION;
		bytes[1] = bytes[3] = 0;
		bytes[2] &= 0xc0;
		assert_int_equal(revocation_parse(bytes, 20, &revocation), WIRE_OK);
		writer = writer_of(again, sizeof(again));
		assert_int_equal(revocation_build(&revocation, &writer), WIRE_OK);
		assert_memory_equal(again, bytes, 20);
		bytes[0] = MESSAGE_REVOCATION_ACK;
		bytes[2] &= 0x80;
		assert_int_equal(revocation_ack_parse(bytes, 12, &ack), WIRE_OK);
		writer = writer_of(again, sizeof(again));
		assert_int_equal(revocation_ack_build(&ack, &writer), WIRE_OK);
		assert_memory_equal(again, bytes, 12);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_revocation),
	};

	random_seed(&seeded, 20100901);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
