/*
 * ref.h - the definition in parts, each of which fills its entries of a table.
 *
 * They work on host_memory.h's matrices, so that a backend which keeps its own so can
 * take a part over as it is: the state of such a backend begins with a
 * struct host_state.
 */
#ifndef REF_H
#define REF_H

#include "host_memory.h"
#include "shifted.h"
#include "ref_names.h"

/* embed_*, pick_rows, dense_*, bias_*, multiply. */
void ref_layers(struct backend *k);
/* cell_*. */
void ref_cells(struct backend *k);
/* update, sum_squares. */
void ref_update(struct backend *k);

/* n doubles of zero, to be freed; on failure NULL, noted. */
double *ref_scratch(struct backend *k, size_t n);

/* M += sum, number by number. */
void ref_add(struct matrix *m, const double *sum);

#endif
