/*
 * registry.c - which backend: the policy of "auto" in one place.
 */
#define _GNU_SOURCE	/* sched_getaffinity */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "registry.h"
#include "plugin.h"

const char *const backend_device[] = { "auto", "cpu", "cuda", "blas", "ref" };

int
backend_processors(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 1 ? (int)n : 1;
}

/*
 * What a thread can do at most in a second: 2 x 16 multiply-adds of float a
 * clock at 3.7 GHz, as processors with AVX-512 do; half as many of double.
 */
static double
rate_of_threads(int threads, enum real_type real)
{
	return threads * (real == REAL_F32 ? 1.2e11 : 0.6e11);
}

/*
 * The GPU, if the most it can do is WORTH times what the threads can: it loses
 * more of its rate on work as small as a sentence, and takes time to start.
 * *why says what was chosen for which reason where there was a choice.
 */
static struct backend *
open_faster(enum real_type real, int threads, const char **why)
{
	const double worth = 4;
	const char *reason;
	double gpu = plugin_rate("cuda", real, &reason);
	struct backend *k = NULL;

	if (gpu >= worth * rate_of_threads(threads, real) &&
	    (k = plugin_open("cuda", real, threads, &reason)) != NULL) {
		*why = "the GPU can do over four times as much a second as these processors";
		return k;
	}
	if (gpu > 0 && reason == NULL)
		reason = "the GPU cannot do four times as much a second as these processors";
	k = cpu_open(real, threads, why);
	if (k)
		*why = reason;
	return k;
}

struct backend *
backend_open(const char *name, enum real_type real, int threads, const char **why)
{
	*why = NULL;
	if (threads <= 0)
		threads = backend_processors();
	if (strcmp(name, "ref") == 0)
		return real == REAL_F32 ? ref_open_f32(threads, why) : ref_open_f64(threads, why);
	if (strcmp(name, "auto") == 0)
		return open_faster(real, threads, why);
	if (strcmp(name, "cpu") == 0)
		return cpu_open(real, threads, why);
	if (strcmp(name, "cuda") == 0 || strcmp(name, "blas") == 0)
		return plugin_open(name, real, threads, why);
	*why = "no such device; there are auto, cpu, cuda, blas and ref";
	return NULL;
}
