/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization in Registration Request and Reply (RFC 6521, sections 5.1 to 5.5; haaro.md,
 * section 4): vector V2, those of section 22, each extension at its bounds, and what stands where it
 * must not.
 */
#include <stdio.h>

#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/advertisement.h"
#include "wire/registration.h"

#define REQUEST       "01 22 02 58 c0 00 02 03 c6 33 64 01 cb 00 71 1e d2 f1 a3 c4 9b 3e 77 10 "
#define REPLY         "03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 c4 9b 3e 77 10 "
#define HOME          "20 14 00 00 01 00 fd 81 68 04 e9 b8 24 27 5d 6f 87 8e 50 89 a8 58 "
#define CORRESPONDENT "31 16 02 00 12 34 12 35 15 2b 77 f4 bc d3 70 25 98 fe 77 8f 89 3d 6e 4d "

#define HOME_SIZE          22
#define CORRESPONDENT_SIZE 24
#define AUTHENTICATOR_SIZE 16

static uint8_t bytes[4096], room[4096];
static struct registration_request request;
static struct registration_reply reply;

static enum wire_result parse_request(const char *hex)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	memset(&request, 0xa5, sizeof(request)); /* nothing may be left as it was */
	return registration_request_parse(bytes, len, &request);
}

static enum wire_result parse_reply(const char *hex)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	memset(&reply, 0xa5, sizeof(reply));
	return registration_reply_parse(bytes, len, &reply);
}

/* --- vectors ------------------------------------------------------------------------------------- */

/* Ends a message with the octets of 49/2 that a vector has: what auth/correspondent.h does. */
static void append_correspondent(struct writer *writer, const struct message_correspondent *auth)
{
	write_bytes(writer, "\x31\x16\x02\x00", 4);
	write_u16(writer, auth->home_index);
	write_u16(writer, auth->care_of_index);
	write_bytes(writer, auth->authenticator, auth->authenticator_len);
}

static void assert_correspondent(const struct message_correspondent *auth, size_t len,
				 uint16_t home_index, uint16_t care_of_index)
{
	assert_int_equal(auth->count, 1);
	assert_int_equal(auth->behind, 0);
	assert_int_equal(auth->home_index, home_index);
	assert_int_equal(auth->care_of_index, care_of_index);
	assert_int_equal(auth->offset, len - CORRESPONDENT_SIZE);
	assert_int_equal(auth->covered, len - AUTHENTICATOR_SIZE);
	assert_ptr_equal(auth->authenticator, bytes + len - AUTHENTICATOR_SIZE);
	assert_int_equal(auth->authenticator_len, AUTHENTICATOR_SIZE);
}

static void assert_request_rebuilds(size_t len)
{
	struct writer writer = writer_of(room, sizeof(room));

	assert_int_equal(request.auth.count, 0);
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	append_correspondent(&writer, &request.correspondent);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
}

static void test_correspondent_request(void **state)
{
	(void)state;
	assert_int_equal(parse_request(VECTOR_PEER_REQUEST), WIRE_OK);
	assert_correspondent(&request.correspondent, 64, 0x1234, 0x1235);
	assert_int_equal(request.lifetime, 300);
	assert_int_equal(request.n_networks, 1);
	assert_true(request.udp.is_present && request.udp.force);
	assert_false(request.capability.is_present);
	assert_request_rebuilds(64);
}

static void test_correspondent_deregistration(void **state)
{
	(void)state;
	assert_int_equal(parse_request(VECTOR_PEER_DEREGISTRATION), WIRE_OK);
	assert_correspondent(&request.correspondent, 48, 0x1234, 0);
	assert_int_equal(request.lifetime, 0);
	assert_int_equal(request.care_of, request.home_address);
	assert_request_rebuilds(48);
}

