/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core's loop. It takes packets from the punt ring in bounded batches, lets the
 * router's timers run, frees what has passed its grace period, and otherwise sleeps in libevent
 * until a worker wakes it, a deadline comes, or an operator, a signal or the kernel has something.
 * Neighbours: replay.c does the same without sleeping; main.c calls.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "haaro/dataplane.h"

#include "oper/control_socket.h"
#include "oper/metrics_http.h"
#include "oper/notify.h"
#include "oper/oper.h"
#include "oper/port_watch.h"
#include "oper/reload.h"
#include "oper/source.h"

#define PUNT_BATCH   256              /* packets before others have their turn */
#define GRACE_PERIOD (10 * NS_PER_MS) /* a removal waits: look again this soon */
#define DRAIN_TIME   (8 * NS_PER_S)   /* the longest that a stop may take */

enum { SIGNAL_TERM, SIGNAL_INT, SIGNAL_HUP, SIGNAL_COUNT };

struct oper {
	struct running *running;
	struct event_base *base;
	struct event *wake;     /* a worker has put something on the punt ring */
	struct event *deadline; /* the router's, or the end of a grace period */
	struct event *second;   /* housekeeping */
	struct event *watchdog;
	struct event *signals[SIGNAL_COUNT];
	struct port_watch *ports;
	struct control *control;
	struct evhttp *http;
	unsigned int terminations; /* signals that asked to stop */
	uint64_t stop_deadline;
	uint32_t retired; /* removals that wait */
};

static struct timeval to_timeval(uint64_t duration)
{
	return (struct timeval){.tv_sec = (time_t)(duration / NS_PER_S),
				.tv_usec = (suseconds_t)(duration % NS_PER_S / NS_PER_US)};
}

/* --- housekeeping -------------------------------------------------------------------- */

static void sample_workers(struct running *running)
{
	for (unsigned int i = 0; i < running->workers && i < RUNNING_WORKERS_MAX; i++) {
		struct busy_sample *sample = &running->busy[i];
		struct worker_counters worker;

		if (running->ops->worker_read(running->fwd, i, &worker) < 0)
			continue;
		sample->last_total = worker.cycles_total - sample->total;
		sample->last_busy = worker.cycles_busy - sample->busy;
		sample->total = worker.cycles_total;
		sample->busy = worker.cycles_busy;
	}
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct oper *oper = arg;

	(void)fd;
	(void)what;
	running_see_time(oper->running);
	port_watch_poll(oper->ports);
	sample_workers(oper->running);
	log_flush(oper->running->log, &oper->running->now);
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	notify_send("WATCHDOG=1");
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;

	(void)what;
	(void)arg;
	(void)!read(fd, &count, sizeof(count)); /* the loop's next turn reads the ring */
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd; /* it only ends the sleep */
	(void)what;
	(void)arg;
}

/* --- signals ------------------------------------------------------------------------- */

static void on_terminate(evutil_socket_t number, short what, void *arg)
{
	struct oper *oper = arg;

	(void)number;
	(void)what;
	if (oper->terminations++ > 0)
		return;
	running_see_time(oper->running);
	oper->running->is_stopping = true;
	oper->stop_deadline = oper->running->now.mono + DRAIN_TIME;
	notify_send("STOPPING=1");
	log_daemon(oper->running->log, EVENT_STOPPING, &oper->running->now,
		   oper->running->conf->name);
	haaro_shutdown(oper->running->haaro, &oper->running->now);
}

static void on_hangup(evutil_socket_t number, short what, void *arg)
{
	struct oper *oper = arg;
	struct error err;

	(void)number;
	(void)what;
	running_see_time(oper->running);
	notify_send("RELOADING=1");
	(void)reload_run(oper->running, &err); /* the result is kept, and in the log */
	notify_send("READY=1");
}

/* --- the loop ------------------------------------------------------------------------ */

/* One turn of the control core; true if there may be more to do at once. */
static bool turn(struct oper *oper)
{
	struct running *running = oper->running;
	struct punt punt;
	int n;

	running_see_time(oper->running);
	for (n = 0; n < PUNT_BATCH; n++) {
		if (running->ops->punt_read(running->fwd, &punt) != 1)
			break;
		haaro_input(running->haaro, &running->now, &punt);
	}
	if (haaro_deadline(running->haaro) <= running->now.mono)
		haaro_tick(running->haaro, &running->now);
	oper->retired = running->ops->reclaim(running->fwd);
	return n == PUNT_BATCH;
}

