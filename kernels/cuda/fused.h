/*
 * fused.h - the tutorial's SGD as one kernel for many sentences: one update
 * each, in order, with V and W in the shared memory of the multiprocessors.
 *
 * Each block, one per multiprocessor, keeps some rows of V and all of W; U stays
 * in device memory.  For each sentence of t words:
 *
 *	every block	computes all states S(t,h), redundantly: any exchange would
 *			cost more than t small products
 *	each block	the logits of its own rows of V, their exponentials
 *			against its own maximum, and with those its part of dS
 *	-- barrier	maxima, sums and parts are visible to all blocks
 *	each block	the softmax norm of each row; its slice of dS, summed
 *			from the parts in order; then, while other blocks arrive,
 *			the update of its rows of V, and the next sentence's rows of U
 *	-- barrier	dS is visible
 *	some blocks	one row's error each, back over bptt rows
 *	-- barrier	errors are visible
 *	every block	D(t,h) and the update of W, redundantly
 *	some blocks	the update of a word's row of U; every block corrects the rows
 *			it has prefetched for the next sentence by the same amount
 *
 * Bytes per sentence through the L2 cache: the parts, blocks t h reals twice.
 * Operations: 6 t v h shared by the blocks; in each of them 4 t h^2, and
 * 2 bptt h^2 one after another.
 *
 * All arrays in shared memory have rows of `stride` reals, four times an odd
 * number: threads that read fours of neighbouring rows then have no bank conflicts.
 * Elements beyond h, or beyond a block's rows of V, are zero.
 */
#ifndef CUDA_FUSED_H
#define CUDA_FUSED_H

#include "grid_barrier.h"
#include "params.h"
#include "product.h"
#include "launch_plan.h"

enum { FUSED_WARP = 32, FUSED_WARPS = LAUNCH_FUSED_THREADS / FUSED_WARP };

struct fused {
	int h, v, n;			/* n sentences */
	int bptt;
	real rate;
	int rows, stride, most;		/* launch_plan.h's plan */
	const int32_t *start;		/* (n + 1) */
	const uint32_t *x, *y;		/* (start[n]) */
	real *u, *w, *out;		/* (v, h), (h, h), (v, h) of the device: U', W, V */
	/* exchanged between blocks: */
	unsigned *counter;
	real *max, *sum;		/* (most, blocks) of a row's exponentials in a block */
	real *at_y, *v_y;		/* (most), (most, h) logit and row of V of the target word */
	real *parts;			/* (blocks, most, h) of dS */
	real *errors;			/* (bptt + 1, most, h): row r's error, i rows back */
	double *logp;			/* (start[n]) */
};

/* A block's shared memory. */
struct fused_memory {
	real *v;			/* (rows, stride) */
	real *w;			/* (h to a multiple of 4, stride) */
	real *s;			/* (1 + most, stride) a row of zeros, then the states */
	real *a;			/* (most, stride) rows of U of the next sentence */
	real *e;			/* (most, rows) logits, exponentials, then P less 1 at y */
	real *d;			/* (most, stride) in the memory of e: errors of A */
	real *partial;			/* (4 threads) */
	real *delta;			/* (stride) an error on its way back */
	real *own_max, *all_max, *factor, *scale;	/* (most) each */
	uint32_t *x, *next_x, *y;	/* (most) each */
	int first, valid;		/* this block's rows of V */
};

static __device__ inline quad
fused_four(const real *p)
{
	return *(const quad *)p;
}

static __device__ inline int
fused_thread(void)
{
	return (int)threadIdx.x;
}

/* sum + a four of products */
static __device__ inline real
fused_dot(quad a, quad b, real sum)
{
	for (int i = 0; i < 4; i++)
		sum = fma(a.x[i], b.x[i], sum);
	return sum;
}

/* The result is the same in all lanes of a warp. */
static __device__ inline real
fused_warp_max(real x)
{
	for (int bit = FUSED_WARP / 2; bit; bit /= 2) {
		real other = __shfl_xor_sync(0xffffffffu, x, bit);

		x = other > x ? other : x;
	}
	return x;
}

static __device__ inline double
fused_warp_sum(double x)
{
	for (int bit = FUSED_WARP / 2; bit; bit /= 2)
		x += __shfl_xor_sync(0xffffffffu, x, bit);
	return x;
}

