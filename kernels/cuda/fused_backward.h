/*
 * fused_backward.h - the phases of fused.h's kernel that go back in time and update V
 * and U.
 */
#ifndef CUDA_FUSED_BACKWARD_H
#define CUDA_FUSED_BACKWARD_H

#include "fused_square.h"

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
	for (int k = fused_thread(); k < t * f.stride; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.stride, j = k % f.stride;

		if (j < f.h)
			m.a[k] = __ldcg(f.u + (size_t)f.x[start + r] * f.h + j);
	}
}

/* Which words of the next sentence occur in this one. */
static __device__ void
fused_compare(const fused &f, const fused_memory &m, int t, int start, int next_t)
{
	for (int r = fused_thread(); r < next_t; r += LAUNCH_FUSED_THREADS) {
		uint32_t word = f.x[start + r], any = 0;

		for (int i = 0; i < t; i++)
			any |= m.x[i] == word;
		m.known[r] = any;
	}
}

/* One step back: delta = (W' delta)(1 - s^2). */
template <typename SQUARE>
static __device__ void
fused_step_back(const fused &f, const fused_memory &m, const SQUARE &square, const real *s, real *keep)
{
	int i = fused_thread(), apart, parts = square.multiply_back(f, m, &apart);

	__syncthreads();
	if (i < f.h) {
		real all = 0;

		for (int p = 0; p < parts; p++)
			all += m.partial[p * apart + i];
		m.delta[i] = keep[i] = all * (1 - s[i] * s[i]);
	}
	__syncthreads();
}

/* The errors of this block's rows, back over at most bptt rows each. */
template <typename SQUARE>
static __device__ void
fused_back(const fused &f, const fused_memory &m, const SQUARE &square, int t)
{
	size_t each = (size_t)f.most * f.stride;

	for (int r = (int)blockIdx.x; r < t; r += (int)gridDim.x) {
		int steps = f.bptt < r ? f.bptt : r;

		if (fused_thread() < f.h)
			m.delta[fused_thread()] = __ldcg(f.errors + r * f.stride + fused_thread());
		__syncthreads();
		for (int i = 1; i <= steps; i++)
			fused_step_back(f, m, square, m.s + (r - i + 1) * f.stride,
			    f.errors + i * each + (size_t)r * f.stride);
	}
}

/* The sum of from[0], from[apart], ... from[n apart], in order.  Read eight at a time: the
 * compiler does not, and each read would wait for the one before. */
static __device__ inline real
fused_sum_errors(const real *from, size_t apart, int n)
{
	enum { AT_ONCE = 8 };
	real sum = 0;

	for (int i = 0; i <= n; i += AT_ONCE) {
		real x[AT_ONCE];

		UNROLL
		for (int q = 0; q < AT_ONCE; q++)
			x[q] = __ldcg(from + (i + q < n ? i + q : n) * apart);
		UNROLL
		for (int q = 0; q < AT_ONCE; q++)
			sum += i + q <= n ? x[q] : 0;
	}
	return sum;
}

/* D(t,h): the errors that reached a row from itself and the bptt rows after it. */
static __device__ void
fused_gather(const fused &f, const fused_memory &m, int t)
{
	size_t each = (size_t)f.most * f.stride;

	for (int k = fused_thread(); k < t * f.stride; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.stride, j = k % f.stride, steps = t - 1 - r < f.bptt ? t - 1 - r : f.bptt;

		m.d[k] = j < f.h ? fused_sum_errors(f.errors + k, each + f.stride, steps) : 0;
	}
	__syncthreads();
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
	for (int k = fused_thread(); k < next_t * f.stride; k += LAUNCH_FUSED_THREADS) {
		int r = k / f.stride, j = k % f.stride;

		if (j < f.h && m.known[r])
			m.a[k] = fused_without(f, m, t, m.next_x[r], j, m.a[k]);
	}
	__syncthreads();
}

#endif
