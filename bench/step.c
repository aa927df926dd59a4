/*
 * step - how long the kernels take, in this process, without files.
 *
 *	step gen N C SEED			N random sentences of 22 words on
 *						average, a line of indexes each
 *	step sgd  DEVICE THREADS H C BPTT BATCH SECONDS < lines
 *	step eval DEVICE THREADS H C 0    ROWS  SECONDS < lines
 *
 * Prints: mean milliseconds a sentence over the median pass, words/s, GFLOP/s,
 * peak memory in MB.  Operations counted: those of the products, a
 * multiplication and an addition apart: 6 H C a word for a step's output
 * layer and (4 + 2 bptt) H^2 for its recurrence; a third of either, and
 * 2 H^2, for looking only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "corpus.h"
#include "kern.h"
#include "rng.h"

enum { MAX_PASSES = 1000 };

struct bench {
	struct kern *k;
	struct kern_net net;
	struct corpus c;
	struct batcher batcher;
	void *s;
	double *logp;
	int h, v, bptt;
	long batch;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static _Noreturn void
fail(const char *why)
{
	fprintf(stderr, "step: %s\n", why);
	exit(1);
}

/* Words by a rough Zipf law, lengths from 5 to 39. */
static void
generate(long n, long c, uint32_t seed)
{
	struct rng r;

	rng_seed(&r, seed);
	for (long i = 0; i < n; i++) {
		int words = 5 + (int)(rng_unit(&r) * 35);

		printf("0");
		for (int k = 0; k < words; k++) {
			double u = rng_unit(&r);

			printf(" %ld", 2 + (long)((double)(c - 2) * u * u * u));
		}
		printf(" 1\n");
	}
}

static void
read_lines(struct bench *b)
{
	static char line[1 << 20];
	static uint32_t w[1 << 16];

	while (fgets(line, sizeof(line), stdin)) {
		struct frame f = { 0, 0, w };

		for (char *p = strtok(line, " \n"); p; p = strtok(NULL, " \n"))
			w[f.n++] = (uint32_t)(strtoul(p, NULL, 10) % (unsigned long)b->v);
		if (corpus_add(&b->c, &f) != NULL)
			fail("out of memory");
	}
	if (b->c.n == 0)
		fail("no sentences on standard input");
}

static struct kern_mat *
random_mat(struct bench *b, enum kern_role role, int rows, int cols, struct rng *r)
{
	struct kern_mat *m = b->k->mat_new(b->k, role, rows, cols);
	float *host = calloc((size_t)rows * cols, sizeof(*host));

	if (m == NULL || host == NULL)
		fail("out of memory");
	for (size_t i = 0; i < (size_t)rows * cols; i++)
		host[i] = (float)rng_uniform(r, -0.1, 0.1);
	b->k->mat_put(b->k, m, host);
	free(host);
	return m;
}

/* One pass over the sentences by steps of SGD; gives the seconds. */
static double
pass_sgd(struct bench *b)
{
	double start = now();

	for (size_t i = 0, taken; i < b->c.n; i += taken) {
		size_t n = b->c.n - i < (size_t)b->batch ? b->c.n - i : (size_t)b->batch;

		if (batch_frames(&b->batcher, &b->c, i, n, SIZE_MAX, &taken) != NULL)
			fail("out of memory");
		b->k->step(b->k, &b->net, &b->batcher.b, b->bptt, 0.005, b->logp);
	}
	return now() - start;
}

/* ... and by forward passes over as many sentences as fit in `batch` rows. */
static double
pass_eval(struct bench *b)
{
	double start = now();

	for (size_t i = 0, taken; i < b->c.n; i += taken) {
		if (batch_frames(&b->batcher, &b->c, i, b->c.n - i, (size_t)b->batch, &taken))
			fail("out of memory");
		b->k->embed_forward(b->k, b->net.u, &b->batcher.b, b->s);
		b->k->rnn_forward(b->k, b->net.w, &b->batcher.b, b->s, NULL, b->s);
		b->k->out_forward(b->k, b->net.v, b->batcher.b.t, b->s, b->batcher.b.y, b->logp);
	}
	return now() - start;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure(struct bench *b, double (*pass)(struct bench *), double seconds, double flop_a_word)
{
	double took[MAX_PASSES], begun = now(), words = (double)b->c.steps;
	struct rusage use;
	int n = 0;

	pass(b);	/* the first touch of every page is not the measurement */
	while (n < MAX_PASSES && (n < 3 || now() - begun < seconds))
		took[n++] = pass(b);
	qsort(took, (size_t)n, sizeof(*took), by_value);
	getrusage(RUSAGE_SELF, &use);
	printf("%.4f ms %.0f words/s %.1f GFLOP/s %ld MB\n", took[n / 2] * 1e3 / (double)b->c.n,
	    words / took[n / 2], words * flop_a_word / took[n / 2] * 1e-9, use.ru_maxrss / 1024);
}

static void
run(char *argv[])
{
	struct bench b = { .h = atoi(argv[4]), .v = atoi(argv[5]), .bptt = atoi(argv[6]),
	    .batch = atol(argv[7]) };
	double h = b.h, v = b.v;
	int sgd = strcmp(argv[1], "sgd") == 0;
	const char *why;
	struct rng r;

	b.k = kern_open(argv[2], KERN_F32, atoi(argv[3]), &why);
	if (b.k == NULL)
		fail(why);
	if (sgd && b.k->step == NULL)
		fail("this device has no whole step");
	rng_seed(&r, 1);
	read_lines(&b);
	b.net.u = random_mat(&b, KERN_EMBED, b.h, b.v, &r);
	b.net.v = random_mat(&b, KERN_OUT, b.v, b.h, &r);
	b.net.w = random_mat(&b, KERN_SQUARE, b.h, b.h, &r);
	b.s = b.k->alloc(b.k, (size_t)(b.c.steps + 1) * b.h);
	b.logp = calloc(b.c.steps, sizeof(*b.logp));
	if (b.s == NULL || b.logp == NULL)
		fail("out of memory");
	measure(&b, sgd ? pass_sgd : pass_eval, atof(argv[8]),
	    sgd ? 6 * h * v + (4 + 2 * b.bptt) * h * h : 2 * h * v + 2 * h * h);
}

int
main(int argc, char *argv[])
{
	if (argc == 5 && strcmp(argv[1], "gen") == 0)
		generate(atol(argv[2]), atol(argv[3]), (uint32_t)atol(argv[4]));
	else if (argc == 9)
		run(argv);
	else
		fail("see the top of bench/step.c");
	return 0;
}
