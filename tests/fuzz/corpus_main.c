/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Feeds a target the files of the directories and the files that are named: the corpus as an ordinary
 * test, without libFuzzer. A file is fed whole and cut short at every length, from a buffer of just
 * its size, so that sanitizers and valgrind see what is read past the end.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define FILE_MAX     65536
#define PATH_MAX_LEN 1024

static void feed_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, bytes, len);
	FUZZ_CHECK(LLVMFuzzerTestOneInput(copy, len) == 0);
	free(copy);
}

static int feed_file(const char *path)
{
	static uint8_t bytes[FILE_MAX];
	FILE *file = fopen(path, "rb");
	size_t len, cut;

	if (!file) {
		perror(path);
		return -1;
	}
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (cut = 0; cut <= len; cut++)
		feed_copy(bytes, cut);
	return 1;
}

static int feed_directory(const char *path)
{
	char name[PATH_MAX_LEN];
	DIR *directory = opendir(path);
	struct dirent *entry;
	int fed = 0;

	if (!directory) {
		perror(path);
		return -1;
	}
	while (fed >= 0 && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		fed = feed_file(name) < 0 ? -1 : fed + 1;
	}
	closedir(directory);
	return fed;
}

int main(int argc, char **argv)
{
	struct stat status;
	int i, fed, total = 0;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
			fed = feed_directory(argv[i]);
		else
			fed = feed_file(argv[i]);
		if (fed < 0)
			return 1;
		total += fed;
	}
	printf("%d files\n", total);
	return total > 0 ? 0 : 1;
}
