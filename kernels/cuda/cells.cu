/*
 * cells.cu - the time loop of recurrent layers without truncation.
 *
 * All sequences of a batch advance in lock-step.  A block multiplies 32 rows by the columns of
 * W of some units (gemm_skinny.h), all gates of each, and at once computes these units' cells
 * by the arithmetic of kernels/cells.  One launch runs all steps: its blocks wait for each
 * other after each (grid_barrier.h), which takes less time than a launch, and each keeps what
 * fits of its columns of W in shared memory.  Where the device refuses that, each step is a
 * launch of the same kernel, with the same sums.
 *
 * Arrays that are local to this file are in time-major order, so that the rows of a step are
 * adjacent; `position` is a row's index in that order.  What another block may have written
 * in the step before is read past the L1 cache, by __ldcg().
 */
#include <string.h>

#include "params.h"
#include "time_major.h"
#include "product.h"
#include "gemm_skinny.h"
#include "grid_barrier.h"

#define CELL_FN static __device__ inline
#include "num_scalar.h"
#include "units.h"

/* A layer's arrays, indexed by row of the batch or by position. */
struct layer {
	int h, t;
	struct order o;
	const real *w;			/* (gates h, h) */
	real *a, *s, *saved;		/* (t, gates h), (t, h), (t, h) */
	const real *s0, *saved0, *bias;	/* or NULL */
	const real *ds;
	real *d;			/* (t, gates h) */
	real *dstate, *dsaved;		/* (t, h), or NULL */
	/* backward only: */
	real *last;			/* (t, h) by position: states of the row before */
	real *e;			/* (t, gates h) by position: errors of W s */
	real *carried;			/* (t, h) by position: errors for the row before, past W */
};

/* The row before row r of sequence i in x(t,h), or in x0(nseq,h); NULL: zeros. */
static __device__ inline const real *
row_before(const struct layer &c, const real *x, const real *x0, int r, int i)
{
	if (r > c.o.start[i])
		return x + (size_t)(r - 1) * c.h;
	return x0 ? x0 + (size_t)i * c.h : NULL;
}

static __device__ inline real
value_or_zero(const real *p, size_t j)
{
	return p ? __ldcg(p + j) : 0;
}

/* The position of the row after row r of sequence i; negative if there is none. */
static __device__ inline int
position_after(const struct layer &c, int r, int i)
{
	return r + 1 < c.o.start[i + 1] ? c.o.position[r + 1] : -1;
}

/* Gathers `last` for all rows. */
static __global__ void
gather_last(struct layer c)
{
	int at = (int)blockIdx.x;
	const real *from = row_before(c, c.s, c.s0, c.o.row[at], c.o.seq[at]);

	for (int j = (int)threadIdx.x; j < c.h; j += (int)blockDim.x)
		c.last[(size_t)at * c.h + j] = from ? from[j] : 0;
}

/* Unit j of the row at a position, from its products with W, gate by gate. */
template <enum cell CELL>
static __device__ inline void
unit_forward(const struct layer &c, int at, int j, const real *p)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int r = c.o.row[at], i = c.o.seq[at], h = c.h;
	real *a = c.a + (size_t)r * kind.gates * h + j;
	struct cell_unit u = {};

	u.s0 = value_or_zero(row_before(c, c.s, c.s0, r, i), j);
	u.saved0 = kind.has_second_state ? value_or_zero(row_before(c, c.saved, c.saved0, r, i), j) : 0;
	u.bias = value_or_zero(c.bias, j);
	UNROLL
	for (int g = 0; g < kind.gates; g++) {
		u.a[g] = a[g * h];
		u.p[g] = p[g];
	}
	cell_unit_forward(CELL, &u);
	UNROLL
	for (int g = 0; kind.gates > 1 && g < kind.gates; g++)
		a[g * h] = u.a[g];
	if (kind.has_saved)
		c.saved[(size_t)r * h + j] = u.saved;
	c.s[(size_t)r * h + j] = u.s;
}

