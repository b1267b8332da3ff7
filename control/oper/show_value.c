/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of rows: addresses, durations, names; neighbours: every show_*.c. */
#include "haaro/addr.h"

#include "oper/show.h"

json_t *show_addr(const struct ip_addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	return addr_is_set(addr) ? json_string(addr_print(addr, text)) : json_null();
}

json_t *show_prefix(const struct ip_prefix *prefix)
{
	char text[PREFIX_TEXT_SIZE];

	return json_string(prefix_print(prefix, text));
}

json_t *show_mac(const struct mac_addr *mac)
{
	const uint8_t *b = mac->bytes;

	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

json_t *show_number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

json_t *show_seconds(uint64_t duration)
{
	return duration == TIME_NEVER ? json_null() : show_number(time_in_seconds(duration));
}

json_t *show_wall(uint64_t wall)
{
	char text[LOG_TIME_SIZE];

	return json_string(log_time_print(wall, text));
}

json_t *show_index(uint32_t index)
{
	return index == FWD_NONE ? json_null() : show_number(index);
}

json_t *show_port(const struct running *running, uint16_t port)
{
	return port < running->conf->n_ports ? json_string(running->conf->ports[port].name)
					     : json_null();
}

json_t *show_text(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("(not printable)");
}
