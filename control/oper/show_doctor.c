/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * doctor: what stands in the way of good service, each with what to do. Asks the machine, not the
 * workers; runs in the daemon, which sits in the right network namespace with the right rights.
 */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include "haaro/dataplane.h"

#include "oper/carrier.h"
#include "oper/doctor.h"
#include "oper/memory.h"
#include "oper/offloads.h"
#include "oper/show.h"

void doctor_find(struct answer *answer, enum verdict verdict, const char *check, const char *found,
		 const char *advice)
{
	static const char *const names[] = {"ok", "warn", "fail"};

	answer_row(answer, json_pack("{ss ss so so}", "verdict", names[verdict], "check", check,
				     "found", show_text(found), "advice",
				     advice[0] != '\0' ? show_text(advice) : json_null()));
}

static void check_hugepages(struct answer *answer, const struct running *running)
{
	uint64_t needed = memory_pages(dataplane_memory(running->conf));
	struct memory memory;
	char found[128];
	char advice[96] = "";

	memory_read(&memory);
	snprintf(found, sizeof(found), "needed %" PRIu64 ", reserved %" PRIu64 ", free %" PRIu64,
		 needed, memory_pages(memory_total(&memory)), memory_pages(memory_free(&memory)));
	if (!running->hugepages && memory_total(&memory) > 0)
		snprintf(advice, sizeof(advice),
			 "restart without --no-huge: it runs on ordinary memory");
	else if (!running->hugepages)
		snprintf(advice, sizeof(advice),
			 "sysctl -w vm.nr_hugepages=%" PRIu64
			 " and restart: it runs on ordinary memory",
			 needed);
	doctor_find(answer, running->hugepages ? VERDICT_OK : VERDICT_WARN, "hugepages of 2 MiB",
		    found, advice);
}

/*
 * A kernel interface that segments or leaves checksums to hardware hands over frames that are
 * larger than a buffer or have no checksum yet.
 */
static void check_offloads(struct answer *answer, const struct conf_port *port)
{
	char interface[IF_NAMESIZE];
	char check[64];
	char found[64] = "";
	char advice[192];
	int on;

	if (!carrier_interface(port->device, interface))
		return;
	snprintf(check, sizeof(check), "offloads of %s", interface);
	on = offloads_read(interface);
	if (on <= 0) {
		doctor_find(answer, on < 0 ? VERDICT_FAIL : VERDICT_OK, check,
			    on < 0 ? strerror(-on) : "off",
			    on < 0 ? "create the interface, or mend ports" : "");
		return;
	}
	snprintf(advice, sizeof(advice), "ethtool -K %s", interface);
	for (int i = 0; i < OFFLOADS; i++) {
		size_t found_len = strlen(found);
		size_t advice_len = strlen(advice);

		if ((on & 1 << i) == 0)
			continue;
		snprintf(found + found_len, sizeof(found) - found_len, "%s%s on",
			 found_len == 0 ? "" : ", ", offloads_names[i]);
		snprintf(advice + advice_len, sizeof(advice) - advice_len, " %s off",
			 offloads_names[i]);
	}
	strncat(advice, "; at the other end of a veth too", sizeof(advice) - strlen(advice) - 1);
	doctor_find(answer, VERDICT_WARN, check, found, advice);
}

static void check_permissions(struct answer *answer)
{
	if (geteuid() == 0)
		doctor_find(answer, VERDICT_OK, "permissions", "root", "");
	else
		doctor_find(answer, VERDICT_WARN, "permissions", "not root",
			    "run as root, or grant CAP_NET_ADMIN, CAP_NET_RAW and CAP_IPC_LOCK");
}

/*
 * Registration Identification is a timestamp (RFC 5944, section 5.7.1): a wrong clock is refused. A
 * hardened unit may not ask the kernel; then the file of systemd-timesyncd says it.
 */
static void check_clock(struct answer *answer)
{
	struct timex timex = {0};
	int state = adjtimex(&timex);

	if (access("/run/systemd/timesync/synchronized", F_OK) == 0 ||
	    (state >= 0 && state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0))
		doctor_find(answer, VERDICT_OK, "clock", "synchronised", "");
	else
		doctor_find(answer, VERDICT_WARN, "clock",
			    state < 0 ? "unknown: the kernel may not be asked" : "not synchronised",
			    "run an NTP client: registrations carry timestamps, 7 s apart at most");
}

