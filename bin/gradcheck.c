/*
 * gradcheck - checks back-propagated gradients by finite differences
 *
 * Without operands it is the tutorial's check, with the tutorial's output.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "device.h"
#include "errmsg.h"
#include "gradcheck.h"
#include "index_stream.h"
#include "model.h"
#include "net.h"
#include "noise.h"
#include "options.h"
#include "prog.h"
#include "progress.h"

static struct {
	long bptt, embed, hidden, layers, most, project, reduction, samples, seed,
	    sentences, threads, vocab;
	double dropout, embed_dropout, step, threshold;
	int device, cell, softmax, masks;
	bool bias, tied;
	const char *cutoffs, *flip, *model;
} o = {
	.bptt = 1000, .hidden = 10, .layers = 1, .most = 200, .reduction = CLUSTERS_REDUCTION, .samples = 20,
	.seed = 10, .sentences = 1, .vocab = 100, .cutoffs = "2,4",
	.step = 0.001, .threshold = 0.01
};

static struct clusters clusters;	/* of --cutoffs */

static const struct opt options[] = {
	{ 'a', "bias", OPT_FLAG, { .flag = &o.bias }, NULL, 0, 0, "with bias vectors" },
	{ 'b', "bptt", OPT_INT, { .i = &o.bptt }, "n", 0, 1e9, "BPTT truncation length; rnn only" },
	{ 'c', "cell", OPT_WORD, { .word = &o.cell }, CELL_WORDS, 0, 0, "recurrent cell" },
	{ 'C', "vocabulary", OPT_INT, { .i = &o.vocab }, "n", 5, VOCAB_MAX, "vocabulary size" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'e', "step", OPT_REAL, { .x = &o.step }, "h", 1e-9, 1, "finite-difference step" },
	{ 'H', "hidden", OPT_INT, { .i = &o.hidden }, "n", 1, 65536, "hidden units in each layer" },
	{ 'I', "embed", OPT_INT, { .i = &o.embed }, "n", 0, 65536, "embedding size; 0: none" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'L', "layers", OPT_INT, { .i = &o.layers }, "n", 1, MODEL_LAYERS_MAX, "hidden layers" },
	{ 'm', "model", OPT_STR, { .s = &o.model }, "model", 0, 0,
	    "check this model, on sentences of the operands" },
	{ 'n', "limit", OPT_INT, { .i = &o.sentences }, "n", 1, 1e9,
	    "with -m: number of sentences" },
	{ 'N', "entries", OPT_INT, { .i = &o.most }, "n", 0, 1e15,
	    "with -m: entries of each parameter; 0: all" },
	{ 'p', "dropout", OPT_REAL, { .x = &o.dropout }, "rate", 0, 0.99, "dropout rate" },
	{ 's', "seed", OPT_INT, { .i = &o.seed }, "n", 0, 4294967295.0, "random seed" },
	{ 't', "threshold", OPT_REAL, { .x = &o.threshold }, "error", 1e-12, 1,
	    "largest relative error that passes" },
	{ 'T', "tie", OPT_FLAG, { .flag = &o.tied }, NULL, 0, 0,
	    "tie the output weights to the embeddings (-I)" },
	{ 'x', "spoil", OPT_STR, { .s = &o.flip }, "name", 0, 0,
	    "flip a sign in this gradient, which must fail" },
	{ 0, "dropout-masks", OPT_WORD, { .word = &o.masks }, DROPOUT_MASKS, 0, 0,
	    "a mask for each word or sequence" },
	{ 0, "embed-dropout", OPT_REAL, { .x = &o.embed_dropout }, "rate", 0, 0.99,
	    "dropout rate of the embeddings" },
	{ 0, "project", OPT_INT, { .i = &o.project }, "n", 0, 65536,
	    "size of a projection layer; 0: none" },
	{ 0, "softmax", OPT_WORD, { .word = &o.softmax }, SOFTMAX_NAMES, 0, 0, "output layer" },
	{ 0, "samples", OPT_INT, { .i = &o.samples }, "n", 1, 1e6,
	    "with --softmax sampled: noise words drawn" },
	{ 0, "cutoffs", OPT_STR, { .s = &o.cutoffs }, "list", 0, 0,
	    "first words of adaptive's clusters" },
	{ 0, "reduction", OPT_INT, { .i = &o.reduction }, "n", 1, CLUSTERS_REDUCTION_MAX,
	    "the same: how much shorter their rows are" },
	{ 0 }
};
static const struct command command = {
	.summary = "check back-propagated gradients by finite differences",
	.operands = "[index-stream ...]",
	.example = "gradcheck -c lstm -L 2 -a",
	.table = options
};

struct run {
	struct model model;
	struct corpus corpus;
	struct batcher batcher;
	struct net net;
	struct noise noise;
	struct gradcheck check;
	struct progress progress;
};

