/*
 * fused_square.h - W in fused.h's kernel, and all that it takes part in: the states, the way
 * back, its own update.  In shared memory for any size; or in registers, where a matrix of
 * up to 128 x 128 floats takes 32 of each thread.  That saves reading 40 KB of shared memory
 * in every time step (Diamos et al., "Persistent RNNs", 2016), and its room.
 */
#ifndef CUDA_FUSED_SQUARE_H
#define CUDA_FUSED_SQUARE_H

#include "fused.h"

/* P -= rate G, with a single rounding, the same everywhere. */
static __device__ inline real
fused_descend(real p, real g, real rate)
{
	return fma(-rate, g, p);
}

/* to(4) -= rate sum(4) */
static __device__ inline quad
fused_descend_four(quad to, const real *sum, real rate)
{
	UNROLL
	for (int q = 0; q < 4; q++)
		to.x[q] = fused_descend(to.x[q], sum[q], rate);
	return to;
}

/* Rows of reals in shared memory, `stride` apart. */
struct fused_rows {
	const real *p;
	int stride;
};

/* sum(4, 4) over n rows of four of a times four of b. */
static __device__ inline void
fused_sum_outer(fused_rows a, fused_rows b, int n, real sum[4][4])
{
	UNROLL_BY(2)
	for (int r = 0; r < n; r++) {
		quad x = fused_four(a.p + r * a.stride), y = fused_four(b.p + r * b.stride);

		UNROLL
		for (int p = 0; p < 4; p++)
			UNROLL
			for (int q = 0; q < 4; q++)
				sum[p][q] = fma(x.x[p], y.x[q], sum[p][q]);
	}
}

/* to(4, 4) -= rate times that sum. */
static __device__ inline void
fused_outer(fused_rows a, fused_rows b, int n, real rate, real *to, int to_stride)
{
	real sum[4][4] = {};

	fused_sum_outer(a, b, n, sum);
	for (int p = 0; p < 4; p++) {	/* fours: single numbers would have bank conflicts */
		quad *four = (quad *)(to + p * to_stride);

		*four = fused_descend_four(*four, sum[p], rate);
	}
}

/* The product of fours first .. end - 1 of a and b, as two chains of additions. */
static __device__ inline real
fused_dot_range(const real *a, const real *b, int first, int end)
{
	real even = 0, odd = 0;
	int q = first;

	for (; q + 1 < end; q += 2) {
		even = fused_dot(fused_four(a + 4 * q), fused_four(b + 4 * q), even);
		odd = fused_dot(fused_four(a + 4 * q + 4), fused_four(b + 4 * q + 4), odd);
	}
	if (q < end)
		even = fused_dot(fused_four(a + 4 * q), fused_four(b + 4 * q), even);
	return even + odd;
}

/* A thread's part of W' delta: four columns, some rows. */
struct fused_slice {
	int q, part, parts;
	int first, end;		/* rows; none where part is not below parts */
};

static __device__ inline fused_slice
fused_slice_of(const fused &f)
{
	int fours = f.stride / 4, i = fused_thread();
	fused_slice a;

	a.q = i % fours * 4;
	a.part = i / fours;
	a.parts = LAUNCH_FUSED_THREADS / fours;
	a.first = a.part * f.h / a.parts;
	a.end = a.part < a.parts ? (a.part + 1) * f.h / a.parts : a.first;
	return a;
}

/* x, computed where it is needed: what load() knew is not kept until store(). */
static __device__ inline int
fused_anew(int x)
{
#ifdef __CUDACC__
	asm volatile("" : "+r"(x));
#endif
	return x;
}

/* W in m.w. */
struct fused_shared_square {
	enum { STRIDE = 0, IN_REGISTERS = false, AT_ONCE = 1 };	/* 0: known at launch */

	__device__ void
	load(const fused &f, const fused_memory &m)
	{
		for (int k = fused_thread(); k < f.h * f.h; k += LAUNCH_FUSED_THREADS)
			m.w[k / f.h * f.stride + k % f.h] = f.w[k];
	}

