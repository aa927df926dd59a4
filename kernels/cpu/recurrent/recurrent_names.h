/*
 * recurrent_names.h - what this folder exports, once for each instruction set and real: the linker sees a name
 * with a suffix (f_avx512_f32), the sources read as plain C.
 */
#ifndef RECURRENT_NAMES_H
#define RECURRENT_NAMES_H

#include "isa.h"

#define gru_cell ISA_NAME(gru_cell)
#define lstm_cell ISA_NAME(lstm_cell)
#define recur_backward ISA_NAME(recur_backward)
#define recur_forward ISA_NAME(recur_forward)
#define recur_free ISA_NAME(recur_free)
#define recur_longest ISA_NAME(recur_longest)
#define recur_order ISA_NAME(recur_order)
#define recur_reserve ISA_NAME(recur_reserve)
#define recur_update ISA_NAME(recur_update)
#define rnn_cell ISA_NAME(rnn_cell)
#define row_step ISA_NAME(row_step)

#endif
