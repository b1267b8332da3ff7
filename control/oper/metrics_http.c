/* SPDX-License-Identifier: BSD-3-Clause */
/* GET /metrics; neighbours: metrics_text.c writes the body. */
#include "oper/metrics_http.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>

#include "oper/listening.h"
#include "oper/metrics.h"

#define HTTP_BODY_MAX    1024 /* a request's; it needs none */
#define HTTP_HEADERS_MAX 4096
#define HTTP_TIMEOUT     5 /* seconds for a whole request or a slow reader */

static void answer_metrics(struct evhttp_request *request, void *arg)
{
	struct evbuffer *body = evbuffer_new();
	struct running *running = arg;

	if (body == NULL) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	running_see_time(running);
	metrics_print(running, body);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			  "application/openmetrics-text; version=1.0.0; charset=utf-8");
	evhttp_send_reply(request, HTTP_OK, "OK", body);
	evbuffer_free(body);
}

/*
 * Numbers alone, never a name: a resolver thinks that an address family is not there when no kernel
 * interface has one, as where all ports are DPDK's.
 */
static int take_address(const char *listen, struct sockaddr_storage *address, int *len)
{
	in_port_t port;

	*len = sizeof(*address);
	if (evutil_parse_sockaddr_port(listen, (struct sockaddr *)address, len) < 0)
		return -EINVAL;
	port = address->ss_family == AF_INET ? ((struct sockaddr_in *)address)->sin_port
					     : ((struct sockaddr_in6 *)address)->sin6_port;
	return port == 0 ? -EINVAL : 0;
}

static struct evhttp_bound_socket *bind_socket(struct evhttp *http, struct event_base *base,
					       const struct sockaddr_storage *address, int len)
{
	struct evconnlistener *listener = evconnlistener_new_bind(
		base, NULL, NULL, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE,
		-1, (const struct sockaddr *)address, len);
	struct evhttp_bound_socket *bound;

	if (listener == NULL)
		return NULL;
	bound = evhttp_bind_listener(http, listener);
	if (bound == NULL)
		evconnlistener_free(listener);
	return bound;
}

int metrics_http_create(struct evhttp **http, struct event_base *base, const char *listen,
			struct running *running, struct error *err)
{
	struct evhttp_bound_socket *socket;
	struct sockaddr_storage address;
	int len;

	*http = NULL;
	if (listen[0] == '\0')
		return 0;
	if (take_address(listen, &address, &len) < 0)
		return error_set(err, -EINVAL, "metrics.listen: %s is not address:port", listen);
	*http = evhttp_new(base);
	if (*http == NULL)
		return error_set(err, -ENOMEM, "metrics.listen: out of memory");
	evhttp_set_timeout(*http, HTTP_TIMEOUT);
	evhttp_set_max_body_size(*http, HTTP_BODY_MAX);
	evhttp_set_max_headers_size(*http, HTTP_HEADERS_MAX);
	evhttp_set_allowed_methods(*http, EVHTTP_REQ_GET);
	evhttp_set_cb(*http, "/metrics", answer_metrics, running);
	errno = 0;
	socket = bind_socket(*http, base, &address, len);
	if (socket != NULL) {
		listening_guard(evhttp_bound_socket_get_listener(socket));
		return 0;
	}
	error_set(err, -EADDRINUSE,
		  "metrics.listen: cannot listen on %s (%s); choose a free port, or leave it out",
		  listen, strerror(errno));
	evhttp_free(*http);
	*http = NULL;
	return -EADDRINUSE;
}

void metrics_http_destroy(struct evhttp *http)
{
	if (http != NULL)
		evhttp_free(http);
}