/* Stores the errors of such a unit. */
template <enum cell CELL>
static __device__ inline void
store_errors(const struct layer &c, int at, int j, const struct cell_unit_back &u)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int r = c.o.row[at], h = c.h;

	UNROLL
	for (int g = 0; g < kind.gates; g++) {
		c.d[((size_t)r * kind.gates + g) * h + j] = u.d[g];
		c.e[((size_t)at * kind.gates + g) * h + j] = kind.has_product_errors ? u.e[g] : u.d[g];
	}
	c.carried[(size_t)at * h + j] = u.carried;
	if (c.dstate)
		c.dstate[(size_t)r * h + j] = u.ds;
}

/* Backward, from the error that came through W. */
template <enum cell CELL>
static __device__ inline void
unit_backward(const struct layer &c, int at, int j, real p)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int r = c.o.row[at], i = c.o.seq[at], h = c.h, next = position_after(c, r, i);
	size_t own = (size_t)r * h + j;
	struct cell_unit_back u = {};

	u.s = c.s[own];
	u.saved = kind.has_saved ? c.saved[own] : 0;
	u.ds = c.ds[own];
	u.s0 = value_or_zero(row_before(c, c.s, c.s0, r, i), j);
	u.saved0 = kind.has_second_state ? value_or_zero(row_before(c, c.saved, c.saved0, r, i), j) : 0;
	u.p = p;
	u.carried = next < 0 ? 0 : __ldcg(c.carried + (size_t)next * h + j);
	UNROLL
	for (int g = 0; g < kind.gates; g++)
		u.a[g] = c.a[((size_t)r * kind.gates + g) * h + j];
	if (c.dsaved)
		c.dsaved[own] = u.carried;
	cell_unit_backward(CELL, &u);
	store_errors<CELL>(c, at, j, u);
}

/* The gates of a unit whose columns are in a tile, side by side, and the tile's units. */
template <enum cell CELL, bool BACK>
constexpr int tile_gates = BACK ? 1 : cell_kinds[CELL].gates;
template <enum cell CELL, bool BACK>
constexpr int tile_units = SKINNY_TILE / tile_gates<CELL, BACK>;

/* A tile of a step: rows at positions first .. end - 1, at most SKINNY_TILE; units from j0 on. */
struct cell_tile {
	int first, end, j0;
	bool bare;		/* nothing comes before its rows */
};

/* The columns of the units from j0 on. */
template <enum cell CELL, bool BACK>
static __device__ inline void
point_to_columns(const struct layer &c, int j0, const skinny_operands &o)
{
	constexpr int units = tile_units<CELL, BACK>;
	int i = (int)threadIdx.x, g = i / units, j = j0 + i % units, h = c.h;

	if (i < SKINNY_TILE && !BACK)
		o.columns[i] = g < cell_kinds[CELL].gates && j < h ? c.w + ((size_t)g * h + j) * h : NULL;
}

/* The rows to multiply by W: of the states before, or of the errors of the rows after; and the
 * columns of the tile's units. */
template <enum cell CELL, bool BACK>
static __device__ inline void
point_to_operands(const struct layer &c, const struct cell_tile &t, const skinny_operands &o)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int i = (int)threadIdx.x, at = t.first + i, h = c.h;

	if (i < SKINNY_TILE && at >= t.end) {
		o.rows[i] = NULL;
	} else if (i < SKINNY_TILE && BACK) {
		int next = position_after(c, c.o.row[at], c.o.seq[at]);

		o.rows[i] = next < 0 ? NULL : c.e + (size_t)next * kind.gates * h;
	} else if (i < SKINNY_TILE) {
		o.rows[i] = row_before(c, c.s, c.s0, c.o.row[at], c.o.seq[at]);
	}
	point_to_columns<CELL, BACK>(c, t.j0, o);
	__syncthreads();
}

