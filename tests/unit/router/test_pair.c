/* SPDX-License-Identifier: BSD-3-Clause */
/* control/router: a whole hub and a whole branch, from registration to deregistration. */
#include "pair.h"

static const struct fwd_route *route(const struct node *node, const char *text, unsigned int len)
{
	struct ip_prefix key = {0};
	be32 v4;

	assert_int_equal(inet_pton(AF_INET, text, &v4), 1);
	key = prefix_v4(v4, len);
	return fake_fwd_route(&node->fwd, REALM_MAIN, &key);
}

static enum nexthop_kind kind(const struct node *node, const char *text, unsigned int len)
{
	const struct fwd_route *found = route(node, text, len);

	return found ? found->nexthop.kind : NEXTHOP_NONE;
}

static enum mobile_state branch_state(const struct pair *pair)
{
	static struct mobile_view view;

	mobile_read(haaro_mobile(pair->branch.haaro), &view);
	return view.state;
}

static void a_branch_registers_and_is_routed(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	/* Unreachable while unbound, and nothing native from the branch. */
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_UNREACHABLE);
	assert_int_equal(kind(&pair->hub, "192.0.2.0", 24), NEXTHOP_UNREACHABLE);
	pair_run(pair, 5 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	assert_int_equal(pair->hub.events[EVENT_BINDING_CREATED], 1);
	assert_int_equal(pair->branch.events[EVENT_REGISTERED], 1);
	assert_int_equal(pair->signalling, 2);
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_PATH);
	assert_int_equal(kind(&pair->branch, "0.0.0.0", 0), NEXTHOP_PATH);
	assert_int_equal(fake_fwd_tunnels(&pair->hub.fwd), 1);
	assert_int_equal(pair->hub.fwd.n_bindings, 1);
	pair_destroy(pair);
}

/* --- more than a packet holds --------------------------------------------------------------------- */

#define NETWORKS   64
#define SMALL_PORT "device: net_null0, mtu: 576"

/* The text with something in it replaced, once. */
static char *edited(const char *text, const char *what, const char *by)
{
	size_t size = strlen(text) + strlen(by) + 1;
	const char *at = strstr(text, what);
	char *made = malloc(size);

	assert_non_null(at);
	assert_non_null(made);
	snprintf(made, size, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
	return made;
}

static void list_networks(char *text, size_t size)
{
	size_t len = 0;

	for (unsigned int i = 0; i < NETWORKS; i++)
		len += (size_t)snprintf(text + len, size - len, "%s10.1.%u.0/24", i ? ", " : "", i);
	assert_true(len < size);
}

/* So many networks that neither a registration nor its reply fits into the ports' packets. */
static struct pair *pair_of_small_ports(void)
{
	char networks[NETWORKS * sizeof("10.1.10.0/24, ")];
	char *texts[5];
	struct pair *pair;

	list_networks(networks, sizeof(networks));
	texts[0] = edited(pair_hub_yaml, "device: net_null0", SMALL_PORT);
	texts[1] = edited(pair_subscribers_yaml, "10.1.0.0/24", networks);
	texts[2] = edited(pair_branch_yaml, "device: net_null0", SMALL_PORT);
	texts[3] = edited(texts[2], "10.1.0.1/24", "10.1.0.1/16");
	texts[4] = edited(texts[3], "10.1.0.0/24", networks);
	pair = pair_create_of(texts[0], texts[1], texts[4]);
	for (size_t i = 0; i < 5; i++)
		free(texts[i]);
	return pair;
}

/* Reassembled at both ends, before any role sees it (haaro.md, section 21.19). */
static void what_comes_in_fragments_counts(void **state)
{
	struct pair *pair = pair_of_small_ports();

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	assert_int_equal(pair->signalling, 0);
	assert_int_equal(pair->fragments, 4); /* two of the request, two of the reply */
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_PATH);
	assert_int_equal(kind(&pair->hub, "10.1.63.0", 24), NEXTHOP_PATH);
	pair_destroy(pair);
}

/* --- over time ------------------------------------------------------------------------------------ */

static void it_renews_before_it_expires_and_watches(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	pair_run(pair, 300 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	assert_true(pair->hub.events[EVENT_BINDING_RENEWED] >= 4);
	assert_int_equal(pair->hub.events[EVENT_BINDING_EXPIRED], 0);
	assert_int_equal(pair->branch.events[EVENT_LOST], 0);
	assert_int_equal(pair->branch.events[EVENT_HUB_SILENT], 0);
	assert_true(pair->tunnelled > 100); /* an echo and its reply, every five seconds */
	pair_destroy(pair);
}

static void it_deregisters_at_shutdown(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	assert_true(haaro_is_drained(pair->hub.haaro));
	assert_false(haaro_is_drained(pair->branch.haaro));
	haaro_shutdown(pair->branch.haaro, &pair->now);
	pair_run(pair, NS_PER_S);
	assert_true(haaro_is_drained(pair->branch.haaro));
	assert_int_equal(pair->hub.events[EVENT_BINDING_REMOVED], 1);
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_UNREACHABLE);
	assert_int_equal(fake_fwd_tunnels(&pair->hub.fwd), 0);
	assert_int_equal(pair->hub.fwd.n_bindings, 0);
	pair_destroy(pair);
}

