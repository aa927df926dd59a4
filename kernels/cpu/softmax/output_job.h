/*
 * output_job.h - one call of the softmax layer: how it is divided and where its
 * intermediate results are; and its first pass.  output.h describes the method.
 */
#ifndef OUTPUT_JOB_H
#define OUTPUT_JOB_H

#include "output.h"
#include "softmax_names.h"

enum { CHUNK = 1 };	/* blocks of rows whose logits are in the cache together */

/* What pass 1 leaves behind of each logit. */
enum keep { KEEP_NOTHING, KEEP_EXP, KEEP_LOGITS };

struct output_job {
	struct softmax_call c;		/* the current part of the call */
	struct packed a;		/* its S, packed */
	int h;
	int tv;				/* c.t, rounded up to whole vectors */
	int capacity;			/* rows that there is memory for */
	int ngroup, nslab;
	enum keep keep;
	real *local;			/* (threads, local_len) */
	size_t local_len;
	real *e;			/* (panels, capacity, PW), estride apart: what is kept */
	size_t estride;			/* an odd number of rows, for the cache's sake */
	real *da;			/* (nslab, capacity, h) partial results of dS */
	real *top;			/* (ngroup, tv) references; then the groups' factors */
	real *sum;			/* (ngroup, tv) sums of exponentials */
	real *all_top, *all_sum;	/* (tv) those of whole rows */
	real *target;			/* (t) the targets' logits */
};

INLINE int
min_int(int a, int b)
{
	return a < b ? a : b;
}

/* The first panel of a group; and the first group of a slab. */
INLINE int
group_first(const struct output_job *j, int g)
{
	return (int)((long)j->c.v->np * g / j->ngroup);
}

INLINE int
slab_first(const struct output_job *j, int slab)
{
	return (int)((long)j->ngroup * slab / j->nslab);
}

/* What is kept of a panel, (t, PW). */
INLINE real *
kept_panel(const struct output_job *j, int panel)
{
	return j->e + (size_t)panel * j->estride;
}

/* Rows of each part of t rows in output_backward(): all, or about the same number. */
int job_part_rows(const struct panels *vt, int t);

/* Divides a call whose parts have at most so many rows; NULL: no memory. */
struct output_job *job_prepare(struct output *o, struct output_job *j,
    const struct softmax_call *c, int rows, enum keep keep);

/*
 * Pass 1 on a part of the call: references and sums of groups and rows, logits of
 * the targets if there are any, and what is to be kept.  With KEEP_EXP also the
 * slabs' partial dS, and in ds V's rows of the targets.
 */
void job_pass_1(struct output *o, struct output_job *j, const struct softmax_call *part);

#endif
