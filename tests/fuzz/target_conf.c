/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration: no text breaks the parser, as a main file or as a subscriber file; a refusal says
 * why; what is taken prints as what reads and prints the same. Opens no file.
 */
#include <string.h>

#include "conf_texts.h"
#include "fuzz.h"

static struct conf *load(const char *text, size_t len, const char *subscribers)
{
	struct load_options options = {
		.private_text = true, .without_secrets = true, .subscribers = subscribers};
	struct error err;
	struct conf *conf = load_text("fuzz.yaml", text, len, &options, &err);

	FUZZ_CHECK((conf == NULL) == (err.text[0] != '\0'));
	return conf;
}

static void check_main(const char *text, size_t len)
{
	struct conf *conf = load(text, len, "version: 1\n");
	struct conf *again;
	char *first, *second;

	if (!conf)
		return;
	first = printed(conf, conf_print);
	again = load(first, strlen(first), "version: 1\n");
	FUZZ_CHECK(again != NULL);
	second = printed(again, conf_print);
	FUZZ_CHECK(strcmp(first, second) == 0);
	free(first);
	free(second);
	conf_free(conf);
	conf_free(again);
}

static void check_subscribers(const char *text)
{
	static const char hub[] = HUB_TEXT "  subscribers: s.yaml\n";
	struct conf *conf = load(hub, strlen(hub), text);
	struct conf *again;
	char *first, *second;

	if (!conf)
		return;
	first = printed(conf, conf_print_subscribers);
	again = load(hub, strlen(hub), first);
	FUZZ_CHECK(again != NULL);
	second = printed(again, conf_print_subscribers);
	FUZZ_CHECK(strcmp(first, second) == 0);
	free(first);
	free(second);
	conf_free(conf);
	conf_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	FUZZ_CHECK(text != NULL);
	memcpy(text, data, len);
	text[len] = '\0';
	check_main((const char *)data, len);
	check_subscribers(text);
	free(text);
	return 0;
}
