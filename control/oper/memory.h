/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hugepages that the machine has, per NUMA node, beside what a configuration needs. Reads /sys; any
 * thread.
 */
#ifndef OPER_MEMORY_H
#define OPER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "haaro/conf.h"

#define MEMORY_NODES 16

struct memory_node {
	unsigned int number;
	uint64_t page;  /* octets of one page */
	uint64_t total; /* pages */
	uint64_t free;
};

struct memory {
	struct memory_node nodes[MEMORY_NODES]; /* one per node and page size */
	size_t n_nodes;
};

void memory_read(struct memory *memory);

/* Octets in free and in all hugepages of all nodes. */
uint64_t memory_free(const struct memory *memory);
uint64_t memory_total(const struct memory *memory);

/* Whether the machine reserves any, whoever uses them. */
bool memory_has_hugepages(void);

/* How many 2 MiB pages hold that many octets. */
uint64_t memory_pages(uint64_t octets);

/* The report of --check: that conf is good, what it takes and what there is. */
void memory_report(const struct conf *conf, uint64_t needed, FILE *out);

#endif
