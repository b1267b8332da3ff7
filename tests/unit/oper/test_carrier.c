/* SPDX-License-Identifier: BSD-3-Clause */
/* rtnetlink messages, and what they mean for ports. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "oper/carrier.h"

#define UP      (IFF_UP | 0x10000) /* and IFF_LOWER_UP */
#define OPER_UP 6

struct message {
	union {
		struct nlmsghdr header;
		uint8_t bytes[256];
	};
	size_t len;
};

static void add_attribute(struct message *message, unsigned short type, const void *data,
			  size_t len)
{
	struct rtattr *attribute = (struct rtattr *)(message->bytes + NLMSG_ALIGN(message->len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(attribute), data, len);
	message->len = NLMSG_ALIGN(message->len) + RTA_ALIGN(attribute->rta_len);
	message->header.nlmsg_len = (uint32_t)message->len;
}

static struct message link_message(int type, int ifindex, const char *name, unsigned int flags,
				   uint8_t operstate)
{
	struct message message = {.len = NLMSG_LENGTH(sizeof(struct ifinfomsg))};
	struct ifinfomsg *info = NLMSG_DATA(&message.header);

	message.header.nlmsg_type = (uint16_t)type;
	info->ifi_index = ifindex;
	info->ifi_flags = flags;
	add_attribute(&message, IFLA_IFNAME, name, strlen(name) + 1);
	add_attribute(&message, IFLA_OPERSTATE, &operstate, 1);
	return message;
}

struct seen {
	struct netlink_link links[4];
	size_t n;
};

static void see(void *arg, const struct netlink_link *link)
{
	struct seen *seen = arg;

	seen->links[seen->n++] = *link;
}

static void test_parse(void **state)
{
	struct message message = link_message(RTM_NEWLINK, 7, "eth0", UP, OPER_UP);
	struct seen seen = {0};

	(void)state;
	assert_int_equal(netlink_parse(message.bytes, message.len, see, &seen), 0);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.links[0].name, "eth0");
	assert_int_equal(seen.links[0].ifindex, 7);
	assert_true(seen.links[0].carrier);
	assert_false(seen.links[0].deleted);
}

static void test_carrier(void **state)
{
	static const struct {
		unsigned int flags;
		uint8_t operstate;
		bool carrier;
	} cases[] = {
		{UP, OPER_UP, true}, {UP, 0, true}, /* unknown: the flags decide */
		{UP, 2, true},                      /* down: late, the flag says otherwise */
		{UP, 1, false},                     /* not present */
		{UP, 4, false},                     /* testing */
		{UP, 5, false},                     /* dormant */
		{IFF_UP, 0, false},                 /* no carrier */
		{0x10000, 0, false},                /* administratively down */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message message =
			link_message(RTM_NEWLINK, 7, "eth0", cases[i].flags, cases[i].operstate);
		struct seen seen = {0};

		assert_int_equal(netlink_parse(message.bytes, message.len, see, &seen), 0);
		assert_int_equal(seen.links[0].carrier, cases[i].carrier);
	}
}

static void test_bad_lengths(void **state)
{
	struct message message = link_message(RTM_NEWLINK, 7, "eth0", UP, OPER_UP);
	struct nlmsghdr *header = &message.header;
	struct seen seen = {0};

	(void)state;
	assert_int_equal(netlink_parse(message.bytes, sizeof(*header) - 1, see, &seen), 0);
	assert_int_equal(netlink_parse(message.bytes, message.len - 1, see, &seen), -EBADMSG);
	header->nlmsg_len = sizeof(*header) - 1;
	assert_int_equal(netlink_parse(message.bytes, message.len, see, &seen), -EBADMSG);
	header->nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)) - 1;
	assert_int_equal(netlink_parse(message.bytes, message.len, see, &seen), -EBADMSG);
	assert_int_equal(seen.n, 0);
	header->nlmsg_type = NLMSG_DONE;
	assert_int_equal(netlink_parse(message.bytes, message.len, see, &seen), 1);
}

static void test_interface(void **state)
{
	char name[IF_NAMESIZE];

	(void)state;
	assert_true(carrier_interface("net_af_packet0,iface=eth1,qpairs=2", name));
	assert_string_equal(name, "eth1");
	assert_true(carrier_interface("net_tap1,iface=tap-a", name));
	assert_true(carrier_interface("net_af_xdp,iface=ens1", name));
	assert_true(carrier_interface("net_pcap0,iface=lo", name));
	assert_false(carrier_interface("net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap", name));
	assert_false(carrier_interface("net_af_packet0,iface=", name));
	assert_false(carrier_interface("net_af_packet0,iface=abcdefghijklmnop", name));
	assert_false(carrier_interface("net_memif0,iface=eth1", name));
	assert_false(carrier_interface("0000:3b:00.0", name));
}

