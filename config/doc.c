/* SPDX-License-Identifier: BSD-3-Clause */
/* YAML to a tree of nodes, by libyaml's events; see doc.h. */
#include "doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

/* The containers that are open while events come in. */
struct builder {
	struct doc *doc;
	struct complaints *complaints;
	uint32_t open[DOC_DEPTH_MAX]; /* the container at each depth */
	uint32_t last[DOC_DEPTH_MAX]; /* its last child so far */
	unsigned int depth;
	unsigned int documents;
};

static void complain_mark(struct builder *builder, const yaml_mark_t *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain_mark(struct builder *builder, const yaml_mark_t *mark, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_at(builder->complaints, builder->doc->path, (uint32_t)mark->line + 1,
		    (uint32_t)mark->column + 1, format, args);
	va_end(args);
}

/* Room for one more node, doubling; NODE_NONE: none to be had. */
static uint32_t node_create(struct doc *doc, enum node_kind kind)
{
	size_t size = doc->nodes_size == 0 ? 64 : doc->nodes_size * 2;
	struct node *nodes;

	if (doc->n_nodes == doc->nodes_size) {
		nodes = realloc(doc->nodes, size * sizeof(*nodes));
		if (!nodes)
			return NODE_NONE;
		doc->nodes = nodes;
		doc->nodes_size = size;
	}
	doc->nodes[doc->n_nodes] =
		(struct node){.kind = (uint8_t)kind, .next = NODE_NONE, .first = NODE_NONE};
	return doc->n_nodes++;
}

/* Keeps the text of a scalar and returns where it begins; UINT32_MAX: no memory. */
static uint32_t text_keep(struct doc *doc, const char *text, size_t len)
{
	size_t size = doc->text_size == 0 ? 1024 : doc->text_size;
	size_t at = doc->text_len;
	char *grown;

	while (size - at < len + 1)
		size *= 2;
	if (size > UINT32_MAX)
		return UINT32_MAX;
	if (size != doc->text_size) {
		grown = malloc(size);
		if (!grown)
			return UINT32_MAX;
		/* Not realloc(): it would leave a copy of the secrets behind. */
		if (at > 0) {
			memcpy(grown, doc->text, at);
			explicit_bzero(doc->text, at);
		}
		free(doc->text);
		doc->text = grown;
		doc->text_size = size;
	}
	memcpy(doc->text + at, text, len);
	doc->text[at + len] = '\0';
	doc->text_len = at + len + 1;
	return (uint32_t)at;
}

static int complain_memory(struct builder *builder)
{
	complain_file(builder->complaints, builder->doc->path, "no memory to read it");
	return -ENOMEM;
}

/* A new node behind the last child of the open container. */
static int node_append(struct builder *builder, enum node_kind kind, const yaml_mark_t *mark,
		       uint32_t *node)
{
	struct doc *doc = builder->doc;
	unsigned int depth = builder->depth;

	if (doc->n_nodes >= doc->nodes_max) {
		complain_mark(builder, mark, "more than %u values; no configuration needs so many",
			      doc->nodes_max);
		return -EINVAL;
	}
	*node = node_create(doc, kind);
	if (*node == NODE_NONE)
		return complain_memory(builder);
	doc->nodes[*node].line = (uint32_t)mark->line + 1;
	doc->nodes[*node].column =
		mark->column + 1 < UINT16_MAX ? (uint16_t)(mark->column + 1) : UINT16_MAX;
	if (depth == 0) {
		doc->root = *node;
		return 0;
	}
	if (builder->last[depth - 1] == NODE_NONE)
		doc->nodes[builder->open[depth - 1]].first = *node;
	else
		doc->nodes[builder->last[depth - 1]].next = *node;
	builder->last[depth - 1] = *node;
	doc->nodes[builder->open[depth - 1]].count++;
	return 0;
}

static int handle_open(struct builder *builder, const yaml_event_t *event, enum node_kind kind)
{
	uint32_t node;
	int rc;

	rc = node_append(builder, kind, &event->start_mark, &node);
	if (rc < 0)
		return rc;
	if (builder->depth == DOC_DEPTH_MAX) {
		complain_mark(builder, &event->start_mark, "nested deeper than %d levels",
			      DOC_DEPTH_MAX);
		return -EINVAL;
	}
	builder->open[builder->depth] = node;
	builder->last[builder->depth] = NODE_NONE;
	builder->depth++;
	return 0;
}

/* True while the next child of the open container is the key of a map. */
static bool key_is_next(const struct builder *builder)
{
	const struct node *open;

	if (builder->depth == 0)
		return false;
	open = &builder->doc->nodes[builder->open[builder->depth - 1]];
	return open->kind == NODE_MAP && open->count % 2 == 0;
}

static int handle_scalar(struct builder *builder, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	uint32_t at, node;
	size_t i;
	int rc;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x20 && (unsigned char)text[i] < 0x7f)
			continue;
		complain_mark(builder, &event->start_mark,
			      "a value may hold printable ASCII only, not octet 0x%02x",
			      (unsigned int)(unsigned char)text[i]);
		return -EINVAL;
	}
	rc = node_append(builder, NODE_SCALAR, &event->start_mark, &node);
	if (rc < 0)
		return rc;
	at = text_keep(builder->doc, text, len);
	if (at == UINT32_MAX)
		return complain_memory(builder);
	builder->doc->nodes[node].first = at;
	builder->doc->nodes[node].count = (uint32_t)len;
	return 0;
}