/* The cells of half a tile's rows, from the sums that skinny_gather() left. */
template <enum cell CELL, bool BACK>
static __device__ inline void
finish_half(const struct layer &c, const struct cell_tile &t, int half, const real *shared)
{
	constexpr int units = tile_units<CELL, BACK>, gates = tile_gates<CELL, BACK>;

	for (int k = (int)threadIdx.x; k < SKINNY_HALF * units; k += SKINNY_THREADS) {
		int i = k / units, u = k % units, at = t.first + half * SKINNY_HALF + i, j = t.j0 + u;
		real p[gates];

		if (at >= t.end || j >= c.h)
			continue;
		UNROLL
		for (int g = 0; g < gates; g++)
			p[g] = skinny_total(shared, i, g * units + u);
		if (BACK)
			unit_backward<CELL>(c, at, j, p[0]);
		else
			unit_forward<CELL>(c, at, j, p);
	}
}

/* The depth of the product. */
template <enum cell CELL, bool BACK>
static __host__ __device__ inline int
depth_of(int h)
{
	return BACK ? cell_kinds[CELL].gates * h : h;
}

/* The operands of tiles of the units from j0 on. */
template <enum cell CELL, bool BACK>
static __device__ inline skinny_operands
operands_of(const struct layer &c, int j0, int kept_steps)
{
	const real **rows = (const real **)(shared_memory<real>() + SKINNY_REALS);
	size_t h = (size_t)c.h, k = (size_t)depth_of<CELL, BACK>(c.h);

	return { rows, rows + SKINNY_TILE, c.w + j0, h, c.h - j0,
	    BACK ? is_quads(c.e, k) : is_quads(c.s, h) && is_quads(c.s0, 0), is_quads(c.w, h),
	    (real *)(rows + 2 * SKINNY_TILE), kept_steps };
}

template <enum cell CELL, bool BACK>
static __device__ inline void
run_tile(const struct layer &c, const struct cell_tile &t, int kept_steps)
{
	int k = depth_of<CELL, BACK>(c.h);
	real *shared = shared_memory<real>(), sum[SKINNY_DOWN][SKINNY_ACROSS] = {};
	const skinny_operands o = operands_of<CELL, BACK>(c, t.j0, kept_steps);

	point_to_operands<CELL, BACK>(c, t, o);
	skinny_part<!BACK>(t.bare ? 0 : k, o, shared, sum);
	for (int half = 0; half < 2; half++) {
		skinny_gather(sum + half * (SKINNY_DOWN / 2), shared);
		finish_half<CELL, BACK>(c, t, half, shared);
	}
}

/* Keeps the first steps of W's columns of this block's tiles. */
template <enum cell CELL, bool BACK>
static __device__ inline void
keep_columns(const struct layer &c, int j0, int kept_steps)
{
	const skinny_operands o = operands_of<CELL, BACK>(c, j0, kept_steps);

	point_to_columns<CELL, BACK>(c, j0, o);
	__syncthreads();
	skinny_keep_b<!BACK>(depth_of<CELL, BACK>(c.h), o);
	__syncthreads();
}

/* Steps from .. end - 1 of the loop; one, or those of a launch whose blocks wait for each other,
 * the counter being 0.  kept_steps is 0 unless all tiles of a block have the same columns. */
template <enum cell CELL, bool BACK>
static __global__ void
__launch_bounds__(SKINNY_THREADS, sizeof(real) == sizeof(float) ? 2 : 1)	/* doubles would spill */
run_steps(struct layer c, int from, int end, unsigned *counter, int kept_steps)
{
	constexpr int units = tile_units<CELL, BACK>;
	int across = (c.h + units - 1) / units;

	if (kept_steps)
		keep_columns<CELL, BACK>(c, (int)blockIdx.x % across * units, kept_steps);
	for (int q = from; q < end; q++) {
		int step = BACK ? c.o.steps - 1 - q : q, first = c.o.first[step], last = c.o.first[step + 1];
		int tiles = (last - first + SKINNY_TILE - 1) / SKINNY_TILE * across;

		for (int i = (int)blockIdx.x; i < tiles; i += (int)gridDim.x) {
			int at = first + i / across * SKINNY_TILE;

			run_tile<CELL, BACK>(c, { at, at + SKINNY_TILE < last ? at + SKINNY_TILE : last,
			    i % across * units, q == 0 && (BACK || c.s0 == NULL) }, kept_steps);
		}
		if (q + 1 < end) {
			grid_arrive(counter);
			grid_wait(counter, (unsigned)(q + 1 - from));
		}
	}
}

