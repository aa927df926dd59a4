/*
 * elementary - exp, tanh and the logistic function of kernels/cpu/elementary.h against libm's in long
 * double, over their whole range; compiled for each instruction set and real.
 * Prints the worst errors in units in the last place; status 1 past the bounds
 * that the header states, 77 where the processor lacks the instructions.
 */
#include <stdio.h>

#include "elementary.h"

enum { POINTS = 400000 };
static const double exp_bound = 2, tanh_bound = 4, logistic_bound = 4;

#if defined(REAL_F32)
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

static double
worst_exp(void)
{
	double worst = 0;

	for (int i = 0; i <= POINTS; i++) {
		real x = (real)(EXP_LOW * (double)i / POINTS);
		double e = ulps(expl(x), lane0(v_exp(v_set1(x))));

		worst = e > worst || isnan(e) ? e : worst;
	}
	return worst;
}

/* Evenly from -25 to 25, and down to the smallest numbers by halves. */
static double
worst_tanh(void)
{
	double worst = 0;

	for (int i = -POINTS; i <= POINTS; i++) {
		real x = (real)(25.0 * i / POINTS);

		for (int k = 0; k < (i % 1000 ? 1 : 100); k++, x /= 2) {
			double e = ulps(tanhl(x), lane0(v_tanh(v_set1(x))));

			worst = e > worst || isnan(e) ? e : worst;
		}
	}
	return worst;
}

static double
worst_logistic(void)
{
	double worst = 0;

	for (int i = -POINTS; i <= POINTS; i++) {
		real x = (real)(EXP_LOW * (double)i / POINTS);
		double e = ulps(1 / (1 + expl(-(long double)x)), lane0(v_logistic(v_set1(x))));

		worst = e > worst || isnan(e) ? e : worst;
	}
	return worst;
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
	double e, t, l;

#if defined(ISA_AVX512)
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
		return 77;
#elif defined(ISA_AVX2)
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return 77;
#endif
	e = worst_exp();
	t = worst_tanh();
	l = worst_logistic();
	printf("exp %.3f ulp, tanh %.3f ulp, logistic %.3f ulp, edges %s\n", e, t, l,
	    edges() ? "right" : "wrong");
	return !(e <= exp_bound && t <= tanh_bound && l <= logistic_bound && edges());
}