static void check_group(struct answer *answer, const struct conf *conf)
{
	char advice[CONF_NAME_SIZE + 32];
	char check[CONF_NAME_SIZE + 16];

	snprintf(check, sizeof(check), "group %s", conf->control_socket.group);
	snprintf(advice, sizeof(advice), "groupadd --system %s", conf->control_socket.group);
	if (getgrnam(conf->control_socket.group) != NULL)
		doctor_find(answer, VERDICT_OK, check, "exists", "");
	else
		doctor_find(answer, VERDICT_WARN, check, "missing: only root may use haaroctl",
			    advice);
}

/* A path as written in the configuration: if relative, beside its file. */
static void resolve(const struct conf *conf, const char *written, char *path, size_t size)
{
	const char *slash = strrchr(conf->path, '/');

	if (written[0] == '/' || slash == NULL)
		snprintf(path, size, "%s", written);
	else
		snprintf(path, size, "%.*s/%s", (int)(slash - conf->path), conf->path, written);
}

static void check_mode(struct answer *answer, const struct conf *conf, const char *written)
{
	char path[2 * CONF_PATH_SIZE];
	char advice[2 * CONF_PATH_SIZE + 16];
	struct stat status;

	if (written == NULL || written[0] == '\0')
		return;
	resolve(conf, written, path, sizeof(path));
	snprintf(advice, sizeof(advice), "chmod 600 %s", path);
	if (stat(path, &status) < 0)
		doctor_find(answer, VERDICT_WARN, path, strerror(errno), "a reload would fail");
	else if ((status.st_mode & 077) != 0)
		doctor_find(answer, VERDICT_FAIL, path, "holds keys, and others may use it",
			    advice);
	else
		doctor_find(answer, VERDICT_OK, path, "only its owner may read it", "");
}

static void check_files(struct answer *answer, const struct conf *conf)
{
	if (conf->role == CONF_HOME_AGENT)
		check_mode(answer, conf, conf->home.subscribers.path);
	for (size_t i = 0; i < conf->mobile.n_keys; i++)
		check_mode(answer, conf, conf->mobile.keys[i].file);
}

/* Who restarts would meet it. */
static void check_reload(struct answer *answer, const struct reload_result *reload)
{
	if (reload->is_tried && !reload->ok)
		doctor_find(answer, VERDICT_WARN, "last reload", reload->error.text,
			    "see to it and reload: what runs is not what the file says");
}

/* --- a branch's registration -------------------------------------------------------------- */

static bool hub_answers(const struct mobile_view *view)
{
	for (size_t i = 0; i < view->n_uplinks; i++)
		if (view->uplinks[i].active)
			return view->uplinks[i].carrier && view->uplinks[i].answers;
	return false;
}

static void check_registration(struct answer *answer, const struct running *running)
{
	const struct mobile *mobile = haaro_mobile(running->haaro);
	struct mobile_view view;
	char found[96];

	if (mobile == NULL)
		return;
	mobile_read(mobile, &view);
	switch (view.state) {
	case MOBILE_REGISTERED:
	case MOBILE_REFRESHING:
		if (hub_answers(&view))
			doctor_find(answer, VERDICT_OK, "registration", "registered", "");
		else
			doctor_find(answer, VERDICT_WARN, "registration",
				    "registered, but the hub does not answer",
				    "look whether the hub runs, and what drops packets on the way");
		return;
	case MOBILE_DOWN:
		doctor_find(answer, VERDICT_WARN, "registration", "no uplink can be used",
			    "show registration has the carrier and the answers of each");
		return;
	case MOBILE_HELD:
		snprintf(found, sizeof(found),
			 "refused or revoked, code %u; it tries again by itself", view.last_code);
		doctor_find(answer, VERDICT_WARN, "registration", found,
			    "see show violations, the log and the subscribers at the hub");
		return;
	default:
		snprintf(found, sizeof(found), "not registered: %s", mobile_state_name(view.state));
		doctor_find(answer, VERDICT_WARN, "registration", found,
			    "see show registration; at the hub show violations");
	}
}

int show_doctor(struct answer *answer, const struct running *running)
{
	check_hugepages(answer, running);
	for (size_t i = 0; i < running->conf->n_ports; i++)
		check_offloads(answer, &running->conf->ports[i]);
	check_permissions(answer);
	check_clock(answer);
	check_group(answer, running->conf);
	check_files(answer, running->conf);
	check_reload(answer, &running->reload);
	check_registration(answer, running);
	doctor_look_at_ro(answer, running);
	return 0;
}
