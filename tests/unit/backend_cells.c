/*
 * backend_cells BACKEND [SEED [SHAPES]]: the entries of gated and stacked nets against
 * "ref" and on 1, 2 and 3 threads, as backend.c does the plain layer's: every cell
 * of cells.h, dense layers, biases, the output layer with its bias and shared with the
 * input, and every rule of update on every role of matrix.
 */
#include "agree.h"

struct shape {
	int h, n, v, nseq, longest;	/* n: numbers a row below the cell */
};

static const struct shape shapes[] = {
	{ 1, 1, 2, 1, 1 }, { 2, 3, 5, 3, 4 }, { 7, 5, 31, 1, 9 }, { 15, 17, 64, 6, 7 },
	{ 16, 16, 65, 4, 12 }, { 17, 33, 30, 13, 5 }, { 31, 64, 97, 2, 20 }, { 32, 15, 33, 15, 6 },
	{ 33, 70, 129, 1, 30 }, { 64, 31, 256, 29, 8 }, { 65, 65, 11, 3, 25 },
	{ 100, 128, 65, 8, 25 }, { 128, 100, 65, 50, 10 }, { 130, 257, 300, 40, 3 },
	{ 200, 40, 700, 1, 12 }, { 257, 32, 40, 9, 6 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct test_case {
	struct shape shape;
	struct batch b;
	size_t size;			/* of a real */
	struct numbers {
		void *w, *a, *ds, *s0, *c0;	/* of the largest of the cells: 4 gates */
		void *m, *x, *v, *bias, *g;
	} of;
};

static void
make_case(struct test_case *c, struct shape s, size_t size, struct rng *r)
{
	size_t h = (size_t)s.h, t, most = (size_t)(s.v > 4 * s.h ? s.v : 4 * s.h);

	c->shape = s;
	c->size = size;
	c->b = draw_batch(r, s.nseq, s.longest, s.v);
	t = (size_t)c->b.t;
	c->of.w = draw(r, 4 * h * h, 1.5 / sqrt((double)h), size);
	c->of.a = draw(r, 4 * h * t, 2, size);
	c->of.ds = draw(r, 4 * h * t, 1, size);
	c->of.s0 = draw(r, h * (size_t)s.nseq, 1, size);
	c->of.c0 = draw(r, h * (size_t)s.nseq, 2, size);
	c->of.m = draw(r, 4 * h * (size_t)s.n, 1, size);
	c->of.x = draw(r, t * (size_t)s.n, 1, size);
	c->of.v = draw(r, (size_t)s.v * h, 4 / sqrt((double)h), size);
	c->of.bias = draw(r, most, 3, size);
	c->of.g = draw(r, most * most + 4, 1, size);
}

static void
free_case(struct test_case *c)
{
	void *all[] = { c->of.w, c->of.a, c->of.ds, c->of.s0, c->of.c0, c->of.m, c->of.x, c->of.v,
	    c->of.bias, c->of.g };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		free(all[i]);
	free_batch(&c->b);
}

struct cell_case {
	const struct test_case *c;
	enum cell cell;
};

static enum role
role_of(enum cell cell)
{
	return cell_kinds[cell].gates > 1 ? ROLE_GATES : ROLE_SQUARE;
}

/* Results of one pass; dw is added to numbers that are not zero. */
static void
run_pass(struct backend *k, const struct cell_case *m, struct cell_args *a, struct result *res)
{
	const struct cell_kind *kind = &cell_kinds[m->cell];
	size_t h = (size_t)m->c->shape.h, n = (size_t)m->c->b.t * h, gates = (size_t)kind->gates;

	k->put(k, a->a, m->c->of.a, gates * n);
	k->cell_forward(k, a);
	if (kind->gates > 1)
		keep_rows(k, res, "cell_forward a", a->a, gates * n);
	keep_rows(k, res, "cell_forward s", a->s, n);
	if (kind->has_saved)
		keep_rows(k, res, "cell_forward saved", a->saved, n);
	k->cell_backward(k, a);
	keep_rows(k, res, "cell_backward d", a->d, gates * n);
	keep_mat(k, res, "cell_backward dw", a->dw, gates * h * h);
	if (a->dbias)
		keep_mat(k, res, "cell_backward dbias", a->dbias, h);
	if (a->dstate)
		keep_rows(k, res, "cell_backward dstate", a->dstate, n);
	if (a->dsaved)
		keep_rows(k, res, "cell_backward dsaved", a->dsaved, n);
}

/* From zero states, then from given ones and with the state bias; of a cell that is
 * truncated, the second time so; then without truncation, and with all errors of states. */
static void
run_cell(struct backend *k, const void *arg, struct result *res)
{
	const struct cell_case *m = arg;
	const struct test_case *c = m->c;
	const struct cell_kind *kind = &cell_kinds[m->cell];
	int h = c->shape.h, gates = kind->gates;
	size_t n = (size_t)c->b.t * h, n0 = (size_t)c->shape.nseq * h;
	struct matrix *w = mat(k, role_of(m->cell), gates * h, h, c->of.w);
	struct matrix *dw = mat(k, role_of(m->cell), gates * h, h, c->of.w);
	struct matrix *bias = mat(k, ROLE_BIAS, 1, h, c->of.bias);
	struct matrix *dbias = mat(k, ROLE_BIAS, 1, h, c->of.bias);
	void *s0 = rows(k, n0, c->of.s0), *c0 = rows(k, n0, c->of.c0), *ds = rows(k, n, c->of.ds);
	void *dstate = rows(k, n, NULL), *dsaved = rows(k, n, NULL);
	struct cell_args a = { .cell = m->cell, .w = w, .b = &c->b,
	    .a = rows(k, (size_t)gates * n, NULL), .s = rows(k, n, NULL),
	    .saved = kind->has_saved ? rows(k, n, NULL) : NULL, .bptt = 1000, .ds = ds,
	    .d = rows(k, (size_t)gates * n, NULL), .dw = dw };

	run_pass(k, m, &a, res);
	a.s0 = s0;
	a.saved0 = kind->has_second_state ? c0 : NULL;
	a.bias = kind->has_state_bias ? bias : NULL;
	a.dbias = kind->has_state_bias ? dbias : NULL;
	a.bptt = 2;
	run_pass(k, m, &a, res);
	a.bptt = 1000;
	a.dstate = dstate;
	a.dsaved = kind->has_second_state ? dsaved : NULL;
	run_pass(k, m, &a, res);
	for (struct matrix **p = (struct matrix *[]){ w, dw, bias, dbias, NULL }; *p; p++)
		k->mat_free(k, *p);
	for (void **p = (void *[]){ a.a, a.d, a.s, s0, c0, ds, dstate, dsaved, a.saved, NULL }; *p; p++)
		k->free(k, *p);
}

static int
check_cells(const char *name, enum real_type real, const char *where, const struct test_case *c)
{
	int failures = 0;

	for (int cell = 0; cell < NCELLS; cell++) {
		struct cell_case m = { c, (enum cell)cell };

		failures += check_backend(name, real, where, run_cell, &m, bound_of(real));
	}
	return failures;
}

static void
run_dense(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	int m = 4 * c->shape.h, n = c->shape.n, t = c->b.t;
	size_t tm = (size_t)t * m, tn = (size_t)t * n;
	struct matrix *w = mat(k, ROLE_DENSE, m, n, c->of.m);
	struct matrix *dw = mat(k, ROLE_DENSE, m, n, c->of.m);
	struct matrix *b = mat(k, ROLE_BIAS, 1, m, c->of.bias);
	struct matrix *db = mat(k, ROLE_BIAS, 1, m, c->of.bias);
	void *x = rows(k, tn, c->of.x), *a = rows(k, tm, NULL), *d = rows(k, tm, c->of.a);
	void *dx = rows(k, tn, NULL), *last = rows(k, (size_t)c->b.nseq * n, NULL);
	int *from = need(calloc((size_t)c->b.nseq, sizeof(*from)));

	k->dense_forward(k, w, t, x, a);
	keep_rows(k, res, "dense_forward", a, tm);
	k->bias_forward(k, b, t, a);
	keep_rows(k, res, "bias_forward", a, tm);
	k->dense_backward(k, w, t, x, d, dx, dw);
	keep_rows(k, res, "dense_backward dx", dx, tn);
	keep_mat(k, res, "dense_backward dm", dw, (size_t)m * n);
	k->dense_backward(k, w, t, x, d, NULL, dw);
	keep_mat(k, res, "dense_backward dm alone", dw, (size_t)m * n);
	k->bias_backward(k, t, d, db);
	keep_mat(k, res, "bias_backward", db, (size_t)m);
	for (int i = 0; i < c->b.nseq; i++)	/* the last rows, and one of zeros */
		from[i] = i == 1 ? -1 : c->b.start[i + 1] - 1;
	k->pick_rows(k, c->b.nseq, from, n, dx, last);
	keep_rows(k, res, "pick_rows", last, (size_t)c->b.nseq * n);
	k->multiply(k, tm, a, d, d);
	keep_rows(k, res, "multiply", d, tm);
	k->multiply(k, tn, dx, x, dx);
	keep_rows(k, res, "multiply in place", dx, tn);
	for (struct matrix **p = (struct matrix *[]){ w, dw, b, db, NULL }; *p; p++)
		k->mat_free(k, *p);
	free(from);
	for (void **p = (void *[]){ x, a, d, dx, last, NULL }; *p; p++)
		k->free(k, *p);
}

/* With a bias; and V as the input layer's, too. */
static void
run_output(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	int h = c->shape.h, nv = c->shape.v, t = c->b.t;
	size_t n = (size_t)t * h;
	struct matrix *v = mat(k, ROLE_OUT, nv, h, c->of.v), *dv = mat(k, ROLE_OUT, nv, h, c->of.v);
	struct matrix *b = mat(k, ROLE_BIAS, 1, nv, c->of.bias);
	struct matrix *db = mat(k, ROLE_BIAS, 1, nv, c->of.bias);
	void *s = rows(k, n, NULL), *ds = rows(k, n, NULL);
	void *l = need(calloc((size_t)t * nv, c->size));
	double *logp = need(calloc((size_t)t, sizeof(*logp)));
	struct output_args o = { .v = v, .c = b, .t = t, .s = s, .y = c->b.y, .logp = logp, .ds = ds,
	    .dv = dv, .dc = db, .l = l };

	k->embed_forward(k, v, &c->b, s);
	keep_rows(k, res, "embed_forward, tied", s, n);
	k->put(k, s, c->of.ds, n);
	k->out_forward(k, &o);
	keep_logp(k, res, "out_forward with bias", logp, (size_t)t);
	k->out_logp(k, &o);
	keep(res, "out_logp with bias", l, (size_t)t * nv, c->size);
	k->out_backward(k, &o);
	keep(res, "out_backward with bias, logp", logp, (size_t)t, sizeof(*logp));
	keep_rows(k, res, "out_backward with bias, ds", ds, n);
	keep_mat(k, res, "out_backward with bias, dv", dv, (size_t)nv * h);
	keep_mat(k, res, "out_backward dc", db, (size_t)nv);
	k->embed_backward(k, &c->b, s, dv);
	keep_mat(k, res, "embed_backward, tied", dv, (size_t)nv * h);
	for (struct matrix **p = (struct matrix *[]){ v, dv, b, db, NULL }; *p; p++)
		k->mat_free(k, *p);
	k->free(k, s);
	k->free(k, ds);
	free(l);
	free(logp);
}

struct role_case {
	const char *name;
	enum role role;
	int rows, cols;
};

/* A gradient: that of a few words' rows at step 2 of an embedding, else numbers. */
static void
give_gradient(struct backend *k, const struct test_case *c, const struct role_case *o, int step,
    struct matrix *g)
{
	if (o->role == ROLE_EMBED && step == 2) {
		size_t n = (size_t)c->b.t * o->rows;
		void *d = rows(k, n, c->of.ds);

		k->embed_backward(k, &c->b, d, g);
		k->free(k, d);
	} else {
		k->mat_put(k, g, (const char *)c->of.g + c->size * (size_t)step);
	}
}

/* Three steps, the last one without a cut; G and the moments as they stand at the end. */
static void
update_one(struct backend *k, const struct test_case *c, const struct role_case *o, enum update_rule rule,
    struct result *res)
{
	size_t n = (size_t)o->rows * o->cols;
	struct matrix *all[4];
	struct update u = { .rule = rule, .rate = 0.1, .scale = 0.7, .clip = 0.4, .decay = 0.9,
	    .decay2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.2 };

	for (int i = 0; i < 4; i++)
		all[i] = mat(k, o->role, o->rows, o->cols, i == 0 ? c->of.g : NULL);
	for (int step = 1; step <= 3; step++) {
		double squares;

		give_gradient(k, c, o, step, all[1]);
		squares = k->sum_squares(k, all[1]);
		keep(res, "sum_squares", &squares, 1, sizeof(squares));
		u.step = step;
		u.clip = step == 3 ? 0 : u.clip;
		k->update(k, all[0], all[1], rule_kinds[rule].moments > 0 ? all[2] : NULL,
		    rule_kinds[rule].moments > 1 ? all[3] : NULL, &u);
		keep_mat(k, res, o->name, all[0], n);
	}
	for (int i = 1; i < 4; i++)
		keep_mat(k, res, "update, gradient and moments", all[i], n);
	for (int i = 0; i < 4; i++)
		k->mat_free(k, all[i]);
}

struct update_case {
	const struct test_case *c;
	struct role_case role;
};

static void
run_update(struct backend *k, const void *arg, struct result *res)
{
	const struct update_case *u = arg;

	for (int rule = 0; rule < NRULES; rule++)
		update_one(k, u->c, &u->role, (enum update_rule)rule, res);
}

static int
check_updates(const char *name, enum real_type real, const char *where, const struct test_case *c)
{
	int h = c->shape.h, n = c->shape.n, v = c->shape.v, failures = 0;
	const struct role_case role[] = {
		{ "update, embedding", ROLE_EMBED, h, v }, { "update, square", ROLE_SQUARE, h, h },
		{ "update, output", ROLE_OUT, v, h }, { "update, LSTM", ROLE_GATES, 4 * h, h },
		{ "update, GRU", ROLE_GATES, 3 * h, h }, { "update, dense", ROLE_DENSE, 4 * h, n },
		{ "update, bias", ROLE_BIAS, 1, v }
	};

	for (size_t i = 0; i < sizeof(role) / sizeof(role[0]); i++) {
		struct update_case u = { c, role[i] };

		failures += check_backend(name, real, where, run_update, &u, bound_of(real));
	}
	return failures;
}

/* The states of some of the batch's sequences, from given states. */
static void *
states(struct backend *k, const struct test_case *c, const struct batch *b, enum cell cell)
{
	size_t h = (size_t)c->shape.h, n = (size_t)b->t * h, n0 = (size_t)b->nseq * h;
	int ngate = cell_kinds[cell].gates;
	struct matrix *w = mat(k, role_of(cell), ngate * (int)h, (int)h, c->of.w);
	void *a = rows(k, (size_t)ngate * n, c->of.a), *s = rows(k, n, NULL), *q = rows(k, n, NULL);
	void *s0 = rows(k, n0, c->of.s0), *c0 = rows(k, n0, c->of.c0);
	void *host = need(calloc(n, c->size));

	k->cell_forward(k, &(struct cell_args){ .cell = cell, .w = w, .b = b, .s0 = s0,
	    .saved0 = c0, .a = a, .s = s, .saved = q });
	k->get(k, host, s, n);
	k->mat_free(k, w);
	for (void **p = (void *[]){ a, s, q, s0, c0, NULL }; *p; p++)
		k->free(k, *p);
	return host;
}

/* The first sequence must come out the same, to the last bit, alone and among others. */
static int
check_alone(const char *name, enum real_type real, const char *where, const struct test_case *c)
{
	struct backend *k = open_or_die(name, real, 1);
	struct batch first = c->b;
	int failures = 0;

	first.nseq = 1;
	first.t = c->b.start[1];
	for (int cell = 0; cell < NCELLS; cell++) {
		void *all = states(k, c, &c->b, (enum cell)cell);
		void *alone = states(k, c, &first, (enum cell)cell);

		if (memcmp(all, alone, (size_t)first.t * c->shape.h * c->size) != 0) {
			printf("not ok %s alone and among others: %s\n", cell_kinds[cell].name,
			    where);
			failures++;
		}
		free(all);
		free(alone);
	}
	k->close(k);
	return failures;
}

static int
check_shape(const char *name, enum real_type real, int i, struct rng *r)
{
	struct shape s = shapes[i];
	void (*const run[])(struct backend *, const void *, struct result *) = { run_dense,
	    run_output };
	struct test_case c;
	char where[200];
	int failures = 0;

	snprintf(where, sizeof(where), "h=%d n=%d v=%d nseq=%d longest=%d", s.h, s.n, s.v, s.nseq,
	    s.longest);
	make_case(&c, s, size_of(real), r);
	for (size_t j = 0; j < sizeof(run) / sizeof(run[0]); j++)
		failures += check_backend(name, real, where, run[j], &c, bound_of(real));
	failures += check_cells(name, real, where, &c);
	failures += check_updates(name, real, where, &c);
	if (strcmp(name, "blas") != 0)		/* which promises no such thing */
		failures += check_alone(name, real, where, &c);
	free_case(&c);
	return failures;
}

int
main(int argc, char *argv[])
{
	return check_shapes(argc, argv, NSHAPES, check_shape);
}
