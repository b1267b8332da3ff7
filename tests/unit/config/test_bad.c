/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bad files, each with the complaints that it must draw, all of them and in this order, in comments
 * at its head: "# expect: FILE:LINE:COLUMN: text". Files named sub-* are subscriber files, s.yaml,
 * of a small hub, hub.yaml.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_texts.h"
#include "file.h"

#define TEXT_SIZE 8192

static const char hub_text[] = HUB_STATIC_TEXT "  subscribers: s.yaml\n"
					       "capacity: {tunnels: 3, prefixes: 16}\n";

/* The expected complaints, one per line. */
static void expected_read(const char *text, char *expected)
{
	static const char mark[] = "# expect: ";
	size_t len = 0;

	expected[0] = '\0';
	while (strncmp(text, mark, sizeof(mark) - 1) == 0) {
		const char *end = strchr(text, '\n');

		text += sizeof(mark) - 1;
		len += (size_t)snprintf(expected + len, TEXT_SIZE - len, "%s%.*s",
					len > 0 ? "\n" : "", (int)(end - text), text);
		text = end + 1;
	}
	assert_true(len > 0);
}

static void check_file(const char *name)
{
	bool subscribers = strncmp(name, "sub-", 4) == 0;
	struct load_options options = {.private_text = true};
	char path[512], expected[TEXT_SIZE];
	struct conf *conf;
	struct error err;
	struct file file;

	snprintf(path, sizeof(path), "%s/%s", BAD_DIR, name);
	if (file_read(&file, path, 1 << 20) < 0)
		fail_msg("%s: %s", path, file.complaint);
	expected_read(file.text, expected);
	if (subscribers) {
		options.subscribers = file.text;
		conf = load_text("hub.yaml", hub_text, strlen(hub_text), &options, &err);
	} else {
		conf = load_text(name, file.text, file.len, &options, &err);
	}
	if (conf)
		fail_msg("%s: taken", name);
	if (strcmp(err.text, expected) != 0)
		fail_msg("%s: expected\n%s\nbut got\n%s\n", name, expected, err.text);
	file_free(&file);
}

static void test_bad_files(void **state)
{
	DIR *dir = opendir(BAD_DIR);
	struct dirent *entry;
	unsigned int n = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		check_file(entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 60);
}

/* Complaints beyond what is shown are counted, not printed, and nothing is cut within a line. */
static void test_many_complaints(void **state)
{
	char text[TEXT_SIZE] = HUB_TEXT;
	struct error err;
	size_t lines = 1, i;

	(void)state;
	for (i = 0; i < 100; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "zzz%zu: 1\n", i);
	assert_null(parse(text, NULL, &err));
	for (i = 0; err.text[i] != '\0'; i++)
		lines += err.text[i] == '\n';
	assert_true(lines >= 5 && lines <= 13);
	assert_true(err.text[strlen(err.text) - 1] != ':');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_many_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