/* By enum cell: kernels, the units of their tiles, and the depth of their products. */
struct time_loop {
	void (*kernel)(struct layer c, int from, int end, unsigned *counter, int kept_steps);
	int units;
	int (*depth)(int h);
};
#define FORWARD_LOOP(id, ...) { run_steps<id, false>, tile_units<id, false>, depth_of<id, false> },
#define BACKWARD_LOOP(id, ...) { run_steps<id, true>, tile_units<id, true>, depth_of<id, true> },
static const struct time_loop forward_loop[] = { CELL_ROWS(FORWARD_LOOP) };
static const struct time_loop backward_loop[] = { CELL_ROWS(BACKWARD_LOOP) };

/* Sets up the arguments and the order. */
static bool
make_layer(struct backend *k, const struct cell_args *c, struct layer *l)
{
	memset(l, 0, sizeof(*l));
	l->h = c->w->cols;
	l->t = c->b->t;
	l->w = c->w->p;
	l->a = (real *)c->a;
	l->s = (real *)c->s;
	l->saved = (real *)c->saved;
	l->s0 = (const real *)c->s0;
	l->saved0 = (const real *)c->saved0;
	l->bias = c->bias ? c->bias->p : NULL;
	l->ds = (const real *)c->ds;
	l->d = (real *)c->d;
	l->dstate = (real *)c->dstate;
	l->dsaved = (real *)c->dsaved;
	return cuda_upload_order(k, c->b, &l->o);
}

/* Memory for the arrays by position. */
static bool
make_errors(struct backend *k, const struct cell_args *c, struct layer *l)
{
	size_t n = (size_t)c->b->t * c->w->cols, gates = (size_t)(c->w->rows / c->w->cols);

	l->e = (real *)cuda_buffer(k, BUFFER_ERROR, (2 + gates) * n * sizeof(real));
	if (l->e == NULL)
		return false;
	l->last = l->e + gates * n;
	l->carried = l->last + n;
	return true;
}

/* The tiles of a step. */
static int
count_tiles(const struct layer &l, const struct time_loop *loop, int step)
{
	size_t rows = (size_t)(l.o.offset[step + 1] - l.o.offset[step]);

	return (int)(cuda_over(rows, SKINNY_TILE) * cuda_over((size_t)l.h, (size_t)loop->units));
}

/* One launch of a whole time loop. */
struct loop_plan {
	int blocks;		/* 0: the device has none that wait for each other */
	int kept_steps;
	size_t bytes;		/* of shared memory */
};

/* The steps of W that as many blocks can keep in shared memory. */
static void
plan_kept(struct backend *k, const struct time_loop *loop, const struct layer &l, struct loop_plan *p)
{
	const size_t reserved = 1 << 10;	/* of each block, by the system */
	const struct state *s = (const struct state *)k->ctx;
	size_t each = cuda_over((size_t)p->blocks, (size_t)s->limits.blocks);
	size_t room = (s->limits.bytes + reserved) / each;
	int steps = skinny_steps(loop->depth(l.h)), most;

	if (room < reserved + SKINNY_BYTES)
		return;
	most = (int)((room - reserved - SKINNY_BYTES) / SKINNY_STEP_BYTES);
	p->kept_steps = most < steps ? most : steps;
	p->bytes += (size_t)p->kept_steps * SKINNY_STEP_BYTES;
}

