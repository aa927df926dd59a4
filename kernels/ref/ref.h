/*
 * ref.h - the definition in parts, each of which sets its entries of a table.
 *
 * The parts work on the matrices of host_memory.h, so that another backend with the same
 * layout can use them: its state must begin with a struct host_state.
 */
#ifndef REF_H
#define REF_H

#include "host_memory.h"
#include "shifted.h"
#include "ref_names.h"

/* embed_*, pick_rows, add_rows, dense_*, bias_*, multiply. */
void ref_layers(struct backend *k);
/* cell_*. */
void ref_cells(struct backend *k);
/* sampled_backward. */
void ref_sampled(struct backend *k);
/* tree_*. */
void ref_tree(struct backend *k);
/* update, sum_squares. */
void ref_update(struct backend *k);

/* n doubles of zero, to be freed; on failure NULL, reported. */
double *ref_scratch(struct backend *k, size_t n);

/* M += sum, elementwise. */
void ref_add(struct matrix *m, const double *sum);

#endif
