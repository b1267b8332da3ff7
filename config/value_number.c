/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers, rates and switches. */
#include <inttypes.h>
#include <string.h>

#include "value.h"

bool digits_parse(const char **text, uint64_t *number)
{
	const char *at = *text;
	uint64_t sum = 0;

	/* To other readers of YAML a leading zero means octal. */
	if (at[0] == '0' && at[1] >= '0' && at[1] <= '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (sum > (UINT64_MAX - 9) / 10)
			return false;
		sum = sum * 10 + (uint64_t)(*at - '0');
	}
	if (at == *text)
		return false;
	*text = at;
	*number = sum;
	return true;
}

static bool range_check(struct reader *reader, const struct key *key, uint32_t node,
			uint64_t number)
{
	if (number >= key->min && number <= key->max)
		return true;
	reader_complain(reader, node, "%s: %s is too %s; %" PRIu64 " to %" PRIu64 " is possible",
			key->name, doc_text(reader->doc, node),
			number < key->min ? "small" : "large", key->min, key->max);
	return false;
}

static void number_store(size_t size, uint64_t number, void *value)
{
	if (size == sizeof(uint8_t))
		*(uint8_t *)value = (uint8_t)number;
	else if (size == sizeof(uint16_t))
		*(uint16_t *)value = (uint16_t)number;
	else
		*(uint32_t *)value = (uint32_t)number;
}

static uint64_t number_fetch(size_t size, const void *value)
{
	if (size == sizeof(uint8_t))
		return *(const uint8_t *)value;
	if (size == sizeof(uint16_t))
		return *(const uint16_t *)value;
	return *(const uint32_t *)value;
}

static bool number_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	uint64_t number;

	if ((key->flags & KEY_AUTO) && strcmp(text, "auto") == 0) {
		number_store(key->size, 0, value);
		return true;
	}
	if (!digits_parse(&text, &number) || *text != '\0')
		return reader_refuse(reader, key, node);
	if (!range_check(reader, key, node, number))
		return false;
	if ((key->flags & KEY_POWER_2) && (number & (number - 1)) != 0) {
		reader_complain(reader, node, "%s: %" PRIu64 " is not a power of two such as 1024",
				key->name, number);
		return false;
	}
	number_store(key->size, number, value);
	return true;
}

static void number_print(struct printer *printer, const struct key *key, const void *value)
{
	uint64_t number = number_fetch(key->size, value);

	if ((key->flags & KEY_AUTO) && number == 0)
		fputs("auto", printer->out);
	else
		fprintf(printer->out, "%" PRIu64, number);
}

const struct value_type value_number = {
	.expects = "a whole number such as 1500",
	.read = number_read,
	.print = number_print,
};

static bool number_is_zero(const struct key *key, const void *value)
{
	return number_fetch(key->size, value) == 0;
}

const struct value_type value_udp_port = {
	.expects = "a port such as 434",
	.read = number_read,
	.print = number_print,
	.is_unset = number_is_zero,
};

static bool boolean_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);

	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return reader_refuse(reader, key, node);
	*(bool *)value = text[0] == 't';
	return true;
}

static void boolean_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	fputs(*(const bool *)value ? "true" : "false", printer->out);
}

const struct value_type value_boolean = {
	.expects = "true or false",
	.read = boolean_read,
	.print = boolean_print,
};

static bool rate_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	uint64_t number;

	if (!digits_parse(&text, &number) || strcmp(text, "/s") != 0)
		return reader_refuse(reader, key, node);
	if (!range_check(reader, key, node, number))
		return false;
	((struct conf_rate *)value)->per_second = (uint32_t)number;
	return true;
}

static void rate_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	fprintf(printer->out, "%" PRIu32 "/s", ((const struct conf_rate *)value)->per_second);
}

const struct value_type value_rate = {
	.expects = "a rate such as 2000/s",
	.read = rate_read,
	.print = rate_print,
};
