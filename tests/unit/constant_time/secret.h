/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secrets under valgrind's memcheck (after Langley's ctgrind): octets that are hidden count as not
 * initialised, and so does all that is computed from them. memcheck reports each branch and each
 * index that depends on such a value: just what time or the cache would tell an attacker of it
 * (haaro.md, section 21.5).
 *
 * CRYPTO_memcmp() is the one place where secrets may become a decision: the linker puts a wrapper in
 * its place (--wrap), whose answer, equal or not, is no secret any more.
 *
 * Every test runs twice, the second time with memcmp() inside of the wrapper: then there must be
 * reports, or the first run would prove nothing.
 */
#ifndef CONSTANT_TIME_SECRET_H
#define CONSTANT_TIME_SECRET_H

#include <stddef.h>

#include "cmocka_all.h"

/* What main() does: both runs, or 77 if no memcheck looks on. */
#define SECRET_RUN(program, tests)                                                           \
	(!secret_is_watched(program)                                                         \
		 ? 77                                                                        \
		 : cmocka_run_group_tests_name("CRYPTO_memcmp", tests, secret_begin, NULL) | \
			   cmocka_run_group_tests_name("memcmp", tests, secret_begin_memcmp, \
						       NULL))

void secret_hide(void *bytes, size_t len);

/* Since the last call, so many times two hidden values were compared, and memcheck reported nothing. */
void secret_assert_compared(unsigned int times);

/* Says why the tests are skipped. */
int secret_is_watched(const char *program);

int secret_begin(void **state);
int secret_begin_memcmp(void **state);

#endif
