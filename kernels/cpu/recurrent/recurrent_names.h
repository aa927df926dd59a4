/*
 * recurrent_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef RECURRENT_NAMES_H
#define RECURRENT_NAMES_H

#include "isa.h"

#define rnn_backward ISA_NAME(rnn_backward)
#define rnn_forward ISA_NAME(rnn_forward)
#define recurrence_reserve ISA_NAME(recurrence_reserve)
#define rnn_add_gradient ISA_NAME(rnn_add_gradient)
#define rnn_step_row ISA_NAME(rnn_step_row)
#define cell_block_backward ISA_NAME(cell_block_backward)
#define cell_block_forward ISA_NAME(cell_block_forward)
#define time_loop_backward ISA_NAME(time_loop_backward)
#define time_loop_forward ISA_NAME(time_loop_forward)

#endif
