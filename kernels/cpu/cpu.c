/*
 * cpu.c - the table of the fast CPU backend: the entries of the output layer, and a
 * whole SGD step in one call.
 */
#include <string.h>

#include "cpu.h"
#include "sampled.h"
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

/* The values of a bias, or NULL. */
static real *
bias_values(const struct matrix *bias)
{
	return bias ? bias->p : NULL;
}

/* v is NULL, and an error reported, when out of memory. */
static struct softmax_call
softmax_call(struct backend *k, const struct output_args *a)
{
	return (struct softmax_call){ .v = params_panels(k, a->v), .bias = bias_values(a->c),
	    .t = a->t, .s = a->s, .stride = (size_t)a->v->cols, .y = a->y, .logp = a->logp };
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	if (c.v == NULL)
		return;
	(is_small(c.v) ? softmax_small_forward : output_forward)(&state(k)->output, &c);
}

static void
out_backward(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	c.ds = a->ds;
	c.dstride = c.stride;
	c.dv = &cpu_mat_of(a->dv)->v;
	c.dbias = bias_values(a->dc);
	c.scale = 1;
	(is_small(c.v) ? softmax_small_backward : output_backward)(&state(k)->output, &c);
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	if (c.v == NULL)
		return;
	c.y = NULL;
	c.logp = NULL;
	c.l = a->l;
	(is_small(c.v) ? softmax_small_logp : output_logp)(&state(k)->output, &c);
}

static void
out_sampled(struct backend *k, const struct sampled_args *a)
{
	struct sampled_call c = {
		.t = a->t, .h = a->v->cols, .n = a->n, .v = a->v->p, .c = bias_values(a->c), .s = a->s,
		.y = a->y, .noise = a->noise, .target_shift = a->target_shift,
		.noise_shift = a->noise_shift, .logp = a->logp, .ds = a->ds, .dv = a->dv->p,
		.dc = bias_values(a->dc)
	};

	softmax_sampled(&state(k)->output, &c);
	touched_add(&a->dv->touched, a->noise, a->n);
	touched_add(&a->dv->touched, a->y, a->t);
	if (a->dc) {
		touched_add(&a->dc->touched, a->noise, a->n);
		touched_add(&a->dc->touched, a->y, a->t);
	}
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
	ref_layers(k);	/* for pick_rows; the rest is overridden below */
	k->name = "cpu";
	k->isa = NAME_OF(ISA);
	k->close = cpu_close;
	k->error = cpu_error;
	params_entries(k);
	embedding_entries(k);
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	k->sampled_backward = out_sampled;
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
