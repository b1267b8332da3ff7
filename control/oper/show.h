/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can be shown: one function each, of the type answer_next (answer.h), one file for each
 * subject. They read tables, views and counters and change nothing. Fields are named in lower_case,
 * durations in seconds end in _s, octets are "bytes"; what does not apply is null.
 */
#ifndef OPER_SHOW_H
#define OPER_SHOW_H

#include "oper/answer.h"
#include "oper/running.h"

int show_adjacencies(struct answer *answer, const struct running *running);
int show_bindings(struct answer *answer, const struct running *running);
int show_config(struct answer *answer, const struct running *running);
int show_counters(struct answer *answer, const struct running *running);
int show_doctor(struct answer *answer, const struct running *running);
int show_drops(struct answer *answer, const struct running *running);
int show_explain(struct answer *answer, const struct running *running);
int show_events(struct answer *answer, const struct running *running);
int show_help(struct answer *answer, const struct running *running);
int show_neighbours(struct answer *answer, const struct running *running);
int show_paths(struct answer *answer, const struct running *running);
int show_ports(struct answer *answer, const struct running *running);
int show_ready(struct answer *answer, const struct running *running);
int show_registration(struct answer *answer, const struct running *running);
int show_reload(struct answer *answer, const struct running *running);
int show_ro(struct answer *answer, const struct running *running);
int show_ro_advertised(struct answer *answer, const struct running *running);
int show_ro_cache(struct answer *answer, const struct running *running);
int show_ro_nonces(struct answer *answer, const struct running *running);
int show_ro_sessions(struct answer *answer, const struct running *running);
int show_routes(struct answer *answer, const struct running *running);
int show_stages(struct answer *answer, const struct running *running);
int show_tunnels(struct answer *answer, const struct running *running);
int show_usage(struct answer *answer, const struct running *running);
int show_version(struct answer *answer, const struct running *running);
int show_violations(struct answer *answer, const struct running *running);
int show_workers(struct answer *answer, const struct running *running);

/* Route optimization of this branch; NULL, and answer->err says where to look, at a hub (show_ro.c). */
const struct ro *show_branch(struct answer *answer, const struct running *running);

/* --- pieces of rows (show_value.c) --------------------------------------------------- */

json_t *show_addr(const struct ip_addr *addr); /* null if it is not set */
json_t *show_prefix(const struct ip_prefix *prefix);
json_t *show_mac(const struct mac_addr *mac);
json_t *show_number(uint64_t value);
json_t *show_seconds(uint64_t duration); /* null for TIME_NEVER */
json_t *show_wall(uint64_t wall);
json_t *show_index(uint32_t index);                              /* null for FWD_NONE */
json_t *show_port(const struct running *running, uint16_t port); /* its name; null for PORT_NONE */
json_t *show_text(const char *text); /* what is not UTF-8 becomes "(not printable)" */

#endif
