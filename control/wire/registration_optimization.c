/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization in Registration Request and Reply (RFC 6521), behind the octets that every
 * extension begins with:
 *
 *     Capability 153/1              | A R S O reserved | solicited home address, if S |
 *     Route Optimization Reply 49/1 | O N S code (5) |
 *     Correspondent Auth. 49/2      | reserved | home index, 2 | care-of index, 2 | authenticator |
 *     Care-of Address 49/3          | reserved | care-of addresses, 4 each |
 *     Prefix Advertisement 50/1     | what wire/advertisement.h reads and writes |
 *
 * Lengths are those of RFC 5944, whatever "total length of the packet" may mean (haaro.md, A8). Pure,
 * any thread.
 */
#include "wire/registration_optimization.h"

#define CAPABILITY           1 /* subtype of 153 */
#define CAPABILITY_LEN       1
#define CAPABILITY_LEN_NAMED 5
#define CAPABILITY_FLAGS \
	(CAPABILITY_ADVERTISE | CAPABILITY_REQUEST | CAPABILITY_SOLICIT | CAPABILITY_OUTBOUND)

#define REPLY_LEN      1
#define REPLY_OUTBOUND 0x80
#define REPLY_NAT      0x40
#define REPLY_SOLICIT  0x20

#define AUTH_INDEXES 5 /* octets before the authenticator */

#define ADVERTISEMENT 1 /* subtype of 50 */

/* An authenticator of any length: what is right is judged by who knows the key. */
static enum wire_result take_auth(const struct extension *extension,
				  struct message_correspondent *correspondent)
{
	struct reader reader = reader_of(extension->data, extension->len);

	if (extension->len < AUTH_INDEXES)
		return WIRE_EXTENSION_LENGTH;
	if (correspondent->count++ > 0)
		return WIRE_OK;
	read_u8(&reader); /* reserved */
	correspondent->home_index = read_u16(&reader);
	correspondent->care_of_index = read_u16(&reader);
	correspondent->offset = extension->offset;
	correspondent->covered = extension->offset + 3 + AUTH_INDEXES;
	correspondent->authenticator = extension->data + AUTH_INDEXES;
	correspondent->authenticator_len = extension->len - AUTH_INDEXES;
	return WIRE_OK;
}

bool registration_take_correspondent(const struct extension *extension,
				     const struct message_auth *auth,
				     struct message_correspondent *correspondent,
				     enum wire_result *result)
{
	if (correspondent->count > 0)
		correspondent->behind++;
	if (auth->count > 0 || extension->type == EXTENSION_MOBILE_HOME_AUTH ||
	    extension->type == EXTENSION_FOREIGN_HOME_AUTH)
		return false;
	if (extension->type == EXTENSION_ROUTE_OPTIMIZATION &&
	    extension->subtype == OPTIMIZATION_CORRESPONDENT_AUTH) {
		*result = take_auth(extension, correspondent);
		return true;
	}
	return correspondent->count > 0;
}

/* S without an address is no solicitation (haaro.md, section 9); an address without S means nothing. */
void registration_take_capability(const struct extension *extension,
				  struct registration_capability *capability,
				  struct registration_skipped *skipped)
{
	struct reader reader = reader_of(extension->data, extension->len);

	if (extension->subtype != CAPABILITY) {
		skipped->unknown++;
		return;
	}
	if (extension->len != CAPABILITY_LEN && extension->len != CAPABILITY_LEN_NAMED) {
		skipped->malformed++;
		return;
	}
	if (capability->is_present) {
		skipped->repeated++;
		return;
	}
	capability->is_present = true;
	capability->flags = read_u8(&reader) & CAPABILITY_FLAGS;
	if ((capability->flags & CAPABILITY_SOLICIT) != 0)
		capability->solicited = read_be32(&reader);
	if (capability->solicited == 0)
		capability->flags &= (uint8_t)~CAPABILITY_SOLICIT;
}

enum wire_result registration_take_optimization(const struct extension *extension,
						struct registration_optimization *optimization,
						struct registration_skipped *skipped)
{
	uint8_t octet;

