/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Mobile Router role: its life, its reload, and the way in for datagrams and events (RFC 5944,
 * 5177, 3519, 3543). Nothing is decided here; state.h says where.
 */
#include <errno.h>
#include <stdlib.h>

#include "mobile/forward.h"
#include "mobile/handover.h"
#include "mobile/networks.h"
#include "mobile/outcome.h"
#include "mobile/registration.h"
#include "mobile/revocation.h"
#include "mobile/watch.h"

static int check(const struct conf_mobile *conf, struct error *err)
{
	if (conf->n_networks > CONF_MOBILE_NETWORKS_MAX)
		return error_set(
			err, -E2BIG,
			"%zu mobile networks do not fit into a request; list at most %d or "
			"let the home agent hold them (mode: implicit)",
			conf->n_networks, CONF_MOBILE_NETWORKS_MAX);
	if (conf->n_uplinks == 0 || conf->n_uplinks > CONF_PORTS_MAX)
		return error_set(err, -EINVAL, "a mobile router needs 1 to %d uplinks",
				 CONF_PORTS_MAX);
	return 0;
}

static int take_keys(struct mobile *mobile, const struct conf_mobile *conf, struct sa *sa,
		     struct error *err)
{
	int result = sa_init(sa, mobile->engine, conf->keys, conf->n_keys);

	if (result < 0)
		return error_set(err, result,
				 "the mobile router's keys cannot be used; check "
				 "algorithm, length and that SPIs are 256 or more");
	return 0;
}

/* The uplinks of conf, in its order; those that are no more are as if they had no carrier. */
static void set_uplinks(struct mobile *mobile, const struct conf_mobile *conf)
{
	struct uplink_order old = mobile->order;
	bool listed[CONF_PORTS_MAX] = {false};

	mobile->order.n = 0;
	for (size_t i = 0; i < conf->n_uplinks; i++) {
		struct uplink *uplink = &mobile->uplinks[conf->uplinks[i].port];

		mobile->order.best[mobile->order.n++] = uplink;
		listed[uplink->port] = true;
		mobile_handover_take_uplink(mobile, uplink);
	}
	for (size_t i = 0; i < old.n; i++) {
		if (listed[old.best[i]->port])
			continue;
		old.best[i]->carrier = false;
		echo_stop(&old.best[i]->probe);
	}
}

static int init_auth(struct mobile *mobile, struct error *err)
{
	const struct conf_mobile *conf = &mobile->conf->mobile;
	int result = mac_engine_create(&mobile->engine);

	if (result < 0)
		return error_set(err, result,
				 "OpenSSL lacks a message authentication code; check "
				 "its configuration (a FIPS provider has no MD5)");
	result = take_keys(mobile, conf, &mobile->sa, err);
	if (result < 0) {
		mac_engine_destroy(mobile->engine);
		return result;
	}
	replay_client_init(&mobile->replay, conf->keys[0].replay);
	return 0;
}

int mobile_create(struct mobile **mobile, struct core *core, struct link *link,
		  const struct conf *conf, struct error *err)
{
	struct mobile *made;
	int result = check(&conf->mobile, err);

	if (result < 0)
		return result;
	made = calloc(1, sizeof(*made));
	if (!made)
		return error_set(err, -ENOMEM, "out of memory");
	made->core = core;
	made->link = link;
	made->conf = conf;
	made->agent = conf->mobile.home_agent;
	made->capability = mobile_capability_of(conf);
	result = init_auth(made, err);
	if (result < 0)
		goto out_memory;
	result = mobile_forward_init(made, err);
	if (result < 0)
		goto out_auth;
	mobile_handover_init(made);
	mobile_networks_set(made, &conf->mobile);
	set_uplinks(made, &conf->mobile);
	mobile_handover_review(made);
	*mobile = made;
	return 0;

out_auth:
	sa_fini(&made->sa);
	mac_engine_destroy(made->engine);
out_memory:
	free(made);
	return result;
}

void mobile_destroy(struct mobile *mobile)
{
	if (!mobile)
		return;
	mobile_handover_fini(mobile);
	mobile_forward_fini(mobile);
	sa_fini(&mobile->sa);
	mac_engine_destroy(mobile->engine);
	free(mobile);
}

/* --- reload --------------------------------------------------------------------------------- */

static bool networks_differ(const struct conf_mobile *a, const struct conf_mobile *b)
{
	if (a->networks_mode != b->networks_mode || a->n_networks != b->n_networks)
		return true;
	for (size_t i = 0; i < a->n_networks; i++)
		if (!prefix_is_equal(&a->networks[i], &b->networks[i]))
			return true;
	return false;
}

static bool encapsulations_differ(const struct conf_mobile *a, const struct conf_mobile *b)
{
	if (a->force_udp != b->force_udp || a->n_encapsulations != b->n_encapsulations)
		return true;
	return memcmp(a->encapsulations, b->encapsulations,
		      a->n_encapsulations * sizeof(a->encapsulations[0])) != 0;
}

