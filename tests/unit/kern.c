/*
 * kern BACKEND [SEED]: runs every entry of a backend against "ref", in float
 * and in double, on awkward shapes, and against itself on 1, 2 and 3 threads.
 *
 * To add an operation: draw its inputs in make_case(), run it in run_case()
 * into a named output.  Compared by normalised mean squared error; a number
 * that is not finite is a failure.  Bounds: float 1e-10, which any order of
 * summation meets and a product in reduced precision does not; double 1e-22.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kern.h"
#include "rng.h"

struct shape {
	int h, v, nseq, longest, bptt;
};

static const struct shape shapes[] = {
	{ 1, 2, 1, 1, 4 }, { 1, 3, 3, 5, 0 }, { 2, 7, 1, 2, 1 }, { 3, 17, 4, 9, 2 },
	{ 7, 31, 1, 40, 4 }, { 8, 32, 2, 16, 1000 }, { 15, 33, 5, 3, 4 }, { 16, 64, 1, 1, 4 },
	{ 17, 65, 7, 7, 3 }, { 20, 200, 1, 60, 4 }, { 31, 129, 2, 33, 5 }, { 50, 1000, 1, 12, 4 },
	{ 64, 511, 3, 25, 1000 }, { 100, 2051, 1, 22, 4 }, { 100, 1025, 9, 30, 4 },
	{ 129, 300, 2, 70, 6 }, { 200, 97, 1, 150, 4 }, { 257, 1500, 3, 11, 2 },
	{ 100, 640, 1, 300, 4 }, { 33, 5000, 40, 6, 4 }, { 520, 70, 1, 20, 3 },
	{ 1030, 40, 2, 3, 1 }, { 5, 9, 300, 3, 2 }, { 2, 100003, 1, 3, 4 }, { 40, 300, 60, 20, 2 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct test_case {
	struct shape shape;
	struct kern_batch b;
	size_t size;			/* of a real */
	void *u, *v, *w, *s0, *ds;	/* host, as the file has them */
};

enum output { A, S, S_CARRIED, D, DW, DU, LOGP, LOGP_BACK, DS, DV, L, U_NEW, NOUTPUT };
static const char *const output_name[NOUTPUT] = {
	"embed_forward", "rnn_forward", "rnn_forward with s0", "rnn_backward d", "rnn_backward dw",
	"embed_backward", "out_forward", "out_backward logp", "out_backward ds", "out_backward dv",
	"out_logp", "sgd"
};

struct result {
	double *x[NOUTPUT];
	size_t n[NOUTPUT];
};

