/* SPDX-License-Identifier: BSD-3-Clause */
/* What is read from disk: the examples, key files, subscriber files, and who may open them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf_texts.h"
#include "file.h"

#define KEY_TEXT SECRET_64 "\n"

static char directory[] = "/tmp/haaro-config-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void file_write(const char *name, const char *text, mode_t mode)
{
	FILE *out = fopen(path_of(name), "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static void file_copy(const char *from, const char *name)
{
	char path[512];
	struct file file;

	snprintf(path, sizeof(path), "%s/%s", from, name);
	if (file_read(&file, path, 1 << 20) < 0)
		fail_msg("%s: %s", path, file.complaint);
	file_write(name, file.text, 0600);
	file_free(&file);
}

static struct conf *load_good(const char *name)
{
	struct error err;
	struct conf *conf = conf_load(path_of(name), &err);

	if (!conf)
		fail_msg("%s", err.text);
	return conf;
}

static void load_bad(const char *name, const char *complaint)
{
	struct error err;

	assert_null(conf_load(path_of(name), &err));
	if (!strstr(err.text, complaint))
		fail_msg("expected '%s' in\n%s", complaint, err.text);
}

/* The files of config/examples as they are, and the shorter ones that the project began with. */
static void check_examples(const char *from)
{
	struct conf *conf;

	file_copy(from, "hub.yaml");
	file_copy(from, "branch.yaml");
	file_copy(from, "subscribers.yaml");
	file_write("branch-a.key", KEY_TEXT, 0600);

	conf = load_good("hub.yaml");
	assert_string_equal(conf->name, "hub-helsinki");
	assert_int_equal(conf->capacity.tunnels, 100000);
	assert_int_equal(conf->n_ports, 2);
	assert_int_equal(conf->ports[1].n_routes, 1);
	assert_int_equal(conf->ports[1].neighbours[0].mac.bytes[5], 9);
	assert_int_equal(conf->home.subscribers.n_routers, 1);
	assert_int_equal(conf->home.subscribers.routers[0].realm, 0);
	assert_true(conf->home.subscribers.routers[0].advertise);
	conf_free(conf);

	conf = load_good("branch.yaml");
	assert_int_equal(conf->mobile.n_uplinks, 2);
	assert_string_equal(conf->mobile.keys[0].file, "branch-a.key");
	assert_int_equal(conf->mobile.keys[0].secret.len, 32);
	assert_int_equal(conf->mobile.optimization.keepalive.interval, 500 * NS_PER_MS);
	conf_free(conf);
}

static void test_examples(void **state)
{
	(void)state;
	check_examples(EXAMPLES_DIR);
	check_examples(GOOD_DIR);
}

/* What is no error but should be known comes with its place. */
static void test_notes(void **state)
{
	struct conf *conf;

	(void)state;
	file_write("inline.yaml", BRANCH_TEXT "  route-optimization: {reply-131: true}\n", 0600);
	conf = load_good("inline.yaml");
	assert_non_null(strstr(conf->notes, "inline.yaml:12:35: reply-131 lets anybody"));
	conf_free(conf);
	file_write("inline.yaml", BRANCH_TEXT "  route-optimization: {trust-claims: true}\n", 0600);
	conf = load_good("inline.yaml");
	assert_non_null(strstr(conf->notes, "inline.yaml:12:38: trust-claims lets any router"));
	conf_free(conf);
}

static void test_print_loads(void **state)
{
	char *text, *again;
	struct conf *conf;

	(void)state;
	check_examples(EXAMPLES_DIR);
	conf = load_good("branch.yaml");
	text = printed(conf, conf_print);
	conf_free(conf);
	/* No secret in it, so it needs no protection. */
	file_write("printed.yaml", text, 0644);
	conf = load_good("printed.yaml");
	again = printed(conf, conf_print);
	assert_string_equal(text, again);
	conf_free(conf);
	free(text);
	free(again);
}

static void test_subscribers_shared(void **state)
{
	(void)state;
	check_examples(EXAMPLES_DIR);
	assert_int_equal(chmod(path_of("subscribers.yaml"), 0640), 0);
	load_bad("hub.yaml", "others may open it (mode 0640); close it: chmod 600 ");
	assert_int_equal(chmod(path_of("subscribers.yaml"), 0602), 0);
	load_bad("hub.yaml", "(mode 0602)");
	unlink(path_of("subscribers.yaml"));
	load_bad("hub.yaml", "subscribers.yaml: No such file");
}

static void test_key_file_shared(void **state)
{
	(void)state;
	check_examples(EXAMPLES_DIR);
	assert_int_equal(chmod(path_of("branch-a.key"), 0644), 0);
	load_bad("branch.yaml", "branch-a.key holds keys but others may open it (mode 0644); "
				"close it: chmod 600 ");
	if (geteuid() == 0) {
		file_write("branch-a.key", KEY_TEXT, 0600);
		assert_int_equal(chown(path_of("branch-a.key"), 12345, 12345), 0);
		load_bad("branch.yaml", "belongs to user 12345; make it yours: chown 0 ");
		unlink(path_of("branch-a.key"));
	}
}

