/* SPDX-License-Identifier: BSD-3-Clause */
/* From files to a checked configuration: read, parse, check, or complain and leave nothing. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "file.h"
#include "reader.h"

#define TUNNEL_PORT 434 /* RFC 3519, section 4.1 */

static const struct doc_limits main_limits = {.bytes = 16 << 20, .nodes = 2000000};

/* A million routers, of a dozen keys each. */
static const struct doc_limits subscriber_limits = {.bytes = 256 << 20, .nodes = 40000000};

/* Another major would be misread, so nothing else is looked at. */
static bool version_check(struct reader *reader)
{
	uint32_t node = doc_child(reader->doc, reader->doc->root, "version");
	const char *text = node == NODE_NONE ? "" : doc_scalar(reader->doc, node);

	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    strtoul(text, NULL, 10) == SCHEMA_VERSION)
		return true;
	reader_complain(reader, node, "version: %.20s is not known; this build reads version %d",
			text, SCHEMA_VERSION);
	return false;
}

/* Whether role is readable is known before the rest is read: rows depend on it. */
static void role_look(struct reader *reader)
{
	uint32_t node = doc_child(reader->doc, reader->doc->root, "role");
	const char *text = node == NODE_NONE ? "" : doc_scalar(reader->doc, node);

	reader->role_known = strcmp(text, "home-agent") == 0 || strcmp(text, "mobile-router") == 0;
}

static bool key_is_given(const struct doc *doc, const char *section, const char *map,
			 const char *key)
{
	uint32_t at = doc_child(doc, doc->root, section);

	if (at != NODE_NONE)
		at = doc_child(doc, at, map);
	return at != NODE_NONE && doc_child(doc, at, key) != NODE_NONE;
}

/* A hub with short lifetimes needs no word about NAT for its defaults to fit them. */
static void nat_complete(struct conf_home *home, const struct doc *doc)
{
	if (!key_is_given(doc, "home-agent", "nat", "max-lifetime") &&
	    home->nat_max_lifetime > home->max_lifetime)
		home->nat_max_lifetime = time_seconds(time_in_seconds(home->max_lifetime));
	if (!key_is_given(doc, "home-agent", "nat", "keepalive") &&
	    home->nat_keepalive > home->nat_max_lifetime)
		home->nat_keepalive =
			time_seconds((time_in_seconds(home->nat_max_lifetime) + 2) / 3);
}

/* Ports are of UDP tunnels only. */
static void tunnel_complete(struct conf_tunnel *tunnel)
{
	if (tunnel->encap != ENCAP_UDP)
		return;
	if (tunnel->local_port == 0)
		tunnel->local_port = TUNNEL_PORT;
	if (tunnel->remote_port == 0)
		tunnel->remote_port = TUNNEL_PORT;
}

/* Defaults that depend on other values. */
static void defaults_complete(struct conf *conf, const struct doc *doc)
{
	const char *slash = strrchr(conf->path, '/');
	const char *base = slash ? slash + 1 : conf->path;
	size_t len = strcspn(base, ".");
	size_t i;

	if (conf->name[0] == '\0')
		snprintf(conf->name, sizeof(conf->name), "%.*s", (int)len, base);
	if (conf->name[0] == '\0')
		snprintf(conf->name, sizeof(conf->name), "haaro");
	if (conf->control_socket.path[0] == '\0')
		snprintf(conf->control_socket.path, sizeof(conf->control_socket.path),
			 "/run/haaro/%s.sock", conf->name);
	for (i = 0; i < conf->n_tunnels; i++)
		tunnel_complete(&conf->tunnels[i]);
	if (conf->role == CONF_HOME_AGENT)
		nat_complete(&conf->home, doc);
}

/* Reads a document that is parsed already. */
static void document_read(struct reader *reader, const struct map *map, void *base)
{
	reader->secret_node = NODE_NONE;
	reader->allocated = 0;
	if (version_check(reader))
		read_map(reader, map, reader->doc->root, base);
}

/* The whole of a load, so that one place frees it. */
struct load {
	struct conf *conf;
	struct complaints complaints;
	struct doc main, subscribers;
	char subscribers_path[FILE_PATH_SIZE];
	const struct load_options *options;
};

static void main_read(struct load *load, const char *text, size_t len)
{
	struct reader reader = {.conf = load->conf,
				.doc = &load->main,
				.complaints = &load->complaints,
				.without_secrets = load->options->without_secrets};

	if (doc_parse(&load->main, load->conf->path, text, len, &main_limits, &load->complaints) <
	    0)
		return;
	role_look(&reader);
	document_read(&reader, &schema_main, load->conf);
	defaults_complete(load->conf, &load->main);
	if (reader.secret_node != NODE_NONE && !load->options->private_text)
		reader_complain(
			&reader, reader.secret_node,
			"secret: stands in a file that others may open; chmod 600 %s, or move "
			"it into a key-file",
			load->conf->path);
}

