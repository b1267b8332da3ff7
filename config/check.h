/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the schema cannot say: values that contradict each other. Checks within one map are named by
 * the schema and run while it is read; check_conf() runs last, over everything.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "reader.h"

/* Within one map (schema.h, struct map). */
bool check_port(struct reader *reader, uint32_t node, const void *base);
bool check_tunnel(struct reader *reader, uint32_t node, const void *base);
bool check_key(struct reader *reader, uint32_t node, const void *base);
bool check_watch(struct reader *reader, uint32_t node, const void *base);
bool check_router(struct reader *reader, uint32_t node, const void *base);
bool check_mobile_map(struct reader *reader, uint32_t node, const void *base);
bool check_keepalive(struct reader *reader, uint32_t node, const void *base);
bool check_hold_down(struct reader *reader, uint32_t node, const void *base);
bool check_optimization_map(struct reader *reader, uint32_t node, const void *base);

/* Its part: 'encapsulations' of the map at node holds none twice. */
bool check_encapsulations(struct reader *reader, uint32_t node, const enum encap *encapsulations,
			  size_t n_encapsulations);

struct check {
	const struct conf *conf;
	const struct doc *main;
	const struct doc *subscribers; /* NULL: none */
	struct complaints *complaints;
};

/* Between maps and files. Every complaint and note goes to check->complaints. */
void check_conf(const struct check *check);

/* Its parts. */
void check_ports(const struct check *check);
void check_tunnels(const struct check *check);
void check_home(const struct check *check);
void check_subscribers(const struct check *check);
void check_claims(const struct check *check);
void check_mobile(const struct check *check);
void check_optimization(const struct check *check);

/* How many prefixes home networks, ports and subscribers have. */
size_t claims_count(const struct conf *conf);

/* A complaint or a note at a path of a document, such as "ports[1].gateway". */
__attribute__((format(printf, 4, 5))) void check_complain(const struct check *check,
							  const struct doc *doc, const char *path,
							  const char *format, ...);
__attribute__((format(printf, 4, 5))) void check_note(const struct check *check,
						      const struct doc *doc, const char *path,
						      const char *format, ...);

/* A complaint about a key of router i of the subscriber file. */
__attribute__((format(printf, 4, 5))) void check_complain_router(const struct check *check,
								 size_t i, const char *key,
								 const char *format, ...);

/* The port that has an address, or PORT_NONE. */
uint16_t conf_port_of(const struct conf *conf, const struct ip_addr *addr);

/* A prefix and who it belongs to: what overlaps are looked for in. */
struct claim {
	struct ip_prefix prefix;
	uint32_t owner; /* claims of one owner may lie inside each other */
	uint32_t index; /* for the complaint */
};

typedef void (*claim_overlap)(const struct check *check, const struct claim *outer,
			      const struct claim *inner);

/*
 * Sorts claims and calls back for each pair of one equal to or inside another: of different owners,
 * or equal ones of one owner. O(n log n).
 */
void claims_check(const struct check *check, struct claim *claims, size_t n_claims,
		  claim_overlap overlap);

#endif
