/* SPDX-License-Identifier: BSD-3-Clause */
#include "secret.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

/* The linker's names: --wrap=CRYPTO_memcmp. */
int __real_CRYPTO_memcmp(const void *a, const void *b, size_t len);
int __wrap_CRYPTO_memcmp(const void *a, const void *b, size_t len);

static bool by_memcmp;
static unsigned int compared;
static unsigned int reported;

/* Any bit of it. */
static bool is_hidden(const void *bytes, size_t len)
{
	uint8_t mask[64] = {0};
	uint8_t any = 0;

	(void)VALGRIND_GET_VBITS(bytes, mask, len < sizeof(mask) ? len : sizeof(mask));
	for (size_t i = 0; i < sizeof(mask); i++)
		any |= mask[i];
	return any != 0;
}

int __wrap_CRYPTO_memcmp(const void *a, const void *b, size_t len)
{
	int differ = by_memcmp ? memcmp(a, b, len) : __real_CRYPTO_memcmp(a, b, len);

	compared += is_hidden(a, len) && is_hidden(b, len);
	differ = differ != 0;
	(void)VALGRIND_MAKE_MEM_DEFINED(&differ, sizeof(differ));
	return differ;
}

void secret_hide(void *bytes, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, len);
}

void secret_assert_compared(unsigned int times)
{
	unsigned int reports = VALGRIND_COUNT_ERRORS - reported;
	unsigned int seen = compared;

	compared = 0;
	reported += reports;
	assert_int_equal(seen, times);
	if (by_memcmp)
		assert_in_range(reports, times, UINT32_MAX);
	else
		assert_int_equal(reports, 0);
}

int secret_is_watched(const char *program)
{
	if (!RUNNING_ON_VALGRIND)
		printf("not under valgrind: valgrind -q %s\n", program);
	return RUNNING_ON_VALGRIND;
}

static int begin(bool use_memcmp)
{
	by_memcmp = use_memcmp;
	compared = 0;
	reported = VALGRIND_COUNT_ERRORS;
	return 0;
}

int secret_begin(void **state)
{
	(void)state;
	return begin(false);
}

int secret_begin_memcmp(void **state)
{
	(void)state;
	print_message("What memcheck reports from here on is asked for.\n");
	return begin(true);
}
