/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The extensions of route optimization that Registration Request and Reply carry (RFC 6521, sections
 * 5.1 to 5.5; haaro.md, section 4), parsed into and built from the parts of wire/registration.h.
 * Private to wire/. Pure, any thread.
 *
 * Class rule as in wire/registration_extension.h: 153 is skippable, and what is wrong with it is
 * passed over; 49 and 50 are not, and what is not understood discards the message.
 */
#ifndef WIRE_REGISTRATION_OPTIMIZATION_H
#define WIRE_REGISTRATION_OPTIMIZATION_H

#include "wire/extension.h"
#include "wire/registration.h"

enum { /* subtypes of 49 */
       OPTIMIZATION_REPLY = 1,
       OPTIMIZATION_CORRESPONDENT_AUTH = 2,
       OPTIMIZATION_CARE_OFS = 3,
};

#define OPTIMIZATION_CODE_MAX 31

/*
 * What every message does with 49/2, and with all that stands behind the first: true if the
 * extension was dealt with, result set if the message is to be discarded. Comes before
 * registration_take_common(), to which it leaves the other authenticators, and all that stands
 * behind one of a home agent: that is not protected, whatever it is.
 */
bool registration_take_correspondent(const struct extension *extension,
				     const struct message_auth *auth,
				     struct message_correspondent *correspondent,
				     enum wire_result *result);

void registration_take_capability(const struct extension *extension,
				  struct registration_capability *capability,
				  struct registration_skipped *skipped);
enum wire_result registration_take_optimization(const struct extension *extension,
						struct registration_optimization *optimization,
						struct registration_skipped *skipped);
enum wire_result registration_take_advertisement(const struct extension *extension,
						 struct registration_advertisement *advertisement,
						 struct registration_skipped *skipped);
enum wire_result registration_take_care_ofs(const struct extension *extension,
					    struct registration_care_ofs *care_ofs,
					    struct registration_skipped *skipped);

/* No reserved flag, and an address with S. */
bool registration_capability_is_sendable(const struct registration_capability *capability);

/* Absent parts append nothing. */
void registration_put_capability(const struct registration_capability *capability,
				 struct writer *writer);
void registration_put_optimization(const struct registration_optimization *optimization,
				   struct writer *writer);
void registration_put_advertisement(const struct registration_advertisement *advertisement,
				    struct writer *writer);
void registration_put_care_ofs(const struct registration_care_ofs *care_ofs, struct writer *writer);

#endif
