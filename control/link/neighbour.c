/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of next hops (neighbour.h has the picture). Thread: control core.
 * Neighbours: arp.c makes and reads the frames, waiting.c keeps the packets.
 */
#include "link/neighbour.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link/arp.h"
#include "link/internal.h"

struct neighbour *neighbour_find(const struct link *link, uint16_t port, be32 addr)
{
	struct neighbour_key key = {.addr = addr, .port = port};
	struct neighbour *neighbour;

	HASH_FIND(hh, link->neighbours.table, &key, sizeof(key), neighbour);
	return neighbour;
}

/* --- entries -------------------------------------------------------------------------------------
 */

static void forget(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;

	core_timer_stop(link->core, &neighbour->timer);
	waiting_drop(neighbour);
	host_route_drop(neighbour);
	slot_drop(neighbour);
	HASH_DEL(link->neighbours.table, neighbour);
	free(neighbour);
}

void neighbours_fini(struct link *link)
{
	struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next)
		forget(neighbour);
	free(link->neighbours.by_slot);
	link->neighbours.by_slot = NULL;
	link->neighbours.n_slots = 0;
}

/* Whoever scans a connected network fills the table with entries that never answer: these go first.
 */
static bool make_room(struct link *link)
{
	struct neighbour *neighbour, *next;

	if (HASH_COUNT(link->neighbours.table) < link->conf->capacity.neighbours)
		return true;
	HASH_ITER (hh, link->neighbours.table, neighbour, next) {
		if (neighbour->holds == 0 && !neighbour_is_usable(neighbour)) {
			forget(neighbour);
			return true;
		}
	}
	link->counters.neighbours_full++;
	return false;
}

static void expired(struct timer *timer, void *arg);

static struct neighbour *neighbour_make(struct link *link, uint16_t port, be32 addr)
{
	struct neighbour *neighbour = neighbour_find(link, port, addr);

	if (neighbour)
		return neighbour;
	if (!make_room(link))
		return NULL;
	neighbour = calloc(1, sizeof(*neighbour));
	if (!neighbour)
		return NULL;
	neighbour->link = link;
	neighbour->key = (struct neighbour_key){.addr = addr, .port = port};
	neighbour->state = NEIGHBOUR_IDLE;
	neighbour->adjacency = FWD_NONE;
	neighbour->since = link->core->now.mono;
	timer_init(&neighbour->timer, expired, neighbour);
	HASH_ADD(hh, link->neighbours.table, key, sizeof(neighbour->key), neighbour);
	return neighbour;
}

/* --- states
 * ---------------------------------------------------------------------------------------- */

static void post(const struct neighbour *neighbour, enum event_type type)
{
	struct event event = core_event(neighbour->link->core, type);

	event.port = neighbour_port(neighbour);
	event.peer = addr_v4(neighbour->key.addr);
	if (type != EVENT_NEIGHBOUR_FAILED)
		snprintf(event.text, sizeof(event.text), "%02x:%02x:%02x:%02x:%02x:%02x",
			 neighbour->mac.bytes[0], neighbour->mac.bytes[1], neighbour->mac.bytes[2],
			 neighbour->mac.bytes[3], neighbour->mac.bytes[4], neighbour->mac.bytes[5]);
	core_post(neighbour->link->core, &event);
}

static void ask(struct neighbour *neighbour)
{
	bool unicast = neighbour->state == NEIGHBOUR_PROBE;

	neighbour->tries++;
	arp_request(neighbour->link, neighbour_port(neighbour), neighbour->key.addr,
		    unicast ? &neighbour->mac : NULL);
	core_timer_set(neighbour->link->core, &neighbour->timer, NEIGHBOUR_RETRY);
}

