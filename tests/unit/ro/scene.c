/* SPDX-License-Identifier: BSD-3-Clause */
/* The branch under test, what its hub says of others, and what tests read. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ro/direct.h"
#include "wire/advertisement.h"

/* --- the hub's word ------------------------------------------------------------------------------ */

static void tell_of(struct advertisement_encoder *encoder, const struct far *far,
		    struct writer *writer)
{
	assert_int_equal(
		advertisement_put_router(encoder, far->home_address.v4, far->outbound_only, writer),
		WIRE_OK);
	for (size_t i = 0; i < far->n_networks; i++)
		assert_int_equal(advertisement_put_prefix(encoder, &far->networks[i], "", writer),
				 WIRE_OK);
}

static bool is_told(const struct far *far, const struct registration_capability *asked)
{
	if (asked->flags & CAPABILITY_SOLICIT)
		return far->home_address.v4 == asked->solicited && far->told != TOLD_NEVER;
	return far->told == TOLD_ALWAYS;
}

static void advertise(struct scene *scene, const struct registration_capability *asked,
		      struct registration_advertisement *advertisement)
{
	static struct advertisement_encoder encoder;
	struct writer writer = writer_of(scene->bytes, sizeof(scene->bytes));

	*advertisement = (struct registration_advertisement){
		.is_present = scene->advertisement != NULL,
		.data = scene->advertisement,
		.len = scene->advertisement_len,
	};
	if (scene->advertisement)
		return;
	advertisement_encoder_init(&encoder, true);
	for (size_t i = 0; i < FARS; i++)
		if (is_told(&scene->far[i], asked))
			tell_of(&encoder, &scene->far[i], &writer);
	advertisement->is_present = writer.len > 0;
	advertisement->data = scene->bytes;
	advertisement->len = writer.len;
}

/* As home/ answers (haaro.md, section 9). */
static void answer(void *arg, const struct registration_request *request,
		   struct registration_reply *reply)
{
	const struct registration_capability *asked = &request->capability;
	struct scene *scene = arg;

	scene->capability = *asked;
	if (asked->flags & CAPABILITY_SOLICIT) {
		scene->n_solicitations++;
		scene->solicited = scene->world->core.now.mono;
	}
	if (scene->knows_nothing || !asked->is_present || !reply_code_is_success(reply->code))
		return;
	reply->optimization = (struct registration_optimization){
		.is_present = true,
		.outbound = asked->flags & CAPABILITY_OUTBOUND,
		.nat = scene->nat,
		.solicited = asked->flags & CAPABILITY_SOLICIT,
		.code = scene->grants ? scene->grant_code : OPTIMIZATION_REFUSED,
	};
	if (scene->grants && (asked->flags & (CAPABILITY_REQUEST | CAPABILITY_SOLICIT)))
		advertise(scene, asked, &reply->advertisement);
}

/* --- what leaves --------------------------------------------------------------------------------- */

static void sent(void *arg, const struct datagram *datagram, uint8_t ttl)
{
	struct scene *scene = arg;
	struct scene_sent *sent = &scene->sent[scene->n_sent++ % SCENE_SENT];
	struct far *far = far_find(scene, &datagram->destination);

	assert_true(datagram->len <= sizeof(sent->bytes));
	*sent = (struct scene_sent){
		.mono = scene->world->core.now.mono,
		.type = message_type(datagram->payload, datagram->len),
		.ttl = ttl,
		.datagram = *datagram,
	};
	memcpy(sent->bytes, datagram->payload, datagram->len);
	sent->datagram.payload = sent->bytes;
	scene->counts[sent->type]++;
	if (far)
		far_take(far, &sent->datagram);
}

static const struct far *behind(const struct scene *scene, const struct link_echo *echo,
				const struct tunnel_spec *spec)
{
	for (size_t i = 0; i < FARS; i++) {
		const struct far *far = &scene->far[i];

		if (addr_is_equal(&far->home_address, &echo->destination) &&
		    (addr_is_equal(&far->care_of, &spec->remote) ||
		     addr_is_equal(&far->also_at, &spec->remote)))
			return far;
	}
	return NULL;
}

