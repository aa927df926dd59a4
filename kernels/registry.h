/*
 * registry.h - how the table of devices (devices.h) opens its devices, and what
 * "auto" knows when it chooses.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdbool.h>

#include "backend.h"

/* What auto's choice depends on. */
struct machine {
	enum real_type real;
	int threads;		/* 1 or more */
	bool has_vectors;	/* see cpu_has_vectors() */
	bool isa_is_named;	/* see cpu_isa_is_named() */
	const struct work *work;	/* NULL: a great deal */
};

/*
 * The device that does the work at the highest rate, divided by its worth; of equal ones the
 * first in devices.h.  A device that could not win at any rate is not even asked for it, since
 * that takes a while.  A plugin that cannot be opened is passed over.  NULL and *why on failure;
 * else *why is the reason for the choice, or NULL where there was none to make.
 */
struct backend *registry_open_auto(const struct machine *m, const char **why);

/* cpu on the processor's best instruction set, or the one that UNROLL_ISA names. */
struct backend *cpu_open(enum real_type real, int threads, const char **why);
/* Whether cpu has kernels for one of this processor's sets of vector instructions. */
bool cpu_has_vectors(void);
/* Whether UNROLL_ISA names an instruction set. */
bool cpu_isa_is_named(void);

struct backend *ref_open_f32(int threads, const char **why);
struct backend *ref_open_f64(int threads, const char **why);

#endif
