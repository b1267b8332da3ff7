/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest configurations that load, and what tests do with them. */
#ifndef CONF_TEXTS_H
#define CONF_TEXTS_H

#include <stdlib.h>
#include <string.h>

#include "haaro/conf.h"

#include "load.h"

#define SECRET_64 "hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define HUB_PORTS                                                                    \
	"ports:\n"                                                                   \
	"  - {name: wan, device: net_null0, addresses: [198.51.100.1/24], gateway: " \
	"198.51.100.254}\n"
#define HUB_HOME                    \
	"home-agent:\n"             \
	"  address: 198.51.100.1\n" \
	"  home-networks: [192.0.2.0/24]\n"
#define HUB_TEXT "version: 1\nrole: home-agent\n" HUB_PORTS HUB_HOME
/* With a port that has a static route. */
#define HUB_STATIC_TEXT                                   \
	"version: 1\n"                                    \
	"role: home-agent\n" HUB_PORTS "  - name: core\n" \
	"    device: net_null1\n"                         \
	"    addresses: [10.255.0.1/24]\n"                \
	"    routes: [{to: 10.9.0.0/16, via: 10.255.0.2}]\n" HUB_HOME
#define BRANCH_TEXT                                                                                \
	"version: 1\n"                                                                             \
	"role: mobile-router\n"                                                                    \
	"ports:\n"                                                                                 \
	"  - {name: isp, device: net_null0, addresses: [203.0.113.10/24], gateway: 203.0.113.1}\n" \
	"  - {name: lan, device: net_null1, addresses: [10.1.0.1/24]}\n"                           \
	"mobile-router:\n"                                                                         \
	"  home-address: 192.0.2.1\n"                                                              \
	"  home-agent: 198.51.100.1\n"                                                             \
	"  key: {spi: 1000, secret: \"" SECRET_64 "\"}\n"                                          \
	"  uplinks: [{port: isp}]\n"                                                               \
	"  networks: {prefixes: [10.1.0.0/24], ports: [lan]}\n"

#define SUBSCRIBERS_TEXT                                       \
	"version: 1\n"                                         \
	"routers:\n"                                           \
	"  - name: branch-a\n"                                 \
	"    home-address: 192.0.2.1\n"                        \
	"    keys: [{spi: 1000, secret: \"" SECRET_64 "\"}]\n" \
	"    networks: [10.1.0.0/24]\n"

/* Parses a main file and, unless NULL, a subscriber file, both from memory. */
static inline struct conf *parse(const char *text, const char *subscribers, struct error *err)
{
	struct load_options options = {.private_text = true, .subscribers = subscribers};

	return load_text("test.yaml", text, strlen(text), &options, err);
}

/* What is printed of a configuration; to be freed. */
static inline char *printed(const struct conf *conf, int (*print)(const struct conf *, FILE *))
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out || print(conf, out) < 0)
		abort();
	fclose(out);
	return text;
}

#endif
