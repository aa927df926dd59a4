/*
 * gemm THREADS SECONDS - what OpenBLAS reaches on a large product in float,
 * 2048 x 2048 x 2048: the yardstick for our kernels, in the same run.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

#include "stopwatch.h"

enum { N = 2048 };

int
main(int argc, char *argv[])
{
	float *a = calloc(N * N, sizeof(*a)), *b = calloc(N * N, sizeof(*b));
	float *c = calloc(N * N, sizeof(*c));
	double took[100], begun;
	int n = 0;

	if (argc != 3 || a == NULL || b == NULL || c == NULL) {
		fputs("usage: gemm threads seconds\n", stderr);
		return 2;
	}
	for (int i = 0; i < N * N; i++) {
		a[i] = (float)(i % 7) - 3;
		b[i] = (float)(i % 5) - 2;
	}
	openblas_set_num_threads(atoi(argv[1]));
	begun = now();
	while (n < 100 && (n < 4 || now() - begun < atof(argv[2]))) {
		double start = now();

		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0,
		    c, N);
		took[n++] = now() - start;
	}
	printf("%.1f GFLOP/s (OpenBLAS, %s)\n", 2.0 * N * N * N / median(took, n) * 1e-9,
	    openblas_get_corename());
	free(a);
	free(b);
	free(c);
	return 0;
}
