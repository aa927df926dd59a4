/*
 * steps BACKEND [SEED [target|SHAPES]]: many steps in one call against the same steps one by
 * one, to the last bit; and against ref's, within the bounds below.  Parameters
 * and ln P are compared.  Errors grow from step to step, hence a small rate.
 *
 * A message to the program (backend.h) is a failure.  target: only the size that the
 * backend's kernel for many steps is made for, and that kernel must have run.  A number:
 * only so many sizes, for a slow device.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "must.h"
#include "net.h"
#include "rng.h"

static const struct shape {
	int h, v, n, longest, bptt;
} shapes[] = {
	{ 1, 2, 3, 1, 0 }, { 3, 17, 6, 9, 2 }, { 7, 31, 4, 40, 4 }, { 70, 50, 4, 14, 3 },
	{ 16, 33, 5, 3, 16 },
	{ 100, 700, 4, 22, 4 }, { 33, 3000, 3, 300, 4 }, { 20, 50, 6, 12, 17 }, { 129, 100, 3, 7, 1 },
	{ 100, 513, 3, 150, 4 }, { 520, 40, 2, 3, 4 }, { 5, 11, 130, 6, 3 },
	{ 128, 30, 2, 5, 4 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* That of the tutorial. */
static const struct shape target = { 100, 8000, 4, 39, 4 };

static int notes;

struct outcome {
	struct model m;
	double *logp;
	long fused;
};

static void
count_note(const char *message)
{
	printf("not ok %s\n", message);
	notes++;
}

static void
draw_corpus(struct corpus *c, const struct shape *s, struct rng *r)
{
	uint32_t *w = need(calloc((size_t)s->longest + 1, sizeof(*w)));

	for (int i = 0; i < s->n; i++) {
		struct frame f = { .w = w };

		f.n = 2 + (i ? rng_u32(r) % (unsigned)s->longest : (unsigned)s->longest - 1);
		for (uint32_t k = 0; k < f.n; k++)
			w[k] = rng_u32(r) % (unsigned)(k % 3 ? s->v : (s->v + 7) / 8);
		must(corpus_add(c, &f));
	}
	free(w);
}

/* The model and ln P after a step for each sentence, all in one call or not. */
static void
learn(const char *backend, enum real_type real, const struct shape *s, const struct batch *b,
    bool together, struct outcome *o)
{
	const double rate = 0.05;
	const char *why;
	struct backend *k = backend_open(backend, real, 1, &why);
	struct hyperparams recipe = { .rule = RULE_SGD };
	struct net_pass how = { .bptt = s->bptt };
	struct net net;

	if (k == NULL) {
		printf("SKIP %s\n", why);
		exit(77);
	}
	k->note = count_note;
	must(model_new(&o->m, (struct model_shape){ .cell = CELL_RNN, .layers = 1,
	    .real = real == REAL_F32 ? REAL_F32 : REAL_F64, .hidden = (uint32_t)s->h,
	    .vocab = (uint32_t)s->v }));
	model_init(&o->m, INIT_TUTORIAL, 3);
	o->logp = need(calloc((size_t)b->t, sizeof(*o->logp)));
	must(net_open(&net, k, &o->m));
	together = together && net_has_queue(&net, &how, &recipe);
	if (together)
		must(net_steps(&net, b, s->bptt, rate, o->logp));
	for (int i = 0; !together && i < b->nseq; i++) {
		int from = b->start[i], start[] = { 0, b->start[i + 1] - from };
		struct batch one = { 1, start[1], start, b->x + from, b->y + from };

		must(net_step(&net, &one, &how, &recipe, rate, (uint64_t)i + 1, o->logp + from));
	}
	must(net_store(&net, &o->m));
	o->fused = k->fused;
	net_free(&net);
	k->close(k);
}

static double
at(const struct model *m, const void *p, size_t i)
{
	return m->shape.real == REAL_F32 ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

/* Normalised mean squared difference; infinite if anything is not finite. */
static double
apart(const struct outcome *a, const struct outcome *b, int t)
{
	double worst = 0, err = 0, sum = 1e-300;

	for (int i = 0; i < t; i++) {
		err += (a->logp[i] - b->logp[i]) * (a->logp[i] - b->logp[i]);
		sum += a->logp[i] * a->logp[i];
	}
	worst = err / sum;
	for (size_t p = 0; p < a->m.nparam; p++) {
		err = 0;
		sum = 1e-300;
		for (size_t i = 0; i < a->m.param[p].rows * a->m.param[p].cols; i++) {
			double x = at(&a->m, a->m.param[p].data, i), y = at(&b->m, b->m.param[p].data, i);

			err += (x - y) * (x - y);
			sum += x * x;
		}
		worst = err / sum > worst || isnan(err) ? err / sum : worst;
	}
	return isfinite(worst) ? worst : INFINITY;
}

static int
check(const char *what, const struct shape *s, double difference, double bound)
{
	if (difference <= bound)
		return 0;
	printf("not ok %s: h=%d v=%d n=%d longest=%d bptt=%d: %.3g > %g\n", what, s->h, s->v, s->n,
	    s->longest, s->bptt, difference, bound);
	return 1;
}

static void
free_outcome(struct outcome *o)
{
	model_free(&o->m);
	free(o->logp);
}

/* For the target: some steps must have run as one kernel.  Long sentences need not fit. */
static int
check_kernel(const char *backend, const struct shape *s, const struct outcome *o)
{
	if (s != &target)
		return 0;
	printf("%s%s: h=%d v=%d: steps that ran in one kernel: %ld of %d\n",
	    o->fused ? "" : "not ok ", backend, s->h, s->v, o->fused, s->n);
	return o->fused == 0;
}

static int
check_shape(const char *backend, enum real_type real, const struct shape *s, struct rng *r)
{
	double bound = real == REAL_F32 ? 1e-10 : 1e-22;
	struct corpus c = { 0 };
	struct batcher q = { 0 };
	struct outcome want = { 0 }, single = { 0 }, many = { 0 };
	size_t taken;
	int failures;

	draw_corpus(&c, s, r);
	must(batch_frames(&q, &c, 0, c.n, SIZE_MAX, &taken));
	learn("ref", real, s, &q.b, false, &want);
	learn(backend, real, s, &q.b, false, &single);
	learn(backend, real, s, &q.b, true, &many);
	failures = check("against ref", s, apart(&want, &many, q.b.t), bound) +
	    check("against single steps", s, apart(&single, &many, q.b.t), 0) +
	    check_kernel(backend, s, &many);
	free_outcome(&want);
	free_outcome(&single);
	free_outcome(&many);
	corpus_free(&c);
	batcher_free(&q);
	return failures;
}

int
main(int argc, char *argv[])
{
	bool only_target = argc > 3 && strcmp(argv[3], "target") == 0;
	int n = only_target ? 0 : argc > 3 ? atoi(argv[3]) : NSHAPES, failures = 0;
	struct rng r;

	if (argc < 2 || n < 0 || n > NSHAPES) {
		fputs("usage: steps backend [seed [target|shapes]]\n", stderr);
		return 2;
	}
	rng_seed(&r, argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1);
	if (only_target)
		failures = check_shape(argv[1], REAL_F32, &target, &r);
	for (int i = 0; i < n; i++)
		for (int real = REAL_F32; real <= REAL_F64; real++)
			failures += check_shape(argv[1], (enum real_type)real, &shapes[i], &r);
	failures += notes;
	printf("%s: %d shapes, %d failures\n", argv[1], only_target ? 1 : n, failures);
	return failures != 0;
}
