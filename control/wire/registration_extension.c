/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extensions common to Registration Request and Reply: NAI (RFC 2794) and other text, Revocation
 * Support (RFC 3543, section 3.2), Dynamic HA (RFC 4433 with erratum 898). Pure, any thread.
 */
#include "wire/registration_extension.h"

#define REVOCATION_LEN    6
#define REVOCATION_INFORM 0x8000

void registration_take_text(const struct extension *extension, struct registration_text *text,
			    struct registration_skipped *skipped)
{
	if (extension->len == 0) {
		skipped->malformed++;
		return;
	}
	if (text->len > 0) {
		skipped->repeated++;
		return;
	}
	text->text = extension->data;
	text->len = extension->len;
}

void registration_take_revocation(const struct extension *extension,
				  struct registration_revocation *revocation,
				  struct registration_skipped *skipped)
{
	struct reader reader = reader_of(extension->data, extension->len);

	if (extension->len != REVOCATION_LEN) {
		skipped->malformed++;
		return;
	}
	if (revocation->is_present) {
		skipped->repeated++;
		return;
	}
	revocation->is_present = true;
	revocation->inform = (read_u16(&reader) & REVOCATION_INFORM) != 0;
	revocation->timestamp = read_u32(&reader);
}

void registration_take_agent(const struct extension *extension, struct registration_agent *agent,
			     struct registration_skipped *skipped)
{
	struct reader reader = reader_of(extension->data, extension->len);

	if (extension->form == FORM_UNKNOWN) {
		skipped->malformed++;
		return;
	}
	if (agent->kind != AGENT_NONE) {
		skipped->repeated++;
		return;
	}
	agent->kind = extension->subtype;
	agent->address = read_be32(&reader);
}

bool registration_take_common(const struct extension *extension, struct message_auth *auth,
			      unsigned int *foreign_home, struct registration_skipped *skipped,
			      enum wire_result *result)
{
	if (extension->type == EXTENSION_MOBILE_HOME_AUTH)
		*result = extension_take_auth(extension, auth);
	else if (extension->type == EXTENSION_FOREIGN_HOME_AUTH)
		(*foreign_home)++;
	else if (auth->count > 0)
		auth->ignored++;
	else if (extension->type == EXTENSION_MOBILE_FOREIGN_AUTH)
		skipped->foreign++;
	else
		return false;
	return true;
}

void registration_put_nai(const struct registration_text *nai, struct writer *writer)
{
	if (nai->len == 0)
		return;
	write_simple(writer, EXTENSION_NAI, nai->len);
	write_bytes(writer, nai->text, nai->len);
}

void registration_put_revocation(const struct registration_revocation *revocation,
				 struct writer *writer)
{
	if (!revocation->is_present)
		return;
	write_simple(writer, EXTENSION_REVOCATION_SUPPORT, REVOCATION_LEN);
	write_u16(writer, revocation->inform ? REVOCATION_INFORM : 0);
	write_u32(writer, revocation->timestamp);
}

void registration_put_agent(const struct registration_agent *agent, struct writer *writer)
{
	if (agent->kind == AGENT_NONE)
		return;
	write_short(writer, EXTENSION_DYNAMIC_HA, (uint8_t)agent->kind, 4);
	write_be32(writer, agent->address);
}
