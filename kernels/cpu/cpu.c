/*
 * cpu.c - the table of the fast CPU backend: what output.c and recur.c do,
 * as kern.h has it, and a whole step of SGD in one call.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "narrow.h"
#include "pages.h"
#include "state.h"


real *
ISA_NAME(state_rows)(struct kern *k, size_t n)
{
	struct state *s = state(k);

	if (n > s->nrows) {
		free(s->rows);
		s->rows = n > SIZE_MAX / sizeof(real) ? NULL : pages_new(n * sizeof(real));
		s->nrows = s->rows ? n : 0;
		if (s->rows == NULL)
			NAME(host_note)(k, "out of memory");
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
rnn_forward(struct kern *k, const struct kern_mat *mat, const struct kern_batch *b, const void *a,
    const void *s0, void *s)
{
	const struct square *w = &own(mat)->s;
	size_t stride = square_stride(w);
	real *rows;

	if (b->nseq > 1) {
		ISA_NAME(gates_rnn_forward)(k, mat, b, a, s0, s);
		return;
	}
	rows = ISA_NAME(state_rows)(k, (size_t)b->t * stride);
	if (rows == NULL)
		return;
	widen(b->t, w->w.k, stride, a, rows);
	ISA_NAME(recur_forward)(&state(k)->recur, w, b, s0, rows);
	narrow(b->t, w->w.k, stride, rows, s);
}

static void
rnn_backward(struct kern *k, const struct kern_mat *mat, const struct kern_batch *b, int bptt,
    const void *s, const void *s0, const void *ds, void *d, struct kern_mat *dw)
{
	const struct square *w = &own(mat)->s;
	size_t stride = square_stride(w);
	struct recur *q = &state(k)->recur;
	real *rows, *errors;

	if (b->nseq > 1 && bptt >= ISA_NAME(recur_longest)(b) - 1) {
		ISA_NAME(gates_rnn_backward)(k, mat, b, s, s0, ds, d, dw);
		return;
	}
	rows = ISA_NAME(state_rows)(k, 2 * (size_t)b->t * stride);
	if (rows == NULL)
		return;
	errors = rows + (size_t)b->t * stride;
	widen(b->t, w->w.k, stride, s, rows);
	widen(b->t, w->w.k, stride, ds, errors);
	ISA_NAME(recur_backward)(q, w, b, bptt, rows, errors);
	ISA_NAME(recur_update)(q, &own(dw)->s, false, b, rows, s0, errors, 1);
	narrow(b->t, w->w.k, stride, errors, d);
}

/* The numbers of a bias; NULL stands for none. */
static real *
numbers(const struct kern_mat *bias)
{
	return bias ? bias->p : NULL;
}

static void
out_forward(struct kern *k, const struct kern_mat *v, const struct kern_mat *c, int t,
    const void *s, const uint32_t *y, double *logp)
{
	const struct panels *vt = &own(v)->v;

	(is_narrow(vt) ? ISA_NAME(narrow_forward) : ISA_NAME(output_forward))
	    (&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, y, logp);
}

static void
out_backward(struct kern *k, const struct kern_mat *v, const struct kern_mat *c, int t,
    const void *s, const uint32_t *y, void *ds, struct kern_mat *dv, struct kern_mat *dc,
    double *logp)
{
	const struct panels *vt = &own(v)->v;
	size_t h = (size_t)vt->k;

	(is_narrow(vt) ? ISA_NAME(narrow_backward) : ISA_NAME(output_backward))
	    (&state(k)->output, vt, numbers(c), t, s, h, y, ds, h, &own(dv)->v, numbers(dc), 1,
	    logp);
}

static void
out_logp(struct kern *k, const struct kern_mat *v, const struct kern_mat *c, int t, const void *s,
    void *l)
{
	const struct panels *vt = &own(v)->v;

	(is_narrow(vt) ? ISA_NAME(narrow_logp) : ISA_NAME(output_logp))
	    (&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, l);
}