/* The tutorial's network and its one sentence. */
static void
make_example(struct run *run)
{
	uint32_t w[] = { 0, 1, 2, 3, 4 };
	struct frame f = { .n = 5, .w = w };
	struct model_shape shape = {
		.cell = (enum cell)o.cell, .real = REAL_F64, .layers = (uint32_t)o.layers,
		.hidden = (uint32_t)o.hidden, .vocab = (uint32_t)o.vocab,
		.embed = (uint32_t)o.embed, .project = (uint32_t)o.project, .bias = o.bias, .tied = o.tied,
		.tree = o.softmax == SOFTMAX_TREE
	};
	const char *why;

	if (o.softmax == SOFTMAX_ADAPTIVE) {
		shape.clusters = clusters;
		shape.clusters.reduction = (uint32_t)o.reduction;
	}
	why = model_new(&run->model, shape);
	if (why == NULL)
		why = corpus_add(&run->corpus, &f);
	if (why)
		die("%ld hidden units and %ld words: %s", o.hidden, o.vocab, why);
	model_init(&run->model, INIT_TUTORIAL, (uint32_t)o.seed);
}

static void
read_stream(struct run *run, struct prog_inputs *in)
{
	struct index_reader r;
	const char *why;

	if ((why = index_open(&r, in->f)) != NULL)
		die("%s: %s", in->name, why);
	if ((why = model_check_vocab(&run->model, &r.vocab)) != NULL)
		die("%s: %s: %s", o.model, in->name, why);
	if ((why = corpus_read(&run->corpus, &r)) != NULL)
		die("%s: %s", in->name, why);
	index_close(&r);
}

/* Gated cells ignore the truncation length. */
static void
check_bptt(enum cell cell)
{
	if (options_given('b') && !cell_kinds[cell].is_truncated)
		die_usage("-b applies to cell rnn only; gated cells back-propagate to the first step");
}

static void
read_model(struct run *run, int argc, char *argv[])
{
	struct prog_inputs in = { .argc = argc, .argv = argv };

	device_load(&run->model, o.model, true);
	check_bptt(run->model.shape.cell);
	run->corpus.limit = (size_t)o.sentences;
	while (prog_next_input(&in))
		read_stream(run, &in);
	if (run->corpus.n == 0)
		die("%s: no sentence to check; give an index stream that has some", argc ? argv[argc - 1] : "standard input");
}

/* The parameters of the network, as a list. */
static const char *
list_params(const struct model *m, struct errmsg *e)
{
	e->text[0] = '\0';
	for (size_t i = 0; i < m->nparam; i++)
		errmsg_add(e, "%s%s", i ? ", " : "", m->param[i].name);
	return e->text;
}

/* The index of the parameter of -x; without -x, the number of parameters. */
static size_t
flipped_param(const struct model *m)
{
	struct errmsg e;
	size_t i = 0;

	while (o.flip && i < m->nparam && strcmp(m->param[i].name, o.flip) != 0)
		i++;
	if (o.flip && i == m->nparam)
		die_usage("-x: '%s' is not a parameter of this network, which has %s", o.flip,
		    list_params(m, &e));
	return o.flip ? i : m->nparam;
}

/* Noise words of a sampled softmax, the same for every loss of the check. */
static const char *
draw_noise(struct run *run)
{
	const struct model *m = &run->model;
	const char *why;
	struct rng r;

	if (o.softmax != SOFTMAX_SAMPLED)
		return NULL;
	why = noise_new(&run->noise, m->has_vocab ? &m->vocab : NULL, m->shape.vocab,
	    (size_t)o.samples, 1);
	if (why)
		return why;
	rng_seed(&r, (uint32_t)o.seed);
	noise_draw(&run->noise, &r);
	run->check.noise = &run->noise;
	return NULL;
}

static struct backend *
choose_device(struct run *run)
{
	struct hyperparams *hyper = &run->model.progress.hyper;
	struct workload w = { &run->model.shape, hyper, (double)run->corpus.n,
	    (double)run->corpus.steps / (double)run->corpus.n };

	hyper->softmax = o.softmax == SOFTMAX_SAMPLED ? SOFTMAX_SAMPLED : SOFTMAX_FULL;
	return device_open(o.device, REAL_F64, o.threads, &w);
}

