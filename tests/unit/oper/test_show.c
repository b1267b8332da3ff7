/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands: which there are, what they take, the shape of what they answer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fakes.h"
#include "oper/command.h"

static void test_bindings(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	fakes_expect("show bindings", "[]");
	fakes->n_bindings = 1;
	fakes_expect(
		"show bindings",
		"[{\"name\":\"branch-a\",\"home_address\":\"192.0.2.1\",\"care_of\":\"10.1.1.5\","
		"\"seen\":\"203.0.113.9\",\"seen_port\":40112,\"behind_nat\":true,"
		"\"encapsulation\":\"udp\",\"tunnel\":5,\"granted_s\":600,\"remaining_s\":65,"
		"\"age_s\":90,\"spi\":1000,\"identification\":\"0102030405060708\","
		"\"renewals\":3,\"networks\":[\"10.1.0.0/24\"]}]");
	fakes_expect_error("show bindings 192.0.2.2", "192.0.2.2 is not bound");
	fakes_expect_error("show bindings x", "x is not an IPv4 address");
	fakes_fini();
	fakes = fakes_init(false);
	fakes_expect_error("show bindings",
			   "a mobile router has no bindings; try show registration");
	fakes_fini();
}

/* A hundred thousand come in pieces, each binding once, with its own networks. */
static void test_many_bindings(void **state)
{
	struct fakes *fakes = fakes_init(true);
	char error[256];
	size_t calls;
	json_t *rows;

	(void)state;
	fakes->n_bindings = 10000;
	rows = fakes_ask("show bindings", error, &calls);
	assert_int_equal(json_array_size(rows), 10000);
	assert_true(calls >= 10000 / ANSWER_ROWS);
	for (size_t i = 0; i < 10000; i++) {
		json_t *row = json_array_get(rows, i);
		struct ip_addr addr = addr_v4(htonl(UINT32_C(0xc0000201) + (uint32_t)i));
		struct ip_prefix network =
			prefix_v4(htonl(UINT32_C(0x0a010000) + ((uint32_t)i << 8)), 24);
		json_t *networks = json_object_get(row, "networks");
		char text[PREFIX_TEXT_SIZE];

		assert_string_equal(json_string_value(json_object_get(row, "home_address")),
				    addr_print(&addr, text));
		assert_int_equal(json_array_size(networks), 1 + i % 2);
		assert_string_equal(json_string_value(json_array_get(networks, 0)),
				    prefix_print(&network, text));
	}
	json_decref(rows);
	fakes_fini();
}

static void test_tables(void **state)
{
	(void)state;
	fakes_init(true);
	fakes_expect(
		"show tunnels",
		"[{\"tunnel\":9999,\"name\":null,\"peer\":\"192.0.2.1\",\"encapsulation\":\"udp\","
		"\"local\":\"198.51.100.1\",\"local_port\":434,\"remote\":\"203.0.113.9\","
		"\"remote_port\":40112,\"port\":\"wan\",\"next_hop\":\"198.51.100.254\","
		"\"next_hop_state\":\"reachable\",\"mtu\":1468,\"path_mtu\":1500,"
		"\"path_mtu_age_s\":9,\"errors\":4,\"received_packets\":11,\"received_bytes\":12,"
		"\"sent_packets\":13,\"sent_bytes\":14,\"drops\":15,\"heard_s\":60}]");
	fakes_expect("show neighbours",
		     "[{\"address\":\"198.51.100.254\",\"port\":\"wan\",\"state\":\"reachable\","
		     "\"mac\":\"02:00:00:00:00:fe\",\"age_s\":7,\"adjacency\":2,\"users\":1,"
		     "\"waiting\":0}]");
	fakes_expect(
		"show paths",
		"[{\"path\":1,\"tunnel\":9999,\"backup\":null,\"up\":true,\"down\":null,"
		"\"direct\":true,\"notify_send\":false,\"notify_receive\":false},"
		"{\"path\":4,\"tunnel\":null,\"backup\":null,\"up\":false,\"down\":\"unbound\","
		"\"direct\":false,\"notify_send\":false,\"notify_receive\":true}]");
	fakes_expect(
		"show adjacencies",
		"[{\"adjacency\":2,\"kind\":\"forward\",\"port\":\"wan\","
		"\"mac\":\"02:00:00:00:00:fe\",\"source\":\"02:00:00:00:00:09\",\"mtu\":1500}]");
	fakes_expect("show routes",
		     "[{\"prefix\":\"10.0.0.0/24\",\"kind\":\"adjacency\",\"id\":2,\"via\":\"wan\","
		     "\"own\":true},"
		     "{\"prefix\":\"10.0.1.0/24\",\"kind\":\"path\",\"id\":1,"
		     "\"via\":\"udp 203.0.113.9:40112\",\"own\":false},"
		     "{\"prefix\":\"10.0.2.0/24\",\"kind\":\"unreachable\",\"id\":null,"
		     "\"via\":\"unbound\",\"own\":false}]");
	fakes_fini();
}

