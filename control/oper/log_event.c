/* SPDX-License-Identifier: BSD-3-Clause */
/* An event's fields under the names that people search and alarm for; neighbour: log.c. */
#include "haaro/addr.h"
#include "haaro/forwarding.h"

#include "oper/log.h"

static void set_address(json_t *fields, const char *key, const struct ip_addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	if (addr_is_set(addr))
		json_object_set_new(fields, key, json_string(addr_print(addr, text)));
}

static void set_number(json_t *fields, const char *key, uint64_t value)
{
	if (value != 0)
		json_object_set_new(fields, key, json_integer((json_int_t)value));
}

json_t *log_event_json(const struct log *log, const struct event *event)
{
	json_t *fields = json_object();
	char port[LOG_PORT_SIZE];
	char text[24];

	set_address(fields, "home_address", &event->home_address);
	set_address(fields, "care_of", &event->care_of);
	set_address(fields, "peer", &event->peer);
	set_number(fields, "peer_port", event->peer_port);
	if (event->port != PORT_NONE)
		json_object_set_new(fields, "port", json_string(log_port(log, event->port, port)));
	if (event->tunnel.index != FWD_NONE)
		json_object_set_new(fields, "tunnel", json_integer(event->tunnel.index));
	set_number(fields, "spi", event->spi);
	if (event->identification != 0) {
		snprintf(text, sizeof(text), "%016llx", (unsigned long long)event->identification);
		json_object_set_new(fields, "identification", json_string(text));
	}
	set_number(fields, "lifetime", event->lifetime);
	if (event_number_name(event->type) != NULL)
		set_number(fields, event_number_name(event->type), event->value);
	/* What a peer sent may be in it: a byte that is not UTF-8 must not cost the line. */
	if (event->text[0] != '\0') {
		json_t *words = json_string(event->text);

		if (words == NULL)
			words = json_string("(not printable)");
		json_object_set_new(fields, "text", words);
	}
	return fields;
}
