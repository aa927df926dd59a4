/*
 * recurrent_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef RECURRENT_NAMES_H
#define RECURRENT_NAMES_H

#include "isa.h"

#define recur_backward ISA_NAME(recur_backward)
#define recur_forward ISA_NAME(recur_forward)
#define recur_reserve ISA_NAME(recur_reserve)
#define recur_update ISA_NAME(recur_update)
#define row_step ISA_NAME(row_step)
#define cell_block_backward ISA_NAME(cell_block_backward)
#define cell_block_forward ISA_NAME(cell_block_forward)
#define time_loop_backward ISA_NAME(time_loop_backward)
#define time_loop_forward ISA_NAME(time_loop_forward)

#endif
