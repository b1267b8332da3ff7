/* SPDX-License-Identifier: BSD-3-Clause */
/* The encapsulations that there are: one row each. */
#include "encap/encap.h"

const struct encap_ops *const encap_table[ENCAP_MAX] = {
	[ENCAP_IPIP] = &encap_ipip,
	[ENCAP_UDP] = &encap_udp,
};

static_assert(ENCAP_MAX == 2, "a row for each");
