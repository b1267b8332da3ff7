/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading with options that only tests need. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "haaro/conf.h"

struct load_options {
	bool without_secrets; /* take "secret: hidden", as conf_print() writes it; open no key file */
	bool private_text;    /* nobody else can read the text: it may hold secrets */
	const char
		*subscribers; /* text to take instead of the subscriber file; NULL: read the file */
};

struct conf *load_text(const char *path, const char *text, size_t len,
		       const struct load_options *options, struct error *err);

#endif
