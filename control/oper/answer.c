/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers as lines of JSON; neighbours: show_*.c make rows, control_socket.c sends them. */
#include "oper/answer.h"

#include <stdlib.h>
#include <string.h>

static int append(const char *bytes, size_t len, void *out)
{
	return evbuffer_add(out, bytes, len);
}

static void append_line(struct answer *answer, json_t *line)
{
	json_dump_callback(line, append, answer->out, JSON_COMPACT);
	evbuffer_add(answer->out, "\n", 1);
	json_decref(line);
}

void answer_row(struct answer *answer, json_t *row)
{
	append_line(answer, json_pack("{so}", "row", row));
}

void answer_end(struct answer *answer, int result)
{
	if (result >= 0) {
		append_line(answer, json_pack("{sb}", "ok", 1));
		return;
	}
	if (answer->err.text[0] == '\0')
		error_set(&answer->err, result, "%s", strerror(-result));
	/* s?: a reason that is not UTF-8 must not cost the answer its end. */
	json_t *reason = json_string(answer->err.text);

	append_line(answer, json_pack("{sbso?}", "ok", 0, "error", reason));
}

void answer_clear(struct answer *answer)
{
	free(answer->snapshot);
	answer->snapshot = NULL;
	answer->n_snapshot = 0;
	answer->cursor = 0;
	answer->err.text[0] = '\0';
}
