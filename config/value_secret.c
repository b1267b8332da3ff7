/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secrets: "hex:..." or "text:..." in place, or the same in a key file of its own. No message ever
 * quotes one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "value.h"

#define KEY_FILE_MAX 1024 /* octets */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* NULL if good, else what is wrong. */
static const char *hex_parse(const char *text, size_t len, struct conf_secret *secret)
{
	size_t i;

	if (len % 2 != 0)
		return "an odd number of hex digits";
	if (len / 2 > CONF_SECRET_MAX)
		return "more than 64 octets";
	for (i = 0; i < len; i += 2) {
		int high = hex_digit(text[i]);
		int low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return "something that is no hex digit";
		secret->bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	secret->len = len / 2;
	return NULL;
}

static const char *secret_parse(const char *text, size_t len, struct conf_secret *secret)
{
	const char *wrong = NULL;

	if (len >= 4 && memcmp(text, "hex:", 4) == 0) {
		wrong = hex_parse(text + 4, len - 4, secret);
	} else if (len >= 5 && memcmp(text, "text:", 5) == 0) {
		if (len - 5 > CONF_SECRET_MAX)
			return "more than 64 octets";
		memcpy(secret->bytes, text + 5, len - 5);
		secret->len = len - 5;
	} else {
		return "neither \"hex:\" nor \"text:\" in front";
	}
	if (!wrong && secret->len == 0)
		wrong = "no octets";
	return wrong;
}

static bool secret_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	struct conf_secret *secret = value;
	const char *wrong;

	if (strcmp(text, "hidden") == 0 && reader->without_secrets) {
		secret->len = CONF_SECRET_MAX;
		return true;
	}
	if (strcmp(text, "hidden") == 0) {
		reader_complain(reader, node,
				"%s: 'hidden' stands where --print left a secret out; write it "
				"back as \"hex:...\", or name a key-file",
				key->name);
		return false;
	}
	wrong = secret_parse(text, strlen(text), secret);
	if (wrong) {
		reader_complain(reader, node, "%s: has %s; expected %s", key->name, wrong,
				key->type->expects);
		return false;
	}
	reader->secret_node = node;
	return true;
}

static void secret_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	(void)value;
	fputs("hidden", printer->out);
}

static bool key_secret_is_unset(const struct key *key, const void *value)
{
	const struct conf_key *owner =
		(const void *)((const char *)value - offsetof(struct conf_key, secret));

	(void)key;
	return owner->file != NULL;
}

const struct value_type value_secret = {
	.expects = "\"hex:\" and hex digits, or \"text:\" and characters, at most 64 octets",
	.read = secret_read,
	.print = secret_print,
	.is_unset = key_secret_is_unset,
};

/* The first line of a key file, without what ends it. */
static const char *line_parse(const struct file *file, struct conf_secret *secret)
{
	size_t len = file->len;

	while (len > 0 && (file->text[len - 1] == '\n' || file->text[len - 1] == '\r'))
		len--;
	if (memchr(file->text, '\n', len))
		return "more than one line";
	return secret_parse(file->text, len, secret);
}

static bool key_file_load(struct reader *reader, const struct key *key, uint32_t node,
			  struct conf_secret *secret)
{
	char path[FILE_PATH_SIZE];
	struct file file;
	const char *wrong;
	bool good = false;

	if (reader->without_secrets) {
		secret->len = CONF_SECRET_MAX;
		return true;
	}
	if (file_resolve(reader->doc->path, doc_text(reader->doc, node), path, sizeof(path)) < 0) {
		reader_complain(reader, node, "%s: the path is too long", key->name);
		return false;
	}
	if (file_read(&file, path, KEY_FILE_MAX) < 0) {
		reader_complain(
			reader, node,
			"%s: %s: %s; make one: (umask 077; echo hex:$(openssl rand -hex 32) "
			"> %s)",
			key->name, path, file.complaint, path);
		return false;
	}
	wrong = line_parse(&file, secret);
	if (!file.is_private)
		reader_complain(reader, node, "%s: %s %s %s", key->name, path, file.complaint,
				path);
	else if (wrong)
		reader_complain(reader, node, "%s: %s has %s; expected one line: hex:0011...",
				key->name, path, wrong);
	else
		good = true;
	file_free(&file);
	return good;
}

static bool key_file_name(struct reader *reader, const struct key *key, uint32_t node, char **file)
{
	const char *text = doc_scalar(reader->doc, node);

	if (*text == '\0')
		return reader_refuse(reader, key, node);
	if (strlen(text) >= CONF_PATH_SIZE) {
		reader_complain(reader, node, "%s: the path is too long", key->name);
		return false;
	}
	*file = strdup(text);
	if (!*file)
		reader_complain(reader, node, "%s: no memory", key->name);
	return *file != NULL;
}

static bool key_file_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	struct conf_key *owner = value;

	return key_file_name(reader, key, node, &owner->file) &&
	       key_file_load(reader, key, node, &owner->secret);
}

static bool key_file_is_unset(const struct key *key, const void *value)
{
	(void)key;
	return !((const struct conf_key *)value)->file;
}

static void key_file_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	print_text(printer, ((const struct conf_key *)value)->file);
}

static bool files_are_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool key_files_are_equal(const struct key *key, const void *a, const void *b)
{
	(void)key;
	return files_are_equal(((const struct conf_key *)a)->file,
			       ((const struct conf_key *)b)->file);
}

static void key_file_release(const struct key *key, void *value)
{
	(void)key;
	free(((struct conf_key *)value)->file);
}

const struct value_type value_key_file = {
	.expects = "the path of a file that holds one line: hex:0011...",
	.read = key_file_read,
	.print = key_file_print,
	.is_unset = key_file_is_unset,
	.is_equal = key_files_are_equal,
	.release = key_file_release,
};

static bool static_key_file_read(struct reader *reader, const struct key *key, uint32_t node,
				 void *value)
{
	struct conf_static_key *owner = value;

	return key_file_name(reader, key, node, &owner->file) &&
	       key_file_load(reader, key, node, &owner->secret);
}

static void static_key_file_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	print_text(printer, ((const struct conf_static_key *)value)->file);
}

static bool static_key_files_are_equal(const struct key *key, const void *a, const void *b)
{
	const struct conf_static_key *x = a;
	const struct conf_static_key *y = b;

	(void)key;
	return files_are_equal(x->file, y->file) &&
	       memcmp(&x->secret, &y->secret, sizeof(x->secret)) == 0;
}

static void static_key_file_release(const struct key *key, void *value)
{
	(void)key;
	free(((struct conf_static_key *)value)->file);
}

const struct value_type value_static_key_file = {
	.expects = "the path of a file that holds one line: hex:0011...",
	.read = static_key_file_read,
	.print = static_key_file_print,
	.is_equal = static_key_files_are_equal,
	.release = static_key_file_release,
};
