/*
 * blas.c - the net by OpenBLAS, batched over t: the output layer is three
 * products over all steps of a batch, and truncated back-propagation is
 * bptt products of (t,h)(h,h) for all steps together.
 *
 * The library runs on one thread; ours share out fixed chunks of the
 * vocabulary, and partial sums are added up in the order of the chunks, so
 * the result does not depend on the number of threads.
 */
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "parts.h"

enum {
	CHUNK = 1024,		/* words of the vocabulary in a task */
	ROWS = 128		/* steps of a batch at a time: bounds the logits held */
};

real *
blas_space(struct backend *k, struct buffer *b, size_t n)
{
	if (n > b->n) {
		free(b->p);
		b->p = n > SIZE_MAX / sizeof(real) ? NULL : malloc(n * sizeof(real));
		b->n = b->p ? n : 0;
		if (b->p == NULL)
			host_note(k, "out of memory");
	}
	return b->p;
}

/* What the tasks of an output layer share; rows are those at hand. */
struct output {
	const struct matrix *v, *bias;
	int t, h, c;
	const real *s;		/* (t, h) */
	const uint32_t *y;	/* (t) */
	real *logits;		/* (t, c) */
	double *max, *sum;	/* (chunks, ROWS): of a chunk, then of its row */
	real *part;		/* (chunks, t, h): a chunk's share of dS */
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

/* A chunk of P = softmax less 1 at y, in place; its shares of dS, dV and dc. */
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

/* Logits, maxima and sums of at most ROWS rows; false when out of memory. */
static int
prepare(struct backend *k, struct output *o, const struct matrix *v, const struct matrix *c, int t)
{
	struct state *s = k->ctx;
	int nchunk = (v->rows + CHUNK - 1) / CHUNK;

	if (nchunk > s->nchunk) {
		free(s->max);
		s->max = calloc((size_t)nchunk * 2 * ROWS, sizeof(*s->max));
		s->nchunk = s->max ? nchunk : 0;
		if (s->max == NULL)
			host_note(k, "out of memory");
	}
	*o = (struct output){ .v = v, .bias = c, .h = v->cols, .c = v->rows };
	o->logits = blas_space(k, &s->logits, (size_t)(t < ROWS ? t : ROWS) * v->rows);
	o->max = s->max;
	o->sum = s->max + (size_t)s->nchunk * ROWS;
	return s->host.error ? 0 : nchunk;
}

static void
logits(struct backend *k, struct output *o, int nchunk, const real *s, int first, int t)
{
	struct state *st = k->ctx;

	o->t = t - first < ROWS ? t - first : ROWS;
	o->s = s + (size_t)first * o->h;
	pool_run(st->host.pool, logits_task, o, nchunk);
	join_chunks(o, nchunk);
}

static void
out_forward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *s, const uint32_t *y, double *logp)
{
	struct output o;
	int nchunk = prepare(k, &o, v, c, t);

	for (int first = 0; nchunk && first < t; first += ROWS) {
		logits(k, &o, nchunk, s, first, t);
		for (int r = 0; r < o.t; r++)
			logp[first + r] = o.logits[(size_t)r * o.c + y[first + r]] - o.max[r] -
			    log(o.sum[r]);
	}
}

static void
out_logp(struct backend *k, const struct matrix *v, const struct matrix *c, int t, const void *s,
    void *to)
{
	struct output o;
	int nchunk = prepare(k, &o, v, c, t);
	real *out = to;

	for (int first = 0; nchunk && first < t; first += ROWS) {
		logits(k, &o, nchunk, s, first, t);
		for (int r = 0; r < o.t; r++) {
			real norm = (real)(o.max[r] + log(o.sum[r]));

			for (int j = 0; j < o.c; j++)
				*out++ = o.logits[(size_t)r * o.c + j] - norm;
		}
	}
}

static void
out_backward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *s, const uint32_t *y, void *to, struct matrix *dv, struct matrix *dc,
    double *logp)
{
	struct state *st = k->ctx;
	struct output o;
	int nchunk = prepare(k, &o, v, c, t);
	real *ds = to;

	o.dv = dv;
	o.dbias = dc;
	o.part = blas_space(k, &st->part, (size_t)nchunk * (t < ROWS ? t : ROWS) * o.h);
	for (int first = 0; nchunk && o.part && first < t; first += ROWS) {
		size_t n;

		logits(k, &o, nchunk, s, first, t);
		o.y = y + first;
		for (int r = 0; r < o.t; r++)
			logp[first + r] = o.logits[(size_t)r * o.c + o.y[r]] - o.max[r] -
			    log(o.sum[r]);
		pool_run(st->host.pool, gradient_task, &o, nchunk);
		n = (size_t)o.t * o.h;
		memcpy(ds + (size_t)first * o.h, o.part, n * sizeof(real));
		for (int i = 1; i < nchunk; i++)
			for (size_t j = 0; j < n; j++)
				ds[(size_t)first * o.h + j] += o.part[(size_t)i * n + j];
	}
}

