/* SPDX-License-Identifier: BSD-3-Clause */
/* net_af_packet's arguments, and a fanout group that another process has (root only). */
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "af_packet.h"

static void expect_device(const char *device, uint32_t slot, const char *full)
{
	char text[128];

	assert_int_equal(af_packet_slot_size(device), slot);
	af_packet_device(device, text, sizeof(text));
	assert_string_equal(text, full);
}

static void test_adds_sizes_where_none_are_named(void **state)
{
	(void)state;
	expect_device("net_af_packet0,iface=eth0", 16384,
		      "net_af_packet0,iface=eth0,blocksz=16384,framesz=16384");
	expect_device("eth_af_packet1,iface=e,framecnt=64", 16384,
		      "eth_af_packet1,iface=e,framecnt=64,blocksz=16384,framesz=16384");
}

static void test_leaves_what_is_named(void **state)
{
	(void)state;
	expect_device("net_af_packet0,iface=e,blocksz=8192,framesz=4096", 4096,
		      "net_af_packet0,iface=e,blocksz=8192,framesz=4096");
	expect_device("net_af_packet0,blocksz=8192,iface=e", 2048,
		      "net_af_packet0,blocksz=8192,iface=e");
	expect_device("net_af_packet0,iface=e,framesz=99999999999", 61440,
		      "net_af_packet0,iface=e,framesz=99999999999");
}

static void test_leaves_other_drivers_alone(void **state)
{
	(void)state;
	expect_device("net_pcap0,iface=eth0", 0, "net_pcap0,iface=eth0");
	expect_device("0000:01:00.0", 0, "0000:01:00.0");
}

/* Holds the group that the driver would name after interface, on a tap device. */
static int take_group(const char *interface)
{
	struct ifreq request = {.ifr_name = "tap0", .ifr_flags = IFF_TAP | IFF_NO_PI};
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	uint32_t group = ((uint32_t)getpid() ^ if_nametoindex(interface)) & 0xffff;
	int tap = open("/dev/net/tun", O_RDWR), fd = socket(AF_PACKET, SOCK_RAW, 0);

	assert_true(tap >= 0 && fd >= 0);
	assert_int_equal(ioctl(tap, TUNSETIFF, &request), 0);
	address.sll_ifindex = (int)if_nametoindex("tap0");
	request.ifr_flags = IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	group |= (uint32_t)PACKET_FANOUT_HASH << 16;
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)), 0);
	return fd; /* the tap device stays until the process ends */
}

static void test_a_taken_group_is_named_as_the_cause(void **state)
{
	const struct conf_port port = {.name = "wan", .device = "net_af_packet0,iface=lo"};
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct error err = {0};
	int fd;

	(void)state;
	if (unshare(CLONE_NEWNET) != 0 || access("/dev/net/tun", R_OK | W_OK) != 0)
		skip();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
	assert_false(af_packet_explain(&port, &err));
	fd = take_group("lo");
	assert_true(af_packet_explain(&port, &err));
	assert_non_null(strstr(err.text, "port wan: another process"));
	assert_non_null(strstr(err.text, "start haarod again"));
	close(fd);
	assert_false(af_packet_explain(&port, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds_sizes_where_none_are_named),
		cmocka_unit_test(test_leaves_what_is_named),
		cmocka_unit_test(test_leaves_other_drivers_alone),
		cmocka_unit_test(test_a_taken_group_is_named_as_the_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
