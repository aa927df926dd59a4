/*
 * cuda_names.h - the functions that this folder exports, each with the suffix of its
 * real type (f_f32), so that the sources read as plain C.
 */
#ifndef CUDA_NAMES_H
#define CUDA_NAMES_H

#include "real.h"

#define cuda_add_columns NAME(cuda_add_columns)
#define cuda_add_groups NAME(cuda_add_groups)
#define cuda_cells_fill NAME(cuda_cells_fill)
#define cuda_dense_fill NAME(cuda_dense_fill)
#define cuda_embed_fill NAME(cuda_embed_fill)
#define cuda_fused_fill NAME(cuda_fused_fill)
#define cuda_layers NAME(cuda_layers)
#define cuda_make_where NAME(cuda_make_where)
#define cuda_out_backward NAME(cuda_out_backward)
#define cuda_output_fill NAME(cuda_output_fill)
#define cuda_params_fill NAME(cuda_params_fill)
#define cuda_rnn_backward NAME(cuda_rnn_backward)
#define cuda_rnn_forward NAME(cuda_rnn_forward)
#define cuda_sampled_fill NAME(cuda_sampled_fill)
#define cuda_tree_fill NAME(cuda_tree_fill)
#define cuda_update_fill NAME(cuda_update_fill)
#define cuda_upload_groups NAME(cuda_upload_groups)

#endif