static void test_correspondent_reply(void **state)
{
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	assert_int_equal(parse_reply(VECTOR_PEER_REPLY), WIRE_OK);
	assert_correspondent(&reply.correspondent, 70, 0x1234, 0x1235);
	assert_int_equal(reply.auth.count, 0);
	assert_int_equal(reply.n_acks, 1);
	assert_true(reply.udp.is_present && reply.udp.force);
	assert_int_equal(reply.care_ofs.n, 1);
	assert_int_equal(reply.care_ofs.list[0], inet_addr("203.0.113.10"));
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	append_correspondent(&writer, &reply.correspondent);
	assert_int_equal(writer.len, 70);
	assert_memory_equal(room, bytes, 70);
}

/* Expired nonces: no key is left to sign with. */
static void test_expired_reply(void **state)
{
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	assert_int_equal(parse_reply("03 cb 00 00 c0 00 02 03 c6 33 64 01 d2 f1 a3 ca 51 c0 ff ee"),
			 WIRE_OK);
	assert_int_equal(reply.code, REPLY_NONCES_EXPIRED);
	assert_int_equal(reply.correspondent.count, 0);
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_int_equal(writer.len, 20);
	assert_memory_equal(room, bytes, 20);
}

/* V2, its advertisement taken apart, put together again and sent. */
static void test_home_reply(void **state)
{
	static struct advertisement_encoder encoder;
	static struct advertisement_decoder decoder;
	struct advertisement_item item;
	uint8_t data[64];
	struct writer writer = writer_of(data, sizeof(data));

	(void)state;
	assert_int_equal(parse_reply(VECTOR_REPLY), WIRE_OK);
	advertisement_encoder_init(&encoder, true);
	advertisement_decoder_init(&decoder, reply.advertisement.data, reply.advertisement.len);
	while (advertisement_next(&decoder, &item) == WIRE_OK) {
		if (item.kind == ADVERTISEMENT_ROUTER)
			advertisement_put_router(&encoder, item.home_address, item.info == 1,
						 &writer);
		else
			advertisement_put_prefix(&encoder, &item.prefix, item.realm, &writer);
	}
	reply.advertisement.data = data;
	reply.advertisement.len = writer.len;
	writer = writer_of(room, sizeof(room));
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_int_equal(writer.len, 103 - HOME_SIZE);
	assert_memory_equal(room, bytes, writer.len);
}

/* --- 153/1 ------------------------------------------------------------------------------------------ */

static void assert_capability(uint8_t flags, const char *solicited)
{
	assert_true(request.capability.is_present);
	assert_int_equal(request.capability.flags, flags);
	assert_int_equal(request.capability.solicited, inet_addr(solicited));
	assert_int_equal(request.skipped.malformed + request.skipped.unknown, 0);
}

/* Reserved bits are ignored, and S without an address is. */
/* Proves: H7-121 */
static void test_capability(void **state)
{
	(void)state;
	assert_int_equal(parse_request(REQUEST "99 02 01 c0"), WIRE_OK);
	assert_capability(CAPABILITY_ADVERTISE | CAPABILITY_REQUEST, "0.0.0.0");
	assert_int_equal(parse_request(REQUEST "99 06 01 e0 c0 00 02 03"), WIRE_OK);
	assert_capability(CAPABILITY_ADVERTISE | CAPABILITY_REQUEST | CAPABILITY_SOLICIT,
			  "192.0.2.3");
	assert_int_equal(parse_request(REQUEST "99 02 01 00"), WIRE_OK);
	assert_capability(0, "0.0.0.0");
	assert_int_equal(parse_request(REQUEST "99 02 01 ff"), WIRE_OK);
	assert_capability(0xd0, "0.0.0.0");
	assert_int_equal(parse_request(REQUEST "99 06 01 ff c0 00 02 03"), WIRE_OK);
	assert_capability(0xf0, "192.0.2.3");
	assert_int_equal(parse_request(REQUEST "99 06 01 20 00 00 00 00"), WIRE_OK);
	assert_capability(0, "0.0.0.0");
	assert_int_equal(parse_request(REQUEST "99 06 01 90 c0 00 02 03"), WIRE_OK);
	assert_capability(0x90, "0.0.0.0");
}

