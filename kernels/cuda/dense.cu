/*
 * dense.cu - the operations between recurrent layers: dense layers, biases,
 * elementwise products (dropout), and rows gathered and added by index.
 */
#include "params.h"
#include "product.h"

static void
dense_forward(struct backend *k, const struct matrix *m, int t, const void *x, void *a)
{
	struct product_store store = { (real *)a, (size_t)m->rows };

	product_whole<false, true>(k, { t, m->rows, m->cols }, (const real *)x, (const real *)m->p,
	    store);
}

static void
dense_backward(struct backend *k, const struct matrix *m, int t, const void *x, const void *d,
    void *dx, struct matrix *dm)
{
	struct product_store store = { (real *)dx, (size_t)m->cols };
	struct product_add add = { dm->p, (size_t)m->cols };

	if (dx)
		product<false, false>(k, { t, m->cols, m->rows }, (const real *)d, (const real *)m->p,
		    store);
	product<true, false>(k, { m->rows, m->cols, t }, (const real *)d, (const real *)x, add);
}

static __global__ void
add_bias(size_t n, int cols, const real *b, real *a)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		a[i] += b[i % cols];
}

static void
bias_forward(struct backend *k, const struct matrix *b, int t, void *a)
{
	size_t n = (size_t)t * b->cols;

	launch(k, add_bias, dim3((unsigned)cuda_over(n, 256)), dim3(256), 0, n, b->cols,
	    (const real *)b->p, (real *)a);
}

enum { COLUMNS = 32, PARTS = 16 };

/* One block per 32 columns; the sums of its parts of the rows are added in order. */
static __global__ void
__launch_bounds__(COLUMNS *PARTS)
add_columns(int t, int n, int ld, const real *from, real *to)
{
	real *sums = shared_memory<real>();		/* (PARTS, COLUMNS) */
	int x = (int)threadIdx.x, y = (int)threadIdx.y, j = (int)blockIdx.x * COLUMNS + x;
	real sum = 0;

	for (int r = y; j < n && r < t; r += PARTS)
		sum += from[(size_t)r * ld + j];
	sums[y * COLUMNS + x] = sum;
	__syncthreads();
	if (y > 0 || j >= n)
		return;
	for (int i = 1; i < PARTS; i++)
		sum += sums[i * COLUMNS + x];
	to[j] += sum;
}

void
cuda_add_columns(struct backend *k, int t, int n, int ld, const real *from, real *to)
{
	launch(k, add_columns, dim3((unsigned)cuda_over((size_t)n, COLUMNS)), dim3(COLUMNS, PARTS),
	    COLUMNS * PARTS * sizeof(real), t, n, ld, from, to);
}

static void
bias_backward(struct backend *k, int t, const void *d, struct matrix *db)
{
	cuda_add_columns(k, t, db->cols, db->cols, (const real *)d, db->p);
}

static __global__ void
multiply_all(size_t n, const real *x, const real *y, real *out)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		out[i] = x[i] * y[i];
}

static void
multiply(struct backend *k, size_t n, const void *x, const void *y, void *out)
{
	if (n)
		launch(k, multiply_all, dim3((unsigned)cuda_over(n, 256)), dim3(256), 0, n,
		    (const real *)x, (const real *)y, (real *)out);
}

/* TO row i = row from[i] of S, or zeros; one block per row. */
static __global__ void
gather_rows(int h, const int *from, const real *s, real *to)
{
	int r = from[blockIdx.x];

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x)
		to[(size_t)blockIdx.x * h + j] = r < 0 ? 0 : s[(size_t)r * h + j];
}

static void
pick_rows(struct backend *k, int n, const int *from, int h, const void *s, void *to)
{
	const int *dev = (const int *)cuda_upload(k, BUFFER_START, from, (size_t)n * sizeof(*from));

	if (n)
		launch(k, gather_rows, dim3((unsigned)n), dim3(128), 0, h, dev, (const real *)s, (real *)to);
}

/* Row to[i] of S += row i of X; one block per row. */
static __global__ void
scatter_rows(int h, const int *to, const real *x, real *s)
{
	real *row = s + (size_t)to[blockIdx.x] * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x)
		row[j] += x[(size_t)blockIdx.x * h + j];
}

static void
add_rows(struct backend *k, int n, const int *to, int h, const void *x, void *s)
{
	const int *dev = (const int *)cuda_upload(k, BUFFER_START, to, (size_t)n * sizeof(*to));

	if (n)
		launch(k, scatter_rows, dim3((unsigned)n), dim3(128), 0, h, dev, (const real *)x, (real *)s);
}

void
cuda_dense_fill(struct backend *k)
{
	k->dense_forward = dense_forward;
	k->dense_backward = dense_backward;
	k->bias_forward = bias_forward;
	k->bias_backward = bias_backward;
	k->multiply = multiply;
	k->pick_rows = pick_rows;
	k->add_rows = add_rows;
}
