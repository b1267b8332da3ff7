/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: signalling in and out, reassembly against a naive one. */
#include <errno.h>

#include "link/reassembly.h"
#include "rig.h"
#include "wire/packet.h"

static const struct tunnel_ref native = {.index = FWD_NONE};

/* --- datagrams ----------------------------------------------------------------------------------- */

static void a_datagram_is_taken_with_all_about_it(void **state)
{
	struct rig *rig = rig_hub();
	uint8_t packet[PUNT_PACKET_MAX];
	struct punt punt = rig_punt(PUNT_SIGNALLING, 0, packet,
				    rig_udp(packet, "203.0.113.10", "198.51.100.1", 50));
	struct datagram datagram;

	(void)state;
	rig_start(rig);
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 1);
	assert_int_equal(datagram.source.v4, ip("203.0.113.10"));
	assert_int_equal(datagram.destination.v4, ip("198.51.100.1"));
	assert_int_equal(datagram.source_port, 1000);
	assert_int_equal(datagram.destination_port, 2000);
	assert_int_equal(datagram.port, 0);
	assert_int_equal(datagram.tunnel.index, FWD_NONE);
	assert_int_equal(datagram.len, 50);
	assert_ptr_equal(datagram.payload, packet + 28);
	punt.tunnel = (struct tunnel_ref){7, 8};
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 1);
	assert_int_equal(datagram.port, PORT_NONE);
	assert_int_equal(datagram.tunnel.index, 7);
	assert_int_equal(datagram.tunnel.generation, 8);
	rig_stop(rig);
}

static void bad_datagrams_are_counted_by_reason(void **state)
{
	struct rig *rig = rig_hub();
	uint8_t packet[PUNT_PACKET_MAX];
	struct punt punt = rig_punt(PUNT_SIGNALLING, 0, packet,
				    rig_udp(packet, "203.0.113.10", "198.51.100.1", 50));
	struct datagram datagram;

	(void)state;
	rig_start(rig);
	packet[40] ^= 1;
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 0);
	assert_int_equal(rig->fwd.drops[DROP_UDP_CHECKSUM], 1);
	packet[40] ^= 1;
	packet[25] = 59; /* one octet more than there is */
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 0);
	packet[25] = 7; /* less than its own header */
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 0);
	assert_int_equal(rig->fwd.drops[DROP_UDP_LENGTH], 2);
	packet[25] = 58;
	packet[26] = packet[27] = 0; /* no checksum: allowed (RFC 768) */
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 1);
	punt.len = 30;
	assert_int_equal(link_take_datagram(rig->link, &punt, &datagram), 0);
	assert_int_equal(rig->fwd.drops[DROP_IP_LENGTH], 1);
	assert_int_equal(link_counters(rig->link)->datagrams_bad, 4);
	rig_stop(rig);
}

static struct datagram to_hub(const uint8_t *payload, size_t len)
{
	return (struct datagram){
		.source = addr("203.0.113.10"),
		.destination = addr("198.51.100.1"),
		.source_port = 434,
		.destination_port = 434,
		.port = 0,
		.tunnel = native,
		.payload = payload,
		.len = len,
	};
}