	__device__ void
	store(const fused &f, const fused_memory &m) const
	{
		for (int k = fused_thread(); k < f.h * f.h; k += LAUNCH_FUSED_THREADS)
			f.w[k] = m.w[k / f.h * f.stride + k % f.h];
	}

	/* s_r = tanh(a_r + W s_{r-1}): threads are (units, parts of a sum). */
	__device__ void
	states(const fused &f, const fused_memory &m, int t) const
	{
		int columns = (f.h + 31) / 32 * 32, parts = LAUNCH_FUSED_THREADS / columns;
		int i = fused_thread(), j = i % columns, part = i / columns, fours = f.stride / 4;
		bool works = j < f.h && part < parts;
		int first = works ? part * fours / parts : 0, end = works ? (part + 1) * fours / parts : 0;
		const real *w = m.w + (works ? j : 0) * f.stride;

		for (int r = 0; r < t; r++) {
			m.partial[i] = fused_dot_range(w, m.s + r * f.stride, first, end);
			__syncthreads();
			if (i < f.h) {
				real sum = m.a[r * f.stride + i];

				for (int p = 0; p < parts; p++)
					sum += m.partial[p * columns + i];
				m.s[(r + 1) * f.stride + i] = RTANH(sum);
			}
			__syncthreads();
		}
	}

	/* sums(4 threads) = W' delta in parts; their number, and how far they are apart. */
	__device__ int
	multiply_back(const fused &f, const fused_memory &m, const real *delta, real *sums, int *apart) const
	{
		fused_slice a = fused_slice_of(f);
		real sum[4] = {};

		for (int j = a.first; j < a.end; j++) {
			quad w = fused_four(m.w + j * f.stride + a.q);

			for (int p = 0; p < 4; p++)
				sum[p] = fma(delta[j], w.x[p], sum[p]);
		}
		for (int p = 0; a.part < a.parts && p < 4; p++)
			sums[a.part * f.stride + a.q + p] = sum[p];
		*apart = f.stride;
		return a.parts;
	}

	/* W -= rate D' (S of the rows before) */
	__device__ void
	update(const fused &f, const fused_memory &m, int t)
	{
		int fours = f.stride / 4;

		for (int k = fused_thread(); k < (f.h + 3) / 4 * fours; k += LAUNCH_FUSED_THREADS) {
			int i = k / fours * 4, j = k % fours * 4;

			fused_outer({ m.d + i, f.stride }, { m.s + j, f.stride }, t, f.rate,
			    m.w + i * f.stride + j, f.stride);
		}
	}
};

/*
 * W in registers: a thread has four rows, and of those two fours of columns, 16 fours apart.
 * Half a warp has all columns of its rows, so that a sum over columns stays inside it, and a
 * time step needs one barrier.  What lies beyond the matrix is zero.
 */
template <int WIDTH>
struct fused_register_square {
	enum { STRIDE = WIDTH, IN_REGISTERS = true, AT_ONCE = FUSED_AT_ONCE, PARTS = 16, FOURS = WIDTH / 4, GROUPS = 32 };
	static_assert(FOURS > PARTS && FOURS <= GROUPS + 1 && PARTS * GROUPS == LAUNCH_FUSED_THREADS,
	    "a thread has its numbers");

	quad w[2][4];			/* [a four of columns][row] */

	static __device__ int part() { return fused_thread() % PARTS; }
	static __device__ int group() { return fused_thread() / PARTS; }

	/* The first of the thread's rows, and of its fours of columns; within a row in any case. */
	static __device__ int row() { return 4 * (group() < FOURS ? group() : FOURS - 1); }
	static __device__ int
	column(int half)
	{
		return 4 * (part() + PARTS * half < FOURS ? part() + PARTS * half : FOURS - 1);
	}

	/* Whether the thread has such a four of columns, and not one too many. */
	static __device__ bool
	has(int half)
	{
		return group() < FOURS && part() + PARTS * half < FOURS;
	}

