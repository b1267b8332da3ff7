/* SPDX-License-Identifier: BSD-3-Clause */
/* Listeners that rest; neighbours: control_socket.c, metrics_http.c. */
#include "oper/listening.h"

#include <event2/event.h>
#include <event2/listener.h>

static void wake(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	evconnlistener_enable(arg);
}

static void rest(struct evconnlistener *listener, void *arg)
{
	static const struct timeval second = {1, 0};

	(void)arg;
	/* Without the timer it would stay closed for ever: better to spin then. */
	if (event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, wake, listener,
			    &second) == 0)
		evconnlistener_disable(listener);
}

void listening_guard(struct evconnlistener *listener)
{
	evconnlistener_set_error_cb(listener, rest);
}
