/* SPDX-License-Identifier: BSD-3-Clause */
/* From links of the kernel to ports of ours; neighbours: netlink.c tells, loop.c passes it on. */
#include "oper/carrier.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool carrier_interface(const char *device, char interface[IF_NAMESIZE])
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

int carrier_check(const struct conf *conf, struct error *err)
{
	char interface[IF_NAMESIZE];

	for (size_t i = 0; i < conf->n_ports; i++) {
		const struct conf_port *port = &conf->ports[i];

		if (strncmp(port->device, "net_tap", strlen("net_tap")) == 0 || /* makes its own */
		    !carrier_interface(port->device, interface) || if_nametoindex(interface) != 0)
			continue;
		return error_set(err, -ENODEV,
				 "port %s: there is no interface %s here; create it, or name "
				 "another in ports[%zu].device",
				 port->name, interface, i);
	}
	return 0;
}

void carrier_init(struct carrier *carrier, const struct conf *conf, carrier_changed changed,
		  void *arg)
{
	*carrier = (struct carrier){.n_ports = conf->n_ports, .changed = changed, .arg = arg};
	for (size_t i = 0; i < conf->n_ports; i++)
		carrier_interface(conf->ports[i].device, carrier->ports[i].interface);
}

static void tell(struct carrier *carrier, uint16_t number, enum link_port_state state)
{
	struct carrier_port *port = &carrier->ports[number];

	if (port->is_known && port->state == state)
		return;
	port->is_known = true;
	port->state = state;
	carrier->changed(carrier->arg, number, state);
}

static void lose(struct carrier *carrier, uint16_t number)
{
	carrier->ports[number].ifindex = 0;
	tell(carrier, number, LINK_PORT_GONE);
}

void carrier_handle_link(struct carrier *carrier, const struct netlink_link *link)
{
	for (uint16_t i = 0; i < carrier->n_ports; i++) {
		struct carrier_port *port = &carrier->ports[i];
		bool same_index = port->ifindex != 0 && port->ifindex == link->ifindex;
		bool same_name = strcmp(port->interface, link->name) == 0;

		if (port->interface[0] == '\0' || (!same_index && !same_name))
			continue;
		if (link->deleted || !same_name) { /* deleted, or renamed away */
			if (same_index)
				lose(carrier, i);
			continue;
		}
		if (!same_index && port->ifindex != 0) /* we missed its deletion */
			lose(carrier, i);
		port->ifindex = link->ifindex;
		port->is_seen = true;
		tell(carrier, i, link->carrier ? LINK_PORT_UP : LINK_PORT_DOWN);
	}
}

void carrier_begin_dump(struct carrier *carrier)
{
	for (size_t i = 0; i < carrier->n_ports; i++)
		carrier->ports[i].is_seen = false;
}

void carrier_end_dump(struct carrier *carrier)
{
	for (uint16_t i = 0; i < carrier->n_ports; i++)
		if (carrier->ports[i].interface[0] != '\0' && !carrier->ports[i].is_seen)
			lose(carrier, i);
}

void carrier_handle_driver(struct carrier *carrier, uint16_t port, bool up)
{
	if (port < carrier->n_ports && carrier->ports[port].interface[0] == '\0')
		tell(carrier, port, up ? LINK_PORT_UP : LINK_PORT_DOWN);
}
