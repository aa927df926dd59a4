/*
 * cpu.c - the table of the fast CPU backend: what output.c and recur.c do,
 * as backend.h has it, and a whole step of SGD in one call.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "softmax_small.h"
#include "hugepage.h"
#include "state.h"


real *
state_rows(struct backend *k, size_t n)
{
	struct state *s = state(k);

	if (n > s->nrows) {
		free(s->rows);
		s->rows = n > SIZE_MAX / sizeof(real) ? NULL : hugepage_alloc(n * sizeof(real));
		s->nrows = s->rows ? n : 0;
		if (s->rows == NULL)
			host_note(k, "out of memory");
	}
	return s->rows;
}

/* Rows of h numbers into rows of `stride`, with zeros behind; and back. */
static void
widen(int t, int h, size_t stride, const real *from, real *to)
{
	for (int r = 0; r < t; r++) {
		memcpy(to + (size_t)r * stride, from + (size_t)r * h, (size_t)h * sizeof(real));
		memset(to + (size_t)r * stride + h, 0, (stride - h) * sizeof(real));
	}
}

static void
narrow(int t, int h, size_t stride, const real *from, real *to)
{
	for (int r = 0; r < t; r++)
		memcpy(to + (size_t)r * h, from + (size_t)r * stride, (size_t)h * sizeof(real));
}

static void
rnn_forward(struct backend *k, const struct matrix *mat, const struct batch *b, const void *a,
    const void *s0, void *s)
{
	const struct square *w = &own(mat)->s;
	size_t stride = square_stride(w);
	real *rows;

	if (b->nseq > 1) {
		time_loop_rnn_forward(k, mat, b, a, s0, s);
		return;
	}
	rows = state_rows(k, (size_t)b->t * stride);
	if (rows == NULL)
		return;
	widen(b->t, w->w.k, stride, a, rows);
	recur_forward(&state(k)->recur, w, b, s0, rows);
	narrow(b->t, w->w.k, stride, rows, s);
}

static void
rnn_backward(struct backend *k, const struct matrix *mat, const struct batch *b, int bptt,
    const void *s, const void *s0, const void *ds, void *d, struct matrix *dw)
{
	const struct square *w = &own(mat)->s;
	size_t stride = square_stride(w);
	struct recur *q = &state(k)->recur;
	real *rows, *errors;

	if (b->nseq > 1 && bptt >= recur_longest(b) - 1) {
		time_loop_rnn_backward(k, mat, b, s, s0, ds, d, dw);
		return;
	}
	rows = state_rows(k, 2 * (size_t)b->t * stride);
	if (rows == NULL)
		return;
	errors = rows + (size_t)b->t * stride;
	widen(b->t, w->w.k, stride, s, rows);
	widen(b->t, w->w.k, stride, ds, errors);
	recur_backward(q, w, b, bptt, rows, errors);
	recur_update(q, &own(dw)->s, false, b, rows, s0, errors, 1);
	narrow(b->t, w->w.k, stride, errors, d);
}

/* The numbers of a bias; NULL stands for none. */
static real *
numbers(const struct matrix *bias)
{
	return bias ? bias->p : NULL;
}

static void
out_forward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *s, const uint32_t *y, double *logp)
{
	const struct panels *vt = &own(v)->v;

	(is_small(vt) ? softmax_small_forward : output_forward)
	    (&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, y, logp);
}

static void
out_backward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *s, const uint32_t *y, void *ds, struct matrix *dv, struct matrix *dc,
    double *logp)
{
	const struct panels *vt = &own(v)->v;
	size_t h = (size_t)vt->k;

	(is_small(vt) ? softmax_small_backward : output_backward)
	    (&state(k)->output, vt, numbers(c), t, s, h, y, ds, h, &own(dv)->v, numbers(dc), 1,
	    logp);
}

static void
out_logp(struct backend *k, const struct matrix *v, const struct matrix *c, int t, const void *s,
    void *l)
{
	const struct panels *vt = &own(v)->v;

	(is_small(vt) ? softmax_small_logp : output_logp)
	    (&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, l);
}

/* V's gradient for batches too long to be updated in place; NULL: no memory. */
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
		host_note(k, "out of memory");
	return s->dv;
}

/* The output layer of a step: dS, and V updated. */
static void
step_output(struct backend *k, struct matrix *v, const struct batch *b, const real *s,
    real *ds, size_t stride, double rate, double *logp)
{
	struct panels *vt = &own(v)->v;
	struct update u = { .rule = RULE_SGD, .rate = rate, .scale = 1 };
	bool in_place = b->t <= (is_small(vt) ? SMALL_ROWS : output_rows(vt));
	struct matrix *dv = in_place ? v : gradient_of_v(k, v);

	if (dv == NULL)
		return;
	(is_small(vt) ? softmax_small_backward : output_backward)
	    (&state(k)->output, vt, NULL, b->t, s, stride, b->y, ds, stride, &own(dv)->v, NULL,
	    in_place ? (real)-rate : 1, logp);
	if (!in_place)
		k->update(k, v, dv, NULL, NULL, &u);
}

/*
 * Forward, output layer with V's update, back through time, W's and U's
 * updates.  Every error is taken with the parameters as they were: V's panels
 * change after their errors are taken, W and U after all.
 */
static void
step(struct backend *k, const struct plain_net *net, const struct batch *b, int bptt, double rate,
    double *logp)
{
	struct embed *u = &own(net->u)->host.e;
	struct square *w = &own(net->w)->s;
	struct recur *q = &state(k)->recur;
	size_t stride = square_stride(w), n = (size_t)b->t * stride;
	real *s = state_rows(k, 2 * n), *d;

	if (s == NULL)
		return;
	d = s + n;
	memset(s, 0, 2 * n * sizeof(real));
	embed_look_up(u, b, s, stride);
	recur_forward(q, w, b, NULL, s);
	step_output(k, net->v, b, s, d, stride, rate, logp);
	recur_backward(q, w, b, bptt, s, d);
	recur_update(q, w, true, b, s, NULL, d, (real)-rate);
	embed_add(u, b, d, stride, (real)-rate);
}

static const char *
error(struct backend *k)
{
	struct state *s = state(k);

	if (s->output.failed || s->recur.failed)
		host_note(k, "out of memory");
	return host_error(k);
}

static void
cpu_close(struct backend *k)
{
	struct state *s = state(k);

	if (s->dv)
		k->mat_free(k, s->dv);
	output_free(&s->output);
	recur_free(&s->recur);
	free(s->rows);
	host_close(k);
}

#define QUOTE(x) #x
#define NAME_OF(x) QUOTE(x)

static void
fill(struct backend *k)
{
	host_memory(k);
	ref_layers(k);	/* for pick_rows; the rest is overridden below */
	k->name = "cpu";
	k->isa = NAME_OF(ISA);
	k->close = cpu_close;
	k->error = error;
	params_entries(k);
	embedding_entries(k);
	k->rnn_forward = rnn_forward;
	k->rnn_backward = rnn_backward;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	dense_entries(k);
	time_loop_entries(k);
	optimiser_entries(k);
	k->step = step;
}

struct backend *
cpu_isa_open(int threads, const char **why)
{
	struct backend *k = host_open(sizeof(struct state), threads, why);

	if (k == NULL)
		return NULL;
	state(k)->pool = state(k)->output.pool = state(k)->recur.pool = state(k)->host.pool;
	fill(k);
	return k;
}
