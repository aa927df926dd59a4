/*
 * backend_slopes [sabotage] - the definition's derivatives against differences: every
 * number that a layer of "ref" reads is moved up and down a little, and the
 * loss, a weighted sum of what the layer gives, must follow the gradient.
 * With "sabotage" one entry of each gradient is made wrong, and all must fail.
 *
 * In double, (J(x+e) - J(x-e)) / 2e with e = 1e-5: its own error is some 1e-9.
 */
#include "agree.h"

enum { H = 5, N = 4, V = 7, T = 9, PARTS = 4 };
static const double step = 1e-5, bound = 1e-7;
static const int start[] = { 0, 4, 5, T };
static const uint32_t words[T] = { 1, 6, 0, 3, 3, 2, 5, 1, 4 };
static const uint32_t next[T] = { 6, 0, 3, 2, 0, 5, 1, 4, 4 };
static const struct batch batch = { 3, T, start, words, next };

/* What a layer reads, its gradient, and the weights of what it gives. */
struct problem {
	struct backend *k;
	double *x[PARTS], *dx[PARTS], *weight, *s0, *c0;
	size_t n[PARTS];
	enum cell cell;
};

struct layer {
	const char *name;
	size_t n[PARTS];	/* numbers it reads, by part; 0 ends */
	/* The loss; and the gradients, if wanted. */
	double (*loss)(const struct problem *, bool back);
	enum cell cell;
};

static double
weigh(const struct problem *p, const void *dev, size_t n)
{
	const double *s = dev;	/* ref's memory is the host's */
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p->weight[i] * s[i];
	return sum;
}

static void
take(const struct problem *p, int part, struct matrix *g)
{
	p->k->mat_get(p->k, p->dx[part], g);
	p->k->mat_free(p->k, g);
}

/* Parts: inputs of the gates, W, and the state bias of a cell that has one. */
static double
cell_loss(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	const struct cell_kind *kind = &cell_kinds[p->cell];
	enum role role = kind->gates > 1 ? ROLE_GATES : ROLE_SQUARE;
	size_t gates = (size_t)kind->gates;
	struct cell_args c = { .cell = p->cell, .b = &batch, .s0 = p->s0, .bptt = T,
	    .w = mat(k, role, kind->gates * H, H, p->x[1]),
	    .bias = kind->has_state_bias ? mat(k, ROLE_BIAS, 1, H, p->x[2]) : NULL,
	    .saved0 = kind->has_second_state ? p->c0 : NULL,
	    .a = rows(k, gates * T * H, p->x[0]), .s = rows(k, T * H, NULL),
	    .saved = rows(k, T * H, NULL), .ds = p->weight, .d = p->dx[0] };
	double loss;

	k->cell_forward(k, &c);
	loss = weigh(p, c.s, T * H);
	if (back) {
		c.dw = mat(k, role, kind->gates * H, H, NULL);
		c.dbias = c.bias ? mat(k, ROLE_BIAS, 1, H, NULL) : NULL;
		k->cell_backward(k, &c);
		take(p, 1, c.dw);
		if (c.bias)
			take(p, 2, c.dbias);
	}
	k->mat_free(k, (struct matrix *)c.w);
	k->mat_free(k, (struct matrix *)c.bias);
	k->free(k, c.a);
	k->free(k, c.s);
	k->free(k, c.saved);
	return loss;
}

static double
dense(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	struct matrix *m = mat(k, ROLE_DENSE, H, N, p->x[1]), *b = mat(k, ROLE_BIAS, 1, H, p->x[2]);
	void *a = rows(k, T * H, NULL);
	double loss;

	k->dense_forward(k, m, T, p->x[0], a);
	k->bias_forward(k, b, T, a);
	loss = weigh(p, a, T * H);
	if (back) {
		struct matrix *dm = mat(k, ROLE_DENSE, H, N, NULL);
		struct matrix *db = mat(k, ROLE_BIAS, 1, H, NULL);

		k->dense_backward(k, m, T, p->x[0], p->weight, p->dx[0], dm);
		k->bias_backward(k, T, p->weight, db);
		take(p, 1, dm);
		take(p, 2, db);
	}
	k->mat_free(k, m);
	k->mat_free(k, b);
	k->free(k, a);
	return loss;
}

