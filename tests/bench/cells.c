/*
 * cells - how long a step of training takes for nets of gated, stacked and
 * plain cells on characters, composed of backend.h's entries, without files.
 *
 *	cells DEVICE THREADS CELL LAYERS H V SEQUENCES ROWS RULE SECONDS
 *	CELL, RULE: as for train -c and -O
 *	cells profile DEVICE ...	what each layer takes, as well
 *
 * With biases everywhere, gradients cut at 5, states carried over; back over
 * the whole of a sequence's rows.  Prints characters/s and milliseconds a step,
 * of the median step, and GFLOP/s: a character costs 6 of each weight it meets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "rng.h"
#include "stopwatch.h"

enum { LAYERS = 8, MAX_STEPS = 100000 };
#define NAME_OF(id, name, ...) name,
static const char *const cell_name[] = { CELL_ROWS(NAME_OF) };
static const char *const rule_name[] = { RULE_ROWS(NAME_OF) };

/* A parameter, its gradient and moments. */
struct param {
	struct matrix *p, *g, *m, *n;
};

struct layer {
	struct param in, bias, w, bn;	/* in: the embedding, or the dense layer below */
	void *a, *s, *c, *d, *ds;	/* (t, gates h), (t, h), (t, h), (t, gates h), (t, h) */
	void *s0, *c0;			/* (nseq, h) */
};

struct net {
	struct backend *k;
	enum cell cell;
	int nlayer, h, v;
	struct batch b;
	int *last;			/* (nseq) the sequences' last rows */
	struct layer layer[LAYERS];
	struct param out, c;
	struct update by;
	double *logp;
};

/* Where a profile puts its time. */
enum phase { INPUT, CELL, OUTPUT, CELL_BACK, INPUT_BACK, UPDATE, NPHASE };
static const char *const phase_name[] = { "inputs", "cells", "output layer", "cells, back",
    "inputs, back", "update" };
static double took[NPHASE], last;

