/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The composition root: configuration, data plane, router, operator surface, in this order up and in
 * the reverse order down. The one file that joins the rooms; what each does is in its own.
 */
#include <errno.h>
#include <stdio.h>

#include "haaro/dataplane.h"

#include "oper/build.h"
#include "oper/carrier.h"
#include "oper/memory.h"
#include "oper/oper.h"
#include "oper/source.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

static int fail(int status, const struct error *err)
{
	fprintf(stderr, "haarod: %s\n", err->text);
	return status;
}

static int print_version(void)
{
	char build[BUILD_ID_SIZE];

	printf("haarod %s (build %s)\n", build_version(), build_id(build));
	return EXIT_DONE;
}

/* Runs what is made: live, or a replay. */
static int operate(struct running *running, const struct options *options, struct error *err)
{
	struct oper *oper = NULL;
	int result;

	if (options->action == ACTION_REPLAY)
		return oper_replay(running, options, err);
	result = oper_create(&oper, running, err);
	if (result < 0)
		return result;
	result = dataplane_start(running->fwd, err);
	if (result < 0)
		goto out_oper;
	oper_run(oper);
	dataplane_stop(running->fwd);
out_oper:
	oper_destroy(oper);
	return result;
}

static int start(struct conf **conf, const struct options *options, struct error *err)
{
	bool replay = options->action == ACTION_REPLAY;
	struct dataplane_options how = {
		.no_hugepages = options->no_huge || !memory_has_hugepages(),
		.no_threads = replay,
		.packet_clock = replay,
	};
	struct random_seeded seeded;
	struct running running = {
		.conf = *conf, .ops = &dataplane_ops, .hugepages = !how.no_hugepages};
	struct haaro_environment environment = {
		.ops = &dataplane_ops, .random = source_random(), .subscriber = log_handle_event};
	int result = -ENOMEM;

	if (replay) {
		random_seed(&seeded, options->seed);
		environment.random = (struct random){.fill = random_seeded_fill, .state = &seeded};
	}
	running.log = log_open(*conf);
	if (running.log == NULL)
		return error_set(err, -ENOMEM, "out of memory");
	result = carrier_check(*conf, err);
	if (result < 0)
		goto out_log;
	running.fwd = dataplane_create(*conf, &how, err);
	result = -ENOMEM;
	if (running.fwd == NULL)
		goto out_log;
	running.workers = dataplane_workers(running.fwd);
	running.now.mono = dataplane_time(running.fwd);
	running.now.wall = replay ? running.now.mono : source_wall();
	environment.fwd = running.fwd;
	environment.subscriber_arg = running.log;
	result = haaro_create(&running.haaro, *conf, &environment, &running.now, err);
	if (result < 0)
		goto out_fwd;
	result = operate(&running, options, err);
	haaro_destroy(running.haaro);
out_fwd:
	dataplane_destroy(running.fwd);
out_log:
	log_destroy(running.log);
	*conf = running.conf; /* a reload may have replaced it */
	return result;
}

int main(int argc, char **argv)
{
	struct options options;
	struct error err = {{0}};
	struct conf *conf;
	int status = EXIT_DONE;

	if (options_parse(&options, argc, argv, &err) < 0)
		return fail(EXIT_USAGE, &err);
	if (options.action == ACTION_VERSION)
		return print_version();
	if (options.action == ACTION_HELP)
		return fputs(options_help(), stdout) < 0 ? EXIT_FAILED : EXIT_DONE;
	conf = conf_load(options.file, &err);
	if (conf == NULL)
		return fail(EXIT_USAGE, &err);
	if (options.action == ACTION_CHECK)
		memory_report(conf, dataplane_memory(conf), stdout);
	else if (options.action == ACTION_PRINT)
		status = conf_print(conf, stdout) < 0 ? EXIT_FAILED : EXIT_DONE;
	else if (options.action == ACTION_REPLAY && oper_check_replay(conf, &err) < 0)
		status = fail(EXIT_USAGE, &err);
	else if (start(&conf, &options, &err) < 0)
		status = fail(EXIT_FAILED, &err);
	conf_free(conf);
	return status;
}
