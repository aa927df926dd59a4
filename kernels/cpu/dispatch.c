/*
 * dispatch.c - which instruction set: the best this processor has, or the one
 * that UNROLL_ISA names.  A name that is not known, or that the processor
 * lacks, is refused: a wrong guess must not pass for a measurement.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "cpu.h"

struct isa {
	const char *name;
	bool (*here)(void);
	struct kern *(*open[2])(int threads, const char **why);	/* by enum kern_real */
};

static bool
always(void)
{
	return true;
}

#if defined(__x86_64__)
static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool
has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") && has_avx2();
}
#endif

static const struct isa isas[] = {	/* best first */
#if defined(__x86_64__)
	{ "avx512", has_avx512, { cpu_avx512_f32, cpu_avx512_f64 } },
	{ "avx2", has_avx2, { cpu_avx2_f32, cpu_avx2_f64 } },
#endif
	{ "plain", always, { cpu_plain_f32, cpu_plain_f64 } },
};
enum { NISA = sizeof(isas) / sizeof(isas[0]) };

static const struct isa *
choose(const char **why)
{
	const char *name = getenv("UNROLL_ISA");

	if (name && *name == '\0')
		name = NULL;
	for (int i = 0; i < NISA; i++) {
		if (name == NULL && isas[i].here())
			return &isas[i];
		if (name && strcmp(name, isas[i].name) == 0) {
			if (isas[i].here())
				return &isas[i];
			*why = "this processor has not the instruction set of UNROLL_ISA";
			return NULL;
		}
	}
	*why = "UNROLL_ISA names no instruction set; there are avx512, avx2 and plain";
	return NULL;
}

struct kern *
cpu_open(enum kern_real real, int threads, const char **why)
{
	const struct isa *isa = choose(why);

	return isa ? isa->open[real](threads, why) : NULL;
}