struct told {
	uint16_t port[8];
	enum link_port_state state[8];
	size_t n;
};

static void tell(void *arg, uint16_t port, enum link_port_state state)
{
	struct told *told = arg;

	told->port[told->n] = port;
	told->state[told->n++] = state;
}

static void init(struct carrier *ports, struct told *told)
{
	static struct conf_port conf_ports[2] = {
		{.device = "net_af_packet0,iface=eth0"},
		{.device = "net_memif0"},
	};
	static const struct conf conf = {.ports = conf_ports, .n_ports = 2};

	memset(told, 0, sizeof(*told));
	carrier_init(ports, &conf, tell, told);
}

static struct netlink_link link_of(const char *name, int ifindex, bool carrier)
{
	struct netlink_link link = {.ifindex = ifindex, .carrier = carrier};

	snprintf(link.name, sizeof(link.name), "%s", name);
	return link;
}

static void handle(struct carrier *ports, struct netlink_link link, bool deleted)
{
	link.deleted = deleted;
	carrier_handle_link(ports, &link);
}

static void test_carrier_changes(void **state)
{
	struct carrier ports;
	struct told told;

	(void)state;
	init(&ports, &told);
	handle(&ports, link_of("eth1", 3, true), false);
	assert_int_equal(told.n, 0);
	handle(&ports, link_of("eth0", 7, true), false);
	handle(&ports, link_of("eth0", 7, true), false);
	handle(&ports, link_of("eth0", 7, false), false);
	assert_int_equal(told.n, 2);
	assert_int_equal(told.state[0], LINK_PORT_UP);
	assert_int_equal(told.state[1], LINK_PORT_DOWN);
}

static void test_deleted_and_made_again(void **state)
{
	struct carrier ports;
	struct told told;

	(void)state;
	init(&ports, &told);
	handle(&ports, link_of("eth0", 7, true), false);
	handle(&ports, link_of("eth0", 8, true), true); /* another's deletion */
	assert_int_equal(told.n, 1);
	handle(&ports, link_of("eth0", 7, false), true);
	assert_int_equal(told.state[1], LINK_PORT_GONE);
	handle(&ports, link_of("eth0", 9, true), false);
	assert_int_equal(told.n, 3);
	assert_int_equal(told.state[2], LINK_PORT_UP);
	/* Its deletion was missed: gone first, then back. */
	handle(&ports, link_of("eth0", 10, true), false);
	assert_int_equal(told.n, 5);
	assert_int_equal(told.state[3], LINK_PORT_GONE);
	assert_int_equal(told.state[4], LINK_PORT_UP);
	/* Renamed away. */
	handle(&ports, link_of("old0", 10, true), false);
	assert_int_equal(told.n, 6);
	assert_int_equal(told.state[5], LINK_PORT_GONE);
}

static void test_dump(void **state)
{
	struct carrier ports;
	struct told told;

	(void)state;
	init(&ports, &told);
	carrier_begin_dump(&ports);
	handle(&ports, link_of("eth0", 7, true), false);
	carrier_end_dump(&ports);
	assert_int_equal(told.n, 1);
	carrier_begin_dump(&ports);
	carrier_end_dump(&ports);
	assert_int_equal(told.n, 2);
	assert_int_equal(told.port[1], 0);
	assert_int_equal(told.state[1], LINK_PORT_GONE);
}

static void test_driver(void **state)
{
	struct carrier ports;
	struct told told;

	(void)state;
	init(&ports, &told);
	carrier_handle_driver(&ports, 1, true);
	carrier_handle_driver(&ports, 1, true);
	carrier_handle_driver(&ports, 1, false);
	carrier_handle_driver(&ports, 0,
			      false); /* on a kernel device: the driver is not believed */
	assert_int_equal(told.n, 2);
	assert_int_equal(told.port[0], 1);
	assert_int_equal(told.state[1], LINK_PORT_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_carrier),
		cmocka_unit_test(test_bad_lengths),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_carrier_changes),
		cmocka_unit_test(test_deleted_and_made_again),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
