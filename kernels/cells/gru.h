/*
 * gru.h - GRU (Cho et al. 2014, with the reset gate after the product, as cuDNN and
 * PyTorch have it).  Gates in the order r, z, n; the saved row is q:
 *
 *	r, z = logistic(a + W s_{r-1})
 *	q = W_n s_{r-1} + bn			n = tanh(a_n + r q)
 *	s_r = (1 - z) n + z s_{r-1}
 */
#ifndef CELL_GRU_H
#define CELL_GRU_H

CELL_FN void
gru_unit_forward(struct cell_unit *u)
{
	num r = num_logistic(num_add(u->a[0], u->p[0]));
	num z = num_logistic(num_add(u->a[1], u->p[1]));
	num q = num_add(u->p[2], u->bias);
	num n = num_tanh(num_fma(r, q, u->a[2]));

	u->a[0] = r;
	u->a[1] = z;
	u->a[2] = n;
	u->saved = q;
	u->s = num_blend(z, u->s0, n);
}

/* carried: the part of the error of s_r that goes through z, bypassing W. */
CELL_FN void
gru_unit_backward(struct cell_unit_back *u)
{
	num r = u->a[0], z = u->a[1], n = u->a[2];
	num ds = num_add(u->ds, num_add(u->p, u->carried));
	num dn = num_through_tanh(num_mul(ds, num_one_minus(z)), n);

	u->d[0] = u->e[0] = num_through_logistic(num_mul(dn, u->saved), r);
	u->d[1] = u->e[1] = num_through_logistic(num_mul(ds, num_sub(u->s0, n)), z);
	u->d[2] = dn;
	u->e[2] = num_mul(dn, r);
	u->carried = num_mul(ds, z);
	u->ds = ds;
}

#endif
