/* SPDX-License-Identifier: BSD-3-Clause */
/* show config, reload, version, help: the daemon about itself. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "oper/build.h"
#include "oper/command.h"
#include "oper/show.h"

int show_config(struct answer *answer, const struct running *running)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int result;

	if (out == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	result = conf_print(running->conf, out);
	if (fclose(out) != 0 && result == 0)
		result = -ENOMEM;
	if (result == 0)
		answer_row(answer, json_pack("{ss so}", "file", running->conf->path, "text",
					     show_text(text)));
	free(text);
	return result;
}

int show_reload(struct answer *answer, const struct running *running)
{
	const struct reload_result *reload = &running->reload;

	if (!reload->is_tried) {
		answer_row(answer, json_pack("{ss sn sn sn}", "result", "none since start", "when",
					     "age_s", "reason"));
		return 0;
	}
	answer_row(answer,
		   json_pack("{ss so so so}", "result", reload->ok ? "ok" : "failed", "when",
			     show_wall(reload->when.wall), "age_s",
			     show_seconds(time_between(reload->when.mono, running->now.mono)),
			     "reason", reload->ok ? json_null() : show_text(reload->error.text)));
	return 0;
}

int show_version(struct answer *answer, const struct running *running)
{
	char build[BUILD_ID_SIZE];
	bool home = running->conf->role == CONF_HOME_AGENT;

	answer_row(answer,
		   json_pack("{ss ss ss ss si so}", "name", running->conf->name, "role",
			     home ? "home-agent" : "mobile-router", "version", build_version(),
			     "build", build_id(build), "pid", (int)getpid(), "up_s",
			     show_seconds(time_between(running->started.mono, running->now.mono))));
	return 0;
}

int show_help(struct answer *answer, const struct running *running)
{
	const struct command *command;

	(void)running;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++)
		answer_row(answer, json_pack("{ss ss ss sb}", "command", command->words,
					     "arguments", command->arguments, "help", command->help,
					     "changes", command->change != NULL));
	return 0;
}
