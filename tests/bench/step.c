/*
 * step - how long the kernels take, in this process, without files.
 *
 *	step gen N C SEED			N random sentences of 22 words on
 *						average, a line of indexes each
 *	step sgd     DEVICE THREADS H C BPTT BATCH SECONDS < lines
 *	step queue   DEVICE THREADS H C BPTT BATCH SECONDS < lines
 *						as sgd, BATCH sentences queued and
 *						an update each
 *	step eval    DEVICE THREADS H C BPTT ROWS  SECONDS < lines
 *	step profile DEVICE THREADS H C BPTT BATCH SECONDS < lines
 *
 *	step floor   DEVICE THREADS N		what the device does of products of
 *						N x N matrices, in GFLOP/s, and moves,
 *						in GB/s
 *
 * CELL=lstm or gru measures such a net instead of one of the plain cell (except profile, and
 * queue where the device has no such steps), PRECISION=tf32 products of rounded operands.
 *
 * sgd, queue and eval print: milliseconds a sentence in the median pass over the
 * lines, words/s, GFLOP/s, peak memory in MB.  profile prints what each layer
 * takes when it is called alone, and the whole step.
 *
 * Operations are those of the products, a multiplication and an addition
 * apart: a word of a step costs 6 H C in the output layer and (4 + 2 bptt) H^2
 * in the recurrence, 6 gates H^2 in that of a gated cell; forward only, 2 H C and 2 gates H^2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "corpus.h"
#include "net.h"
#include "stopwatch.h"

enum { MAX_PASSES = 1000 };

struct bench {
	struct backend *k;
	struct model model;
	struct net net;
	struct corpus c;
	struct batcher batcher;
	double *logp;
	int bptt;
	size_t batch;
};

static void
must(const char *why)
{
	if (why) {
		fprintf(stderr, "step: %s\n", why);
		exit(1);
	}
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
		struct frame f = { .w = w };

		for (char *p = strtok(line, " \n"); p; p = strtok(NULL, " \n"))
			w[f.n++] = (uint32_t)(strtoul(p, NULL, 10) % b->model.shape.vocab);
		must(corpus_add(&b->c, &f));
	}
	must(b->c.n ? NULL : "no sentences on standard input");
}

static const struct hyperparams sgd = { .rule = RULE_SGD };

static void
pass_sgd(struct bench *b)
{
	struct net_pass how = { .bptt = b->bptt };

	for (size_t i = 0, taken; i < b->c.n; i += taken) {
		size_t n = b->c.n - i < b->batch ? b->c.n - i : b->batch;

		must(batch_frames(&b->batcher, &b->c, i, n, SIZE_MAX, &taken));
		must(net_step(&b->net, &b->batcher.b, &how, &sgd, 0.005, 1, b->logp));
	}
}

/* The same steps, as many at a time as one call may be given; else one by one. */
static void
pass_queue(struct bench *b)
{
	struct net_pass how = { .bptt = b->bptt };

	if (!net_has_queue(&b->net, &how, &sgd)) {
		b->batch = 1;
		pass_sgd(b);
		return;
	}
	for (size_t i = 0, taken; i < b->c.n; i += taken) {
		size_t n = b->c.n - i < b->batch ? b->c.n - i : b->batch;

		must(batch_frames(&b->batcher, &b->c, i, n, SIZE_MAX, &taken));
		must(net_steps(&b->net, &b->batcher.b, b->bptt, 0.005, b->logp));
	}
}

/* As many sentences together as fit in `batch` rows. */
static void
pass_eval(struct bench *b)
{
	for (size_t i = 0, taken; i < b->c.n; i += taken) {
		must(batch_frames(&b->batcher, &b->c, i, b->c.n - i, b->batch, &taken));
		must(net_logp(&b->net, &b->batcher.b, NULL, b->logp));
	}
}

