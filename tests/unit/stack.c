/*
 * stack BACKEND < tests/expect/torch.stack.*: the loss and every gradient of a
 * whole network, as PyTorch has them, by lib/net on a backend.
 *
 * Two batches, the second going on from the first one's states.  The largest
 * difference may be 1e-5 in float and 1e-9 in double.
 */
#include <math.h>
#include <stdint.h>

#include "golden.h"
#include "mem.h"
#include "must.h"
#include "net.h"

enum { UNLIMITED = 1000 };

static struct model_shape
shape(enum real_type real)
{
	const double *x = golden[golden_at("net")];

	return (struct model_shape){
		.cell = (enum cell)x[0], .real = real, .layers = (uint32_t)x[1],
		.hidden = (uint32_t)x[2], .vocab = (uint32_t)x[3], .embed = (uint32_t)x[4],
		.bias = x[5] != 0, .tied = x[6] != 0
	};
}

static void
fill(struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];
		int at = golden_at(p->name);

		if (rows_of[at] != p->rows || cols_of[at] != p->cols)
			must("a parameter of another shape in the file");
		for (size_t j = 0; j < p->rows * p->cols; j++)
			if (m->shape.real == REAL_F64)
				((double *)p->data)[j] = golden[at][j];
			else
				((float *)p->data)[j] = (float)golden[at][j];
	}
}

static uint32_t *
words(const char *name)
{
	int at = golden_at(name);
	uint32_t *w = need(calloc(cols_of[at], sizeof(*w)));

	for (size_t i = 0; i < cols_of[at]; i++)
		w[i] = (uint32_t)golden[at][i];
	return w;
}

/* Batch "1" or "2" of the file. */
static struct batch
batch(const char *which)
{
	char lengths[] = "lengths?", x[] = "x?", y[] = "y?";
	int at, *start;
	struct batch b;

	lengths[7] = x[1] = y[1] = *which;
	at = golden_at(lengths);
	start = need(calloc(cols_of[at] + 1, sizeof(*start)));
	for (size_t i = 0; i < cols_of[at]; i++)
		start[i + 1] = start[i] + (int)golden[at][i];
	b = (struct batch){ (int)cols_of[at], start[cols_of[at]], start, words(x), words(y) };
	return b;
}

static void
free_batch(struct batch *b)
{
	free((void *)b->start);
	free((void *)b->x);
	free((void *)b->y);
}

/* 1 if a number differs by more than the bound, which is reported. */
static int
differs(const char *name, const double *got, enum real_type real)
{
	int at = golden_at(name);
	double bound = real == REAL_F64 ? 1e-9 : 1e-5, most = 0;

	for (size_t i = 0; i < rows_of[at] * cols_of[at]; i++) {
		double want = golden[at][i], size = fabs(want) > 1 ? fabs(want) : 1;
		double e = fabs(got[i] - want) / size;

		most = e > most || isnan(e) ? e : most;
	}
	if (most <= bound)
		return 0;
	printf("not ok %s in %s: %g\n", name, real == REAL_F64 ? "double" : "float", most);
	return 1;
}

static int
check_loss(struct net *n, struct net_state *st, const char *which)
{
	char name[] = "loss?";
	struct batch b = batch(which);
	double *logp = need(calloc((size_t)b.t, sizeof(*logp))), loss = 0;
	struct net_pass how = { .bptt = UNLIMITED, .st = st };

	must(net_zero(n));
	must(net_gradient(n, &b, &how, logp));
	for (int i = 0; i < b.t; i++)
		loss -= logp[i];
	free(logp);
	free_batch(&b);
	name[4] = *which;
	return differs(name, &loss, n->k->real == REAL_F64 ? REAL_F64 : REAL_F32);
}

static int
check_gradient(struct net *n, const struct model *m, size_t i)
{
	const struct model_param *p = &m->param[i];
	size_t numbers = p->rows * p->cols;
	double *got = need(calloc(numbers, sizeof(*got)));
	void *host = need(calloc(numbers, sizeof(*got)));
	char name[20];
	int bad;

	n->k->mat_get(n->k, host, n->g[i]);
	for (size_t j = 0; j < numbers; j++)
		got[j] = m->shape.real == REAL_F32 ? ((const float *)host)[j] :
		    ((const double *)host)[j];
	free(host);
	snprintf(name, sizeof(name), "d%s", p->name);
	bad = differs(name, got, m->shape.real);
	free(got);
	return bad;
}

static int
check(const char *backend, enum real_type real)
{
	const char *why;
	struct backend *k = backend_open(backend, real == REAL_F64 ? REAL_F64 : REAL_F32, 2, &why);
	struct model m;
	struct net net;
	struct net_state st;
	int failures;

	must(k ? NULL : why);
	must(model_new(&m, shape(real)));
	fill(&m);
	must(net_open(&net, k, &m));
	must(net_state_new(&st, &net, (int)cols_of[golden_at("lengths1")]));
	failures = check_loss(&net, &st, "1");
	failures += check_loss(&net, &st, "2");
	for (size_t i = 0; i < m.nparam; i++)
		failures += check_gradient(&net, &m, i);
	net_state_free(&st);
	net_free(&net);
	model_free(&m);
	k->close(k);
	return failures;
}

int
main(int argc, char *argv[])
{
	int failures;

	if (argc != 2) {
		fputs("usage: stack backend < file\n", stderr);
		return 2;
	}
	golden_read(stdin);
	failures = check(argv[1], REAL_F32) + check(argv[1], REAL_F64);
	printf("%d failures\n", failures);
	while (narrays > 0)
		free(golden[--narrays]);
	return failures ? 1 : 0;
}
