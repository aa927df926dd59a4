/*
 * blas_names.h - the functions that this folder exports, each with the suffix of its
 * real type (f_f32), so that the sources read as plain C.
 */
#ifndef BLAS_NAMES_H
#define BLAS_NAMES_H

#include "real.h"

#define blas_open NAME(blas_open)
#define blas_cells NAME(blas_cells)
#define blas_rnn_backward NAME(blas_rnn_backward)
#define blas_rnn_forward NAME(blas_rnn_forward)
#define blas_shifted NAME(blas_shifted)
#define blas_optimiser NAME(blas_optimiser)
#define blas_reserve NAME(blas_reserve)

#endif
