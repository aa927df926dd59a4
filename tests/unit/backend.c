/*
 * backend BACKEND [SEED [SHAPES]]: runs every entry of a backend against "ref", in float
 * and in double, on awkward shapes, and against itself on 1, 2 and 3 threads.
 *
 * To add an operation: draw its inputs in make_case(), run it in run_case()
 * and keep what it gives by name.  agree.h says when two results agree; gated
 * cells, dense layers and the update rules are backend_cells.c's.
 */
#include "agree.h"

struct shape {
	int h, v, nseq, longest, bptt;
};

static const struct shape shapes[] = {
	{ 1, 2, 1, 1, 4 }, { 1, 3, 3, 5, 0 }, { 2, 7, 1, 2, 1 }, { 3, 17, 4, 9, 2 },
	{ 7, 31, 1, 40, 4 }, { 8, 32, 2, 16, 1000 }, { 15, 33, 5, 3, 4 }, { 16, 64, 1, 1, 4 },
	{ 17, 65, 7, 7, 3 }, { 20, 200, 1, 60, 4 }, { 31, 129, 2, 33, 5 }, { 50, 1000, 1, 12, 4 },
	{ 64, 511, 3, 25, 1000 }, { 100, 2051, 1, 22, 4 }, { 100, 1025, 9, 30, 4 },
	{ 129, 300, 2, 70, 6 }, { 200, 97, 1, 150, 4 }, { 257, 1500, 3, 11, 2 },
	{ 100, 640, 1, 300, 4 }, { 33, 5000, 40, 6, 4 }, { 520, 70, 1, 20, 3 },
	{ 12, 16000, 2, 9, 3 }, { 230, 20, 2, 4, 1000 },
	{ 1030, 40, 2, 3, 1 }, { 5, 9, 300, 3, 2 }, { 2, 100003, 1, 3, 4 }, { 40, 300, 60, 20, 2 },
	{ 3, 9, 1, 4200, 2 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct test_case {
	struct shape shape;
	struct batch b;
	size_t size;			/* of a real */
	void *u, *v, *w, *s0, *ds;	/* host, as the file has them */
};

static void
make_case(struct test_case *c, struct shape s, size_t size, struct rng *r)
{
	c->shape = s;
	c->size = size;
	c->b = draw_batch(r, s.nseq, s.longest, s.v);
	c->u = draw(r, (size_t)s.h * s.v, 1, size);
	c->v = draw(r, (size_t)s.h * s.v, 8 / sqrt(s.h), size);
	c->w = draw(r, (size_t)s.h * s.h, 1.5 / sqrt(s.h), size);
	c->s0 = draw(r, (size_t)s.h * s.nseq, 1, size);
	c->ds = draw(r, (size_t)s.h * c->b.t, 1, size);
}

static void
free_case(struct test_case *c)
{
	free_batch(&c->b);
	free(c->u);
	free(c->v);
	free(c->w);
	free(c->s0);
	free(c->ds);
}

static void
sgd(struct backend *k, struct matrix *p, struct matrix *g, double rate)
{
	struct update u = { .rule = RULE_SGD, .rate = rate, .scale = 1 };

	k->update(k, p, g, NULL, NULL, &u);
}

static void
run_output(struct backend *k, const struct test_case *c, const void *s, struct result *res)
{
	int h = c->shape.h, nv = c->shape.v, t = c->b.t;
	struct matrix *v = mat(k, ROLE_OUT, nv, h, c->v);
	struct matrix *dv = mat(k, ROLE_OUT, nv, h, c->v);	/* += shows */
	void *ds = need(k->alloc(k, (size_t)t * h));
	void *l = need(calloc((size_t)t * nv, c->size));
	double *logp = need(calloc((size_t)t, sizeof(*logp)));
	struct output_args o = { .v = v, .t = t, .s = s, .y = c->b.y, .logp = logp, .ds = ds, .dv = dv,
	    .l = l };

	k->out_forward(k, &o);
	keep_logp(k, res, "out_forward", logp, (size_t)t);
	k->out_backward(k, &o);
	keep(res, "out_backward logp", logp, (size_t)t, sizeof(*logp));
	keep_rows(k, res, "out_backward ds", ds, (size_t)t * h);
	keep_mat(k, res, "out_backward dv", dv, (size_t)nv * h);
	k->out_logp(k, &o);
	keep(res, "out_logp", l, (size_t)t * nv, c->size);
	k->mat_free(k, v);
	k->mat_free(k, dv);
	k->free(k, ds);
	free(l);
	free(logp);
}

static void
run_case(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	int h = c->shape.h, nv = c->shape.v;
	size_t n = (size_t)c->b.t * h, hv = (size_t)h * nv;
	struct matrix *u = mat(k, ROLE_EMBED, h, nv, c->u), *du = mat(k, ROLE_EMBED, h, nv, NULL);
	struct matrix *w = mat(k, ROLE_SQUARE, h, h, c->w), *dw = mat(k, ROLE_SQUARE, h, h, c->w);
	void *s = need(k->alloc(k, n)), *d = need(k->alloc(k, n)), *ds = need(k->alloc(k, n));
	void *s0 = need(k->alloc(k, (size_t)h * c->b.nseq));
	struct cell_args a = { .w = w, .b = &c->b, .s0 = s0, .a = d, .s = s, .bptt = c->shape.bptt,
	    .ds = ds, .d = d, .dw = dw };

	k->put(k, s0, c->s0, (size_t)h * c->b.nseq);
	k->put(k, ds, c->ds, n);
	k->embed_forward(k, u, &c->b, d);
	keep_rows(k, res, "embed_forward", d, n);
	k->cell_forward(k, &a);
	keep_rows(k, res, "cell_forward with s0", s, n);
	k->cell_backward(k, &a);
	keep_rows(k, res, "cell_backward d", d, n);
	keep_mat(k, res, "cell_backward dw", dw, (size_t)h * h);
	k->embed_backward(k, &c->b, d, du);
	keep_mat(k, res, "embed_backward", du, hv);
	sgd(k, u, du, 0.125);
	keep_mat(k, res, "update", u, hv);
	k->embed_forward(k, u, &c->b, s);
	a.a = s;
	a.s0 = NULL;
	k->cell_forward(k, &a);
	keep_rows(k, res, "cell_forward", s, n);
	run_output(k, c, s, res);
	k->mat_free(k, u);
	k->mat_free(k, du);
	k->mat_free(k, w);
	k->mat_free(k, dw);
	k->free(k, s);
	k->free(k, d);
	k->free(k, ds);
	k->free(k, s0);
}

/* Turns the parameter kept last into what a step has added to it. */
static void
less_start(struct result *res, const void *start, size_t size)
{
	int o = res->count - 1;

	for (size_t i = 0; i < res->n[o]; i++)
		res->x[o][i] -= get(start, size, i);
}

/*
 * What a step adds to U, V, W: in one call, or by composition of the entries.
 * What was added, so that an update left out shows.
 */
static void
one_step(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	int h = c->shape.h, nv = c->shape.v;
	size_t n = (size_t)c->b.t * h, hv = (size_t)h * nv;
	struct plain_net net = { mat(k, ROLE_EMBED, h, nv, c->u), mat(k, ROLE_OUT, nv, h, c->v),
	    mat(k, ROLE_SQUARE, h, h, c->w) };
	struct plain_net g = { mat(k, ROLE_EMBED, h, nv, NULL), mat(k, ROLE_OUT, nv, h, NULL),
	    mat(k, ROLE_SQUARE, h, h, NULL) };
	void *s = need(k->alloc(k, n)), *d = need(k->alloc(k, n)), *ds = need(k->alloc(k, n));
	double *logp = need(calloc((size_t)c->b.t, sizeof(*logp)));

	if (k->step) {
		struct step_args a = { net, &c->b, c->shape.bptt, 0.5, logp };

		k->step(k, &a);
	} else {
		struct cell_args a = { .w = net.w, .b = &c->b, .a = s, .s = s, .ds = ds, .d = d,
		    .bptt = c->shape.bptt, .dw = g.w };
		struct output_args o = { .v = net.v, .t = c->b.t, .s = s, .y = c->b.y, .ds = ds,
		    .dv = g.v, .logp = logp };

		k->embed_forward(k, net.u, &c->b, s);
		k->cell_forward(k, &a);
		k->out_backward(k, &o);
		k->cell_backward(k, &a);
		k->embed_backward(k, &c->b, d, g.u);
		sgd(k, net.u, g.u, 0.5);
		sgd(k, net.v, g.v, 0.5);
		sgd(k, net.w, g.w, 0.5);
	}
	keep(res, "logp", logp, (size_t)c->b.t, sizeof(*logp));
	keep_mat(k, res, "U", net.u, hv);
	less_start(res, c->u, c->size);
	keep_mat(k, res, "V", net.v, hv);
	less_start(res, c->v, c->size);
	keep_mat(k, res, "W", net.w, (size_t)h * h);
	less_start(res, c->w, c->size);
	for (int i = 0; i < 2; i++) {
		struct plain_net *m = i ? &g : &net;

		k->mat_free(k, m->u);
		k->mat_free(k, m->v);
		k->mat_free(k, m->w);
	}
	k->free(k, s);
	k->free(k, d);
	k->free(k, ds);
	free(logp);
}

/* logp(t) of the batch's sequences from zero states. */
static void
look(struct backend *k, const struct test_case *c, const struct batch *b, double *logp)
{
	int h = c->shape.h, nv = c->shape.v;
	struct matrix *u = mat(k, ROLE_EMBED, h, nv, c->u);
	struct matrix *w = mat(k, ROLE_SQUARE, h, h, c->w);
	struct matrix *v = mat(k, ROLE_OUT, nv, h, c->v);
	void *s = need(k->alloc(k, (size_t)b->t * h));

	k->embed_forward(k, u, b, s);
	k->cell_forward(k, &(struct cell_args){ .w = w, .b = b, .a = s, .s = s });
	k->out_forward(k, &(struct output_args){ .v = v, .t = b->t, .s = s, .y = b->y,
	    .logp = logp });
	k->mat_free(k, u);
	k->mat_free(k, w);
	k->mat_free(k, v);
	k->free(k, s);
}

/* A sequence must come out the same, to the last bit, alone and among others. */
static int
check_alone(const char *name, enum real_type real, const struct test_case *c)
{
	struct backend *k = open_or_die(name, real, 1);
	struct batch first = c->b;
	double *all = need(calloc((size_t)c->b.t, sizeof(*all)));
	double *alone = need(calloc((size_t)c->b.t, sizeof(*alone)));
	int failures;

	first.nseq = 1;
	first.t = c->b.start[1];
	look(k, c, &c->b, all);
	look(k, c, &first, alone);
	failures = memcmp(all, alone, (size_t)first.t * sizeof(*all)) != 0;
	if (failures)
		printf("not ok alone and among others: h=%d v=%d nseq=%d\n", c->shape.h,
		    c->shape.v, c->shape.nseq);
	free(all);
	free(alone);
	k->close(k);
	return failures;
}

/* Adding to a parameter rounds off all but its last digits: a step's bound is looser. */
static int
check_shape(const char *name, enum real_type real, int i, struct rng *r)
{
	struct shape s = shapes[i];
	struct test_case c;
	char where[200];
	int failures;

	snprintf(where, sizeof(where), "h=%d v=%d nseq=%d longest=%d bptt=%d", s.h, s.v, s.nseq,
	    s.longest, s.bptt);
	make_case(&c, s, size_of(real), r);
	failures = check_backend(name, real, where, run_case, &c, bound_of(real));
	failures += check_backend(name, real, where, one_step, &c, bound_of(real) * 1e3);
	if (strcmp(name, "blas") != 0)		/* which promises no such thing */
		failures += check_alone(name, real, &c);
	free_case(&c);
	return failures;
}

int
main(int argc, char *argv[])
{
	return check_shapes(argc, argv, NSHAPES, check_shape);
}
