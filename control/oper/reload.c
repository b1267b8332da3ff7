/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reload as a transaction: read, check, compare, apply; the old configuration lives until the new
 * one is in use. Neighbours: loop.c (SIGHUP), command.c (reload).
 */
#include "oper/reload.h"

#include <errno.h>

#include "haaro/dataplane.h"

static int apply(struct running *running, struct error *err)
{
	struct conf *next = conf_load(running->conf->path, err);
	struct error name; /* holds the key, which the sentence about it is made of */
	const char *key;
	int result;

	if (next == NULL)
		return -EINVAL;
	key = conf_restart_key(running->conf, next, &name);
	if (key != NULL) {
		error_set(err, -EBUSY, "%s: %s cannot change while running; restart haarod for it",
			  running->conf->path, key);
		result = -EBUSY;
		goto out_next;
	}
	result = haaro_reload(running->haaro, &running->now, next, err);
	if (result < 0)
		goto out_next;
	dataplane_set_idle(running->fwd, next->workers.idle);
	log_set(running->log, next->log.level, next->log.format);
	conf_free(running->conf);
	running->conf = next;
	return 0;
out_next:
	conf_free(next);
	return result;
}

int reload_run(struct running *running, struct error *err)
{
	struct reload_result *reload = &running->reload;
	int result;

	err->text[0] = '\0';
	result = apply(running, err);
	*reload = (struct reload_result){
		.is_tried = true, .ok = result == 0, .when = running->now, .error = *err};
	log_daemon(running->log, result == 0 ? EVENT_RELOADED : EVENT_RELOAD_FAILED, &running->now,
		   result == 0 ? running->conf->path : err->text);
	return result;
}
