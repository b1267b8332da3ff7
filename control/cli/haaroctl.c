/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * haaroctl: asks a running haarod. One command as arguments, a file of commands (-f), or a prompt.
 * Knows the control socket only.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/run.h"

static const char help[] =
	"Usage: haaroctl [OPTION]... [COMMAND]...\n"
	"Asks the haarod that runs here. Without COMMAND: a prompt, with completion.\n"
	"\n"
	"  -s, --socket PATH     the daemon's control socket\n"
	"  -i, --instance NAME   the one at /run/haaro/NAME.sock; needed when several run\n"
	"  -j, --json            print JSON instead of tables\n"
	"  -a, --all             print rows that are zero too (drops, counters, stages)\n"
	"  -f, --file FILE       run the commands in FILE (- for standard input), a line each,\n"
	"                        stop at the first that fails\n"
	"  -t, --timeout SECONDS how long wait-ready waits (default 30)\n"
	"      --version         print haaroctl's version; the command version asks the daemon "
	"too\n"
	"      --help            print this; the command help lists the daemon's commands\n"
	"\n"
	"  show bindings|registration|tunnels|routes|paths|adjacencies|neighbours|ports|workers|\n"
	"       stages|counters|drops|violations|events|usage|config|reload|version\n"
	"  show ro [sessions|cache|nonces|advertised]\n"
	"                        direct paths between branches\n"
	"  ro explain FROM TO    why packets go directly or by the hub, and what to do\n"
	"  ro start|stop ADDRESS ask for a direct path to a branch, or leave it\n"
	"  reload                read the configuration file anew\n"
	"  clear binding ADDRESS revoke and remove a binding\n"
	"  wait-ready            wait until it runs (hub) or is registered (branch)\n"
	"  doctor                what stands in the way, and what to do\n"
	"\n"
	"Exit status: 0 done, 1 refused or not ready or unwell, 2 usage, 3 no daemon there.\n";

struct arguments {
	struct run run;
	const char *instance;
	const char *file;
	char line[512]; /* the command */
};

static int usage(const char *what)
{
	fprintf(stderr, "haaroctl: %s; see haaroctl --help\n", what);
	return RUN_USAGE;
}

static int take_timeout(struct run *run, const char *text)
{
	char *end;
	unsigned long seconds = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || seconds > 86400)
		return usage("--timeout takes 0 to 86400 seconds");
	run->timeout = (unsigned int)seconds;
	return RUN_OK;
}

static int take_command(struct arguments *arguments, int n, char **words)
{
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		int added = snprintf(arguments->line + len, sizeof(arguments->line) - len, "%s%s",
				     i == 0 ? "" : " ", words[i]);

		len += (size_t)added;
		if (added < 0 || len >= sizeof(arguments->line))
			return usage("the command is too long");
	}
	return RUN_OK;
}

/* RUN_OK, RUN_USAGE, or -1 when all is done already. */
static int take_arguments(struct arguments *arguments, int argc, char **argv)
{
	static const struct option options[] = {{"socket", required_argument, NULL, 's'},
						{"instance", required_argument, NULL, 'i'},
						{"json", no_argument, NULL, 'j'},
						{"all", no_argument, NULL, 'a'},
						{"file", required_argument, NULL, 'f'},
						{"timeout", required_argument, NULL, 't'},
						{"version", no_argument, NULL, 'V'},
						{"help", no_argument, NULL, 'h'},
						{NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "s:i:jaf:t:Vh", options, NULL)) != -1) {
		if (option == 's')
			arguments->run.socket = optarg;
		else if (option == 'i')
			arguments->instance = optarg;
		else if (option == 'j')
			arguments->run.json = true;
		else if (option == 'a')
			arguments->run.all = true;
		else if (option == 'f')
			arguments->file = optarg;
		else if (option == 't' && take_timeout(&arguments->run, optarg) == RUN_OK)
			continue;
		else if (option == 'V')
			return printf("haaroctl %s\n", HAARO_VERSION) < 0 ? RUN_FAILED : -1;
		else if (option == 'h')
			return fputs(help, stdout) < 0 ? RUN_FAILED : -1;
		else
			return RUN_USAGE;
	}
	if (arguments->file != NULL && optind < argc)
		return usage("a command and --file exclude each other");
	return take_command(arguments, argc - optind, argv + optind);
}

/* One command a line; blank lines and those that begin with # are skipped. */
static enum run_status run_file(struct run *run, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	enum run_status status = RUN_OK;
	unsigned int number = 0;
	char line[512];

	if (file == NULL) {
		perror(path);
		return RUN_USAGE;
	}
	while (status == RUN_OK && !run->quit && fgets(line, sizeof(line), file) != NULL) {
		char where[600];

		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[strspn(line, " \t")] == '\0' || line[strspn(line, " \t")] == '#')
			continue;
		snprintf(where, sizeof(where), "%s:%u", path, number);
		status = run_line(run, line + strspn(line, " \t"), where);
	}
	if (file != stdin)
		fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.run = {.timeout = 30}};
	char error[CLIENT_ERROR_SIZE];
	char path[256];
	int result = take_arguments(&arguments, argc, argv);

	if (result != RUN_OK)
		return result < 0 ? RUN_OK : result;
	if (arguments.run.socket == NULL) {
		if (client_find(arguments.instance, path, sizeof(path), error) < 0) {
			fprintf(stderr, "haaroctl: %s\n", error);
			return RUN_UNREACHABLE;
		}
		arguments.run.socket = path;
	}
	if (arguments.file != NULL)
		return run_file(&arguments.run, arguments.file);
	if (arguments.line[0] != '\0')
		return run_line(&arguments.run, arguments.line, "haaroctl");
	return interactive_run(&arguments.run);
}
