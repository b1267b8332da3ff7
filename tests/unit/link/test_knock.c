/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/link: tunnels whose far end's port is not known yet (tunnels.md, section 5.3): they only
 * receive, an echo request by one is its owner's to judge, and nothing else is sent into them.
 */
#include <errno.h>

#include "rig.h"
#include "wire/packet.h"

struct case_rig {
	struct rig *rig;
	struct tunnel_spec spec;
	struct tunnel *any;   /* from every port */
	struct tunnel *bound; /* what the owner opens for the answer; NULL: nothing */
	bool accepts;         /* what the owner says to a knock */
	unsigned int n_knocks;
	struct tunnel_knock knock;
};

static struct tunnel_ref knocked(void *arg, const struct tunnel_knock *knock)
{
	struct case_rig *c = arg;
	struct tunnel_spec spec = c->spec;

	c->n_knocks++;
	c->knock = *knock;
	if (!c->accepts)
		return (struct tunnel_ref){.index = FWD_NONE};
	spec.remote_port = knock->remote_port;
	spec.accept = FWD_ACCEPT_DIRECT;
	if (!c->bound)
		assert_int_equal(tunnel_open(c->rig->link, &spec, &c->bound), 0);
	return tunnel_ref(c->bound);
}

/* A branch that has accepted another one's request, from 198.51.100.77 by way of the hub. */
static struct case_rig *start(void)
{
	struct case_rig *c = calloc(1, sizeof(*c));

	c->rig = rig_branch();
	c->spec = (struct tunnel_spec){
		.encap = ENCAP_UDP,
		.port = 0,
		.local = addr("203.0.113.10"),
		.remote = addr("198.51.100.77"),
		.local_port = 434,
		.source = FWD_SOURCE_ANY,
		.destination = FWD_DESTINATION_LOCAL,
		.accept = FWD_ACCEPT_ECHO,
		.knocked = knocked,
		.knocked_arg = c,
		.peer = addr("192.0.2.2"),
	};
	rig_start(c->rig);
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &c->any), 0);
	rig_forget_packets(c->rig);
	return c;
}

static void stop(struct case_rig *c)
{
	tunnel_close(c->rig->link, c->bound);
	tunnel_close(c->rig->link, c->any);
	rig_stop(c->rig);
	free(c);
}

