/* SPDX-License-Identifier: BSD-3-Clause */
/* Many routers that ask. */
#include "crowd.h"

struct conf_router crowd_routers[CROWD];
struct ip_prefix crowd_networks[CROWD][TOLD_NETWORKS];
struct conf_realm crowd_realms[2];

int crowd_prepare(void **state)
{
	struct conf_subscribers *subscribers;
	struct fixture *f;

	told_prepare(state);
	f = *state;
	for (uint32_t i = 0; i < CROWD; i++) {
		struct conf_router *router = &crowd_routers[i];

		*router = f->routers[BRANCH_A];
		snprintf(router->name, sizeof(router->name), "router-%u", i);
		router->home_address = addr_v4(htonl(0xc0000201 + i));
		router->realm = 0;
		router->networks_mode = CONF_NETWORKS_IMPLICIT;
		router->networks = crowd_networks[i];
		router->n_networks = 1;
		crowd_networks[i][0] = prefix_v4(htonl(0x0a000000 + (i << 12)), 24);
	}
	crowd_realms[0] = (struct conf_realm){.name = "west.example.com"};
	crowd_realms[1] = (struct conf_realm){.name = "east.example.com"};
	subscribers = &f->conf.home.subscribers;
	subscribers->realms = crowd_realms;
	subscribers->n_realms = 2;
	subscribers->routers = crowd_routers;
	subscribers->n_routers = CROWD;
	return 0;
}

int crowd_setup(void **state)
{
	crowd_prepare(state);
	fixture_start(*state);
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_ask(*state, i, A);
	return 0;
}

void crowd_give(uint32_t router, uint32_t n)
{
	crowd_routers[router].n_networks = n;
	for (uint32_t i = 0; i < n; i++)
		crowd_networks[router][i] = prefix_v4(htonl(0x0b000000 + (i << 16)), 24);
}

struct registration_reply crowd_reply(struct fixture *f, uint32_t router, uint8_t flags)
{
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply reply;
	struct ip_addr place = addr_v4(htonl(0xcb007101 + router));
	char text[ADDR_TEXT_SIZE];

	request.home_address = crowd_routers[router].home_address.v4;
	request.care_of = place.v4;
	request.capability.is_present = true;
	request.capability.flags = flags;
	assert_true(fixture_ask(f, BRANCH_A, &request, addr_print(&place, text), &reply));
	assert_int_equal(reply.code, 0);
	return reply;
}

const struct told *crowd_ask(struct fixture *f, uint32_t router, uint8_t flags)
{
	static struct told told;
	struct registration_reply reply = crowd_reply(f, router, flags);

	told_read(&reply, &told);
	return &told;
}

uint32_t crowd_number(const struct told_router *router)
{
	uint32_t number = ntohl(router->home_address) - 0xc0000201;

	assert_true(number < CROWD);
	return number;
}

size_t crowd_networks_of(const struct told *told, uint32_t router)
{
	for (size_t i = 0; i < told->n; i++)
		if (crowd_number(&told->routers[i]) == router)
			return told->routers[i].n_networks;
	return 0;
}

void crowd_mark(const struct told *told, bool seen[CROWD])
{
	bool here[CROWD] = {false};

	for (size_t i = 0; i < told->n; i++) {
		const struct told_router *router = &told->routers[i];
		uint32_t number = crowd_number(router);

		assert_false(here[number]);
		here[number] = seen[number] = true;
		assert_int_equal(router->n_networks, 1);
		assert_true(prefix_is_equal(&router->networks[0], &crowd_networks[number][0]));
		assert_string_equal(router->realm, crowd_realms[crowd_routers[number].realm].name);
	}
}

size_t crowd_count(const bool seen[CROWD])
{
	size_t n = 0;

	for (size_t i = 0; i < CROWD; i++)
		n += seen[i];
	return n;
}
