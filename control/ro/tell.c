/* SPDX-License-Identifier: BSD-3-Clause */
/* Names and words. */
#include "ro/tell.h"

#include <stdarg.h>

#include "ro/direct.h"

const char *trigger_name(enum trigger trigger)
{
	static const char *const names[TRIGGER_MAX] = {
#define X(constant, name) [TRIGGER_##constant] = (name),
		TRIGGER_LIST(X)
#undef X
	};

	return trigger < TRIGGER_MAX ? names[trigger] : "?";
}

struct event tell_event(const struct peer *peer, enum event_type type)
{
	struct event event = core_event(peer->ro->core, type);
	const struct direct *direct = peer->directs;

	/* That carries the traffic, or else the newest that could. */
	while (direct && direct->next &&
	       (!direct->tunnel || (peer->path.direct && direct->tunnel != peer->path.direct)))
		direct = direct->next;
	event.home_address = *ro_home_address(peer->ro);
	event.peer = peer->home_address;
	if (direct && direct->tunnel) {
		event.care_of = direct->local;
		event.port = direct->port;
		event.tunnel = tunnel_ref(direct->tunnel);
	}
	return event;
}

void tell_peer(const struct peer *peer, enum event_type type, uint32_t value, const char *format,
	       ...)
{
	struct event event = tell_event(peer, type);
	va_list args;

	event.value = value;
	va_start(args, format);
	vsnprintf(event.text, sizeof(event.text), format, args);
	va_end(args);
	core_post(peer->ro->core, &event);
}

void tell_port_moved(const struct direct *direct, uint16_t port)
{
	char text[ADDR_TEXT_SIZE];

	tell_peer(direct->peer, EVENT_RO_PORT_MOVED, port,
		  "its tunnel came from %s:%u, now from port %u", addr_print(&direct->remote, text),
		  (unsigned int)direct->remote_port, (unsigned int)port);
}