static void a_datagram_is_sent_exactly(void **state)
{
	static const uint8_t want[] = {0x45, 0,    0, 33,  0,  0,   0,   0,   64,  17,   0,
				       0,    203,  0, 113, 10, 198, 51,  100, 1,   0x01, 0xb2,
				       0x01, 0xb2, 0, 13,  0,  0,   'h', 'e', 'l', 'l',  'o'};
	struct rig *rig = rig_branch();
	struct datagram datagram = to_hub((const uint8_t *)"hello", 5);
	struct fake_packet *sent;
	struct packet_ipv4 header;
	struct packet_udp udp;

	(void)state;
	rig_start(rig);
	rig_forget_packets(rig);
	/* It waits for the gateway like any packet. */
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	rig_no_packet(rig);
	rig_arp(rig, 0, 2, "203.0.113.254", mac(254), "203.0.113.10");
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
	assert_int_equal(packet_ipv4_parse(sent->bytes, sent->len, &header), PACKET_OK);
	assert_int_equal(packet_udp_parse(&header, &udp), PACKET_OK);
	assert_true(udp.has_checksum);
	memset(sent->bytes + 4, 0, 2);
	memset(sent->bytes + 10, 0, 2);
	memset(sent->bytes + 26, 0, 2);
	assert_int_equal(sent->len, sizeof(want));
	assert_memory_equal(sent->bytes, want, sizeof(want));
	assert_int_equal(link_send_datagram(rig->link, &datagram, 1), 0);
	assert_int_equal(rig_packet(rig)->bytes[8], 1);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void a_datagram_leaves_by_the_port_that_was_said(void **state)
{
	struct rig *rig = rig_branch();
	struct datagram datagram = to_hub((const uint8_t *)"x", 1);
	struct fake_packet *sent;
	uint32_t slot;

	(void)state;
	rig_start(rig);
	rig_arp(rig, 0, 2, "203.0.113.254", mac(1), "203.0.113.10");
	rig_arp(rig, 1, 2, "198.18.2.254", mac(2), "198.18.2.20");
	rig_forget_packets(rig);
	for (uint16_t port = 0; port < 2; port++) {
		datagram.port = port;
		assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
		slot = rig_packet(rig)->inject.adjacency;
		assert_int_equal(rig->fwd.adjacencies[slot].port, port);
	}
	datagram.port = 2; /* the LAN has no way there */
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), -ENETUNREACH);
	link_port_changed(rig->link, 0, LINK_PORT_DOWN);
	datagram.port = 0;
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), -ENETUNREACH);
	datagram.port = PORT_NONE; /* any that is up */
	rig_forget_packets(rig);
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	sent = rig_packet(rig);
	assert_int_equal(rig->fwd.adjacencies[sent->inject.adjacency].port, 1);
	rig->fwd.tunnel_use[9] = FAKE_LIVE;
	rig->fwd.tunnels[9].adjacency = FWD_NONE;
	datagram.tunnel = (struct tunnel_ref){9, 0};
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	assert_int_equal(rig_packet(rig)->inject.kind, INJECT_TUNNEL);
	rig->fwd.tunnel_use[9] = FAKE_FREE;
	rig_stop(rig);
}

static void take_all(struct rig *rig, const struct fake_packet *packets, size_t n,
		     struct datagram *datagram)
{
	for (size_t i = 0; i < n; i++) {
		struct punt punt = rig_punt(PUNT_FRAGMENT, 0, packets[i].bytes, packets[i].len);

		assert_int_equal(link_take_datagram(rig->link, &punt, datagram), i == n - 1);
	}
}

static void what_is_too_large_is_fragmented_and_comes_together_again(void **state)
{
	struct rig *rig = rig_branch();
	static struct fake_packet packets[8];
	uint8_t payload[1900];
	struct datagram datagram = to_hub(payload, sizeof(payload));
	struct datagram got;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(1 + i * 7 % 251);
	rig->ports[0].mtu = 600;
	rig_start(rig);
	rig_arp(rig, 0, 2, "203.0.113.254", mac(1), "203.0.113.10");
	rig_forget_packets(rig);
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	while (rig->fwd.n_packets > 0)
		packets[n++] = *rig_packet(rig);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_true(packets[i].len <= 600);
	take_all(rig, packets, n, &got);
	assert_int_equal(got.len, sizeof(payload));
	assert_memory_equal(got.payload, payload, sizeof(payload));
	assert_int_equal(got.source_port, 434);
	assert_int_equal(link_counters(rig->link)->reassembled, 1);

	/* To a port that we do not serve, or tunnel data: not signalling. */
	datagram.destination_port = 4711;
	rig_forget_packets(rig);
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	for (size_t i = 0; i < n; i++) {
		struct fake_packet *sent = rig_packet(rig);
		struct punt punt = rig_punt(PUNT_FRAGMENT, 0, sent->bytes, sent->len);

		assert_int_equal(link_take_datagram(rig->link, &punt, &got), 0);
	}
	assert_int_equal(rig->fwd.drops[DROP_PORT_UNKNOWN], 1);
	datagram.destination_port = 434;
	payload[0] = 4;
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), 0);
	for (size_t i = 0; i < n; i++) {
		struct fake_packet *sent = rig_packet(rig);
		struct punt punt = rig_punt(PUNT_FRAGMENT, 0, sent->bytes, sent->len);

		assert_int_equal(link_take_datagram(rig->link, &punt, &got), 0);
	}
	assert_int_equal(rig->fwd.drops[DROP_OUTER_FRAGMENT], 1);
	datagram.len = 2100;
	assert_int_equal(link_send_datagram(rig->link, &datagram, 0), -EMSGSIZE);
	rig_stop(rig);
}