/* The layout of shared memory; its size is in launch_plan_fused(). */
static __device__ inline fused_memory
fused_lay_out(const fused &f)
{
	int square = (f.h + 3) / 4 * 4, wide = f.rows > f.stride ? f.rows : f.stride;
	fused_memory m;

	m.v = shared_memory<real>();
	m.w = m.v + f.rows * f.stride;
	m.s = m.w + square * f.stride;
	m.a = m.s + (1 + f.most) * f.stride;
	m.d = m.e = m.a + f.most * f.stride;
	m.partial = m.e + f.most * wide;
	m.delta = m.partial + 4 * LAUNCH_FUSED_THREADS;
	m.own_max = m.delta + f.stride;
	m.all_max = m.own_max + f.most;
	m.factor = m.all_max + f.most;
	m.scale = m.factor + f.most;
	m.x = (uint32_t *)(m.scale + f.most);
	m.next_x = m.x + f.most;
	m.y = m.next_x + f.most;
	m.first = (int)blockIdx.x * f.rows;
	m.valid = f.v - m.first < f.rows ? f.v - m.first : f.rows;
	m.valid = m.valid > 0 ? m.valid : 0;
	return m;
}

/* s_r = tanh(a_r + W s_{r-1}): threads are (units, parts of a sum). */
static __device__ void
fused_states(const fused &f, const fused_memory &m, int t)
{
	int columns = (f.h + 31) / 32 * 32, parts = LAUNCH_FUSED_THREADS / columns;
	int i = fused_thread(), j = i % columns, part = i / columns, fours = f.stride / 4;

	for (int r = 0; r < t; r++) {
		real sum = 0;

		for (int q = part * fours / parts; j < f.h && q < (part + 1) * fours / parts; q++)
			sum = fused_dot(fused_four(m.w + j * f.stride + 4 * q),
			    fused_four(m.s + r * f.stride + 4 * q), sum);
		m.partial[i] = sum;
		__syncthreads();
		if (i < f.h) {
			sum = m.a[r * f.stride + i];
			for (int p = 0; p < parts; p++)
				sum += m.partial[p * columns + i];
			m.s[(r + 1) * f.stride + i] = RTANH(sum);
		}
		__syncthreads();
	}
}

/* e(t, rows) = S V': a thread computes four rows of S by one of V. */
static __device__ void
fused_logits(const fused &f, const fused_memory &m, int t)
{
	for (int k = fused_thread(); k < (t + 3) / 4 * f.rows; k += LAUNCH_FUSED_THREADS) {
		int i = k % f.rows, r = k / f.rows * 4;
		real sum[4] = {};

		for (int q = 0; q < f.stride; q += 4) {
			quad v = fused_four(m.v + i * f.stride + q);

			for (int p = 0; p < 4; p++)
				sum[p] = fused_dot(v, fused_four(m.s + (r + p + 1) * f.stride + q),
				    sum[p]);
		}
		for (int p = 0; p < 4 && r + p < t; p++)
			m.e[(r + p) * f.rows + i] = sum[p];
	}
	__syncthreads();
}

/* exp(e - max) per row, max being the block's own; one warp per row. */
static __device__ void
fused_exponentials(const fused &f, const fused_memory &m, int t)
{
	int lane = fused_thread() % FUSED_WARP;

	for (int r = fused_thread() / FUSED_WARP; r < t; r += FUSED_WARPS) {
		real *e = m.e + r * f.rows, max = -INFINITY, sum = 0;
		int y = (int)m.y[r] - m.first, at = r * (int)gridDim.x + (int)blockIdx.x;

		if (lane == 0 && y >= 0 && y < m.valid)
			f.at_y[r] = e[y];
		for (int i = lane; i < m.valid; i += FUSED_WARP)
			max = e[i] > max ? e[i] : max;
		max = fused_warp_max(max);
		for (int i = lane; i < f.rows; i += FUSED_WARP) {
			e[i] = i < m.valid ? REXP(e[i] - max) : 0;
			sum += e[i];
		}
		sum = (real)fused_warp_sum(sum);
		if (lane == 0) {
			f.max[at] = m.own_max[r] = max;
			f.sum[at] = sum;
		}
	}
	__syncthreads();
}

/* This block's part of dS, not yet divided by the norm; and rows y of V. */
static __device__ void
fused_parts(const fused &f, const fused_memory &m, int t)
{
	int fours = (f.h + 3) / 4;
	real *parts = f.parts + (size_t)blockIdx.x * f.most * f.h;

	for (int k = fused_thread(); k < (t + 1) / 2 * fours; k += LAUNCH_FUSED_THREADS) {
		int j = k % fours * 4, r = k / fours * 2;
		real sum[2][4] = {};

		for (int i = 0; i < m.valid; i++) {
			quad v = fused_four(m.v + i * f.stride + j);

			for (int p = 0; p < 2; p++)
				for (int q = 0; q < 4; q++)
					sum[p][q] = fma(m.e[(r + p) * f.rows + i], v.x[q], sum[p][q]);
		}
		for (int p = 0; p < 2 && r + p < t; p++)
			for (int q = 0; q < 4 && j + q < f.h; q++)
				parts[(r + p) * f.h + j + q] = sum[p][q];
	}
	for (int r = 0; r < t; r++) {
		int y = (int)m.y[r] - m.first;

		for (int j = fused_thread(); y >= 0 && y < m.valid && j < f.h; j += LAUNCH_FUSED_THREADS)
			f.v_y[r * f.h + j] = m.v[y * f.stride + j];
	}
}

