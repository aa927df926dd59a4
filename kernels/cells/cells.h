/*
 * cells.h - the table of recurrent cells: all that the rest of the suite needs to know
 * about a cell, except its arithmetic.
 *
 * To add a cell:
 *	1. a row in CELL_ROWS below;
 *	2. a header in this folder with its formulas and its arithmetic for one hidden
 *	   unit, included by units.h, whose two switches call it: cpu, blas and cuda
 *	   then have the cell;
 *	3. its definition in ref/cells.c (a row in `rows`), against which the other
 *	   backends are tested.
 * Parameters, options, files, gradient checks and tests follow from the row.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stdbool.h>

enum { CELL_GATES_MAX = 4 };

struct cell_kind {
	const char *name;	/* for -c and the config of a model */
	int gates;		/* rows of U, W and b for each hidden unit */
	bool has_saved;		/* keeps a row of h besides the state: LSTM's c, GRU's q */
	bool has_second_state;	/* ... which is carried from row to row like the state: c */
	bool has_product_errors;	/* errors of W s differ from those of the inputs */
	bool has_state_bias;	/* a bias (1,h) of the last gate, inside the recurrence: GRU's bn */
	bool is_truncated;	/* truncated BPTT, for which backends have code of their own; other
				 * cells, of several gates, go back to the first row */
	int gate_of_ones;	/* the gate whose bias is initialised to 1; -1: none */
};

/*
 *	enumerator, name,    gates, saved, second, product errors, state bias, truncated, ones
 */
#define CELL_ROWS(ROW) \
	ROW(CELL_RNN,  "rnn",  1, false, false, false, false, true,  -1) \
	ROW(CELL_LSTM, "lstm", 4, true,  true,  false, false, false, 1) \
	ROW(CELL_GRU,  "gru",  3, true,  false, true,  true,  false, -1)

#define CELL_ENUMERATOR(id, ...) id,
enum cell { CELL_ROWS(CELL_ENUMERATOR) NCELLS };

/* The names as an option's words, "rnn|lstm|gru". */
#define CELL_WORD(id, name, ...) "|" name
#define CELL_WORDS (&("" CELL_ROWS(CELL_WORD))[1])

#ifdef __cplusplus
#define CELL_TABLE static constexpr
#else
#define CELL_TABLE static const
#endif

/* By enum cell; in the header, so that loops over gates are unrolled for each cell. */
#define CELL_KIND(id, ...) { __VA_ARGS__ },
CELL_TABLE struct cell_kind cell_kinds[] = { CELL_ROWS(CELL_KIND) };

#endif
