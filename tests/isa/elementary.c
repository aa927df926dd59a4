/*
 * elementary [POINTS]: compares exp, tanh and the logistic function of
 * kernels/cpu/simd/elementary.h with libm's in long double at so many points of
 * their range; compiled for each instruction set and real.  Prints the largest
 * errors in units in the last place.  Exits with 1 if one exceeds the bound that
 * the header states, with 77 where the processor lacks the instructions.
 */
#include <stdio.h>
#include <stdlib.h>

#include "elementary.h"

enum { POINTS = 800000 };	/* the default */

#if defined(REAL_IS_FLOAT)
#define NEXT nextafterf
#define LEAST 1.1754944e-38	/* the least normal number */
#else
#define NEXT nextafter
#define LEAST 2.2250738585072014e-308
#endif

static double
ulps(long double want, real got)
{
	real at = (real)(want < 0 ? -want : want);
	long double unit;

	at = at < (real)LEAST ? (real)LEAST : at;
	unit = (long double)NEXT(at, (real)INFINITY) - at;
	return (double)((got > want ? got - want : want - got) / unit);
}

static real
lane0(vec v)
{
	real a[LANES];

	v_store(a, v);
	return a[0];
}

static long double
logistic(long double x)
{
	return 1 / (1 + expl(-x));
}

static const struct function {
	const char *name;
	long double (*exact)(long double);
	vec (*ours)(vec);
	double low, high, bound;
} functions[] = {
	{ "exp", expl, v_exp, EXP_LOW, 0, 2 },
	{ "tanh", tanhl, v_tanh, -25, 25, 4 },
	{ "logistic", logistic, v_logistic, EXP_LOW, -EXP_LOW, 4 },
};
enum { NFUNCTION = sizeof(functions) / sizeof(functions[0]) };

/* The largest error at points evenly spaced over the range, and at every 1000th of
 * them halved again and again, down to the smallest numbers. */
static double
worst_error(const struct function *f, int points)
{
	double most = 0;

	for (int i = 0; i <= points; i++) {
		real x = (real)(f->low + (f->high - f->low) * i / points);

		for (int k = 0; k < (i % 1000 ? 1 : 100); k++, x /= 2) {
			double e = ulps(f->exact(x), lane0(f->ours(v_set1(x))));

			most = e > most || isnan(e) ? e : most;
		}
	}
	return most;
}

/* NaN stays NaN; beyond the range the value at its end is taken. */
static int
edges_are_right(void)
{
	return isnan(lane0(v_exp(v_set1((real)NAN)))) && isnan(lane0(v_tanh(v_set1((real)NAN)))) &&
	    lane0(v_exp(v_set1(0))) == 1 && lane0(v_exp(v_set1((real)-INFINITY))) < 1e-37 &&
	    lane0(v_tanh(v_set1((real)INFINITY))) == 1 &&
	    lane0(v_tanh(v_set1((real)-INFINITY))) == -1 && lane0(v_tanh(v_set1(0))) == 0 &&
	    isnan(lane0(v_logistic(v_set1((real)NAN)))) && lane0(v_logistic(v_set1(0))) == 0.5 &&
	    lane0(v_logistic(v_set1((real)INFINITY))) == 1 &&
	    lane0(v_logistic(v_set1((real)-INFINITY))) < 1e-37;
}

int
main(int argc, char *argv[])
{
	int points = argc > 1 ? atoi(argv[1]) : POINTS, failures;

#if defined(ISA_AVX512)
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
		return 77;
#elif defined(ISA_AVX2)
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return 77;
#endif
	failures = !edges_are_right();
	for (int i = 0; i < NFUNCTION; i++) {
		double e = worst_error(&functions[i], points);

		printf("%s %.3f ulp, ", functions[i].name, e);
		failures += !(e <= functions[i].bound);
	}
	printf("edges %s\n", edges_are_right() ? "right" : "wrong");
	return failures != 0;
}
