/* SPDX-License-Identifier: BSD-3-Clause */
#include "fakes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/buffer.h>

#include "haaro/addr.h"
#include "haaro/dataplane.h"

#include "oper/command.h"

static struct fakes fakes;

/* Numbers that differ from each other, so that none can stand in for another. */
static void counters_read(struct fwd *fwd, struct fwd_counters *counters)
{
	(void)fwd;
	memset(counters, 0, sizeof(*counters));
	for (int i = 0; i < DROP_MAX; i++)
		counters->drops[i] = 1000 + (uint64_t)i;
	for (int i = 0; i < PUNT_CLASS_MAX; i++)
		counters->punted[i] = 2000 + (uint64_t)i;
	counters->errors_suppressed = 3001;
	counters->injected = 3002;
	counters->inject_failed = 3003;
	counters->fragments_made = 3004;
	counters->mss_clamped = 3005;
	counters->ecn_warnings = 3006;
}

static int worker_read(struct fwd *fwd, unsigned int worker, struct worker_counters *counters)
{
	(void)fwd;
	*counters = (struct worker_counters){.cycles_total = 4000 + worker,
					     .cycles_busy = 1000,
					     .polls = 4200 + worker,
					     .polls_busy = 4300 + worker,
					     .sleeps = 4400 + worker,
					     .packets = 100,
					     .core = (uint16_t)(2 + worker)};
	for (int i = 0; i < STAGE_MAX; i++) {
		counters->stage[i].packets = 5000 + 100 * worker + (uint64_t)i;
		counters->stage[i].cycles = 6000 + 100 * worker + (uint64_t)i;
		counters->stage[i].drops = 7000 + 100 * worker + (uint64_t)i;
	}
	return 0;
}

static void usage_read(struct fwd *fwd, struct fwd_usage *usage)
{
	(void)fwd;
	*usage = (struct fwd_usage){.tunnels = 81,
				    .tunnels_capacity = 10000,
				    .paths = 82,
				    .paths_capacity = 10,
				    .bindings = 83,
				    .bindings_capacity = 800,
				    .routes = 3,
				    .routes_capacity = 801,
				    .adjacencies = 84,
				    .adjacencies_capacity = 4,
				    .retired = 85,
				    .table_full = 86,
				    .table_bytes = 87};
}

static int port_read(struct fwd *fwd, uint16_t port, struct fwd_port_state *state)
{
	(void)fwd;
	*state = (struct fwd_port_state){.driver = "net_null",
					 .mac = {{2, 0, 0, 0, 0, 9}},
					 .mtu = 1500,
					 .queues = 2,
					 .present = true,
					 .pmd_link_up = true,
					 .set = {.role = PORT_ROLE_UPLINK, .up = true}};
	state->counters = (struct port_counters){.received = {9001, 9002},
						 .sent = {9003, 9004},
						 .receive_missed = 9005,
						 .receive_errors = 9006,
						 .send_errors = 9007};
	return port == 0 ? 0 : -EINVAL;
}

/* Tunnel 9999 alone, the last of its table. */
static int tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state)
{
	(void)fwd;
	if (index != 9999)
		return -ENOENT;
	*state = (struct fwd_tunnel_state){.ref = {9999, 7}};
	state->set = (struct fwd_tunnel){.encap = ENCAP_UDP,
					 .local = addr_v4(inet_addr("198.51.100.1")),
					 .remote = addr_v4(inet_addr("203.0.113.9")),
					 .local_port = 434,
					 .remote_port = 40112,
					 .mtu = 1468,
					 .adjacency = 2};
	state->counters = (struct tunnel_counters){
		.received = {11, 12}, .sent = {13, 14}, .drops = 15, .heard = 40 * NS_PER_S};
	return 0;
}

static int path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path)
{
	(void)fwd;
	*path = (struct fwd_path){.tunnel = index == 1 ? 9999 : FWD_NONE,
				  .backup = FWD_NONE,
				  .direct = index == 1,
				  .notify_receive = index == 4,
				  .down = DROP_UNBOUND};
	return index == 1 || index == 4 ? 0 : -ENOENT;
}

static int adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency)
{
	(void)fwd;
	*adjacency = (struct fwd_adjacency){.kind = ADJACENCY_FORWARD,
					    .mtu = 1500,
					    .source = {{2, 0, 0, 0, 0, 9}},
					    .destination = {{2, 0, 0, 0, 0, 0xfe}}};
	return index == 2 ? 0 : -ENOENT;
}

static int route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg)
{
	static const struct fwd_nexthop nexthops[3] = {
		{.kind = NEXTHOP_ADJACENCY, .id = 2, .own = true},
		{.kind = NEXTHOP_PATH, .id = 1},
		{.kind = NEXTHOP_UNREACHABLE, .id = DROP_UNBOUND},
	};

	(void)fwd;
	for (unsigned int i = 0; i < 3; i++) {
		struct fwd_route route = {
			.realm = realm,
			.prefix = prefix_v4(htonl(UINT32_C(0x0a000000) + (i << 8)), 24),
			.nexthop = nexthops[i],
		};

		if (!visit(arg, &route))
			break;
	}
	return 0;
}

