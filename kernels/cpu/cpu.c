/*
 * cpu.c - the table of the fast CPU backend: what output.c and recur.c do,
 * as kern.h has it, and a whole step of SGD in one call.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "embed.h"
#include "host.h"
#include "output.h"
#include "pages.h"
#include "recur.h"

/* host.h's matrices are not used here: each role has a layout of its own. */
struct cpu_mat {
	enum kern_role role;
	struct embed e;		/* KERN_EMBED */
	struct square s;	/* KERN_SQUARE */
	struct panels v;	/* KERN_OUT: V' */
};

struct state {
	struct output output;
	struct recur recur;
	struct pool *pool;
	real *rows;		/* (3, t, stride) of a step */
	size_t nrows;
	struct cpu_mat *dv;	/* for steps too long to update V in place */
	const char *error;
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
	NAME(embed_free)(&m->e);
	ISA_NAME(panels_free)(&m->s.w);
	ISA_NAME(panels_free)(&m->s.wt);
	ISA_NAME(panels_free)(&m->v);
	free(m);
}

static struct kern_mat *
cpu_mat_new(struct kern *k, enum kern_role role, int rows, int cols)
{
	struct cpu_mat *m = calloc(1, sizeof(*m));
	bool good = false;

	if (m == NULL)
		return NULL;
	m->role = role;
	switch (role) {
	case KERN_EMBED:
		NAME(embed_new)(&m->e, rows, cols);
		good = m->e.p != NULL;
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
	switch (m->role) {
	case KERN_EMBED:
		NAME(embed_put)(&m->e, host);
		break;
	case KERN_SQUARE:
		ISA_NAME(panels_put)(&m->s.w, host, (size_t)m->s.w.n, 1);
		ISA_NAME(square_turn)(&m->s);
		break;
	case KERN_OUT:
		ISA_NAME(panels_put)(&m->v, host, 1, (size_t)m->v.k);
		break;
	}
}

static void
cpu_mat_get(struct kern *k, void *host, struct kern_mat *mat)
{
	struct cpu_mat *m = own(mat);

	(void)k;
	switch (m->role) {
	case KERN_EMBED:
		NAME(embed_get)(&m->e, host);
		break;
	case KERN_SQUARE:
		ISA_NAME(panels_get)(&m->s.w, host, (size_t)m->s.w.n, 1);
		break;
	case KERN_OUT:
		ISA_NAME(panels_get)(&m->v, host, 1, (size_t)m->v.k);
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
			s->error = "out of memory";
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
embed_forward(struct kern *k, const struct kern_mat *u, const struct kern_batch *b, void *a)
{
	(void)k;
	NAME(embed_look_up)(&own(u)->e, b, a, (size_t)own(u)->e.h);
}

static void
embed_backward(struct kern *k, const struct kern_batch *b, const void *d, struct kern_mat *du)
{
	(void)k;
	NAME(embed_add)(&own(du)->e, b, d, (size_t)own(du)->e.h, 1);
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

static void
out_forward(struct kern *k, const struct kern_mat *v, int t, const void *s, const uint32_t *y,
    double *logp)
{
	const struct panels *vt = &own(v)->v;

	ISA_NAME(output_forward)(&state(k)->output, vt, t, s, (size_t)vt->k, y, logp);
}

static void
out_backward(struct kern *k, const struct kern_mat *v, int t, const void *s, const uint32_t *y,
    void *ds, struct kern_mat *dv, double *logp)
{
	const struct panels *vt = &own(v)->v;
	size_t h = (size_t)vt->k;

	ISA_NAME(output_backward)(&state(k)->output, vt, t, s, h, y, ds, h, &own(dv)->v, 1, logp);
}

static void
out_logp(struct kern *k, const struct kern_mat *v, int t, const void *s, void *l)
{
	const struct panels *vt = &own(v)->v;

	ISA_NAME(output_logp)(&state(k)->output, vt, t, s, (size_t)vt->k, l);
}

/* A panel's share of P -= rate G; G = 0. */
struct descent {
	struct panels *p, *g;
	real rate;
};

static void
descend_task(void *arg, int i, int thread)
{
	const struct descent *m = arg;
	size_t n = (size_t)m->p->k * PW;
	real *p = m->p->p + (size_t)i * m->p->stride, *g = m->g->p + (size_t)i * m->g->stride;
	vec by = v_set1(-m->rate);

	(void)thread;
	for (size_t j = 0; j < n; j += LANES) {
		v_store(p + j, v_fma(by, v_load(g + j), v_load(p + j)));
		v_store(g + j, v_zero());
	}
}

static void
descend(struct kern *k, struct panels *p, struct panels *g, double rate)
{
	struct descent m = { p, g, (real)rate };

	pool_run(state(k)->pool, descend_task, &m, p->np);
}

static void
sgd(struct kern *k, struct kern_mat *pm, struct kern_mat *gm, double rate)
{
	struct cpu_mat *p = own(pm), *g = own(gm);

	switch (p->role) {
	case KERN_EMBED:
		NAME(embed_sgd)(&p->e, &g->e, (real)rate);
		break;
	case KERN_SQUARE:
		descend(k, &p->s.w, &g->s.w, rate);
		ISA_NAME(square_turn)(&p->s);
		break;
	case KERN_OUT:
		descend(k, &p->v, &g->v, rate);
		break;
	}
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
		s->error = "out of memory";
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
	struct panels *dv;

	if (b->t <= ISA_NAME(output_rows)(v)) {
		ISA_NAME(output_backward)(o, v, b->t, s, stride, b->y, ds, stride, v,
		    (real)-rate, logp);
	} else if ((dv = gradient_of_v(k, v)) != NULL) {
		ISA_NAME(output_backward)(o, v, b->t, s, stride, b->y, ds, stride, dv, 1, logp);
		descend(k, v, dv, rate);
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
	struct embed *u = &own(net->u)->e;
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
		s->error = "out of memory";
	return s->error;
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
	k->sgd = sgd;
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
