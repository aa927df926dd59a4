/*
 * cpu.c - the table of the fast CPU backend: what output.c and recur.c do,
 * as kern.h has it, and a whole step of SGD in one call.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "embed.h"
#include "output.h"
#include "pages.h"
#include "recur.h"
#include "ref.h"
#include "update.h"

enum { UPDATE_PART = 8192 };	/* numbers in a task of an update */

struct cpu_mat {
	struct kern_mat host;	/* its role, sizes; the numbers of roles not named below */
	struct square s;	/* KERN_SQUARE */
	struct panels v;	/* KERN_OUT: V' */
};

struct state {
	struct host_state host;
	struct output output;
	struct recur recur;
	struct pool *pool;
	real *rows;		/* (3, t, stride) of a step */
	size_t nrows;
	struct cpu_mat *dv;	/* for steps too long to update V in place */
};

static struct cpu_mat *
own(const struct kern_mat *m)
{
	return (struct cpu_mat *)m;
}

static struct state *
state(struct kern *k)
{
	return k->ctx;
}

static void
cpu_mat_free(struct kern *k, struct kern_mat *mat)
{
	struct cpu_mat *m = own(mat);

	(void)k;
	if (m == NULL)
		return;
	NAME(embed_free)(&m->host.e);
	ISA_NAME(panels_free)(&m->s.w);
	ISA_NAME(panels_free)(&m->s.wt);
	ISA_NAME(panels_free)(&m->v);
	free(m->host.p);
	free(m);
}

/* n, up to whole panels: the output layer reads its biases so. */
static size_t
whole(int n)
{
	return ((size_t)n + PW - 1) / PW * PW;
}

static struct kern_mat *
cpu_mat_new(struct kern *k, enum kern_role role, int rows, int cols)
{
	struct cpu_mat *m = calloc(1, sizeof(*m));
	bool good = false;

	if (m == NULL)
		return NULL;
	m->host.role = role;
	m->host.rows = rows;
	m->host.cols = cols;
	switch (role) {
	case KERN_EMBED:
		NAME(embed_new)(&m->host.e, rows, cols);
		good = m->host.e.p != NULL;
		break;
	case KERN_SQUARE:
		ISA_NAME(panels_new)(&m->s.w, rows, cols);
		ISA_NAME(panels_new)(&m->s.wt, rows, cols);
		good = m->s.w.p && m->s.wt.p;
		break;
	case KERN_OUT:
		ISA_NAME(panels_new)(&m->v, cols, rows);
		good = m->v.p != NULL;
		break;
	default:
		m->host.p = calloc((size_t)rows * whole(cols), sizeof(real));
		good = m->host.p != NULL;
		break;
	}
	if (!good) {
		cpu_mat_free(k, (struct kern_mat *)m);
		return NULL;
	}
	return (struct kern_mat *)m;
}

static void
cpu_mat_put(struct kern *k, struct kern_mat *mat, const void *host)
{
	struct cpu_mat *m = own(mat);

	(void)k;
	switch (m->host.role) {
	case KERN_EMBED:
		NAME(embed_put)(&m->host.e, host);
		break;
	case KERN_SQUARE:
		ISA_NAME(panels_put)(&m->s.w, host, (size_t)m->s.w.n, 1);
		ISA_NAME(square_turn)(&m->s);
		break;
	case KERN_OUT:
		ISA_NAME(panels_put)(&m->v, host, 1, (size_t)m->v.k);
		break;
	default:
		memcpy(m->host.p, host, (size_t)m->host.rows * m->host.cols * sizeof(real));
		break;
	}
}

static void
cpu_mat_get(struct kern *k, void *host, struct kern_mat *mat)
{
	struct cpu_mat *m = own(mat);

	(void)k;
	switch (m->host.role) {
	case KERN_EMBED:
		NAME(embed_get)(&m->host.e, host);
		break;
	case KERN_SQUARE:
		ISA_NAME(panels_get)(&m->s.w, host, (size_t)m->s.w.n, 1);
		break;
	case KERN_OUT:
		ISA_NAME(panels_get)(&m->v, host, 1, (size_t)m->v.k);
		break;
	default:
		memcpy(host, m->host.p, (size_t)m->host.rows * m->host.cols * sizeof(real));
		break;
	}
}

