/* SPDX-License-Identifier: BSD-3-Clause */
/* Advertisements as routers read them. */
#include "told.h"

#include <stdlib.h>

int told_prepare(void **state)
{
	struct fixture *f;

	fixture_prepare(state);
	f = *state;
	f->conf.home.route_optimization = true;
	f->conf.home.advertisement_size = 1400;
	f->conf.home.advertisement_compress = true;
	for (int i = 0; i < ROUTERS; i++) {
		f->routers[i].advertise = true;
		f->routers[i].priority = CONF_PRIORITY_NONE;
	}
	return 0;
}

int told_setup(void **state)
{
	told_prepare(state);
	fixture_start(*state);
	return 0;
}

static const char *place(int router)
{
	static char text[ADDR_TEXT_SIZE];

	snprintf(text, sizeof(text), "203.0.113.%d", 100 + router);
	return text;
}

struct registration_request told_request(struct fixture *f, int router, uint8_t flags)
{
	struct registration_request request = fixture_request(f, router);

	request.care_of = ip(place(router));
	request.capability.is_present = true;
	request.capability.flags = flags;
	if (f->routers[router].networks_mode == CONF_NETWORKS_EXPLICIT)
		for (size_t i = 0; i < f->routers[router].n_networks; i++)
			request.networks[request.n_networks++] = (struct registration_network){
				f->networks[router][i].addr.v4, f->networks[router][i].len};
	return request;
}

struct registration_reply told_ask(struct fixture *f, int router, uint8_t flags)
{
	struct registration_request request = told_request(f, router, flags);
	struct registration_reply reply;

	assert_true(fixture_ask(f, router, &request, place(router), &reply));
	assert_int_equal(reply.code, 0);
	return reply;
}

static void take(struct told *told, const struct advertisement_item *item)
{
	struct told_router *router = told->n ? &told->routers[told->n - 1] : NULL;

	if (item->kind == ADVERTISEMENT_ROUTER) {
		assert_true(told->n < TOLD_ROUTERS);
		router = &told->routers[told->n++];
		*router = (struct told_router){
			.home_address = item->home_address,
			.info = item->info,
		};
		return;
	}
	assert_non_null(router);
	assert_true(router->n_networks < TOLD_NETWORKS);
	if (router->n_networks > 0)
		assert_string_equal(item->realm, router->realm);
	memcpy(router->realm, item->realm, sizeof(router->realm));
	router->networks[router->n_networks++] = item->prefix;
}

void told_read(const struct registration_reply *reply, struct told *told)
{
	static struct advertisement_decoder decoder;
	const struct registration_advertisement *advertisement = &reply->advertisement;
	struct advertisement_item item;
	enum wire_result result;

	told->n = told->len = 0;
	if (!advertisement->is_present)
		return;
	told->len = advertisement->len;
	advertisement_decoder_init(&decoder, advertisement->data, advertisement->len);
	while ((result = advertisement_next(&decoder, &item)) == WIRE_OK)
		take(told, &item);
	assert_int_equal(result, WIRE_END);
	assert_true(told->n > 0); /* else it is left out */
}

const struct told *told_of(struct fixture *f, int router, uint8_t flags)
{
	static struct told told;
	struct registration_reply reply = told_ask(f, router, flags);

	told_read(&reply, &told);
	return &told;
}

const struct told_router *told_find(const struct told *told, const char *home_address)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->routers[i].home_address == ip(home_address))
			return &told->routers[i];
	return NULL;
}

void assert_told(const struct told *told, ...)
{
	const char *home_address;
	size_t n = 0;
	va_list list;

	va_start(list, told);
	while ((home_address = va_arg(list, const char *)) != NULL) {
		assert_true(n < told->n);
		assert_int_equal(told->routers[n++].home_address, ip(home_address));
	}
	va_end(list);
	assert_int_equal(told->n, n);
}