/* Skippable: what is wrong with it leaves the request as it would be without. */
static void test_capability_skipped(void **state)
{
	(void)state;
	assert_int_equal(parse_request(REQUEST "99 01 01 99 03 01 c0 00 99 05 01 e0 c0 00 02 "
					       "99 07 01 e0 c0 00 02 03 00"),
			 WIRE_OK);
	assert_false(request.capability.is_present);
	assert_int_equal(request.skipped.malformed, 4);
	assert_int_equal(parse_request(REQUEST "99 02 00 c0 99 02 02 c0"), WIRE_OK);
	assert_false(request.capability.is_present);
	assert_int_equal(request.skipped.unknown, 2);
	assert_int_equal(parse_request(REQUEST "99 02 01 80 99 02 01 40"), WIRE_OK);
	assert_int_equal(request.capability.flags, CAPABILITY_ADVERTISE);
	assert_int_equal(request.skipped.repeated, 1);
	assert_int_equal(parse_request(REQUEST HOME "99 02 01 c0"), WIRE_OK);
	assert_false(request.capability.is_present);
	assert_int_equal(request.auth.ignored, 1);
	assert_int_equal(parse_request(REQUEST CORRESPONDENT "99 02 01 c0"), WIRE_OK);
	assert_false(request.capability.is_present);
	/* of requests only */
	assert_int_equal(parse_reply(REPLY "99 02 01 c0"), WIRE_OK);
	assert_int_equal(reply.skipped.unknown, 1);
}

static enum wire_result build_capability(uint8_t flags, const char *solicited)
{
	struct writer writer = writer_of(room, sizeof(room));

	request = (struct registration_request){
		.capability = {true, flags, inet_addr(solicited)},
	};
	return registration_request_build(&request, &writer);
}

static void test_capability_build(void **state)
{
	(void)state;
	assert_int_equal(build_capability(0xd0, "0.0.0.0"), WIRE_OK);
	assert_memory_equal(room + 24, "\x99\x02\x01\xd0", 4);
	assert_int_equal(build_capability(0xe0, "192.0.2.3"), WIRE_OK);
	assert_memory_equal(room + 24, "\x99\x06\x01\xe0\xc0\x00\x02\x03", 8);
	assert_int_equal(build_capability(0xe0, "0.0.0.0"), WIRE_VALUE);
	for (unsigned int flag = 1; flag < 0x10; flag <<= 1)
		assert_int_equal(build_capability((uint8_t)(0xc0 | flag), "0.0.0.0"), WIRE_VALUE);
}

/* The order of mip4-base section 6.5: 131, 148, 153, 144, 137. */
static void test_request_order(void **state)
{
	struct writer writer = writer_of(room, sizeof(room));
	uint8_t expected[64];
	size_t len = hex_read("83 01 61 94 06 00 08 0a 00 00 00 99 02 01 80 90 06 00 00 00 00 00 "
			      "00 89 06 00 00 00 00 00 05",
			      expected, sizeof(expected));

	(void)state;
	request = (struct registration_request){
		.nai = {(const uint8_t *)"a", 1},
		.udp = {.is_present = true},
		.revocation = {.is_present = true, .timestamp = 5},
		.capability = {true, CAPABILITY_ADVERTISE, 0},
		.n_networks = 1,
		.networks = {{inet_addr("10.0.0.0"), 8}},
	};
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	assert_int_equal(writer.len, 24 + len);
	assert_memory_equal(room + 24, expected, len);
}

/* --- 49/2 ------------------------------------------------------------------------------------------- */

