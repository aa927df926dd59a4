/*
 * oracle - what tests/oracle/rnn_numpy.py prints, computed by lib/ and a
 * backend, for close.awk to compare.  An index stream comes on standard input.
 *
 *	oracle BACKEND f32|f64 HIDDEN|MODEL BPTT WHAT
 *	WHAT: gradient N | losses RATE EPOCHS EVERY | params RATE EPOCHS | score RATE EPOCHS
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "index_stream.h"
#include "backend.h"
#include "mem.h"
#include "model.h"
#include "must.h"
#include "net.h"
#include "trainer.h"

struct run {
	struct backend *k;
	struct model m;
	struct net net;
	struct corpus c;
	struct batcher batcher;
	uint32_t bptt;
	double *logp;	/* (the corpus' steps) */
};

static void
read_corpus(struct corpus *c, uint32_t *vocab)
{
	struct index_reader r;
	bool more;

	must(index_open(&r, stdin));
	for (must(index_next(&r, &more)); more; must(index_next(&r, &more)))
		must(corpus_add(c, &r.frame));
	*vocab = r.vocab.size;
	index_close(&r);
}

/* A number of hidden units means new weights from seed 10; else, a model. */
static void
make_model(struct model *m, enum real_type real, uint32_t vocab, const char *from)
{
	unsigned long hidden = strtoul(from, NULL, 10);

	if (hidden == 0) {
		must(model_load(m, from));
		if (m->shape.real != real)
			must("the model's weights are of another type");
		return;
	}
	must(model_new(m, (struct model_shape){ .cell = CELL_RNN, .real = real,
	    .layers = 1, .hidden = (uint32_t)hidden, .vocab = vocab }));
	model_init(m, INIT_TUTORIAL, 10);
}

static double
at(const struct run *r, const void *p, size_t i)
{
	return r->k->real == REAL_F32 ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void
show(const struct run *r, const char *name, const void *p, size_t rows, size_t cols)
{
	printf("%s %zu %zu\n", name, rows, cols);
	for (size_t i = 0; i < rows * cols; i++)
		printf("%.17g%c", at(r, p, i), (i + 1) % cols ? ' ' : '\n');
}

/* ln P of the sentence in r->batcher, after its steps were put in r->logp. */
static double
sum_logp(struct run *r)
{
	double sum = 0;

	for (int i = 0; i < r->batcher.b.t; i++)
		sum += r->logp[i];
	return sum;
}

static void
gradient(struct run *r, size_t frame)
{
	struct net_pass how = { .bptt = (int)r->bptt };
	size_t h = r->m.shape.hidden, v = r->m.shape.vocab, taken;
	void *host = mem_zeros(h * (v > h ? v : h), sizeof(double));

	if (host == NULL || frame >= r->c.n)
		must("no memory, or no such sentence");
	must(batch_frames(&r->batcher, &r->c, frame, 1, SIZE_MAX, &taken));
	must(net_gradient(&r->net, &r->batcher.b, &how, r->logp));
	printf("loss %.17g\n", -sum_logp(r));
	r->k->mat_get(r->k, host, r->net.g[0]);
	show(r, "dU", host, h, v);
	r->k->mat_get(r->k, host, r->net.g[1]);
	show(r, "dV", host, v, h);
	r->k->mat_get(r->k, host, r->net.g[2]);
	show(r, "dW", host, h, h);
	free(host);
}

static void
params(struct run *r)
{
	must(net_store(&r->net, &r->m));
	for (size_t i = 0; i < r->m.nparam; i++) {
		const struct model_param *p = &r->m.param[i];

		show(r, p->name, p->data, p->rows, p->cols);
	}
}

static void
score(struct run *r)
{
	for (size_t i = 0, taken; i < r->c.n; i++) {
		must(batch_frames(&r->batcher, &r->c, i, 1, SIZE_MAX, &taken));
		must(net_logp(&r->net, &r->batcher.b, NULL, r->logp));
		printf("%.12f %d\n", sum_logp(r), r->batcher.b.t);
	}
}

static void
evaluated(void *arg, const struct model_progress *p, const struct evaluation *e)
{
	(void)arg;
	printf("%llu %.10f %g\n", (unsigned long long)p->epoch, e->loss, p->rate);
}

static void
train(struct run *r, double rate, uint64_t epochs, uint32_t every)
{
	struct model_progress *p = &r->m.progress;
	struct workers alone = { .size = 1 };
	struct trainer s = { .net = &r->net, .workers = &alone, .train = &r->c, .model = &r->m, .p = p,
		.callbacks = { .arg = r, .evaluated = evaluated } };

	*p = (struct model_progress){ .rate = rate, .rate0 = rate, .loss = NAN, .seed = 10,
		.bptt = r->bptt, .batch = 1, .every = every, .smoothed = NAN, .best = NAN };
	must(trainer_run(&s, epochs));
	trainer_free(&s);
}

static void
work(struct run *r, int argc, char *argv[])
{
	const char *what = argv[0];
	double number = strtod(argv[1], NULL);
	uint64_t epochs = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (strcmp(what, "gradient") == 0) {
		gradient(r, (size_t)number);
	} else if (strcmp(what, "losses") == 0 && argc == 4) {
		train(r, number, epochs, (uint32_t)strtoul(argv[3], NULL, 10));
	} else if (strcmp(what, "params") == 0) {
		train(r, number, epochs, 0);
		params(r);
	} else if (strcmp(what, "score") == 0) {
		train(r, number, epochs, 0);
		score(r);
	} else {
		must("gradient, losses, params or score?");
	}
}

int
main(int argc, char *argv[])
{
	struct run r = { 0 };
	enum real_type real;
	const char *why;
	uint32_t vocab;

	if (argc < 7)
		must("usage: oracle BACKEND f32|f64 HIDDEN|MODEL BPTT WHAT NUMBER...");
	real = strcmp(argv[2], "f32") == 0 ? REAL_F32 : REAL_F64;
	r.k = backend_open(argv[1], real, 1, &why);
	if (r.k == NULL)
		must(why);
	read_corpus(&r.c, &vocab);
	make_model(&r.m, real == REAL_F32 ? REAL_F32 : REAL_F64, vocab, argv[3]);
	r.bptt = (uint32_t)strtoul(argv[4], NULL, 10);
	r.logp = mem_zeros((size_t)r.c.steps, sizeof(*r.logp));
	if (r.logp == NULL)
		must("out of memory");
	must(net_open(&r.net, r.k, &r.m));
	work(&r, argc - 5, argv + 5);
	free(r.logp);
	batcher_free(&r.batcher);
	net_free(&r.net);
	corpus_free(&r.c);
	model_free(&r.m);
	r.k->close(r.k);
	return 0;
}