static void echoed(void *arg, const struct link_echo *echo, const struct tunnel_spec *spec)
{
	struct scene *scene = arg;
	const struct far *far = behind(scene, echo, spec);
	struct world_delivery *delivery;

	scene->echoes[scene->n_echoes++ % SCENE_ECHO] = (struct scene_echo){
		.mono = scene->world->core.now.mono,
		.echo = *echo,
		.local = spec->local,
		.remote = spec->remote,
		.remote_port = spec->remote_port,
	};
	if (!far || far->dead || addr_is_equal(&far->unheard, &spec->local) ||
	    (far->mtu && echo->size > far->mtu) || (far->udp_only && spec->encap != ENCAP_UDP) ||
	    (far->echo_port && spec->encap == ENCAP_UDP && far->echo_port != spec->remote_port))
		return;
	delivery = world_enqueue(scene->world);
	delivery->is_event = true;
	delivery->event = core_event(&scene->world->core, EVENT_ECHO_REPLY);
	delivery->event.peer = echo->destination;
	delivery->event.tunnel = echo->tunnel;
	delivery->event.value = echo->sequence;
	delivery->event.value2 = echo->identifier;
}

/* --- what comes ---------------------------------------------------------------------------------- */

static bool takes(void *arg, const struct datagram *datagram)
{
	struct scene *scene = arg;

	if (!scene->ro || !ro_takes(scene->ro, datagram))
		return false;
	ro_handle_datagram(scene->ro, datagram);
	return true;
}

static void handle_event(void *arg, const struct event *event)
{
	struct scene *scene = arg;

	if (scene->ro)
		ro_handle_event(scene->ro, event);
}

static void reload(void *arg, const struct conf *next)
{
	struct scene *scene = arg;

	ro_reload(scene->ro, next);
}

/* --- life ---------------------------------------------------------------------------------------- */

static void configure(struct conf *conf)
{
	conf->mobile.route_optimization = true;
	conf->mobile.n_uplinks = 1;
	conf->mobile.optimization = (struct conf_optimization){
		.advertise = true,
		.request = true,
		.trigger = CONF_TRIGGER_SEND,
		.threshold_packets = 1,
		.threshold_within = time_seconds(10),
		.mutual = CONF_MUTUAL_WAIT,
		.encapsulations = {ENCAP_UDP},
		.n_encapsulations = 1,
		.lifetime = time_seconds(300),
		.max_lifetime = time_seconds(420),
		.keepalive = {.interval = 500 * NS_PER_MS, .losses = 3},
		.keepalive_idle = time_seconds(5),
		.keepalive_full_size = true,
		.hold_down_first = time_seconds(30),
		.hold_down_longest = time_seconds(600),
		.max_peers = 1000,
	};
}

struct scene *scene_create(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	scene->world = world_create(1);
	configure(&scene->world->conf);
	scene->world->above = (struct world_above){
		.arg = scene,
		.takes = takes,
		.handle_event = handle_event,
		.reload = reload,
		.answer = answer,
		.sent = sent,
		.echoed = echoed,
	};
	scene->grants = true;
	far_init(scene);
	return scene;
}

void scene_start(struct scene *scene)
{
	struct world *world = scene->world;
	struct error err;

	world_start(world);
	assert_int_equal(ro_create(&scene->ro, &world->core, &world->link, world->mobile,
				   &world->conf, &err),
			 0);
	world_run_until(world, MOBILE_REGISTERED, 5 * NS_PER_S);
}

void scene_destroy(struct scene *scene)
{
	ro_destroy(scene->ro);
	scene->ro = NULL;
	far_fini(scene);
	world_destroy(scene->world);
	free(scene);
}

void scene_run(struct scene *scene, uint64_t duration)
{
	world_run(scene->world, duration);
}

