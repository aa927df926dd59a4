/*
 * embed.cu - the input layer: rows looked up by word, and their gradient.
 *
 * A word may occur in several rows of a batch.  Its rows are chained on the host, and
 * one block adds them in order: without atomics, so that the sum is reproducible.
 */
#include <stdlib.h>
#include <string.h>

#include "params.h"
#include "launch_plan.h"

/* A(t,h), one block per row. */
static __global__ void
look_up(int h, const real *u, const uint32_t *x, real *a)
{
	size_t from = (size_t)x[blockIdx.x] * h, to = (size_t)blockIdx.x * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x)
		a[to + j] = u[from + j];
}

static void
embed_forward(struct backend *k, const struct matrix *u, const struct batch *b, void *a)
{
	const uint32_t *x = (const uint32_t *)cuda_upload(k, BUFFER_X, b->x,
	    (size_t)b->t * sizeof(*x));

	launch(k, look_up, dim3((unsigned)b->t), dim3(128), 0, mat_width(u), (const real *)u->p, x,
	    (real *)a);
}

/* du[word] += the rows of D of its chain; one block per chain. */
static __global__ void
add_chains(int h, const uint32_t *x, const int32_t *heads, const int32_t *next, const real *d,
    real *du)
{
	int head = heads[blockIdx.x];
	size_t to = (size_t)x[head] * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real sum = du[to + j];

		for (int r = head; r >= 0; r = next[r])
			sum += d[(size_t)r * h + j];
		du[to + j] = sum;
	}
}

bool
cuda_make_where(struct backend *k, struct matrix *m)
{
	size_t words = (size_t)mat_words(m);

	if (m->where)
		return true;
	m->where = (int32_t *)malloc(words * sizeof(*m->where));
	if (m->where == NULL)
		return cuda_fail(k, "out of memory");
	for (size_t i = 0; i < words; i++)
		m->where[i] = -1;
	return true;
}

static void
embed_backward(struct backend *k, const struct batch *b, const void *d, struct matrix *du)
{
	size_t t = (size_t)b->t, bytes = 3 * t * sizeof(int32_t);
	int32_t *host = (int32_t *)cuda_host(k, bytes), *dev;
	int n;

	if (host == NULL || !cuda_make_where(k, du))
		return;
	memcpy(host, b->x, t * sizeof(*host));
	n = launch_chains(b->x, b->t, du->where, host + t, host + 2 * t);
	touched_add(&du->touched, b->x, b->t);
	dev = (int32_t *)cuda_upload(k, BUFFER_CHAIN, host, bytes);
	launch(k, add_chains, dim3((unsigned)n), dim3(128), 0, mat_width(du), (const uint32_t *)dev,
	    (const int32_t *)(dev + t), (const int32_t *)(dev + 2 * t), (const real *)d, du->p);
}

void
cuda_embed_fill(struct backend *k)
{
	k->embed_forward = embed_forward;
	k->embed_backward = embed_backward;
}
