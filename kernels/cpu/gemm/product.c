/*
 * product.c - the forward product is divided into tasks of some tiles of rows, packed
 * by the thread that multiplies them; the gradient into pieces of panels.
 */
#include <string.h>

#include "product.h"
#include "parallel.h"

enum {
	TILES = 8,		/* tiles of rows in a task, at most */
	TASKS = 16,		/* tasks, if there are enough rows */
	PIECE = 4 * OUTER,	/* rows of a panel of the gradient in a task */
	STEPS = 128		/* rows of D and X at a time: they fit the L1 cache */
};

struct product_job {
	const struct panels *b;
	int t, rows;		/* rows in total, and in a task */
	int nsplit;		/* tasks with the same rows and different panels */
	const real *x;
	real *out;
	real *space;		/* (threads, thread_len) */
	size_t thread_len;
};

static int
task_rows(int t)
{
	int tiles = (t + TILE * TASKS - 1) / (TILE * TASKS);

	return TILE * (tiles < TILES ? tiles : TILES);
}

static size_t
thread_space(const struct panels *b, int t)
{
	return (size_t)task_rows(t) * ((size_t)b->k + PW) + LANES;
}

size_t
product_space(struct pool *p, const struct panels *b, int t)
{
	return thread_space(b, t) * (size_t)pool_threads(p);
}

/* The last panel where it is not whole: its product into tile, then its columns. */
static void
multiply_last_panel(const struct packed *a, const struct panels *b, int i, real *tile, real *out)
{
	int n = b->n - i * PW;

	panel_tile(a, 0, a->nblock, b, i, tile, PW);
	for (int r = 0; r < a->t; r++)
		memcpy(out + (size_t)r * b->n + (size_t)i * PW, tile + (size_t)r * PW,
		    (size_t)n * sizeof(real));
}

static void
product_task(void *arg, int i, int thread)
{
	const struct product_job *j = arg;
	const struct panels *b = j->b;
	int first = i / j->nsplit * j->rows, t = j->t - first < j->rows ? j->t - first : j->rows;
	int from = b->np * (i % j->nsplit) / j->nsplit;
	int end = b->np * (i % j->nsplit + 1) / j->nsplit;
	real *out = j->out + (size_t)first * b->n, *p = j->space + (size_t)thread * j->thread_len;
	struct packed a;

	pack_shape(&a, t, b->k, p);
	pack_matrix(&a, j->x + (size_t)first * b->k, (size_t)b->k);
	for (int l = from; l < end; l++) {
		if ((l + 1) * PW <= b->n)
			panel_tile(&a, 0, a.nblock, b, l, out + (size_t)l * PW,
			    (size_t)b->n);
		else
			multiply_last_panel(&a, b, l, p + (size_t)t * b->k, out);
	}
}

void
product_forward(struct pool *p, const struct panels *b, int t, const real *x, real *out,
    real *space)
{
	struct product_job j = { b, t, task_rows(t), 1, x, out, space, thread_space(b, t) };
	int nblock = (t + j.rows - 1) / j.rows;

	while (nblock * j.nsplit < TASKS / 2 && j.nsplit * 2 <= b->np)
		j.nsplit *= 2;
	parallel_tasks(p, product_task, &j, nblock * j.nsplit, (double)t * b->k * b->n);
}

struct gradient_job {
	struct panels *b;
	int t, npiece, nsplit;	/* rows; pieces of the panels' rows, and groups of panels */
	struct rows d, x;
	real rate;
	real *space;		/* (threads, STEPS, PIECE): columns of D */
};

/* Copies columns first .. first+n-1 of t rows of D: in place they may be a power of two
 * apart and so compete for the same few sets of the cache. */
static void
copy_columns(const struct gradient_job *g, int row, int t, int first, int n, real *to)
{
	for (int r = 0; r < t; r++)
		memcpy(to + (size_t)r * PIECE, g->d.p + (size_t)(row + r) * g->d.stride + first,
		    (size_t)n * sizeof(real));
}

static void
gradient_task(void *arg, int i, int thread)
{
	const struct gradient_job *g = arg;
	int first = i / g->nsplit * PIECE, np = g->b->np;
	int from = np * (i % g->nsplit) / g->nsplit, end = np * (i % g->nsplit + 1) / g->nsplit;
	struct panels part = *g->b;
	real *d = g->space + (size_t)thread * STEPS * PIECE;

	part.p += (size_t)first * PW;
	part.k = part.k - first < PIECE ? part.k - first : PIECE;
	for (int r = 0; r < g->t; r += STEPS) {
		int t = g->t - r < STEPS ? g->t - r : STEPS;

		copy_columns(g, r, t, first, part.k, d);
		for (int l = from; l < end; l++)
			panel_add_outer(&part, l, t, (struct rows){ d, PIECE },
			    (struct rows){ g->x.p + (size_t)r * g->x.stride + (size_t)l * PW,
			    g->x.stride }, g->rate);
	}
}

size_t
product_gradient_space(struct pool *p)
{
	return (size_t)pool_threads(p) * STEPS * PIECE;
}

void
product_gradient(struct pool *p, struct panels *b, int t, struct rows d, struct rows x,
    real rate, real *space)
{
	struct gradient_job g = { b, t, (b->k + PIECE - 1) / PIECE, 1, d, x, rate, space };

	while (g.npiece * g.nsplit < TASKS && g.nsplit * 2 <= b->np)
		g.nsplit *= 2;
	parallel_tasks(p, gradient_task, &g, g.npiece * g.nsplit, (double)t * b->k * b->n);
}
