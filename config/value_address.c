/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses, prefixes and what is made of them. */
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "value.h"

bool prefix_parse(const char *text, struct ip_addr *addr, unsigned int *len)
{
	const char *slash = strchr(text, '/');
	size_t addr_len = slash ? (size_t)(slash - text) : strlen(text);
	char host[INET_ADDRSTRLEN];
	be32 v4;

	if (addr_len >= sizeof(host))
		return false;
	memcpy(host, text, addr_len);
	host[addr_len] = '\0';
	if (inet_pton(AF_INET, host, &v4) != 1)
		return false;
	*addr = addr_v4(v4);
	*len = 32;
	if (!slash)
		return true;
	if (strspn(slash + 1, "0123456789") != strlen(slash + 1) || strlen(slash + 1) > 2 ||
	    slash[1] == '\0' || (slash[1] == '0' && slash[2] != '\0'))
		return false;
	*len = (unsigned int)strtoul(slash + 1, NULL, 10);
	return *len <= 32;
}

static bool address_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	struct ip_addr addr;
	unsigned int len;

	if (strchr(text, '/') || !prefix_parse(text, &addr, &len))
		return reader_refuse(reader, key, node);
	if (!addr4_is_unicast(addr.v4)) {
		reader_complain(reader, node, "%s: %s is no address that a host can have",
				key->name, text);
		return false;
	}
	*(struct ip_addr *)value = addr;
	return true;
}

static void address_print(struct printer *printer, const struct key *key, const void *value)
{
	char text[ADDR_TEXT_SIZE];

	(void)key;
	fputs(addr_print(value, text), printer->out);
}

static bool address_is_unset(const struct key *key, const void *value)
{
	(void)key;
	return !addr_is_set(value);
}

static bool address_is_equal(const struct key *key, const void *a, const void *b)
{
	(void)key;
	return addr_is_equal(a, b);
}

const struct value_type value_address = {
	.expects = "an address such as 192.0.2.1",
	.read = address_read,
	.print = address_print,
	.is_unset = address_is_unset,
	.is_equal = address_is_equal,
};

static bool prefix_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	char masked[PREFIX_TEXT_SIZE];
	struct ip_prefix prefix;
	struct ip_addr addr;
	unsigned int len;

	if (!strchr(text, '/') || !prefix_parse(text, &addr, &len))
		return reader_refuse(reader, key, node);
	prefix = prefix_v4(addr.v4, len);
	if (prefix.addr.v4 != addr.v4) {
		reader_complain(reader, node, "%s: %s has bits behind its length; did you mean %s?",
				key->name, text, prefix_print(&prefix, masked));
		return false;
	}
	if (len > 0 && !addr4_is_unicast(addr.v4)) {
		reader_complain(reader, node, "%s: %s holds no addresses that hosts can have",
				key->name, text);
		return false;
	}
	*(struct ip_prefix *)value = prefix;
	return true;
}

static void prefix_value_print(struct printer *printer, const struct key *key, const void *value)
{
	char text[PREFIX_TEXT_SIZE];

	(void)key;
	fputs(prefix_print(value, text), printer->out);
}

static bool prefix_values_are_equal(const struct key *key, const void *a, const void *b)
{
	(void)key;
	return prefix_is_equal(a, b);
}

const struct value_type value_prefix = {
	.expects = "a prefix such as 10.1.0.0/16",
	.read = prefix_read,
	.print = prefix_value_print,
	.is_equal = prefix_values_are_equal,
};

static bool mac_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	struct mac_addr mac;
	size_t i;

	if (strlen(text) != 17 || text[strspn(text, "0123456789abcdefABCDEF:")] != '\0')
		return reader_refuse(reader, key, node);
	for (i = 0; i < 6; i++) {
		if (strspn(text + 3 * i, "0123456789abcdefABCDEF") != 2)
			return reader_refuse(reader, key, node);
		mac.bytes[i] = (uint8_t)strtoul(text + 3 * i, NULL, 16);
	}
	if (mac.bytes[0] & 1) {
		reader_complain(reader, node, "%s: %s is a group's, not an interface's", key->name,
				text);
		return false;
	}
	*(struct mac_addr *)value = mac;
	return true;
}