/* V's gradient for batches too long to be updated in place; NULL: no memory. */
static struct kern_mat *
gradient_of_v(struct kern *k, const struct kern_mat *v)
{
	struct state *s = state(k);

	if (s->dv && (s->dv->rows != v->rows || s->dv->cols != v->cols)) {
		k->mat_free(k, s->dv);
		s->dv = NULL;
	}
	if (s->dv == NULL)
		s->dv = k->mat_new(k, KERN_OUT, v->rows, v->cols);
	if (s->dv == NULL)
		NAME(host_note)(k, "out of memory");
	return s->dv;
}

/* The output layer of a step: dS, and V updated. */
static void
step_output(struct kern *k, struct kern_mat *v, const struct kern_batch *b, const real *s,
    real *ds, size_t stride, double rate, double *logp)
{
	struct panels *vt = &own(v)->v;
	struct kern_update u = { .rule = KERN_SGD, .rate = rate, .scale = 1 };
	bool in_place = b->t <= (is_narrow(vt) ? NARROW_ROWS : ISA_NAME(output_rows)(vt));
	struct kern_mat *dv = in_place ? v : gradient_of_v(k, v);

	if (dv == NULL)
		return;
	(is_narrow(vt) ? ISA_NAME(narrow_backward) : ISA_NAME(output_backward))
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
step(struct kern *k, const struct kern_net *net, const struct kern_batch *b, int bptt, double rate,
    double *logp)
{
	struct embed *u = &own(net->u)->host.e;
	struct square *w = &own(net->w)->s;
	struct recur *q = &state(k)->recur;
	size_t stride = square_stride(w), n = (size_t)b->t * stride;
	real *s = ISA_NAME(state_rows)(k, 2 * n), *d;

	if (s == NULL)
		return;
	d = s + n;
	memset(s, 0, 2 * n * sizeof(real));
	NAME(embed_look_up)(u, b, s, stride);
	ISA_NAME(recur_forward)(q, w, b, NULL, s);
	step_output(k, net->v, b, s, d, stride, rate, logp);
	ISA_NAME(recur_backward)(q, w, b, bptt, s, d);
	ISA_NAME(recur_update)(q, w, true, b, s, NULL, d, (real)-rate);
	NAME(embed_add)(u, b, d, stride, (real)-rate);
}

static const char *
error(struct kern *k)
{
	struct state *s = state(k);

	if (s->output.failed || s->recur.failed)
		NAME(host_note)(k, "out of memory");
	return NAME(host_error)(k);
}

static void
cpu_close(struct kern *k)
{
	struct state *s = state(k);

	if (s->dv)
		k->mat_free(k, s->dv);
	ISA_NAME(output_free)(&s->output);
	ISA_NAME(recur_free)(&s->recur);
	free(s->rows);
	NAME(host_close)(k);
}

#define QUOTE(x) #x
#define NAME_OF(x) QUOTE(x)

static void
fill(struct kern *k)
{
	NAME(host_memory)(k);
	NAME(ref_layers)(k);	/* for pick_rows; the rest is overridden below */
	k->name = "cpu";
	k->isa = NAME_OF(ISA);
	k->close = cpu_close;
	k->error = error;
	ISA_NAME(mat_entries)(k);
	ISA_NAME(words_entries)(k);
	k->rnn_forward = rnn_forward;
	k->rnn_backward = rnn_backward;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	ISA_NAME(dense_entries)(k);
	ISA_NAME(gates_entries)(k);
	ISA_NAME(learn_entries)(k);
	k->step = step;
}

struct kern *
ISA_NAME(cpu)(int threads, const char **why)
{
	struct kern *k = NAME(host_open)(sizeof(struct state), threads, why);

	if (k == NULL)
		return NULL;
	state(k)->pool = state(k)->output.pool = state(k)->recur.pool = state(k)->host.pool;
	fill(k);
	return k;
}
