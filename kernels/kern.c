/*
 * kern.c - which backend: the policy of "auto" in one place.
 */
#define _GNU_SOURCE	/* sched_getaffinity */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "plugin.h"

const char *const kern_device[] = { "auto", "cpu", "cuda", "blas", "ref" };

int
kern_processors(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 1 ? (int)n : 1;
}

struct kern *
kern_open(const char *name, enum kern_real real, int threads, const char **why)
{
	*why = NULL;
	if (threads <= 0)
		threads = kern_processors();
	if (strcmp(name, "ref") == 0)
		return real == KERN_F32 ? ref_open_f32(threads, why) : ref_open_f64(threads, why);
	if (strcmp(name, "auto") == 0 || strcmp(name, "cpu") == 0)
		return cpu_open(real, threads, why);
	if (strcmp(name, "cuda") == 0 || strcmp(name, "blas") == 0)
		return plugin_open(name, real, threads, why);
	*why = "no such device; there are auto, cpu, cuda, blas and ref";
	return NULL;
}
