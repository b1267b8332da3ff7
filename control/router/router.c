/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a router: its parts made from the ground up, taken down in reverse, and on a reload
 * changed one after the other, or all back. Thread: control core.
 */
#include "router/router.h"

#include <errno.h>
#include <stdlib.h>

#include "router/value.h"

static int create_mobile(struct haaro *haaro, struct error *err)
{
	int result = mobile_create(&haaro->mobile, &haaro->core, haaro->link, haaro->conf, err);

	if (result < 0)
		return result;
	result = ro_create(&haaro->ro, &haaro->core, haaro->link, haaro->mobile, haaro->conf, err);
	if (result < 0) {
		mobile_destroy(haaro->mobile);
		haaro->mobile = NULL;
	}
	return result;
}

static int create_role(struct haaro *haaro, struct error *err)
{
	if (haaro->conf->role == CONF_HOME_AGENT)
		return home_create(&haaro->home, &haaro->core, haaro->link, haaro->conf, err);
	return create_mobile(haaro, err);
}

int haaro_create(struct haaro **created, const struct conf *conf,
		 const struct haaro_environment *environment, const struct now *now,
		 struct error *err)
{
	struct haaro *haaro = calloc(1, sizeof(*haaro));
	int result;

	if (!haaro)
		return error_set(err, -ENOMEM, "out of memory");
	haaro->conf = conf;
	haaro->subscriber = environment->subscriber;
	haaro->subscriber_arg = environment->subscriber_arg;
	result = core_init(&haaro->core, environment->ops, environment->fwd, &environment->random);
	if (result < 0) {
		error_set(err, result, "out of memory");
		goto out_free;
	}
	router_enter(haaro, now);
	result = link_create(&haaro->link, &haaro->core, conf, err);
	if (result < 0)
		goto out_core;
	result = create_role(haaro, err);
	if (result < 0)
		goto out_link;
	router_dispatch(haaro);
	*created = haaro;
	return 0;

out_link:
	link_destroy(haaro->link);
out_core:
	core_fini(&haaro->core);
out_free:
	free(haaro);
	return result;
}

void haaro_destroy(struct haaro *haaro)
{
	if (!haaro)
		return;
	ro_destroy(haaro->ro);
	mobile_destroy(haaro->mobile);
	if (haaro->home)
		home_destroy(haaro->home);
	link_destroy(haaro->link);
	core_fini(&haaro->core);
	free(haaro);
}

void haaro_port_changed(struct haaro *haaro, const struct now *now, uint16_t port,
			enum link_port_state state)
{
	router_enter(haaro, now);
	link_port_changed(haaro->link, port, state);
	router_dispatch(haaro);
}

/* Each part changes all or nothing, so what is to be taken back is the part before. */
static int reload_parts(struct haaro *haaro, const struct conf *next, struct error *err)
{
	struct error ignored;
	int result = link_reload(haaro->link, next, err);

	if (result < 0)
		return result;
	if (haaro->home)
		result = home_reload(haaro->home, next, err);
	else
		result = mobile_reload(haaro->mobile, next, err);
	if (result == 0 && haaro->ro)
		ro_reload(haaro->ro, next);
	if (result < 0)
		link_reload(haaro->link, haaro->conf, &ignored);
	return result;
}

int haaro_reload(struct haaro *haaro, const struct now *now, const struct conf *next,
		 struct error *err)
{
	int result;

	router_enter(haaro, now);
	result = reload_parts(haaro, next, err);
	if (result == 0)
		haaro->conf = next;
	router_dispatch(haaro);
	return result;
}

int haaro_clear_binding(struct haaro *haaro, const struct now *now,
			const struct ip_addr *home_address)
{
	int result;

	if (!haaro->home)
		return -ENOENT;
	router_enter(haaro, now);
	result = home_clear_binding(haaro->home, home_address);
	router_dispatch(haaro);
	return result;
}

void haaro_shutdown(struct haaro *haaro, const struct now *now)
{
	router_enter(haaro, now);
	haaro->stopping = true;
	if (haaro->ro)
		ro_shutdown(haaro->ro);
	router_dispatch(haaro);
}

int haaro_ro_start(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address)
{
	int result;

	if (!haaro->ro)
		return -ENOTSUP;
	router_enter(haaro, now);
	result = ro_start(haaro->ro, home_address);
	router_dispatch(haaro);
	return result;
}

int haaro_ro_stop(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address)
{
	int result;

	if (!haaro->ro)
		return -ENOTSUP;
	router_enter(haaro, now);
	result = ro_stop(haaro->ro, home_address);
	router_dispatch(haaro);
	return result;
}

bool haaro_is_drained(const struct haaro *haaro)
{
	return !haaro->mobile || mobile_is_drained(haaro->mobile);
}

const struct home *haaro_home(const struct haaro *haaro)
{
	return haaro->home;
}

const struct mobile *haaro_mobile(const struct haaro *haaro)
{
	return haaro->mobile;
}

const struct ro *haaro_ro(const struct haaro *haaro)
{
	return haaro->ro;
}

const struct link *haaro_link(const struct haaro *haaro)
{
	return haaro->link;
}
