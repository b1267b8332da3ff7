/* SPDX-License-Identifier: BSD-3-Clause */
/* Freeing a configuration. */
#include "haaro/conf.h"

#include <stdlib.h>

void conf_free(struct conf *conf)
{
	free(conf);
}
