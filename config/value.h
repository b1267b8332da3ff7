/* SPDX-License-Identifier: BSD-3-Clause */
/* The kinds of values that the schema's rows name; value_*.c, a file per family. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "printer.h"
#include "reader.h"

/* value_number.c */
extern const struct value_type value_number;   /* uint8_t, uint16_t, uint32_t by size */
extern const struct value_type value_udp_port; /* uint16_t, 0: none */
extern const struct value_type value_boolean;  /* bool */
extern const struct value_type value_rate;     /* struct conf_rate */

/* value_duration.c, value_cores.c */
extern const struct value_type value_duration; /* uint64_t nanoseconds */
extern const struct value_type value_cores;    /* struct conf_workers: cores, n_cores */

/* value_text.c */
extern const struct value_type value_choice;     /* bool or enum, by size */
extern const struct value_type value_name;       /* char[]: letters, digits, '.', '_', '-' */
extern const struct value_type value_realm_name; /* char[]: a domain, made lower case */
extern const struct value_type value_text;       /* char[] */
extern const struct value_type value_listen;     /* char[]: address:port */

/* value_address.c */
extern const struct value_type value_address; /* struct ip_addr */
extern const struct value_type value_prefix;  /* struct ip_prefix */
extern const struct value_type value_mac;     /* struct mac_addr */
extern const struct value_type
	value_interfaces;                 /* struct conf_port: addresses with their networks */
extern const struct value_type value_nat; /* struct conf_router: nat and its prefixes */

/* value_reference.c */
extern const struct value_type value_port;      /* uint16_t: index into ports */
extern const struct value_type value_realm;     /* uint32_t: index into realms */
extern const struct value_type value_encap;     /* enum encap */
extern const struct value_type value_encap_set; /* bool[ENCAP_MAX] */

/* value_secret.c */
extern const struct value_type value_secret;          /* struct conf_key: secret */
extern const struct value_type value_key_file;        /* struct conf_key: file and secret */
extern const struct value_type value_static_key_file; /* struct conf_static_key */

/* Parses "10.1.0.0/16" or "10.1.0.1/16" (host bits allowed). False: no such text. */
bool prefix_parse(const char *text, struct ip_addr *addr, unsigned int *len);

/* Moves over decimal digits. False: there are none, too many, or a leading zero. */
bool digits_parse(const char **text, uint64_t *number);

#endif
