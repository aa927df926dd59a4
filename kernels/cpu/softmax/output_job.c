/*
 * output_job.c - how an output layer is divided, and where its numbers are.
 */
#include <stdlib.h>

#include "output_job.h"
#include "hugepage.h"

enum {
	GROUP_BYTES = 512 << 10,	/* of V in a group: half of a core's cache */
	GROUP_LEAST = 6, GROUP_MOST = 14,	/* panels in a group, about */
	GROUPS_BY = 2,			/* groups are a multiple of it, to be shared evenly */
	SLABS = 32,			/* partial sums of dS, at most */
	SLAB_BYTES = 64 << 20,		/* of all of them together, about */
	ROWS_LEAST = 32, ROWS_MOST = 128,	/* of a sentence, to be taken at once */
	EXPONENTIALS = 16 << 20,	/* of them kept for it, about */
	PART_MOST = 256,		/* rows of a part of what has more */
	PART_EXPONENTIALS = 2 << 20,	/* kept for a part: a few MB stay in a cache */
	CACHE_BYTES = 32 << 20,		/* what such a cache may have room for */
	PART_STATES = 32 << 10,		/* numbers of S in a part: a fraction of a core's cache */
	PART_STATES_LEAST = 64,		/* rows of S, whatever h */
	ALIGN = 64
};

/* n, but not below low nor above high. */
static int
between(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

static int
groups(const struct panels *vt)
{
	int fit = (int)(GROUP_BYTES / (vt->stride * sizeof(real)));
	int most = between(GROUP_LEAST, fit, GROUP_MOST), n;

	n = (vt->np + most - 1) / most;
	n = n < 8 ? 8 : (n + GROUPS_BY - 1) / GROUPS_BY * GROUPS_BY;
	return least(n, vt->np);
}

static int
slabs(const struct job *j)
{
	size_t one = (size_t)j->h * j->t * sizeof(real);
	int n = SLAB_BYTES / one > SLABS ? SLABS : (int)(SLAB_BYTES / one);

	return least(n < 8 ? 8 : n, j->ngroup);
}

int
output_rows(const struct panels *vt)
{
	return between(ROWS_LEAST, EXPONENTIALS / vt->n, ROWS_MOST);
}

/*
 * A short part keeps its exponentials and states in a cache; a long one seldom
 * reads V, which counts where V has to come from memory.
 */
int
job_part(const struct panels *vt, int t)
{
	int most = between(PART_STATES_LEAST, PART_STATES / vt->k, PART_MOST), parts;

	if (t <= output_rows(vt))
		return t;
	if (vt->np * vt->stride * sizeof(real) <= CACHE_BYTES)
		most = between(ROWS_LEAST, PART_EXPONENTIALS / vt->n, most);
	parts = (t + most - 1) / most;
	return (t + parts - 1) / parts;
}

/* Bytes for n items of a size, kept to whole cache lines. */
static size_t
bytes(size_t n, size_t size)
{
	return (n * size + ALIGN - 1) / ALIGN * ALIGN;
}

void *
output_space(struct output *o, size_t n)
{
	if (n > o->mem.n) {
		free(o->mem.p);
		o->mem.p = hugepage_alloc(n);
		o->mem.n = o->mem.p ? n : 0;
		o->failed = o->failed || o->mem.p == NULL;
	}
	return o->mem.p;
}

/*
 * Rows to find room for.  Sentences are of all lengths, but what a thread keeps
 * of its groups should be in the same place for each: else every one of them
 * starts by fetching it from another core.
 */
static int
room(struct output *o, int rows, enum keep keep)
{
	if (keep != KEEP_EXP)
		return rows;
	o->room = rows > o->room ? rows : o->room;
	return o->room;
}

struct job *
job_prepare(struct output *o, struct job *j, const struct panels *vt, const real *c,
    int rows, enum keep keep)
{
	size_t t = (size_t)room(o, rows, keep), packed, mine, e = 0, da = 0, rows_of, target;
	char *p;

	*j = (struct job){ .vt = vt, .c = c, .room = (int)t, .t = rows, .h = vt->k, .keep = keep };
	j->ngroup = groups(vt);
	j->nslab = slabs(j);
	j->estride = (t | 1) * PW;
	if (keep == KEEP_NOTHING)
		j->space = CHUNK * TILE * PW *
		    (((size_t)vt->np + j->ngroup - 1) / j->ngroup);
	else if (keep == KEEP_EXP)
		j->space = t * PW;
	packed = bytes(t * j->h, sizeof(real));
	mine = bytes(j->space * pool_threads(o->pool), sizeof(real));
	if (keep != KEEP_NOTHING)
		e = bytes((size_t)vt->np * j->estride, sizeof(real));
	if (keep == KEEP_EXP)
		da = bytes((size_t)j->nslab * j->h * t, sizeof(real));
	job_set_rows(j, (int)t);
	rows_of = ((size_t)j->ngroup + 1) * j->tv * sizeof(real);
	target = bytes(t, sizeof(real));
	p = output_space(o, packed + mine + e + da + 2 * rows_of + target);
	if (p == NULL)
		return NULL;
	j->a.p = (real *)p;
	j->mine = (real *)(p += packed);
	j->e = (real *)(p += mine);
	j->da = (real *)(p += e);
	j->top = (real *)(p += da);
	j->sum = (real *)(p += rows_of);
	j->target = (real *)(p + rows_of);
	return j;
}

void
output_free(struct output *o)
{
	free(o->mem.p);
	o->mem.p = NULL;
	o->mem.n = 0;
}