void scene_restart(struct scene *scene)
{
	struct world *world = scene->world;
	struct error err;

	ro_destroy(scene->ro);
	scene->ro = NULL;
	mobile_destroy(world->mobile);
	world->mobile = NULL;
	assert_int_equal(world->link.n_tunnels, 0);
	world->n_queue = 0;
	assert_int_equal(
		mobile_create(&world->mobile, &world->core, &world->link, &world->conf, &err), 0);
	assert_int_equal(ro_create(&scene->ro, &world->core, &world->link, world->mobile,
				   &world->conf, &err),
			 0);
	world_run_until(world, MOBILE_REGISTERED, 5 * NS_PER_S);
}

void scene_refresh(struct scene *scene)
{
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(mobile_ask_hub(scene->world->mobile), 0);
	scene_run(scene, 2 * WORLD_RTT);
}

void scene_traffic(struct scene *scene, const struct far *far, bool sent)
{
	const struct peer *peer = scene_peer(scene, far);
	struct fwd_path *path = &scene->world->fwd.paths[peer->path.index];
	const struct punt punt = {.reason = PUNT_NOTIFY, .path = peer->path.index};

	if (!(sent ? path->notify_send : path->notify_receive))
		return;
	ro_handle_notify(scene->ro, &punt);
	world_settle(scene->world);
}

/* --- reading -------------------------------------------------------------------------------------- */

size_t scene_count(const struct scene *scene, enum message_type type)
{
	return scene->counts[type];
}

const struct scene_sent *scene_last(const struct scene *scene, enum message_type type)
{
	for (size_t n = scene->n_sent; n > 0 && n + SCENE_SENT > scene->n_sent; n--)
		if (scene->sent[(n - 1) % SCENE_SENT].type == type)
			return &scene->sent[(n - 1) % SCENE_SENT];
	fail_msg("no message of type %u was sent", (unsigned int)type);
	return NULL;
}

const struct peer *scene_peer(const struct scene *scene, const struct far *far)
{
	const struct peer *peer = peer_find(scene->ro, &far->home_address);

	assert_non_null(peer);
	return peer;
}

struct sought {
	struct ip_addr home_address;
	struct ro_session_view view;
	bool found;
};

static bool look(void *arg, const struct ro_session_view *view)
{
	struct sought *sought = arg;

	if (!addr_is_equal(&sought->home_address, &view->home_address))
		return true;
	sought->view = *view;
	sought->found = true;
	return false;
}

struct ro_session_view scene_session(const struct scene *scene, const struct far *far)
{
	struct sought sought = {.home_address = far->home_address};

	ro_walk_sessions(scene->ro, look, &sought);
	return sought.view;
}

enum ro_state scene_state(const struct scene *scene, const struct far *far)
{
	return scene_session(scene, far).state;
}

uint32_t scene_way(const struct scene *scene, const char *address)
{
	struct fwd *fwd = &scene->world->fwd;
	const struct ip_addr to = world_addr(address);
	struct fwd_nexthop nexthop;

	assert_int_equal(fake_fwd_ops.route_lookup(fwd, REALM_MAIN, &to, &nexthop), 0);
	assert_int_equal(nexthop.kind, NEXTHOP_PATH);
	return fwd->paths[nexthop.id].tunnel;
}

bool scene_is_direct(const struct scene *scene, const struct far *far)
{
	const struct peer *peer = scene_peer(scene, far);
	const struct fwd_path *path = &scene->world->fwd.paths[peer->path.index];

	assert_int_equal(path->direct,
			 path->tunnel != mobile_hub_tunnel(scene->world->mobile).index);
	return path->direct;
}

bool scene_is_routed(const struct scene *scene, const struct ip_prefix *prefix)
{
	const struct fwd_route *route = fake_fwd_route(&scene->world->fwd, REALM_MAIN, prefix);

	return route && route->nexthop.kind == NEXTHOP_PATH;
}

size_t scene_tunnels(const struct scene *scene, const struct far *far)
{
	size_t n = 0;

	for (const struct direct *direct = scene_peer(scene, far)->directs; direct;
	     direct = direct->next)
		n++;
	return n;
}
