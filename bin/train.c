/*
 * train - index stream to model: truncated BPTT and SGD, as the tutorial has it
 *
 * Standard output is the loss log; the model is a file.  The work is in
 * lib/schedule; this file says what to start from and what to tell.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "corpus.h"
#include "index.h"
#include "model.h"
#include "net.h"
#include "opt.h"
#include "prog.h"
#include "progress.h"
#include "schedule.h"

static struct {
	long batch, bptt, epochs, every, hidden, threads, limit, seed;
	double rate;
	bool f64;
	int device;
	const char *from, *resume, *out;
} o = {
	.batch = 1, .bptt = 4, .epochs = 100, .every = 5, .hidden = 100, .seed = 10,
	.rate = 0.005, .out = "model.npz"
};

static const struct opt options[] = {
	{ 'B', "batch", OPT_INT, { .i = &o.batch }, "n", 1, 1e6, "sentences a step" },
	{ 'b', "bptt", OPT_INT, { .i = &o.bptt }, "n", 0, 1e9, "steps an error goes back" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, KERN_DEVICES, 0, 0,
	    "where the arithmetic runs" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "epochs", OPT_INT, { .i = &o.epochs }, "n", 0, 1e9, "epochs in all" },
	{ 'E', "evaluate", OPT_INT, { .i = &o.every }, "n", 0, 1e9,
	    "before every nth epoch; 0: never" },
	{ 'H', "hidden", OPT_INT, { .i = &o.hidden }, "n", 1, 65536, "hidden units" },
	{ 'i', "init", OPT_STR, { .s = &o.from }, "model", 0, 0, "begin with its weights" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024, "0: one a processor" },
	{ 'n', "limit", OPT_INT, { .i = &o.limit }, "n", 0, 1e15, "only the first n sentences" },
	{ 'o', "output", OPT_STR, { .s = &o.out }, "file", 0, 0, "the model" },
	{ 'r', "rate", OPT_REAL, { .x = &o.rate }, "rate", 0, 1e6, "learning rate" },
	{ 'R', "resume", OPT_STR, { .s = &o.resume }, "model", 0, 0, "go on where it stopped" },
	{ 's', "seed", OPT_INT, { .i = &o.seed }, "n", 0, 4294967295.0, "of the first weights" },
	{ 0 }
};

struct run {
	struct model model;
	struct corpus corpus;
	struct vocab vocab;		/* the streams'; moved into the model */
	struct net net;
	struct schedule schedule;
	struct progress progress, looking;	/* of steps, of an evaluation */
	bool saved;			/* o.out is of this run */
};

static volatile sig_atomic_t signalled;

static void
on_signal(int number)
{
	signalled = number;
}

/* Unless whoever started us wants it ignored, as shells do for jobs behind. */
static void
catch_signal(int number)
{
	struct sigaction a, old;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_signal;
	a.sa_flags = (int)SA_RESETHAND | SA_RESTART;	/* the second one kills */
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &a, NULL);
}

static void
read_stream(struct run *run, struct prog_inputs *in)
{
	struct index_reader r;
	bool more;
	const char *why;

	if ((why = index_open(&r, in->f)) != NULL)
		die("%s: %s", in->name, why);
	if (run->vocab.size && vocab_crc(&run->vocab) != r.crc_vocab)
		die("%s: its vocabulary is not that of the stream before it", in->name);
	while ((why = index_next(&r, &more)) == NULL && more)
		if ((why = corpus_add(&run->corpus, &r.frame)) != NULL)
			break;
	if (why)
		die("%s: %s", in->name, why);
	if (run->vocab.size == 0) {
		run->vocab = r.vocab;
		r.vocab = (struct vocab){ 0 };
	}
	index_close(&r);
}

static void
read_corpus(struct run *run, int argc, char *argv[])
{
	struct prog_inputs in = { .argc = argc, .argv = argv };

	while (prog_next_input(&in))
		read_stream(run, &in);
	if (run->corpus.n == 0)
		die("%s: no sentence to learn from", argc ? argv[argc - 1] : "standard input");
}

