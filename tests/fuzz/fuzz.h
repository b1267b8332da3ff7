/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target is one file target_NAME.c with the function below, a directory corpus/NAME of seeds,
 * and a row in meson.build. It must not keep state from one input to the next.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Stops the run with the input that broke a property: also where NDEBUG takes asserts away. */
#define FUZZ_CHECK(condition)     \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* Takes any octets; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