/* --- reassembly ------------------------------------------------------------------------------------- */

static enum reassembly_result insert(struct reassembly *reassembly, uint64_t now, uint16_t id,
				     uint16_t offset, bool more, const uint8_t *bytes, size_t len)
{
	const struct fragment fragment = {
		.key = {.source = 1,
			.destination = 2,
			.tunnel = FWD_NONE,
			.id = id,
			.protocol = 17},
		.offset = offset,
		.more = more,
		.payload = bytes,
		.len = len,
	};
	const uint8_t *payload;
	size_t whole;

	return reassembly_insert(reassembly, now, &fragment, &payload, &whole);
}

static void fragments_that_cannot_be_are_refused(void **state)
{
	static const uint8_t bytes[REASSEMBLY_SIZE + 8];
	struct reassembly r;

	(void)state;
	assert_int_equal(reassembly_init(&r), 0);
	assert_int_equal(insert(&r, 0, 1, 0, true, bytes, 0), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 1, 0, true, bytes, 12), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 1, 4, true, bytes, 16), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 1, 2040, false, bytes, 9), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 1, 2040, false, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 1, 0, true, bytes, 2040), REASSEMBLY_WHOLE);
	/* More behind the end, another end, an end in front of what there is. */
	assert_int_equal(insert(&r, 0, 2, 64, false, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 2, 72, true, bytes, 8), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 2, 64, false, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 2, 64, false, bytes, 4), REASSEMBLY_BAD);
	assert_int_equal(insert(&r, 0, 2, 64, true, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 2, 32, false, bytes, 8), REASSEMBLY_BAD);
	reassembly_fini(&r);
}

static void an_overlap_condemns_the_datagram(void **state)
{
	static const uint8_t zeros[64];
	static const uint8_t ones[64] = {1, 1, 1, 1, 1, 1, 1, 1};
	struct reassembly r;

	(void)state;
	assert_int_equal(reassembly_init(&r), 0);
	assert_int_equal(insert(&r, 0, 1, 0, true, zeros, 16), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 1, 0, true, zeros, 16),
			 REASSEMBLY_HELD); /* the same again */
	assert_int_equal(insert(&r, 0, 1, 0, true, ones, 16), REASSEMBLY_BAD);
	/* What there was is gone with it: the rest alone makes nothing whole. */
	assert_int_equal(insert(&r, 0, 1, 16, true, zeros, 16), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 0, 1, 8, true, zeros, 16), REASSEMBLY_BAD); /* in part */
	reassembly_fini(&r);
}

