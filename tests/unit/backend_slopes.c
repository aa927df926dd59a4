/*
 * slopes [sabotage] - the definition's derivatives against differences: every
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
};

struct layer {
	const char *name;
	size_t n[PARTS];	/* numbers it reads, by part; 0 ends */
	/* The loss; and the gradients, if wanted. */
	double (*loss)(const struct problem *, bool back);
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

static double
lstm(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	struct matrix *w = mat(k, ROLE_GATES, 4 * H, H, p->x[1]);
	void *a = rows(k, 4 * T * H, p->x[0]), *s = rows(k, T * H, NULL), *c = rows(k, T * H, NULL);
	double loss;

	k->lstm_forward(k, w, &batch, a, p->s0, p->c0, s, c);
	loss = weigh(p, s, T * H);
	if (back) {
		struct matrix *dw = mat(k, ROLE_GATES, 4 * H, H, NULL);

		k->lstm_backward(k, w, &batch, a, s, c, p->s0, p->c0, p->weight, p->dx[0], dw);
		take(p, 1, dw);
	}
	k->mat_free(k, w);
	k->free(k, a);
	k->free(k, s);
	k->free(k, c);
	return loss;
}

static double
gru(const struct problem *p, bool back)
{
	struct backend *k = p->k;
	struct matrix *w = mat(k, ROLE_GATES, 3 * H, H, p->x[1]);
	struct matrix *bn = mat(k, ROLE_BIAS, 1, H, p->x[2]);
	void *a = rows(k, 3 * T * H, p->x[0]), *s = rows(k, T * H, NULL), *q = rows(k, T * H, NULL);
	double loss;

	k->gru_forward(k, w, bn, &batch, a, p->s0, s, q);
	loss = weigh(p, s, T * H);
	if (back) {
		struct matrix *dw = mat(k, ROLE_GATES, 3 * H, H, NULL);
		struct matrix *dbn = mat(k, ROLE_BIAS, 1, H, NULL);

		k->gru_backward(k, w, &batch, a, s, q, p->s0, p->weight, p->dx[0], dw, dbn);
		take(p, 1, dw);
		take(p, 2, dbn);
	}
	k->mat_free(k, w);
	k->mat_free(k, bn);
	k->free(k, a);
	k->free(k, s);
	k->free(k, q);
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

	if (back) {
		struct matrix *dv = mat(k, ROLE_OUT, V, H, NULL);
		struct matrix *dc = mat(k, ROLE_BIAS, 1, V, NULL);

		k->out_backward(k, v, c, T, p->x[0], next, p->dx[0], dv, dc, logp);
		take(p, 1, dv);
		take(p, 2, dc);
	} else {
		k->out_forward(k, v, c, T, p->x[0], next, logp);
	}
	for (int r = 0; r < T; r++)
		loss -= logp[r];
	k->mat_free(k, v);
	k->mat_free(k, c);
	return loss;
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
	{ "LSTM", { 4 * T * H, 4 * H * H }, lstm },
	{ "GRU", { 3 * T * H, 3 * H * H, H }, gru },
	{ "dense and bias", { T * N, H * N, H }, dense },
	{ "output with bias", { T * H, V * H, V }, output },
	{ "tied input", { V * H }, tied },
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
	struct problem p = { .k = k };
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
