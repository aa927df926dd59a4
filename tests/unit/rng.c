/*
 * rng - prints numbers as RandomState(seed) draws them.
 *
 *	rng bits seed n
 *	rng unit seed n
 *	rng uniform seed n low high
 *	rng fill seed n		bits, drawn in runs of 1, 2, 3, ... numbers
 *	rng skip seed n		bits: each run of 1, 2, 3, ... numbers is passed by, and the one
 *				after it printed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"

static void
print_filled(struct rng *r, size_t n)
{
	uint32_t x[1000];

	for (size_t run = 1, some; n > 0 && run <= 1000; run++, n -= some) {
		some = run < n ? run : n;
		rng_fill(r, x, some);
		for (size_t i = 0; i < some; i++)
			printf("%lu\n", (unsigned long)x[i]);
	}
}

static void
print_skipping(struct rng *r, size_t n)
{
	for (size_t run = 1; run <= n; run++) {
		rng_skip(r, run);
		printf("%lu\n", (unsigned long)rng_u32(r));
	}
}

static void
print_single(struct rng *r, char *argv[], long n)
{
	for (; n > 0; n--) {
		if (strcmp(argv[1], "bits") == 0)
			printf("%lu\n", (unsigned long)rng_u32(r));
		else if (strcmp(argv[1], "unit") == 0)
			printf("%.17g\n", rng_unit(r));
		else
			printf("%.17g\n", rng_uniform(r, strtod(argv[4], NULL),
			    strtod(argv[5], NULL)));
	}
}

int
main(int argc, char *argv[])
{
	struct rng r;
	long n;

	if (argc != (argc > 1 && strcmp(argv[1], "uniform") == 0 ? 6 : 4))
		return 2;
	rng_seed(&r, (uint32_t)strtoul(argv[2], NULL, 10));
	n = strtol(argv[3], NULL, 10);
	if (strcmp(argv[1], "fill") == 0)
		print_filled(&r, (size_t)n);
	else if (strcmp(argv[1], "skip") == 0)
		print_skipping(&r, (size_t)n);
	else
		print_single(&r, argv, n);
	return fclose(stdout) == 0 ? 0 : 1;
}