static void
measure(struct bench *b, void (*pass)(struct bench *), double seconds, double flop_a_word)
{
	double took[MAX_PASSES], begun, words = (double)b->c.steps, middle;
	struct rusage use;
	int n = 0;

	pass(b);	/* the first touch of every page is not the measurement */
	begun = now();
	while (n < MAX_PASSES && (n < 3 || now() - begun < seconds)) {
		double start = now();

		pass(b);
		took[n++] = now() - start;
	}
	middle = median(took, n);
	getrusage(RUSAGE_SELF, &use);
	printf("%.4f ms %.0f words/s %.1f GFLOP/s %ld MB\n", middle * 1e3 / (double)b->c.n,
	    words / middle, words * flop_a_word / middle * 1e-9, use.ru_maxrss / 1024);
}

/* The layers of one batch, one after another, each on its own clock. */
enum phase { EMBED, FORWARD, OUT_FORWARD, OUT_BACKWARD, BACKWARD, EMBED_BACK, UPDATE, NPHASE };
static const char *const phase_name[NPHASE] = {
	"embed_forward", "cell_forward", "out_forward", "out_backward", "cell_backward",
	"embed_backward", "update"
};

static void
time_layers(struct bench *b, double took[NPHASE])
{
	struct net *n = &b->net;
	struct backend *k = b->k;
	const struct batch *q = &b->batcher.b;
	struct update u = { .rule = RULE_SGD, .rate = 0.005, .scale = 1 };
	void *s = n->rows[0].s;
	struct cell_args c = { .w = n->p[2], .b = q, .a = s, .s = s, .bptt = b->bptt, .ds = n->ds,
	    .d = n->d, .dw = n->g[2] };
	struct output_args o = { .v = n->p[1], .t = q->t, .s = s, .y = q->y, .logp = b->logp,
	    .ds = n->ds, .dv = n->g[1] };
	double t[NPHASE + 1];

	t[0] = now();
	k->embed_forward(k, n->p[0], q, s);
	t[1] = now();
	k->cell_forward(k, &c);
	t[2] = now();
	k->out_forward(k, &o);
	t[3] = now();
	k->out_backward(k, &o);
	t[4] = now();
	k->cell_backward(k, &c);
	t[5] = now();
	k->embed_backward(k, q, n->d, n->g[0]);
	t[6] = now();
	k->update(k, n->p[0], n->g[0], NULL, NULL, &u);
	k->update(k, n->p[1], n->g[1], NULL, NULL, &u);
	k->update(k, n->p[2], n->g[2], NULL, NULL, &u);
	t[7] = now();
	for (int i = 0; i < NPHASE; i++)
		took[i] += t[i + 1] - t[i];
}

static void
profile(struct bench *b, double seconds)
{
	struct net_pass how = { .bptt = b->bptt };
	double took[NPHASE] = { 0 }, whole = 0, begun = now(), start;
	size_t n = 0;

	/* the longest batch first, so that no buffer grows on the clock */
	must(batch_frames(&b->batcher, &b->c, 0, b->c.n, SIZE_MAX, &n));
	must(net_gradient(&b->net, &b->batcher.b, &how, b->logp));
	must(net_zero(&b->net));
	for (n = 0; n == 0 || now() - begun < seconds; n += b->c.n)
		for (size_t i = 0, taken; i < b->c.n; i += taken) {
			size_t want = b->c.n - i < b->batch ? b->c.n - i : b->batch;

			must(batch_frames(&b->batcher, &b->c, i, want, SIZE_MAX, &taken));
			time_layers(b, took);
			start = now();
			must(net_step(&b->net, &b->batcher.b, &how, &sgd, 0.005, 1, b->logp));
			whole += now() - start;
		}
	for (int i = 0; i < NPHASE; i++)
		printf("%-16s %9.2f us a sentence\n", phase_name[i], took[i] * 1e6 / (double)n);
	printf("%-16s %9.2f us a sentence\n", b->k->step ? "step, fused" : "step",
	    whole * 1e6 / (double)n);
}

