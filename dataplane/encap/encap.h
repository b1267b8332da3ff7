/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an encapsulation is to the rest of the data plane: three functions and a row in a table.
 *
 *  build  control core, once per tunnel: fills the template (outer headers, right-aligned)
 *  push   worker, per packet: the headers have been copied and the outer IPv4 one is done
 *         (outer.h); patch what is between it and the inner packet. NULL: nothing is
 *  pop    worker, per packet: check what is between the outer IPv4 header and the inner packet.
 *         NULL: nothing is
 *
 * A further encapsulation is a file with these three, a row in encap.c, a row in haaro/encap.h.
 */
#ifndef ENCAP_ENCAP_H
#define ENCAP_ENCAP_H

#include "haaro/drop.h"

#include "table/tunnel_entry.h"

struct encap_ops {
	uint8_t protocol; /* of the outer IPv4 header */

	/* Fills entry->template, overhead and flags from the tunnel's description. */
	void (*build)(const struct fwd_tunnel *tunnel, struct tunnel_entry *entry);

	/* outer: where the outer IPv4 header is, total_len: from there on. */
	void (*push)(const struct tunnel_entry *entry, uint8_t *outer, uint16_t total_len);

	/*
	 * payload: what follows the outer IPv4 header, len octets of it. Sets *offset to where the
	 * inner packet begins in payload. DROP_NONE or the reason.
	 */
	enum drop_reason (*pop)(const struct tunnel_entry *entry, const uint8_t *payload,
				uint16_t len, uint16_t *offset);
};

extern const struct encap_ops *const encap_table[ENCAP_MAX];

extern const struct encap_ops encap_ipip;
extern const struct encap_ops encap_udp;

#endif
