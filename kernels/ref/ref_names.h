/*
 * ref_names.h - the functions that this folder exports, each with the suffix of its
 * real type (f_f32), so that the sources read as plain C.
 */
#ifndef REF_NAMES_H
#define REF_NAMES_H

#include "real.h"

#define ref_add NAME(ref_add)
#define ref_cells NAME(ref_cells)
#define ref_open NAME(ref_open)
#define ref_layers NAME(ref_layers)
#define ref_sampled NAME(ref_sampled)
#define ref_scratch NAME(ref_scratch)
#define ref_tree NAME(ref_tree)
#define ref_update NAME(ref_update)

#endif
