/* SPDX-License-Identifier: BSD-3-Clause */
/* Values that several sections of the configuration share; see haaro/conf.h. */
#ifndef HAARO_CONF_BASE_H
#define HAARO_CONF_BASE_H

#include "haaro/clock.h"
#include "haaro/encap.h"
#include "haaro/types.h"

#define CONF_NAME_SIZE   32  /* of instance, ports, routers; with the final NUL */
#define CONF_REALM_SIZE  256 /* of a realm's name */
#define CONF_DEVICE_SIZE 256
#define CONF_PATH_SIZE   512
#define CONF_SECRET_MAX  64
#define CONF_PORTS_MAX   16
#define CONF_KEYS_MAX    2 /* live at once per router, while a key is rolled over */

enum conf_algorithm {
	CONF_HMAC_MD5,
	CONF_MD5_PREFIX_SUFFIX,
	CONF_HMAC_SHA1,
	CONF_HMAC_SHA256_128,
	CONF_ALGORITHM_MAX
};

enum conf_replay { CONF_REPLAY_TIMESTAMPS, CONF_REPLAY_NONCES };

struct conf_secret {
	uint8_t bytes[CONF_SECRET_MAX];
	size_t len;
};

struct conf_key {
	uint32_t spi; /* 256.. (RFC 5944, section 5.1: 0..255 reserved) */
	enum conf_algorithm algorithm;
	enum conf_replay replay;
	struct conf_secret secret;
	char *file; /* key-file it came from, as written; NULL if inline */
};

enum conf_networks { CONF_NETWORKS_EXPLICIT, CONF_NETWORKS_IMPLICIT, CONF_NETWORKS_BOTH };

struct conf_watch {
	uint64_t interval; /* 0: off */
	uint32_t losses;   /* unanswered in a row that count as failure, 1.. */
};

#endif
