/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generic walk over extensions: mip4-base section 5.3, with the skippable rule of RFC 5944,
 * section 1.10. What an extension means is its message's business. Pure, any thread.
 */
#include "wire/extension.h"

#define SPI_SIZE 4

struct extension_walk extension_walk_of(struct reader reader, const uint8_t forms[256])
{
	return (struct extension_walk){.reader = reader, .forms = forms};
}

/* Which of the two ways to write 139 this is; one that is neither is skipped like an unknown. */
static enum extension_form dynamic_ha_form(const struct reader *reader)
{
	const uint8_t *bytes = reader->bytes + reader->offset; /* behind the type octet */
	size_t left = reader_left(reader);

	if (left >= 2 && bytes[0] == 5 && (bytes[1] == 1 || bytes[1] == 2))
		return FORM_SHORT;
	if (left >= 3 && (bytes[0] == 1 || bytes[0] == 2) && bytes[1] == 0 && bytes[2] == 4)
		return FORM_LONG;
	return FORM_UNKNOWN;
}

static enum wire_result read_long(struct reader *reader, struct extension *extension)
{
	extension->subtype = read_u8(reader);
	extension->len = read_u16(reader);
	extension->data = read_bytes(reader, extension->len);
	return reader->failed ? WIRE_EXTENSION_TRUNCATED : WIRE_OK;
}

static enum wire_result read_body(struct reader *reader, struct extension *extension)
{
	size_t len;

	if (extension->form == FORM_LONG)
		return read_long(reader, extension);
	len = read_u8(reader);
	if (extension->form == FORM_SHORT) {
		if (len == 0)
			return WIRE_EXTENSION_TRUNCATED; /* no octet for the subtype */
		extension->subtype = read_u8(reader);
		len--;
	}
	extension->len = len;
	extension->data = read_bytes(reader, len);
	return reader->failed ? WIRE_EXTENSION_TRUNCATED : WIRE_OK;
}

enum wire_result extension_next(struct extension_walk *walk, struct extension *extension)
{
	struct reader *reader = &walk->reader;
	enum wire_result result;

	do {
		if (reader_left(reader) == 0)
			return WIRE_END;
		*extension = (struct extension){.offset = reader->offset};
		walk->type = extension->type = read_u8(reader);
	} while (extension->type == EXTENSION_PADDING);
	if (++walk->count > EXTENSIONS_MAX)
		return WIRE_EXTENSION_COUNT;
	extension->form = (enum extension_form)walk->forms[extension->type];
	if (extension->form == FORM_DYNAMIC_HA)
		extension->form = dynamic_ha_form(reader);
	if (extension->form == FORM_UNKNOWN && extension->type < EXTENSION_SKIPPABLE)
		return WIRE_EXTENSION_UNKNOWN;
	result = read_body(reader, extension);
	extension->total = reader->offset - extension->offset;
	return result;
}

enum wire_result extension_take_auth(const struct extension *extension, struct message_auth *auth)
{
	struct reader reader = reader_of(extension->data, extension->len);

	if (extension->len < SPI_SIZE)
		return WIRE_EXTENSION_LENGTH;
	if (auth->count++ > 0)
		return WIRE_OK;
	auth->spi = read_u32(&reader);
	auth->offset = extension->offset;
	auth->covered = extension->offset + 2 + SPI_SIZE;
	auth->authenticator = extension->data + SPI_SIZE;
	auth->authenticator_len = extension->len - SPI_SIZE;
	return WIRE_OK;
}
