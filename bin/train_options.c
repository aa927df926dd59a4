/*
 * train_options.c - the options of train and what they need or exclude
 */
#include <stdlib.h>

#include "options.h"
#include "prog.h"
#include "progress.h"
#include "train_options.h"

static struct train_options o = {
	.set = {
		.batch = 1, .bptt = TRAIN_BPTT, .chunk = 50, .epochs = 100, .every = TRAIN_EVERY,
		.factor = 0.97, .from_epoch = 10, .hidden = 100, .layers = 1, .seed = 10, .rate = 0.005,
		.noise_power = 0.75, .samples = 1024, .reduction = CLUSTERS_REDUCTION,
		.weight_decay = RULE_WEIGHT_DECAY
	},
	.max_loss_ratio = 10, .out = "model.npz", .save_every = "10m"
};
static struct train_settings *const set = &o.set;

static const struct opt options[] = {
	{ 'a', "bias", OPT_WORD, { .word = &o.set.bias }, "auto|yes|no", 0, 0,
	    "biases; auto: for streams, lstm and gru" },
	{ 'B', "batch", OPT_INT, { .i = &o.set.batch }, "n", 1, 1e6,
	    "batch size: sentences, or parts of a stream" },
	{ 'b', "bptt", OPT_INT, { .i = &o.set.bptt }, "n", 0, 1e9, "BPTT truncation length; rnn only" },
	{ 'c', "cell", OPT_WORD, { .word = &o.set.cell }, CELL_WORDS, 0, 0, "recurrent cell" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.set.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "epochs", OPT_INT, { .i = &o.set.epochs }, "n", 0, 1e9, "total number of epochs" },
	{ 'E', "evaluate", OPT_INT, { .i = &o.set.every }, "n", 0, 1e9, "every n epochs; 0: never; with -v: 1" },
	{ 'f', "factor", OPT_REAL, { .x = &o.set.factor }, "x", 0, 1,
	    "with -S decay: factor applied each epoch" },
	{ 'F', "decay-after", OPT_INT, { .i = &o.set.from_epoch }, "n", 0, 1e9,
	    "with -S decay: from the end of epoch n on" },
	{ 'H', "hidden", OPT_INT, { .i = &o.set.hidden }, "n", 1, 65536, "hidden units in each layer" },
	{ 'i', "from", OPT_STR, { .s = &o.from }, "model", 0, 0, "start from its weights" },
	{ 'I', "init", OPT_WORD, { .word = &o.set.init }, "auto|" INIT_NAMES, 0, 0, "initial weights" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'k', "clip", OPT_REAL, { .x = &o.set.clip }, "x", 0, 1e15,
	    "clip each gradient component to +-x; 0: off" },
	{ 'K', "clip-norm", OPT_REAL, { .x = &o.set.clip_norm }, "x", 0, 1e15,
	    "clip the norm of the gradient to x; 0: off" },
	{ 'l', "log", OPT_INT, { .i = &o.set.log }, "n", 0, 1e15, "smoothed loss every n steps" },
	{ 'L', "layers", OPT_INT, { .i = &o.set.layers }, "n", 1, MODEL_LAYERS_MAX, "hidden layers" },
	{ 'm', "embed", OPT_INT, { .i = &o.set.embed }, "n", 0, 65536, "embedding size; 0: none" },
	{ 'n', "limit", OPT_INT, { .i = &o.set.limit }, "n", 0, 1e15, "only the first n sentences" },
	{ 'N', "steps", OPT_INT, { .i = &o.steps }, "n", 0, 1e15, "stop after n steps; 0: never" },
	{ 'o', "output", OPT_STR, { .s = &o.out }, "file", 0, 0, "model file to write" },
	{ 'O', "optimiser", OPT_WORD, { .word = &o.set.rule }, RULE_WORDS, 0, 0, "update rule" },
	{ 'p', "dropout", OPT_REAL, { .x = &o.set.dropout }, "rate", 0, 0.99,
	    "dropout rate: fraction of outputs dropped" },
	{ 'P', "patience", OPT_INT, { .i = &o.set.patience }, "n", 0, 1e15,
	    "early stopping: n evaluations without gain" },
	{ 'r', "rate", OPT_REAL, { .x = &o.set.rate }, "rate", 0, 1e6, "initial learning rate; sgd:" },
	{ 'R', "resume", OPT_STR, { .s = &o.resume }, "model", 0, 0, "resume its training" },
	{ 's', "seed", OPT_INT, { .i = &o.set.seed }, "n", 0, 4294967295.0, "random seed" },
	{ 'S', "schedule", OPT_WORD, { .word = &o.set.schedule }, HYPERPARAMS_RATES, 0, 0,
	    "learning rate schedule" },
	{ 't', "tie", OPT_FLAG, { .flag = &o.set.tied }, NULL, 0, 0,
	    "tie the output weights to the embeddings (-m)" },
	{ 'T', "seq-length", OPT_INT, { .i = &o.set.chunk }, "n", 0, 1e9,
	    "tokens of a stream per step; 0: line by line" },
	{ 'v', "valid", OPT_STR, { .s = &o.valid }, "file|fraction", 0, 0,
	    "validation set: a file, or the last fraction" },
	{ 0, "average", OPT_FLAG, { .flag = &o.set.average }, NULL, 0, 0,
	    "the model is a mean of the weights" },
	{ 0, "dropout-masks", OPT_WORD, { .word = &o.set.masks }, DROPOUT_MASKS, 0, 0,
	    "a mask for each word or sequence" },
	{ 0, "embed-dropout", OPT_REAL, { .x = &o.set.embed_dropout }, "rate", 0, 0.99,
	    "dropout rate of the embeddings" },
	{ 0, "force", OPT_FLAG, { .flag = &o.force }, NULL, 0, 0, "replace any file at -o" },
	{ 0, "grow", OPT_FLAG, { .flag = &o.set.grow }, NULL, 0, 0, "with -i: the text may have new words" },
	{ 0, "local-steps", OPT_INT, { .i = &o.set.local_steps }, "n", 0, 1e9,
	    "processes average weights; 0: add gradients" },
	{ 0, "max-loss-ratio", OPT_REAL, { .x = &o.max_loss_ratio }, "x", 0, 1e6,
	    "stop at a loss of x times ln C; 0: never" },
	{ 0, "precision", OPT_WORD, { .word = &o.precision }, TRAIN_PRECISIONS, 0, 0,
	    "operands of products; tf32: on GPUs" },
	PROGRESS_OPTION,
	{ 0, "project", OPT_INT, { .i = &o.set.project }, "n", 0, 65536,
	    "size of a projection layer; 0: none" },
	{ 0, "reduce", OPT_WORD, { .word = &o.set.reduce }, GRADIENT_REDUCTIONS, 0, 0,
	    "numbers of gradients that processes send" },
	{ 0, "save-every", OPT_STR, { .s = &o.save_every }, "time|steps", 0, 0,
	    "save between evaluations; 0: never" },
	{ 0, "shuffle", OPT_FLAG, { .flag = &o.set.shuffle }, NULL, 0, 0,
	    "another order of the lines in each epoch" },
	{ 0, "softmax", OPT_WORD, { .word = &o.set.softmax }, SOFTMAX_NAMES, 0, 0,
	    "output layer in training" },
	{ 0, "samples", OPT_INT, { .i = &o.set.samples }, "n", 1, 1e6,
	    "with --softmax sampled: noise words per step" },
	{ 0, "noise-power", OPT_REAL, { .x = &o.set.noise_power }, "x", 0, 4,
	    "the same: power of the words' counts" },
	{ 0, "cutoffs", OPT_STR, { .s = &o.cutoffs }, "list", 0, 0,
	    "first words of adaptive's clusters" },
	{ 0, "reduction", OPT_INT, { .i = &o.set.reduction }, "n", 1, CLUSTERS_REDUCTION_MAX,
	    "the same: how much shorter their rows are" },
	{ 0, "warmup", OPT_INT, { .i = &o.set.warmup }, "n", 0, 1e9,
	    "first steps, with a rising learning rate" },
	{ 0, "weight-decay", OPT_REAL, { .x = &o.set.weight_decay }, "x", 0, 1e6, "with -O adamw" },
	{ 0 }
};
static const struct command command = {
	.summary = "train a recurrent neural network language model",
	.operands = "[index-stream ...]", .table = options,
	.example = "tok comments.csv | vocab -n 500 | encode | train -c gru -e 5 -o m.npz"
};

