/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is true whatever the routers believe. Which pairs must be direct follows the matrix of
 * haaro.md, section 11.4, and what the configurations say of who asks and who is taken.
 */
#include <string.h>

#include "world.h"

/* Whose number the address says that it is: all three kinds are counted up from the first branch's. */
static uint32_t number_by(be32 first, be32 address, uint32_t size)
{
	return (ntohl(address) - ntohl(first)) / size + 1;
}

static bool owns(const struct sim *sim, uint32_t number, be32 address)
{
	const struct conf_mobile *mobile = &sim->nodes[number].conf.mobile;

	if (mobile->home_address.v4 == address)
		return true;
	for (size_t k = 0; k < mobile->n_networks; k++)
		if (prefix_contains4(&mobile->networks[k], address))
			return true;
	return false;
}

uint32_t truth_owner(const struct sim *sim, be32 address)
{
	const struct node *one = &sim->nodes[1];
	const uint32_t numbers[] = {
		number_by(one->conf.mobile.home_address.v4, address, 1),
		number_by(one->networks[0].addr.v4, address, 256),
		number_by(htonl(WORLD_SECOND), address, 256),
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] < sim->n_nodes && owns(sim, numbers[i], address))
			return numbers[i];
	return 0;
}

/* --- policies --------------------------------------------------------------------------------------------- */

static const struct conf_router *router_of(const struct sim *sim, uint32_t number)
{
	return &sim->routers[number - 1];
}

static const struct conf_optimization *conf_of(const struct sim *sim, uint32_t number)
{
	return &sim->nodes[number].conf.mobile.optimization;
}

/* Those of no realm see each other, and no others. */
static bool sees(const struct sim *sim, uint32_t a, uint32_t b)
{
	uint32_t from = router_of(sim, a)->realm, to = router_of(sim, b)->realm;
	const struct conf_realm *realm;

	if (from == UINT32_MAX || to == UINT32_MAX)
		return from == to;
	realm = &sim->realms[from];
	for (size_t i = 0; i < realm->n_sees; i++)
		if (strcmp(realm->sees[i], sim->realms[to].name) == 0)
			return true;
	return false;
}

bool truth_is_told(const struct sim *sim, uint32_t a, uint32_t b)
{
	return !router_of(sim, a)->refuse_optimization && !router_of(sim, b)->refuse_optimization &&
	       router_of(sim, b)->advertise && conf_of(sim, b)->advertise && sees(sim, a, b);
}

static bool takes_realm_of(const struct sim *sim, uint32_t a, uint32_t b)
{
	const struct conf_optimization *conf = conf_of(sim, a);
	uint32_t realm = router_of(sim, b)->realm;

	return conf->n_realms == 0 ||
	       (realm != UINT32_MAX && strcmp(conf->realms[0], sim->realms[realm].name) == 0);
}

/* Whether a may register at b: b takes what the hub confirms to it. */
static bool may_register(const struct sim *sim, uint32_t a, uint32_t b)
{
	return conf_of(sim, a)->request && conf_of(sim, b)->advertise && truth_is_told(sim, a, b) &&
	       truth_is_told(sim, b, a) && takes_realm_of(sim, b, a);
}

static bool asks_by_itself(const struct sim *sim, uint32_t a)
{
	return conf_of(sim, a)->trigger != CONF_TRIGGER_MANUAL;
}

/* Traffic flows both ways; who has no trigger still registers with who registered there. */
static bool will_register(const struct sim *sim, uint32_t a, uint32_t b)
{
	return may_register(sim, a, b) &&
	       (asks_by_itself(sim, a) || (asks_by_itself(sim, b) && may_register(sim, b, a)));
}

/* --- addresses -------------------------------------------------------------------------------------------- */

/* Behind something that lets in only what it has let out, by the uplink it is registered on now. */
static bool is_behind(const struct sim *sim, uint32_t number)
{
	const struct node *node = &sim->nodes[number];
	struct mobile_view view;

	mobile_read(haaro_mobile(node->haaro), &view);
	return view.port < SIM_UPLINKS && node->links[view.port].nat >= 0;
}

static bool says_outbound(const struct sim *sim, uint32_t number)
{
	struct ro_view view;

	ro_read(haaro_ro(sim->nodes[number].haaro), &view);
	return view.outbound_only;
}

/* Whoever registers opens; who says that it can only open needs to be the one. */
static bool can_pass(const struct sim *sim, uint32_t a, uint32_t b, bool a_registers,
		     bool b_registers)
{
	bool a_closed = is_behind(sim, a) || says_outbound(sim, a);
	bool b_closed = is_behind(sim, b) || says_outbound(sim, b);

	if (a_closed && b_closed)
		return false;
	return a_closed ? a_registers : b_closed ? b_registers : a_registers || b_registers;
}

bool truth_must_be_direct(const struct sim *sim, uint32_t a, uint32_t b)
{
	bool there = will_register(sim, a, b);
	bool here = will_register(sim, b, a);
	bool immediate = conf_of(sim, a)->mutual == CONF_MUTUAL_IMMEDIATE;

	return (here || (there && immediate)) && can_pass(sim, a, b, there, here);
}
