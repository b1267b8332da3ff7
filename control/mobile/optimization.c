/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registration as route optimization sees it. Nothing is decided here: ro/ does. Neighbours:
 * outcome.c notes what replies say, forward.c re-points the paths when the hub's tunnel changes.
 */
#include "mobile/optimization.h"

#include <errno.h>

#include <utlist.h>

#include "link/removal.h"
#include "mobile/forward.h"
#include "mobile/registration.h"

/* --- what is said and heard ------------------------------------------------------------------ */

const struct mobile_optimization *mobile_optimization(const struct mobile *mobile)
{
	return &mobile->optimization;
}

void mobile_optimization_note(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_optimization *note = &mobile->optimization;

	note->when = mobile->core->now.mono;
	note->asked = mobile->request.capability;
	/* To a request that did not ask there is no answer, whatever stands there. */
	note->answer = note->asked.is_present ? reply->optimization
					      : (struct registration_optimization){0};
	note->len = 0;
	if (!note->answer.is_present || !reply->advertisement.is_present ||
	    reply->advertisement.len > sizeof(note->advertisement))
		return;
	note->len = reply->advertisement.len;
	memcpy(note->advertisement, reply->advertisement.data, note->len);
}

struct registration_capability mobile_capability_of(const struct conf *conf)
{
	const struct conf_optimization *optimization = &conf->mobile.optimization;
	struct registration_capability capability = {
		.is_present = conf->mobile.route_optimization,
	};

	if (!capability.is_present)
		return capability;
	if (optimization->advertise)
		capability.flags |= CAPABILITY_ADVERTISE;
	if (optimization->request)
		capability.flags |= CAPABILITY_REQUEST;
	if (optimization->outbound_only == CONF_OUTBOUND_YES)
		capability.flags |= CAPABILITY_OUTBOUND;
	return capability;
}

void mobile_set_capability(struct mobile *mobile, const struct registration_capability *capability)
{
	mobile->capability = *capability;
}

int mobile_ask_hub(struct mobile *mobile)
{
	if (!mobile->registration.live || !mobile->active || mobile_is_leaving(mobile))
		return -ENOTCONN;
	/* It wants to be left alone, or does not answer: what others ask of us hurries nothing. */
	if (mobile->state == MOBILE_HELD ||
	    (mobile->state == MOBILE_REFRESHING && mobile->tries > 1))
		return -EAGAIN;
	if (mobile->state == MOBILE_REFRESHING)
		mobile_registration_go_on(mobile, mobile->active);
	else
		mobile_registration_start(mobile, mobile->active);
	return 0;
}

/* --- how the registration stands ------------------------------------------------------------- */

bool mobile_is_registered(const struct mobile *mobile)
{
	return mobile->registration.live;
}

struct tunnel_ref mobile_hub_tunnel(const struct mobile *mobile)
{
	if (!mobile->registration.live)
		return (struct tunnel_ref){.index = FWD_NONE};
	return tunnel_ref(mobile->registration.tunnel);
}

struct ip_addr mobile_hub_address(const struct mobile *mobile)
{
	return mobile->registration.live ? mobile->registration.agent : mobile->agent;
}

uint16_t mobile_signalling_port(const struct mobile *mobile)
{
	return mobile_port(mobile);
}

uint64_t mobile_granted(const struct mobile *mobile)
{
	return mobile->registration.live ? mobile->registration.granted : 0;
}

static void add_care_of(const struct mobile *mobile, const struct uplink *uplink,
			struct mobile_care_of *list, size_t most, size_t *n)
{
	if (*n == most || !uplink_is_usable(uplink))
		return;
	list[(*n)++] = (struct mobile_care_of){
		.port = uplink->port,
		.address = uplink->care_of,
		.registered = mobile->registration.live && mobile->registration.uplink == uplink,
		.good = uplink_is_good(uplink),
	};
}

size_t mobile_care_ofs(const struct mobile *mobile, struct mobile_care_of *list, size_t most)
{
	const struct uplink *first = mobile->registration.live ? mobile->registration.uplink : NULL;
	size_t n = 0;

	if (first)
		add_care_of(mobile, first, list, most, &n);
	for (size_t i = 0; i < mobile->order.n; i++)
		if (mobile->order.best[i] != first)
			add_care_of(mobile, mobile->order.best[i], list, most, &n);
	return n;
}

size_t mobile_accepted_networks(const struct mobile *mobile, struct ip_prefix *list, size_t most)
{
	const struct mobile_networks *networks = &mobile->networks;
	size_t n = 0;

	for (size_t i = 0; i < networks->n && n < most; i++)
		if (mobile->registration.live && networks->list[i].accepted)
			list[n++] = networks->list[i].prefix;
	return n;
}

bool mobile_owns(const struct mobile *mobile, const struct ip_prefix *prefix)
{
	const struct mobile_networks *networks = &mobile->networks;

	for (size_t i = 0; mobile->registration.live && i < networks->n; i++) {
		const struct mobile_network *own = &networks->list[i];

		if (own->accepted && own->prefix.len <= prefix->len &&
		    prefix_contains4(&own->prefix, prefix->addr.v4))
			return true;
	}
	return false;
}

/* --- paths to peers -------------------------------------------------------------------------- */

static struct fwd_path path_of(const struct mobile_path *path, uint32_t hub)
{
	return (struct fwd_path){
		.tunnel = path->direct ? tunnel_ref(path->direct).index : hub,
		.backup = path->direct ? hub : FWD_NONE,
		.notify_send = path->notify_send,
		.notify_receive = path->notify_receive,
		.direct = path->direct != NULL,
		.count = true,
		.down = DROP_NOT_REGISTERED,
	};
}

int mobile_path_write(struct mobile *mobile, const struct mobile_path *path, uint32_t hub)
{
	const struct fwd_path set = path_of(path, hub);

	return mobile->core->ops->path_set(mobile->core->fwd, path->index, &set);
}

int mobile_path_open(struct mobile *mobile, struct mobile_path *path)
{
	const struct fwd_path set = path_of(path, mobile_hub_tunnel(mobile).index);
	int result = mobile->core->ops->path_insert(mobile->core->fwd, &set, &path->index);

	if (result < 0)
		return result;
	DL_PREPEND(mobile->peer_paths, path);
	return 0;
}

void mobile_path_close(struct mobile *mobile, struct mobile_path *path)
{
	DL_DELETE(mobile->peer_paths, path);
	link_path_remove(mobile->link, path->index);
}

void mobile_path_update(struct mobile *mobile, struct mobile_path *path)
{
	(void)mobile_path_write(mobile, path, mobile_hub_tunnel(mobile).index);
}