/* Sleeps until something happens, not longer than the next deadline. */
static void rest(struct oper *oper)
{
	const struct running *running = oper->running;
	uint64_t wait = time_between(running->now.mono, haaro_deadline(running->haaro));
	struct timeval until;

	if (oper->retired > 0 && wait > GRACE_PERIOD)
		wait = GRACE_PERIOD;
	until = to_timeval(wait < 60 * NS_PER_S ? wait : 60 * NS_PER_S);
	event_add(oper->deadline, &until);
	event_base_loop(oper->base, EVLOOP_ONCE);
	running_see_time(oper->running);
}

static bool is_over(const struct oper *oper)
{
	const struct running *running = oper->running;

	return running->is_stopping &&
	       (oper->terminations > 1 || haaro_is_drained(running->haaro) ||
		running->now.mono >= oper->stop_deadline);
}

void oper_run(struct oper *oper)
{
	struct running *running = oper->running;

	running_see_time(oper->running);
	running->started = running->now;
	running->is_started = true;
	port_watch_poll(oper->ports);
	notify_send("READY=1");
	log_daemon(running->log, EVENT_STARTED, &running->now, running->conf->name);
	while (!is_over(oper)) {
		bool more = turn(oper);

		if (more || !dataplane_sleep(running->fwd, true)) {
			event_base_loop(oper->base, EVLOOP_NONBLOCK);
			continue;
		}
		rest(oper);
		dataplane_sleep(running->fwd, false);
	}
}

/* --- making and unmaking ------------------------------------------------------------- */

static struct event *add(struct oper *oper, int fd, short what, event_callback_fn callback,
			 uint64_t every)
{
	struct event *event = event_new(oper->base, fd, what, callback, oper);
	struct timeval period = to_timeval(every);

	if (event == NULL || event_add(event, every == 0 ? NULL : &period) == 0)
		return event;
	event_free(event);
	return NULL;
}

static int add_events(struct oper *oper)
{
	static const int numbers[SIGNAL_COUNT] = {
		[SIGNAL_TERM] = SIGTERM, [SIGNAL_INT] = SIGINT, [SIGNAL_HUP] = SIGHUP};
	uint64_t watchdog = notify_watchdog();
	bool ok;

	oper->wake =
		add(oper, dataplane_wake_fd(oper->running->fwd), EV_READ | EV_PERSIST, on_wake, 0);
	oper->deadline = evtimer_new(oper->base, on_deadline, oper);
	oper->second = add(oper, -1, EV_PERSIST, on_second, NS_PER_S);
	ok = oper->wake != NULL && oper->deadline != NULL && oper->second != NULL;
	if (watchdog > 0) {
		oper->watchdog = add(oper, -1, EV_PERSIST, on_watchdog, watchdog);
		ok = ok && oper->watchdog != NULL;
	}
	for (int i = 0; i < SIGNAL_COUNT; i++) {
		oper->signals[i] = add(oper, numbers[i], EV_SIGNAL | EV_PERSIST,
				       i == SIGNAL_HUP ? on_hangup : on_terminate, 0);
		ok = ok && oper->signals[i] != NULL;
	}
	return ok ? 0 : -ENOMEM;
}

int oper_create(struct oper **out, struct running *running, struct error *err)
{
	struct oper *oper = calloc(1, sizeof(*oper));
	int result = -ENOMEM;

	if (oper == NULL)
		return error_set(err, -ENOMEM, "out of memory");
	oper->running = running;
	signal(SIGPIPE, SIG_IGN); /* a client that went away is an error of its write() */
	/* What is in force again once the loop is gone: nothing ends the way down half-way. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	oper->base = event_base_new();
	if (oper->base == NULL || add_events(oper) < 0) {
		error_set(err, -ENOMEM,
			  "the event loop cannot start: out of memory or descriptors");
		goto out_oper;
	}
	running_see_time(oper->running);
	result = port_watch_create(&oper->ports, oper->base, running, err);
	if (result < 0)
		goto out_oper;
	result = control_create(&oper->control, oper->base, running, err);
	if (result < 0)
		goto out_oper;
	result = metrics_http_create(&oper->http, oper->base, running->conf->metrics.listen,
				     running, err);
	if (result < 0)
		goto out_oper;
	*out = oper;
	return 0;
out_oper:
	oper_destroy(oper);
	return result;
}

static void drop(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

void oper_destroy(struct oper *oper)
{
	if (oper == NULL)
		return;
	metrics_http_destroy(oper->http);
	control_destroy(oper->control);
	port_watch_destroy(oper->ports);
	for (int i = 0; i < SIGNAL_COUNT; i++)
		drop(oper->signals[i]);
	drop(oper->watchdog);
	drop(oper->second);
	drop(oper->deadline);
	drop(oper->wake);
	if (oper->base != NULL)
		event_base_free(oper->base);
	free(oper);
}
