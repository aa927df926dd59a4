/*
 * gemm_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef GEMM_NAMES_H
#define GEMM_NAMES_H

#include "isa.h"

#define pack_matrix ISA_NAME(pack_matrix)
#define pack_rows ISA_NAME(pack_rows)
#define pack_shape ISA_NAME(pack_shape)
#define packed_row ISA_NAME(packed_row)
#define panel_add_outer ISA_NAME(panel_add_outer)
#define panel_dots ISA_NAME(panel_dots)
#define panel_tile ISA_NAME(panel_tile)
#define panel_transpose ISA_NAME(panel_transpose)
#define panels_column ISA_NAME(panels_column)
#define panels_free ISA_NAME(panels_free)
#define panels_get ISA_NAME(panels_get)
#define panels_new ISA_NAME(panels_new)
#define panels_put ISA_NAME(panels_put)
#define product_forward ISA_NAME(product_forward)
#define product_gradient ISA_NAME(product_gradient)
#define product_gradient_space ISA_NAME(product_gradient_space)
#define product_space ISA_NAME(product_space)

#endif
