/*
 * backend_sparse BACKEND [SEED [SHAPES]]: output layers that use few rows of V in a step,
 * against "ref" and on 1, 2 and 3 threads: probabilities and gradients of the sampled and
 * the hierarchical softmax, matrices that are kept as a row per word as input and output
 * layer, and lazy updates of touched rows by every rule.  A backend without these layers is
 * skipped.
 */
#include "agree.h"

struct shape {
	int h, v, n, nseq, longest;	/* n: draws of a noise word */
};

static const struct shape shapes[] = {
	{ 1, 2, 1, 1, 1 }, { 2, 5, 3, 3, 4 }, { 7, 31, 40, 1, 9 }, { 15, 64, 16, 6, 7 },
	{ 16, 65, 32, 4, 12 }, { 17, 30, 33, 13, 5 }, { 32, 33, 15, 15, 6 }, { 33, 1290, 64, 1, 30 },
	{ 64, 256, 31, 29, 8 }, { 100, 3000, 300, 5, 20 }, { 128, 650, 1000, 30, 10 },
	{ 200, 2100, 900, 9, 25 }, { 257, 400, 7, 9, 6 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct test_case {
	struct shape shape;
	struct batch b;
	size_t size;			/* of a real */
	void *s, *v, *bias;
	int n;				/* different noise words */
	uint32_t *noise;
	double *noise_shift, *target_shift;
	int *start;			/* (t + 1) paths: v nodes, of random length */
	uint32_t *node;
	signed char *turn;
	bool biased;
};

/* Words for which the bit is set, rising. */
static void
draw_noise(struct test_case *c, struct rng *r)
{
	bool *has = need(calloc((size_t)c->shape.v, sizeof(*has)));

	c->noise = need(calloc((size_t)c->shape.v, sizeof(*c->noise)));
	for (int i = 0; i < c->shape.n; i++)
		has[rng_u32(r) % (unsigned)c->shape.v] = true;
	for (int i = 0; i < c->shape.v; i++)
		if (has[i])
			c->noise[c->n++] = (uint32_t)i;
	free(has);
}

/* A path for each row, some of them empty, with repeated nodes. */
static void
draw_paths(struct test_case *c, struct rng *r)
{
	int t = c->b.t, most = 25, n = 0;

	c->start = need(calloc((size_t)t + 1, sizeof(*c->start)));
	c->node = need(calloc((size_t)t * (size_t)most + 1, sizeof(*c->node)));
	c->turn = need(calloc((size_t)t * (size_t)most + 1, sizeof(*c->turn)));
	for (int i = 0; i < t; i++) {
		for (int left = (int)(rng_u32(r) % (unsigned)most); left > 0; left--, n++) {
			c->node[n] = rng_u32(r) % (unsigned)c->shape.v;
			c->turn[n] = rng_u32(r) % 2 ? 1 : -1;
		}
		c->start[i + 1] = n;
	}
}

static void
make_case(struct test_case *c, struct shape s, size_t size, struct rng *r)
{
	*c = (struct test_case){ .shape = s, .size = size, .biased = rng_u32(r) % 4 != 0 };
	c->b = draw_batch(r, s.nseq, s.longest, s.v);
	c->s = draw(r, (size_t)c->b.t * s.h, 1, size);
	c->v = draw(r, (size_t)s.v * s.h, 4 / sqrt((double)s.h), size);
	c->bias = draw(r, (size_t)s.v, 3, size);
	draw_paths(c, r);
	draw_noise(c, r);
	c->noise_shift = draw(r, (size_t)c->n, 4, sizeof(double));
	c->target_shift = draw(r, (size_t)c->b.t, 4, sizeof(double));
}

static void
free_case(struct test_case *c)
{
	free_batch(&c->b);
	free(c->s);
	free(c->v);
	free(c->bias);
	free(c->noise);
	free(c->start);
	free(c->node);
	free(c->turn);
	free(c->noise_shift);
	free(c->target_shift);
}

/* The matrices of a run, on a device. */
struct matrices {
	struct matrix *v, *c, *dv, *dc;
	void *s, *ds;
};

static struct matrices
new_matrices(struct backend *k, const struct test_case *c)
{
	int h = c->shape.h, v = c->shape.v;
	size_t n = (size_t)c->b.t * h;

	return (struct matrices){
		.v = mat(k, ROLE_OUT_ROWS, v, h, c->v),
		.c = c->biased ? mat(k, ROLE_OUT_BIAS, 1, v, c->bias) : NULL,
		.dv = mat(k, ROLE_OUT_ROWS, v, h, NULL),
		.dc = c->biased ? mat(k, ROLE_OUT_BIAS, 1, v, NULL) : NULL,
		.s = rows(k, n, c->s), .ds = rows(k, n, NULL)
	};
}

static void
free_matrices(struct backend *k, struct matrices *m)
{
	struct matrix *all[] = { m->v, m->c, m->dv, m->dc };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i])
			k->mat_free(k, all[i]);
	k->free(k, m->s);
	k->free(k, m->ds);
}

