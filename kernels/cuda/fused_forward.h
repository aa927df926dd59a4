/*
 * fused_forward.h - the phases of fused.h's kernel from the states to the error of each.
 */
#ifndef CUDA_FUSED_FORWARD_H
#define CUDA_FUSED_FORWARD_H

#include "fused.h"

/* e(t, rows) = S V': a thread computes four rows of S by one of V. */
static __device__ void
fused_logits(const fused &f, const fused_memory &m, int t)
{
	for (int k = fused_thread(); k < (t + 3) / 4 * f.rows; k += LAUNCH_FUSED_THREADS) {
		int i = k % f.rows, r = k / f.rows * 4;
		real sum[4] = {};

		UNROLL_BY(1)	/* registers; what limits it is reading V */
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

/* For the row's target y, if it is in this block: its logit and its row of V; by one warp. */
static __device__ inline void
fused_give_target(const fused &f, const fused_memory &m, int r, const real *e)
{
	int lane = fused_thread() % FUSED_WARP, y = (int)m.y[r] - m.first;

	if (y >= 0 && y < m.valid) {
		if (lane == 0)
			f.at_y[r] = e[y];
		for (int j = lane; j < f.h; j += FUSED_WARP)
			f.v_y[r * f.stride + j] = m.v[y * f.stride + j];
	}
	__syncwarp();	/* e[y] is read before it changes */
}

/* exp(e - max) per row, max being the block's own; one warp per row. */
static __device__ void
fused_exponentials(const fused &f, const fused_memory &m, int t)
{
	int lane = fused_thread() % FUSED_WARP;

	for (int r = fused_thread() / FUSED_WARP; r < t; r += FUSED_WARPS) {
		real *e = m.e + r * f.rows, max = -INFINITY, sum = 0;
		int at = r * fused_groups(f) + fused_group(f);

		fused_give_target(f, m, r, e);
		for (int i = lane; i < m.valid; i += FUSED_WARP)
			max = e[i] > max ? e[i] : max;
		max = fused_warp_max(max);
		for (int i = lane; i < f.rows; i += FUSED_WARP) {
			e[i] = i < m.valid ? REXP(e[i] - max) : 0;
			sum += e[i];
		}
		sum = (real)fused_warp_sum(sum);
		if (lane == 0) {
			m.own_max[r] = max;
			m.own_sum[r] = sum;
		}
		if (lane == 0 && f.cluster == 1) {
			f.max[at] = max;
			f.sum[at] = sum;
		}
	}
	__syncthreads();
}

/* This block's part of dS, not yet divided by the norm; a thread computes fours of two rows. */
static __device__ void
fused_parts(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4, apart = f.cluster == 1 ? (int)gridDim.x : 1;
	quad *parts = f.cluster == 1 ? f.parts + blockIdx.x : (quad *)m.a;

	for (int k = fused_thread(); k < (t + 1) / 2 * fours; k += LAUNCH_FUSED_THREADS) {
		int j = k % fours, r = k / fours * 2;
		quad sum[2] = {};

		UNROLL_BY(1)
		for (int i = 0; i < f.rows; i += 4) {
			quad e[] = { fused_four(m.e + r * f.rows + i), fused_four(m.e + (r + 1) * f.rows + i) };

			UNROLL
			for (int n = 0; n < 4; n++) {
				quad v = fused_four(m.v + (i + n) * f.stride + 4 * j);

				for (int p = 0; p < 2; p++)
					for (int q = 0; q < 4; q++)
						sum[p].x[q] = fma(e[p].x[n], v.x[q], sum[p].x[q]);
			}
		}
		for (int p = 0; p < 2 && r + p < t; p++)
			parts[(size_t)((r + p) * fours + j) * apart] = sum[p];
	}
}

/* The k-th four of the cluster's part of dS, in row r; its maximum, and its sum of exponentials. */
static __device__ inline quad
fused_sum_in_cluster(const fused_memory &m, int k, int r, real *max, real *sum)
{
	quad all = {};

	*max = -INFINITY;
	*sum = 0;
	UNROLL
	for (int b = 0; b < LAUNCH_CLUSTER; b++) {
		real other = *cluster_at(m.own_max + r, b);

		*max = other > *max ? other : *max;
	}
	UNROLL_BY(2)
	for (int b = 0; b < LAUNCH_CLUSTER; b++) {
		real own = *cluster_at(m.own_max + r, b);
		real by = own == -INFINITY ? 0 : REXP(own - *max);
		quad x = *cluster_at((const quad *)m.a + k, b);

		*sum = fma(by, *cluster_at(m.own_sum + r, b), *sum);
		UNROLL
		for (int q = 0; q < 4; q++)
			all.x[q] = fma(by, x.x[q], all.x[q]);
	}
	return all;
}

/* This block's slice of the cluster's part of dS, for all blocks. */
static __device__ void
fused_join_cluster(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4, groups = fused_groups(f), group = fused_group(f);
	int each = (t * fours + LAUNCH_CLUSTER - 1) / LAUNCH_CLUSTER, first = fused_rank() * each;
	int end = first + each < t * fours ? first + each : t * fours;

	for (int k = first + fused_thread(); k < end; k += LAUNCH_FUSED_THREADS) {
		int r = k / fours;
		real max, sum;

		f.parts[(size_t)k * groups + group] = fused_sum_in_cluster(m, k, r, &max, &sum);
		if (k % fours == 0) {
			f.max[r * groups + group] = max;
			f.sum[r * groups + group] = sum;
		}
	}
}

/* Over a lane's blocks, of row r: the maximum, and the sum of exponentials against it.  In one
 * pass, since each read of the L2 cache takes longer than the exponentials. */
static __device__ inline double
fused_lane_norm(const fused &f, int r, real *max)
{
	int groups = fused_groups(f);
	double sum = 0;

	*max = -INFINITY;
	for (int i = fused_thread() % FUSED_WARP; i < groups; i += FUSED_WARP) {
		real other = __ldcg(f.max + r * groups + i), x = __ldcg(f.sum + r * groups + i);

		if (other > *max) {
			sum = sum * (double)REXP(*max - other) + (double)x;
			*max = other;
		} else if (other != -INFINITY) {
			sum += (double)(x * REXP(other - *max));
		}
	}
	return sum;
}

/* Each row's maximum and norm over all blocks; ln P from the first block. */
static __device__ void
fused_norms(const fused &f, const fused_memory &m, int t, double *logp)
{
	for (int r = fused_thread() / FUSED_WARP; r < t; r += FUSED_WARPS) {
		real own, max;
		double sum = fused_lane_norm(f, r, &own);

		max = fused_warp_max(own);
		sum = fused_warp_sum(own == -INFINITY ? sum : sum * (double)REXP(own - max));
		if (fused_thread() % FUSED_WARP != 0)
			continue;
		m.all_max[r] = max;
		m.scale[r] = (real)(1 / sum);
		m.factor[r] = REXP(m.own_max[r] - max) * m.scale[r];
		if (blockIdx.x == 0)
			logp[r] = (double)__ldcg(f.at_y + r) - (double)max - log(sum);
	}
	__syncthreads();
}

/* dS (1 - S^2) of row r, column j, from the sum of its parts. */
static __device__ inline void
fused_give_error(const fused &f, const fused_memory &m, int r, int j, double sum)
{
	real s = m.s[(r + 1) * f.stride + j];
	int at = r * f.stride + j;

	f.errors[at] = ((real)sum * m.scale[r] - __ldcg(f.v_y + at)) * (1 - s * s);
}

/* sum(4) of a lane's parts of the k-th four of dS, which is in row r. */
static __device__ inline void
fused_lane_parts(const fused &f, const fused_memory &m, int k, int r, double *sum)
{
	int groups = fused_groups(f);

	for (int i = fused_thread() % FUSED_WARP; i < groups; i += FUSED_WARP) {
		quad x = fused_ldcg(f.parts + (size_t)k * groups + i);
		real by = REXP(__ldcg(f.max + r * groups + i) - m.all_max[r]);

		UNROLL
		for (int q = 0; q < 4; q++)
			sum[q] += (double)(x.x[q] * by);
	}
}

/* This block's slice of dS (1 - S^2), summed over all parts; a warp has four elements at a time. */
static __device__ void
fused_join(const fused &f, const fused_memory &m, int t)
{
	int fours = f.stride / 4, blocks = (int)gridDim.x, lane = fused_thread() % FUSED_WARP;
	int each = (t * fours + blocks - 1) / blocks, first = (int)blockIdx.x * each;
	int end = first + each < t * fours ? first + each : t * fours;

	for (int k = first + fused_thread() / FUSED_WARP; k < end; k += FUSED_WARPS) {
		int r = k / fours, j = k % fours * 4 + lane / 8;
		double sum[4] = {}, all;

		fused_lane_parts(f, m, k, r, sum);
		all = fused_sum_four<FUSED_WARP>(sum);
		if (lane % 8 == 0 && j < f.h)
			fused_give_error(f, m, r, j, all);
	}
}

#endif
