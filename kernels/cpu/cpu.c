/*
 * cpu.c - the table of the fast CPU backend: what output.c and recur.c do,
 * as backend.h has it, and a whole step of SGD in one call.
 */
#include <string.h>

#include "cpu.h"
#include "softmax_small.h"
#include "state.h"

real *
state_rows(struct backend *k, size_t n)
{
	real *rows = scratch_get(&state(k)->rows, n, sizeof(real));

	if (rows == NULL)
		host_note(k, "out of memory");
	return rows;
}

/* The numbers of a bias; NULL stands for none. */
static real *
numbers(const struct matrix *bias)
{
	return bias ? bias->p : NULL;
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	const struct panels *vt = &own(a->v)->v;

	(is_small(vt) ? softmax_small_forward : output_forward)
	    (&state(k)->output, vt, numbers(a->c), a->t, a->s, (size_t)vt->k, a->y, a->logp);
}

static void
out_backward(struct backend *k, const struct output_args *a)
{
	const struct panels *vt = &own(a->v)->v;
	size_t h = (size_t)vt->k;

	(is_small(vt) ? softmax_small_backward : output_backward)
	    (&state(k)->output, vt, numbers(a->c), a->t, a->s, h, a->y, a->ds, h, &own(a->dv)->v,
	    numbers(a->dc), 1, a->logp);
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	const struct panels *vt = &own(a->v)->v;

	(is_small(vt) ? softmax_small_logp : output_logp)
	    (&state(k)->output, vt, numbers(a->c), a->t, a->s, (size_t)vt->k, a->l);
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
step_output(struct backend *k, const struct step_args *a, const real *s, real *ds, size_t stride)
{
	struct panels *vt = &own(a->net.v)->v;
	struct update u = { .rule = RULE_SGD, .rate = a->rate, .scale = 1 };
	int t = a->b->t;
	bool in_place = t <= (is_small(vt) ? SMALL_ROWS : output_rows(vt));
	struct matrix *dv = in_place ? a->net.v : gradient_of_v(k, a->net.v);

	if (dv == NULL)
		return;
	(is_small(vt) ? softmax_small_backward : output_backward)
	    (&state(k)->output, vt, NULL, t, s, stride, a->b->y, ds, stride, &own(dv)->v, NULL,
	    in_place ? (real)-a->rate : 1, a->logp);
	if (!in_place)
		k->update(k, a->net.v, dv, NULL, NULL, &u);
}

/*
 * Forward, output layer with V's update, back through time, W's and U's
 * updates.  Every error is taken with the parameters as they were: V's panels
 * change after their errors are taken, W and U after all.
 */
static void
step(struct backend *k, const struct step_args *a)
{
	struct matrix *u = a->net.u;
	struct square *w = &own(a->net.w)->s;
	struct recurrence *q = &state(k)->recur;
	size_t stride = square_stride(w), n = (size_t)a->b->t * stride;
	real *s = state_rows(k, 2 * n), *d;

	if (s == NULL)
		return;
	d = s + n;
	memset(s, 0, 2 * n * sizeof(real));
	embed_look_up(&u->e, a->b, s, stride);
	recur_forward(q, w, a->b, NULL, s);
	step_output(k, a, s, d, stride);
	recur_backward(q, w, a->b, a->bptt, s, d);
	recur_update(q, w, true, &(struct recur_errors){ a->b, s, NULL, d }, (real)-a->rate);
	embed_add(&u->e, a->b, d, stride, (real)-a->rate);
	touched_add(&u->touched, a->b->x, a->b->t);
}

static const char *
error(struct backend *k)
{
	struct state *s = state(k);

	if (s->output.failed || s->recur.mem.failed)
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
	scratch_free(&s->recur.mem);
	scratch_free(&s->rows);
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
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	dense_entries(k);
	cells_entries(k);
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
