/* SPDX-License-Identifier: BSD-3-Clause */
/* Counting, copying, and rows of the copy a piece at a time. */
#include "oper/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/command.h"

#define ALIGNMENT _Alignof(max_align_t)

static void *claim(const struct snapshot *snapshot, struct snapshot_part *part, size_t size)
{
	char *at = part->at + part->used;

	if (!snapshot->counting && size > part->size - part->used)
		return NULL;
	part->used += size;
	return snapshot->counting ? NULL : at;
}

void *snapshot_row(struct snapshot *snapshot, size_t size)
{
	return claim(snapshot, &snapshot->rows, size);
}

void *snapshot_list(struct snapshot *snapshot, size_t size)
{
	return claim(snapshot, &snapshot->lists, size);
}

const char *snapshot_text(struct snapshot *snapshot, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = claim(snapshot, &snapshot->text, size);

	return copy != NULL ? memcpy(copy, text, size) : NULL;
}

bool snapshot_leaves_out(const struct snapshot *snapshot, const struct ip_addr *address)
{
	return addr_is_set(&snapshot->only) && !addr_is_equal(&snapshot->only, address);
}

/* As much as was counted: to be filled from its beginning. Returns where the next part begins. */
static char *lay_out(struct snapshot_part *part, char *at)
{
	part->at = at;
	part->size = part->used;
	part->used = 0;
	return at + (part->size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int take(struct answer *answer, const struct running *running,
		const struct snapshot_kind *kind)
{
	struct snapshot snapshot = {.counting = true};
	int result = command_address(answer, 0, &snapshot.only);
	char *at;

	if (result < 0)
		return result;
	kind->walk(running, &snapshot);
	if (snapshot.rows.used == 0)
		return 0;
	at = calloc(1,
		    snapshot.rows.used + snapshot.lists.used + snapshot.text.used + 2 * ALIGNMENT);
	if (at == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	answer->snapshot = at;
	snapshot.counting = false;
	at = lay_out(&snapshot.rows, at);
	at = lay_out(&snapshot.lists, at);
	lay_out(&snapshot.text, at);
	kind->walk(running, &snapshot);
	answer->n_snapshot = snapshot.rows.used / kind->row_size;
	return 0;
}

int snapshot_show(struct answer *answer, const struct running *running,
		  const struct snapshot_kind *kind)
{
	int result = answer->snapshot == NULL ? take(answer, running, kind) : 0;

	if (result < 0)
		return result;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++) {
		const char *rows = answer->snapshot;
		json_t *row = kind->row(running, rows + answer->cursor++ * kind->row_size);

		if (row != NULL)
			answer_row(answer, row);
	}
	return answer->cursor < answer->n_snapshot;
}
