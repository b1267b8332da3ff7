/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Own addresses: those of the ports (packets that arrive natively to them are for us) and the home
 * or hub address that a role adds (packets that arrive by a tunnel to it are for us; tunnels.md,
 * section 10: after decapsulation nothing else counts as local). Thread: control core.
 */
#include <errno.h>
#include <stdlib.h>

#include "link/internal.h"

bool conf_address_is_own(const struct conf *conf, be32 addr)
{
	for (size_t i = 0; i < conf->n_ports; i++)
		for (size_t j = 0; j < conf->ports[i].n_addresses; j++)
			if (conf->ports[i].addresses[j].v4 == addr)
				return true;
	return false;
}

bool port_address_is_own(const struct link *link, uint16_t port, be32 addr)
{
	const struct conf_port *conf = &link->conf->ports[port];

	for (size_t j = 0; j < conf->n_addresses; j++)
		if (conf->addresses[j].v4 == addr)
			return true;
	return false;
}

static size_t address_find(const struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < link->n_addresses; i++)
		if (link->addresses[i].realm == realm &&
		    addr_is_equal(&link->addresses[i].addr, addr))
			break;
	return i;
}

/* What the table must say of an address when the ports are those of conf (NULL: none). */
static unsigned int address_flags(const struct link *link, const struct conf *conf, uint16_t realm,
				  const struct ip_addr *addr)
{
	unsigned int flags = 0;

	if (realm == REALM_MAIN && conf && conf_address_is_own(conf, addr->v4))
		flags |= LOCAL_NATIVE;
	if (address_find(link, realm, addr) < link->n_addresses)
		flags |= LOCAL_INNER;
	return flags;
}

static int address_install(struct link *link, const struct conf *conf, uint16_t realm,
			   const struct ip_addr *addr)
{
	return link->core->ops->local_set(link->core->fwd, realm, addr,
					  address_flags(link, conf, realm, addr));
}

int link_addresses_insert(struct link *link, const struct conf *next, const struct conf *present)
{
	int result;

	for (size_t i = 0; i < next->n_ports; i++) {
		for (size_t j = 0; j < next->ports[i].n_addresses; j++) {
			const struct ip_addr *addr = &next->ports[i].addresses[j];

			if (present && conf_address_is_own(present, addr->v4))
				continue;
			result = address_install(link, next, REALM_MAIN, addr);
			if (result < 0)
				return result;
		}
	}
	return 0;
}

void link_addresses_remove(struct link *link, const struct conf *gone, const struct conf *stays)
{
	for (size_t i = 0; i < gone->n_ports; i++) {
		for (size_t j = 0; j < gone->ports[i].n_addresses; j++) {
			const struct ip_addr *addr = &gone->ports[i].addresses[j];

			if (!stays || !conf_address_is_own(stays, addr->v4))
				address_install(link, stays, REALM_MAIN, addr);
		}
	}
}

int link_address_insert(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	struct link_address *addresses;
	int result;

	if (addr->family != IP_V4)
		return -EINVAL;
	if (address_find(link, realm, addr) < link->n_addresses)
		return 0;
	addresses = reallocarray(link->addresses, link->n_addresses + 1, sizeof(addresses[0]));
	if (!addresses)
		return -ENOMEM;
	link->addresses = addresses;
	addresses[link->n_addresses++] = (struct link_address){.realm = realm, .addr = *addr};
	result = address_install(link, link->conf, realm, addr);
	if (result < 0)
		link->n_addresses--;
	return result;
}

void link_address_remove(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	size_t i = address_find(link, realm, addr);

	if (i == link->n_addresses)
		return;
	for (link->n_addresses--; i < link->n_addresses; i++)
		link->addresses[i] = link->addresses[i + 1];
	address_install(link, link->conf, realm, addr);
}

bool link_address_is_own(const struct link *link, const struct ip_addr *addr)
{
	if (addr->family != IP_V4)
		return false;
	for (size_t i = 0; i < link->n_addresses; i++)
		if (addr_is_equal(&link->addresses[i].addr, addr))
			return true;
	return conf_address_is_own(link->conf, addr->v4);
}

struct ip_addr link_role_address(const struct link *link)
{
	return link->n_addresses > 0 ? link->addresses[0].addr : (struct ip_addr){0};
}

struct ip_addr link_port_address(const struct link *link, uint16_t port)
{
	if (port >= link->n_ports || link->conf->ports[port].n_addresses == 0)
		return (struct ip_addr){0};
	return link->conf->ports[port].addresses[0];
}