static void enter(struct neighbour *neighbour, enum neighbour_state state)
{
	struct core *core = neighbour->link->core;

	if (state == NEIGHBOUR_INCOMPLETE || state == NEIGHBOUR_REACHABLE)
		neighbour->since = core->now.mono;
	neighbour->state = state;
	neighbour->tries = 0;
	slot_write(neighbour);
	core_timer_stop(core, &neighbour->timer);
	switch (state) {
	case NEIGHBOUR_INCOMPLETE:
	case NEIGHBOUR_PROBE:
		ask(neighbour);
		break;
	case NEIGHBOUR_REACHABLE:
		core_timer_set(core, &neighbour->timer,
			       neighbour->holds > 0 ? NEIGHBOUR_FRESH_HELD : NEIGHBOUR_FRESH);
		break;
	case NEIGHBOUR_FAILED:
		core_timer_set(core, &neighbour->timer, NEIGHBOUR_REFUSED);
		break;
	default:
		break;
	}
}

static void fail(struct neighbour *neighbour)
{
	enter(neighbour, NEIGHBOUR_FAILED);
	/* Hosts that nobody depends on fail all the time, and by any scan: no news. */
	if (neighbour->holds > 0 && !neighbour->told) {
		neighbour->told = true;
		post(neighbour, EVENT_NEIGHBOUR_FAILED);
	}
	waiting_fail(neighbour);
}

static void expired(struct timer *timer, void *arg)
{
	struct neighbour *neighbour = arg;

	(void)timer;
	if (neighbour->state == NEIGHBOUR_REACHABLE)
		enter(neighbour, NEIGHBOUR_PROBE);
	else if (neighbour->state != NEIGHBOUR_FAILED && neighbour->tries < NEIGHBOUR_TRIES)
		ask(neighbour);
	else if (neighbour->state == NEIGHBOUR_INCOMPLETE)
		fail(neighbour);
	else if (neighbour->holds > 0) /* PROBE or FAILED */
		enter(neighbour, NEIGHBOUR_INCOMPLETE);
	else
		forget(neighbour);
}

void neighbour_solicit(struct neighbour *neighbour)
{
	if (neighbour->state == NEIGHBOUR_IDLE &&
	    neighbour->link->ports[neighbour->key.port].state == LINK_PORT_UP)
		enter(neighbour, NEIGHBOUR_INCOMPLETE);
}

/* --- holders
 * ------------------------------------------------------------------------------------------ */

int neighbour_hold(struct link *link, uint16_t port, be32 addr, struct neighbour **held)
{
	struct neighbour *neighbour = neighbour_make(link, port, addr);
	int result;

	if (!neighbour)
		return -ENOSPC;
	result = slot_make(neighbour);
	if (result < 0) {
		if (neighbour->holds == 0 && neighbour->state == NEIGHBOUR_IDLE)
			forget(neighbour);
		return result;
	}
	neighbour->holds++;
	neighbour_solicit(neighbour);
	*held = neighbour;
	return 0;
}

void neighbour_release(struct neighbour *neighbour)
{
	if (--neighbour->holds == 0 && !neighbour_is_usable(neighbour))
		forget(neighbour);
}

void neighbour_set_static(struct neighbour *neighbour, const struct mac_addr *mac)
{
	if (neighbour->state == NEIGHBOUR_STATIC && memcmp(&neighbour->mac, mac, sizeof(*mac)) == 0)
		return;
	neighbour->mac = *mac;
	enter(neighbour, NEIGHBOUR_STATIC);
	host_route_make(neighbour);
	waiting_send(neighbour);
}

void neighbour_unset_static(struct neighbour *neighbour)
{
	enter(neighbour, NEIGHBOUR_IDLE);
	if (neighbour->holds > 1)
		neighbour_solicit(neighbour);
}

/* --- use
 * ------------------------------------------------------------------------------------------------
 */

