/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Link state of ports. It comes from rtnetlink and the PMD (some PMDs say "up" for ever), reaches
 * us by link_port_changed(), and goes on to the data plane, the neighbours behind the port, the
 * tunnels over it, and as an event to whoever registers over it. A device that was deleted and
 * created again is opened again, and again each second until that works. Thread: control core.
 */
#include <errno.h>

#include "link/arp.h"
#include "link/internal.h"

#define REATTACH_RETRY NS_PER_S

static void port_set(struct link_port *port)
{
	struct link *link = port->link;
	struct fwd_port set = {
		.role = PORT_ROLE_HUB,
		.realm = REALM_MAIN,
		.up = port->state == LINK_PORT_UP,
	};

	if (link->conf->role == CONF_MOBILE_ROUTER)
		set.role = port->routed ? PORT_ROLE_LAN : PORT_ROLE_UPLINK;
	link->core->ops->port_set(link->core->fwd, port->number, &set);
}

static struct fwd_adjacency glean_value(const struct link_port *port)
{
	return (struct fwd_adjacency){
		.kind = port->state == LINK_PORT_UP ? ADJACENCY_GLEAN : ADJACENCY_DOWN,
		.port = port->number,
		.mtu = port->mtu,
		.source = port->mac,
	};
}

int port_glean_make(struct link_port *port)
{
	struct core *core = port->link->core;
	struct fwd_adjacency adjacency = glean_value(port);

	if (port->glean != FWD_NONE)
		return 0;
	return core->ops->adjacency_insert(core->fwd, &adjacency, &port->glean);
}

static void glean_write(struct link_port *port)
{
	struct fwd_adjacency adjacency = glean_value(port);

	if (port->glean != FWD_NONE)
		port->stale = link_adjacency_set(port->link, port->glean, &adjacency);
}

void ports_rewrite(struct link *link)
{
	for (uint16_t i = 0; i < link->n_ports; i++)
		if (link->ports[i].stale)
			glean_write(&link->ports[i]);
}

static void post(struct link_port *port, enum event_type type)
{
	struct event event = core_event(port->link->core, type);

	event.port = port->number;
	snprintf(event.text, sizeof(event.text), "%s", port->link->conf->ports[port->number].name);
	core_post(port->link->core, &event);
}

static int port_read(struct link_port *port, struct fwd_port_state *state)
{
	struct core *core = port->link->core;
	int result = core->ops->port_read(core->fwd, port->number, state);

	if (result < 0)
		return result;
	port->mac = state->mac;
	port->mtu = port->link->conf->ports[port->number].mtu;
	return 0;
}

/* Everything that depends on the port, told the new state. */
static void port_apply(struct link_port *port, enum link_port_state state)
{
	struct link *link = port->link;

	port->state = state;
	port_set(port);
	glean_write(port);
	neighbours_port_changed(link, port->number);
	if (state == LINK_PORT_UP)
		arp_announce(link, port->number);
	tunnels_follow(link);
}

/* True once the device is open again. */
static bool port_reattach(struct link_port *port)
{
	struct core *core = port->link->core;
	struct fwd_port_state state;

	if (core->ops->port_reattach(core->fwd, port->number) < 0 || port_read(port, &state) < 0) {
		core_timer_set(core, &port->reattach, REATTACH_RETRY);
		return false;
	}
	post(port, EVENT_PORT_BACK);
	return true;
}

static void port_change(struct link_port *port, enum link_port_state state)
{
	static const enum event_type events[] = {
		[LINK_PORT_UP] = EVENT_PORT_UP,
		[LINK_PORT_DOWN] = EVENT_PORT_DOWN,
		[LINK_PORT_GONE] = EVENT_PORT_GONE,
	};
	struct core *core = port->link->core;
	bool was_gone = port->state == LINK_PORT_GONE;

	core_timer_stop(core, &port->reattach);
	port->wanted = state;
	if (port->state == state || (was_gone && !port_reattach(port)))
		return;
	port_apply(port, state);
	if (state == LINK_PORT_GONE)
		core->ops->port_detach(core->fwd, port->number);
	if (!was_gone || state == LINK_PORT_UP)
		post(port, events[state]);
}

static void reattach_expired(struct timer *timer, void *arg)
{
	struct link_port *port = arg;

	(void)timer;
	port_change(port, port->wanted);
}

void link_port_changed(struct link *link, uint16_t port, enum link_port_state state)
{
	if (port < link->n_ports)
		port_change(&link->ports[port], state);
}

bool link_port_is_up(const struct link *link, uint16_t port)
{
	return port < link->n_ports && link->ports[port].state == LINK_PORT_UP;
}

void ports_hold_gateways(struct link *link)
{
	for (uint16_t i = 0; i < link->n_ports; i++) {
		struct neighbour *old = link->ports[i].gateway;
		const struct ip_addr *addr = &link->conf->ports[i].gateway;

		/* Without room it is resolved when it is needed. */
		link->ports[i].gateway = NULL;
		if (addr_is_set(addr))
			neighbour_hold(link, i, addr->v4, &link->ports[i].gateway);
		if (old)
			neighbour_release(old);
	}
}

void ports_release_gateways(struct link *link)
{
	for (uint16_t i = 0; i < link->n_ports; i++) {
		if (link->ports[i].gateway)
			neighbour_release(link->ports[i].gateway);
		link->ports[i].gateway = NULL;
	}
}

void ports_reload(struct link *link)
{
	for (uint16_t i = 0; i < link->n_ports; i++) {
		struct link_port *port = &link->ports[i];

		if (port->mtu == link->conf->ports[i].mtu)
			continue;
		port->mtu = link->conf->ports[i].mtu;
		glean_write(port);
		neighbours_mtu_changed(link, i);
	}
}

int ports_init(struct link *link, struct error *err)
{
	link->n_ports = link->conf->n_ports;
	for (uint16_t i = 0; i < link->n_ports; i++) {
		struct link_port *port = &link->ports[i];

		*port = (struct link_port){.link = link, .number = i, .glean = FWD_NONE};
		port->routed = !port_is_uplink(link->conf, i);
		timer_init(&port->reattach, reattach_expired, port);
	}
	for (uint16_t i = 0; i < link->n_ports; i++) {
		struct link_port *port = &link->ports[i];
		struct fwd_port_state state;
		int result = port_read(port, &state);

		if (result < 0)
			return error_set(err, result, "port %s cannot be read",
					 link->conf->ports[i].name);
		port->state = !state.present      ? LINK_PORT_GONE
			      : state.pmd_link_up ? LINK_PORT_UP
						  : LINK_PORT_DOWN;
		port_set(port);
	}
	return 0;
}

void ports_fini(struct link *link)
{
	for (uint16_t i = 0; i < link->n_ports; i++) {
		struct link_port *port = &link->ports[i];

		core_timer_stop(link->core, &port->reattach);
		if (port->glean != FWD_NONE)
			link_adjacency_remove(link, port->glean);
		port->glean = FWD_NONE;
	}
}
