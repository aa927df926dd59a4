/*
 * units.h - the arithmetic of every cell, for one hidden unit at one time step.
 *
 * Written once for all backends except ref: the including file chooses the number type
 * (a vector for cpu, a scalar for blas and for a thread of a GPU) by defining
 *
 *	num			the type
 *	num_zero()  num_add  num_sub  num_mul
 *	num_fma(a, b, c)	a b + c
 *	num_blend(z, a, b)	z a + (1 - z) b
 *	num_one_minus(a)
 *	num_tanh(a)  num_logistic(a)
 *	num_through_tanh(e, y)		e (1 - y^2): the error of a, where y = tanh(a)
 *	num_through_logistic(e, y)	e y (1 - y): likewise for the logistic function
 *	CELL_FN			the specifiers of a function: static inline, ...
 *
 * and does the loads and stores: see ../num_scalar.h and cpu/simd/num_vector.h.
 */
#ifndef CELL_UNITS_H
#define CELL_UNITS_H

#include "cells.h"

/* Forward. */
struct cell_unit {
	num a[CELL_GATES_MAX];	/* in: inputs of the gates; out: the gates' values */
	num p[CELL_GATES_MAX];	/* W s_{r-1}, gate by gate */
	num s0;			/* s_{r-1} */
	num saved0;		/* the saved row before, for cells with a second state */
	num bias;		/* for cells with a state bias */
	num s, saved;		/* out */
};

/* Backward. */
struct cell_unit_back {
	num a[CELL_GATES_MAX];	/* the gates' values */
	num s, s0, saved, saved0;
	num ds;			/* the error of s; in: from above; out: all of it */
	num p;			/* ... and from the next row, through W */
	num carried;		/* errors that bypass W; in: from the next row; out: to the row before */
	num d[CELL_GATES_MAX];	/* out: errors of the gates' inputs */
	num e[CELL_GATES_MAX];	/* out: errors of W s_{r-1}, where they differ */
};

#include "gru.h"
#include "lstm.h"
#include "rnn.h"

CELL_FN void
cell_unit_forward(const enum cell cell, struct cell_unit *u)
{
	switch (cell) {
	case CELL_RNN:
		rnn_unit_forward(u);
		break;
	case CELL_LSTM:
		lstm_unit_forward(u);
		break;
	case CELL_GRU:
		gru_unit_forward(u);
		break;
	case NCELLS:
		break;
	}
}

CELL_FN void
cell_unit_backward(const enum cell cell, struct cell_unit_back *u)
{
	switch (cell) {
	case CELL_RNN:
		rnn_unit_backward(u);
		break;
	case CELL_LSTM:
		lstm_unit_backward(u);
		break;
	case CELL_GRU:
		gru_unit_backward(u);
		break;
	case NCELLS:
		break;
	}
}

#endif