	/* Whether the warp has any row: its 8 begin below h. */
	static __device__ bool
	is_warp_of(const fused &f)
	{
		return fused_thread() / FUSED_WARP * 8 < f.h;
	}

	template <typename WHAT>
	__device__ void
	for_each(const fused &f, WHAT what)
	{
		int first = fused_anew(row());

		UNROLL
		for (int half = 0; half < 2; half++)
			UNROLL
			for (int n = 0; n < 16; n++) {
				int p = n / 4, i = first + p, j = fused_anew(column(half)) + n % 4;

				what(w[half][p].x[n % 4], i * f.h + j, has(half) && i < f.h && j < f.h);
			}
	}

	__device__ void
	load(const fused &f, const fused_memory &)
	{
		for_each(f, [&f](real &x, int k, bool is_there) { x = is_there ? f.w[k] : 0; });
	}

	__device__ void
	store(const fused &f, const fused_memory &)
	{
		for_each(f, [&f](real &x, int k, bool is_there) {
			if (is_there)
				f.w[k] = x;
		});
	}

	/* W s for the lane's one row, part() / 4 of its four; the same in four lanes. */
	__device__ real
	multiply(const real *s) const
	{
		quad a = fused_four(s + column(0)), b = fused_four(s + column(1));
		real sum[4] = {};

		UNROLL
		for (int q = 0; q < 4; q++)
			UNROLL
			for (int p = 0; p < 4; p++)
				sum[p] = fma(w[1][p].x[q], b.x[q], fma(w[0][p].x[q], a.x[q], sum[p]));
		return fused_sum_four<PARTS>(sum);
	}

	/* s_r = tanh(a_r + W s_{r-1}) */
	__device__ void
	states(const fused &f, const fused_memory &m, int t) const
	{
		int i = row() + part() / 4;
		bool gives = group() < FOURS && part() % 4 == 0 && i < f.h, works = is_warp_of(f);

		for (int r = 0; r < t; r++) {
			if (works) {
				real a = m.a[r * STRIDE + i], sum = multiply(m.s + r * STRIDE);

				sum = RTANH(a + sum);
				if (gives)
					m.s[(r + 1) * STRIDE + i] = sum;
			}
			__syncthreads();
		}
	}

	/* The same; a part is that of a warp, whose halves exchange a half each. */
	__device__ int
	multiply_back(const fused &f, const fused_memory &, const real *delta, real *sums, int *apart) const
	{
		enum { APART = 4 * FUSED_WARP };
		int lane = fused_thread() % FUSED_WARP, warp = fused_thread() / FUSED_WARP;
		bool high = lane >= PARTS;
		quad d = fused_four(delta + row()), sum;

		UNROLL
		for (int q = 0; is_warp_of(f) && q < 4; q++) {
			real a = 0, b = 0;

			UNROLL
			for (int p = 0; p < 4; p++) {
				a = fma(w[0][p].x[q], d.x[p], a);
				b = fma(w[1][p].x[q], d.x[p], b);
			}
			sum.x[q] = (high ? b : a) + __shfl_xor_sync(0xffffffffu, high ? a : b, PARTS);
		}
		if (is_warp_of(f))
			*(quad *)(sums + warp * APART + 4 * lane) = sum;
		*apart = APART;
		return (f.h + 7) / 8;
	}

	/* W -= rate D' (S of the rows before), half after half for the sake of registers */
	__device__ void
	update(const fused &f, const fused_memory &m, int t)
	{
		UNROLL
		for (int half = 0; is_warp_of(f) && half < 2; half++) {
			real sum[4][4] = {};

			fused_sum_outer({ m.d + row(), STRIDE }, { m.s + column(half), STRIDE }, t, sum);
			UNROLL
			for (int p = 0; p < 4; p++)
				if (has(half))
					w[half][p] = fused_descend_four(w[half][p], sum[p], f.rate);
		}
	}
};

#endif