static const struct fwd_ops ops = {
	.counters_read = counters_read,
	.worker_read = worker_read,
	.usage_read = usage_read,
	.port_read = port_read,
	.tunnel_read = tunnel_read,
	.path_read = path_read,
	.adjacency_read = adjacency_read,
	.route_walk = route_walk,
};

struct fakes *fakes_init(bool is_home)
{
	static const struct log_options options = {.level = CONF_LOG_ERROR,
						   .format = CONF_LOG_TEXT};
	struct log_options quiet = options;

	memset(&fakes, 0, sizeof(fakes));
	quiet.out = stderr;
	fakes.is_home = is_home;
	fakes.conf = (struct conf){.role = is_home ? CONF_HOME_AGENT : CONF_MOBILE_ROUTER,
				   .name = "hub",
				   .path = "/etc/haaro/hub.yaml",
				   .ports = &fakes.port,
				   .n_ports = 1};
	fakes.conf.mobile.optimization.max_peers = 1000;
	fakes.conf.mobile.optimization.keepalive.interval = 500 * NS_PER_MS;
	fakes.conf.mobile.optimization.keepalive_full_size = true;
	fakes.ro = (struct ro_view){.enabled = true,
				    .granted = true,
				    .answered = 61 * NS_PER_S,
				    .nat = true,
				    .peers = 2,
				    .prefixes = 3,
				    .sessions = 5,
				    .direct = 4};
	fakes.port = (struct conf_port){.name = "wan", .device = "net_null0", .mtu = 1500};
	fakes.running = (struct running){.conf = &fakes.conf,
					 .haaro = (struct haaro *)&fakes,
					 .ops = &ops,
					 .workers = 2,
					 .log = log_create(&quiet),
					 .now = {100 * NS_PER_S, 0},
					 .is_started = true};
	return &fakes;
}

void fakes_fini(void)
{
	log_destroy(fakes.running.log);
}

json_t *fakes_ask(const char *line, char *error, size_t *calls)
{
	struct answer answer = {.out = evbuffer_new()};
	const struct command *command;
	json_t *rows = json_array();
	int result = -EINVAL;
	size_t n = 0;
	char *text;

	assert_int_equal(request_parse(&answer.request, line, strlen(line)), 0);
	command = command_find(&answer);
	if (command != NULL && command->change != NULL)
		result = command->change(&answer, &fakes.running);
	for (; command != NULL && command->next != NULL && n < 100000; n++) {
		result = command->next(&answer, &fakes.running);
		if (result <= 0)
			break;
	}
	answer_end(&answer, result);
	answer_clear(&answer);
	error[0] = '\0';
	while ((text = evbuffer_readln(answer.out, NULL, EVBUFFER_EOL_LF)) != NULL) {
		json_t *object = json_loads(text, 0, NULL);

		assert_non_null(object);
		if (json_object_get(object, "row") != NULL)
			json_array_append(rows, json_object_get(object, "row"));
		else if (!json_is_true(json_object_get(object, "ok")))
			snprintf(error, 256, "%s",
				 json_string_value(json_object_get(object, "error")));
		json_decref(object);
		free(text);
	}
	evbuffer_free(answer.out);
	if (calls != NULL)
		*calls = n + 1;
	return rows;
}

void fakes_expect(const char *line, const char *golden)
{
	char error[256];
	json_t *rows = fakes_ask(line, error, NULL);
	json_t *wanted = json_loads(golden, 0, NULL);

	assert_string_equal(error, "");
	assert_non_null(wanted);
	if (!json_equal(rows, wanted))
		json_dumpf(rows, stderr, JSON_INDENT(1));
	assert_true(json_equal(rows, wanted));
	json_decref(wanted);
	json_decref(rows);
}

void fakes_expect_error(const char *line, const char *golden)
{
	char error[256];

	json_decref(fakes_ask(line, error, NULL));
	assert_string_equal(error, golden);
}

/* --- router.h ------------------------------------------------------------------------ */

const struct home *haaro_home(const struct haaro *haaro)
{
	return fakes.is_home ? (const struct home *)haaro : NULL;
}

const struct mobile *haaro_mobile(const struct haaro *haaro)
{
	return fakes.is_home ? NULL : (const struct mobile *)haaro;
}

int haaro_clear_binding(struct haaro *haaro, const struct now *now,
			const struct ip_addr *home_address)
{
	(void)haaro;
	(void)now;
	fakes.is_cleared = home_address->v4 == inet_addr("192.0.2.1");
	return fakes.is_cleared ? 0 : -ENOENT;
}

int haaro_reload(struct haaro *haaro, const struct now *now, const struct conf *next,
		 struct error *err)
{
	(void)haaro;
	(void)now;
	(void)next;
	return fakes.reload_result < 0 ? error_set(err, fakes.reload_result, "two own 10.1.0.0/24")
				       : 0;
}

const struct link *haaro_link(const struct haaro *haaro)
{
	return (const struct link *)haaro;
}

