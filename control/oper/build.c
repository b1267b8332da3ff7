/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the note that ld --build-id puts into the program. */
#include "oper/build.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

const char *build_version(void)
{
	return HAARO_VERSION;
}

static void print_hex(const unsigned char *bytes, size_t len, char *text)
{
	for (size_t i = 0; i < len && 2 * i + 2 < BUILD_ID_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static int find(struct dl_phdr_info *info, size_t size, void *text)
{
	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		const unsigned char *at =
			(const unsigned char *)(uintptr_t)(info->dlpi_addr + header->p_vaddr);
		size_t left = header->p_memsz;
		ElfW(Nhdr) note;

		while (header->p_type == PT_NOTE && left >= sizeof(note)) {
			size_t len;

			memcpy(&note, at, sizeof(note));
			len = sizeof(note) + padded(note.n_namesz) + padded(note.n_descsz);
			if (len > left)
				break;
			if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU"))
				print_hex(at + sizeof(note) + sizeof("GNU"), note.n_descsz, text);
			at += len;
			left -= len;
		}
	}
	return 1; /* the first object is the program itself */
}

const char *build_id(char text[BUILD_ID_SIZE])
{
	snprintf(text, BUILD_ID_SIZE, "unknown");
	dl_iterate_phdr(find, text);
	return text;
}
