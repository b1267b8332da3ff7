/* SPDX-License-Identifier: BSD-3-Clause */
/* Templates, push and pop of each encapsulation against tunnels.md section 11; ECN; checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "encap/ecn.h"
#include "encap/encap.h"
#include "encap/outer.h"

static const uint8_t v13[] = {
	/* TTL already decremented to 63 */
	0x45, 0x00, 0x00, 0x21, 0x00, 0x42, 0x40, 0x00, 0x3f, 0x11, 0x27,
	0x7b, 0x0a, 0x03, 0x00, 0x05, 0x0a, 0x01, 0x00, 0x07, 0x03, 0xe8,
	0x07, 0xd0, 0x00, 0x0d, 0x9c, 0x3a, 0x68, 0x65, 0x6c, 0x6c, 0x6f,
};
static const uint8_t v15_outer[] = {
	0x45, 0x00, 0x00, 0x35, 0x01, 0x01, 0x40, 0x00, 0x40, 0x04,
	0xc1, 0x9a, 0xcb, 0x00, 0x71, 0x1e, 0xcb, 0x00, 0x71, 0x0a,
};
static const uint8_t v12[] = {
	0x45, 0x00, 0x00, 0x3c, 0x01, 0x00, 0x40, 0x00, 0x40, 0x11, 0xc1, 0x87, /* outer */
	0xcb, 0x00, 0x71, 0x1e, 0xcb, 0x00, 0x71, 0x0a,                         /* */
	0x01, 0xb2, 0x01, 0xb2, 0x00, 0x28, 0x80, 0x0c, 0x04, 0x04, 0x00, 0x00, /* UDP, MIP */
	0x45, 0x00, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x40, 0x01, 0xf6, 0xdb, /* inner */
	0xc0, 0x00, 0x02, 0x03, 0xc0, 0x00, 0x02, 0x01,                         /* */
	0x08, 0x00, 0xaa, 0xac, 0x4d, 0x52, 0x00, 0x01,
};
#define V12_OUTER 32

static struct fwd_tunnel tunnel_of(enum encap encap)
{
	struct fwd_tunnel tunnel = {
		.encap = encap,
		.local = addr_v4(htonl(0xcb00711e)),
		.remote = addr_v4(htonl(0xcb00710a)),
		.local_port = 434,
		.remote_port = 434,
		.mtu = 1400,
		.ttl = 64,
		.dscp = FWD_DSCP_COPY,
		.udp_checksum = true,
	};

	return tunnel;
}

/* Stamps and patches the headers in front of inner; returns where they begin in frame. */
static uint8_t *push(const struct tunnel_entry *entry, uint8_t *frame, const uint8_t *inner,
		     uint16_t len, uint16_t id)
{
	uint8_t *at = frame + TUNNEL_TEMPLATE_SIZE;

	memcpy(at, inner, len);
	return outer_push(entry, at, (uint16_t)(entry->overhead + len), id);
}

static void build(const struct fwd_tunnel *tunnel, struct tunnel_entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	encap_table[tunnel->encap]->build(tunnel, entry);
}

static void test_v15(void **state)
{
	struct fwd_tunnel tunnel = tunnel_of(ENCAP_IPIP);
	struct tunnel_entry entry;
	uint8_t frame[256], *outer;

	(void)state;
	build(&tunnel, &entry);
	outer = push(&entry, frame, v13, sizeof(v13), 0x0101);
	assert_memory_equal(outer, v15_outer, sizeof(v15_outer));
	assert_memory_equal(outer + sizeof(v15_outer), v13, sizeof(v13));
	assert_null(encap_ipip.pop); /* nothing is between the headers */
}

static void test_v12(void **state)
{
	struct fwd_tunnel tunnel = tunnel_of(ENCAP_UDP);
	struct tunnel_entry entry;
	uint8_t frame[256], *outer;

	(void)state;
	build(&tunnel, &entry);
	outer = push(&entry, frame, v12 + V12_OUTER, sizeof(v12) - V12_OUTER, 0x0100);
	assert_memory_equal(outer, v12, sizeof(v12));

	tunnel.udp_checksum = false;
	build(&tunnel, &entry);
	outer = push(&entry, frame, v12 + V12_OUTER, sizeof(v12) - V12_OUTER, 0x0100);
	assert_int_equal(load16(outer + 26), 0);
	assert_memory_equal(outer, v12, 26);
	assert_memory_equal(outer + 28, v12 + 28, sizeof(v12) - 28);
}

static void test_udp_pop(void **state)
{
	struct fwd_tunnel tunnel = tunnel_of(ENCAP_UDP);
	struct tunnel_entry entry;
	uint8_t bytes[sizeof(v12)];
	uint8_t *udp = bytes + 20;
	uint16_t len = sizeof(v12) - 20, offset = 0;

	(void)state;
	build(&tunnel, &entry);
	entry.key_remote = htonl(0xcb00711e); /* the receiver's view of the sender above */
	entry.key_local = htonl(0xcb00710a);
	memcpy(bytes, v12, sizeof(v12));
	assert_int_equal(encap_udp.pop(&entry, udp, len, &offset), DROP_NONE);
	assert_int_equal(offset, 12);
	for (size_t i = 0; i < len; i++) { /* every octet is covered */
		if (i == 6 || i == 7 || i == 8 || i == 9)
			continue; /* the checksum itself, and what is judged before it */
		udp[i] ^= 0x10;
		assert_int_equal(encap_udp.pop(&entry, udp, len, &offset), DROP_UDP_CHECKSUM);
		udp[i] ^= 0x10;
	}
	memset(udp + 6, 0, 2); /* none: anything goes */
	udp[len - 1] ^= 1;
	assert_int_equal(encap_udp.pop(&entry, udp, len, &offset), DROP_NONE);
	assert_int_equal(encap_udp.pop(&entry, udp, 12, &offset), DROP_NONE);
	assert_int_equal(encap_udp.pop(&entry, udp, 11, &offset), DROP_TUNNEL_DATA);
	udp[9] = 47; /* GRE was not negotiated */
	assert_int_equal(encap_udp.pop(&entry, udp, len, &offset), DROP_TUNNEL_DATA);
	udp[9] = 4;
	udp[8] = 1;
	assert_int_equal(encap_udp.pop(&entry, udp, len, &offset), DROP_TUNNEL_DATA);
}

