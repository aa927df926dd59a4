/*
 * cpu.c - the table of the fast CPU backend, and a whole SGD step in one call.
 */
#include <string.h>

#include "cpu.h"
#include "softmax_small.h"
#include "state.h"

real *
cpu_scratch(struct backend *k, size_t n)
{
	real *rows = scratch_get(&state(k)->rows, n, sizeof(real));

	if (rows == NULL)
		host_fail(k, "out of memory");
	return rows;
}

/* V's gradient, for batches too long to update V in place; NULL: out of memory. */
static struct matrix *
gradient_of_v(struct backend *k, const struct matrix *v)
{
	struct state *s = state(k);

	if (s->dv && (s->dv->rows != v->rows || s->dv->cols != v->cols)) {
		k->mat_free(k, s->dv);
		s->dv = NULL;
	}
	if (s->dv == NULL)
		s->dv = k->mat_new(k, ROLE_OUT, v->rows, v->cols);
	if (s->dv == NULL)
		host_fail(k, "out of memory");
	return s->dv;
}

/* The output layer of a step: dS, and V updated. */
static void
step_output(struct backend *k, const struct step_args *a, const real *s, real *ds, size_t stride)
{
	struct panels *v = &cpu_mat_of(a->net.v)->v;
	struct update u = { .rule = RULE_SGD, .rate = a->rate, .scale = 1 };
	bool in_place = a->b->t <= (is_small(v) ? SMALL_ROWS : output_rows(v));
	struct matrix *dv = in_place ? a->net.v : gradient_of_v(k, a->net.v);
	struct softmax_call c = { .v = v, .t = a->b->t, .s = s, .stride = stride, .y = a->b->y,
	    .logp = a->logp, .ds = ds, .dstride = stride,
	    .scale = in_place ? (real)-a->rate : 1 };

	if (dv == NULL)
		return;
	c.dv = &cpu_mat_of(dv)->v;
	(is_small(v) ? softmax_small_backward : output_backward)(&state(k)->output, &c);
	if (!in_place)
		k->update(k, a->net.v, dv, NULL, NULL, &u);
}

/*
 * Forward pass, output layer with the update of V, BPTT, updates of W and U.  All errors
 * are computed with the old parameters: a panel of V changes after its errors have been
 * computed, W and U at the end.
 */
static void
step_sgd(struct backend *k, const struct step_args *a)
{
	struct matrix *u = a->net.u;
	struct square *w = &cpu_mat_of(a->net.w)->s;
	struct recurrence *q = &state(k)->recur;
	size_t stride = square_stride(w), n = (size_t)a->b->t * stride;
	real *s = cpu_scratch(k, 2 * n), *d;

	if (s == NULL)
		return;
	d = s + n;
	memset(s, 0, 2 * n * sizeof(real));
	embed_look_up(&u->e, a->b, s, stride);
	rnn_forward(q, w, a->b, NULL, s);
	step_output(k, a, s, d, stride);
	rnn_backward(q, w, a->b, a->bptt, s, d);
	rnn_add_gradient(q, w, true, &(struct rnn_errors){ a->b, s, NULL, d }, (real)-a->rate);
	embed_add(&u->e, a->b, d, stride, (real)-a->rate);
	touched_add(&u->touched, a->b->x, a->b->t);
}

static const char *
cpu_error(struct backend *k)
{
	struct state *s = state(k);

	if (s->output.mem.failed || s->recur.mem.failed)
		host_fail(k, "out of memory");
	return host_error(k);
}

static void
cpu_close(struct backend *k)
{
	struct state *s = state(k);

	if (s->dv)
		k->mat_free(k, s->dv);
	output_free(&s->output);
	scratch_free(&s->recur.mem);
	scratch_free(&s->rows);
	host_close(k);
}

#define QUOTE(x) #x
#define NAME_OF(x) QUOTE(x)

static void
fill_table(struct backend *k)
{
	host_memory(k);
	ref_layers(k);	/* for pick_rows and add_rows; the rest is overridden below */
	k->name = "cpu";
	k->isa = NAME_OF(ISA);
	k->close = cpu_close;
	k->error = cpu_error;
	params_entries(k);
	embedding_entries(k);
	output_entries(k);
	dense_entries(k);
	cells_entries(k);
	optimiser_entries(k);
	k->step = step_sgd;
}

struct backend *
cpu_isa_open(int threads, const char **why)
{
	struct backend *k = host_open(sizeof(struct state), threads, why);

	if (k == NULL)
		return NULL;
	state(k)->pool = state(k)->output.pool = state(k)->recur.pool = state(k)->host.pool;
	fill_table(k);
	return k;
}