/* Room for n rows of the given stride, three times over. */
static real *
reserve(struct kern *k, size_t n, size_t stride)
{
	struct state *s = state(k);
	size_t need = 3 * n * stride;

	if (need > s->nrows) {
		free(s->rows);
		s->rows = pages_new(need * sizeof(real));
		s->nrows = s->rows ? need : 0;
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

/* Where column j of a matrix in panels begins; its numbers lie PW apart. */
static real *
column(const struct panels *b, uint32_t j)
{
	return b->p + (size_t)(j / PW) * b->stride + j % PW;
}

/* A tied input layer: word x's row of V is column x of V'. */
static void
look_up_columns(const struct panels *vt, const struct kern_batch *b, real *a)
{
	for (int r = 0; r < b->t; r++) {
		const real *from = column(vt, b->x[r]);

		for (int i = 0; i < vt->k; i++)
			*a++ = from[(size_t)i * PW];
	}
}

static void
add_columns(struct panels *vt, const struct kern_batch *b, const real *d)
{
	for (int r = 0; r < b->t; r++) {
		real *to = column(vt, b->x[r]);

		for (int i = 0; i < vt->k; i++)
			to[(size_t)i * PW] += *d++;
	}
}

static void
embed_forward(struct kern *k, const struct kern_mat *u, const struct kern_batch *b, void *a)
{
	(void)k;
	if (u->role == KERN_EMBED)
		NAME(embed_look_up)(&u->e, b, a, (size_t)u->e.h);
	else
		look_up_columns(&own(u)->v, b, a);
}

static void
embed_backward(struct kern *k, const struct kern_batch *b, const void *d, struct kern_mat *du)
{
	(void)k;
	if (du->role == KERN_EMBED)
		NAME(embed_add)(&du->e, b, d, (size_t)du->e.h, 1);
	else
		add_columns(&own(du)->v, b, d);
}

static void
rnn_forward(struct kern *k, const struct kern_mat *mat, const struct kern_batch *b, const void *a,
    const void *s0, void *s)
{
	const struct square *w = &own(mat)->s;
	size_t stride = square_stride(w);
	real *rows = reserve(k, (size_t)b->t, stride);

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
	real *rows = reserve(k, (size_t)b->t, stride), *errors;

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

	ISA_NAME(output_forward)(&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, y, logp);
}

static void
out_backward(struct kern *k, const struct kern_mat *v, const struct kern_mat *c, int t,
    const void *s, const uint32_t *y, void *ds, struct kern_mat *dv, struct kern_mat *dc,
    double *logp)
{
	const struct panels *vt = &own(v)->v;
	size_t h = (size_t)vt->k;

	ISA_NAME(output_backward)(&state(k)->output, vt, numbers(c), t, s, h, y, ds, h,
	    &own(dv)->v, numbers(dc), 1, logp);
}

static void
out_logp(struct kern *k, const struct kern_mat *v, const struct kern_mat *c, int t, const void *s,
    void *l)
{
	const struct panels *vt = &own(v)->v;

	ISA_NAME(output_logp)(&state(k)->output, vt, numbers(c), t, s, (size_t)vt->k, l);
}

/* One array of numbers of each of P, G, M and N; arrays of one length. */
struct numbers {
	size_t n;
	real *p, *g, *m, *n2;
	struct rule rule;
};

static void
update_task(void *arg, int i, int thread)
{
	const struct numbers *a = arg;
	size_t at = (size_t)i * UPDATE_PART, n = a->n - at;

	(void)thread;
	ISA_NAME(update_range)(&a->rule, n < UPDATE_PART ? n : UPDATE_PART, a->p + at, a->g + at,
	    a->m ? a->m + at : NULL, a->n2 ? a->n2 + at : NULL);
}

static void
update_all(struct kern *k, struct numbers *a)
{
	pool_run(state(k)->pool, update_task, a, (int)((a->n + UPDATE_PART - 1) / UPDATE_PART));
}

/* Where a matrix keeps its numbers, and in *n how many with what fills its panels up. */
static real *
whole_of(const struct kern_mat *mat, size_t *n)
{
	const struct cpu_mat *m = own(mat);
	const struct panels *b = mat->role == KERN_SQUARE ? &m->s.w : &m->v;

	if (mat->role == KERN_SQUARE || mat->role == KERN_OUT) {
		*n = (size_t)b->np * b->stride;
		return b->p;
	}
	*n = (size_t)mat->rows * mat->cols;
	return mat->role == KERN_EMBED ? mat->e.p : mat->p;
}

/* Where the gradient is zero these rules change nothing. */
static bool
is_sparse(enum kern_rule rule)
{
	return rule == KERN_SGD || rule == KERN_ADAGRAD;
}

static void
update_words(const struct numbers *a, const struct embed *g)
{
	for (int i = 0; i < g->ntouched; i++) {
		size_t at = (size_t)g->touched[i] * (size_t)g->h;

		ISA_NAME(update_range)(&a->rule, (size_t)g->h, a->p + at, a->g + at,
		    a->m ? a->m + at : NULL, a->n2 ? a->n2 + at : NULL);
	}
}

static void
update(struct kern *k, struct kern_mat *p, struct kern_mat *g, struct kern_mat *m,
    struct kern_mat *n, const struct kern_update *u)
{
	struct numbers a = { .rule = ISA_NAME(update_rule)(u) };

	a.p = whole_of(p, &a.n);
	a.g = whole_of(g, &a.n);
	a.m = m ? whole_of(m, &a.n) : NULL;
	a.n2 = n ? whole_of(n, &a.n) : NULL;
	if (p->role == KERN_EMBED && is_sparse(u->rule))
		update_words(&a, &g->e);
	else
		update_all(k, &a);
	if (p->role == KERN_EMBED)
		NAME(embed_untouch)(&g->e);
	if (p->role == KERN_SQUARE)
		ISA_NAME(square_turn)(&own(p)->s);
}

static double
sum_squares(struct kern *k, const struct kern_mat *g)
{
	size_t n;
	const real *p = whole_of(g, &n);
	double sum = 0;

	(void)k;
	if (g->role != KERN_EMBED)
		return ISA_NAME(update_squares)(p, n);
	for (int i = 0; i < g->e.ntouched; i++)
		sum += ISA_NAME(update_squares)(p + (size_t)g->e.touched[i] * (size_t)g->e.h,
		    (size_t)g->e.h);
	return sum;
}

/* V's gradient for batches too long to be updated in place; NULL: no memory. */
static struct panels *
gradient_of_v(struct kern *k, const struct panels *v)
{
	struct state *s = state(k);

	if (s->dv && (s->dv->v.k != v->k || s->dv->v.n != v->n)) {
		cpu_mat_free(k, (struct kern_mat *)s->dv);
		s->dv = NULL;
	}
	if (s->dv == NULL)
		s->dv = own(cpu_mat_new(k, KERN_OUT, v->n, v->k));
	if (s->dv == NULL) {
		NAME(host_note)(k, "out of memory");
		return NULL;
	}
	return &s->dv->v;
}

/* The output layer of a step: dS, and V updated. */
static void
step_output(struct kern *k, struct panels *v, const struct kern_batch *b, const real *s, real *ds,
    size_t stride, double rate, double *logp)
{
	struct output *o = &state(k)->output;
	struct kern_update u = { .rule = KERN_SGD, .rate = rate, .scale = 1 };
	struct numbers a;
	struct panels *dv;

	if (b->t <= ISA_NAME(output_rows)(v)) {
		ISA_NAME(output_backward)(o, v, NULL, b->t, s, stride, b->y, ds, stride, v,
		    NULL, (real)-rate, logp);
	} else if ((dv = gradient_of_v(k, v)) != NULL) {
		ISA_NAME(output_backward)(o, v, NULL, b->t, s, stride, b->y, ds, stride, dv,
		    NULL, 1, logp);
		a = (struct numbers){ (size_t)v->np * v->stride, v->p, dv->p, NULL, NULL,
		    ISA_NAME(update_rule)(&u) };
		update_all(k, &a);
	}
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
	real *s = reserve(k, (size_t)b->t, stride), *d;

	if (s == NULL)
		return;
	d = s + n;
	memset(s, 0, 2 * n * sizeof(real));
	NAME(embed_look_up)(u, b, s, stride);
	ISA_NAME(recur_forward)(q, w, b, NULL, s);
	step_output(k, &own(net->v)->v, b, s, d, stride, rate, logp);
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

	cpu_mat_free(k, (struct kern_mat *)s->dv);
	ISA_NAME(output_free)(&s->output);
	ISA_NAME(recur_free)(&s->recur);
	pool_free(s->pool);
	free(s->rows);
	free(s);
	free(k);
}

#define QUOTE(x) #x
#define NAME_OF(x) QUOTE(x)

static void
fill(struct kern *k)
{
	NAME(host_memory)(k);
	k->name = "cpu";
	k->isa = NAME_OF(ISA);
	k->close = cpu_close;
	k->error = error;
	k->mat_new = cpu_mat_new;
	k->mat_free = cpu_mat_free;
	k->mat_put = cpu_mat_put;
	k->mat_get = cpu_mat_get;
	k->embed_forward = embed_forward;
	k->embed_backward = embed_backward;
	k->rnn_forward = rnn_forward;
	k->rnn_backward = rnn_backward;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	NAME(ref_layers)(k);
	NAME(ref_cells)(k);
	k->update = update;
	k->sum_squares = sum_squares;
	k->step = step;
}

struct kern *
ISA_NAME(cpu)(int threads, const char **why)
{
	struct kern *k = calloc(1, sizeof(*k));
	struct state *s = calloc(1, sizeof(*s));
	struct pool *pool = pool_new(threads);

	if (k == NULL || s == NULL || pool == NULL) {
		*why = "out of memory";
		free(k);
		free(s);
		pool_free(pool);
		return NULL;
	}
	s->pool = s->output.pool = s->recur.pool = pool;
	k->ctx = s;
	fill(k);
	return k;
}
