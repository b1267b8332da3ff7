/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mobility security associations: the Mobile-Home Authentication Extension made and checked (RFC
 * 5944, sections 3.5.1 and 3.5.2; mip4-base section 6). Thread: that of the engine.
 */
#include "auth/sa.h"

#include <errno.h>

#define SPI_MIN  256 /* 0 to 255 are reserved */
#define SPI_SIZE 4

const char *sa_result_name(enum sa_result result)
{
	static const char *const names[] = {
#define X(constant, name) [SA_##constant] = (name),
		SA_RESULT_LIST(X)
#undef X
	};

	_Static_assert(sizeof(names) / sizeof(names[0]) == SA_RESULT_MAX,
		       "every result has a name");
	return result < SA_RESULT_MAX ? names[result] : "?";
}

static int sa_insert(struct sa *sa, struct mac_engine *engine, const struct conf_key *conf)
{
	struct sa_entry *entry = &sa->entries[sa->n_entries];
	int result;

	if (conf->spi < SPI_MIN || sa_lookup(sa, conf->spi) || conf->secret.len > CONF_SECRET_MAX)
		return -EINVAL;
	result = mac_key_init(&entry->key, engine, conf->algorithm, conf->secret.bytes,
			      conf->secret.len);
	if (result < 0)
		return result;
	entry->spi = conf->spi;
	entry->replay = conf->replay;
	sa->n_entries++;
	return 0;
}

int sa_init(struct sa *sa, struct mac_engine *engine, const struct conf_key *keys, size_t n_keys)
{
	int result = n_keys >= 1 && n_keys <= CONF_KEYS_MAX ? 0 : -EINVAL;
	size_t i;

	*sa = (struct sa){0};
	for (i = 0; i < n_keys && result == 0; i++)
		result = sa_insert(sa, engine, &keys[i]);
	if (result < 0)
		sa_fini(sa);
	return result;
}

void sa_fini(struct sa *sa)
{
	size_t i;

	for (i = 0; i < CONF_KEYS_MAX; i++)
		mac_key_fini(&sa->entries[i].key);
	*sa = (struct sa){0};
}

const struct sa_entry *sa_lookup(const struct sa *sa, uint32_t spi)
{
	size_t i;

	for (i = 0; i < sa->n_entries; i++) {
		if (sa->entries[i].spi == spi)
			return &sa->entries[i];
	}
	return NULL;
}

enum sa_result sa_verify(const struct sa *sa, const uint8_t *message,
			 const struct message_auth *auth, const struct sa_entry **entry)
{
	uint8_t code[MAC_SIZE_MAX];
	const struct sa_entry *found;

	*entry = NULL;
	if (auth->count == 0)
		return SA_MISSING;
	if (auth->count > 1)
		return SA_MULTIPLE;
	found = sa_lookup(sa, auth->spi);
	if (!found)
		return SA_UNKNOWN_SPI;
	*entry = found;
	if (auth->authenticator_len != mac_len(found->key.algorithm))
		return SA_BAD_LENGTH;
	if (mac_compute(&found->key, message, auth->covered, code) < 0 ||
	    !mac_is_equal(code, auth->authenticator, auth->authenticator_len))
		return SA_BAD_AUTHENTICATOR;
	return SA_OK;
}

int sa_sign(const struct sa_entry *entry, struct writer *writer)
{
	size_t len = mac_len(entry->key.algorithm);
	uint8_t code[MAC_SIZE_MAX];
	int result;

	write_u8(writer, EXTENSION_MOBILE_HOME_AUTH);
	write_u8(writer, (uint8_t)(SPI_SIZE + len));
	write_u32(writer, entry->spi);
	if (writer->failed)
		return -ENOSPC;
	result = mac_compute(&entry->key, writer->bytes, writer->len, code);
	if (result < 0)
		return result;
	write_bytes(writer, code, len);
	return writer->failed ? -ENOSPC : 0;
}