static void
backward(struct backend *k, const struct test_case *c, struct matrices *m, double *logp)
{
	k->sampled_backward(k, &(struct sampled_args){
		.v = m->v, .c = m->c, .t = c->b.t, .s = m->s, .y = c->b.y,
		.target_shift = c->target_shift, .n = c->n, .noise = c->noise,
		.noise_shift = c->noise_shift, .logp = logp, .ds = m->ds, .dv = m->dv, .dc = m->dc });
}

/* Exact probabilities and words' rows from the same matrix, before and after an update. */
static void
look(struct backend *k, const struct test_case *c, struct matrices *m, struct result *res)
{
	size_t t = (size_t)c->b.t, nv = (size_t)c->shape.v;
	double *logp = need(calloc(t, sizeof(*logp)));
	void *l = need(calloc(t * nv, c->size));
	struct output_args o = { .v = m->v, .c = m->c, .t = c->b.t, .s = m->s, .y = c->b.y,
	    .logp = logp, .l = l };

	k->out_forward(k, &o);
	keep_logp(k, res, "out_forward", logp, t);
	k->out_logp(k, &o);
	keep(res, "out_logp", l, t * nv, c->size);
	k->embed_forward(k, m->v, &c->b, m->ds);
	keep_rows(k, res, "embed_forward", m->ds, t * (size_t)c->shape.h);
	free(logp);
	free(l);
}

static void
run_layer(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	struct matrices m = new_matrices(k, c);
	size_t t = (size_t)c->b.t, h = (size_t)c->shape.h, v = (size_t)c->shape.v;
	double *logp = need(calloc(t, sizeof(*logp))), squares;
	struct update u = { .rule = RULE_SGD, .rate = 0.25 / c->b.t, .scale = 1 };

	look(k, c, &m, res);
	for (int pass = 0; pass < 2; pass++) {		/* += shows */
		backward(k, c, &m, logp);
		keep(res, "sampled_backward logp", logp, t, sizeof(*logp));
		keep_rows(k, res, "sampled_backward ds", m.ds, t * h);
	}
	k->embed_backward(k, &c->b, m.s, m.dv);		/* tied */
	keep_mat(k, res, "sampled_backward dv", m.dv, v * h);
	if (c->biased)
		keep_mat(k, res, "sampled_backward dc", m.dc, v);
	squares = k->sum_squares(k, m.dv);
	keep(res, "sum_squares", &squares, 1, sizeof(squares));
	k->update(k, m.v, m.dv, NULL, NULL, &u);
	look(k, c, &m, res);
	free_matrices(k, &m);
	free(logp);
}

/* Rows added to others, in another order, some to none. */
static void
run_rows(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	struct matrices m = new_matrices(k, c);
	int n = c->b.t - c->b.t / 3;
	int *to = need(calloc((size_t)n, sizeof(*to)));

	for (int i = 0; i < n; i++)
		to[i] = c->b.t - 1 - i;
	k->pick_rows(k, n, to, c->shape.h, m.s, m.ds);
	for (int pass = 0; pass < 2; pass++)
		k->add_rows(k, n, to, c->shape.h, m.ds, m.s);
	keep_rows(k, res, "add_rows", m.s, (size_t)c->b.t * (size_t)c->shape.h);
	free_matrices(k, &m);
	free(to);
}

static void
run_tree(struct backend *k, const void *arg, struct result *res)
{
	const struct test_case *c = arg;
	struct matrices m = new_matrices(k, c);
	size_t t = (size_t)c->b.t, h = (size_t)c->shape.h, v = (size_t)c->shape.v;
	double *logp = need(calloc(t, sizeof(*logp)));
	void *l = need(calloc(t * v, c->size));
	struct tree_args a = { .v = m.v, .c = m.c, .t = c->b.t, .s = m.s, .start = c->start,
	    .node = c->node, .turn = c->turn, .logp = logp, .ds = m.ds, .dv = m.dv, .dc = m.dc,
	    .l = l };

	k->tree_forward(k, &a);
	keep(res, "tree_forward", logp, t, sizeof(*logp));
	k->tree_logits(k, &a);
	keep(res, "tree_logits", l, t * v, c->size);
	for (int pass = 0; pass < 2; pass++) {		/* += shows */
		k->tree_backward(k, &a);
		keep(res, "tree_backward logp", logp, t, sizeof(*logp));
		keep_rows(k, res, "tree_backward ds", m.ds, t * h);
	}
	keep_mat(k, res, "tree_backward dv", m.dv, v * h);
	if (c->biased)
		keep_mat(k, res, "tree_backward dc", m.dc, v);
	free_matrices(k, &m);
	free(logp);
	free(l);
}

