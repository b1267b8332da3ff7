/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From nonces to tokens, from tokens to the key between two routers (RFC 6521, section 3.2; haaro.md,
 * section 7.2). Thread: that of the engine.
 *
 *     token = First64(HMAC_SHA1(Kcr, address | nonce | 0x00 home, 0x01 care-of))
 *     KRm   = SHA1(home token | care-of token), at deregistration SHA1(home token)
 */
#ifndef AUTH_KEYGEN_H
#define AUTH_KEYGEN_H

#include "haaro/types.h"

#include "auth/mac.h"
#include "auth/nonce.h"
#include "wire/return_routability.h"

#define KEYGEN_KEY_SIZE 20 /* KRm */

/* 0, or -EIO if the library fails. */
int keygen_token(struct mac_engine *engine, const struct nonce *nonce, enum rr_test test, be32 addr,
		 uint8_t token[RR_TOKEN_SIZE]);

/* care_of: NULL at deregistration. The caller wipes the key. */
int keygen_key(struct mac_engine *engine, const uint8_t home[RR_TOKEN_SIZE], const uint8_t *care_of,
	       uint8_t key[KEYGEN_KEY_SIZE]);

#endif
