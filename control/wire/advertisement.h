/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands inside a Prefix Advertisement extension (50/1): routers, and the prefixes of each,
 * delta-compressed, with their realms, dictionary-compressed (RFC 6521, sections 4.1, 4.2 and 5.5;
 * haaro.md, sections 4.5, 5 and 6). Pure functions, any thread.
 *
 *     router   | 0x40 | info | home address, 4 octets |
 *     prefix   | D 0x80 | length | octets: all of the master's if D is 0, else the last one | realm |
 */
#ifndef WIRE_ADVERTISEMENT_H
#define WIRE_ADVERTISEMENT_H

#include "haaro/types.h"

#include "wire/cursor.h"
#include "wire/realm.h"

/* --- writing --------------------------------------------------------------------------------- */

struct advertisement_encoder {
	bool compress; /* prefixes and realms; both ends of every realm keep a dictionary anyway */
	bool has_router;
	bool has_master;
	bool sealed;     /* a chunk was put: only chunks may follow */
	uint32_t master; /* host order */
	struct realm_dictionary dictionary;
};

void advertisement_encoder_init(struct advertisement_encoder *encoder, bool compress);

/*
 * WIRE_SPACE: does not fit: writer and encoder are as before and may go on with less. WIRE_VALUE:
 * behind a chunk.
 */
enum wire_result advertisement_put_router(struct advertisement_encoder *encoder, be32 home_address,
					  bool outbound_only, struct writer *writer);

/*
 * Of the router put last. realm: NUL-terminated, "" for none. The same, and WIRE_VALUE: not a realm,
 * not an IPv4 prefix, or no router yet.
 */
enum wire_result advertisement_put_prefix(struct advertisement_encoder *encoder,
					  const struct ip_prefix *prefix, const char *realm,
					  struct writer *writer);

/*
 * A run of routers encoded once, from a fresh encoder, to be put behind whatever another encoder has
 * said: its prefixes refer to masters of its own, and its dictionary indices are moved by what was
 * added before.
 */
struct advertisement_chunk {
	uint8_t *bytes;
	size_t len;
	uint16_t *indices; /* offsets of the octets that name dictionary entries */
	size_t n_indices;
	uint32_t additions; /* to the dictionary */
};

/*
 * Ends an encoder that began fresh and wrote bytes[0..len): -ENOMEM; -EMSGSIZE: more than an
 * extension can hold. The chunk owns its memory.
 */
int advertisement_chunk_make(struct advertisement_chunk *chunk,
			     const struct advertisement_encoder *encoder, const uint8_t *bytes,
			     size_t len);
void advertisement_chunk_drop(struct advertisement_chunk *chunk);

/* WIRE_SPACE: does not fit, nothing was written. Costs a copy and one addition per index. */
enum wire_result advertisement_put_chunk(struct advertisement_encoder *encoder,
					 const struct advertisement_chunk *chunk,
					 struct writer *writer);

/* --- reading --------------------------------------------------------------------------------- */

enum advertisement_kind { ADVERTISEMENT_ROUTER, ADVERTISEMENT_PREFIX };

struct advertisement_item {
	enum advertisement_kind kind;
	be32 home_address; /* of the router, also with each of its prefixes */
	uint8_t info;      /* ROUTER: 0, 1: outbound connections only, others as received */
	struct ip_prefix prefix;
	char realm[REALM_SIZE];
};

struct advertisement_decoder {
	struct reader reader;
	bool has_router;
	bool has_master;
	be32 home_address;
	uint32_t master;
	struct realm_dictionary dictionary;
};

void advertisement_decoder_init(struct advertisement_decoder *decoder, const uint8_t *data,
				size_t len);

/*
 * WIRE_OK with the next item; WIRE_END; or why the whole advertisement is malformed: read it once to
 * the end before acting on any of it (haaro.md, section 6.5).
 */
enum wire_result advertisement_next(struct advertisement_decoder *decoder,
				    struct advertisement_item *item);

#endif
