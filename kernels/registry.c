/*
 * registry.c - opens the devices of devices.h, and chooses one for "auto".
 */
#define _GNU_SOURCE	/* sched_getaffinity */
#include <math.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "registry.h"
#include "plugin.h"

struct device {
	const char *name;
	struct backend *(*open)(enum real_type real, int threads, const char **why);
	/* Peak rate in operations per second; 0 if the device is not here or unsuitable.
	 * *why is then NULL, or the reason if it is here and cannot be used. */
	double (*rate)(const char *name, const struct machine *m, const char **why);
	double reach, latency, worth;
	const char *chosen, *passed;
};

/*
 * Of each thread half of 2 x 16 multiply-adds of float per clock at 3.7 GHz, as processors
 * with AVX-512 have; half as many of double.
 */
static double
rate_of_threads(const struct machine *m)
{
	return m->threads * (m->real == REAL_F32 ? 1.2e11 : 0.6e11);
}

/* The plain kernels reach a fraction of it.  A user who names an instruction set
 * measures this device, so the choice must not fall on another for its sake. */
static double
cpu_rate(const char *name, const struct machine *m, const char **why)
{
	const double plain = 0.25;

	(void)name;
	*why = NULL;
	return rate_of_threads(m) * (m->has_vectors || m->isa_is_named ? 1 : plain);
}

/* OpenBLAS has kernels for more kinds of processors.  It is not loaded to find out, for
 * it starts threads as soon as it is. */
static double
blas_rate(const char *name, const struct machine *m, const char **why)
{
	*why = NULL;
	return m->has_vectors || m->isa_is_named || !plugin_is_here(name) ? 0 : rate_of_threads(m);
}

static double
gpu_rate(const char *name, const struct machine *m, const char **why)
{
	return plugin_rate(name, m->real, why);
}

static struct backend *
ref_open(enum real_type real, int threads, const char **why)
{
	return (real == REAL_F32 ? ref_open_f32 : ref_open_f64)(threads, why);
}

#define DEVICE_ROW(...) { __VA_ARGS__ },
static const struct device devices[] = { DEVICE_ROWS(DEVICE_ROW) };
enum { NDEVICES = sizeof(devices) / sizeof(devices[0]) };

#define DEVICE_NAME(name, ...) name,
const char *const backend_device[] = { "auto", DEVICE_ROWS(DEVICE_NAME) };

void
backend_choose(int n)
{
	plugin_choose(n);
}

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

static struct backend *
device_open(const struct device *d, enum real_type real, int threads, const char **why)
{
	return d->open ? d->open(real, threads, why) : plugin_open(d->name, real, threads, why);
}

/* A device as "auto" sees it. */
struct candidate {
	double value;		/* rate on the work / worth; 0: not a candidate */
	const char *passed;	/* why it was not chosen, or NULL */
};

/* Operations per second on the machine's work, waiting included, at this peak rate. */
static double
rate_on_work(const struct device *d, const struct work *w, double peak)
{
	double seconds;

	if (w == NULL)
		return peak * d->reach;
	seconds = w->flop / (peak * d->reach) + w->chain * d->latency;
	return seconds > 0 ? w->flop / seconds : INFINITY;
}

static void
rate_device(const struct device *d, const struct machine *m, struct candidate *c, double best)
{
	double peak;

	if (d->rate == NULL || rate_on_work(d, m->work, INFINITY) / d->worth <= best)
		return;
	peak = d->rate(d->name, m, &c->passed);
	if (peak <= 0)
		return;
	c->value = rate_on_work(d, m->work, peak) / d->worth;
	if (c->passed == NULL)
		c->passed = d->passed;
}

static void
rate_devices(const struct machine *m, struct candidate c[NDEVICES])
{
	double best = 0;

	for (int i = 0; i < NDEVICES; i++) {
		c[i] = (struct candidate){ 0, NULL };
		rate_device(&devices[i], m, &c[i], best);
		best = c[i].value > best ? c[i].value : best;
	}
}

static int
best_candidate(const struct candidate c[NDEVICES])
{
	int best = 0;

	for (int i = 1; i < NDEVICES; i++)
		if (c[i].value > c[best].value)
			best = i;
	return best;
}

/* The chosen device's own reason, or else the first that speaks against another one. */
static const char *
reason_for(int chosen, const struct candidate c[NDEVICES])
{
	const char *reason = devices[chosen].chosen;

	for (int i = 0; reason == NULL && i < NDEVICES; i++)
		if (i != chosen)
			reason = c[i].passed;
	return reason;
}

struct backend *
registry_open_auto(const struct machine *m, const char **why)
{
	struct candidate c[NDEVICES];
	struct backend *k = NULL;
	int i;

	rate_devices(m, c);
	do {
		i = best_candidate(c);
		c[i].value = 0;
		k = device_open(&devices[i], m->real, m->threads, &c[i].passed);
		*why = k ? reason_for(i, c) : c[i].passed;
	} while (k == NULL && devices[i].open == NULL);
	return k;
}

struct backend *
backend_open(const char *name, enum real_type real, int threads, const char **why)
{
	return backend_open_for(NULL, name, real, threads, why);
}

struct backend *
backend_open_for(const struct work *w, const char *name, enum real_type real, int threads,
    const char **why)
{
	*why = NULL;
	if (threads <= 0)
		threads = backend_processors();
	if (strcmp(name, backend_device[0]) == 0) {
		struct machine m = { real, threads, cpu_has_vectors(), cpu_isa_is_named(), w };

		return registry_open_auto(&m, why);
	}
	for (int i = 0; i < NDEVICES; i++)
		if (strcmp(name, devices[i].name) == 0)
			return device_open(&devices[i], real, threads, why);
	*why = "no such device; the devices are " BACKEND_DEVICES;
	return NULL;
}
