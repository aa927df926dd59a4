/*
 * state_gradient BACKEND: the norms of lib/net/state_gradient.h against central differences
 * of the loss, one element of one hidden state disturbed at a time.
 *
 * The forward pass is written here once more, from the formulas of model(5), since no pass
 * of lib/net can disturb a state that the layer above reads.
 */
#include <math.h>
#include <string.h>

#include "huffman.h"
#include "must.h"
#include "state_gradient.h"

enum { WORDS = 12, STEPS = WORDS - 1, H = 3, V = 7, MOST_WIDE = 16, LAGS = 5 };

static const uint32_t text[WORDS] = { 0, 3, 2, 6, 6, 1, 4, 5, 2, 3, 0, 1 };

/* Element `unit` of layer `layer`'s state after step `step` is raised by `by`; of the
 * cell state, from H on. */
struct disturbance {
	int layer, step, unit;
	double by;
};

static const double *
param(const struct model *m, char letter, int layer)
{
	for (size_t i = 0; i < m->nparam; i++) {
		const char *name = m->param[i].name;
		int of = name[1] ? name[1] - '1' : 0;

		if (name[0] == letter && of == layer)
			return m->param[i].data;
	}
	return NULL;
}

/* y(m) = M(m,n) x, zeros where M is NULL; plus c, if that is given. */
static void
affine(const double *mat, int m, int n, const double *x, const double *c, double *y)
{
	for (int i = 0; i < m; i++) {
		y[i] = c ? c[i] : 0;
		for (int j = 0; mat && j < n; j++)
			y[i] += mat[i * n + j] * x[j];
	}
}

static double
logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* a: U x + b; w: W s; both (gates H). */
static void
cell(enum cell kind, const double *a, const double *w, const double *q, double *s, double *c)
{
	for (int j = 0; j < H; j++) {
		double x[4];

		for (int g = 0; g < cell_kinds[kind].gates; g++)
			x[g] = a[g * H + j] + w[g * H + j];
		if (kind == CELL_RNN) {
			s[j] = tanh(x[0]);
		} else if (kind == CELL_LSTM) {
			c[j] = logistic(x[1]) * c[j] + logistic(x[0]) * tanh(x[2]);
			s[j] = logistic(x[3]) * tanh(c[j]);
		} else {
			double n = tanh(a[2 * H + j] + logistic(x[0]) * (w[2 * H + j] + (q ? q[j] : 0)));
			double z = logistic(x[1]);

			s[j] = (1 - z) * n + z * s[j];
		}
	}
}

/* The inputs of the first layer's gates: U's column, or U times the embedding. */
static void
input_of(const struct model *m, uint32_t word, double *a)
{
	int gates = cell_kinds[m->shape.cell].gates, e = (int)m->shape.embed;
	const double *u = param(m, 'U', 0), *b = param(m, 'b', 0), *tied = param(m, 'V', 0);
	double x[MOST_WIDE];

	for (int j = 0; j < e; j++)
		x[j] = m->shape.tied ? tied[(int)word * e + j] : param(m, 'E', 0)[j * V + (int)word];
	if (e)
		affine(u, gates * H, e, x, b, a);
	for (int i = 0; e == 0 && i < gates * H; i++)
		a[i] = u[i * V + (int)word] + (b ? b[i] : 0);
}

static double
output_logp(const struct model *m, const struct huffman *tree, const double *s, uint32_t y)
{
	int wide = (int)model_output_width(&m->shape), rows = m->shape.tree ? V - 1 : V;
	double x[MOST_WIDE], z[V], sum = 0;

	memcpy(x, s, H * sizeof(*s));
	if (param(m, 'P', 0))
		affine(param(m, 'P', 0), wide, H, s, NULL, x);
	affine(param(m, 'V', 0), rows, wide, x, param(m, 'c', 0), z);
	if (m->shape.tree) {
		uint32_t node[V];
		signed char turn[V];
		int n = huffman_path(tree, y, node, turn);

		for (int i = 0; i < n; i++)
			sum += log(logistic(turn[i] * z[node[i]]));
		return sum;
	}
	for (int i = 0; i < V; i++)
		sum += exp(z[i]);
	return z[y] - log(sum);
}

/* ln P of text[step + 1], under the disturbance. */
static double
logp_of(const struct model *m, const struct huffman *tree, int step, struct disturbance d)
{
	int layers = (int)m->shape.layers, gates = cell_kinds[m->shape.cell].gates;
	double s[4][H] = { { 0 } }, c[4][H] = { { 0 } }, a[4 * H], w[4 * H];

	for (int t = 0; t <= step; t++)
		for (int l = 0; l < layers; l++) {
			if (l == 0)
				input_of(m, text[t], a);
			else
				affine(param(m, 'U', l), gates * H, H, s[l - 1], param(m, 'b', l), a);
			affine(param(m, 'W', l), gates * H, H, s[l], NULL, w);
			cell(m->shape.cell, a, w, param(m, 'q', l), s[l], c[l]);
			if (l == d.layer && t == d.step)
				(d.unit < H ? s[l] : c[l])[d.unit % H] += d.by;
		}
	return output_logp(m, tree, s[layers - 1], text[step + 1]);
}