static void arrive(struct case_rig *c, struct tunnel_ref tunnel, uint8_t type, uint16_t port)
{
	uint8_t packet[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 header = {
		.ttl = 64,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = 32,
		.source = ip("192.0.2.2"),
		.destination = ip("192.0.2.1"),
	};
	const struct packet_icmp icmp = {.type = type, .rest = 0x4d520007};
	struct punt punt;

	packet_ipv4_build(&header, &writer);
	packet_icmp_build(&icmp, (const uint8_t *)"data", 4, &writer);
	punt = rig_punt(PUNT_ICMP, 0, packet, writer.len);
	punt.tunnel = tunnel;
	punt.outer = addr("198.51.100.77");
	punt.outer_port = port;
	link_handle_icmp(c->rig->link, &punt);
}

/* Proves: H7-144 */
static void a_knock_is_judged_and_answered_by_the_tunnel_it_opens(void **state)
{
	struct case_rig *c = start();
	struct fake_packet *sent;

	(void)state;
	c->accepts = true;
	arrive(c, tunnel_ref(c->any), 8, 40112);
	assert_int_equal(c->n_knocks, 1);
	assert_ptr_equal(c->knock.tunnel, c->any);
	assert_int_equal(c->knock.remote.v4, ip("198.51.100.77"));
	assert_int_equal(c->knock.remote_port, 40112);
	assert_int_equal(c->knock.source.v4, ip("192.0.2.2"));
	assert_int_equal(c->knock.destination.v4, ip("192.0.2.1"));
	sent = rig_packet(c->rig);
	assert_int_equal(sent->inject.kind, INJECT_TUNNEL);
	assert_int_equal(sent->inject.tunnel.index, tunnel_ref(c->bound).index);
	assert_int_equal(sent->len, 32);
	assert_memory_equal(sent->bytes + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02\0\0", 10);
	/* By the tunnel whose port is known there is nothing to judge. */
	arrive(c, tunnel_ref(c->bound), 8, 40112);
	assert_int_equal(c->n_knocks, 1);
	assert_int_equal(rig_packet(c->rig)->inject.tunnel.index, tunnel_ref(c->bound).index);
	/* From another port once more: a NAT may have moved it. */
	arrive(c, tunnel_ref(c->any), 8, 40113);
	assert_int_equal(c->n_knocks, 2);
	assert_int_equal(c->knock.remote_port, 40113);
	rig_packet(c->rig);
	rig_no_packet(c->rig);
	stop(c);
}

/* A far end that is left is not told that the way to us still works; what it asked before is heard. */
static void a_mute_tunnel_answers_no_echo(void **state)
{
	struct case_rig *c = start();

	(void)state;
	c->accepts = true;
	arrive(c, tunnel_ref(c->any), 8, 40112);
	rig_packet(c->rig);
	tunnel_mute(c->bound);
	arrive(c, tunnel_ref(c->bound), 8, 40112);
	rig_no_packet(c->rig);
	arrive(c, tunnel_ref(c->bound), 0, 40112);
	assert_int_equal(rig_event(c->rig, EVENT_ECHO_REPLY).tunnel.index,
			 tunnel_ref(c->bound).index);
	stop(c);
}

static void a_knock_that_is_refused_has_no_answer(void **state)
{
	struct case_rig *c = start();
	struct tunnel *nobody;
	struct tunnel_ref gone;

	(void)state;
	arrive(c, tunnel_ref(c->any), 8, 40112);
	assert_int_equal(c->n_knocks, 1);
	c->spec.remote = addr("198.51.100.78");
	c->spec.knocked = NULL;
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &nobody), 0);
	arrive(c, tunnel_ref(nobody), 8, 40112);
	assert_int_equal(c->n_knocks, 1);
	assert_int_equal(link_counters(c->rig->link)->echo_requests_in, 2);
	arrive(c, tunnel_ref(c->any), 8, 0); /* no port to answer to */
	assert_int_equal(c->n_knocks, 1);
	/* What is not asked is not judged: an answer to an echo of ours. */
	arrive(c, tunnel_ref(c->any), 0, 40112);
	assert_int_equal(c->n_knocks, 1);
	assert_int_equal(rig_event(c->rig, EVENT_ECHO_REPLY).tunnel.index,
			 tunnel_ref(c->any).index);
	/* Nor what came by one that is gone, whose index may be another's by now. */
	gone = tunnel_ref(c->any);
	gone.generation--;
	arrive(c, gone, 8, 40112);
	assert_int_equal(c->n_knocks, 1);
	rig_no_packet(c->rig);
	tunnel_close(c->rig->link, nobody);
	stop(c);
}

static void it_only_receives(void **state)
{
	struct case_rig *c = start();
	const struct fwd_tunnel *entry = &c->rig->fwd.tunnels[tunnel_ref(c->any).index];
	struct tunnel *other;

	(void)state;
	assert_int_equal(entry->adjacency, FWD_NONE);
	assert_int_equal(entry->accept, FWD_ACCEPT_ECHO);
	assert_int_equal(entry->remote_port, 0);
	assert_false(tunnel_has_underlay(c->any));
	/* Nor after the underlay has changed. */
	link_port_changed(c->rig->link, 0, LINK_PORT_DOWN);
	link_port_changed(c->rig->link, 0, LINK_PORT_UP);
	assert_int_equal(entry->adjacency, FWD_NONE);
	/* From any port, nobody may do what the hub may. */
	c->spec.remote = addr("198.51.100.78");
	c->spec.accept = FWD_ACCEPT_ALL;
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &other), -EINVAL);
	stop(c);
}

