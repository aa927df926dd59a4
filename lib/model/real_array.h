/*
 * real_array.h - arrays of float or double on the host, by an enum that is known only when
 * the program runs.
 */
#ifndef REAL_ARRAY_H
#define REAL_ARRAY_H

#include <stddef.h>

#include "backend.h"

static inline size_t
real_size(enum real_type real)
{
	return real == REAL_F64 ? sizeof(double) : sizeof(float);
}

static inline double
real_at(enum real_type real, const void *p, size_t i)
{
	return real == REAL_F64 ? ((const double *)p)[i] : (double)((const float *)p)[i];
}

static inline void
real_put(enum real_type real, void *p, size_t i, double x)
{
	if (real == REAL_F64)
		((double *)p)[i] = x;
	else
		((float *)p)[i] = (float)x;
}

#endif