static double
norm_of(const struct model *m, const struct huffman *tree, int step, int layer, int k)
{
	int states = cell_kinds[m->shape.cell].has_second_state ? 2 * H : H;
	double h = 1e-5, sum = 0;

	for (int j = 0; j < states; j++) {
		double up = logp_of(m, tree, step, (struct disturbance){ layer, step - k, j, h });
		double down = logp_of(m, tree, step, (struct disturbance){ layer, step - k, j, -h });

		sum += (up - down) * (up - down) / (4 * h * h);
	}
	return sqrt(sum);
}

static int
differs(const char *what, double got, double want)
{
	if (fabs(got - want) <= 1e-7 * fabs(want))
		return 0;
	printf("not ok %s: %.12g, not %.12g\n", what, got, want);
	return 1;
}

/* The sums of one layer and lag. */
static int
check_lag(const struct state_gradient *g, const struct model *m, const struct huffman *tree,
    int layer, int k)
{
	size_t at = (size_t)(layer * LAGS + k);
	double norm = 0, norm0 = 0;
	char what[80];
	int failures;

	for (int step = k; step < STEPS; step++) {
		norm += norm_of(m, tree, step, layer, k);
		norm0 += norm_of(m, tree, step, layer, 0);
	}
	snprintf(what, sizeof(what), "%s, layer %d of %u, k %d, chunk %zu", cell_kinds[m->shape.cell].name,
	    layer, (unsigned)m->shape.layers, k, g->chunk);
	failures = differs(what, g->norm[at], norm) + differs(what, g->norm0[at], norm0);
	if (g->words[k] == (uint64_t)(STEPS - k))
		return failures;
	printf("not ok %s: %llu words\n", what, (unsigned long long)g->words[k]);
	return failures + 1;
}

/* All words at once; or in chunks, in two calls, which must not matter. */
static int
check_chunk(struct net *n, const struct model *m, size_t chunk)
{
	struct state_gradient g;
	struct huffman tree;
	int failures = 0;

	must(huffman_new(&tree, NULL, V));
	must(state_gradient_new(&g, n, LAGS));
	g.chunk = chunk;
	must(state_gradient_add(&g, text, 5));
	must(state_gradient_add(&g, text + 5, WORDS - 5));
	must(state_gradient_end(&g));
	for (int l = 0; l < (int)m->shape.layers; l++)
		for (int k = 0; k < LAGS; k++)
			failures += check_lag(&g, m, &tree, l, k);
	state_gradient_free(&g);
	huffman_free(&tree);
	return failures;
}

/* Weights that are large enough for the norms of far words to be seen. */
static void
draw_weights(struct model *m)
{
	struct rng r;

	rng_seed(&r, 4);
	for (size_t i = 0; i < m->nparam; i++)
		for (size_t j = 0; j < m->param[i].rows * m->param[i].cols; j++)
			((double *)m->param[i].data)[j] = rng_uniform(&r, -1, 1);
}

static int
check(const char *backend, struct model_shape shape)
{
	const char *why;
	struct backend *k = backend_open(backend, REAL_F64, 2, &why);
	struct model m;
	struct net n;
	int failures;

	must(k ? NULL : why);
	if (shape.tree && k->tree_forward == NULL) {
		k->close(k);
		return 0;
	}
	shape.real = REAL_F64;
	shape.hidden = H;
	shape.vocab = V;
	must(model_new(&m, shape));
	draw_weights(&m);
	must(net_open(&n, k, &m));
	failures = check_chunk(&n, &m, 1000) + check_chunk(&n, &m, 3) + check_chunk(&n, &m, 1);
	net_free(&n);
	model_free(&m);
	k->close(k);
	return failures;
}

int
main(int argc, char *argv[])
{
	static const struct model_shape shapes[] = {
		{ .layers = 1 }, { .layers = 2, .bias = true },
		{ .layers = 2, .embed = 4, .tied = true, .bias = true },
		{ .layers = 2, .embed = 2, .project = 5, .bias = true },
		{ .layers = 3, .tree = true, .bias = true },
	};
	int failures = 0;

	if (argc != 2) {
		fputs("usage: state_gradient backend\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (int cell = 0; cell < NCELLS; cell++) {
			struct model_shape s = shapes[i];

			s.cell = (enum cell)cell;
			failures += check(argv[1], s);
		}
	printf("%d failures\n", failures);
	return failures ? 1 : 0;
}