static double
output(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	struct matrix *v = mat(k, ROLE_OUT, V, H, p->x[1]), *c = mat(k, ROLE_BIAS, 1, V, p->x[2]);
	double logp[T], loss = 0;
	struct output_args o = { .v = v, .c = c, .t = T, .s = p->x[0], .y = next, .logp = logp };

	if (back) {
		struct matrix *dv = mat(k, ROLE_OUT, V, H, NULL);
		struct matrix *dc = mat(k, ROLE_BIAS, 1, V, NULL);

		o.ds = p->dx[0];
		o.dv = dv;
		o.dc = dc;
		k->out_backward(k, &o);
		take(p, 1, dv);
		take(p, 2, dc);
	} else {
		k->out_forward(k, &o);
	}
	for (int r = 0; r < T; r++)
		loss -= logp[r];
	k->mat_free(k, v);
	k->mat_free(k, c);
	return loss;
}

/* The matrices of an output layer that uses few rows of V. */
struct sparse {
	struct matrix *v, *c, *dv, *dc;
	double logp[T], ds[T * H];
};

static void
sparse_open(const struct problem *p, struct sparse *o)
{
	o->v = mat(p->k, ROLE_OUT_ROWS, V, H, p->x[1]);
	o->c = mat(p->k, ROLE_OUT_BIAS, 1, V, p->x[2]);
	o->dv = mat(p->k, ROLE_OUT_ROWS, V, H, NULL);
	o->dc = mat(p->k, ROLE_OUT_BIAS, 1, V, NULL);
}

/* Takes the gradients, if wanted, and returns the loss. */
static double
sparse_close(const struct problem *p, struct sparse *o, bool back)
{
	double loss = 0;

	for (int r = 0; r < T; r++)
		loss -= o->logp[r];
	if (back) {
		memcpy(p->dx[0], o->ds, sizeof(o->ds));
		take(p, 1, o->dv);
		take(p, 2, o->dc);
	} else {
		p->k->mat_free(p->k, o->dv);
		p->k->mat_free(p->k, o->dc);
	}
	p->k->mat_free(p->k, o->v);
	p->k->mat_free(p->k, o->c);
	return loss;
}

/* Noise words 1, 3 and 4, of which 3 and 4 are targets, too. */
static double
sampled(const struct problem *p, bool back)
{
	static const uint32_t noise[] = { 1, 3, 4 };
	static const double shift[] = { -0.5, 1.25, 0.3 };
	static const double target_shift[T] = { 0.1, -1, 2, 0.4, -0.2, 0, 1, -0.7, 0.9 };
	struct sparse o;

	sparse_open(p, &o);
	p->k->sampled_backward(p->k, &(struct sampled_args){ .v = o.v, .c = o.c, .t = T,
	    .s = p->x[0], .y = next, .target_shift = target_shift, .n = 3, .noise = noise,
	    .noise_shift = shift, .logp = o.logp, .ds = o.ds, .dv = o.dv, .dc = o.dc });
	return sparse_close(p, &o, back);
}

/* A tree of 7 words and 6 inner nodes, its paths by hand; node 6 is on none. */
static double
tree(const struct problem *p, bool back)
{
	static const int path_start[T + 1] = { 0, 3, 5, 6, 9, 11, 14, 16, 19, 21 };
	static const uint32_t node[] = { 0, 1, 3, 0, 2, 5, 0, 1, 4, 0, 2, 0, 1, 3, 0, 2, 0, 1, 4, 0, 2 };
	static const signed char turn[] = { 1, -1, 1, -1, 1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1, 1,
	    1, 1, -1, -1 };
	struct sparse o;
	struct tree_args a;

	sparse_open(p, &o);
	a = (struct tree_args){ .v = o.v, .c = o.c, .t = T, .s = p->x[0], .start = path_start,
	    .node = node, .turn = turn, .logp = o.logp, .ds = o.ds, .dv = o.dv, .dc = o.dc };
	(back ? p->k->tree_backward : p->k->tree_forward)(p->k, &a);
	return sparse_close(p, &o, back);
}