static void
begin_check(struct run *run, struct backend *k)
{
	size_t taken;
	const char *why;

	why = net_open_training(&run->net, k, &run->model);
	if (why == NULL)
		why = batch_frames(&run->batcher, &run->corpus, 0, run->corpus.n, SIZE_MAX,
		    &taken);
	run->check = (struct gradcheck){
		.net = &run->net, .m = &run->model, .b = &run->batcher.b, .bptt = (int)o.bptt,
		.dropout = o.dropout, .embed_dropout = o.embed_dropout,
		.by_sequence = o.masks == MASKS_SEQUENCE, .seed = (uint32_t)o.seed, .step = o.step, .threshold = o.threshold,
		.most = o.model ? (size_t)o.most : 0, .flipped = flipped_param(&run->model)
	};
	if (why || (why = draw_noise(run)) != NULL || (why = gradcheck_begin(&run->check)) != NULL)
		die("device %s: %s", k->name, why);
}

/* Prints a number with the tutorial's six decimals, or one near 0 in scientific notation. */
static void
print_number(const char *name, double x)
{
	printf(x != 0 && fabs(x) < 1e-3 ? "%s: %g\n" : "%s: %f\n", name, x);
}

static void
print_error(const struct model_param *p, const struct gradcheck_result *r)
{
	printf("Gradient Check ERROR: parameter=%s ix=(%zu, %zu)\n", p->name,
	    r->entry / p->cols, r->entry % p->cols);
	/* enough digits to show their difference */
	printf("+h Loss: %.*f\n", fabs(r->plus - r->minus) < 1e-5 ? 16 : 6, r->plus);
	printf("-h Loss: %.*f\n", fabs(r->plus - r->minus) < 1e-5 ? 16 : 6, r->minus);
	print_number("Estimated_gradient", r->estimated);
	print_number("Backpropagation gradient", r->backprop);
	print_number("Relative Error", r->error);
}

/* Checks every parameter and prints the results; true if all passed. */
static bool
check_params(struct run *run)
{
	const struct model *m = &run->model;
	struct gradcheck_result worst = { 0 };
	size_t worst_param = 0, checked = 0, inconclusive = 0;
	bool passed = true;

	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];
		struct gradcheck_result r;
		const char *why;

		printf("Performing gradient check for parameter %s with size %zu.\n", p->name,
		    p->rows * p->cols);
		if ((why = gradcheck_param(&run->check, i, &r)) != NULL)
			die("parameter %s: %s", p->name, why);
		if (r.passed)
			printf("Gradient check for parameter %s passed.\n", p->name);
		else
			print_error(p, &r);
		passed = passed && r.passed;
		checked += r.checked;
		inconclusive += r.inconclusive;
		if (i == 0 || !(r.error <= worst.error)) {
			worst = r;
			worst_param = i;
		}
	}
	prog_note("worst: parameter %s at (%zu, %zu), relative error %.3g", m->param[worst_param].name,
	    worst.entry / m->param[worst_param].cols, worst.entry % m->param[worst_param].cols,
	    worst.error);
	if (inconclusive > 0)
		prog_note("%zu of %zu entries are inconclusive: their differences are within the "
		    "rounding error of the loss", inconclusive, checked);
	return passed;
}

static void
check_options(int operands)
{
	if (o.model == NULL && operands > 0)
		die_usage("index streams are read only with -m; give the model to check");
	for (const char *c = "acCHILsT"; o.model && *c; c++)
		if (options_given(*c))
			die_usage("-%c cannot be used with -m; the model determines it", *c);
	for (const char *c = "nN"; !o.model && *c; c++)
		if (options_given(*c))
			die_usage("-%c needs -m", *c);
	if (o.softmax != SOFTMAX_SAMPLED)
		options_reject("samples", "needs --softmax sampled");
	if (!clusters_parse(&clusters, o.cutoffs))
		die_usage("--cutoffs: '%s' is not a list of at most %d rising word numbers, as "
		    "in 2,4", o.cutoffs, CLUSTERS_MAX);
	if (o.softmax != SOFTMAX_ADAPTIVE)
		options_reject("cutoffs reduction", "needs --softmax adaptive");
	if (o.model && o.softmax > SOFTMAX_SAMPLED)
		options_reject("softmax", "tree and adaptive cannot be used with -m; the model determines it");
	if (o.model && options_given_name("project"))
		die_usage("--project cannot be used with -m; the model determines it");
	if (o.project && o.tied)
		die_usage("--project cannot be used with -T, whose projection has the embedding size (-I)");
	if (o.tied && o.embed == 0)
		die_usage("-T needs embeddings; give their size with -I");
	check_bptt((enum cell)o.cell);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct backend *k;
	bool passed;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options(argc - i);
	if (o.model)
		read_model(&run, argc - i, argv + i);
	else
		make_example(&run);
	k = choose_device(&run);
	begin_check(&run, k);
	passed = check_params(&run);
	gradcheck_free(&run.check);
	noise_free(&run.noise);
	batcher_free(&run.batcher);
	corpus_free(&run.corpus);
	net_free(&run.net);
	k->close(k);
	model_free(&run.model);
	return prog_finish() == PROG_OK && passed ? PROG_OK : PROG_FAIL;
}
