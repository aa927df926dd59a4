/*
 * embedding.c - the input layer: rows looked up in an embedding, or in V' where input
 * and output are tied; and their gradient.
 *
 * The forward pass divides the rows of the batch among the threads, the backward pass
 * the columns: a repeated word gets its errors in the order of the rows.
 */
#include "state.h"

enum { ROWS = 64, COLUMNS = 8 * LANES };	/* per task */

/* Where column j of a matrix in panels begins; its elements are PW apart. */
static real *
column(const struct panels *b, uint32_t j)
{
	return b->p + (size_t)(j / PW) * b->stride + j % PW;
}

/* A tied input layer: word x's row of V is column x of V'. */
static void
look_up_columns(const struct panels *vt, const struct batch *b, real *a)
{
	for (int r = 0; r < b->t; r++) {
		const real *from = column(vt, b->x[r]);

		for (int i = 0; i < vt->k; i++)
			*a++ = from[(size_t)i * PW];
	}
}

static void
add_columns(struct panels *vt, const struct batch *b, const real *d)
{
	for (int r = 0; r < b->t; r++) {
		real *to = column(vt, b->x[r]);

		for (int i = 0; i < vt->k; i++)
			to[(size_t)i * PW] += *d++;
	}
}

struct words {
	struct embed e;		/* the matrix as rows of words */
	const struct batch *b;
	real *a;		/* (t, h) */
	const real *d;		/* (t, h) */
};

/* A matrix that is stored as a row per word. */
static struct embed
rows_of_words(const struct matrix *u)
{
	int words = u->role == ROLE_EMBED ? u->cols : u->rows;

	return (struct embed){ host_width(u), words, host_values(u) };
}

static void
look_up_task(void *arg, int i, int thread)
{
	const struct words *w = arg;
	struct batch some = *w->b;
	size_t h = (size_t)w->e.h;

	(void)thread;
	some.x += i * ROWS;
	some.t = some.t - i * ROWS < ROWS ? some.t - i * ROWS : ROWS;
	embed_look_up(&w->e, &some, w->a + (size_t)i * ROWS * h, h);
}

static void
embed_forward(struct backend *k, const struct matrix *u, const struct batch *b, void *a)
{
	struct words w = { rows_of_words(u), b, a, NULL };

	if (u->role == ROLE_OUT)
		look_up_columns(&cpu_mat_of(u)->v, b, a);
	else
		parallel_on(k, look_up_task, &w, (b->t + ROWS - 1) / ROWS, NUMBER * b->t * w.e.h);
}

static void
add_task(void *arg, int i, int thread)
{
	const struct words *w = arg;
	int h = w->e.h, first = i * COLUMNS, n = h - first < COLUMNS ? h - first : COLUMNS;

	(void)thread;
	for (int r = 0; r < w->b->t; r++) {
		real *RESTRICT row = w->e.p + (size_t)w->b->x[r] * h + first;
		const real *RESTRICT d = w->d + (size_t)r * h + first;

		for (int j = 0; j < n; j++)
			row[j] += d[j];
	}
}

static void
embed_backward(struct backend *k, const struct batch *b, const void *d, struct matrix *du)
{
	struct words w = { rows_of_words(du), b, NULL, d };

	if (du->role == ROLE_OUT) {
		add_columns(&cpu_mat_of(du)->v, b, d);
		return;
	}
	touched_add(&du->touched, b->x, b->t);
	parallel_on(k, add_task, &w, (w.e.h + COLUMNS - 1) / COLUMNS, NUMBER * b->t * w.e.h);
}

void
embedding_entries(struct backend *k)
{
	k->embed_forward = embed_forward;
	k->embed_backward = embed_backward;
}