static void mac_print(struct printer *printer, const struct key *key, const void *value)
{
	const struct mac_addr *mac = value;

	(void)key;
	fprintf(printer->out, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", mac->bytes[0], mac->bytes[1],
		mac->bytes[2], mac->bytes[3], mac->bytes[4], mac->bytes[5]);
}

const struct value_type value_mac = {
	.expects = "a MAC address such as \"02:00:00:00:00:09\"",
	.read = mac_read,
	.print = mac_print,
};

/* One "address/length" of a port: our address, and the network that it connects us to. */
static bool interface_read(struct reader *reader, const struct key *key, uint32_t node,
			   struct conf_port *port)
{
	const char *text = doc_scalar(reader->doc, node);
	struct ip_prefix network;
	struct ip_addr addr;
	unsigned int len;

	if (!strchr(text, '/') || !prefix_parse(text, &addr, &len) || len == 0)
		return reader_refuse(reader, key, node);
	network = prefix_v4(addr.v4, len);
	if (!addr4_is_unicast(addr.v4)) {
		reader_complain(reader, node, "%s: %s is no address that a host can have",
				key->name, text);
		return false;
	}
	if (len < 31 &&
	    (addr.v4 == network.addr.v4 || addr.v4 == (network.addr.v4 | ~addr4_mask(len)))) {
		reader_complain(reader, node,
				"%s: %s is the %s address of its network, not a host's", key->name,
				text, addr.v4 == network.addr.v4 ? "first" : "broadcast");
		return false;
	}
	port->addresses[port->n_addresses] = addr;
	port->networks[port->n_addresses] = network;
	port->n_addresses++;
	return true;
}

static bool interfaces_read(struct reader *reader, const struct key *key, uint32_t node,
			    void *value)
{
	struct conf_port *port = value;
	const struct node *list = doc_node(reader->doc, node);
	uint32_t at = list->first;
	bool good = true;

	if (list->kind != NODE_LIST)
		return reader_refuse(reader, key, node);
	if (list->count > key->max) {
		reader_complain(reader, node, "%s: %u items; at most %ju are possible", key->name,
				list->count, (uintmax_t)key->max);
		return false;
	}
	if (list->count == 0)
		return true;
	port->addresses = calloc(list->count, sizeof(*port->addresses));
	port->networks = calloc(list->count, sizeof(*port->networks));
	if (!port->addresses || !port->networks) {
		reader_complain(reader, node, "%s: no memory", key->name);
		return false;
	}
	for (; at != NODE_NONE; at = doc_node(reader->doc, at)->next)
		good &= interface_read(reader, key, at, port);
	return good;
}

static void interfaces_print(struct printer *printer, const struct key *key, const void *value)
{
	const struct conf_port *port = value;
	char text[ADDR_TEXT_SIZE];
	size_t i;

	(void)key;
	fputs("[", printer->out);
	for (i = 0; i < port->n_addresses; i++)
		fprintf(printer->out, "%s%s/%u", i == 0 ? "" : ", ",
			addr_print(&port->addresses[i], text), (unsigned int)port->networks[i].len);
	fputs("]", printer->out);
}

static bool interfaces_are_equal(const struct key *key, const void *a, const void *b)
{
	const struct conf_port *x = a;
	const struct conf_port *y = b;
	size_t i;

	(void)key;
	if (x->n_addresses != y->n_addresses)
		return false;
	for (i = 0; i < x->n_addresses; i++) {
		if (!addr_is_equal(&x->addresses[i], &y->addresses[i]) ||
		    x->networks[i].len != y->networks[i].len)
			return false;
	}
	return true;
}

static void interfaces_release(const struct key *key, void *value)
{
	struct conf_port *port = value;

	(void)key;
	free(port->addresses);
	free(port->networks);
}

const struct value_type value_interfaces = {
	.expects = "a list of addresses with their length such as [192.0.2.1/24]",
	.read = interfaces_read,
	.print = interfaces_print,
	.is_equal = interfaces_are_equal,
	.release = interfaces_release,
};
