/*
 * output_job.h - one call of the output layer: its sizes, and where in the
 * layer's memory everything is; and its first pass.  output.h tells how.
 */
#ifndef OUTPUT_JOB_H
#define OUTPUT_JOB_H

#include "output.h"
#include "softmax_names.h"

enum { CHUNK = 1 };	/* blocks of rows whose logits are in the cache together */

enum keep { KEEP_NOTHING, KEEP_EXP, KEEP_LOGITS };

/* One call's sizes and places. */
struct job {
	const struct panels *vt, *to;
	struct packed a;
	int room;			/* rows that there is room for */
	int t, h;
	int tv;				/* t, rounded up to whole vectors */
	int ngroup, nslab;
	enum keep keep;
	const real *s;			/* (t) rows, stride apart */
	size_t stride;
	const uint32_t *y;		/* (t), or NULL */
	const real *c;			/* (v up to whole panels) biases, or NULL */
	real *dc;			/* their gradient, or NULL */
	real rate;
	real *ds;			/* (t) rows, dstride apart */
	size_t dstride;
	real *mine;			/* (threads, space) */
	size_t space;
	real *e;			/* (panels, room, PW), estride apart: what is kept */
	size_t estride;			/* an odd number of rows, for the cache's sake */
	real *da;			/* (nslab, room, h) */
	real *top;			/* (ngroup, tv) references; then the groups' factors */
	real *sum;			/* (ngroup, tv) sums of exponentials */
	real *all_top, *all_sum;	/* (tv) those of whole rows */
	real *target;			/* (t) the logit of y */
};

INLINE int
least(int a, int b)
{
	return a < b ? a : b;
}

/* The panel that a group begins with; and the group that a slab begins with. */
INLINE int
group_first(const struct job *j, int g)
{
	return (int)((long)j->vt->np * g / j->ngroup);
}

INLINE int
slab_first(const struct job *j, int slab)
{
	return (int)((long)j->ngroup * slab / j->nslab);
}

/* What is kept of a panel, (t, PW). */
INLINE real *
kept(const struct job *j, int panel)
{
	return j->e + (size_t)panel * j->estride;
}

/* The call goes on with t rows. */
INLINE void
job_set_rows(struct job *j, int t)
{
	j->t = t;
	j->tv = (t + LANES - 1) / LANES * LANES;
}

/* Rows at a time of t that go back: all, or parts of about the same size. */
int job_part(const struct panels *vt, int t);

/* Sizes of a job on at most `rows` rows, and its places; NULL: no memory. */
struct job *job_prepare(struct output *o, struct job *j, const struct panels *vt,
    const real *c, int rows, enum keep keep);

/*
 * Pass 1 on t rows of the call: references and sums of groups and rows, logits
 * of the targets if there are any, and what is to be kept.  Where that is the
 * exponentials, going back, the slabs' shares of dS, and V's rows of the targets
 * in ds.
 */
void job_pass_1(struct output *o, struct job *j, int t, const real *s, size_t stride,
    const uint32_t *y);

#endif