static void it_stands_beside_the_tunnel_of_each_port(void **state)
{
	struct case_rig *c = start();
	const struct fwd_ops *ops = &fake_fwd_ops;
	struct fwd_binding key = {
		.encap = ENCAP_UDP,
		.local = c->spec.local,
		.remote = c->spec.remote,
		.local_port = 434,
		.remote_port = 40112,
	};
	struct tunnel *again;
	uint32_t found;

	(void)state;
	assert_int_equal(ops->binding_lookup(&c->rig->fwd, &key, &found), 0);
	assert_int_equal(found, tunnel_ref(c->any).index);
	c->spec.remote_port = 40112;
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &c->bound), 0);
	assert_int_equal(ops->binding_lookup(&c->rig->fwd, &key, &found), 0);
	assert_int_equal(found, tunnel_ref(c->bound).index);
	key.remote_port = 40113;
	assert_int_equal(ops->binding_lookup(&c->rig->fwd, &key, &found), 0);
	assert_int_equal(found, tunnel_ref(c->any).index);
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &again), -EEXIST);
	c->spec.remote_port = 0;
	assert_int_equal(tunnel_open(c->rig->link, &c->spec, &again), -EEXIST);
	/* The owner lets more in once the port is proven: the same key, another entry. */
	c->spec.accept = FWD_ACCEPT_DIRECT;
	assert_int_equal(tunnel_replace(c->rig->link, c->any, &c->spec, &again), 0);
	tunnel_close(c->rig->link, c->any);
	c->any = again;
	assert_int_equal(c->rig->fwd.tunnels[tunnel_ref(again).index].accept, FWD_ACCEPT_DIRECT);
	stop(c);
}

/* An error about what came by such a tunnel is routed: its inner source has a route of its own. */
static void errors_about_its_packets_are_routed(void **state)
{
	struct case_rig *c = start();
	uint8_t packet[PUNT_PACKET_MAX];
	size_t len = rig_udp(packet, "10.2.0.7", "10.1.0.99", 8);
	struct punt punt = rig_punt(PUNT_ERROR, 0, packet, len);
	struct fake_packet *sent;

	(void)state;
	punt.drop = DROP_TTL_EXPIRED;
	punt.tunnel = tunnel_ref(c->any);
	punt.outer = addr("198.51.100.77");
	link_handle_error(c->rig->link, &punt);
	sent = rig_packet(c->rig);
	assert_int_equal(sent->inject.kind, INJECT_LOOKUP);
	assert_int_equal(sent->inject.tunnel.index, FWD_NONE);
	assert_memory_equal(sent->bytes + 16, "\x0a\x02\x00\x07\x0b\x00", 6);
	rig_no_packet(c->rig);
	stop(c);
}

/* Nothing leaves to port 0, so an ICMP error that quotes such a packet is a forgery. */
static void no_error_is_about_it(void **state)
{
	struct case_rig *c = start();
	uint8_t packet[PUNT_PACKET_MAX], quote[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 header = {
		.ttl = 60,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = 28 + 28,
		.source = ip("192.0.2.99"),
		.destination = ip("203.0.113.10"),
	};
	const struct packet_icmp icmp = {.type = 3, .code = 1};
	struct punt punt;

	(void)state;
	rig_udp(quote, "203.0.113.10", "198.51.100.77", 100);
	memcpy(quote + 20, "\x01\xb2\0\0", 4); /* from 434 to 0 */
	packet_ipv4_build(&header, &writer);
	packet_icmp_build(&icmp, quote, 28, &writer);
	punt = rig_punt(PUNT_ICMP, 0, packet, writer.len);
	link_handle_icmp(c->rig->link, &punt);
	assert_int_equal(link_counters(c->rig->link)->tunnel_errors_foreign, 1);
	assert_int_equal(link_counters(c->rig->link)->tunnel_errors_in, 0);
	assert_false(rig_has_event(c->rig, EVENT_TUNNEL_ERROR));
	stop(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_knock_is_judged_and_answered_by_the_tunnel_it_opens),
		cmocka_unit_test(a_mute_tunnel_answers_no_echo),
		cmocka_unit_test(a_knock_that_is_refused_has_no_answer),
		cmocka_unit_test(it_only_receives),
		cmocka_unit_test(it_stands_beside_the_tunnel_of_each_port),
		cmocka_unit_test(errors_about_its_packets_are_routed),
		cmocka_unit_test(no_error_is_about_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