static void only_so_many_for_so_long(void **state)
{
	static const uint8_t bytes[64];
	struct reassembly r;

	(void)state;
	assert_int_equal(reassembly_init(&r), 0);
	for (uint16_t id = 0; id < REASSEMBLY_DATAGRAMS + 1; id++)
		assert_int_equal(insert(&r, id, id, 0, true, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(r.evicted, 1); /* the oldest */
	assert_int_equal(insert(&r, 100, 0, 8, false, bytes, 8), REASSEMBLY_HELD);
	assert_int_equal(insert(&r, 100, 5, 8, false, bytes, 8), REASSEMBLY_WHOLE);
	assert_int_equal(insert(&r, REASSEMBLY_TIME + 9, 10, 8, false, bytes, 8), REASSEMBLY_WHOLE);
	assert_int_equal(insert(&r, REASSEMBLY_TIME + 11, 11, 8, false, bytes, 8),
			 REASSEMBLY_HELD); /* too late by then */
	assert_true(r.expired > 0);
	reassembly_fini(&r);
}

#define IDS 8

/* The naive one: every octet with a flag. */
struct naive {
	uint8_t have[REASSEMBLY_SIZE + 8];
	uint8_t bytes[REASSEMBLY_SIZE + 8];
	size_t total;
};

static bool naive_is_whole(const struct naive *naive)
{
	for (size_t i = 0; i < naive->total; i++)
		if (!naive->have[i])
			return false;
	return naive->total > 0;
}

static void naive_add(struct naive *naive, size_t offset, bool more, const uint8_t *bytes,
		      size_t len)
{
	memcpy(naive->bytes + offset, bytes, len);
	memset(naive->have + offset, 1, len);
	if (!more)
		naive->total = offset + len;
}

/* Honest datagrams, cut, shuffled among each other, some fragments lost, some doubled. */
static void reassembly_agrees_with_a_naive_one(void **state)
{
	static struct naive naive[IDS];
	static uint8_t bytes[IDS][REASSEMBLY_SIZE];
	size_t len[IDS] = {0};
	struct random_seeded seeded;
	struct random random = {random_seeded_fill, &seeded};
	struct reassembly r;
	unsigned int whole = 0;

	(void)state;
	random_seed(&seeded, 2);
	assert_int_equal(reassembly_init(&r), 0);
	for (int step = 0; step < 200000; step++) {
		size_t id = random_below(&random, RANDOM_JITTER, IDS);
		const size_t unit = 80; /* cuts that meet, and never overlap in part */
		struct fragment fragment = {.key = {.id = (be16)id, .protocol = 17}};
		const uint8_t *payload;
		size_t got;
		enum reassembly_result result;

		if (len[id] == 0) {
			len[id] = 1 + random_below(&random, RANDOM_JITTER, 600);
			random_seeded_fill(&seeded, RANDOM_JITTER, bytes[id], len[id]);
			memset(&naive[id], 0, sizeof(naive[id]));
		}
		fragment.offset = (uint16_t)(unit * random_below(&random, RANDOM_JITTER,
								 (len[id] + unit - 1) / unit));
		fragment.len = len[id] - fragment.offset < unit ? len[id] - fragment.offset : unit;
		fragment.more = fragment.offset + fragment.len < len[id];
		fragment.payload = bytes[id] + fragment.offset;
		naive_add(&naive[id], fragment.offset, fragment.more, fragment.payload,
			  fragment.len);
		result = reassembly_insert(&r, 0, &fragment, &payload, &got);
		assert_int_equal(result,
				 naive_is_whole(&naive[id]) ? REASSEMBLY_WHOLE : REASSEMBLY_HELD);
		if (result != REASSEMBLY_WHOLE)
			continue;
		assert_int_equal(got, len[id]);
		assert_memory_equal(payload, naive[id].bytes, got);
		len[id] = 0;
		whole++;
	}
	assert_true(whole > 1000);
	reassembly_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_is_taken_with_all_about_it),
		cmocka_unit_test(bad_datagrams_are_counted_by_reason),
		cmocka_unit_test(a_datagram_is_sent_exactly),
		cmocka_unit_test(a_datagram_leaves_by_the_port_that_was_said),
		cmocka_unit_test(what_is_too_large_is_fragmented_and_comes_together_again),
		cmocka_unit_test(fragments_that_cannot_be_are_refused),
		cmocka_unit_test(an_overlap_condemns_the_datagram),
		cmocka_unit_test(only_so_many_for_so_long),
		cmocka_unit_test(reassembly_agrees_with_a_naive_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
