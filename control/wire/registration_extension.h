/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The extensions that both the Request and the Reply carry, parsed into and built from the parts of
 * wire/registration.h. Private to wire/. Pure, any thread.
 *
 * Each take function applies the class rule of mip4-base section 5.3: what is skippable and wrong
 * is passed over and counted, the first of several counts.
 */
#ifndef WIRE_REGISTRATION_EXTENSION_H
#define WIRE_REGISTRATION_EXTENSION_H

#include "wire/extension.h"
#include "wire/registration.h"

void registration_take_text(const struct extension *extension, struct registration_text *text,
			    struct registration_skipped *skipped);
void registration_take_revocation(const struct extension *extension,
				  struct registration_revocation *revocation,
				  struct registration_skipped *skipped);
void registration_take_agent(const struct extension *extension, struct registration_agent *agent,
			     struct registration_skipped *skipped);

/* What every message does with authenticators, and with all that stands behind the first: true if
 * the extension was dealt with, result set if the message is to be discarded. */
bool registration_take_common(const struct extension *extension, struct message_auth *auth,
			      unsigned int *foreign_home, struct registration_skipped *skipped,
			      enum wire_result *result);

/* Absent parts append nothing. */
void registration_put_nai(const struct registration_text *nai, struct writer *writer);
void registration_put_revocation(const struct registration_revocation *revocation,
				 struct writer *writer);
void registration_put_agent(const struct registration_agent *agent, struct writer *writer);

#endif
