/*
 * agree.h - common to the tests of backends: arrays of either real type, results by
 * name, and the criterion for agreement.
 *
 * Compared by normalised mean squared error; a number that is not finite is a
 * failure.  Bounds: float 1e-10, which any order of summation meets and a
 * product in reduced precision does not; double 1e-22.  A log-probability keeps the
 * rounding of its logits, however near it is to 0: one unit of rounding is no error there.
 */
#ifndef AGREE_H
#define AGREE_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "must.h"
#include "rng.h"

enum { OUTPUTS = 96 };	/* of a run, at most */

struct result {
	const char *name[OUTPUTS];
	double *x[OUTPUTS];
	size_t n[OUTPUTS];
	double rounding[OUTPUTS];	/* an error of this size is none */
	int count;
};

static inline size_t
size_of(enum real_type real)
{
	return real == REAL_F32 ? sizeof(float) : sizeof(double);
}

static inline void
set(void *p, size_t size, size_t i, double x)
{
	if (size == sizeof(float))
		((float *)p)[i] = (float)x;
	else
		((double *)p)[i] = x;
}

static inline double
get(const void *p, size_t size, size_t i)
{
	return size == sizeof(float) ? ((const float *)p)[i] : ((const double *)p)[i];
}

static inline void *
draw(struct rng *r, size_t n, double scale, size_t size)
{
	void *p = need(calloc(n ? n : 1, size));

	for (size_t i = 0; i < n; i++)
		set(p, size, i, rng_uniform(r, -scale, scale));
	return p;
}

/* nseq sequences of at most `longest` rows, the first of just so many. */
static inline struct batch
draw_batch(struct rng *r, int nseq, int longest, int v)
{
	int *start = need(calloc((size_t)nseq + 1, sizeof(*start)));
	uint32_t *x, *y;
	int t;

	for (int i = 0; i < nseq; i++)
		start[i + 1] = start[i] + (i == 0 ? longest :
		    1 + (int)(rng_u32(r) % (unsigned)longest));
	t = start[nseq];
	x = need(calloc((size_t)t, sizeof(*x)));
	y = need(calloc((size_t)t, sizeof(*y)));
	for (int i = 0; i < t; i++) {
		x[i] = rng_u32(r) % (unsigned)v;
		y[i] = rng_u32(r) % (unsigned)v;
	}
	return (struct batch){ nseq, t, start, x, y };
}

static inline void
free_batch(struct batch *b)
{
	free((void *)b->start);
	free((void *)b->x);
	free((void *)b->y);
}

static inline void
keep(struct result *res, const char *name, const void *p, size_t n, size_t size)
{
	int o = res->count++;

	if (o >= OUTPUTS) {
		fputs("more results than OUTPUTS\n", stderr);
		exit(1);
	}
	res->name[o] = name;
	res->x[o] = need(calloc(n, sizeof(double)));
	res->n[o] = n;
	for (size_t i = 0; i < n; i++)
		res->x[o][i] = get(p, size, i);
}

/* ln P of n tokens, which k computed. */
static inline void
keep_logp(struct backend *k, struct result *res, const char *name, const double *logp, size_t n)
{
	keep(res, name, logp, n, sizeof(*logp));
	res->rounding[res->count - 1] = k->real == REAL_F32 ? FLT_EPSILON : DBL_EPSILON;
}

static inline void
keep_rows(struct backend *k, struct result *res, const char *name, const void *dev, size_t n)
{
	size_t size = size_of(k->real);
	void *host = need(calloc(n, size));

	k->get(k, host, dev, n);
	keep(res, name, host, n, size);
	free(host);
}

static inline void
keep_mat(struct backend *k, struct result *res, const char *name, struct matrix *m, size_t n)
{
	size_t size = size_of(k->real);
	void *host = need(calloc(n, size));

	k->mat_get(k, host, m);
	keep(res, name, host, n, size);
	free(host);
}

static inline void
free_result(struct result *r)
{
	for (int o = 0; o < r->count; o++)
		free(r->x[o]);
}

static inline struct matrix *
mat(struct backend *k, enum role role, int rows, int cols, const void *host)
{
	struct matrix *m = need(k->mat_new(k, role, rows, cols));

	if (host)
		k->mat_put(k, m, host);
	return m;
}

