/* SPDX-License-Identifier: BSD-3-Clause */
/* From links of the kernel to ports of ours; neighbours: netlink.c tells, loop.c passes it on. */
#include "oper/ports.h"

#include <stdio.h>
#include <string.h>

bool ports_interface(const char *device, char interface[IF_NAMESIZE])
{
	static const char *const drivers[] = {"net_af_packet", "net_af_xdp", "net_pcap", "net_tap"};
	static const char *const keys[] = {",iface=", ",rx_iface=", ",rx_iface_in="};
	bool is_kernel = false;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		is_kernel = is_kernel || strncmp(device, drivers[i], strlen(drivers[i])) == 0;
	for (size_t i = 0; is_kernel && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = strstr(device, keys[i]);
		size_t len;

		if (value == NULL)
			continue;
		value += strlen(keys[i]);
		len = strcspn(value, ",");
		if (len == 0 || len >= IF_NAMESIZE)
			return false;
		snprintf(interface, IF_NAMESIZE, "%.*s", (int)len, value);
		return true;
	}
	return false;
}

void ports_init(struct ports *ports, const struct conf *conf, ports_changed changed, void *arg)
{
	*ports = (struct ports){.n_ports = conf->n_ports, .changed = changed, .arg = arg};
	for (size_t i = 0; i < conf->n_ports; i++)
		ports_interface(conf->ports[i].device, ports->ports[i].interface);
}

static void tell(struct ports *ports, uint16_t number, enum link_port_state state)
{
	struct ports_one *port = &ports->ports[number];

	if (port->is_known && port->state == state)
		return;
	port->is_known = true;
	port->state = state;
	ports->changed(ports->arg, number, state);
}

static void lose(struct ports *ports, uint16_t number)
{
	ports->ports[number].ifindex = 0;
	tell(ports, number, LINK_PORT_GONE);
}

void ports_handle_link(struct ports *ports, const struct netlink_link *link)
{
	for (uint16_t i = 0; i < ports->n_ports; i++) {
		struct ports_one *port = &ports->ports[i];
		bool same_index = port->ifindex != 0 && port->ifindex == link->ifindex;
		bool same_name = strcmp(port->interface, link->name) == 0;

		if (port->interface[0] == '\0' || (!same_index && !same_name))
			continue;
		if (link->deleted || !same_name) { /* deleted, or renamed away */
			if (same_index)
				lose(ports, i);
			continue;
		}
		if (!same_index && port->ifindex != 0) /* we missed its deletion */
			lose(ports, i);
		port->ifindex = link->ifindex;
		port->is_seen = true;
		tell(ports, i, link->carrier ? LINK_PORT_UP : LINK_PORT_DOWN);
	}
}

void ports_begin_dump(struct ports *ports)
{
	for (size_t i = 0; i < ports->n_ports; i++)
		ports->ports[i].is_seen = false;
}

void ports_end_dump(struct ports *ports)
{
	for (uint16_t i = 0; i < ports->n_ports; i++)
		if (ports->ports[i].interface[0] != '\0' && !ports->ports[i].is_seen)
			lose(ports, i);
}

void ports_handle_driver(struct ports *ports, uint16_t port, bool up)
{
	if (port < ports->n_ports && ports->ports[port].interface[0] == '\0')
		tell(ports, port, up ? LINK_PORT_UP : LINK_PORT_DOWN);
}
