/*
 * blas.c - the OpenBLAS backend: its table, and the softmax layer as three products over
 * all rows of a batch.
 *
 * OpenBLAS runs on one thread; our thread pool divides the vocabulary into fixed chunks,
 * and partial sums are added in the order of the chunks, so the result does not depend
 * on the number of threads.
 */
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "parts.h"

enum {
	CHUNK = 1024,		/* words of the vocabulary per task */
	ROWS = 128		/* steps of a batch at a time: bounds the logits held */
};

real *
blas_reserve(struct backend *k, struct scratch *s, size_t n)
{
	real *p = scratch_get(s, n, sizeof(real));

	if (p == NULL)
		host_fail(k, "out of memory");
	return p;
}

/* Shared by the tasks of an output layer, for the current rows. */
struct output {
	const struct matrix *v, *bias;
	int t, h, c;
	const real *s;		/* (t, h) */
	const uint32_t *y;	/* (t) */
	real *logits;		/* (t, c) */
	double *max, *sum;	/* (chunks, ROWS): of a chunk, then of its row */
	real *part;		/* (chunks, t, h): a chunk's part of dS */
	struct matrix *dv, *dbias;
};

static int
chunk_words(const struct output *o, int i)
{
	int left = o->c - i * CHUNK;

	return left < CHUNK ? left : CHUNK;
}

/* Logits of a chunk, and for each row their maximum and sum of exponentials. */
static void
logits_task(void *arg, int i, int thread)
{
	struct output *o = arg;
	int n = chunk_words(o, i);
	const real *v = o->v->p + (size_t)i * CHUNK * o->h;
	const real *bias = o->bias ? o->bias->p + (size_t)i * CHUNK : NULL;

	(void)thread;
	GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, o->t, n, o->h, 1, o->s, o->h, v, o->h, 0,
	    o->logits + (size_t)i * CHUNK, o->c);
	for (int r = 0; r < o->t; r++) {
		real *l = o->logits + (size_t)r * o->c + (size_t)i * CHUNK, max;
		double sum = 0;

		for (int j = 0; bias && j < n; j++)
			l[j] += bias[j];
		max = l[0];
		for (int j = 1; j < n; j++)
			max = l[j] > max ? l[j] : max;
		for (int j = 0; j < n; j++)
			sum += REXP(l[j] - max);
		o->max[i * ROWS + r] = max;
		o->sum[i * ROWS + r] = sum;
	}
}

/* max[r], sum[r] of the first chunk become those of the whole row. */
static void
join_chunks(struct output *o, int nchunk)
{
	for (int r = 0; r < o->t; r++) {
		double max = o->max[r], sum = 0;

		for (int i = 1; i < nchunk; i++)
			max = o->max[i * ROWS + r] > max ? o->max[i * ROWS + r] : max;
		for (int i = 0; i < nchunk; i++)
			sum += o->sum[i * ROWS + r] * exp(o->max[i * ROWS + r] - max);
		o->max[r] = max;
		o->sum[r] = sum;
	}
}

/* A chunk of P = softmax less 1 at y, in place; its parts of dS, dV and dc. */
static void
gradient_task(void *arg, int i, int thread)
{
	struct output *o = arg;
	int n = chunk_words(o, i), first = i * CHUNK;
	size_t at = (size_t)first * o->h;
	real *p = o->logits + first;

	(void)thread;
	for (int r = 0; r < o->t; r++) {
		real *l = p + (size_t)r * o->c, max = (real)o->max[r];
		real scale = (real)(1 / o->sum[r]);

		for (int j = 0; j < n; j++)
			l[j] = REXP(l[j] - max) * scale;
		if (o->y[r] >= (uint32_t)first && o->y[r] < (uint32_t)(first + n))
			l[o->y[r] - (uint32_t)first] -= 1;
		for (int j = 0; o->dbias && j < n; j++)
			o->dbias->p[first + j] += l[j];
	}
	GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, o->t, o->h, n, 1, p, o->c, o->v->p + at,
	    o->h, 0, o->part + (size_t)i * o->t * o->h, o->h);
	GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, n, o->h, o->t, 1, p, o->c, o->s, o->h, 1,
	    o->dv->p + at, o->h);
}

