/*
 * output_job.c - how a call of the softmax layer is divided, and its memory.
 */
#include "output_job.h"

enum {
	GROUP_BYTES = 512 << 10,	/* of V in a group: half of a core's cache */
	GROUP_LEAST = 6, GROUP_MOST = 14,	/* panels in a group, about */
	GROUPS_BY = 2,			/* groups are a multiple of it, for an even division */
	SLABS = 32,			/* partial results of dS, at most */
	SLAB_BYTES = 64 << 20,		/* of all of them together, about */
	ROWS_LEAST = 32, ROWS_MOST = 128,	/* of a sentence that is not divided */
	EXPONENTIALS = 16 << 20,	/* kept for it, about */
	PART_MOST = 256,		/* rows of a part of longer calls */
	PART_EXPONENTIALS = 2 << 20,	/* kept for a part: a few MB stay in a cache */
	CACHE_BYTES = 32 << 20,		/* the capacity of such a cache */
	PART_STATES = 32 << 10,		/* numbers of S in a part: a fraction of a core's cache */
	PART_STATES_LEAST = 64,		/* rows of S, whatever h */
	ALIGN = 64
};

/* n, but not below low nor above high. */
static int
clamp(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

static int
count_groups(const struct panels *vt)
{
	int fit = (int)(GROUP_BYTES / (vt->stride * sizeof(real)));
	int most = clamp(GROUP_LEAST, fit, GROUP_MOST), n;

	n = (vt->np + most - 1) / most;
	n = n < 8 ? 8 : (n + GROUPS_BY - 1) / GROUPS_BY * GROUPS_BY;
	return min_int(n, vt->np);
}

static int
count_slabs(const struct output_job *j, int rows)
{
	size_t one = (size_t)j->h * rows * sizeof(real);
	int n = SLAB_BYTES / one > SLABS ? SLABS : (int)(SLAB_BYTES / one);

	return min_int(n < 8 ? 8 : n, j->ngroup);
}

int
output_rows(const struct panels *vt)
{
	return clamp(ROWS_LEAST, EXPONENTIALS / vt->n, ROWS_MOST);
}

/*
 * A short part keeps its exponentials and states in a cache; a long one reads V
 * less often, which matters where V has to come from memory.
 */
int
job_part_rows(const struct panels *vt, int t)
{
	int most = clamp(PART_STATES_LEAST, PART_STATES / vt->k, PART_MOST), parts;

	if (t <= output_rows(vt))
		return t;
	if (vt->np * vt->stride * sizeof(real) <= CACHE_BYTES)
		most = clamp(ROWS_LEAST, PART_EXPONENTIALS / vt->n, most);
	parts = (t + most - 1) / most;
	return (t + parts - 1) / parts;
}

/* Bytes of n reals, rounded up to whole cache lines. */
static size_t
bytes_of(size_t n)
{
	return (n * sizeof(real) + ALIGN - 1) / ALIGN * ALIGN;
}

/*
 * Rows to allocate for.  Sentences have all lengths, but a thread's intermediate
 * results should be at the same addresses for each: otherwise every sentence
 * begins by fetching them from another core's cache.
 */
static int
capacity_for(struct output *o, int rows, enum keep keep)
{
	if (keep != KEEP_EXP)
		return rows;
	o->capacity = rows > o->capacity ? rows : o->capacity;
	return o->capacity;
}

/* Numbers that each thread needs for itself: logits of a chunk in a group, or P in a panel. */
static size_t
local_len(const struct output_job *j)
{
	if (j->keep == KEEP_NOTHING)
		return CHUNK * TILE * PW * (((size_t)j->c.v->np + j->ngroup - 1) / j->ngroup);
	return j->keep == KEEP_EXP ? (size_t)j->capacity * PW : 0;
}

struct output_job *
job_prepare(struct output *o, struct output_job *j, const struct softmax_call *c, int rows,
    enum keep keep)
{
	size_t t = (size_t)capacity_for(o, rows, keep), tv = (t + LANES - 1) / LANES * LANES;
	size_t packed, local, e = 0, da = 0, groups;
	char *p;

	*j = (struct output_job){ .c = *c, .capacity = (int)t, .h = c->v->k, .keep = keep };
	j->ngroup = count_groups(c->v);
	j->nslab = count_slabs(j, rows);
	j->estride = (t | 1) * PW;
	j->local_len = local_len(j);
	packed = bytes_of(t * j->h);
	local = bytes_of(j->local_len * pool_threads(o->pool));
	if (keep != KEEP_NOTHING)
		e = bytes_of((size_t)c->v->np * j->estride);
	if (keep == KEEP_EXP)
		da = bytes_of((size_t)j->nslab * j->h * t);
	groups = ((size_t)j->ngroup + 1) * tv * sizeof(real);
	p = scratch_get(&o->mem, packed + local + e + da + 2 * groups + bytes_of(t), 1);
	if (p == NULL)
		return NULL;
	j->a.p = (real *)p;
	j->local = (real *)(p += packed);
	j->e = (real *)(p += local);
	j->da = (real *)(p += e);
	j->top = (real *)(p += da);
	j->sum = (real *)(p += groups);
	j->target = (real *)(p + groups);
	return j;
}

void
output_free(struct output *o)
{
	scratch_free(&o->mem);
}
