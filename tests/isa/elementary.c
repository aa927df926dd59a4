/*
 * elementary - exp, tanh and the logistic function of kernels/cpu/elementary.h against libm's in long
 * double, over their whole range; compiled for each instruction set and real.
 * Prints the worst errors in units in the last place; status 1 past the bounds
 * that the header states, 77 where the processor lacks the instructions.
 */
#include <stdio.h>

#include "elementary.h"

enum { POINTS = 800000 };

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

/* Evenly over the range, and now and then down to the smallest numbers by halves. */
static double
worst(const struct function *f)
{
	double most = 0;

	for (int i = 0; i <= POINTS; i++) {
		real x = (real)(f->low + (f->high - f->low) * i / POINTS);

		for (int k = 0; k < (i % 1000 ? 1 : 100); k++, x /= 2) {
			double e = ulps(f->exact(x), lane0(f->ours(v_set1(x))));

			most = e > most || isnan(e) ? e : most;
		}
	}
	return most;
}

/* What is no number stays none; what is past the range is the range's end. */
static int
edges(void)
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
main(void)
{
	int failures;

#if defined(ISA_AVX512)
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
		return 77;
#elif defined(ISA_AVX2)
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return 77;
#endif
	failures = !edges();
	for (int i = 0; i < NFUNCTION; i++) {
		double e = worst(&functions[i]);

		printf("%s %.3f ulp, ", functions[i].name, e);
		failures += !(e <= functions[i].bound);
	}
	printf("edges %s\n", edges() ? "right" : "wrong");
	return failures != 0;
}
