/*
 * ref.h - the definition in parts, each of which fills its entries of a table.
 *
 * They work on host.h's matrices, so that a backend which keeps its own so can
 * take a part over as it is: the state of such a backend begins with a
 * struct host_state.
 */
#ifndef REF_H
#define REF_H

#include "host.h"

/* embed_*, pick_rows, dense_*, bias_*, multiply. */
void NAME(ref_layers)(struct kern *k);
/* lstm_*, gru_*. */
void NAME(ref_cells)(struct kern *k);
/* update, sum_squares. */
void NAME(ref_update)(struct kern *k);

/* n doubles of zero, to be freed; on failure NULL, noted. */
double *NAME(ref_scratch)(struct kern *k, size_t n);

/* The row of S(t,h) before row r of sequence i, or that of S0(nseq,h); NULL stands for zeros. */
const real *NAME(ref_before)(const struct kern_batch *b, int i, int r, int h, const real *s,
    const real *s0);

#endif
