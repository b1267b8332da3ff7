/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mobility security association (RFC 5944, section 1.6): what two ends share, by SPI. Up to two
 * SPIs are live at once, so that a key can be rolled over: the first signs what we start, any
 * verifies, and an answer is signed by the entry that verified the question.
 *
 * Thread: that of the engine. Neighbours: wire/ finds the authenticator, home/ and mobile/ decide.
 */
#ifndef AUTH_SA_H
#define AUTH_SA_H

#include "auth/mac.h"
#include "wire/cursor.h"
#include "wire/message.h"

struct sa_entry {
	uint32_t spi;
	enum conf_replay replay;
	struct mac_key key;
};

struct sa {
	struct sa_entry entries[CONF_KEYS_MAX];
	size_t n_entries;
};

#define SA_RESULT_LIST(X)                                \
	X(OK, "ok")                                      \
	X(MISSING, "no authenticator")                   \
	X(MULTIPLE, "more than one authenticator")       \
	X(UNKNOWN_SPI, "unknown SPI")                    \
	X(BAD_LENGTH, "authenticator of a wrong length") \
	X(BAD_AUTHENTICATOR, "wrong authenticator")

enum sa_result {
#define X(constant, name) SA_##constant,
	SA_RESULT_LIST(X)
#undef X
		SA_RESULT_MAX
};

const char *sa_result_name(enum sa_result result);

/* n_keys 1..CONF_KEYS_MAX with SPIs of 256 and more, all different, else -EINVAL. */
int sa_init(struct sa *sa, struct mac_engine *engine, const struct conf_key *keys, size_t n_keys);
void sa_fini(struct sa *sa); /* wipes the keys */

/* NULL: no such SPI. */
const struct sa_entry *sa_lookup(const struct sa *sa, uint32_t spi);

/*
 * Whether the one authenticator of a parsed message is right. entry is the one that its SPI names
 * once that is known (SA_OK, SA_BAD_LENGTH, SA_BAD_AUTHENTICATOR), else NULL. A failure inside
 * the library counts as SA_BAD_AUTHENTICATOR.
 */
enum sa_result sa_verify(const struct sa *sa, const uint8_t *message,
			 const struct message_auth *auth, const struct sa_entry **entry);

/*
 * Appends the Mobile-Home Authentication Extension over all that the writer holds: a message from
 * its first octet. -ENOSPC: does not fit, or an earlier write failed; -EIO: the library fails.
 */
int sa_sign(const struct sa_entry *entry, struct writer *writer);

#endif