/* Three lazy updates, the second with gradients in fewer rows. */
static void
update_lazily(struct backend *k, const struct test_case *c, enum update_rule rule, struct result *res)
{
	struct matrices m = new_matrices(k, c);
	int v = c->shape.v, h = c->shape.h, moments = rule_kinds[rule].moments;
	struct matrix *first = moments > 0 ? mat(k, ROLE_OUT_ROWS, v, h, NULL) : NULL;
	struct matrix *second = moments > 1 ? mat(k, ROLE_OUT_ROWS, v, h, NULL) : NULL;
	struct matrix *steps = mat(k, ROLE_BIAS, 1, v, NULL);
	double *logp = need(calloc((size_t)c->b.t, sizeof(*logp)));
	struct update u = { .rule = rule, .rate = 0.1, .scale = 0.7, .clip = 0.4, .decay = 0.9,
	    .decay2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.2, .lazy = true,
	    .row_steps = !rule_kinds[rule].is_sparse ? steps : NULL };

	for (int step = 1; step <= 3; step++) {
		u.step = step;
		if (step == 2)
			k->embed_backward(k, &c->b, m.s, m.dv);
		else
			backward(k, c, &m, logp);
		k->update(k, m.v, m.dv, first, second, &u);
	}
	keep_mat(k, res, "lazy update", m.v, (size_t)v * h);
	keep_mat(k, res, "its gradient, zeros again", m.dv, (size_t)v * h);
	keep_mat(k, res, "its steps", steps, (size_t)v);
	if (first)
		keep_mat(k, res, "its first moment", first, (size_t)v * h);
	for (int i = 0; i < 3; i++) {
		struct matrix *each[] = { first, second, steps };

		if (each[i])
			k->mat_free(k, each[i]);
	}
	free_matrices(k, &m);
	free(logp);
}

/* Updates 1, 2 and 6 of a dense parameter, which makes up for those between them. */
static void
update_dense(struct backend *k, const struct test_case *c, enum update_rule rule, struct result *res)
{
	int h = c->shape.h, v = c->shape.v, moments = rule_kinds[rule].moments;
	struct matrix *each[5] = { mat(k, ROLE_OUT, v, h, c->v), NULL, mat(k, ROLE_BIAS, 1, 1, NULL) };
	struct update u = { .rule = rule, .rate = 0.1, .scale = 0.7, .clip = 0.4, .decay = 0.9,
	    .decay2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.2, .lazy = true, .row_steps = each[2] };

	for (int i = 0; i < moments; i++)
		each[3 + i] = mat(k, ROLE_OUT, v, h, NULL);
	for (int step = 1; step <= 6; step += step == 2 ? 4 : 1) {
		u.step = step;
		each[1] = mat(k, ROLE_OUT, v, h, c->v);
		k->update(k, each[0], each[1], each[3], each[4], &u);
		k->mat_free(k, each[1]);
	}
	each[1] = NULL;
	keep_mat(k, res, "dense lazy update", each[0], (size_t)v * h);
	keep_mat(k, res, "its step", each[2], 1);
	for (int i = 0; i < 5; i++)
		if (each[i])
			k->mat_free(k, each[i]);
}

static void
run_updates(struct backend *k, const void *arg, struct result *res)
{
	for (int rule = 0; rule < NRULES; rule++)
		update_lazily(k, arg, (enum update_rule)rule, res);
	for (int rule = 0; rule < NRULES; rule++)
		if (!rule_kinds[rule].is_sparse)
			update_dense(k, arg, (enum update_rule)rule, res);
}

static int
check_shape(const char *name, enum real_type real, int i, struct rng *r)
{
	struct shape s = shapes[i];
	struct test_case c;
	char where[200];
	int failures;

	snprintf(where, sizeof(where), "h=%d v=%d n=%d nseq=%d longest=%d", s.h, s.v, s.n, s.nseq,
	    s.longest);
	make_case(&c, s, size_of(real), r);
	failures = check_backend(name, real, where, run_layer, &c, bound_of(real));
	failures += check_backend(name, real, where, run_rows, &c, bound_of(real));
	failures += check_backend(name, real, where, run_tree, &c, bound_of(real));
	failures += check_backend(name, real, where, run_updates, &c, bound_of(real) * 1e3);
	free_case(&c);
	return failures;
}

int
main(int argc, char *argv[])
{
	struct backend *k = argc > 1 ? open_or_die(argv[1], REAL_F32, 1) : NULL;
	bool missing = k && k->sampled_backward == NULL;

	if (k)
		k->close(k);
	if (missing) {
		printf("%s has no sparse output layers\n", argv[1]);
		return 77;
	}
	return check_shapes(argc, argv, NSHAPES, check_shape);
}