/* Memory for at most ROWS rows; returns the number of chunks, 0 when out of memory. */
static int
prepare_output(struct backend *k, struct output *o, const struct matrix *v, const struct matrix *c, int t)
{
	struct state *s = k->ctx;
	int nchunk = (v->rows + CHUNK - 1) / CHUNK;

	if (nchunk > s->nchunk) {
		free(s->max);
		s->max = calloc((size_t)nchunk * 2 * ROWS, sizeof(*s->max));
		s->nchunk = s->max ? nchunk : 0;
		if (s->max == NULL)
			host_fail(k, "out of memory");
	}
	*o = (struct output){ .v = v, .bias = c, .h = v->cols, .c = v->rows };
	o->logits = blas_reserve(k, &s->logits, (size_t)(t < ROWS ? t : ROWS) * v->rows);
	o->max = s->max;
	o->sum = s->max + (size_t)s->nchunk * ROWS;
	return s->host.error ? 0 : nchunk;
}

static void
compute_logits(struct backend *k, struct output *o, int nchunk, const real *s, int first, int t)
{
	struct state *st = k->ctx;

	o->t = t - first < ROWS ? t - first : ROWS;
	o->s = s + (size_t)first * o->h;
	pool_run(st->host.pool, logits_task, o, nchunk);
	join_chunks(o, nchunk);
}

/* logp of the current rows, the first of which is row `first`. */
static void
log_probabilities(const struct output *o, const struct output_args *a, int first)
{
	for (int r = 0; r < o->t; r++)
		a->logp[first + r] = o->logits[(size_t)r * o->c + a->y[first + r]] - o->max[r] -
		    log(o->sum[r]);
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	struct output o;
	int nchunk = prepare_output(k, &o, a->v, a->c, a->t);

	for (int first = 0; nchunk && first < a->t; first += ROWS) {
		compute_logits(k, &o, nchunk, a->s, first, a->t);
		log_probabilities(&o, a, first);
	}
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	struct output o;
	int nchunk = prepare_output(k, &o, a->v, a->c, a->t);
	real *out = a->l;

	for (int first = 0; nchunk && first < a->t; first += ROWS) {
		compute_logits(k, &o, nchunk, a->s, first, a->t);
		for (int r = 0; r < o.t; r++) {
			real norm = (real)(o.max[r] + log(o.sum[r]));

			for (int j = 0; j < o.c; j++)
				*out++ = o.logits[(size_t)r * o.c + j] - norm;
		}
	}
}

/* ds(t,h) = the sum of the chunks' parts, in their order. */
static void
add_parts(const struct output *o, int nchunk, real *ds)
{
	size_t n = (size_t)o->t * o->h;

	memcpy(ds, o->part, n * sizeof(real));
	for (int i = 1; i < nchunk; i++)
		for (size_t j = 0; j < n; j++)
			ds[j] += o->part[(size_t)i * n + j];
}

static void
out_backward(struct backend *k, const struct output_args *a)
{
	struct state *st = k->ctx;
	struct output o;
	int nchunk = prepare_output(k, &o, a->v, a->c, a->t), rows = a->t < ROWS ? a->t : ROWS;

	o.dv = a->dv;
	o.dbias = a->dc;
	o.part = blas_reserve(k, &st->part, (size_t)nchunk * rows * o.h);
	for (int first = 0; nchunk && o.part && first < a->t; first += ROWS) {
		compute_logits(k, &o, nchunk, a->s, first, a->t);
		o.y = a->y + first;
		log_probabilities(&o, a, first);
		pool_run(st->host.pool, gradient_task, &o, nchunk);
		add_parts(&o, nchunk, (real *)a->ds + (size_t)first * o.h);
	}
}

static void
blas_close(struct backend *k)
{
	struct state *s = k->ctx;

	scratch_free(&s->logits);
	scratch_free(&s->part);
	scratch_free(&s->loop);
	free(s->max);
	host_close(k);
}

static void
fill_table(struct backend *k)
{
	host_memory(k);
	host_matrices(k);
	k->name = "blas";
	k->isa = openblas_get_corename();
	k->close = blas_close;
	k->error = host_error;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	ref_layers(k);
	ref_sampled(k);
	ref_tree(k);
	blas_cells(k);
	blas_optimiser(k);
}

struct backend *
blas_open(int threads, const char **why)
{
	struct backend *k = host_open(sizeof(struct state), threads, why);

	if (k == NULL)
		return NULL;
	openblas_set_num_threads(1);
	fill_table(k);
	return k;
}