static struct backend *
open_device(const char *device, int threads)
{
	const char *why, *precision = getenv("PRECISION");
	struct backend *k = backend_open(device, REAL_F32, threads, &why);

	must(k ? NULL : why);
	if (precision && strcmp(precision, "tf32") == 0)
		must(k->use_tf32 ? k->use_tf32(k) : "this device has no TF32");
	return k;
}

/* That of $CELL; the plain one without it. */
static enum cell
choose_cell(void)
{
	const char *name = getenv("CELL");
	int i = 0;

	if (name == NULL || *name == '\0')
		return CELL_RNN;
	while (i < NCELLS && strcmp(cell_kinds[i].name, name) != 0)
		i++;
	must(i < NCELLS ? NULL : "no such CELL");
	return (enum cell)i;
}

static void
run(char *argv[])
{
	static struct bench b;
	struct model_shape shape = { .cell = choose_cell(), .real = REAL_F32, .layers = 1,
	    .hidden = (uint32_t)atoi(argv[4]), .vocab = (uint32_t)atoi(argv[5]) };
	double h = shape.hidden, c = shape.vocab, seconds = atof(argv[8]);
	double gates = cell_kinds[shape.cell].gates, square;

	b.bptt = atoi(argv[6]);
	b.batch = (size_t)atol(argv[7]);
	must(model_new(&b.model, shape));
	model_init(&b.model, INIT_TUTORIAL, 1);
	b.k = open_device(argv[2], atoi(argv[3]));
	square = cell_kinds[shape.cell].is_truncated ? 4 + 2 * b.bptt : 6 * gates;
	must(net_open(&b.net, b.k, &b.model));
	model_free(&b.model);
	b.model.shape = shape;
	read_lines(&b);
	b.logp = calloc(b.c.steps, sizeof(*b.logp));
	must(b.logp ? NULL : "out of memory");
	if (strcmp(argv[1], "sgd") == 0 || strcmp(argv[1], "queue") == 0)
		measure(&b, argv[1][0] == 's' ? pass_sgd : pass_queue, seconds,
		    6 * h * c + square * h * h);
	else if (strcmp(argv[1], "eval") == 0)
		measure(&b, pass_eval, seconds, 2 * h * c + 2 * gates * h * h);
	else
		profile(&b, seconds);
}

/* The best of ten: products of rows x rows matrices, and x z into z of such. */
static void
show_floor(const char *device, int threads, int rows)
{
	const size_t n = (size_t)rows * (size_t)rows;
	struct backend *k = open_device(device, threads);
	double product = 1e9, move = 1e9;
	struct matrix *m;
	void *x, *z;

	m = k->mat_new(k, ROLE_DENSE, rows, rows);
	x = k->alloc(k, n);
	z = k->alloc(k, n);
	must(m && x && z ? NULL : "out of memory");
	for (int i = 0; i < 10; i++) {
		double start = now(), took;

		k->dense_forward(k, m, rows, x, z);
		must(k->error(k));
		took = now() - start;
		product = took < product ? took : product;
		start = now();
		k->multiply(k, n, x, z, z);
		must(k->error(k));
		took = now() - start;
		move = took < move ? took : move;
	}
	printf("%.1f GFLOP/s %.1f GB/s\n", 2.0 * rows * (double)n / product * 1e-9,
	    3.0 * (double)n * sizeof(float) / move * 1e-9);
	k->mat_free(k, m);
	k->free(k, x);
	k->free(k, z);
	k->close(k);
}

int
main(int argc, char *argv[])
{
	if (argc == 5 && strcmp(argv[1], "floor") == 0)
		show_floor(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (argc == 5 && strcmp(argv[1], "gen") == 0)
		generate(atol(argv[2]), atol(argv[3]), (uint32_t)atol(argv[4]));
	else if (argc == 9)
		run(argv);
	else
		must("see the top of tests/bench/step.c");
	return 0;
}