/* Any length that holds the indexes is for the receiver to judge; less is no extension at all. */
static void test_correspondent_lengths(void **state)
{
	char hex[1024];
	size_t at;

	(void)state;
	for (unsigned int len = 1; len <= 255; len++) {
		at = (size_t)snprintf(hex, sizeof(hex), REQUEST "31 %02x 02", len);
		for (unsigned int i = 1; i < len; i++)
			at += (size_t)snprintf(hex + at, sizeof(hex) - at, "%02x", i);
		if (len < 6) {
			assert_int_equal(parse_request(hex), WIRE_EXTENSION_LENGTH);
			assert_int_equal(request.failed_type, 49);
			continue;
		}
		assert_int_equal(parse_request(hex), WIRE_OK);
		assert_int_equal(request.correspondent.count, 1);
		assert_int_equal(request.correspondent.home_index, 0x0203);
		assert_int_equal(request.correspondent.care_of_index, 0x0405);
		assert_int_equal(request.correspondent.authenticator_len, len - 6);
		assert_int_equal(request.correspondent.covered, 24 + 8);
		assert_ptr_equal(request.correspondent.authenticator, bytes + 24 + 8);
	}
	assert_int_equal(parse_request(REQUEST "31 00"), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(parse_request(REQUEST "31 16 02 00 12 34"), WIRE_EXTENSION_TRUNCATED);
}

/* Proves: H7-129 */
static void test_correspondent_reserved(void **state)
{
	(void)state;
	assert_int_equal(parse_request(REQUEST "31 06 02 ff 12 34 12 35"), WIRE_OK);
	assert_int_equal(request.correspondent.count, 1);
	assert_int_equal(request.correspondent.home_index, 0x1234);
	assert_int_equal(request.correspondent.care_of_index, 0x1235);
}

/* Whatever stands behind is counted and means nothing (A40), padding excepted. */
static void test_behind_correspondent(void **state)
{
	(void)state;
	assert_int_equal(parse_request(REQUEST CORRESPONDENT "00 00 00"), WIRE_OK);
	assert_int_equal(request.correspondent.behind, 0);
	assert_int_equal(parse_request(REQUEST CORRESPONDENT "94 06 00 18 0a 03 00 00 83 01 61 "
							     "90 06 00 00 80 00 00 00 ff 00 "
							     "89 06 00 00 01 02 03 04 21 00"),
			 WIRE_OK);
	assert_int_equal(request.correspondent.count, 1);
	assert_int_equal(request.correspondent.behind, 6);
	assert_int_equal(request.n_networks, 0);
	assert_int_equal(request.nai.len, 0);
	assert_false(request.udp.is_present);
	assert_false(request.revocation.is_present);
	assert_int_equal(request.skipped.unknown + request.skipped.foreign, 0);
}

/* A second one, or a home agent's: counted as what they are, so that the receiver sees both. */
static void test_two_authenticators(void **state)
{
	(void)state;
	assert_int_equal(parse_request(REQUEST CORRESPONDENT "31 06 02 00 00 00 00 00"), WIRE_OK);
	assert_int_equal(request.correspondent.count, 2);
	assert_int_equal(request.correspondent.behind, 1);
	assert_int_equal(request.correspondent.home_index, 0x1234);
	assert_int_equal(parse_request(REQUEST CORRESPONDENT HOME), WIRE_OK);
	assert_int_equal(request.correspondent.count, 1);
	assert_int_equal(request.correspondent.behind, 1);
	assert_int_equal(request.auth.count, 1);
	assert_int_equal(parse_request(REQUEST CORRESPONDENT HOME CORRESPONDENT "22 00"), WIRE_OK);
	assert_int_equal(request.correspondent.count, 1);
	assert_int_equal(request.correspondent.behind, 3);
	assert_int_equal(request.auth.ignored, 1);
	assert_int_equal(request.foreign_home, 1);
	assert_int_equal(parse_request(REQUEST CORRESPONDENT "22 00"), WIRE_OK);
	assert_int_equal(request.correspondent.behind, 1);
	assert_int_equal(request.foreign_home, 1);
	/* behind a home agent's it is one more extension that nobody protects */
	assert_int_equal(parse_request(REQUEST HOME CORRESPONDENT), WIRE_OK);
	assert_int_equal(request.correspondent.count, 0);
	assert_int_equal(request.auth.count, 1);
	assert_int_equal(request.auth.ignored, 1);
	assert_int_equal(parse_reply(REPLY CORRESPONDENT HOME "31 02 01 00"), WIRE_OK);
	assert_int_equal(reply.correspondent.count, 1);
	assert_int_equal(reply.correspondent.behind, 2);
	assert_false(reply.optimization.is_present);
}

/* Of 49 a request understands subtype 2, a reply 1 to 3; of 50 a request nothing, a reply 1. */
static void test_subtypes(void **state)
{
	static const char *const request_cannot[] = {
		REQUEST "31 02 00 00",
		REQUEST "31 02 01 00",
		REQUEST "31 06 03 00 cb 00 71 0a",
		REQUEST "31 06 04 00 12 34 12 35",
		REQUEST "31 06 ff 00 12 34 12 35",
	};
	static const char *const reply_cannot[] = {
		REPLY "31 02 00 00",
		REPLY "31 06 04 00 12 34 12 35",
		REPLY "31 06 ff 00 12 34 12 35",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(request_cannot) / sizeof(request_cannot[0]); i++) {
		assert_int_equal(parse_request(request_cannot[i]), WIRE_EXTENSION_UNKNOWN);
		assert_int_equal(request.failed_type, 49);
	}
	for (size_t i = 0; i < sizeof(reply_cannot) / sizeof(reply_cannot[0]); i++) {
		assert_int_equal(parse_reply(reply_cannot[i]), WIRE_EXTENSION_UNKNOWN);
		assert_int_equal(reply.failed_type, 49);
	}
	assert_int_equal(parse_request(REQUEST "32 01 00 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(request.failed_type, 50);
	assert_int_equal(parse_reply(REPLY "32 00 00 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(parse_reply(REPLY "32 02 00 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(reply.failed_type, 50);
	assert_int_equal(parse_reply(REPLY "32 01 00 00"), WIRE_OK);
}

/* --- 49/1, 49/3, 50/1 --------------------------------------------------------------------------------- */

/* Every octet: three flags, and a code of 5 bits, from 16 on a refusal (A9). */
/* Proves: H7-127 */
static void test_optimization(void **state)
{
	char hex[128];

	(void)state;
	for (unsigned int octet = 0; octet < 256; octet++) {
		struct writer writer = writer_of(room, sizeof(room));

		snprintf(hex, sizeof(hex), REPLY "31 02 01 %02x", octet);
		assert_int_equal(parse_reply(hex), WIRE_OK);
		assert_true(reply.optimization.is_present);
		assert_int_equal(reply.optimization.outbound, octet >= 0x80);
		assert_int_equal(reply.optimization.nat, octet % 0x80 >= 0x40);
		assert_int_equal(reply.optimization.solicited, octet % 0x40 >= 0x20);
		assert_int_equal(reply.optimization.code, octet % 0x20);
		assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
		assert_memory_equal(room, bytes, 24);
	}
	assert_int_equal(parse_reply(REPLY "31 01 01"), WIRE_EXTENSION_LENGTH);
	assert_int_equal(reply.failed_type, 49);
	assert_int_equal(parse_reply(REPLY "31 03 01 00 00"), WIRE_EXTENSION_LENGTH);
	assert_int_equal(parse_reply(REPLY "31 02 01 10 31 02 01 00"), WIRE_OK);
	assert_int_equal(reply.optimization.code, OPTIMIZATION_REFUSED);
	assert_int_equal(reply.skipped.repeated, 1);
	assert_int_equal(parse_reply(REPLY HOME "31 02 01 00"), WIRE_OK);
	assert_false(reply.optimization.is_present);
	reply = (struct registration_reply){.optimization = {.is_present = true, .code = 32}};
	assert_int_equal(registration_reply_build(&reply, &(struct writer){0}), WIRE_VALUE);
}

/* As many as a length octet can count, in the order of the sender. */
/* Proves: H7-132 */
static void test_care_ofs(void **state)
{
	char hex[1024];
	size_t at;

	(void)state;
	for (unsigned int len = 1; len <= 255; len++) {
		struct writer writer = writer_of(room, sizeof(room));

		at = (size_t)snprintf(hex, sizeof(hex), REPLY "31 %02x 03", len);
		for (unsigned int i = 1; i < len; i++)
			at += (size_t)snprintf(hex + at, sizeof(hex) - at, "%02x", i == 1 ? 0 : i);
		if (len < 6 || (len - 2) % 4 != 0) {
			assert_int_equal(parse_reply(hex), WIRE_EXTENSION_LENGTH);
			assert_int_equal(reply.failed_type, 49);
			continue;
		}
		assert_int_equal(parse_reply(hex), WIRE_OK);
		assert_int_equal(reply.care_ofs.n, (len - 2) / 4);
		assert_int_equal(reply.care_ofs.list[0], htonl(0x02030405));
		assert_memory_equal(reply.care_ofs.list, bytes + 20 + 4, len - 2);
		assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
		assert_int_equal(writer.len, 20 + 2 + len);
		assert_memory_equal(room, bytes, writer.len);
	}
	assert_int_equal(parse_reply(REPLY "31 06 03 ff cb 00 71 0a 31 06 03 00 cb 00 71 0b"),
			 WIRE_OK);
	assert_int_equal(reply.care_ofs.n, 1);
	assert_int_equal(reply.care_ofs.list[0], inet_addr("203.0.113.10"));
	assert_int_equal(reply.skipped.repeated, 1);
	assert_int_equal(parse_reply(REPLY CORRESPONDENT "31 06 03 00 cb 00 71 0a"), WIRE_OK);
	assert_int_equal(reply.care_ofs.n, 0);
	assert_int_equal(reply.correspondent.behind, 1);
}

static void test_care_ofs_build(void **state)
{
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	reply = (struct registration_reply){.care_ofs = {.n = REGISTRATION_CARE_OFS_MAX}};
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_int_equal(writer.len, 20 + 4 + 4 * 63);
	assert_memory_equal(room + 20, "\x31\xfe\x03\x00", 4);
	reply.care_ofs.n++;
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_VALUE);
}

/* Any length that 16 bits can say; the first of two counts. */
static void test_advertisement(void **state)
{
	static uint8_t data[UINT16_MAX + 1], message[UINT16_MAX + 64];
	struct writer writer = writer_of(message, sizeof(message));

	(void)state;
	assert_int_equal(parse_reply(REPLY "32 01 00 02 aa bb 32 01 00 00"), WIRE_OK);
	assert_int_equal(reply.advertisement.len, 2);
	assert_ptr_equal(reply.advertisement.data, bytes + 24);
	assert_int_equal(reply.skipped.repeated, 1);
	assert_int_equal(parse_reply(REPLY "32 01 00"), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(parse_reply(REPLY "32 01 00 02 aa"), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(parse_reply(REPLY HOME "32 01 00 00"), WIRE_OK);
	assert_false(reply.advertisement.is_present);
	reply = (struct registration_reply){.advertisement = {true, data, UINT16_MAX}};
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_int_equal(writer.len, 24 + UINT16_MAX);
	assert_int_equal(registration_reply_parse(message, writer.len, &reply), WIRE_OK);
	assert_int_equal(reply.advertisement.len, UINT16_MAX);
	reply = (struct registration_reply){.advertisement = {true, data, UINT16_MAX + 1}};
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_VALUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_correspondent_request),
		cmocka_unit_test(test_correspondent_deregistration),
		cmocka_unit_test(test_correspondent_reply),
		cmocka_unit_test(test_expired_reply),
		cmocka_unit_test(test_home_reply),
		cmocka_unit_test(test_capability),
		cmocka_unit_test(test_capability_skipped),
		cmocka_unit_test(test_capability_build),
		cmocka_unit_test(test_request_order),
		cmocka_unit_test(test_correspondent_lengths),
		cmocka_unit_test(test_correspondent_reserved),
		cmocka_unit_test(test_behind_correspondent),
		cmocka_unit_test(test_two_authenticators),
		cmocka_unit_test(test_subtypes),
		cmocka_unit_test(test_optimization),
		cmocka_unit_test(test_care_ofs),
		cmocka_unit_test(test_care_ofs_build),
		cmocka_unit_test(test_advertisement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
