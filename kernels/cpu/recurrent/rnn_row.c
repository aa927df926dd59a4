/*
 * rnn_row.c - scratch, and the vector-matrix product of one step, some panels at a time.
 */
#include "elementary.h"
#include "rnn_row.h"

enum { ABREAST = 4 };	/* panels summed together, to hide latency */

real *
recurrence_reserve(struct recurrence *q, size_t n)
{
	return scratch_get(&q->mem, n, sizeof(real));
}

/* A step of one sequence; s is NULL in the forward pass. */
struct row_step {
	const struct panels *b;
	const real *x, *s;
	real *row;
};

INLINE void
finish_units(const struct row_step *m, size_t at, vec product)
{
	vec a = v_add(v_load(m->row + at), product);

	v_store(m->row + at, m->s ? through_tanh(a, v_load(m->s + at)) : v_tanh(a));
}

/*
 * Sums are in the order of panel_tile(), so that a row gives the same result alone and
 * in a tile; several panels are summed at the same time, to hide latency.
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
		finish_units(m, at, left[i]);
		finish_units(m, at + LANES, right[i]);
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
rnn_step_row(struct recurrence *q, const struct panels *b, const real *x, const real *s,
    real *row, int pass)
{
	struct row_step m = { b, x, s, row };

	run_tasks(q->pool, row_is_parallel(q, (double)b->k * b->n), row_task, &m,
	    (b->np + ABREAST - 1) / ABREAST, pass);
}
