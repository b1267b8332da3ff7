/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections of operators; neighbours: control_listen.c makes the socket, command.c answers. */
#include "oper/control_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "oper/build.h"
#include "oper/command.h"
#include "oper/control_listen.h"
#include "oper/listening.h"

#define CLIENTS_MAX      32         /* all */
#define CLIENTS_OTHERS   24         /* not root: the rest is kept for root */
#define OUTPUT_HIGH      (64 << 10) /* octets waiting: the answer pauses */
#define OUTPUT_LOW       (16 << 10) /* and goes on */
#define IDLE_SECONDS     30
#define STALL_SECONDS    10  /* nothing read by the client for so long */
#define LIFETIME_SECONDS 300 /* of a connection, whatever it does */

struct client {
	struct control *control;
	struct client *next;
	struct bufferevent *io;
	struct event *more;     /* the next piece of an answer, after others had their turn */
	struct event *lifetime; /* ends the connection */
	const struct command *command; /* whose answer is under way; NULL: none */
	struct answer answer;
	uid_t uid;
	bool is_greeted;
	bool is_eof;    /* it sends no more: what it sent is still answered */
	bool is_ending; /* closed once its output is gone */
};

struct control {
	struct event_base *base;
	struct running *running;
	struct evconnlistener *listener;
	struct client *clients;
	size_t n_clients;
	char path[CONF_PATH_SIZE];
};

static void client_close(struct client *client)
{
	struct client **link = &client->control->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	client->control->n_clients--;
	answer_clear(&client->answer);
	if (client->more != NULL)
		event_free(client->more);
	if (client->lifetime != NULL)
		event_free(client->lifetime);
	bufferevent_free(client->io);
	free(client);
}

/* The next piece or the next request, once others had their turn. */
static void yield_turn(struct client *client)
{
	static const struct timeval at_once = {0, 0};

	event_add(client->more, &at_once);
}

/* The answer is complete: be ready for the next request, which may be here already. */
static void finish(struct client *client, int result)
{
	answer_end(&client->answer, result);
	answer_clear(&client->answer);
	client->command = NULL;
	if (!client->is_ending)
		yield_turn(client);
}

static void go_on(struct client *client)
{
	int result;

	running_see_time(client->control->running);
	result = client->command->next(&client->answer, client->control->running);
	if (result <= 0)
		finish(client, result);
	else if (evbuffer_get_length(client->answer.out) < OUTPUT_HIGH)
		yield_turn(client);
	/* else: on_write() goes on once the client has read */
}

static bool may_change(const struct client *client)
{
	return client->uid == 0 || client->uid == geteuid();
}

static int greet(struct client *client)
{
	const struct request *request = &client->answer.request;
	const struct running *running = client->control->running;

	if (request->n_words != 2 || strcmp(request->words[0], "haaro") != 0)
		return error_set(&client->answer.err, -EPROTO, "begin with: haaro %d",
				 CONTROL_PROTOCOL);
	if (strtoul(request->words[1], NULL, 10) != CONTROL_PROTOCOL)
		return error_set(&client->answer.err, -EPROTO,
				 "this haarod (%s) speaks protocol %d; use its own haaroctl",
				 build_version(), CONTROL_PROTOCOL);
	client->is_greeted = true;
	answer_row(&client->answer, json_pack("{si ss ss}", "protocol", CONTROL_PROTOCOL, "version",
					      build_version(), "name", running->conf->name));
	return 0;
}

static void handle(struct client *client)
{
	const struct command *command;

	if (!client->is_greeted) {
		int result = greet(client);

		client->is_ending = result < 0;
		finish(client, result);
		return;
	}
	command = command_find(&client->answer);
	if (command == NULL) {
		finish(client, -EINVAL);
	} else if (command->next != NULL) {
		client->command = command;
		go_on(client);
	} else if (!may_change(client)) {
		error_set(&client->answer.err, -EACCES,
			  "%s changes something: only root and the daemon's own user may",
			  command->words);
		finish(client, -EACCES);
	} else {
		running_see_time(client->control->running);
		finish(client, command->change(&client->answer, client->control->running));
	}
}

/* Nothing more to answer: close, at once or when what waits has been read. */
static void end(struct client *client)
{
	client->is_ending = true;
	if (evbuffer_get_length(client->answer.out) == 0)
		client_close(client);
}