static void test_workers(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	fakes->running.workers = 1;
	fakes->running.busy[0] = (struct busy_sample){.last_total = 1000, .last_busy = 125};
	fakes_expect(
		"show workers",
		"[{\"worker\":0,\"core\":2,\"busy_percent\":12.5,\"busy_percent_since_start\":25.0,"
		"\"cycles_per_packet\":10,\"packets\":100,\"polls\":4200,\"polls_busy\":4300,"
		"\"sleeps\":4400}]");
	fakes_fini();
}

static void test_registration(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->mobile = (struct mobile_view){.state = MOBILE_REGISTERED,
					     .home_address = addr_v4(inet_addr("192.0.2.1")),
					     .home_agent = addr_v4(inet_addr("198.51.100.1")),
					     .care_of = addr_v4(inet_addr("10.9.0.2")),
					     .port = 0,
					     .behind_nat = true,
					     .encap = ENCAP_UDP,
					     .tunnel = {3, 1},
					     .tunnel_mtu = 1468,
					     .granted = 120,
					     .remaining = 61 * NS_PER_S,
					     .next_try = TIME_NEVER,
					     .spi = 1000,
					     .clock_offset = -3,
					     .hub_rtt = 1500 * NS_PER_US,
					     .last_outage = 250 * NS_PER_MS,
					     .n_networks = 1,
					     .n_uplinks = 1};
	fakes->mobile.networks[0].prefix = prefix_v4(inet_addr("10.1.0.0"), 24);
	fakes->mobile.networks[0].accepted = true;
	fakes->mobile.uplinks[0] = (struct mobile_uplink_view){.carrier = true, .active = true};
	fakes_expect(
		"show registration",
		"[{\"state\":\"registered\",\"home_address\":\"192.0.2.1\","
		"\"home_agent\":\"198.51.100.1\",\"care_of\":\"10.9.0.2\",\"uplink\":\"wan\","
		"\"behind_nat\":true,\"encapsulation\":\"udp\",\"tunnel\":3,\"tunnel_mtu\":1468,"
		"\"granted_s\":120,\"remaining_s\":61,\"next_try_s\":null,\"last_code\":0,"
		"\"spi\":1000,\"clock_offset_s\":-3,\"hub_rtt_us\":1500,\"last_outage_ms\":250,"
		"\"networks\":[{\"prefix\":\"10.1.0.0/24\",\"accepted\":true,\"code\":0}],"
		"\"uplinks\":[{\"port\":\"wan\",\"care_of\":null,\"active\":true,\"carrier\":true,"
		"\"answers\":false,\"rtt_us\":null}]}]");
	fakes_expect("ready", "[{\"ready\":true,\"state\":\"registered\"}]");
	fakes->mobile.state = MOBILE_DOWN;
	fakes_expect("ready", "[{\"ready\":false,\"state\":\"down\"}]");
	fakes_fini();
	fakes = fakes_init(true);
	fakes_expect("ready", "[{\"ready\":true,\"state\":\"running\"}]");
	fakes->running.is_stopping = true;
	fakes_expect("ready", "[{\"ready\":false,\"state\":\"stopping\"}]");
	fakes_fini();
}

static void test_reload(void **state)
{
	struct fakes *fakes = fakes_init(true);
	struct conf next = {.role = CONF_HOME_AGENT, .name = "next"};

	(void)state;
	fakes_expect("show reload",
		     "[{\"result\":\"none since start\",\"when\":null,\"age_s\":null,"
		     "\"reason\":null}]");
	fakes_expect_error("reload",
			   "/etc/haaro/hub.yaml:3:1: unknown key: nmae; did you mean name?");
	assert_ptr_equal(fakes->running.conf, &fakes->conf);
	fakes->next = &next;
	fakes->key = "ports[0].device";
	fakes_expect_error(
		"reload",
		"/etc/haaro/hub.yaml: ports[0].device cannot change while running; restart "
		"haarod for it");
	fakes->key = NULL;
	fakes->reload_result = -EEXIST;
	fakes_expect_error("reload", "two own 10.1.0.0/24");
	assert_ptr_equal(fakes->running.conf, &fakes->conf);
	assert_false(fakes->running.reload.ok);
	assert_string_equal(fakes->running.reload.error.text, "two own 10.1.0.0/24");
	fakes->reload_result = 0;
	fakes_expect("reload", "[{\"result\":\"reloaded\"}]");
	assert_ptr_equal(fakes->running.conf, &next);
	assert_true(fakes->running.reload.ok);
	assert_int_equal(log_count(fakes->running.log, EVENT_RELOADED), 1);
	assert_int_equal(log_count(fakes->running.log, EVENT_RELOAD_FAILED), 3);
	fakes_fini();
}