/* n reals of the device, from host or zeros. */
static inline void *
rows(struct backend *k, size_t n, const void *host)
{
	void *p = need(k->alloc(k, n));

	if (host)
		k->put(k, p, host, n);
	return p;
}

/* Normalised mean squared error; infinite if anything is not finite.  `rounding` is taken
 * from each error. */
static inline double
nmse(const double *want, const double *got, size_t n, double rounding, size_t *worst)
{
	double err = 0, sum = 1e-300, most = -1;

	*worst = 0;
	for (size_t i = 0; i < n; i++) {
		double e = fmax(fabs(want[i] - got[i]) - rounding, 0);

		if (!isfinite(want[i]) || !isfinite(got[i])) {
			*worst = i;
			return INFINITY;
		}
		e *= e;
		if (e > most) {
			most = e;
			*worst = i;
		}
		err += e;
		sum += want[i] * want[i];
	}
	return err / sum;
}

/* The number of results that do not agree, each reported with `where` and `what`. */
static inline int
compare(const char *where, const char *what, const struct result *want, const struct result *got,
    double bound)
{
	int failures = 0;

	for (int o = 0; o < want->count; o++) {
		size_t worst;
		double e = nmse(want->x[o], got->x[o], want->n[o], want->rounding[o], &worst);

		if (e <= bound)
			continue;
		failures++;
		printf("not ok %s, %s: %s: NMSE %.3g > %g; worst at %zu: %.9g, not %.9g\n",
		    want->name[o], what, where, e, bound, worst, got->x[o][worst],
		    want->x[o][worst]);
	}
	return failures;
}

static inline double
bound_of(enum real_type real)
{
	return real == REAL_F32 ? 1e-10 : 1e-22;
}

static inline struct backend *
open_or_die(const char *name, enum real_type real, int threads)
{
	const char *why;
	struct backend *k = backend_open(name, real, threads, &why);

	if (k == NULL) {
		printf("SKIP %s\n", why);
		exit(77);
	}
	return k;
}

/* The backend on 1, 2 and 3 threads against ref, by run(k, arg, result). */
static inline int
check_backend(const char *name, enum real_type real, const char *where,
    void (*run)(struct backend *, const void *, struct result *), const void *arg, double bound)
{
	struct backend *k = open_or_die("ref", real, 1);
	struct result want = { .count = 0 }, one = { .count = 0 };
	int failures = 0;

	run(k, arg, &want);
	k->close(k);
	for (int i = 1; i <= 3; i++) {
		struct result got = { .count = 0 };

		k = open_or_die(name, real, i);
		run(k, arg, &got);
		if (k->error(k)) {
			printf("not ok %s: %s\n", name, k->error(k));
			failures++;
		}
		k->close(k);
		failures += compare(where, i > 1 ? "on more threads" : real == REAL_F32 ? "float" :
		    "double", i > 1 ? &one : &want, &got, i > 1 ? 0 : bound);
		if (i == 1)
			one = got;
		else
			free_result(&got);
	}
	free_result(&one);
	free_result(&want);
	return failures;
}

/*
 * main of such a test: the backend, a seed and how many of the nshapes shapes,
 * the first ones, for a slow device.  check(name, real, i, rng) returns the
 * failures of shape i.
 */
static inline int
check_shapes(int argc, char *argv[], int nshapes,
    int (*check)(const char *, enum real_type, int, struct rng *))
{
	unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	int n = argc > 3 ? atoi(argv[3]) : nshapes, failures = 0;
	struct rng r;

	if (argc < 2 || n < 1 || n > nshapes) {
		fprintf(stderr, "usage: %s backend [seed [shapes]]\n", argv[0]);
		return 2;
	}
	rng_seed(&r, (uint32_t)seed);
	for (int i = 0; i < n; i++)
		for (int real = REAL_F32; real <= REAL_F64; real++)
			failures += check(argv[1], (enum real_type)real, i, &r);
	printf("%s: %d shapes, seed %lu, %d failures\n", argv[1], n, seed, failures);
	return failures != 0;
}

#endif