/* As many blocks as there are tiles or as the device holds; if the tiles of each have the same
 * columns, or can have without another round, these are kept. */
static struct loop_plan
plan_loop(struct backend *k, const struct time_loop *loop, const struct layer &l)
{
	int most = blocks_together(k, loop->kernel, SKINNY_THREADS, SKINNY_BYTES);
	int tiles = count_tiles(l, loop, 0);		/* no step has more */
	int across = (l.h + loop->units - 1) / loop->units, even = most / across * across;
	struct loop_plan p = { tiles < most ? tiles : most, 0, SKINNY_BYTES };
	struct loop_plan kept = p;

	if (tiles > most)
		kept.blocks = even;
	if (kept.blocks == 0 || (tiles > most && (tiles + even - 1) / even > (tiles + most - 1) / most))
		return p;
	plan_kept(k, loop, l, &kept);
	return blocks_together(k, loop->kernel, SKINNY_THREADS, kept.bytes) >= kept.blocks ? kept : p;
}

/* All steps in one launch; false where the device refuses it. */
static bool
run_together(struct backend *k, const struct time_loop *loop, const struct layer &l)
{
	struct loop_plan p = plan_loop(k, loop, l);
	unsigned *counter = (unsigned *)cuda_buffer(k, BUFFER_COUNTER, sizeof(*counter));
	struct state *s = (struct state *)k->ctx;
	cudaError_t e;

	if (counter == NULL || p.blocks == 0 ||
	    !cuda_check(k, cudaMemsetAsync(counter, 0, sizeof(*counter), s->stream)))
		return false;
	e = launch_together(k, loop->kernel, p.blocks, SKINNY_THREADS, p.bytes, l, 0, l.o.steps, counter,
	    p.kept_steps);
	if (e == cudaSuccess)
		return true;
	cuda_note_refusal(k, e, "many time steps", "recurrent layers are slower");
	s->loops = false;	/* not attempted again */
	return false;
}

static void
run_loop(struct backend *k, const struct time_loop *loops, enum cell cell, const struct layer &l)
{
	const struct time_loop *loop = &loops[cell];
	bool back = loops == backward_loop;

	if (l.o.steps > 1 && run_together(k, loop, l))
		return;
	for (int q = 0; q < l.o.steps; q++)
		launch(k, loop->kernel, dim3((unsigned)count_tiles(l, loop, back ? l.o.steps - 1 - q : q)),
		    dim3(SKINNY_THREADS), SKINNY_BYTES, l, q, q + 1, NULL, 0);
}

static void
loop_forward(struct backend *k, const struct cell_args *c)
{
	struct layer l;

	if (make_layer(k, c, &l))
		run_loop(k, forward_loop, c->cell, l);
}

static void
loop_backward(struct backend *k, const struct cell_args *c)
{
	const struct matrix *w = c->w;
	struct product_add add = { c->dw->p, (size_t)w->cols };
	struct layer l;

	if (!make_layer(k, c, &l) || !make_errors(k, c, &l))
		return;
	run_loop(k, backward_loop, c->cell, l);
	launch(k, gather_last, dim3((unsigned)l.t), dim3(128), 0, l);
	product<true, false>(k, { w->rows, l.h, l.t }, (const real *)l.e, (const real *)l.last, add);
	if (c->dbias)
		cuda_add_columns(k, l.t, l.h, w->rows, l.e + (w->rows - l.h), c->dbias->p);
}

static void
cell_forward(struct backend *k, const struct cell_args *c)
{
	if (!cell_kinds[c->cell].is_truncated || !cuda_rnn_forward(k, c))
		loop_forward(k, c);
}

static void
cell_backward(struct backend *k, const struct cell_args *c)
{
	if (!cell_kinds[c->cell].is_truncated || !cuda_rnn_backward(k, c))
		loop_backward(k, c);
}

void
cuda_cells_fill(struct backend *k)
{
	k->cell_forward = cell_forward;
	k->cell_backward = cell_backward;
}
