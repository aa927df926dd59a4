/*
 * reduce BACKEND [sabotage]: two networks that each see half of every batch, and sum their
 * gradients in net->reduce, as they were when net->completed was called, against one network
 * that sees whole batches.  One of the last batch's halves is empty.
 *
 * Each worker has a thread and a backend of its own.  After a few steps, both must give
 * every word the same ln P to 1e-12, in double.  With "sabotage" they do not reduce.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "batcher.h"
#include "must.h"
#include "net.h"
#include "rng.h"

enum { WORKERS = 2, STEPS = 5, SEQUENCES = 8, LONGEST = 12, VOCAB = 23 };

static const struct setting {
	const char *name;
	struct model_shape shape;
	struct hyperparams hyper;
} settings[] = {
	{ "rnn sgd", { .cell = CELL_RNN, .layers = 1, .hidden = 7 }, { .rule = RULE_SGD } },
	{ "lstm adam", { .cell = CELL_LSTM, .layers = 2, .hidden = 6, .embed = 5, .bias = true },
	    { .rule = RULE_ADAM } },
	{ "gru clipped", { .cell = CELL_GRU, .layers = 1, .hidden = 9, .embed = 4, .bias = true,
	    .tied = true }, { .rule = RULE_MOMENTUM, .clip_norm = 0.5 } },
};
enum { NSETTINGS = sizeof(settings) / sizeof(settings[0]) };

struct worker {
	const char *backend;
	const struct setting *setting;
	struct batcher step[STEPS];	/* what it trains on */
	const struct batch *test;
	double *logp;			/* (test->t) afterwards */
	struct team *team;		/* NULL: it works alone */
	int id;
};

/* The gradients of all workers, between two waits at the barrier. */
struct team {
	pthread_barrier_t barrier;
	double *grad[WORKERS][MODEL_PARAMS_MAX];
	struct model plan;		/* sizes of the parameters */
};

static const char *
get_gradients(struct net *n, int layer, void *arg)
{
	struct worker *w = arg;

	for (size_t i = 0; i < n->nparam; i++)
		if (n->completed_by[i] == layer)
			n->k->mat_get(n->k, w->team->grad[w->id][i], n->g[i]);
	return n->k->error(n->k);
}

static const char *
sum_gradients(struct net *n, void *arg)
{
	struct worker *w = arg;
	struct team *t = w->team;

	pthread_barrier_wait(&t->barrier);
	for (size_t i = 0; i < n->nparam; i++) {
		size_t size = t->plan.param[i].rows * t->plan.param[i].cols;
		double *sum = need(calloc(size, sizeof(*sum)));

		for (int k = 0; k < WORKERS; k++)
			for (size_t j = 0; j < size; j++)
				sum[j] += t->grad[k][i][j];
		n->k->mat_put(n->k, n->g[i], sum);
		free(sum);
	}
	pthread_barrier_wait(&t->barrier);
	return n->k->error(n->k);
}

static struct model_shape
shape_of(const struct setting *s)
{
	struct model_shape shape = s->shape;

	shape.vocab = VOCAB;
	shape.real = REAL_F64;
	return shape;
}

/* Trains from the same weights as every other worker, then scores the test batch. */
static void *
work(void *arg)
{
	struct worker *w = arg;
	struct net_pass how = { .bptt = 4 };
	const struct hyperparams *hyper = &w->setting->hyper;
	const char *why;
	struct backend *k = backend_open(w->backend, REAL_F64, 1, &why);
	struct model m;
	struct net net;

	must(k ? NULL : why);
	must(model_new(&m, shape_of(w->setting)));
	m.progress.hyper = *hyper;
	must(model_alloc_optimiser(&m));
	model_init(&m, INIT_UNIFORM, 5);
	must(net_open(&net, k, &m));
	net.completed = w->team ? get_gradients : NULL;
	net.reduce = w->team ? sum_gradients : NULL;
	net.reduce_arg = w;
	for (uint64_t i = 0; i < STEPS; i++)
		must(net_step(&net, &w->step[i].b, &how, hyper, 0.05, i + 1, w->logp));
	must(net_logp(&net, w->test, NULL, w->logp));
	net_free(&net);
	model_free(&m);
	k->close(k);
	return NULL;
}

