/* SPDX-License-Identifier: BSD-3-Clause */
/* show events and violations: what happened last, newest last. */
#include <errno.h>

#include "oper/show.h"

struct listing {
	struct answer *answer;
	const struct log *log;
};

static void event_row(void *arg, const struct event *event)
{
	static const char *const levels[] = {"debug", "info", "warning", "error"};
	const struct listing *listing = arg;

	answer_row(listing->answer,
		   json_pack("{so ss ss so}", "when", show_wall(event->when.wall), "level",
			     levels[event_level(event->type)], "event", event_name(event->type),
			     "fields", log_event_json(listing->log, event)));
}

int show_events(struct answer *answer, const struct running *running)
{
	struct listing listing = {answer, running->log};

	log_walk_kept(running->log, event_row, &listing);
	return 0;
}

static bool violation_row(void *arg, const struct home_violation *violation)
{
	answer_row(arg,
		   json_pack("{so so so so so so so so}", "number", show_number(violation->number),
			     "when", show_wall(violation->when.wall), "home_address",
			     show_addr(&violation->home_address), "peer",
			     show_addr(&violation->peer), "peer_port",
			     show_number(violation->peer_port), "spi", show_number(violation->spi),
			     "identification",
			     json_sprintf("%016llx", (unsigned long long)violation->identification),
			     "reason", show_text(violation->reason)));
	return true;
}

int show_violations(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);

	if (home == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a mobile router keeps no violations; try show counters");
	home_walk_violations(home, violation_row, answer);
	return 0;
}