/* The model takes over the streams' vocabulary, or holds the same already. */
static void
take_vocab(struct run *run, const char *path)
{
	struct model *m = &run->model;
	const char *why;

	if (path && (why = model_check_vocab(m, &run->vocab)) != NULL)
		die("%s: %s", path, why);
	if (m->has_vocab)
		vocab_free(&run->vocab);
	else
		m->vocab = run->vocab;
	m->has_vocab = true;
	run->vocab = (struct vocab){ 0 };
}

static void
begin_progress(struct model *m)
{
	m->has_progress = true;
	m->progress = (struct model_progress){
		.rate = o.rate, .rate0 = o.rate, .loss = NAN, .limit = (uint64_t)o.limit,
		.seed = (uint32_t)o.seed, .bptt = (uint32_t)o.bptt, .batch = (uint32_t)o.batch,
		.every = (uint32_t)o.every, .epochs = (uint64_t)o.epochs
	};
}

/* Weights drawn from the seed. */
static void
start_new(struct run *run)
{
	struct model_shape shape = {
		.cell = CELL_RNN, .real = o.f64 ? REAL_F64 : REAL_F32, .layers = 1,
		.hidden = (uint32_t)o.hidden, .vocab = run->vocab.size
	};
	const char *why = model_new(&run->model, shape);

	if (why)
		die("a model of %ld hidden units and %" PRIu32 " words: %s", o.hidden,
		    run->vocab.size, why);
	model_init(&run->model, (uint32_t)o.seed);
	take_vocab(run, NULL);
	begin_progress(&run->model);
}

/* The model of -i or -R, before any stream is waited for. */
static void
load(struct run *run)
{
	struct model *m = &run->model;
	const char *path = o.from ? o.from : o.resume, *why = model_load(m, path);

	if (why || (o.f64 && (why = model_set_real(m, REAL_F64)) != NULL))
		die("%s: %s", path, why);
	if (o.resume && !m->has_progress)
		die("%s: it does not say where its training stopped; begin with -i", path);
	if (o.from && opt_given('H') && (uint32_t)o.hidden != m->shape.hidden)
		die("%s: it has %" PRIu32 " hidden units, not the %ld of -H", path,
		    m->shape.hidden, o.hidden);
}

/* What the command line says again about a run that goes on. */
static void
override(struct model_progress *p)
{
	if (opt_given('B'))
		p->batch = (uint32_t)o.batch;
	if (opt_given('b'))
		p->bptt = (uint32_t)o.bptt;
	if (opt_given('e'))
		p->epochs = (uint64_t)o.epochs;
	if (opt_given('E'))
		p->every = (uint32_t)o.every;
	if (opt_given('r'))
		p->rate = p->rate0 = o.rate;
}

static void
resume(struct run *run)
{
	struct model *m = &run->model;

	take_vocab(run, o.resume);
	override(&m->progress);
	corpus_limit(&run->corpus, m->progress.limit);
	if (m->progress.sentences != run->corpus.n || m->progress.data_crc != run->corpus.crc)
		die("%s: these are not the sentences it was trained on; for others begin with -i",
		    o.resume);
}

/* Weights drawn, or another model's; everything else begins. */
static void
start(struct run *run)
{
	struct model *m = &run->model;

	corpus_limit(&run->corpus, (size_t)o.limit);
	if (o.from) {
		take_vocab(run, o.from);
		begin_progress(m);
	} else {
		start_new(run);
	}
	m->progress.sentences = run->corpus.n;
	m->progress.data_crc = run->corpus.crc;
}

static void
say_loss(void *arg, const struct model_progress *p, double loss)
{
	struct run *run = arg;
	time_t t = time(NULL);
	char when[32];

	progress_clear(&run->progress);
	progress_start(&run->progress, p->seen);	/* the rate is that of steps */
	progress_start(&run->looking, 0);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", localtime(&t));
	printf("%s: Loss after num_examples_seen=%" PRIu64 " epoch=%" PRIu64 ": %f\n", when,
	    p->seen, p->epoch, loss);
	if (fflush(stdout) != 0)
		die_errno("write error on standard output");
}