/* Batches of random sequences: whole ones for alone, even and odd halves for the others, but all
 * of the last one for the first of them. */
static void
draw_batches(struct worker *alone, struct worker worker[WORKERS])
{
	uint32_t words[LONGEST + 1];
	struct rng r;

	rng_seed(&r, 1);
	for (int i = 0; i < STEPS; i++)
		for (int q = 0; q < SEQUENCES; q++) {
			size_t steps = 1 + rng_u32(&r) % LONGEST;

			for (size_t j = 0; j <= steps; j++)
				words[j] = rng_u32(&r) % VOCAB;
			must(batcher_add(&alone->step[i], words, steps));
			must(batcher_add(&worker[i < STEPS - 1 ? q % WORKERS : 0].step[i], words, steps));
		}
}

static void
run_team(struct team *t, struct worker worker[WORKERS])
{
	pthread_t thread[WORKERS];

	pthread_barrier_init(&t->barrier, NULL, WORKERS);
	must(model_plan(&t->plan, shape_of(worker[0].setting)));
	for (int k = 0; k < WORKERS; k++)
		for (size_t i = 0; i < t->plan.nparam; i++)
			t->grad[k][i] = need(calloc(t->plan.param[i].rows * t->plan.param[i].cols,
			    sizeof(double)));
	for (int k = 0; k < WORKERS; k++)
		must(pthread_create(&thread[k], NULL, work, &worker[k]) ? "no thread" : NULL);
	for (int k = 0; k < WORKERS; k++)
		pthread_join(thread[k], NULL);
	for (int k = 0; k < WORKERS; k++)
		for (size_t i = 0; i < t->plan.nparam; i++)
			free(t->grad[k][i]);
	pthread_barrier_destroy(&t->barrier);
}

static void
free_worker(struct worker *w)
{
	for (int i = 0; i < STEPS; i++)
		batcher_free(&w->step[i]);
	free(w->logp);
}

static double
largest_difference(const double *a, const double *b, int n)
{
	double worst = 0;

	for (int i = 0; i < n; i++)
		if (!(fabs(a[i] - b[i]) <= worst))
			worst = fabs(a[i] - b[i]);
	return worst;
}

static int
check_setting(const char *backend, const struct setting *s, bool sabotage)
{
	struct worker alone = { .backend = backend, .setting = s }, worker[WORKERS] = { 0 };
	struct team team = { 0 };
	int t, failures = 0;

	for (int k = 0; k < WORKERS; k++)
		worker[k] = (struct worker){ .backend = backend, .setting = s, .id = k,
		    .team = sabotage ? NULL : &team };
	draw_batches(&alone, worker);
	t = alone.step[0].b.t;
	alone.test = worker[0].test = worker[1].test = &alone.step[0].b;
	alone.logp = need(calloc(STEPS * SEQUENCES * LONGEST, sizeof(*alone.logp)));
	for (int k = 0; k < WORKERS; k++)
		worker[k].logp = need(calloc(STEPS * SEQUENCES * LONGEST, sizeof(*alone.logp)));
	work(&alone);
	run_team(&team, worker);
	for (int k = 0; k < WORKERS; k++) {
		double apart = largest_difference(alone.logp, worker[k].logp, t);

		if (apart <= 1e-12)
			continue;
		printf("not ok %s, worker %d: ln P differs by %.3g\n", s->name, k, apart);
		failures++;
	}
	free_worker(&alone);
	for (int k = 0; k < WORKERS; k++)
		free_worker(&worker[k]);
	return failures;
}

int
main(int argc, char *argv[])
{
	int failures = 0;

	if (argc < 2) {
		fputs("usage: reduce backend [sabotage]\n", stderr);
		return 2;
	}
	for (int i = 0; i < NSETTINGS; i++)
		failures += check_setting(argv[1], &settings[i], argc > 2);
	printf("%d failures\n", failures);
	return failures != 0;
}