/* The fraction given to -v; 0: a file, or no -v. */
static double
valid_fraction(void)
{
	char *end;
	double x = o.valid ? strtod(o.valid, &end) : 0;
	bool number = o.valid && *o.valid && *end == '\0';

	if (number && !(x > 0 && x < 1))
		die_usage("-v: a fraction must be between 0 and 1, not '%s'", o.valid);
	return number ? x : 0;
}

void
train_options_check_bptt(enum cell cell)
{
	if (options_given('b') && !cell_kinds[cell].is_truncated)
		die_usage("-b applies to cell rnn only; gated cells back-propagate to the first step");
}

void
train_options_check_patience(uint64_t patience, uint32_t every)
{
	if (patience && every == 0)
		die_usage("-P counts evaluations, which -E 0 turns off");
}

/* The options of --softmax adaptive. */
static void
check_clusters(void)
{
	if (o.cutoffs && !clusters_parse(&set->clusters, o.cutoffs))
		die_usage("--cutoffs: '%s' is not a list of at most %d rising word numbers, as in "
		    "2000,10000", o.cutoffs, CLUSTERS_MAX);
	if (set->softmax != SOFTMAX_ADAPTIVE)
		options_reject("cutoffs reduction", "needs --softmax adaptive");
}

/* Options that need or exclude another one. */
static void
check_options(void)
{
	const char *why;

	if (o.from && o.resume)
		die_usage("-i starts a new run and -R resumes one; use one of them");
	if (o.resume && !options_given('o'))
		o.out = o.resume;
	if (o.resume)
		options_reject("a D c f F H I L m n O s S t T average softmax samples noise-power cutoffs "
		    "reduction local-steps reduce shuffle warmup",
		    "cannot change in a resumed run (-R)");
	if (o.from)
		options_reject("a c I L m t", "cannot be used with -i; the model determines it");
	else
		options_reject("grow", "needs -i");
	if (set->schedule != RATE_DECAYED)
		options_reject("f F", "needs -S decay");
	if (!o.resume && rule_kinds[set->rule].weight_decay == 0)
		options_reject("weight-decay", "needs -O adamw");
	if (set->softmax != SOFTMAX_SAMPLED)
		options_reject("samples noise-power", "needs --softmax sampled");
	check_clusters();
	if (o.resume || o.from)
		options_reject("project cutoffs reduction", "cannot be used with -i or -R; the model determines it");
	if ((why = train_settings_conflict(set)) != NULL)
		die_usage("%s", why);
	if (o.precision == TRAIN_TF32 && set->f64)
		die_usage("--precision tf32 is for single precision; leave out -D");
	if (set->patience && o.valid == NULL && !o.resume)
		die_usage("-P needs a validation set; give it with -v");
	if (o.resume == NULL)
		train_options_check_patience((uint64_t)set->patience, (uint32_t)set->every);
	train_options_check_bptt((enum cell)set->cell);
}

/* Settings that follow from the text or from others, unless they are given. */
static void
leave_open(void)
{
	if (!options_given('b'))
		set->bptt = -1;
	if (!options_given('E'))
		set->every = -1;
	if (!options_given('r'))
		set->rate = -1;
	set->has_valid = o.valid != NULL;
	set->valid_fraction = valid_fraction();
}

struct train_options *
train_options_parse(int argc, char *argv[], int *operand)
{
	*operand = options_parse(argc, argv, &command);
	check_options();
	leave_open();
	return &o;
}