static void *
need(void *p)
{
	if (p == NULL) {
		fputs("kern: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static void
set(void *p, size_t size, size_t i, double x)
{
	if (size == sizeof(float))
		((float *)p)[i] = (float)x;
	else
		((double *)p)[i] = x;
}

static double
get(const void *p, size_t size, size_t i)
{
	return size == sizeof(float) ? ((const float *)p)[i] : ((const double *)p)[i];
}

static void *
draw(struct rng *r, size_t n, double scale, size_t size)
{
	void *p = need(calloc(n, size));

	for (size_t i = 0; i < n; i++)
		set(p, size, i, rng_uniform(r, -scale, scale));
	return p;
}

static void
make_case(struct test_case *c, struct shape s, size_t size, struct rng *r)
{
	int *start = need(calloc((size_t)s.nseq + 1, sizeof(*start)));
	uint32_t *x, *y;
	int t;

	for (int i = 0; i < s.nseq; i++)
		start[i + 1] = start[i] + (i == 0 ? s.longest :
		    1 + (int)(rng_u32(r) % (unsigned)s.longest));
	t = start[s.nseq];
	x = need(calloc((size_t)t, sizeof(*x)));
	y = need(calloc((size_t)t, sizeof(*y)));
	for (int i = 0; i < t; i++) {
		x[i] = rng_u32(r) % (unsigned)s.v;
		y[i] = rng_u32(r) % (unsigned)s.v;
	}
	c->shape = s;
	c->size = size;
	c->b = (struct kern_batch){ s.nseq, t, start, x, y };
	c->u = draw(r, (size_t)s.h * s.v, 1, size);
	c->v = draw(r, (size_t)s.h * s.v, 8 / sqrt(s.h), size);
	c->w = draw(r, (size_t)s.h * s.h, 1.5 / sqrt(s.h), size);
	c->s0 = draw(r, (size_t)s.h * s.nseq, 1, size);
	c->ds = draw(r, (size_t)s.h * t, 1, size);
}

static void
free_case(struct test_case *c)
{
	free((void *)c->b.start);
	free((void *)c->b.x);
	free((void *)c->b.y);
	free(c->u);
	free(c->v);
	free(c->w);
	free(c->s0);
	free(c->ds);
}

static void
keep(struct result *res, enum output o, const void *p, size_t n, size_t size)
{
	res->x[o] = need(calloc(n, sizeof(double)));
	res->n[o] = n;
	for (size_t i = 0; i < n; i++)
		res->x[o][i] = get(p, size, i);
}

static void
keep_rows(struct kern *k, struct result *res, enum output o, const void *dev, size_t n, size_t size)
{
	void *host = need(calloc(n, size));

	k->get(k, host, dev, n);
	keep(res, o, host, n, size);
	free(host);
}

static void
keep_mat(struct kern *k, struct result *res, enum output o, struct kern_mat *m, size_t n,
    size_t size)
{
	void *host = need(calloc(n, size));

	k->mat_get(k, host, m);
	keep(res, o, host, n, size);
	free(host);
}

static struct kern_mat *
mat(struct kern *k, enum kern_role role, int rows, int cols, const void *host)
{
	struct kern_mat *m = need(k->mat_new(k, role, rows, cols));

	if (host)
		k->mat_put(k, m, host);
	return m;
}

static void
run_output(struct kern *k, const struct test_case *c, const void *s, struct result *res)
{
	int h = c->shape.h, nv = c->shape.v, t = c->b.t;
	struct kern_mat *v = mat(k, KERN_OUT, nv, h, c->v);
	struct kern_mat *dv = mat(k, KERN_OUT, nv, h, c->v);	/* += shows */
	void *ds = need(k->alloc(k, (size_t)t * h));
	void *l = need(calloc((size_t)t * nv, c->size));
	double *logp = need(calloc((size_t)t, sizeof(*logp)));

	k->out_forward(k, v, t, s, c->b.y, logp);
	keep(res, LOGP, logp, (size_t)t, sizeof(*logp));
	k->out_backward(k, v, t, s, c->b.y, ds, dv, logp);
	keep(res, LOGP_BACK, logp, (size_t)t, sizeof(*logp));
	keep_rows(k, res, DS, ds, (size_t)t * h, c->size);
	keep_mat(k, res, DV, dv, (size_t)nv * h, c->size);
	k->out_logp(k, v, t, s, l);
	keep(res, L, l, (size_t)t * nv, c->size);
	k->mat_free(k, v);
	k->mat_free(k, dv);
	k->free(k, ds);
	free(l);
	free(logp);
}

static void
run_case(struct kern *k, const struct test_case *c, struct result *res)
{
	int h = c->shape.h, nv = c->shape.v;
	size_t n = (size_t)c->b.t * h, hv = (size_t)h * nv;
	struct kern_mat *u = mat(k, KERN_EMBED, h, nv, c->u), *du = mat(k, KERN_EMBED, h, nv, NULL);
	struct kern_mat *w = mat(k, KERN_SQUARE, h, h, c->w), *dw = mat(k, KERN_SQUARE, h, h, c->w);
	void *s = need(k->alloc(k, n)), *d = need(k->alloc(k, n)), *ds = need(k->alloc(k, n));
	void *s0 = need(k->alloc(k, (size_t)h * c->b.nseq));

	k->put(k, s0, c->s0, (size_t)h * c->b.nseq);
	k->put(k, ds, c->ds, n);
	k->embed_forward(k, u, &c->b, d);
	keep_rows(k, res, A, d, n, c->size);
	k->rnn_forward(k, w, &c->b, d, s0, s);
	keep_rows(k, res, S_CARRIED, s, n, c->size);
	k->rnn_backward(k, w, &c->b, c->shape.bptt, s, s0, ds, d, dw);
	keep_rows(k, res, D, d, n, c->size);
	keep_mat(k, res, DW, dw, (size_t)h * h, c->size);
	k->embed_backward(k, &c->b, d, du);
	keep_mat(k, res, DU, du, hv, c->size);
	k->sgd(k, u, du, 0.125);
	keep_mat(k, res, U_NEW, u, hv, c->size);
	k->embed_forward(k, u, &c->b, s);
	k->rnn_forward(k, w, &c->b, s, NULL, s);
	keep_rows(k, res, S, s, n, c->size);
	run_output(k, c, s, res);
	k->mat_free(k, u);
	k->mat_free(k, du);
	k->mat_free(k, w);
	k->mat_free(k, dw);
	k->free(k, s);
	k->free(k, d);
	k->free(k, ds);
	k->free(k, s0);
}

/* Normalised mean squared error; infinite if anything is not finite. */
static double
nmse(const double *want, const double *got, size_t n, size_t *worst)
{
	double err = 0, sum = 1e-300, most = -1;

	*worst = 0;
	for (size_t i = 0; i < n; i++) {
		double e = (want[i] - got[i]) * (want[i] - got[i]);

		if (!isfinite(want[i]) || !isfinite(got[i])) {
			*worst = i;
			return INFINITY;
		}
		if (e > most) {
			most = e;
			*worst = i;
		}
		err += e;
		sum += want[i] * want[i];
	}
	return err / sum;
}

static int
compare(const struct shape *s, const char *what, const struct result *want,
    const struct result *got, double bound)
{
	int failures = 0;

	for (int o = 0; o < NOUTPUT; o++) {
		size_t worst;
		double e;

		if (want->x[o] == NULL)
			continue;	/* not of this run */
		e = nmse(want->x[o], got->x[o], want->n[o], &worst);
		if (e <= bound)
			continue;
		failures++;
		printf("not ok %s, %s: h=%d v=%d nseq=%d longest=%d bptt=%d: NMSE %.3g > %g; "
		    "worst at %zu: %.9g, not %.9g\n", output_name[o], what, s->h, s->v, s->nseq,
		    s->longest, s->bptt, e, bound, worst, got->x[o][worst], want->x[o][worst]);
	}
	return failures;
}

static void
free_result(struct result *r)
{
	for (int o = 0; o < NOUTPUT; o++)
		free(r->x[o]);
}

static struct kern *
open_or_die(const char *name, enum kern_real real, int threads)
{
	const char *why;
	struct kern *k = kern_open(name, real, threads, &why);

	if (k == NULL) {
		printf("SKIP %s\n", why);
		exit(77);
	}
	return k;
}

/* Turns the parameter kept in o into what a step has added to it. */
static void
less_start(struct result *res, enum output o, const void *start, size_t size)
{
	for (size_t i = 0; i < res->n[o]; i++)
		res->x[o][i] -= get(start, size, i);
}

/* What a step adds to U, V, W: in one call, or by composition of the entries. */
static void
one_step(struct kern *k, const struct test_case *c, bool whole, struct result *res)
{
	int h = c->shape.h, nv = c->shape.v;
	size_t n = (size_t)c->b.t * h, hv = (size_t)h * nv;
	struct kern_net net = { mat(k, KERN_EMBED, h, nv, c->u), mat(k, KERN_OUT, nv, h, c->v),
	    mat(k, KERN_SQUARE, h, h, c->w) };
	struct kern_net g = { mat(k, KERN_EMBED, h, nv, NULL), mat(k, KERN_OUT, nv, h, NULL),
	    mat(k, KERN_SQUARE, h, h, NULL) };
	void *s = need(k->alloc(k, n)), *d = need(k->alloc(k, n)), *ds = need(k->alloc(k, n));
	double *logp = need(calloc((size_t)c->b.t, sizeof(*logp)));

	if (whole) {
		k->step(k, &net, &c->b, c->shape.bptt, 0.5, logp);
	} else {
		k->embed_forward(k, net.u, &c->b, s);
		k->rnn_forward(k, net.w, &c->b, s, NULL, s);
		k->out_backward(k, net.v, c->b.t, s, c->b.y, ds, g.v, logp);
		k->rnn_backward(k, net.w, &c->b, c->shape.bptt, s, NULL, ds, d, g.w);
		k->embed_backward(k, &c->b, d, g.u);
		k->sgd(k, net.u, g.u, 0.5);
		k->sgd(k, net.v, g.v, 0.5);
		k->sgd(k, net.w, g.w, 0.5);
	}
	keep(res, LOGP, logp, (size_t)c->b.t, sizeof(*logp));
	keep_mat(k, res, DU, net.u, hv, c->size);
	keep_mat(k, res, DV, net.v, hv, c->size);
	keep_mat(k, res, DW, net.w, (size_t)h * h, c->size);
	less_start(res, DU, c->u, c->size);
	less_start(res, DV, c->v, c->size);
	less_start(res, DW, c->w, c->size);
	for (int i = 0; i < 2; i++) {
		struct kern_net *m = i ? &g : &net;

		k->mat_free(k, m->u);
		k->mat_free(k, m->v);
		k->mat_free(k, m->w);
	}
	k->free(k, s);
	k->free(k, d);
	k->free(k, ds);
	free(logp);
}

/*
 * Compares what was added, so that an update left out fails.  Adding to a
 * parameter rounds off all but its last digits, hence the looser bounds.
 */
static int
check_step(struct kern *ref, struct kern *const k[3], const struct test_case *c, double bound)
{
	struct result want = { 0 }, got[3];
	int failures = 0;

	if (k[0]->step == NULL)
		return 0;
	memset(got, 0, sizeof(got));
	one_step(ref, c, false, &want);
	for (int i = 0; i < 3; i++) {
		one_step(k[i], c, true, &got[i]);
		failures += compare(&c->shape, i ? "a step on more threads" : "a step against ref",
		    i ? &got[0] : &want, &got[i], i ? 0 : bound * 1e3);
	}
	free_result(&want);
	for (int i = 0; i < 3; i++)
		free_result(&got[i]);
	return failures;
}

/* logp(t) of the batch's sequences from zero states. */
static void
look(struct kern *k, const struct test_case *c, const struct kern_batch *b, double *logp)
{
	int h = c->shape.h, nv = c->shape.v;
	struct kern_mat *u = mat(k, KERN_EMBED, h, nv, c->u);
	struct kern_mat *w = mat(k, KERN_SQUARE, h, h, c->w);
	struct kern_mat *v = mat(k, KERN_OUT, nv, h, c->v);
	void *s = need(k->alloc(k, (size_t)b->t * h));

	k->embed_forward(k, u, b, s);
	k->rnn_forward(k, w, b, s, NULL, s);
	k->out_forward(k, v, b->t, s, b->y, logp);
	k->mat_free(k, u);
	k->mat_free(k, w);
	k->mat_free(k, v);
	k->free(k, s);
}

/* A sequence must come out the same, to the last bit, alone and among others. */
static int
check_alone(struct kern *k, const struct test_case *c)
{
	struct kern_batch first = c->b;
	double *all = need(calloc((size_t)c->b.t, sizeof(*all)));
	double *alone = need(calloc((size_t)c->b.t, sizeof(*alone)));
	int failures;

	first.nseq = 1;
	first.t = c->b.start[1];
	look(k, c, &c->b, all);
	look(k, c, &first, alone);
	failures = memcmp(all, alone, (size_t)first.t * sizeof(*all)) != 0;
	if (failures)
		printf("not ok alone and among others: h=%d v=%d nseq=%d\n", c->shape.h,
		    c->shape.v, c->shape.nseq);
	free(all);
	free(alone);
	return failures;
}

static int
check_shape(const char *name, enum kern_real real, struct shape shape, struct rng *r)
{
	bool f32 = real == KERN_F32;
	double bound = f32 ? 1e-10 : 1e-22;
	struct kern *ref = open_or_die("ref", real, 1), *k[3];
	struct result want = { 0 }, got[3];
	struct test_case c;
	int failures = 0;

	memset(got, 0, sizeof(got));
	make_case(&c, shape, f32 ? sizeof(float) : sizeof(double), r);
	run_case(ref, &c, &want);
	for (int i = 0; i < 3; i++) {
		k[i] = open_or_die(name, real, i + 1);
		run_case(k[i], &c, &got[i]);
		if (k[i]->error(k[i])) {
			printf("not ok %s: %s\n", name, k[i]->error(k[i]));
			failures++;
		}
		failures += compare(&shape, i ? "on more threads" : f32 ? "float" : "double",
		    i ? &got[0] : &want, &got[i], i ? 0 : bound);
	}
	failures += check_step(ref, k, &c, bound);
	if (strcmp(name, "blas") != 0)		/* which promises no such thing */
		failures += check_alone(k[0], &c);
	ref->close(ref);
	free_result(&want);
	for (int i = 0; i < 3; i++) {
		k[i]->close(k[i]);
		free_result(&got[i]);
	}
	free_case(&c);
	return failures;
}

int
main(int argc, char *argv[])
{
	unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	struct rng r;
	int failures = 0;

	if (argc < 2) {
		fputs("usage: kern backend [seed]\n", stderr);
		return 2;
	}
	rng_seed(&r, (uint32_t)seed);
	for (int i = 0; i < NSHAPES; i++)
		for (int real = KERN_F32; real <= KERN_F64; real++)
			failures += check_shape(argv[1], (enum kern_real)real, shapes[i], &r);
	printf("%s: %d shapes, seed %lu, %d failures\n", argv[1], NSHAPES, seed, failures);
	return failures != 0;
}