/* --- link.h -------------------------------------------------------------------------- */

const char *neighbour_state_name(enum neighbour_state state)
{
	return state == NEIGHBOUR_REACHABLE ? "reachable" : "failed";
}

void link_walk_neighbours(const struct link *link, link_neighbour_visit visit, void *arg)
{
	struct link_neighbour_view view = {.port = 0,
					   .address = addr_v4(inet_addr("198.51.100.254")),
					   .state = NEIGHBOUR_REACHABLE,
					   .mac = {{2, 0, 0, 0, 0, 0xfe}},
					   .age = 7 * NS_PER_S,
					   .adjacency = 2,
					   .users = 1};

	(void)link;
	visit(arg, &view);
}

void link_walk_tunnels(const struct link *link, link_tunnel_visit visit, void *arg)
{
	struct link_tunnel_view view = {.name = "",
					.ref = {9999, 7},
					.encap = ENCAP_UDP,
					.local = addr_v4(inet_addr("198.51.100.1")),
					.remote = addr_v4(inet_addr("203.0.113.9")),
					.local_port = 434,
					.remote_port = 40112,
					.peer = addr_v4(inet_addr("192.0.2.1")),
					.port = 0,
					.next_hop = addr_v4(inet_addr("198.51.100.254")),
					.next_hop_state = NEIGHBOUR_REACHABLE,
					.mtu = 1468,
					.path_mtu = 1500,
					.path_mtu_age = 9 * NS_PER_S,
					.errors = 4};

	(void)link;
	visit(arg, &view);
	view.ref.generation = 6; /* gone meanwhile */
	visit(arg, &view);
}

const struct link_counters *link_counters(const struct link *link)
{
	(void)link;
	return &fakes.link_counters;
}

/* --- home.h and mobile.h ------------------------------------------------------------- */

void home_walk_bindings(const struct home *home, home_binding_visit visit, void *arg)
{
	(void)home;
	for (size_t i = 0; i < fakes.n_bindings; i++) {
		uint32_t network = UINT32_C(0x0a010000) + ((uint32_t)i << 8);
		struct ip_prefix networks[2] = {prefix_v4(htonl(network), 24),
						prefix_v4(htonl(network + 0x80), 25)};
		struct home_binding_view view = {
			.name = "branch-a",
			.home_address = addr_v4(htonl(UINT32_C(0xc0000201) + (uint32_t)i)),
			.care_of = addr_v4(inet_addr("10.1.1.5")),
			.effective = addr_v4(inet_addr("203.0.113.9")),
			.effective_port = 40112,
			.behind_nat = true,
			.encap = ENCAP_UDP,
			.tunnel = {5, 1},
			.granted = 600,
			.remaining = 65 * NS_PER_S,
			.since = 10 * NS_PER_S,
			.spi = 1000,
			.identification = UINT64_C(0x0102030405060708),
			.renewals = 3,
			.networks = networks,
			.n_networks = 1 + i % 2,
		};

		if (!visit(arg, &view))
			return;
	}
}

const struct home_counters *home_counters(const struct home *home)
{
	(void)home;
	return &fakes.home_counters;
}

void home_walk_violations(const struct home *home, home_violation_visit visit, void *arg)
{
	struct home_violation violation = {.home_address = addr_v4(inet_addr("192.0.2.7")),
					   .peer = addr_v4(inet_addr("203.0.113.66")),
					   .peer_port = 434,
					   .spi = 1001,
					   .reason = "wrong authenticator",
					   .number = 1};

	(void)home;
	visit(arg, &violation);
}

const char *mobile_state_name(enum mobile_state state)
{
	return state == MOBILE_REGISTERED ? "registered" : "down";
}

void mobile_read(const struct mobile *mobile, struct mobile_view *view)
{
	(void)mobile;
	*view = fakes.mobile;
}

const struct mobile_counters *mobile_counters(const struct mobile *mobile)
{
	(void)mobile;
	return &fakes.mobile_counters;
}

/* --- conf.h and dataplane.h ---------------------------------------------------------- */

struct conf *conf_load(const char *path, struct error *err)
{
	if (fakes.next == NULL)
		error_set(err, -EINVAL, "%s:3:1: unknown key: nmae; did you mean name?", path);
	return fakes.next;
}

void conf_free(struct conf *conf)
{
	(void)conf;
}

int conf_print(const struct conf *conf, FILE *out)
{
	return fprintf(out, "name: %s\n", conf->name) > 0 ? 0 : -EIO;
}

const char *conf_restart_key(const struct conf *running, const struct conf *next, struct error *err)
{
	(void)running;
	(void)next;
	(void)err;
	return fakes.key;
}

void dataplane_set_idle(struct fwd *fwd, enum conf_idle idle)
{
	(void)fwd;
	(void)idle;
}

uint64_t dataplane_time(const struct fwd *fwd)
{
	(void)fwd;
	return fakes.running.now.mono;
}

uint64_t dataplane_memory(const struct conf *conf)
{
	(void)conf;
	return UINT64_C(3) << 20;
}
