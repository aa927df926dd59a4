/*
 * lstm.h - LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et
 * al. 2000).  Gates in the order i, f, g, o; the saved row is c, the cell state:
 *
 *	i, f, o = logistic(a + W s_{r-1})	g = tanh(a + W s_{r-1})
 *	c_r = f c_{r-1} + i g			s_r = o tanh(c_r)
 */
#ifndef CELL_LSTM_H
#define CELL_LSTM_H

CELL_FN void
lstm_unit_forward(struct cell_unit *u)
{
	num i = num_logistic(num_add(u->a[0], u->p[0]));
	num f = num_logistic(num_add(u->a[1], u->p[1]));
	num g = num_tanh(num_add(u->a[2], u->p[2]));
	num o = num_logistic(num_add(u->a[3], u->p[3]));
	num c = num_fma(f, u->saved0, num_mul(i, g));

	u->a[0] = i;
	u->a[1] = f;
	u->a[2] = g;
	u->a[3] = o;
	u->saved = c;
	u->s = num_mul(o, num_tanh(c));
}

/* carried: the error of c_r from the row after. */
CELL_FN void
lstm_unit_backward(struct cell_unit_back *u)
{
	num i = u->a[0], f = u->a[1], g = u->a[2], o = u->a[3];
	num squashed = num_tanh(u->saved), ds = num_add(u->ds, u->p);
	num dc = num_add(u->carried, num_through_tanh(num_mul(ds, o), squashed));

	u->d[0] = num_through_logistic(num_mul(dc, g), i);
	u->d[1] = num_through_logistic(num_mul(dc, u->saved0), f);
	u->d[2] = num_through_tanh(num_mul(dc, i), g);
	u->d[3] = num_through_logistic(num_mul(ds, squashed), o);
	u->carried = num_mul(dc, f);
	u->ds = ds;
}

#endif
