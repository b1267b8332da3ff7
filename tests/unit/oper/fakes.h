/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A router and tables with known numbers, for what the operator's surface reads: the functions of
 * router.h, home.h and mobile.h that it calls are here in place of the real ones.
 */
#ifndef TESTS_UNIT_OPER_FAKES_H
#define TESTS_UNIT_OPER_FAKES_H

#include "oper/running.h"

struct fakes {
	struct running running;
	struct conf conf;
	struct conf_port port;
	bool is_home;
	size_t n_bindings;
	struct home_counters home_counters;
	struct link_counters link_counters;
	struct mobile_counters mobile_counters;
	struct mobile_view mobile;
	size_t n_told; /* routers that the hub tells of, and sessions with them, more than one */
	struct ro_view ro;
	struct ro_counters ro_counters;
	const char *reason;         /* of each of n_told; NULL: "reason" and its number */
	const char *shut;           /* a gate of ro explain that fails; NULL: the path is direct */
	enum ro_state told_state;   /* of those in n_told, unless it is 0 */
	const char *shut_too;       /* another behind it; NULL: none */
	bool is_direct;             /* the path passes whatever gate is shut */
	struct home_pair_view pair; /* the same at a hub */
	bool is_cleared;            /* haaro_clear_binding() was called */
	int reload_result;          /* of haaro_reload() */
	struct conf *next;          /* of conf_load(); NULL: it fails */
	const char *key;            /* of conf_restart_key() */
};

/* One for the process; set up anew by each test. */
struct fakes *fakes_init(bool is_home);
void fakes_fini(void);

/*
 * Runs a request to its end and returns its rows as an array; error has room for 256 octets and is
 * empty if the answer was ok; calls, if not NULL, tells in how many pieces it came.
 */
json_t *fakes_ask(const char *line, char *error, size_t *calls);

/* The rows of a command are exactly this JSON; its refusal is exactly this text. */
void fakes_expect(const char *line, const char *golden);
void fakes_expect_error(const char *line, const char *golden);

#endif
