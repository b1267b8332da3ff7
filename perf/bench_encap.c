/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an encapsulation costs a worker: cycles to put its headers on (push) and to check and take
 * them off (pop), in bursts over packets that lie in the first-level cache.
 *
 *     bench_encap
 *
 * A figure is the median of five rounds. Needs neither hugepages nor root.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "haaro/addr.h"

#include "encap/outer.h"

#define ROUNDS  5
#define BURSTS  20000
#define BURST   16 /* of buffers that the cache holds beside everything else */
#define BUFFER  1536
#define ADDRESS UINT32_C(0xc6336401)

struct bench {
	struct tunnel_entry entry;
	uint8_t buffers[BURST][BUFFER];
	uint16_t inner_len;
	uint64_t faults;
};

static uint8_t *inner_of(struct bench *bench, uint32_t i)
{
	return bench->buffers[i] + TUNNEL_TEMPLATE_SIZE;
}

static void prepare(struct bench *bench, const struct fwd_tunnel *tunnel, uint16_t inner_len)
{
	memset(bench, 0, sizeof(*bench));
	encap_table[tunnel->encap]->build(tunnel, &bench->entry);
	bench->entry.key_remote = tunnel->local.v4; /* so that it accepts what it sends */
	bench->entry.key_local = tunnel->remote.v4;
	bench->inner_len = inner_len;
	for (uint32_t i = 0; i < BURST; i++) {
		uint8_t *inner = inner_of(bench, i);

		inner[0] = 0x45;
		store16(inner + IPV4_LENGTH, inner_len);
		inner[IPV4_TTL] = 64;
		ipv4_set_checksum(inner, IPV4_SIZE);
	}
}

static double push(struct bench *bench)
{
	const struct tunnel_entry *entry = &bench->entry;
	uint16_t total_len = (uint16_t)(bench->inner_len + entry->overhead), id = 0;
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t n = 0; n < BURSTS; n++) {
		for (uint32_t i = 0; i < BURST; i++)
			outer_push(entry, inner_of(bench, i), total_len, id++);
	}
	return (double)(rte_rdtsc_precise() - start) / BURSTS / BURST;
}

/* What the last push made. */
static double pop(struct bench *bench)
{
	const struct tunnel_entry *entry = &bench->entry;
	const struct encap_ops *ops = encap_table[entry->encap];
	uint16_t len = (uint16_t)(bench->inner_len + entry->overhead - IPV4_SIZE), offset;
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t n = 0; n < BURSTS; n++) {
		for (uint32_t i = 0; i < BURST; i++) {
			const uint8_t *payload = inner_of(bench, i) + bench->inner_len - len;

			offset = 0;
			if (ops->pop != NULL)
				bench->faults +=
					ops->pop(entry, payload, len, &offset) != DROP_NONE;
			bench->faults += payload + offset != inner_of(bench, i);
		}
	}
	return (double)(rte_rdtsc_precise() - start) / BURSTS / BURST;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(struct bench *bench, const char *name, const struct fwd_tunnel *tunnel,
		    uint16_t inner_len)
{
	double pushes[ROUNDS], pops[ROUNDS];

	prepare(bench, tunnel, inner_len);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		pushes[i] = push(bench);
		pops[i] = pop(bench);
	}
	if (bench->faults != 0) {
		fprintf(stderr, "%s: what was pushed was not accepted\n", name);
		exit(1);
	}
	qsort(pushes, ROUNDS, sizeof(*pushes), order);
	qsort(pops, ROUNDS, sizeof(*pops), order);
	printf("%-22s %12u %10.1f %10.1f\n", name, inner_len, pushes[ROUNDS / 2], pops[ROUNDS / 2]);
}

int main(void)
{
	static const uint16_t sizes[] = {50, 1400};
	static struct bench bench;
	struct fwd_tunnel tunnel = {
		.local = addr_v4(htonl(ADDRESS)),
		.remote = addr_v4(htonl(ADDRESS + 1)),
		.ttl = 64,
		.dscp = FWD_DSCP_COPY,
	};

	printf("%-22s %12s %10s %10s\n%-22s %12s %10s %10s\n", "encapsulation", "inner packet",
	       "push", "pop", "", "octets", "cycles", "cycles");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tunnel.encap = ENCAP_IPIP;
		tunnel.local_port = 0;
		tunnel.remote_port = 0;
		tunnel.udp_checksum = false;
		measure(&bench, "IP in IP", &tunnel, sizes[i]);
		tunnel.encap = ENCAP_UDP;
		tunnel.local_port = 434;
		tunnel.remote_port = 434;
		measure(&bench, "UDP, no checksum", &tunnel, sizes[i]);
		tunnel.udp_checksum = true;
		measure(&bench, "UDP, with checksum", &tunnel, sizes[i]);
	}
	return 0;
}
