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

/* Where row r's error, i rows back, is: in the memory of its own block, or of the device. */
static __device__ inline real *
fused_error_at(const fused &f, const fused_memory &m, int i, int r)
{
	return f.cluster > 1 ? m.back + (i * (f.most / LAUNCH_CLUSTER) + r / LAUNCH_CLUSTER) * f.stride :
	    f.errors + ((size_t)i * f.most + r) * f.stride;
}

/* Rows of a block that go back at the same time: first, first + apart, ... n of them. */
struct fused_team {
	int first, apart, n;
	real *sums;		/* (n, 4 threads) */
};

/* One step back for all, the i-th: delta = (W' delta)(1 - s^2); at, j: the thread's number. */
template <typename SQUARE>
static __device__ void
fused_step_back(const fused &f, const fused_memory &m, const SQUARE &square, const fused_team &team,
    int i)
{
	enum { COLUMNS = LAUNCH_FUSED_THREADS / SQUARE::AT_ONCE, SUMS = 4 * LAUNCH_FUSED_THREADS };
	int at = fused_thread() / COLUMNS, j = fused_thread() % COLUMNS, apart = 0, parts = 0;
	int r = team.first + at * team.apart;

	for (int n = 0; n < team.n; n++)
		parts = square.multiply_back(f, m, m.delta + n * f.stride, team.sums + n * SUMS, &apart);
	__syncthreads();
	if (at < team.n && j < f.h && i <= r) {
		real all = 0, s = m.s[(r - i + 1) * f.stride + j];

		for (int p = 0; p < parts; p++)
			all += team.sums[at * SUMS + p * apart + j];
		all *= 1 - s * s;
		m.delta[at * f.stride + j] = fused_error_at(f, m, i, r)[j] = all;
	}
	__syncthreads();
}

/* All their steps, at most bptt. */
template <typename SQUARE>
static __device__ void
fused_team_back(const fused &f, const fused_memory &m, const SQUARE &square, const fused_team &team)
{
	int last = team.first + (team.n - 1) * team.apart, steps = f.bptt < last ? f.bptt : last;

	for (int k = fused_thread(); k < team.n * f.stride; k += LAUNCH_FUSED_THREADS) {
		int n = k / f.stride, j = k % f.stride, r = team.first + n * team.apart;
		real error = j < f.h ? __ldcg(f.errors + r * f.stride + j) : 0;

		m.delta[k] = error;
		if (f.cluster > 1)
			fused_error_at(f, m, 0, r)[j] = error;
	}
	__syncthreads();
	for (int i = 1; i <= steps; i++)
		fused_step_back(f, m, square, team, i);
}

/* The errors of this block's rows, back over at most bptt rows each: without clusters it is
 * one of all blocks; each cluster has all rows.  The memory of D is free here. */
template <typename SQUARE>
static __device__ void
fused_back(const fused &f, const fused_memory &m, const SQUARE &square, int t)
{
	int room = f.most * f.stride / (4 * LAUNCH_FUSED_THREADS), most = 1;
	fused_team team = { (int)blockIdx.x, (int)gridDim.x, 0, m.partial };

	if (f.cluster > 1) {
		team.first = fused_rank();
		team.apart = LAUNCH_CLUSTER;
	}
	if (SQUARE::AT_ONCE > 1 && room > 1) {
		most = room < SQUARE::AT_ONCE ? room : SQUARE::AT_ONCE;
		team.sums = m.d;
	}
	for (; team.first < t; team.first += most * team.apart) {
		int left = (t - team.first + team.apart - 1) / team.apart;

		team.n = left < most ? left : most;
		fused_team_back(f, m, square, team);
	}
}

/* The error that row r's own brings to the row i before it, four of its columns. */
static __device__ inline quad
fused_error(const fused &f, const fused_memory &m, int i, int r, int j)
{
	const quad *from = (const quad *)fused_error_at(f, m, i, r) + j;

	return f.cluster > 1 ? *cluster_at(from, r % LAUNCH_CLUSTER) : fused_ldcg(from);
}

/* The sum of what rows r .. r + n bring to row r, in order.  Five are read at once, those of
 * the tutorial's four steps back: else each read would wait for the one before. */
static __device__ inline quad
fused_sum_errors(const fused &f, const fused_memory &m, int r, int n, int j)
{
	enum { READS = 5 };
	quad sum = {};

	for (int i = 0; i <= n; i += READS) {
		quad x[READS];

		UNROLL
		for (int p = 0; p < READS; p++) {
			int back = i + p < n ? i + p : n;

			x[p] = fused_error(f, m, back, r + back, j);
		}
		UNROLL
		for (int p = 0; p < READS; p++)
			UNROLL
			for (int q = 0; q < 4; q++)
				sum.x[q] += i + p <= n ? x[p].x[q] : 0;
	}
	return sum;
}

/* D(t,h): the errors that reached a row from itself and the bptt rows after it. */
static __device__ void
fused_gather(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4;

	for (int k = fused_thread(); k < t * fours; k += LAUNCH_FUSED_THREADS) {
		int r = k / fours, j = k % fours, steps = t - 1 - r < f.bptt ? t - 1 - r : f.bptt;
		quad d = fused_sum_errors(f, m, r, steps, j);

		UNROLL
		for (int q = 0; q < 4; q++)
			d.x[q] = 4 * j + q < f.h ? d.x[q] : 0;
		*((quad *)m.d + k) = d;
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
