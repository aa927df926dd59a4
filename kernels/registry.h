/*
 * registry.h - how the table of devices (devices.h) opens its devices, and what
 * "auto" knows when it chooses.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdbool.h>

#include "backend.h"

/* What the rate of a device may depend on. */
struct machine {
	enum real_type real;
	int threads;		/* 1 or more */
	bool has_vectors;	/* cpu has kernels for a set of vector instructions of it */
	bool isa_is_named;	/* UNROLL_ISA chooses cpu's instruction set */
};

/*
 * The device of which its rate, divided by its worth, is the highest; of equal ones
 * the first.  A plugin that cannot be opened is passed over.  NULL and *why on failure;
 * else *why is the reason for the choice, or NULL where there was none to make.
 */
struct backend *registry_open_auto(const struct machine *m, const char **why);

/* dispatch.c's: cpu on the best instruction set, or the one that UNROLL_ISA names. */
struct backend *cpu_open(enum real_type real, int threads, const char **why);
/* Whether there are kernels for a set of vector instructions of this processor. */
bool cpu_has_vectors(void);
/* Whether UNROLL_ISA names an instruction set. */
bool cpu_isa_is_named(void);

struct backend *ref_open_f32(int threads, const char **why);
struct backend *ref_open_f64(int threads, const char **why);

#endif
