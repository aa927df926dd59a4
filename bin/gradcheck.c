/*
 * gradcheck - holds the gradient that training goes by against the loss itself
 *
 * Without operands it is the tutorial's check, in the tutorial's words.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "device.h"
#include "gradcheck.h"
#include "index_stream.h"
#include "model.h"
#include "net.h"
#include "options.h"
#include "prog.h"
#include "progress.h"

static struct {
	long bptt, embed, hidden, layers, most, project, seed, sentences, threads, vocab;
	double dropout, step, threshold;
	int device, cell;
	bool bias, tied;
	const char *flip, *model;
} o = {
	.bptt = 1000, .hidden = 10, .layers = 1, .most = 200, .seed = 10, .sentences = 1, .vocab = 100,
	.step = 0.001, .threshold = 0.01
};

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
	{ 0, "project", OPT_INT, { .i = &o.project }, "n", 0, 65536,
	    "size of a projection layer; 0: none" },
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
	struct gradcheck check;
	struct progress progress;
};

/* The tutorial's net and its one sentence. */
static void
make_toy(struct run *run)
{
	uint32_t w[] = { 0, 1, 2, 3, 4 };
	struct frame f = { .n = 5, .w = w };
	struct model_shape shape = {
		.cell = (enum cell)o.cell, .real = REAL_F64, .layers = (uint32_t)o.layers,
		.hidden = (uint32_t)o.hidden, .vocab = (uint32_t)o.vocab,
		.embed = (uint32_t)o.embed, .project = (uint32_t)o.project, .bias = o.bias, .tied = o.tied
	};
	const char *why = model_new(&run->model, shape);

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

/* An option that gated cells would not look at. */
static void
check_bptt(enum cell cell)
{
	if (options_given('b') && !cell_kinds[cell].is_truncated)
		die_usage("-b goes with cell rnn only: others send errors back to the first step");
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
		die("%s: no sentence to check on", argc ? argv[argc - 1] : "standard input");
}

/* The parameter of -x; their number when there is none. */
static size_t
flipped(const struct model *m)
{
	size_t i = 0;

	while (o.flip && i < m->nparam && strcmp(m->param[i].name, o.flip) != 0)
		i++;
	if (o.flip && i == m->nparam)
		die_usage("-x: '%s' is no parameter of this network, as U, V and W are", o.flip);
	return o.flip ? i : m->nparam;
}

static void
begin(struct run *run, struct backend *k)
{
	size_t taken;
	const char *why = net_open(&run->net, k, &run->model);

	if (why == NULL)
		why = batch_frames(&run->batcher, &run->corpus, 0, run->corpus.n, SIZE_MAX,
		    &taken);
	run->check = (struct gradcheck){
		.net = &run->net, .m = &run->model, .b = &run->batcher.b, .bptt = (int)o.bptt,
		.dropout = o.dropout, .seed = (uint32_t)o.seed, .step = o.step, .threshold = o.threshold,
		.most = o.model ? (size_t)o.most : 0, .flipped = flipped(&run->model)
	};
	if (why || (why = gradcheck_begin(&run->check)) != NULL)
		die("device %s: %s", k->name, why);
}

/* A number in the tutorial's six decimals, or in those that one nearer to 0 needs. */
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
	/* as many digits as their difference shows in */
	printf("+h Loss: %.*f\n", fabs(r->plus - r->minus) < 1e-5 ? 16 : 6, r->plus);
	printf("-h Loss: %.*f\n", fabs(r->plus - r->minus) < 1e-5 ? 16 : 6, r->minus);
	print_number("Estimated_gradient", r->estimated);
	print_number("Backpropagation gradient", r->backprop);
	print_number("Relative Error", r->error);
}

/* True if every parameter passed. */
static bool
check(struct run *run)
{
	const struct model *m = &run->model;
	struct gradcheck_result worst = { 0 };
	size_t where = 0, checked = 0, lost = 0;
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
		lost += r.lost;
		if (i == 0 || !(r.error <= worst.error)) {
			worst = r;
			where = i;
		}
	}
	prog_note("worst: parameter %s at (%zu, %zu), relative error %.3g", m->param[where].name,
	    worst.entry / m->param[where].cols, worst.entry % m->param[where].cols,
	    worst.error);
	if (lost > 0)
		prog_note("%zu of %zu entries say nothing: their slopes are lost in the rounding of "
		    "the loss", lost, checked);
	return passed;
}

static void
check_options(int operands)
{
	if (o.model == NULL && operands > 0)
		die_usage("index streams need the model (-m) that is to be checked on them");
	for (const char *c = "acCHILsT"; o.model && *c; c++)
		if (options_given(*c))
			die_usage("-%c is the model's own with -m", *c);
	for (const char *c = "nN"; !o.model && *c; c++)
		if (options_given(*c))
			die_usage("-%c goes with -m only", *c);
	if (o.model && options_given_name("project"))
		die_usage("--project is the model's own with -m");
	if (o.project && o.tied)
		die_usage("--project: with -T the embedding size (-I) is that of the projection");
	if (o.tied && o.embed == 0)
		die_usage("-T ties embeddings to the output; ask for them with -I");
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
		make_toy(&run);
	k = device_open(o.device, REAL_F64, o.threads);
	begin(&run, k);
	passed = check(&run);
	gradcheck_free(&run.check);
	batcher_free(&run.batcher);
	corpus_free(&run.corpus);
	net_free(&run.net);
	k->close(k);
	model_free(&run.model);
	return prog_finish() == PROG_OK && passed ? PROG_OK : PROG_FAIL;
}
