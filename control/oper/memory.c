/* SPDX-License-Identifier: BSD-3-Clause */
/* Hugepages by node, needed and found; neighbours: main.c (--check), show_doctor.c. */
#include "oper/memory.h"

#include <inttypes.h>

#define MEBIBYTE (UINT64_C(1) << 20)
#define PAGE_2M  (2 * MEBIBYTE)

static bool read_number(const char *path, uint64_t *number)
{
	FILE *file = fopen(path, "re");
	bool ok;

	if (file == NULL)
		return false;
	ok = fscanf(file, "%" SCNu64, number) == 1;
	fclose(file);
	return ok;
}

static bool read_node(unsigned int number, uint64_t page, struct memory_node *node)
{
	char path[128];

	*node = (struct memory_node){.number = number, .page = page};
	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%u/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages",
		 number, page >> 10);
	if (!read_number(path, &node->total))
		return false;
	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%u/hugepages/hugepages-%" PRIu64 "kB/free_hugepages",
		 number, page >> 10);
	return read_number(path, &node->free);
}

void memory_read(struct memory *memory)
{
	static const uint64_t pages[] = {PAGE_2M, UINT64_C(1) << 30};

	memory->n_nodes = 0;
	for (unsigned int number = 0; number < MEMORY_NODES / 2; number++)
		for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
			memory->n_nodes +=
				read_node(number, pages[i], &memory->nodes[memory->n_nodes]);
}

uint64_t memory_free(const struct memory *memory)
{
	uint64_t octets = 0;

	for (size_t i = 0; i < memory->n_nodes; i++)
		octets += memory->nodes[i].free * memory->nodes[i].page;
	return octets;
}

uint64_t memory_total(const struct memory *memory)
{
	uint64_t octets = 0;

	for (size_t i = 0; i < memory->n_nodes; i++)
		octets += memory->nodes[i].total * memory->nodes[i].page;
	return octets;
}

bool memory_has_hugepages(void)
{
	struct memory memory;

	memory_read(&memory);
	return memory_total(&memory) > 0;
}

uint64_t memory_pages(uint64_t octets)
{
	return (octets + PAGE_2M - 1) / PAGE_2M;
}

void memory_report(const struct conf *conf, uint64_t needed, FILE *out)
{
	struct memory memory;

	memory_read(&memory);
	fprintf(out, "%s: ok\n", conf->path);
	if (conf->notes != NULL)
		fprintf(out, "%s\n", conf->notes);
	fprintf(out, "memory needed: %" PRIu64 " MiB, %" PRIu64 " hugepages of 2 MiB\n",
		(needed + MEBIBYTE - 1) / MEBIBYTE, memory_pages(needed));
	for (size_t i = 0; i < memory.n_nodes; i++) {
		const struct memory_node *node = &memory.nodes[i];

		if (node->total > 0 || node->page == PAGE_2M)
			fprintf(out,
				"memory found:  node %u: %" PRIu64 " of %" PRIu64
				" hugepages of %" PRIu64 " MiB free\n",
				node->number, node->free, node->total, node->page / MEBIBYTE);
	}
	if (memory_total(&memory) == 0)
		fprintf(out, "there are no hugepages: haarod would use ordinary memory, which is "
			     "slower\n");
	else if (memory_free(&memory) < needed)
		fprintf(out, "too few: sysctl -w vm.nr_hugepages=%" PRIu64 "\n",
			memory_pages(needed) +
				memory_pages(memory_total(&memory) - memory_free(&memory)));
}