int neighbour_transmit(struct neighbour *neighbour, const uint8_t *packet, size_t len)
{
	struct link *link = neighbour->link;
	uint8_t frame[PUNT_PACKET_MAX];
	const struct link_port *port = &link->ports[neighbour->key.port];

	if (neighbour->adjacency != FWD_NONE)
		return link_inject(link,
				   &(struct inject){.kind = INJECT_ADJACENCY,
						    .port = port->number,
						    .adjacency = neighbour->adjacency,
						    .tunnel = {.index = FWD_NONE}},
				   packet, len);
	if (len > sizeof(frame) - ETHERNET_SIZE)
		return -EMSGSIZE;
	ethernet_build(frame, &neighbour->mac, &port->mac, ETHERNET_IPV4);
	memcpy(frame + ETHERNET_SIZE, packet, len);
	return link_inject(link,
			   &(struct inject){.kind = INJECT_FRAME,
					    .port = port->number,
					    .adjacency = FWD_NONE,
					    .tunnel = {.index = FWD_NONE}},
			   frame, ETHERNET_SIZE + len);
}

static int refuse(struct link *link, const struct punt *origin)
{
	if (origin) {
		link->counters.waiting_dropped++;
		link->core->ops->drop_count(link->core->fwd, DROP_NO_NEIGHBOUR);
		icmp_send_error(link, &icmp_host_unreachable, origin);
	}
	return -ENETUNREACH;
}

int neighbour_send(struct link *link, uint16_t port, be32 addr, const struct punt *origin,
		   const uint8_t *packet, size_t len)
{
	struct neighbour *neighbour;

	if (link->ports[port].state != LINK_PORT_UP)
		return refuse(link, origin);
	neighbour = neighbour_make(link, port, addr);
	if (!neighbour || neighbour->state == NEIGHBOUR_FAILED)
		return refuse(link, origin);
	if (neighbour_is_usable(neighbour))
		return neighbour_transmit(neighbour, packet, len);
	waiting_insert(neighbour, origin, packet, len);
	neighbour_solicit(neighbour);
	return 0;
}

void neighbour_learn(struct link *link, uint16_t port, be32 addr, const struct mac_addr *mac,
		     bool create)
{
	struct neighbour *neighbour =
		create ? neighbour_make(link, port, addr) : neighbour_find(link, port, addr);
	bool usable, moved;

	if (!neighbour || neighbour->state == NEIGHBOUR_STATIC)
		return;
	usable = neighbour_is_usable(neighbour);
	moved = usable && memcmp(&neighbour->mac, mac, sizeof(*mac)) != 0;
	neighbour->mac = *mac;
	neighbour->told = false;
	enter(neighbour, NEIGHBOUR_REACHABLE);
	slot_make(neighbour); /* full: packets to it are sent as frames */
	host_route_make(neighbour);
	if (!usable || moved)
		post(neighbour, moved ? EVENT_NEIGHBOUR_MOVED : EVENT_NEIGHBOUR_RESOLVED);
	waiting_send(neighbour);
}

void neighbours_port_changed(struct link *link, uint16_t port)
{
	bool up = link->ports[port].state == LINK_PORT_UP;
	struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next) {
		if (neighbour->key.port != port)
			continue;
		if (neighbour->state == NEIGHBOUR_STATIC) {
			slot_write(neighbour);
		} else if (neighbour->holds == 0) {
			forget(neighbour);
		} else {
			/* What was learned on another cable is not to be believed. */
			enter(neighbour, NEIGHBOUR_IDLE);
			if (up)
				neighbour_solicit(neighbour);
			else
				waiting_drop(neighbour);
		}
	}
}

void neighbours_rewrite(struct link *link)
{
	struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next)
		if (neighbour->stale)
			slot_write(neighbour);
}

void neighbours_mtu_changed(struct link *link, uint16_t port)
{
	struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next)
		if (neighbour->key.port == port)
			slot_write(neighbour);
}

void neighbours_reload(struct link *link)
{
	struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next) {
		if (neighbour->holds == 0 &&
		    !port_is_connected(link, neighbour_port(neighbour), neighbour->key.addr))
			forget(neighbour);
		else
			host_route_renew(neighbour);
	}
}
