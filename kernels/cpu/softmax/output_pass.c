/*
 * output_pass.c - the first pass over V': logits, references, sums and partial dS, group
 * by group; output.h describes the method.
 */
#include <math.h>
#include <string.h>

#include "output_job.h"
#include "row_math.h"
#include "softmax.h"

/* A group of panels and a chunk of rows, processed by one thread. */
struct chunk {
	const struct output_job *j;
	int g, panel, npanel;		/* the group, its first panel, their number */
	int first, n;			/* its first word, their number */
	int block, end;			/* blocks of rows */
	int row, nrow;
	real *l;			/* (panels, rows, PW) logits, lstride apart */
	size_t lstride;
};

static struct chunk
before_chunks(const struct output_job *j, int g, int thread)
{
	struct chunk p = { .j = j, .g = g, .panel = group_first(j, g) };

	p.npanel = group_first(j, g + 1) - p.panel;
	p.first = p.panel * PW;
	p.n = min_int(p.npanel * PW, j->c.v->n - p.first);
	p.l = j->local + (size_t)thread * j->local_len;
	p.lstride = CHUNK * TILE * PW;
	if (j->keep != KEEP_NOTHING)
		p.lstride = j->estride;
	return p;
}

/* Moves on to the next chunk of rows; false after the last. */
static bool
next_chunk(struct chunk *p)
{
	const struct packed *a = &p->j->a;

	p->block = p->end;
	p->end = min_int(p->block + CHUNK, a->nblock);
	p->row = packed_row(a, p->block);
	p->nrow = packed_row(a, p->end) - p->row;
	if (p->j->keep != KEEP_NOTHING)
		p->l = kept_panel(p->j, p->panel) + (size_t)p->row * PW;
	return p->block < a->nblock;
}

static bool
has_target(const struct chunk *p, int r)
{
	const uint32_t *y = p->j->c.y;

	return y && y[r] >= (uint32_t)p->first && y[r] < (uint32_t)(p->first + p->n);
}

/* Clears the columns past the vocabulary. */
static void
clear_rest(const struct chunk *p, real *l)
{
	for (int i = p->n; i < p->npanel * PW; i++)
		l[(size_t)(i / PW) * p->lstride + i % PW] = 0;
}

/* Row r of the chunk: its sum, and its reference, which is at least least_top. */
static void
forward_row(const struct chunk *p, int r, real least_top)
{
	const struct output_job *j = p->j;
	size_t at = (size_t)p->g * j->tv + p->row + r, next = p->lstride;
	real *l = p->l + (size_t)r * PW, top = maximum(l, p->n, next);

	top = top > least_top ? top : least_top;
	if (has_target(p, p->row + r)) {
		uint32_t y = j->c.y[p->row + r] - (uint32_t)p->first;

		j->target[p->row + r] = l[y / PW * next + y % PW];
	}
	j->top[at] = top;
	if (j->keep != KEEP_EXP) {
		j->sum[at] = exponentiate(l, p->n, next, top, false);
	} else {
		j->sum[at] = exponentiate(l, p->n, next, top, true);
		clear_rest(p, l);
	}
}

static void
compute_logits(const struct chunk *p)
{
	for (int i = 0; i < p->npanel; i++)
		panel_tile(&p->j->a, p->block, p->end, p->j->c.v, p->panel + i,
		    p->l + (size_t)i * p->lstride, PW);
	for (int i = 0; p->j->c.bias && i < p->npanel; i++)
		add_to_rows(p->l + (size_t)i * p->lstride, p->nrow,
		    p->j->c.bias + (size_t)(p->panel + i) * PW);
}

/* Pass 1, forward only. */
static void
forward_group(void *arg, int g, int thread)
{
	struct chunk p = before_chunks(arg, g, thread);

	while (next_chunk(&p)) {
		compute_logits(&p);
		for (int r = 0; r < p.nrow; r++)
			forward_row(&p, r, -INFINITY);
	}
}

/*
 * Pass 1 of a chunk, and its part of the slab's dS, not yet divided by the sums: da
 * is relative to the last group's reference, which never falls.
 */
static void
backward_chunk(const struct chunk *p, bool first_of_slab, real *da)
{
	const struct output_job *j = p->j;

	compute_logits(p);
	for (int r = p->row; r < p->row + p->nrow; r++) {
		const real *top = j->top + (size_t)p->g * j->tv + r;
		real last = first_of_slab ? -INFINITY : *(top - j->tv);

		forward_row(p, r - p->row, last);
		if (first_of_slab)
			memset(da + (size_t)r * j->h, 0, (size_t)j->h * sizeof(real));
		else if (*top > last)
			row_scale(da + (size_t)r * j->h, j->h, exp_of(last - *top));
		if (has_target(p, r))
			panels_column(j->c.v, (int)j->c.y[r], j->c.ds + (size_t)r * j->c.dstride);
	}
	panel_dots(j->c.v, p->panel, p->npanel, p->nrow, (struct rows){ p->l, p->lstride },
	    da + (size_t)p->row * j->h, (size_t)j->h);
}

static void
backward_slab(void *arg, int slab, int thread)
{
	const struct output_job *j = arg;
	int first = slab_first(j, slab);

	for (int g = first; g < slab_first(j, slab + 1); g++) {
		struct chunk p = before_chunks(j, g, thread);

		while (next_chunk(&p))
			backward_chunk(&p, g == first, j->da + (size_t)slab * j->capacity * j->h);
	}
}

/*
 * Joins the groups, LANES rows at a time: all_top and all_sum, and in top[g] the
 * factor that turns the group's exponentials into probabilities.  A maximum may
 * hide a NaN, but then a group's sum is NaN, and so is the row's.
 */
static void
join_groups(const struct output_job *j)
{
	for (int r = 0; r < j->tv; r += LANES) {
		vec top = v_load(j->top + r), sum = v_zero();

		for (int g = 1; g < j->ngroup; g++)
			top = v_max(top, v_load(j->top + (size_t)g * j->tv + r));
		for (int g = 0; g < j->ngroup; g++) {
			size_t at = (size_t)g * j->tv + r;
			vec up = v_exp(v_sub(v_load(j->top + at), top));

			v_store(j->top + at, up);
			sum = v_fma(up, v_load(j->sum + at), sum);
		}
		for (int g = 0; g < j->ngroup; g++) {
			size_t at = (size_t)g * j->tv + r;

			v_store(j->top + at, v_div(v_load(j->top + at), sum));
		}
		v_store(j->all_top + r, top);
		v_store(j->all_sum + r, sum);
	}
}

void
job_pass_1(struct output *o, struct output_job *j, const struct softmax_call *part)
{
	int t = part->t;

	j->c = *part;
	j->tv = (t + LANES - 1) / LANES * LANES;
	j->all_top = j->top + (size_t)j->ngroup * j->tv;
	j->all_sum = j->sum + (size_t)j->ngroup * j->tv;
	for (int g = 0; g < j->ngroup; g++)	/* the last vector's rows past t */
		for (int r = t; r < j->tv; r++) {
			j->top[(size_t)g * j->tv + r] = 0;
			j->sum[(size_t)g * j->tv + r] = 1;
		}
	pack_shape(&j->a, t, j->h, j->a.p);
	pack_matrix(&j->a, part->s, part->stride);
	if (j->keep == KEEP_EXP)
		pool_run(o->pool, backward_slab, j, j->nslab);
	else
		pool_run(o->pool, forward_group, j, j->ngroup);
	join_groups(j);
}
