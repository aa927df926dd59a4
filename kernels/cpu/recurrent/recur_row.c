/*
 * recur_row.c - memory, and a row through a matrix, some panels at a time.
 */
#include "elementary.h"
#include "recur_row.h"

enum { ABREAST = 4 };	/* panels of a row product, whose sums overlap */

real *
recur_reserve(struct recurrence *q, size_t n)
{
	return scratch_get(&q->mem, n, sizeof(real));
}

/* A step of one sequence; s is NULL going forward. */
struct row_step {
	const struct panels *b;
	const real *x, *s;
	real *row;
};

INLINE void
finish(const struct row_step *m, size_t at, vec product)
{
	vec a = v_add(v_load(m->row + at), product);

	v_store(m->row + at, m->s ? through_tanh(a, v_load(m->s + at)) : v_tanh(a));
}

/*
 * Sums run down the panels in the order of panel_tile(), so that a row comes
 * out the same alone and in a tile; what keeps the processor busy is that
 * several panels are walked side by side.
 */
INLINE void
row_panels(const int n, const struct row_step *m, int first)
{
	const real *b = m->b->p + (size_t)first * m->b->stride;
	size_t next = m->b->stride, at = (size_t)first * PW;
	vec left[ABREAST], right[ABREAST];

	UNROLL
	for (int i = 0; i < n; i++)
		left[i] = right[i] = v_zero();
	for (int k = 0; k < m->b->k; k++, b += PW) {
		vec x = v_set1(m->x[k]);

		UNROLL
		for (int i = 0; i < n; i++) {
			left[i] = v_fma(x, v_load(b + i * next), left[i]);
			right[i] = v_fma(x, v_load(b + i * next + LANES), right[i]);
		}
	}
	UNROLL
	for (int i = 0; i < n; i++, at += PW) {
		finish(m, at, left[i]);
		finish(m, at + LANES, right[i]);
	}
}

static void
row_task(void *arg, int i, int thread)
{
	const struct row_step *m = arg;
	int first = i * ABREAST;

	(void)thread;
	switch (m->b->np - first) {
	case 1:
		row_panels(1, m, first);
		break;
	case 2:
		row_panels(2, m, first);
		break;
	case 3:
		row_panels(3, m, first);
		break;
	default:
		row_panels(ABREAST, m, first);
		break;
	}
}

void
row_step(struct recurrence *q, const struct panels *b, const real *x, const real *s,
    real *row, int walk)
{
	struct row_step m = { b, x, s, row };

	run_tasks(q->pool, row_is_shared(q, (double)b->k * b->n), row_task, &m,
	    (b->np + ABREAST - 1) / ABREAST, walk);
}
