/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK's environment; eal.h. */
#include "eal.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

enum { ARGS_MAX = 32, ARG_SIZE = 1024 };

struct args {
	int n;
	char *v[ARGS_MAX];
	char text[ARGS_MAX][ARG_SIZE];
};

__attribute__((format(printf, 2, 3))) static void add(struct args *args, const char *format, ...)
{
	va_list list;

	if (args->n == ARGS_MAX - 1)
		return;
	va_start(list, format);
	vsnprintf(args->text[args->n], ARG_SIZE, format, list);
	va_end(list);
	args->v[args->n] = args->text[args->n];
	args->n++;
}

/* --- cores ----------------------------------------------------------------------------------- */

/* "(0,1,5)": the CPUs that this process may use, without those of the workers if any remain. */
static void list_cpus(const struct conf_workers *workers, char *text, size_t size)
{
	cpu_set_t allowed, rest;
	size_t len = 0;

	CPU_ZERO(&allowed);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		CPU_SET(0, &allowed);
	rest = allowed;
	for (size_t i = 0; workers->cores != NULL && i < workers->n_cores; i++)
		CPU_CLR(workers->cores[i], &rest);
	if (CPU_COUNT(&rest) == 0)
		rest = allowed;
	for (int cpu = 0; cpu < CPU_SETSIZE && len < size - 8; cpu++) {
		if (CPU_ISSET(cpu, &rest))
			len += (size_t)snprintf(text + len, size - len, "%c%d",
						len == 0 ? '(' : ',', cpu);
	}
	snprintf(text + len, size - len, ")");
}

/* lcore 0 is the control core. Cores "auto" are not pinned: several daemons may share a small
 * machine, and the kernel knows better which core is idle. */
static void add_lcores(struct args *args, const struct conf_workers *workers, bool no_threads)
{
	char cpus[512], text[ARG_SIZE];
	size_t n = workers->cores != NULL ? workers->n_cores : workers->count;
	size_t len;

	list_cpus(workers, cpus, sizeof(cpus));
	len = (size_t)snprintf(text, sizeof(text), "0@%s", cpus);
	for (size_t i = 0; !no_threads && i < n && len < sizeof(text); i++) {
		if (workers->cores != NULL)
			len += (size_t)snprintf(text + len, sizeof(text) - len, ",%zu@%u", i + 1,
						workers->cores[i]);
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len, ",%zu@%s", i + 1,
						cpus);
	}
	add(args, "--lcores=%s", text);
	add(args, "--main-lcore=0");
}

/* --- memory ---------------------------------------------------------------------------------- */

struct hugepages {
	uint64_t total, free; /* bytes */
	uint64_t size;        /* of the smallest kind that there is; 2 MiB if there is none */
};

static uint64_t read_number(const char *dir, const char *name)
{
	char path[CONF_PATH_SIZE];
	uint64_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/%s/%s", dir, name);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

static struct hugepages find_hugepages(void)
{
	struct hugepages pages = {.size = UINT64_C(2) << 20};
	DIR *dir = opendir("/sys/kernel/mm/hugepages");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		uint64_t size, total;

		if (sscanf(entry->d_name, "hugepages-%lukB", &size) != 1)
			continue;
		size *= 1024;
		total = read_number(entry->d_name, "nr_hugepages");
		if (total != 0 && (pages.total == 0 || size < pages.size))
			pages.size = size;
		pages.total += total * size;
		pages.free += read_number(entry->d_name, "free_hugepages") * size;
	}
	if (dir != NULL)
		closedir(dir);
	return pages;
}

/* Hugepages where there are any; --no-huge where there are none or the operator says so. */
static int add_memory(struct args *args, struct eal *eal, uint64_t memory, struct error *err)
{
	struct hugepages pages = find_hugepages();
	uint64_t megabytes = (memory + (1 << 20) - 1) >> 20;

	if (!eal->no_hugepages && pages.total == 0)
		eal->no_hugepages = true;
	if (eal->no_hugepages) {
		add(args, "--no-huge");
		add(args, "--no-shconf");
		add(args, "-m");
		add(args, "%lu", megabytes);
		return 0;
	}
	if (pages.free < memory) {
		uint64_t used = (pages.total - pages.free) / pages.size;
		uint64_t needed = (memory + pages.size - 1) / pages.size;

		return error_set(
			err, -ENOMEM,
			"%lu MiB of hugepages needed, %lu MiB free. Run:\n"
			"    echo %lu > /sys/kernel/mm/hugepages/hugepages-%lukB/nr_hugepages\n"
			"or lower capacity, or start with --no-huge",
			megabytes, pages.free >> 20, used + needed, pages.size / 1024);
	}
	add(args, "--in-memory");
	return 0;
}