static void a_cut_wire_is_noticed_and_mended(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	pair->cut = true;
	pair_run(pair, 200 * NS_PER_S);
	assert_int_equal(pair->hub.events[EVENT_BINDING_EXPIRED], 1);
	assert_true(pair->branch.events[EVENT_HUB_SILENT] >= 1);
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_UNREACHABLE);
	pair->cut = false;
	pair_run(pair, 60 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	assert_int_equal(kind(&pair->hub, "10.1.0.0", 24), NEXTHOP_PATH);
	pair_destroy(pair);
}

static void a_port_that_comes_back_is_used_at_once(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	haaro_port_changed(pair->branch.haaro, &pair->now, 0, LINK_PORT_GONE);
	pair_run(pair, 10 * NS_PER_S);
	assert_int_equal(pair->branch.events[EVENT_PORT_GONE], 1);
	assert_int_equal(branch_state(pair), MOBILE_DOWN);
	haaro_port_changed(pair->branch.haaro, &pair->now, 0, LINK_PORT_UP);
	pair_run(pair, 15 * NS_PER_S);
	assert_int_equal(pair->branch.events[EVENT_PORT_BACK], 1);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	pair_destroy(pair);
}

static void a_cleared_binding_is_gone(void **state)
{
	struct pair *pair = pair_create();
	struct ip_addr home;
	be32 v4;

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &v4), 1);
	home = addr_v4(v4);
	pair_run(pair, 5 * NS_PER_S);
	assert_int_equal(haaro_clear_binding(pair->hub.haaro, &pair->now, &home), 0);
	assert_true(haaro_clear_binding(pair->branch.haaro, &pair->now, &home) < 0);
	pair_run(pair, 60 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED); /* it came back by itself */
	pair_destroy(pair);
}

/* --- reload --------------------------------------------------------------------------------------- */

static void a_reload_leaves_the_untouched_alone(void **state)
{
	struct pair *pair = pair_create();
	struct conf *old = pair->hub.conf;
	struct error err;
	unsigned int changes;

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	changes = pair->hub.fwd.changes;
	pair->hub.conf = pair_load(pair, "hub.yaml");
	assert_int_equal(haaro_reload(pair->hub.haaro, &pair->now, pair->hub.conf, &err), 0);
	assert_int_equal(pair->hub.fwd.changes, changes);
	conf_free(old);
	old = pair->branch.conf;
	changes = pair->branch.fwd.changes;
	pair->branch.conf = pair_load(pair, "branch.yaml");
	assert_int_equal(haaro_reload(pair->branch.haaro, &pair->now, pair->branch.conf, &err), 0);
	assert_int_equal(pair->branch.fwd.changes, changes);
	conf_free(old);
	pair_run(pair, 100 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	assert_int_equal(pair->hub.events[EVENT_BINDING_CREATED], 1);
	pair_destroy(pair);
}

static void a_reload_that_one_part_refuses_changes_no_part(void **state)
{
	struct pair *pair = pair_create();
	struct error err = {""};
	struct conf *next;
	size_t locals;

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	next = pair_load(pair, "hub.yaml");
	/* The slow path would take its new address; then there is no room for a new home network. */
	next->ports[1].addresses[0].v4 = htonl(0x0aff0002);
	next->home.networks[0] = prefix_v4(htonl(0xc6120000), 24);
	next->home.address.v4 = next->home.address.v4;
	locals = pair->hub.fwd.n_locals;
	pair->hub.fwd.capacity = pair->hub.fwd.n_routes;
	if (haaro_reload(pair->hub.haaro, &pair->now, next, &err) == 0)
		fail_msg("accepted");
	pair->hub.fwd.capacity = FAKE_SIZE;
	conf_free(next);
	assert_int_equal(pair->hub.fwd.n_locals, locals);
	assert_int_equal(
		fake_fwd_local(&pair->hub.fwd, REALM_MAIN, &pair->hub.conf->ports[1].addresses[0]),
		LOCAL_NATIVE);
	assert_int_equal(kind(&pair->hub, "192.0.2.0", 24), NEXTHOP_UNREACHABLE);
	pair_run(pair, 100 * NS_PER_S);
	assert_int_equal(branch_state(pair), MOBILE_REGISTERED);
	pair_destroy(pair);
}

static void removals_that_wait_are_a_reason_to_come_back(void **state)
{
	struct pair *pair = pair_create();

	(void)state;
	pair_run(pair, 5 * NS_PER_S);
	pair->hub.fwd.keep_retired = true;
	haaro_shutdown(pair->branch.haaro, &pair->now);
	pair_run(pair, NS_PER_S);
	haaro_tick(pair->hub.haaro, &pair->now);
	assert_true(haaro_deadline(pair->hub.haaro) <= pair->now.mono + 10 * NS_PER_MS);
	pair->hub.fwd.keep_retired = false;
	haaro_tick(pair->hub.haaro, &pair->now);
	assert_true(haaro_deadline(pair->hub.haaro) > pair->now.mono + 10 * NS_PER_MS);
	pair_destroy(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_branch_registers_and_is_routed),
		cmocka_unit_test(what_comes_in_fragments_counts),
		cmocka_unit_test(it_renews_before_it_expires_and_watches),
		cmocka_unit_test(it_deregisters_at_shutdown),
		cmocka_unit_test(a_cut_wire_is_noticed_and_mended),
		cmocka_unit_test(a_port_that_comes_back_is_used_at_once),
		cmocka_unit_test(a_cleared_binding_is_gone),
		cmocka_unit_test(a_reload_leaves_the_untouched_alone),
		cmocka_unit_test(a_reload_that_one_part_refuses_changes_no_part),
		cmocka_unit_test(removals_that_wait_are_a_reason_to_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