	if (extension->len != REPLY_LEN)
		return WIRE_EXTENSION_LENGTH;
	if (optimization->is_present) {
		skipped->repeated++;
		return WIRE_OK;
	}
	octet = extension->data[0];
	optimization->is_present = true;
	optimization->outbound = (octet & REPLY_OUTBOUND) != 0;
	optimization->nat = (octet & REPLY_NAT) != 0;
	optimization->solicited = (octet & REPLY_SOLICIT) != 0;
	optimization->code = octet & OPTIMIZATION_CODE_MAX;
	return WIRE_OK;
}

enum wire_result registration_take_advertisement(const struct extension *extension,
						 struct registration_advertisement *advertisement,
						 struct registration_skipped *skipped)
{
	if (extension->subtype != ADVERTISEMENT)
		return WIRE_EXTENSION_UNKNOWN;
	if (advertisement->is_present) {
		skipped->repeated++;
		return WIRE_OK;
	}
	advertisement->is_present = true;
	advertisement->data = extension->data;
	advertisement->len = extension->len;
	return WIRE_OK;
}

/* A length octet of 255 ends before a 64th address: n fits. */
enum wire_result registration_take_care_ofs(const struct extension *extension,
					    struct registration_care_ofs *care_ofs,
					    struct registration_skipped *skipped)
{
	struct reader reader = reader_of(extension->data, extension->len);

	_Static_assert((UINT8_MAX - 2) / 4 == REGISTRATION_CARE_OFS_MAX, "what the length allows");
	if (extension->len < 1 + 4 || (extension->len - 1) % 4 != 0)
		return WIRE_EXTENSION_LENGTH;
	if (care_ofs->n > 0) {
		skipped->repeated++;
		return WIRE_OK;
	}
	read_u8(&reader); /* reserved */
	while (reader_left(&reader) > 0)
		care_ofs->list[care_ofs->n++] = read_be32(&reader);
	return WIRE_OK;
}

bool registration_capability_is_sendable(const struct registration_capability *capability)
{
	return (capability->flags & ~CAPABILITY_FLAGS) == 0 &&
	       ((capability->flags & CAPABILITY_SOLICIT) == 0 || capability->solicited != 0);
}

void registration_put_capability(const struct registration_capability *capability,
				 struct writer *writer)
{
	bool named = (capability->flags & CAPABILITY_SOLICIT) != 0;

	if (!capability->is_present)
		return;
	write_short(writer, EXTENSION_RO_CAPABILITY, CAPABILITY,
		    named ? CAPABILITY_LEN_NAMED : CAPABILITY_LEN);
	write_u8(writer, capability->flags);
	if (named)
		write_be32(writer, capability->solicited);
}

void registration_put_optimization(const struct registration_optimization *optimization,
				   struct writer *writer)
{
	if (!optimization->is_present)
		return;
	write_short(writer, EXTENSION_ROUTE_OPTIMIZATION, OPTIMIZATION_REPLY, REPLY_LEN);
	write_u8(writer,
		 (uint8_t)((optimization->outbound ? REPLY_OUTBOUND : 0) |
			   (optimization->nat ? REPLY_NAT : 0) |
			   (optimization->solicited ? REPLY_SOLICIT : 0) | optimization->code));
}

void registration_put_advertisement(const struct registration_advertisement *advertisement,
				    struct writer *writer)
{
	if (!advertisement->is_present)
		return;
	write_long(writer, EXTENSION_ROUTE_OPTIMIZATION_DATA, ADVERTISEMENT, advertisement->len);
	write_bytes(writer, advertisement->data, advertisement->len);
}

void registration_put_care_ofs(const struct registration_care_ofs *care_ofs, struct writer *writer)
{
	if (care_ofs->n == 0)
		return;
	write_short(writer, EXTENSION_ROUTE_OPTIMIZATION, OPTIMIZATION_CARE_OFS,
		    1 + 4 * care_ofs->n);
	write_u8(writer, 0);
	for (size_t i = 0; i < care_ofs->n; i++)
		write_be32(writer, care_ofs->list[i]);
}
