/*
 * blas_names.h - what this folder exports, once for each real: the linker sees a name
 * with a suffix (f_f32), the sources read as plain C.
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