/* Whether a request would say something else, or say it elsewhere. */
static bool requests_differ(const struct conf_mobile *a, const struct conf_mobile *b)
{
	return !addr_is_equal(&a->home_address, &b->home_address) ||
	       !addr_is_equal(&a->home_agent, &b->home_agent) || a->lifetime != b->lifetime ||
	       a->local_port != b->local_port || a->revocation != b->revocation ||
	       a->keys[0].spi != b->keys[0].spi || networks_differ(a, b) ||
	       encapsulations_differ(a, b);
}

static void set_agent(struct mobile *mobile, const struct conf_mobile *old,
		      const struct conf_mobile *next)
{
	bool another = !addr_is_equal(&old->home_agent, &next->home_agent);

	if (another)
		mobile->agent = next->home_agent;
	if (another || mobile->replay.style != next->keys[0].replay)
		replay_client_init(&mobile->replay, next->keys[0].replay);
}

/* The watches at their new pace; those whose pace and target are the same go on undisturbed. */
static void set_watches(struct mobile *mobile, const struct conf_mobile *old)
{
	const struct conf_mobile *next = &mobile->conf->mobile;
	bool another = !addr_is_equal(&old->home_agent, &next->home_agent) ||
		       old->watch_uplinks.interval != next->watch_uplinks.interval ||
		       old->watch_uplinks.losses != next->watch_uplinks.losses;

	for (size_t i = 0; another && i < mobile->order.n; i++)
		mobile_watch_uplink(mobile, mobile->order.best[i]);
	if (mobile->registration.live)
		mobile_watch_follow(mobile, false);
}

/* What nothing refuses any more. */
static void apply(struct mobile *mobile, const struct conf *next)
{
	const struct conf_mobile *old = &mobile->conf->mobile;
	bool differ = requests_differ(old, &next->mobile);

	if (!addr_is_equal(&old->home_address, &next->mobile.home_address))
		mobile_registration_lose(mobile, "another home address", true);
	set_agent(mobile, old, &next->mobile);
	mobile->conf = next;
	mobile_networks_set(mobile, &next->mobile);
	set_uplinks(mobile, &next->mobile);
	set_watches(mobile, old);
	if (mobile->registration.live)
		mobile_forward_mark_networks(mobile);
	if (differ) {
		mobile->request.waiting = false;
		mobile->no_udp = false;
		mobile->force_udp = false;
	}
	mobile_handover_review(mobile);
	if (differ && mobile->active)
		mobile_registration_start(mobile, mobile->active);
}

int mobile_reload(struct mobile *mobile, const struct conf *next, struct error *err)
{
	struct sa sa;
	int result = check(&next->mobile, err);

	if (result < 0)
		return result;
	result = take_keys(mobile, &next->mobile, &sa, err);
	if (result < 0)
		return result;
	result = mobile_forward_set_home_address(mobile, &next->mobile.home_address);
	if (result < 0) {
		sa_fini(&sa);
		return error_set(err, result, "no room for the new home address");
	}
	sa_fini(&mobile->sa);
	mobile->sa = sa;
	if (mobile_is_leaving(mobile))
		mobile->conf = next;
	else
		apply(mobile, next);
	return 0;
}

/* --- the way in ----------------------------------------------------------------------------- */

static void handle_reply(struct mobile *mobile, const struct datagram *datagram)
{
	struct registration_reply reply;

	switch (mobile_reply_check(mobile, datagram, &reply)) {
	case 0:
		mobile_outcome_handle(mobile, &reply);
		break;
	case -EBADMSG:
		mobile->counters.malformed++;
		break;
	case -EACCES:
		mobile->counters.auth_failed++;
		break;
	default:
		mobile->counters.unexpected++;
		break;
	}
}

void mobile_handle_datagram(struct mobile *mobile, const struct datagram *datagram)
{
	/* The hub answers where we asked from, natively; nothing of this comes by a tunnel. */
	if (datagram->tunnel.index != FWD_NONE) {
		mobile->counters.unexpected++;
		return;
	}
	switch (message_type(datagram->payload, datagram->len)) {
	case MESSAGE_REPLY:
		handle_reply(mobile, datagram);
		break;
	case MESSAGE_REVOCATION:
		mobile_revocation_handle(mobile, datagram);
		break;
	default:
		mobile->counters.unexpected++;
		break;
	}
}

void mobile_handle_event(struct mobile *mobile, const struct event *event)
{
	mobile_handover_handle_event(mobile, event);
}

void mobile_shutdown(struct mobile *mobile)
{
	if (!mobile_is_leaving(mobile))
		mobile_registration_leave(mobile);
}

bool mobile_is_drained(const struct mobile *mobile)
{
	return mobile->state == MOBILE_LEFT;
}
