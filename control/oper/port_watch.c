/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The I/O of port states; neighbours: netlink.c (messages), carrier.c (what they mean), loop.c.
 */
#include "oper/port_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "oper/carrier.h"
#include "oper/netlink.h"

#define READ_SIZE  (32 << 10) /* more than the kernel puts into one */
#define READ_TURNS 64         /* before others have their turn */

struct port_watch {
	struct running *running;
	struct carrier carrier;
	struct event *event; /* rtnetlink; NULL: no port needs it */
	int fd;
};

static void on_change(void *arg, uint16_t port, enum link_port_state state)
{
	const struct port_watch *watch = arg;

	haaro_port_changed(watch->running->haaro, &watch->running->now, port, state);
}

static void on_link(void *arg, const struct netlink_link *link)
{
	carrier_handle_link(arg, link);
}

static void on_netlink(evutil_socket_t fd, short what, void *arg)
{
	union {
		struct nlmsghdr first;
		uint8_t bytes[READ_SIZE];
	} buffer;
	struct port_watch *watch = arg;

	(void)what;
	running_see_time(watch->running);
	for (int i = 0; i < READ_TURNS; i++) {
		ssize_t len = recv(fd, buffer.bytes, sizeof(buffer.bytes), 0);

		if (len < 0 && errno == ENOBUFS) { /* messages were lost: ask for everything */
			carrier_begin_dump(&watch->carrier);
			(void)netlink_request_dump(fd);
		} else if (len <= 0) {
			return;
		} else if (netlink_parse(buffer.bytes, (size_t)len, on_link, &watch->carrier) ==
			   1) {
			carrier_end_dump(&watch->carrier);
		}
	}
}

void port_watch_poll(struct port_watch *watch)
{
	const struct running *running = watch->running;

	for (uint16_t i = 0; i < running->conf->n_ports; i++) {
		struct fwd_port_state state;

		if (watch->carrier.ports[i].interface[0] == '\0' &&
		    running->ops->port_read(running->fwd, i, &state) == 0)
			carrier_handle_driver(&watch->carrier, i,
					      state.present && state.pmd_link_up);
	}
}

static bool needs_netlink(const struct carrier *carrier)
{
	for (size_t i = 0; i < carrier->n_ports; i++)
		if (carrier->ports[i].interface[0] != '\0')
			return true;
	return false;
}

static int open_netlink(struct port_watch *watch, struct event_base *base)
{
	watch->fd = netlink_open();
	if (watch->fd < 0)
		return watch->fd;
	watch->event = event_new(base, watch->fd, EV_READ | EV_PERSIST, on_netlink, watch);
	if (watch->event == NULL || event_add(watch->event, NULL) < 0)
		return -ENOMEM;
	carrier_begin_dump(&watch->carrier);
	return netlink_request_dump(watch->fd);
}

int port_watch_create(struct port_watch **out, struct event_base *base, struct running *running,
		      struct error *err)
{
	struct port_watch *watch = calloc(1, sizeof(*watch));
	int result = 0;

	if (watch == NULL)
		return error_set(err, -ENOMEM, "out of memory");
	watch->running = running;
	watch->fd = -1;
	carrier_init(&watch->carrier, running->conf, on_change, watch);
	if (needs_netlink(&watch->carrier))
		result = open_netlink(watch, base);
	if (result < 0) {
		port_watch_destroy(watch);
		return error_set(err, result, "rtnetlink: %s", strerror(-result));
	}
	*out = watch;
	return 0;
}

void port_watch_destroy(struct port_watch *watch)
{
	if (watch == NULL)
		return;
	if (watch->event != NULL)
		event_free(watch->event);
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch);
}
