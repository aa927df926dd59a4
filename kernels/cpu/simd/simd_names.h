/*
 * simd_names.h - what this folder exports, once for each instruction set and real: the linker sees a name
 * with a suffix (f_avx512_f32), the sources read as plain C.
 */
#ifndef SIMD_NAMES_H
#define SIMD_NAMES_H

#include "isa.h"

#define rule_constants ISA_NAME(rule_constants)
#define update_all ISA_NAME(update_all)
#define update_squares ISA_NAME(update_squares)

#endif
