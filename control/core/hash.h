/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): spreads addresses
 * that lie beside each other over few slots. Nobody's secret: who shares a slot may have meant to.
 */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stdint.h>

/* 0..slots - 1. */
static inline uint32_t hash_slot(uint32_t key, uint32_t slots)
{
	return (uint32_t)((uint64_t)(key * UINT32_C(2654435761)) * slots >> 32);
}

#endif
