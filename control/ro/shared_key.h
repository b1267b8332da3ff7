/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that are shared with peers beforehand, instead of return routability (haaro.md, section 7.5).
 * Thread: control core.
 */
#ifndef RO_SHARED_KEY_H
#define RO_SHARED_KEY_H

#include "ro/state.h"

/* NULL: there is none with that router. */
const struct conf_static_key *shared_key_find(const struct ro *ro,
					      const struct ip_addr *home_address);

/* Copies it, and not the indexes; false: there is none, key is as it was. */
bool shared_key_take(const struct ro *ro, const struct ip_addr *home_address,
		     struct correspondent_key *key);

#endif