/* A realm that says nothing of what it sees, sees itself. False: no memory. */
static bool realm_complete(struct conf_realm *realm)
{
	if (realm->n_sees > 0)
		return true;
	realm->sees = calloc(1, sizeof(*realm->sees));
	if (!realm->sees)
		return false;
	memcpy(realm->sees[0], realm->name, sizeof(realm->name));
	realm->n_sees = 1;
	return true;
}

static void realms_complete(struct load *load)
{
	struct conf_subscribers *subscribers = &load->conf->home.subscribers;
	size_t i;

	for (i = 0; i < subscribers->n_realms; i++) {
		if (realm_complete(&subscribers->realms[i]))
			continue;
		complain_file(&load->complaints, load->subscribers_path, "no memory to read it");
		return;
	}
}

static void subscribers_parse(struct load *load, const char *text, size_t len)
{
	struct reader reader = {.conf = load->conf,
				.doc = &load->subscribers,
				.complaints = &load->complaints,
				.role_known = true,
				.without_secrets = load->options->without_secrets};

	if (doc_parse(&load->subscribers, load->subscribers_path, text, len, &subscriber_limits,
		      &load->complaints) < 0)
		return;
	document_read(&reader, &schema_subscribers, &load->conf->home.subscribers);
	realms_complete(load);
}

static void complain_subscribers(struct load *load, const char *what, const char *path)
{
	doc_complain(&load->main, &load->complaints,
		     doc_find(&load->main, "home-agent.subscribers"), "subscribers: %s: %s%s%s",
		     load->subscribers_path, what, path ? " " : "", path ? path : "");
}

static void subscribers_read(struct load *load)
{
	const char *written = load->conf->home.subscribers.path;
	struct file file;

	if (written[0] == '\0')
		return;
	if (file_resolve(load->conf->path, written, load->subscribers_path,
			 sizeof(load->subscribers_path)) < 0) {
		complain_subscribers(load, "the path is too long", NULL);
		return;
	}
	if (load->options->subscribers) {
		subscribers_parse(load, load->options->subscribers,
				  strlen(load->options->subscribers));
		return;
	}
	if (file_read(&file, load->subscribers_path, subscriber_limits.bytes) < 0) {
		complain_subscribers(load, file.complaint, NULL);
		return;
	}
	if (!file.is_private)
		complain_subscribers(load, file.complaint, load->subscribers_path);
	else
		subscribers_parse(load, file.text, file.len);
	file_free(&file);
}

static void checks_run(struct load *load)
{
	struct check check = {.conf = load->conf,
			      .main = &load->main,
			      .subscribers =
				      load->subscribers.n_nodes > 0 ? &load->subscribers : NULL,
			      .complaints = &load->complaints};

	check_conf(&check);
	if (load->complaints.notes_len > 0)
		load->conf->notes = strdup(load->complaints.notes);
}

struct conf *load_text(const char *path, const char *text, size_t len,
		       const struct load_options *options, struct error *err)
{
	struct load load = {.options = options};
	struct conf *conf;

	complaints_init(&load.complaints, err);
	load.conf = calloc(1, sizeof(*load.conf));
	if (!load.conf) {
		complain_file(&load.complaints, path, "no memory to read it");
		return NULL;
	}
	if ((size_t)snprintf(load.conf->path, sizeof(load.conf->path), "%s", path) >=
	    sizeof(load.conf->path))
		complain_file(&load.complaints, path, "the path is too long");
	else
		main_read(&load, text, len);
	if (load.complaints.count == 0 && load.conf->role == CONF_HOME_AGENT)
		subscribers_read(&load);
	if (load.complaints.count == 0)
		checks_run(&load);
	conf = load.conf;
	if (load.complaints.count > 0) {
		conf_free(conf);
		conf = NULL;
	}
	doc_free(&load.main);
	doc_free(&load.subscribers);
	return conf;
}

struct conf *conf_parse(const char *path, const char *text, size_t len, struct error *err)
{
	static const struct load_options options = {.private_text = true};

	return load_text(path, text, len, &options, err);
}

struct conf *conf_load(const char *path, struct error *err)
{
	struct load_options options = {0};
	struct conf *conf;
	struct file file;

	if (file_read(&file, path, main_limits.bytes) < 0) {
		error_set(err, 0, "%s: %s", path, file.complaint);
		return NULL;
	}
	options.private_text = file.is_private;
	conf = load_text(path, file.text, file.len, &options, err);
	file_free(&file);
	return conf;
}
