/*
 * softmax_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef SOFTMAX_NAMES_H
#define SOFTMAX_NAMES_H

#include "isa.h"

#define job_part_rows ISA_NAME(job_part_rows)
#define job_pass_1 ISA_NAME(job_pass_1)
#define job_prepare ISA_NAME(job_prepare)
#define output_backward ISA_NAME(output_backward)
#define output_forward ISA_NAME(output_forward)
#define output_free ISA_NAME(output_free)
#define output_logp ISA_NAME(output_logp)
#define output_rows ISA_NAME(output_rows)
#define softmax_sampled ISA_NAME(softmax_sampled)
#define softmax_small_backward ISA_NAME(softmax_small_backward)
#define softmax_small_forward ISA_NAME(softmax_small_forward)
#define softmax_small_logp ISA_NAME(softmax_small_logp)
#define softmax_tree ISA_NAME(softmax_tree)

#endif