/* Each row's maximum and norm over all blocks; ln P from the first block. */
static __device__ void
fused_norms(const fused &f, const fused_memory &m, int t, double *logp)
{
	int lane = fused_thread() % FUSED_WARP, blocks = (int)gridDim.x;

	for (int r = fused_thread() / FUSED_WARP; r < t; r += FUSED_WARPS) {
		real max = -INFINITY;
		double sum = 0;

		for (int i = lane; i < blocks; i += FUSED_WARP) {
			real other = __ldcg(f.max + r * blocks + i);

			max = other > max ? other : max;
		}
		max = fused_warp_max(max);
		for (int i = lane; i < blocks; i += FUSED_WARP)
			sum += (double)(__ldcg(f.sum + r * blocks + i) *
			    REXP(__ldcg(f.max + r * blocks + i) - max));
		sum = fused_warp_sum(sum);
		if (lane != 0)
			continue;
		m.all_max[r] = max;
		m.scale[r] = (real)(1 / sum);
		m.factor[r] = REXP(m.own_max[r] - max) * m.scale[r];
		if (blockIdx.x == 0)
			logp[r] = (double)__ldcg(f.at_y + r) - (double)max - log(sum);
	}
	__syncthreads();
}

/* This block's slice of dS (1 - S^2), summed over all parts; one warp per element. */
static __device__ void
fused_join(const fused &f, const fused_memory &m, int t)
{
	int lane = fused_thread() % FUSED_WARP, blocks = (int)gridDim.x;
	int each = (t * f.h + blocks - 1) / blocks, first = (int)blockIdx.x * each;
	int end = first + each < t * f.h ? first + each : t * f.h;

	for (int k = first + fused_thread() / FUSED_WARP; k < end; k += FUSED_WARPS) {
		int r = k / f.h, j = k % f.h;
		real s = m.s[(r + 1) * f.stride + j];
		double sum = 0;

		for (int i = lane; i < blocks; i += FUSED_WARP)
			sum += (double)(__ldcg(f.parts + ((size_t)i * f.most + r) * f.h + j) *
			    REXP(__ldcg(f.max + r * blocks + i) - m.all_max[r]));
		sum = fused_warp_sum(sum);
		if (lane == 0)
			f.errors[k] = ((real)sum * m.scale[r] - __ldcg(f.v_y + k)) * (1 - s * s);
	}
}

/* P -= rate G, with a single rounding, the same everywhere. */
static __device__ inline real
fused_descend(real p, real g, real rate)
{
	return fma(-rate, g, p);
}

/* Rows of reals in shared memory, `stride` apart. */
struct fused_rows {
	const real *p;
	int stride;
};

/* to(4, 4) -= rate sum over n rows of four of a times four of b. */
static __device__ inline void
fused_outer(fused_rows a, fused_rows b, int n, real rate, real *to, int to_stride)
{
	real sum[4][4] = {};

	for (int r = 0; r < n; r++) {
		quad x = fused_four(a.p + r * a.stride), y = fused_four(b.p + r * b.stride);

		for (int p = 0; p < 4; p++)
			for (int q = 0; q < 4; q++)
				sum[p][q] = fma(x.x[p], y.x[q], sum[p][q]);
	}
	for (int p = 0; p < 4; p++)
		for (int q = 0; q < 4; q++)
			to[p * to_stride + q] = fused_descend(to[p * to_stride + q], sum[p][q], rate);
}

/* V -= rate P' S for this block's rows, P less 1 at y. */
static __device__ void
fused_update_v(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4;

	for (int k = fused_thread(); k < t * f.rows; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.rows, i = k % f.rows;

		m.e[k] = m.e[k] * m.factor[r] - (real)((int)m.y[r] - m.first == i);
	}
	__syncthreads();
	for (int k = fused_thread(); k < f.rows / 4 * fours; k += LAUNCH_FUSED_THREADS) {
		int i = k / fours * 4, j = k % fours * 4;

		fused_outer({ m.e + i, f.rows }, { m.s + f.stride + j, f.stride }, t, f.rate,
		    m.v + i * f.stride + j, f.stride);
	}
}

