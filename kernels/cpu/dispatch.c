/*
 * dispatch.c - chooses the instruction set: the best one that the processor has, or
 * the one that UNROLL_ISA names.  An unknown name, or a set that the processor
 * lacks, is an error: a mistake must not pass for a measurement.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "cpu.h"

struct isa {
	const char *name;
	bool (*here)(void);
	struct backend *(*open[2])(int threads, const char **why);	/* by enum real_type */
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

#if defined(__aarch64__)
/* Advanced SIMD is part of every AArch64 processor that runs a hosted system. */
static bool
has_neon(void)
{
	return true;
}
#endif

static const struct isa isas[] = {	/* the best first, plain last */
#if defined(__x86_64__)
	{ "avx512", has_avx512, { cpu_avx512_f32, cpu_avx512_f64 } },
	{ "avx2", has_avx2, { cpu_avx2_f32, cpu_avx2_f64 } },
#elif defined(__aarch64__)
	{ "neon", has_neon, { cpu_neon_f32, cpu_neon_f64 } },
#endif
	{ "plain", always, { cpu_plain_f32, cpu_plain_f64 } },
};
enum { NISA = sizeof(isas) / sizeof(isas[0]) };

/* Appends to a string of at most size bytes, truncating; bytes of the environment as
 * printable ASCII. */
static void
append_text(char *to, size_t size, const char *more)
{
	size_t n = strlen(to);

	for (; *more && n + 1 < size; more++)
		to[n++] = (char)(*more >= ' ' && *more <= '~' ? *more : '?');
	to[n] = '\0';
}

/* An error message: the unusable name, and the usable ones. */
static const char *
refusal(const char *name)
{
	static char said[200];
	const char *between = ": ";

	said[0] = '\0';
	append_text(said, sizeof(said), "UNROLL_ISA is '");
	append_text(said, sizeof(said) / 2, name);
	append_text(said, sizeof(said), "', which is none of this processor's instruction sets");
	for (int i = 0; i < NISA; i++) {
		if (!isas[i].here())
			continue;
		append_text(said, sizeof(said), between);
		append_text(said, sizeof(said), isas[i].name);
		between = ", ";
	}
	return said;
}

/* What UNROLL_ISA names, or NULL. */
static const char *
isa_name(void)
{
	const char *name = getenv("UNROLL_ISA");

	return name && *name ? name : NULL;
}

bool
cpu_isa_is_named(void)
{
	return isa_name() != NULL;
}

static const struct isa *
choose_isa(const char *name, const char **why)
{
	for (int i = 0; i < NISA; i++)
		if ((name == NULL || strcmp(name, isas[i].name) == 0) && isas[i].here())
			return &isas[i];
	*why = refusal(name ? name : "");	/* plain is always there */
	return NULL;
}

bool
cpu_has_vectors(void)
{
	const char *why;

	return choose_isa(NULL, &why) != &isas[NISA - 1];
}

struct backend *
cpu_open(enum real_type real, int threads, const char **why)
{
	const struct isa *isa = choose_isa(isa_name(), why);

	return isa ? isa->open[real](threads, why) : NULL;
}
