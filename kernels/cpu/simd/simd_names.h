/*
 * simd_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef SIMD_NAMES_H
#define SIMD_NAMES_H

#include "isa.h"

#define update_all ISA_NAME(update_all)
#define update_squares ISA_NAME(update_squares)

#endif