/* Checksums that come out as 0 are sent as 0xffff: 0 means "none". */
static void test_udp_checksum_never_zero(void **state)
{
	struct fwd_tunnel tunnel = tunnel_of(ENCAP_UDP);
	struct tunnel_entry entry;
	uint8_t frame[256], inner[sizeof(v13)], *outer;
	bool seen = false;

	(void)state;
	build(&tunnel, &entry);
	memcpy(inner, v13, sizeof(v13));
	for (uint32_t i = 0; i <= UINT16_MAX; i++) {
		store16(inner + 28, (uint16_t)i);
		outer = push(&entry, frame, inner, sizeof(inner), 0);
		assert_int_not_equal(load16(outer + 26), 0);
		seen = seen || load16(outer + 26) == UINT16_MAX;
	}
	assert_true(seen);
}

static void test_tos(void **state)
{
	struct fwd_tunnel tunnel = tunnel_of(ENCAP_IPIP);
	struct tunnel_entry entry;
	uint8_t frame[256], inner[sizeof(v13)], *outer;

	(void)state;
	memcpy(inner, v13, sizeof(v13));
	for (unsigned int tos = 0; tos < 256; tos++) {
		for (unsigned int policy = 0; policy < 4; policy++) {
			uint8_t want = policy & 1 ? 46 << 2 : tos & 0xfc;

			tunnel.dscp = policy & 1 ? 46 : FWD_DSCP_COPY;
			tunnel.ecn = policy & 2 ? FWD_ECN_COMPATIBILITY : FWD_ECN_NORMAL;
			want |= policy & 2 ? 0 : tos & 3;
			build(&tunnel, &entry);
			inner[1] = (uint8_t)tos;
			outer = push(&entry, frame, inner, sizeof(inner), (uint16_t)(tos * 257));
			assert_int_equal(outer[1], want);
			assert_true(checksum_is_good(outer, 20));
			assert_int_equal(outer[21], tos); /* the inner header is unchanged */
		}
	}
}

/* RFC 6040, figure 4, written out once more in the order of tunnels.md. */
static void test_ecn(void **state)
{
	static const struct {
		uint8_t inner, outer, leaves, flags;
	} table[] = {
		{0, 0, 0, 0},        {0, 2, 0, ECN_WARN}, {0, 1, 0, ECN_WARN}, {2, 0, 2, 0},
		{2, 2, 2, 0},        {2, 1, 1, 0},        {2, 3, 3, 0},        {1, 0, 1, 0},
		{1, 2, 1, ECN_WARN}, {1, 1, 1, 0},        {1, 3, 3, 0},        {3, 0, 3, 0},
		{3, 2, 3, 0},        {3, 1, 3, ECN_WARN}, {3, 3, 3, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		uint8_t leaves = ecn_exit(table[i].inner, table[i].outer);

		assert_int_equal(leaves & ECN_MASK, table[i].leaves);
		assert_int_equal(leaves & ~ECN_MASK, table[i].flags);
	}
	assert_true(ecn_exit(0, 3) & ECN_DROP);
	assert_true(ecn_exit(0, 3) & ECN_WARN);
}

static void test_ipv4_edits(void **state)
{
	uint8_t ip[20];

	(void)state;
	for (uint32_t i = 0; i < 0x20000; i++) { /* every checksum value occurs */
		memcpy(ip, v13, 20);
		store16(ip + IPV4_ID, (uint16_t)i);
		ip[IPV4_TTL] = (uint8_t)(1 + i % 255);
		ip[IPV4_TOS] = (uint8_t)(i >> 9);
		ipv4_set_checksum(ip, 20);
		ipv4_decrement_ttl(ip);
		assert_true(checksum_is_good(ip, 20));
		assert_int_equal(ip[IPV4_TTL], i % 255);
		ipv4_set_tos(ip, (uint8_t)i);
		assert_true(checksum_is_good(ip, 20));
		assert_int_equal(ip[IPV4_TOS], (uint8_t)i);
	}
	ip[7] ^= 1;
	assert_false(checksum_is_good(ip, 20));
}

static void test_checksum_lengths(void **state)
{
	uint8_t bytes[67];
	uint32_t plain;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0xff - i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		plain = 0;
		for (size_t i = 0; i < len; i++)
			plain += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
		while (plain >> 16)
			plain = (plain >> 16) + (plain & 0xffff);
		assert_int_equal(ntohs(checksum_fold(checksum_sum(bytes, len))), plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v15),        cmocka_unit_test(test_v12),
		cmocka_unit_test(test_udp_pop),    cmocka_unit_test(test_udp_checksum_never_zero),
		cmocka_unit_test(test_tos),        cmocka_unit_test(test_ecn),
		cmocka_unit_test(test_ipv4_edits), cmocka_unit_test(test_checksum_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