/* --- the rest ---------------------------------------------------------------------------------- */

static bool is_pci(const char *device)
{
	unsigned int domain, bus, slot, function;

	return sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &function) == 4 ||
	       sscanf(device, "%x:%x.%x", &bus, &slot, &function) == 3;
}

static void add_devices(struct args *args, const struct conf *conf)
{
	bool any = false;

	for (size_t i = 0; i < conf->n_ports; i++) {
		if (is_pci(conf->ports[i].device)) {
			any = true;
			add(args, "--allow=%s", conf->ports[i].device);
		}
	}
	if (!any)
		add(args, "--no-pci");
}

void eal_explain(struct eal *eal, struct error *err)
{
	char *last = NULL, *line, *rest;
	size_t len = strlen(err->text);

	if (eal->log == NULL)
		return;
	fflush(eal->log);
	for (line = strtok_r(eal->log_text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		last = line;
	if (last != NULL)
		snprintf(err->text + len, sizeof(err->text) - len, " (DPDK: %s)", last);
	rewind(eal->log);
}

static void capture_log(struct eal *eal)
{
	eal->log = open_memstream(&eal->log_text, &eal->log_size);
	if (eal->log != NULL)
		rte_openlog_stream(eal->log);
}

void eal_quiet(struct eal *eal)
{
	rte_log_set_global_level(RTE_LOG_EMERG);
	rte_openlog_stream(stderr);
	if (eal->log != NULL)
		fclose(eal->log);
	free(eal->log_text);
	eal->log = NULL;
	eal->log_text = NULL;
}

int eal_init(struct eal *eal, const struct conf *conf, const struct dataplane_options *options,
	     uint64_t memory, struct error *err)
{
	static struct args
		args; /* EAL keeps pointers into it for ever; there is one EAL per process */
	char *argv[ARGS_MAX];
	int status;

	*eal = (struct eal){.no_hugepages = options->no_hugepages};
	args.n = 0;
	add(&args, "haarod");
	add(&args, "--file-prefix=haaro-%s-%ld", conf->name, (long)getpid());
	add(&args, "--no-telemetry");
	add(&args, "--log-level=*:error");
	add_lcores(&args, &conf->workers, options->no_threads);
	add_devices(&args, conf);
	status = add_memory(&args, eal, memory, err);
	if (status != 0)
		return status;
	capture_log(eal);
	memcpy(argv, args.v, sizeof(argv)); /* EAL permutes it */
	if (rte_eal_init(args.n, argv) < 0) {
		status = error_set(err, rte_errno == ENOMEM ? -ENOMEM : -EIO,
				   "DPDK does not start with %lu MiB of %s: %s", memory >> 20,
				   eal->no_hugepages ? "ordinary memory" : "hugepages",
				   rte_strerror(rte_errno));
		eal_explain(eal, err);
		eal_quiet(eal);
		return status;
	}
	snprintf(eal->runtime_dir, sizeof(eal->runtime_dir), "%s", rte_eal_get_runtime_dir());
	return 0;
}

/* The directory of this instance, and the common one above it if nobody else has anything there. */
static void remove_runtime_dir(char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char file[CONF_PATH_SIZE + NAME_MAX + 2], *slash;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_type == DT_DIR)
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		unlink(file);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
	slash = strrchr(path, '/');
	if (slash != NULL) {
		*slash = '\0';
		rmdir(path);
	}
}

void eal_fini(struct eal *eal)
{
	eal_quiet(eal);
	rte_eal_cleanup();
	if (eal->runtime_dir[0] != '\0')
		remove_runtime_dir(eal->runtime_dir);
	eal->runtime_dir[0] = '\0';
}
