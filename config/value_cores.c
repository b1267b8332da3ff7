/* SPDX-License-Identifier: BSD-3-Clause */
/* The cores of the workers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

static bool core_parse(struct reader *reader, const struct key *key, uint32_t node, uint16_t *core)
{
	const char *text = doc_scalar(reader->doc, node);
	uint64_t number;

	if (!digits_parse(&text, &number) || *text != '\0')
		return reader_refuse(reader, key, node);
	if (number > 1023) {
		reader_complain(reader, node,
				"%s: core %" PRIu64 " is too large; 0 to 1023 is possible",
				key->name, number);
		return false;
	}
	*core = (uint16_t)number;
	return true;
}

static bool cores_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	struct conf_workers *workers = value;
	const struct node *list = doc_node(reader->doc, node);
	uint32_t at = list->first;
	size_t i;

	if (strcmp(doc_scalar(reader->doc, node), "auto") == 0)
		return true;
	if (list->kind != NODE_LIST || list->count == 0)
		return reader_refuse(reader, key, node);
	if (list->count > key->max) {
		reader_complain(reader, node, "%s: %u cores; at most %ju workers are possible",
				key->name, list->count, (uintmax_t)key->max);
		return false;
	}
	workers->cores = calloc(list->count, sizeof(*workers->cores));
	if (!workers->cores) {
		reader_complain(reader, node, "%s: no memory", key->name);
		return false;
	}
	for (; at != NODE_NONE; at = doc_node(reader->doc, at)->next) {
		uint16_t *core = &workers->cores[workers->n_cores];

		if (!core_parse(reader, key, at, core))
			return false;
		for (i = 0; i < workers->n_cores; i++) {
			if (workers->cores[i] == *core) {
				reader_complain(reader, at, "%s: core %u stands twice", key->name,
						(unsigned int)*core);
				return false;
			}
		}
		workers->n_cores++;
	}
	return true;
}

static void cores_print(struct printer *printer, const struct key *key, const void *value)
{
	const struct conf_workers *workers = value;
	size_t i;

	(void)key;
	if (!workers->cores) {
		fputs("auto", printer->out);
		return;
	}
	for (i = 0; i < workers->n_cores; i++)
		fprintf(printer->out, "%s%u", i == 0 ? "[" : ", ", (unsigned int)workers->cores[i]);
	fputs("]", printer->out);
}

static bool cores_are_equal(const struct key *key, const void *a, const void *b)
{
	const struct conf_workers *x = a;
	const struct conf_workers *y = b;

	(void)key;
	return x->n_cores == y->n_cores &&
	       (x->n_cores == 0 || memcmp(x->cores, y->cores, x->n_cores * sizeof(*x->cores)) == 0);
}

static void cores_release(const struct key *key, void *value)
{
	(void)key;
	free(((struct conf_workers *)value)->cores);
}

const struct value_type value_cores = {
	.expects = "auto or a list of cores such as [2, 3]",
	.read = cores_read,
	.print = cores_print,
	.is_equal = cores_are_equal,
	.release = cores_release,
};