static double
tied(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	struct matrix *v = mat(k, ROLE_OUT, V, H, p->x[0]);
	void *a = rows(k, T * H, NULL);
	double loss;

	k->embed_forward(k, v, &batch, a);
	loss = weigh(p, a, T * H);
	if (back) {
		struct matrix *dv = mat(k, ROLE_OUT, V, H, NULL);

		k->embed_backward(k, &batch, p->weight, dv);
		take(p, 0, dv);
	}
	k->mat_free(k, v);
	k->free(k, a);
	return loss;
}

static const struct layer layers[] = {
	{ "RNN", { T * H, H * H }, cell_loss, CELL_RNN },
	{ "LSTM", { 4 * T * H, 4 * H * H }, cell_loss, CELL_LSTM },
	{ "GRU", { 3 * T * H, 3 * H * H, H }, cell_loss, CELL_GRU },
	{ "dense and bias", { T * N, H * N, H }, dense, NCELLS },
	{ "output with bias", { T * H, V * H, V }, output, NCELLS },
	{ "sampled output with bias", { T * H, V * H, V }, sampled, NCELLS },
	{ "tree", { T * H, V * H, V }, tree, NCELLS },
	{ "tied input", { V * H }, tied, NCELLS },
};

/* The worst distance of any entry of part i from its difference. */
static double
worst(const struct layer *l, struct problem *p, int i)
{
	double most = 0;

	for (size_t j = 0; j < l->n[i]; j++) {
		double x = p->x[i][j], up, down, e;

		p->x[i][j] = x + step;
		up = l->loss(p, false);
		p->x[i][j] = x - step;
		down = l->loss(p, false);
		p->x[i][j] = x;
		e = fabs((up - down) / (2 * step) - p->dx[i][j]);
		most = e > most || isnan(e) ? e : most;
	}
	return most;
}

static int
check(struct backend *k, const struct layer *l, bool sabotage, struct rng *r)
{
	struct problem p = { .k = k, .cell = l->cell };
	int failures = 0;

	p.weight = draw(r, T * H, 1, sizeof(double));
	p.s0 = draw(r, 3 * H, 1, sizeof(double));
	p.c0 = draw(r, 3 * H, 1, sizeof(double));
	for (int i = 0; i < PARTS && l->n[i]; i++) {
		p.x[i] = draw(r, l->n[i], 1, sizeof(double));
		p.dx[i] = draw(r, l->n[i], 1, sizeof(double));
	}
	l->loss(&p, true);
	for (int i = 0; i < PARTS && l->n[i]; i++) {
		double e;

		if (sabotage)
			p.dx[i][l->n[i] / 2] += 1e-4;
		e = worst(l, &p, i);
		if (!(e <= bound)) {
			printf("not ok %s, part %d: %g from its difference\n", l->name, i, e);
			failures++;
		}
	}
	for (int i = 0; i < PARTS; i++) {
		free(p.x[i]);
		free(p.dx[i]);
	}
	free(p.weight);
	free(p.s0);
	free(p.c0);
	return failures;
}

int
main(int argc, char *argv[])
{
	struct backend *k = open_or_die("ref", REAL_F64, 1);
	struct rng r;
	int failures = 0;

	(void)argv;
	rng_seed(&r, 1);
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		failures += check(k, &layers[i], argc > 1, &r);
	k->close(k);
	printf("%d failures\n", failures);
	return failures != 0;
}
