/*
 * real_names.h - the functions that this folder exports, each with the suffix of its
 * real type (f_f32), so that the sources read as plain C.
 */
#ifndef REAL_NAMES_H
#define REAL_NAMES_H

#include "real.h"

#define embed_add NAME(embed_add)
#define embed_free NAME(embed_free)
#define embed_get NAME(embed_get)
#define embed_look_up NAME(embed_look_up)
#define embed_new NAME(embed_new)
#define embed_put NAME(embed_put)
#define host_close NAME(host_close)
#define host_error NAME(host_error)
#define host_len NAME(host_len)
#define host_matrices NAME(host_matrices)
#define host_memory NAME(host_memory)
#define host_fail NAME(host_fail)
#define host_open NAME(host_open)
#define host_values NAME(host_values)
#define host_view NAME(host_view)
#define host_grad_set_rows NAME(host_grad_set_rows)
#define host_width NAME(host_width)
#define host_word NAME(host_word)
#define shifted_rows NAME(shifted_rows)

#endif
