/*
 * rnn.h - the plain cell (Elman 1990):
 *
 *	s_r = tanh(a_r + W s_{r-1})
 */
#ifndef CELL_RNN_H
#define CELL_RNN_H

CELL_FN void
rnn_unit_forward(struct cell_unit *u)
{
	u->s = num_tanh(num_add(u->a[0], u->p[0]));
}

CELL_FN void
rnn_unit_backward(struct cell_unit_back *u)
{
	u->ds = num_add(u->ds, u->p);
	u->d[0] = num_through_tanh(u->ds, u->s);
}

#endif
