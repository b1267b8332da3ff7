/* SPDX-License-Identifier: BSD-3-Clause */
/* GET /metrics; neighbours: metrics_text.c writes the body. */
#include "oper/metrics_http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/http.h>

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

/* "127.0.0.1:9464" or "[::1]:9464" into its parts. */
static int take_address(const char *listen, char *address, size_t size, uint16_t *port)
{
	const char *colon = strrchr(listen, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - listen);
	unsigned long number;
	char *end;

	if (len == 0)
		return -EINVAL;
	if (listen[0] == '[' && listen[len - 1] == ']') {
		listen++;
		len -= 2;
	}
	number = strtoul(colon + 1, &end, 10);
	if (len >= size || *end != '\0' || number == 0 || number > UINT16_MAX)
		return -EINVAL;
	memcpy(address, listen, len);
	address[len] = '\0';
	*port = (uint16_t)number;
	return 0;
}

int metrics_http_create(struct evhttp **http, struct event_base *base, const char *listen,
			struct running *running, struct error *err)
{
	struct evhttp_bound_socket *socket;
	char address[64];
	uint16_t port;

	*http = NULL;
	if (listen[0] == '\0')
		return 0;
	if (take_address(listen, address, sizeof(address), &port) < 0)
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
	socket = evhttp_bind_socket_with_handle(*http, address, port);
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