static void test_clear(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	fakes_expect_error("clear binding", "usage: clear binding HOME-ADDRESS");
	fakes_expect_error("clear binding 192.0.2.9", "192.0.2.9 is not bound");
	fakes_expect("clear binding 192.0.2.1",
		     "[{\"result\":\"cleared\",\"home_address\":\"192.0.2.1\"}]");
	assert_true(fakes->is_cleared);
	fakes_expect_error("show ports now", "show ports stands alone; help lists the commands");
	fakes_expect_error("frobnicate", "there is no such command; help lists them");
	fakes_fini();
}

static void test_config_and_violations(void **state)
{
	(void)state;
	fakes_init(true);
	fakes_expect("show config",
		     "[{\"file\":\"/etc/haaro/hub.yaml\",\"text\":\"name: hub\\n\"}]");
	fakes_expect(
		"show violations",
		"[{\"number\":1,\"when\":\"1970-01-01T00:00:00.000Z\",\"home_address\":\"192.0.2."
		"7\","
		"\"peer\":\"203.0.113.66\",\"peer_port\":434,\"spi\":1001,"
		"\"identification\":\"0000000000000000\",\"reason\":\"wrong authenticator\"}]");
	fakes_fini();
}

/* The verdict of doctor on one check; "" if it did not make it. */
static void expect_verdict(const char *check, const char *verdict)
{
	char error[256];
	json_t *rows = fakes_ask("doctor", error, NULL);
	const char *found = "";
	json_t *row;
	size_t i;

	assert_string_equal(error, "");
	json_array_foreach(rows, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "check"));

		if (strcmp(name, check) == 0)
			found = json_string_value(json_object_get(row, "verdict"));
		/* Whatever is not well comes with what to do. */
		assert_true(
			json_is_null(json_object_get(row, "advice")) ==
			(strcmp(json_string_value(json_object_get(row, "verdict")), "ok") == 0));
	}
	assert_string_equal(found, verdict);
	json_decref(rows);
}

static void test_doctor(void **state)
{
	struct fakes *fakes = fakes_init(true);
	char path[] = "/tmp/haaro-doctor-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	snprintf(fakes->conf.home.subscribers.path, sizeof(fakes->conf.home.subscribers.path), "%s",
		 path);
	snprintf(fakes->conf.control_socket.group, sizeof(fakes->conf.control_socket.group),
		 "root");
	assert_int_equal(fchmod(fd, 0600), 0);
	expect_verdict(path, "ok");
	assert_int_equal(fchmod(fd, 0640), 0);
	expect_verdict(path, "fail");
	assert_int_equal(fchmod(fd, 0602), 0);
	expect_verdict(path, "fail");
	close(fd);
	unlink(path);
	expect_verdict(path, "warn");
	expect_verdict("group root", "ok");
	snprintf(fakes->conf.control_socket.group, sizeof(fakes->conf.control_socket.group),
		 "no-such");
	expect_verdict("group no-such", "warn");
	expect_verdict("hugepages of 2 MiB", "warn");
	fakes->running.hugepages = true;
	expect_verdict("hugepages of 2 MiB", "ok");
	snprintf(fakes->port.device, sizeof(fakes->port.device), "net_tap0,iface=no-such0");
	expect_verdict("offloads of no-such0", "fail");
	fakes_fini();
}

/* A command either reads or changes, never both, and help names all. */
static void test_commands(void **state)
{
	const struct command *command;
	char error[256];
	json_t *rows;
	size_t n;

	(void)state;
	fakes_init(true);
	for (n = 0; (command = command_at(n)) != NULL; n++)
		assert_true((command->next == NULL) != (command->change == NULL));
	rows = fakes_ask("help", error, NULL);
	assert_int_equal(json_array_size(rows), n);
	json_decref(rows);
	fakes_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),     cmocka_unit_test(test_many_bindings),
		cmocka_unit_test(test_tables),       cmocka_unit_test(test_workers),
		cmocka_unit_test(test_registration), cmocka_unit_test(test_reload),
		cmocka_unit_test(test_clear),        cmocka_unit_test(test_config_and_violations),
		cmocka_unit_test(test_commands),     cmocka_unit_test(test_doctor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
