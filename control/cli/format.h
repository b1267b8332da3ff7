/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON values as a person reads them. Each returns a new string, NULL for what does not apply. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <jansson.h>

/* How a column makes its cell out of a row and its key. */
typedef char *(*format_cell)(const json_t *row, const char *key);

char *format_text(const json_t *row, const char *key);     /* strings, numbers */
char *format_lines(const json_t *row, const char *key);    /* strings of several lines */
char *format_number(const json_t *row, const char *key);   /* integers, as they are */
char *format_duration(const json_t *row, const char *key); /* seconds: 7s, 1m05s, 2h03m, 4d05h */
char *format_percent(const json_t *row, const char *key);
char *format_yes(const json_t *row, const char *key);      /* booleans: yes, no */
char *format_list(const json_t *row, const char *key);     /* "a, b" */
char *format_endpoint(const json_t *row, const char *key); /* key and key_port: "192.0.2.1:434" */
char *format_nat(const json_t *row, const char *key);      /* yes (seen …, claimed …) */
char *format_rtt(const json_t *row, const char *key);      /* microseconds: 1.5ms */
char *format_outage(const json_t *row, const char *key);   /* milliseconds */
char *format_traffic(const json_t *row, const char *key); /* key_direct_…, key_hub_… of a session */
char *format_realms(const json_t *row, const char *key);   /* a list; null is no realm */
char *format_prefixes(const json_t *row, const char *key); /* of a peer, problems marked */
char *format_labels(const json_t *row, const char *key);   /* {a: b} as "a=b c=d" */
char *format_networks(const json_t *row, const char *key); /* of a registration, refusals marked */

#endif