/* Takes a request, if one is complete and the answers so far have been read. */
static void take_request(struct client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->io);
	size_t len;
	char *line;
	int result;

	if (client->command != NULL || client->is_ending ||
	    evbuffer_get_length(client->answer.out) >= OUTPUT_HIGH)
		return;
	line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
	if (line == NULL && client->is_eof) {
		end(client);
		return;
	}
	if (line == NULL && evbuffer_get_length(in) < REQUEST_SIZE)
		return;
	result = line == NULL ? -EMSGSIZE : request_parse(&client->answer.request, line, len);
	free(line);
	if (result < 0) {
		client->is_ending = true;
		error_set(&client->answer.err, result,
			  "a request is a line of at most %d printable octets and %d words",
			  REQUEST_SIZE - 1, REQUEST_WORDS);
		finish(client, result);
	} else if (client->answer.request.n_words > 0) {
		handle(client);
	} else {
		yield_turn(client);
	}
}

static void on_read(struct bufferevent *io, void *arg)
{
	(void)io;
	take_request(arg);
}

static void on_more(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;

	(void)fd;
	(void)what;
	if (client->command != NULL)
		go_on(client);
	else
		take_request(client);
}

static void on_write(struct bufferevent *io, void *arg)
{
	struct client *client = arg;

	(void)io;
	if (client->is_ending && evbuffer_get_length(client->answer.out) == 0)
		client_close(client);
	else if (!event_pending(client->more, EV_TIMEOUT, NULL))
		yield_turn(client);
}

static void on_event(struct bufferevent *io, short what, void *arg)
{
	struct client *client = arg;

	if ((what & BEV_EVENT_EOF) == 0) { /* an error, or a timeout */
		client_close(client);
		return;
	}
	client->is_eof = true;
	bufferevent_disable(io, EV_READ);
	if (client->is_ending)
		end(client);
	else
		yield_turn(client);
}

static void on_lifetime(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_close(arg);
}

static struct client *client_create(struct control *control, evutil_socket_t fd, uid_t uid)
{
	static const struct timeval idle = {IDLE_SECONDS, 0};
	static const struct timeval stall = {STALL_SECONDS, 0};
	static const struct timeval lifetime = {LIFETIME_SECONDS, 0};
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->io = bufferevent_socket_new(control->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (client->io == NULL) {
		free(client);
		return NULL;
	}
	client->control = control;
	client->uid = uid;
	client->next = control->clients;
	control->clients = client;
	control->n_clients++;
	client->answer.out = bufferevent_get_output(client->io);
	client->more = evtimer_new(control->base, on_more, client);
	client->lifetime = evtimer_new(control->base, on_lifetime, client);
	if (client->more == NULL || client->lifetime == NULL) {
		client_close(client);
		return NULL;
	}
	event_add(client->lifetime, &lifetime);
	bufferevent_setcb(client->io, on_read, on_write, on_event, client);
	bufferevent_setwatermark(client->io, EV_WRITE, OUTPUT_LOW, 0);
	/* What a client sends ahead is not read into memory beyond this. */
	bufferevent_setwatermark(client->io, EV_READ, 0, 2 * REQUEST_SIZE);
	bufferevent_set_timeouts(client->io, &idle, &stall);
	bufferevent_enable(client->io, EV_READ | EV_WRITE);
	return client;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *addr,
		      int len, void *arg)
{
	struct control *control = arg;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	(void)listener;
	(void)addr;
	(void)len;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
	    control->n_clients >= (peer.uid == 0 ? CLIENTS_MAX : CLIENTS_OTHERS) ||
	    client_create(control, fd, peer.uid) == NULL)
		close(fd);
}

int control_create(struct control **out, struct event_base *base, struct running *running,
		   struct error *err)
{
	struct control *control = calloc(1, sizeof(*control));
	int fd;

	if (control == NULL)
		return error_set(err, -ENOMEM, "control-socket: out of memory");
	control->base = base;
	control->running = running;
	snprintf(control->path, sizeof(control->path), "%s", running->conf->control_socket.path);
	fd = control_listen(running, err);
	if (fd < 0)
		goto out_control;
	control->listener = evconnlistener_new(
		base, on_accept, control, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (control->listener == NULL) {
		close(fd);
		fd = error_set(err, -ENOMEM, "control-socket: out of memory");
		goto out_control;
	}
	listening_guard(control->listener);
	*out = control;
	return 0;
out_control:
	free(control);
	return fd;
}

void control_destroy(struct control *control)
{
	if (control == NULL)
		return;
	while (control->clients != NULL)
		client_close(control->clients);
	evconnlistener_free(control->listener);
	unlink(control->path);
	free(control);
}