static void
rnn_forward(struct backend *k, const struct matrix *w, const struct batch *b, const void *from,
    const void *start, void *to)
{
	int h = w->rows;
	const real *s0 = start;
	real *s = to;

	(void)k;
	if (to != from)
		memcpy(to, from, (size_t)b->t * h * sizeof(real));
	for (int i = 0; i < b->nseq; i++) {
		const real *last = s0 ? s0 + (size_t)i * h : NULL;

		for (int r = b->start[i]; r < b->start[i + 1]; r++) {
			real *row = s + (size_t)r * h;

			if (last)
				GEMV(CblasRowMajor, CblasNoTrans, h, h, 1, w->p, h, last, 1, 1,
				    row, 1);
			for (int j = 0; j < h; j++)
				row[j] = RTANH(row[j]);
			last = row;
		}
	}
}

/* E(t,h) becomes the error one row earlier: E_{r-1} = (E_r W)(1 - s_{r-1}^2). */
static void
shift_back(const struct matrix *w, const struct batch *b, const real *s, real *e, real *g)
{
	int h = w->rows;

	GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, b->t, h, h, 1, e, h, w->p, h, 0, g, h);
	for (int i = 0; i < b->nseq; i++) {
		size_t last = (size_t)(b->start[i + 1] - 1) * h;

		for (size_t j = (size_t)b->start[i] * h; j < last; j++)
			e[j] = g[j + h] * (1 - s[j] * s[j]);
		memset(e + last, 0, (size_t)h * sizeof(real));
	}
}

/* Without truncation all errors travel together, one row after another. */
static void
back_whole(const struct matrix *w, const struct batch *b, const real *s, const real *ds,
    real *d)
{
	int h = w->rows;

	memcpy(d, ds, (size_t)b->t * h * sizeof(real));
	for (int i = 0; i < b->nseq; i++)
		for (int r = b->start[i + 1] - 1; r >= b->start[i]; r--) {
			real *row = d + (size_t)r * h;

			if (r + 1 < b->start[i + 1])
				GEMV(CblasRowMajor, CblasTrans, h, h, 1, w->p, h, row + h, 1, 1,
				    row, 1);
			for (int j = 0; j < h; j++)
				row[j] *= 1 - s[(size_t)r * h + j] * s[(size_t)r * h + j];
		}
}

int
blas_longest(const struct batch *b)
{
	int most = 0;

	for (int i = 0; i < b->nseq; i++)
		most = b->start[i + 1] - b->start[i] > most ? b->start[i + 1] - b->start[i] : most;
	return most;
}

void
blas_before(const struct batch *b, int h, const real *s, const real *s0, real *last)
{
	memset(last, 0, (size_t)b->t * h * sizeof(real));
	for (int i = 0; i < b->nseq; i++) {
		size_t at = (size_t)b->start[i] * h;
		size_t n = (size_t)(b->start[i + 1] - b->start[i] - 1) * h;

		if (s0)
			memcpy(last + at, s0 + (size_t)i * h, (size_t)h * sizeof(real));
		memcpy(last + at + h, s + at, n * sizeof(real));
	}
}

static void
rnn_backward(struct backend *k, const struct matrix *w, const struct batch *b, int bptt,
    const void *states, const void *s0, const void *ds, void *to, struct matrix *dw)
{
	struct state *st = k->ctx;
	size_t n = (size_t)b->t * w->rows;
	real *e = blas_space(k, &st->back, 2 * n), *g, *d = to;
	const real *s = states;

	if (e == NULL)
		return;
	g = e + n;
	if (bptt >= blas_longest(b) - 1) {
		back_whole(w, b, s, ds, d);
	} else {
		for (size_t i = 0; i < n; i++)
			d[i] = e[i] = ((const real *)ds)[i] * (1 - s[i] * s[i]);
		for (int step = 0; step < bptt; step++) {
			shift_back(w, b, s, e, g);
			for (size_t i = 0; i < n; i++)
				d[i] += e[i];
		}
	}
	blas_before(b, w->rows, s, s0, g);
	GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, w->rows, w->rows, b->t, 1, d, w->rows, g,
	    w->rows, 1, dw->p, w->rows);
}

static void
blas_close(struct backend *k)
{
	struct state *s = k->ctx;

	free(s->logits.p);
	free(s->part.p);
	free(s->back.p);
	free(s->max);
	host_close(k);
}

static void
fill(struct backend *k)
{
	host_memory(k);
	host_matrices(k);
	k->name = "blas";
	k->isa = openblas_get_corename();
	k->close = blas_close;
	k->error = host_error;
	k->rnn_forward = rnn_forward;
	k->rnn_backward = rnn_backward;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	ref_layers(k);
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
	fill(k);
	return k;
}
