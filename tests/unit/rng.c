/*
 * rng - prints numbers as RandomState(seed) draws them.
 *
 *	rng bits seed n
 *	rng unit seed n
 *	rng uniform seed n low high
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"

int
main(int argc, char *argv[])
{
	struct rng r;

	if (argc < 4)
		return 2;
	rng_seed(&r, (uint32_t)strtoul(argv[2], NULL, 10));
	for (long n = strtol(argv[3], NULL, 10); n > 0; n--) {
		if (strcmp(argv[1], "bits") == 0)
			printf("%lu\n", (unsigned long)rng_u32(&r));
		else if (strcmp(argv[1], "unit") == 0)
			printf("%.17g\n", rng_unit(&r));
		else if (argc == 6)
			printf("%.17g\n", rng_uniform(&r, strtod(argv[4], NULL),
			    strtod(argv[5], NULL)));
	}
	return fclose(stdout) == 0 ? 0 : 1;
}
