/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The prompt: history and completion by libedit. The commands to complete are those that the daemon
 * itself lists (help), so that the tool and the daemon cannot disagree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <histedit.h>

#include "cli/client.h"
#include "cli/run.h"

#define COMMANDS_MAX 64
#define HISTORY_SIZE 200

struct prompt {
	char name[64];                /* "hub> " */
	char *commands[COMMANDS_MAX]; /* to complete */
	size_t n_commands;
};

static void add_command(struct prompt *prompt, const char *words)
{
	if (words != NULL && prompt->n_commands < COMMANDS_MAX)
		prompt->commands[prompt->n_commands++] = strdup(words);
}

static void take_command(void *arg, json_t *row)
{
	add_command(arg, json_string_value(json_object_get(row, "command")));
}

static void take_name(void *arg, json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	struct prompt *prompt = arg;

	if (name != NULL)
		snprintf(prompt->name, sizeof(prompt->name), "%s> ", name);
}

static struct prompt *prompt_of(EditLine *edit)
{
	void *prompt;

	el_get(edit, EL_CLIENTDATA, &prompt);
	return prompt;
}

static char *prompt_text(EditLine *edit)
{
	return prompt_of(edit)->name;
}

/* How many octets two words share from their beginning. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

/* Inserts what all candidates share; shows them when that is nothing. */
static unsigned char complete(EditLine *edit, int key)
{
	const struct prompt *prompt = prompt_of(edit);
	const LineInfo *line = el_line(edit);
	size_t len = (size_t)(line->cursor - line->buffer);
	const char *first = NULL;
	size_t shared = 0;
	char text[128];

	(void)key;
	for (size_t i = 0; i < prompt->n_commands; i++) {
		const char *command = prompt->commands[i];

		if (command == NULL || strncmp(command, line->buffer, len) != 0)
			continue;
		shared = first == NULL                     ? strlen(command)
			 : common(first, command) < shared ? common(first, command)
							   : shared;
		first = first == NULL ? command : first;
	}
	if (first == NULL)
		return CC_REFRESH_BEEP;
	if (shared > len && shared - len < sizeof(text)) {
		snprintf(text, sizeof(text), "%.*s", (int)(shared - len), first + len);
		return el_insertstr(edit, text) < 0 ? CC_ERROR : CC_REFRESH;
	}
	fputc('\n', stdout);
	for (size_t i = 0; i < prompt->n_commands; i++)
		if (prompt->commands[i] != NULL &&
		    strncmp(prompt->commands[i], line->buffer, len) == 0)
			printf("  %s\n", prompt->commands[i]);
	return CC_REDISPLAY;
}

static enum run_status converse(struct run *run, EditLine *edit, History *past)
{
	enum run_status status = RUN_OK;
	const char *text;
	int len;

	while (!run->quit && (text = el_gets(edit, &len)) != NULL && len > 0) {
		char line[512];
		HistEvent event;

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\r\n"), text);
		if (line[strspn(line, " \t")] == '\0')
			continue;
		history(past, &event, H_ENTER, text);
		status = run_line(run, line, "haaroctl");
	}
	return status;
}

enum run_status interactive_run(struct run *run)
{
	static const char *const own[] = {"wait-ready", "version", "quit"};
	struct prompt prompt = {.name = "haaro> "};
	char error[CLIENT_ERROR_SIZE];
	enum run_status status = RUN_FAILED;
	HistEvent event;
	History *past;
	EditLine *edit;

	if (client_ask(run->socket, "help", take_command, &prompt, error) != CLIENT_OK ||
	    client_ask(run->socket, "show version", take_name, &prompt, error) != CLIENT_OK) {
		fprintf(stderr, "haaroctl: %s\n", error);
		status = RUN_UNREACHABLE;
		goto out_commands;
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		add_command(&prompt, own[i]);
	past = history_init();
	edit = el_init("haaroctl", stdin, stdout, stderr);
	if (past == NULL || edit == NULL)
		goto out_edit;
	history(past, &event, H_SETSIZE, HISTORY_SIZE);
	el_set(edit, EL_CLIENTDATA, &prompt);
	el_set(edit, EL_PROMPT, prompt_text);
	el_set(edit, EL_EDITOR, "emacs");
	el_set(edit, EL_HIST, history, past);
	el_set(edit, EL_ADDFN, "complete", "complete a command", complete);
	el_set(edit, EL_BIND, "^I", "complete", NULL);
	status = converse(run, edit, past);
out_edit:
	if (edit != NULL)
		el_end(edit);
	if (past != NULL)
		history_end(past);
out_commands:
	for (size_t i = 0; i < prompt.n_commands; i++)
		free(prompt.commands[i]);
	return status;
}
