/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A YAML text as a tree of nodes, each with its line and column. doc.c is the only file that knows
 * libyaml.
 *
 * It takes the part of YAML that a configuration needs: one document of maps, lists and scalars.
 * Anchors, aliases and tags are refused: an alias can make a small file expand without bound.
 * Depth, size and number of nodes are bounded, so that a hostile file ends in a complaint.
 *
 * Nodes are indices into one array. Node 0 is a scalar outside the text: a default being read.
 */
#ifndef CONFIG_DOC_H
#define CONFIG_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "complaint.h"

#define DOC_DEPTH_MAX 16
#define DOC_DEFAULT   0          /* the node of a default's text */
#define NODE_NONE     UINT32_MAX /* no node: key absent, end of list */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	uint32_t line;   /* from 1 */
	uint16_t column; /* from 1; UINT16_MAX: that or more */
	uint8_t kind;    /* enum node_kind */
	uint32_t next;   /* sibling; in a map key and value alternate */
	uint32_t first;  /* first child; of a scalar: where its text begins */
	uint32_t count;  /* children (a map has two per key); of a scalar: length of its text */
};

struct doc {
	const char *path; /* for messages; not owned */
	struct node *nodes;
	uint32_t n_nodes, nodes_max;
	size_t nodes_size;
	char *text; /* of all scalars, each with a NUL behind it */
	size_t text_len, text_size;
	const char *default_text; /* of DOC_DEFAULT */
	uint32_t root;
};

/* Bounds of a file that may be large: the subscribers. */
struct doc_limits {
	size_t bytes;
	uint32_t nodes;
};

/* Reads a text of len octets. Returns 0, or -EINVAL or -ENOMEM with a complaint. */
int doc_parse(struct doc *doc, const char *path, const char *text, size_t len,
	      const struct doc_limits *limits, struct complaints *complaints);
void doc_free(struct doc *doc);

/* The value of a key of a map, or NODE_NONE. */
uint32_t doc_child(const struct doc *doc, uint32_t map, const char *key);

/*
 * The node of a path such as "ports[1].gateway", or the nearest that exists on the way to it: where
 * a complaint about something absent points.
 */
uint32_t doc_find(const struct doc *doc, const char *path);

/* A node for the text of a default: "[a, b]" a list, all else a scalar. NODE_NONE: no memory. */
uint32_t doc_default(struct doc *doc, const char *text);

/* Adds a complaint at a node. */
__attribute__((format(printf, 4, 5))) void doc_complain(const struct doc *doc,
							struct complaints *complaints,
							uint32_t node, const char *format, ...);

static inline const struct node *doc_node(const struct doc *doc, uint32_t node)
{
	return &doc->nodes[node];
}

/* The text of a scalar. */
static inline const char *doc_text(const struct doc *doc, uint32_t node)
{
	return node == DOC_DEFAULT ? doc->default_text : doc->text + doc->nodes[node].first;
}

/* The text of a scalar, "" of anything else: for readers that go on to say what they expected. */
static inline const char *doc_scalar(const struct doc *doc, uint32_t node)
{
	return doc->nodes[node].kind == NODE_SCALAR ? doc_text(doc, node) : "";
}

#endif
