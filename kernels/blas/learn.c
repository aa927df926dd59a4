/*
 * learn.c - updates by the CPU backend's rules, in vectors of any processor:
 * they wait for memory, and OpenBLAS has nothing for them but SGD.
 */
#include "parts.h"
#include "update.h"

static void
update(struct kern *k, struct kern_mat *p, struct kern_mat *g, struct kern_mat *m,
    struct kern_mat *n, const struct kern_update *u)
{
	struct state *s = k->ctx;
	struct update a = { ISA_NAME(update_rule)(u), NAME(host_len)(p), NAME(host_numbers)(p),
	    NAME(host_numbers)(g), NAME(host_numbers)(m), NAME(host_numbers)(n),
	    NAME(host_words)(g) };

	ISA_NAME(update_all)(s->host.pool, &a);
}

static double
sum_squares(struct kern *k, const struct kern_mat *g)
{
	(void)k;
	return ISA_NAME(update_squares)(NAME(host_numbers)(g), NAME(host_len)(g),
	    NAME(host_words)(g));
}

void
NAME(blas_learn)(struct kern *k)
{
	k->update = update;
	k->sum_squares = sum_squares;
}