static void test_key_file_contents(void **state)
{
	(void)state;
	check_examples(EXAMPLES_DIR);
	file_write("branch-a.key", "text:0123456789abcdef0123456789abcdef", 0600);
	conf_free(load_good("branch.yaml"));
	file_write("branch-a.key", SECRET_64 "\r\n", 0600);
	conf_free(load_good("branch.yaml"));
	file_write("branch-a.key", "", 0600);
	load_bad("branch.yaml", "has neither \"hex:\" nor \"text:\" in front");
	file_write("branch-a.key", KEY_TEXT KEY_TEXT, 0600);
	load_bad("branch.yaml", "has more than one line");
	file_write("branch-a.key", "hex:", 0600);
	load_bad("branch.yaml", "has no octets");
	unlink(path_of("branch-a.key"));
	load_bad("branch.yaml", "openssl rand -hex 32");
}

static void test_key_twice(void **state)
{
	static const char start[] =
		"version: 1\nrole: mobile-router\nports: [{name: a, device: b}]\n"
		"mobile-router: {key: {spi: 300, key-file: k, secret: \"" SECRET_64 "\"}}\n";

	(void)state;
	file_write("k", KEY_TEXT, 0600);
	file_write("twice.yaml", start, 0600);
	load_bad("twice.yaml", "twice.yaml:4:43: key-file: there is a secret too");
}

#define STATIC_KEYS_TEXT(keys) BRANCH_TEXT "  route-optimization: {static-keys: [" keys "]}\n"

/* Keys shared with peers: one each, of 20 octets or more (RFC 2104), in files of their own. */
static void test_static_keys(void **state)
{
	struct conf *conf;

	(void)state;
	file_write("k", "text:twenty octets it is!", 0600);
	file_write(
		"static.yaml",
		STATIC_KEYS_TEXT("{peer: 192.0.2.2, key-file: k}, {peer: 192.0.2.3, key-file: k}"),
		0600);
	conf = load_good("static.yaml");
	assert_int_equal(conf->mobile.optimization.n_static_keys, 2);
	assert_int_equal(conf->mobile.optimization.static_keys[1].secret.len, 20);
	assert_memory_equal(conf->mobile.optimization.static_keys[1].secret.bytes,
			    "twenty octets it is!", 20);
	conf_free(conf);
	file_write("k", "text:nineteen octets it!", 0600);
	load_bad("static.yaml", "static.yaml:12:66: key-file: 19 octets are too few; 20 or more");
	file_write("k", KEY_TEXT, 0644);
	load_bad("static.yaml", "k holds keys but others may open it (mode 0644)");
	file_write("k", KEY_TEXT, 0600);
	file_write(
		"static.yaml",
		STATIC_KEYS_TEXT("{peer: 192.0.2.2, key-file: k}, {peer: 192.0.2.2, key-file: k}"),
		0600);
	load_bad("static.yaml", "static.yaml:12:77: peer: 192.0.2.2 stands twice");
	file_write("static.yaml", STATIC_KEYS_TEXT("{peer: 192.0.2.1, key-file: k}"), 0600);
	load_bad("static.yaml", "static.yaml:12:45: peer: 192.0.2.1 is our own home address");
}

/* A main file needs no protection until a secret stands in it. */
static void test_inline_secret(void **state)
{
	(void)state;
	file_write("inline.yaml", BRANCH_TEXT, 0644);
	load_bad("inline.yaml", "inline.yaml:9:28: secret: stands in a file that others may open; "
				"chmod 600 ");
	file_write("inline.yaml", BRANCH_TEXT, 0600);
	conf_free(load_good("inline.yaml"));
}

static void test_unreadable(void **state)
{
	(void)state;
	load_bad("absent.yaml", "absent.yaml: No such file or directory");
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	load_bad("fifo", "is not a regular file");
	unlink(path_of("fifo"));
	load_bad(".", "is not a regular file");
	file_write("large.yaml", "", 0600);
	assert_int_equal(truncate(path_of("large.yaml"), (16 << 20) + 1), 0);
	load_bad("large.yaml", "is too large");
	assert_int_equal(truncate(path_of("large.yaml"), 16 << 20), 0);
	load_bad("large.yaml", "not YAML");
}

static int directory_create(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int directory_remove(void **state)
{
	static const char *const names[] = {
		"hub.yaml",   "branch.yaml", "subscribers.yaml", "branch-a.key", "k",
		"twice.yaml", "inline.yaml", "large.yaml",       "printed.yaml", "static.yaml"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),        cmocka_unit_test(test_notes),
		cmocka_unit_test(test_print_loads),     cmocka_unit_test(test_subscribers_shared),
		cmocka_unit_test(test_key_file_shared), cmocka_unit_test(test_key_file_contents),
		cmocka_unit_test(test_key_twice),       cmocka_unit_test(test_static_keys),
		cmocka_unit_test(test_inline_secret),   cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, directory_create, directory_remove);
}
