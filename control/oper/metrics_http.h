/* SPDX-License-Identifier: BSD-3-Clause */
/* The HTTP endpoint of /metrics, in the daemon's loop. Thread: control core. */
#ifndef OPER_METRICS_HTTP_H
#define OPER_METRICS_HTTP_H

#include "oper/running.h"

struct event_base;
struct evhttp;

/*
 * Listens on "address:port", "" for nowhere (then *http is NULL). -EINVAL or -errno: err says why.
 */
int metrics_http_create(struct evhttp **http, struct event_base *base, const char *listen,
			struct running *running, struct error *err);
void metrics_http_destroy(struct evhttp *http);

#endif