/* x(t) of the sentence from row `start` on, and the current rows of U of its words. */
static __device__ void
fused_fetch(const fused &f, const fused_memory &m, int start, int t, uint32_t *x)
{
	for (int r = fused_thread(); r < t; r += LAUNCH_FUSED_THREADS)
		x[r] = f.x[start + r];
	for (int k = fused_thread(); k < t * f.h; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.h, j = k % f.h;

		m.a[r * f.stride + j] = __ldcg(f.u + (size_t)f.x[start + r] * f.h + j);
	}
}

/* One step back: delta = (W' delta)(1 - s^2); threads are (fours, parts). */
static __device__ void
fused_step_back(const fused &f, const fused_memory &m, const real *s, real *keep)
{
	int fours = f.stride / 4, parts = LAUNCH_FUSED_THREADS / fours;
	int i = fused_thread(), q = i % fours * 4, part = i / fours;
	real sum[4] = {};

	for (int j = part * f.h / parts; part < parts && j < (part + 1) * f.h / parts; j++) {
		quad w = fused_four(m.w + j * f.stride + q);

		for (int p = 0; p < 4; p++)
			sum[p] = fma(m.delta[j], w.x[p], sum[p]);
	}
	for (int p = 0; part < parts && p < 4; p++)
		m.partial[part * f.stride + q + p] = sum[p];
	__syncthreads();
	if (i < f.h) {
		real all = 0;

		for (int p = 0; p < parts; p++)
			all += m.partial[p * f.stride + i];
		m.delta[i] = keep[i] = all * (1 - s[i] * s[i]);
	}
	__syncthreads();
}

/* The errors of this block's rows, back over at most bptt rows each. */
static __device__ void
fused_back(const fused &f, const fused_memory &m, int t)
{
	size_t each = (size_t)f.most * f.h;

	for (int r = (int)blockIdx.x; r < t; r += (int)gridDim.x) {
		int steps = f.bptt < r ? f.bptt : r;

		if (fused_thread() < f.h)
			m.delta[fused_thread()] = __ldcg(f.errors + r * f.h + fused_thread());
		__syncthreads();
		for (int i = 1; i <= steps; i++)
			fused_step_back(f, m, m.s + (r - i + 1) * f.stride,
			    f.errors + i * each + (size_t)r * f.h);
	}
}

/* D(t,h): the errors that reached a row from itself and the bptt rows after it. */
static __device__ void
fused_gather(const fused &f, const fused_memory &m, int t)
{
	size_t each = (size_t)f.most * f.h;

	for (int k = fused_thread(); k < t * f.stride; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.stride, j = k % f.stride, steps = t - 1 - r < f.bptt ? t - 1 - r : f.bptt;
		real sum = 0;

		for (int i = 0; j < f.h && i <= steps; i++)
			sum += __ldcg(f.errors + i * each + (size_t)(r + i) * f.h + j);
		m.d[k] = sum;
	}
	__syncthreads();
}

static __device__ void
fused_update_w(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4;

	for (int k = fused_thread(); k < (f.h + 3) / 4 * fours; k += LAUNCH_FUSED_THREADS) {
		int i = k / fours * 4, j = k % fours * 4;

		fused_outer({ m.d + i, f.stride }, { m.s + j, f.stride }, t, f.rate,
		    m.w + i * f.stride + j, f.stride);
	}
}

/* p less rate times the summed errors of a word, if the sentence contains it. */
static __device__ inline real
fused_without(const fused &f, const fused_memory &m, int t, uint32_t word, int j, real p)
{
	real sum = 0;
	bool any = false;

	for (int r = 0; r < t; r++)
		if (m.x[r] == word) {
			sum += m.d[r * f.stride + j];
			any = true;
		}
	return any ? fused_descend(p, sum, f.rate) : p;
}

/* Updates rows of U: this block's words of the sentence; a repeated word is updated
 * at its first row. */
static __device__ void
fused_update_u(const fused &f, const fused_memory &m, int t)
{
	for (int r = (int)blockIdx.x; r < t; r += (int)gridDim.x) {
		real *u = f.u + (size_t)m.x[r] * f.h;
		bool again = false;

		for (int i = 0; i < r; i++)
			again |= m.x[i] == m.x[r];
		for (int j = fused_thread(); !again && j < f.h; j += LAUNCH_FUSED_THREADS)
			u[j] = fused_without(f, m, t, m.x[r], j, __ldcg(u + j));
	}
}

/* Applies the same update to the rows of U that were prefetched. */
static __device__ void
fused_correct(const fused &f, const fused_memory &m, int t, int next_t)
{
	for (int k = fused_thread(); k < next_t * f.h; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.h, j = k % f.h;
		real *a = m.a + r * f.stride + j;

		*a = fused_without(f, m, t, m.next_x[r], j, *a);
	}
	__syncthreads();
}

#endif