static bool event_has_extras(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return event->data.scalar.anchor || event->data.scalar.tag;
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	if (event->type == YAML_MAPPING_START_EVENT)
		return event->data.mapping_start.anchor || event->data.mapping_start.tag;
	return event->type == YAML_ALIAS_EVENT;
}

static int handle_event(struct builder *builder, const yaml_event_t *event)
{
	bool value =
		event->type != YAML_SEQUENCE_END_EVENT && event->type != YAML_MAPPING_END_EVENT;

	if (event_has_extras(event)) {
		complain_mark(
			builder, &event->start_mark,
			"anchors (&), aliases (*) and tags (!) are not taken; write the value out");
		return -EINVAL;
	}
	if (event->type == YAML_DOCUMENT_START_EVENT && builder->documents++ > 0) {
		complain_mark(builder, &event->start_mark,
			      "a second document begins here; a file holds one, remove the '---'");
		return -EINVAL;
	}
	if (value && event->type != YAML_SCALAR_EVENT && key_is_next(builder)) {
		complain_mark(builder, &event->start_mark,
			      "a key is one word, not a list or a map");
		return -EINVAL;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return handle_scalar(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		return handle_open(builder, event, NODE_LIST);
	case YAML_MAPPING_START_EVENT:
		return handle_open(builder, event, NODE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		builder->depth--;
		return 0;
	default:
		return 0;
	}
}

static void complain_parser(struct builder *builder, const yaml_parser_t *parser)
{
	yaml_mark_t mark = parser->problem_mark;

	/* The reader has no mark of its own: it stumbles before anything is scanned. */
	if (parser->error == YAML_READER_ERROR)
		mark = parser->mark;
	complain_mark(builder, &mark, "not YAML: %s%s%s",
		      parser->problem ? parser->problem : "out of memory",
		      parser->context ? " " : "", parser->context ? parser->context : "");
}

static int events_read(struct builder *builder, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool end = false;
	int rc = 0;

	while (rc == 0 && !end) {
		if (!yaml_parser_parse(parser, &event)) {
			complain_parser(builder, parser);
			return -EINVAL;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		rc = handle_event(builder, &event);
		yaml_event_delete(&event);
	}
	return rc;
}

int doc_parse(struct doc *doc, const char *path, const char *text, size_t len,
	      const struct doc_limits *limits, struct complaints *complaints)
{
	struct builder builder = {.doc = doc, .complaints = complaints};
	yaml_parser_t parser;
	int rc;

	memset(doc, 0, sizeof(*doc));
	doc->path = path;
	doc->root = NODE_NONE;
	doc->nodes_max = limits->nodes;
	if (len > limits->bytes) {
		complain_file(complaints, path, "is larger than %zu MiB", limits->bytes >> 20);
		return -EINVAL;
	}
	if (node_create(doc, NODE_SCALAR) == NODE_NONE || !yaml_parser_initialize(&parser))
		return complain_memory(&builder);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	/* Nothing else: the byte order mark of UTF-16 would make the positions those of a copy. */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	rc = events_read(&builder, &parser);
	yaml_parser_delete(&parser);
	if (rc == 0 && (doc->root == NODE_NONE || doc->nodes[doc->root].kind != NODE_MAP)) {
		complain_file(complaints, path,
			      "holds no configuration; it begins with 'version: 1'");
		rc = -EINVAL;
	}
	return rc;
}

void doc_free(struct doc *doc)
{
	/* Secrets may be among the scalars. */
	if (doc->text)
		explicit_bzero(doc->text, doc->text_len);
	free(doc->text);
	free(doc->nodes);
	memset(doc, 0, sizeof(*doc));
}

static uint32_t child_of_len(const struct doc *doc, uint32_t map, const char *key, size_t len)
{
	uint32_t at = doc->nodes[map].first;

	if (doc->nodes[map].kind != NODE_MAP)
		return NODE_NONE;
	for (; at != NODE_NONE; at = doc->nodes[doc->nodes[at].next].next) {
		if (doc->nodes[at].count == len && memcmp(doc_text(doc, at), key, len) == 0)
			return doc->nodes[at].next;
	}
	return NODE_NONE;
}

uint32_t doc_child(const struct doc *doc, uint32_t map, const char *key)
{
	return child_of_len(doc, map, key, strlen(key));
}

static uint32_t item_of(const struct doc *doc, uint32_t list, unsigned long index)
{
	uint32_t at = doc->nodes[list].first;

	if (doc->nodes[list].kind != NODE_LIST)
		return NODE_NONE;
	while (at != NODE_NONE && index-- > 0)
		at = doc->nodes[at].next;
	return at;
}

uint32_t doc_find(const struct doc *doc, const char *path)
{
	uint32_t at = doc->root;
	uint32_t next;
	char *end;

	while (*path != '\0') {
		if (*path == '[') {
			next = item_of(doc, at, strtoul(path + 1, &end, 10));
			path = *end == ']' ? end + 1 : end;
		} else {
			next = child_of_len(doc, at, path, strcspn(path, ".["));
			path += strcspn(path, ".[");
		}
		if (next == NODE_NONE)
			return at;
		at = next;
		if (*path == '.')
			path++;
	}
	return at;
}

/* Splits "[a, b]"; only the schema's own defaults come here. */
static uint32_t default_list(struct doc *doc, const char *text)
{
	uint32_t list = node_create(doc, NODE_LIST);
	uint32_t item, at, last = NODE_NONE;
	size_t len;

	if (list == NODE_NONE)
		return NODE_NONE;
	for (text++; *text != ']' && *text != '\0'; text += strspn(text, ", ")) {
		len = strcspn(text, ",]");
		item = node_create(doc, NODE_SCALAR);
		at = item == NODE_NONE ? UINT32_MAX : text_keep(doc, text, len);
		if (at == UINT32_MAX)
			return NODE_NONE;
		doc->nodes[item].first = at;
		doc->nodes[item].count = (uint32_t)len;
		doc->nodes[list].count++;
		if (last == NODE_NONE)
			doc->nodes[list].first = item;
		else
			doc->nodes[last].next = item;
		last = item;
		text += len;
	}
	return list;
}

uint32_t doc_default(struct doc *doc, const char *text)
{
	if (text[0] == '[')
		return default_list(doc, text);
	doc->default_text = text;
	doc->nodes[DOC_DEFAULT].count = (uint32_t)strlen(text);
	return DOC_DEFAULT;
}

void doc_complain(const struct doc *doc, struct complaints *complaints, uint32_t node,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_at(complaints, doc->path, doc->nodes[node].line, doc->nodes[node].column, format,
		    args);
	va_end(args);
}