static void
lap(enum phase p)
{
	double t = now();

	took[p] += t - last;
	last = t;
}

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("cells: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static struct param
param(const struct net *n, struct rng *r, enum role role, int rows, int cols)
{
	size_t count = (size_t)rows * cols;
	float *x = must(calloc(count, sizeof(*x)));
	struct backend *k = n->k;
	struct param p;

	for (size_t i = 0; i < count; i++)
		x[i] = (float)rng_uniform(r, -0.08, 0.08);
	p.p = must(k->mat_new(k, role, rows, cols));
	p.g = must(k->mat_new(k, role, rows, cols));
	p.m = rule_kinds[n->by.rule].moments < 1 ? NULL : must(k->mat_new(k, role, rows, cols));
	p.n = rule_kinds[n->by.rule].moments < 2 ? NULL : must(k->mat_new(k, role, rows, cols));
	k->mat_put(k, p.p, x);
	free(x);
	return p;
}

static void
make_layer(struct net *n, struct rng *r, int i)
{
	struct layer *l = &n->layer[i];
	struct backend *k = n->k;
	int h = n->h, m = cell_kinds[n->cell].gates * h;
	size_t th = (size_t)n->b.t * h, sh = (size_t)n->b.nseq * h;

	l->in = i == 0 ? param(n, r, ROLE_EMBED, m, n->v) : param(n, r, ROLE_DENSE, m, h);
	l->bias = param(n, r, ROLE_BIAS, 1, m);
	l->w = param(n, r, cell_kinds[n->cell].gates == 1 ? ROLE_SQUARE : ROLE_GATES, m, h);
	if (cell_kinds[n->cell].has_state_bias)
		l->bn = param(n, r, ROLE_BIAS, 1, h);
	l->a = must(k->alloc(k, th * (size_t)cell_kinds[n->cell].gates));
	l->d = must(k->alloc(k, th * (size_t)cell_kinds[n->cell].gates));
	l->s = must(k->alloc(k, th));
	l->c = must(k->alloc(k, th));
	l->ds = must(k->alloc(k, th));
	l->s0 = must(k->alloc(k, sh));
	l->c0 = must(k->alloc(k, sh));
}

static void
make_batch(struct net *n, struct rng *r, int nseq, int rows)
{
	int *start = must(calloc((size_t)nseq + 1, sizeof(*start)));
	uint32_t *x = must(calloc((size_t)nseq * rows, sizeof(*x)));
	uint32_t *y = must(calloc((size_t)nseq * rows, sizeof(*y)));

	for (int i = 0; i <= nseq; i++)
		start[i] = i * rows;
	for (int i = 0; i < nseq * rows; i++) {
		x[i] = rng_u32(r) % (uint32_t)n->v;
		y[i] = rng_u32(r) % (uint32_t)n->v;
	}
	n->b = (struct batch){ nseq, nseq * rows, start, x, y };
	n->logp = must(calloc((size_t)n->b.t, sizeof(*n->logp)));
	n->last = must(calloc((size_t)nseq, sizeof(*n->last)));
	for (int i = 0; i < nseq; i++)
		n->last[i] = start[i + 1] - 1;
}

static struct cell_args
args_of(const struct net *n, const struct layer *l)
{
	return (struct cell_args){ .cell = n->cell, .w = l->w.p, .bias = l->bn.p, .b = &n->b,
	    .s0 = l->s0, .saved0 = l->c0, .a = l->a, .s = l->s, .saved = l->c, .bptt = n->b.t };
}

static void
forward(struct net *n, int i)
{
	struct layer *l = &n->layer[i];
	struct backend *k = n->k;
	struct cell_args args;

	if (i == 0)
		k->embed_forward(k, l->in.p, &n->b, l->a);
	else
		k->dense_forward(k, l->in.p, n->b.t, l[-1].s, l->a);
	k->bias_forward(k, l->bias.p, n->b.t, l->a);
	lap(INPUT);
	args = args_of(n, l);
	k->cell_forward(k, &args);
	lap(CELL);
}

static void
backward(struct net *n, int i)
{
	struct layer *l = &n->layer[i];
	struct backend *k = n->k;
	struct cell_args args = args_of(n, l);

	args.ds = l->ds;
	args.d = l->d;
	args.dw = l->w.g;
	args.dbias = l->bn.g;
	k->cell_backward(k, &args);
	lap(CELL_BACK);
	k->bias_backward(k, n->b.t, l->d, l->bias.g);
	if (i == 0)
		k->embed_backward(k, &n->b, l->d, l->in.g);
	else
		k->dense_backward(k, l->in.p, n->b.t, l[-1].s, l->d, l[-1].ds, l->in.g);
	lap(INPUT_BACK);
}

static void
update(struct net *n, struct param *p)
{
	if (p->p)
		n->k->update(n->k, p->p, p->g, p->m, p->n, &n->by);
}

static void
step(struct net *n)
{
	struct layer *top = &n->layer[n->nlayer - 1];
	struct backend *k = n->k;

	last = now();
	n->by.step++;
	for (int i = 0; i < n->nlayer; i++)
		forward(n, i);
	k->out_backward(k, &(struct output_args){ .v = n->out.p, .c = n->c.p, .t = n->b.t,
	    .s = top->s, .y = n->b.y, .logp = n->logp, .ds = top->ds, .dv = n->out.g,
	    .dc = n->c.g });
	lap(OUTPUT);
	for (int i = n->nlayer - 1; i >= 0; i--)
		backward(n, i);
	update(n, &n->out);
	update(n, &n->c);
	for (int i = 0; i < n->nlayer; i++) {
		struct layer *l = &n->layer[i];

		update(n, &l->in);
		update(n, &l->bias);
		update(n, &l->w);
		update(n, &l->bn);
		k->pick_rows(k, n->b.nseq, n->last, n->h, l->s, l->s0);
		if (cell_kinds[n->cell].has_second_state)
			k->pick_rows(k, n->b.nseq, n->last, n->h, l->c, l->c0);
	}
	lap(UPDATE);
}

static void
measure(struct net *n, double seconds, int profile)
{
	static double each[MAX_STEPS];
	double begun, t = n->b.t, m = cell_kinds[n->cell].gates * (double)n->h, weights, middle;
	int count = 0;

	for (int i = 0; i < 3; i++)
		step(n);
	memset(took, 0, sizeof(took));
	begun = now();
	while (count < MAX_STEPS && (count < 3 || now() - begun < seconds)) {
		double start = now();

		step(n);
		each[count++] = now() - start;
	}
	middle = median(each, count);
	weights = m * n->h * (2 * n->nlayer - 1) + (double)n->h * n->v;
	printf("%.0f chars/s %.4f ms %.1f GFLOP/s\n", t / middle, middle * 1e3,
	    6 * weights * t / middle * 1e-9);
	for (int i = 0; profile && i < NPHASE; i++)
		printf("%-14s %8.1f us\n", phase_name[i], took[i] / count * 1e6);
}

static int
choice(const char *word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	fprintf(stderr, "cells: what is '%s'? see the top of bench/cells.c\n", word);
	exit(2);
}

int
main(int argc, char *argv[])
{
	static struct net n;
	const char *why;
	struct rng r;
	int profile = argc > 1 && strcmp(argv[1], "profile") == 0;

	argv += profile;
	if (argc - profile != 11) {
		fputs("cells: see the top of bench/cells.c\n", stderr);
		return 2;
	}
	n.k = backend_open(argv[1], REAL_F32, atoi(argv[2]), &why);
	if (n.k == NULL) {
		fprintf(stderr, "cells: %s\n", why);
		return 1;
	}
	n.cell = (enum cell)choice(argv[3], cell_name, NCELLS);
	n.nlayer = atoi(argv[4]);
	n.h = atoi(argv[5]);
	n.v = atoi(argv[6]);
	n.by = (struct update){ .rule = (enum update_rule)choice(argv[9], rule_name, NRULES),
	    .rate = 0.002, .scale = 1, .clip = 5, .decay = 0.95, .decay2 = 0.999,
	    .epsilon = 1e-8 };
	rng_seed(&r, 1);
	make_batch(&n, &r, atoi(argv[7]), atoi(argv[8]));
	for (int i = 0; i < n.nlayer && i < LAYERS; i++)
		make_layer(&n, &r, i);
	n.out = param(&n, &r, ROLE_OUT, n.v, n.h);
	n.c = param(&n, &r, ROLE_BIAS, 1, n.v);
	measure(&n, atof(argv[10]), profile);
	return 0;
}
