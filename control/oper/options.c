/* SPDX-License-Identifier: BSD-3-Clause */
/* haarod's command line; neighbours: main.c acts on it. */
#include "oper/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

enum { OPTION_CHECK = 256, OPTION_PRINT, OPTION_REPLAY, OPTION_COUNTERS, OPTION_NO_HUGE };

static const struct option table[] = {
	{"check", no_argument, NULL, OPTION_CHECK},
	{"print", no_argument, NULL, OPTION_PRINT},
	{"replay", required_argument, NULL, OPTION_REPLAY},
	{"counters", required_argument, NULL, OPTION_COUNTERS},
	{"no-huge", no_argument, NULL, OPTION_NO_HUGE},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

const char *options_help(void)
{
	return "Usage: haarod [OPTION]... FILE\n"
	       "A Home Agent or a Mobile Router, as the configuration FILE says. Stays in the\n"
	       "foreground; SIGHUP reloads FILE, SIGTERM deregisters, drains and exits.\n"
	       "\n"
	       "  --check          check FILE, print the memory that it takes, and exit\n"
	       "  --print          print FILE in its canonical form, and exit\n"
	       "  --replay SEED    run on pcap, ring and null ports in one thread, with the clock\n"
	       "                   of the packets and randomness from SEED, until all is drained\n"
	       "  --counters PATH  with --replay: write the counters to PATH as JSON\n"
	       "  --no-huge        use ordinary memory even if there are hugepages\n"
	       "  --version        print the version and build id\n"
	       "  --help           print this\n"
	       "\n"
	       "Exit status: 0 done, 1 could not start or run, 2 the configuration or the command\n"
	       "line is wrong.\n";
}

static int take_seed(struct options *options, const char *text, struct error *err)
{
	char *end;

	errno = 0;
	options->seed = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0)
		return error_set(err, -EINVAL, "--replay %s: the seed is a number from 0 to 2^64-1",
				 text);
	options->action = ACTION_REPLAY;
	return 0;
}

/* One option; a second action beside the first is refused rather than silently preferred. */
static int take(struct options *options, int option, struct error *err)
{
	if (option == OPTION_COUNTERS) {
		options->counters = optarg;
		return 0;
	}
	if (option == OPTION_NO_HUGE) {
		options->no_huge = true;
		return 0;
	}
	if (option == '?' || option == ':')
		return error_set(err, -EINVAL,
				 "unknown option, or its value is missing; see haarod --help");
	if (options->action != ACTION_RUN)
		return error_set(err, -EINVAL,
				 "--check, --print, --replay, --version and --help "
				 "exclude each other");
	if (option == OPTION_REPLAY)
		return take_seed(options, optarg, err);
	options->action = option == OPTION_CHECK   ? ACTION_CHECK
			  : option == OPTION_PRINT ? ACTION_PRINT
			  : option == 'V'          ? ACTION_VERSION
						   : ACTION_HELP;
	return 0;
}

int options_parse(struct options *options, int argc, char **argv, struct error *err)
{
	int option;

	*options = (struct options){.action = ACTION_RUN};
	optind = 0; /* glibc: start anew, so that tests may call this twice */
	opterr = 0;
	while ((option = getopt_long(argc, argv, "Vh", table, NULL)) != -1) {
		int result = take(options, option, err);

		if (result < 0)
			return result;
	}
	if (options->action == ACTION_VERSION || options->action == ACTION_HELP)
		return 0;
	if (argc - optind != 1)
		return error_set(err, -EINVAL, "name one configuration file; see haarod --help");
	if (options->counters != NULL && options->action != ACTION_REPLAY)
		return error_set(err, -EINVAL,
				 "--counters goes with --replay; use haaroctl show counters");
	options->file = argv[optind];
	return 0;
}
