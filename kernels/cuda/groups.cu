/*
 * groups.cu - see groups.h.
 */
#include <string.h>

#include "groups.h"
#include "launch_plan.h"

bool
cuda_upload_groups(struct backend *k, struct groups *to, const uint32_t *words, int items,
    struct matrix *g)
{
	size_t n = (size_t)items, bytes = (4 * n + 1) * sizeof(int32_t);
	int32_t *host = (int32_t *)cuda_host(k, bytes), *dev;

	if (host == NULL || !cuda_make_where(k, g))
		return false;
	touched_add(&g->touched, words, items);
	to->n = launch_groups(words, items, g->where, host, host + n, host + 2 * n + 1);
	dev = (int32_t *)cuda_upload(k, BUFFER_CHAIN, host, bytes);
	to->word = (const uint32_t *)dev;
	to->begin = dev + n;
	to->item = dev + 2 * n + 1;
	return cuda_well(k);
}

/* One block per word. */
static __global__ void
add_weighted(int h, struct groups of, const int32_t *row, const real *weight, const real *s,
    real *dv, real *dc)
{
	size_t word = of.word[blockIdx.x];
	int first = of.begin[blockIdx.x], end = of.begin[blockIdx.x + 1];

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real sum = dv[word * h + j];

		for (int q = first; q < end; q++) {
			int i = of.item[q];

			sum = fma(weight[i], s[(size_t)(row ? row[i] : i) * h + j], sum);
		}
		dv[word * h + j] = sum;
	}
	if (dc == NULL || threadIdx.x > 0)
		return;
	for (int q = first; q < end; q++)
		dc[word] += weight[of.item[q]];
}

void
cuda_add_groups(struct backend *k, const struct groups *of, const int32_t *row,
    const real *weight, const real *s, struct matrix *dv, struct matrix *dc)
{
	if (of->n)
		launch(k, add_weighted, dim3((unsigned)of->n), dim3(128), 0, dv->cols, *of, row,
		    weight, s, dv->p, dc ? dc->p : NULL);
}