static void
say_rate(void *arg, double rate)
{
	(void)arg;
	printf("Setting learning rate to %f\n", rate);
	if (fflush(stdout) != 0)
		die_errno("write error on standard output");
}

static const char *
save(void *arg)
{
	struct run *run = arg;
	const char *why = net_store(&run->net, &run->model);

	if (why == NULL)
		why = model_save(&run->model, o.out);
	if (why)
		die("%s: %s", o.out, why);
	run->saved = true;
	return NULL;
}

static void
show(void *arg, const struct model_progress *p, uint64_t evaluated)
{
	struct run *run = arg;
	char label[64];

	if (evaluated) {
		progress_show(&run->looking, "evaluating", evaluated, run->corpus.n, "sentences");
		return;
	}
	snprintf(label, sizeof(label), "epoch %" PRIu64 " of %" PRIu64, p->epoch + 1, p->epochs);
	progress_show(&run->progress, label, p->seen,
	    p->seen + (p->epochs - p->epoch) * run->corpus.n - p->sentence, "sentences");
}

static bool
told_to_stop(void *arg)
{
	(void)arg;
	return signalled != 0;
}

/* Better said now than after hours. */
static void
check_output(void)
{
	char err[200];
	const char *why = npz_can_write(o.out, err, sizeof(err));

	if (why)
		die("%s: %s", o.out, why);
}

static struct kern *
open_device(enum real real)
{
	const char *why;
	struct kern *k = kern_open(kern_device[o.device], real == REAL_F64 ? KERN_F64 : KERN_F32,
	    (int)o.threads, &why);

	if (k == NULL)
		die("device %s: %s", kern_device[o.device], why);
	if (why)
		prog_note("running on %s (%s): %s", k->name, k->isa, why);
	return k;
}

static void
learn(struct run *run, struct kern *k)
{
	struct model_progress *p = &run->model.progress;
	const char *why = net_open(&run->net, k, &run->model);

	if (why)
		die("device %s: %s", k->name, why);
	run->schedule = (struct schedule){
		.net = &run->net, .c = &run->corpus, .p = p,
		.watch = { run, say_loss, say_rate, save, show, told_to_stop }
	};
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	progress_start(&run->progress, p->seen);
	progress_start(&run->looking, 0);
	why = schedule_run(&run->schedule, p->epochs);
	progress_clear(&run->progress);
	if (why && !run->schedule.diverged)
		die("device %s: %s", k->name, why);
	if (why && run->saved)
		die("%s; try a smaller -r (%s holds the last model that was saved)", why, o.out);
	if (why)
		die("%s; try a smaller -r (no model was saved yet)", why);
	save(run);
}

static void
check_options(void)
{
	if (o.from && o.resume)
		die_usage("-i begins anew and -R goes on: use one of them");
	if (o.resume && !opt_given('o'))
		o.out = o.resume;
	for (const char *c = "DHns"; o.resume && *c; c++)
		if (opt_given(*c))
			die_usage("-%c cannot change in a run that goes on (-R)", *c);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct kern *k;
	int i;

	prog_init(argv[0]);
	i = opt_parse(argc, argv, options, "[index-stream ...]");
	check_options();
	check_output();
	if (o.from || o.resume)
		load(&run);
	k = open_device(o.from || o.resume ? run.model.shape.real :
	    o.f64 ? REAL_F64 : REAL_F32);
	read_corpus(&run, argc - i, argv + i);
	if (o.resume)
		resume(&run);
	else
		start(&run);
	learn(&run, k);
	if (signalled)
		die("stopped by a signal in epoch %" PRIu64 " after %" PRIu64 " sentences; "
		    "go on with: train -R %s", run.model.progress.epoch + 1,
		    run.model.progress.sentence, o.out);
	schedule_free(&run.schedule);
	net_free(&run.net);
	k->close(k);
	corpus_free(&run.corpus);
	model_free(&run.model);
	return prog_finish();
}
