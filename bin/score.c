/*
 * score - prints the probabilities that models give to an index stream
 *
 * Frames are collected in a window, scored together and printed in their order.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aligned_text.h"
#include "device.h"
#include "frame_ids.h"
#include "index_stream.h"
#include "mem.h"
#include "model.h"
#include "net.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "score_lines.h"
#include "scoring.h"

enum {
	ROWS = 4096,		/* steps of a window */
	REALS = 1 << 21		/* probabilities held for -w and -p */
};

static struct {
	bool f64, live, predict, totals, words, records;
	long threads;
	int device;
	const char *text;
} o;

static const struct opt options[] = {
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'p', "predict", OPT_FLAG, { .flag = &o.predict }, NULL, 0, 0,
	    "most probable next token at each step" },
	{ 't', "totals", OPT_FLAG, { .flag = &o.totals }, NULL, 0, 0,
	    "totals: loss, perplexity, bits per byte" },
	{ 'w', "words", OPT_FLAG, { .flag = &o.words }, NULL, 0, 0,
	    "each token with its log-probability and rank" },
	{ 0, "by-record", OPT_FLAG, { .flag = &o.records }, NULL, 0, 0,
	    "a line for each record: its sentences together" },
	{ 0, "line-buffered", OPT_FLAG, { .flag = &o.live }, NULL, 0, 0,
	    "score and write each sentence at once" },
	PROGRESS_OPTION,
	{ 0, "text", OPT_STR, { .s = &o.text }, "file", 0, 0,
	    "the token stream itself, for -t and -w" },
	{ 0 }
};
static const struct command command = {
	.summary = "compute log-probability and perplexity of text under a model",
	.operands = "model ... [index-stream ...]",
	.example = "tok comments.csv | encode -v model.npz | score -t model.npz",
	.table = options
};

/* A model, and where it runs. */
struct judge {
	const char *path;
	struct model model;
	struct backend *k;
	struct net net;
};

struct run {
	size_t n;			/* models */
	struct judge *judge;		/* (n) */
	struct scorer *scorer;		/* (n) */
	struct window window;
	size_t rows;			/* steps of a window at most */
	void *l;			/* (rows, v) ln P of all words, for -w and -p */
	struct index_reader in;		/* the current stream */
	const char *name;		/* its name */
	struct prog_inputs text_file;	/* that of --text, */
	struct aligned_text text;	/* and what it has */
	struct frame_ids ids;		/* of the window's frames, if the stream has them */
	struct score_lines lines;
	struct progress progress;
	uint64_t sentences;		/* scored so far */
	uint64_t before;		/* those of earlier streams */
};

/* The number of the current sentence in its stream, from 1. */
static uint64_t
sentence_number(const struct run *run)
{
	return run->sentences - run->before + 1;
}

static void
check_finite(const struct run *run, size_t i)
{
	size_t m = score_lines_infinite(&run->lines, i);

	if (m < run->n)
		die("%s%s%s: sentence %" PRIu64 ": its probability is not a number; the model's "
		    "weights are too large: train it again at a lower rate",
		    run->n > 1 ? run->judge[m].path : "", run->n > 1 ? ": " : "", run->name,
		    sentence_number(run));
}

static void
print_frame(struct run *run, size_t i)
{
	struct score_lines *lines = &run->lines;

	check_finite(run, i);
	if (o.words)
		score_lines_words(lines, i);
	else if (o.predict)
		score_lines_predicted(lines, i);
	else if (!o.totals && !o.records)
		score_lines_sentence(lines, i);
	if (o.records && !score_lines_record(lines, i))
		die("out of memory");
}

static void
score_frames(struct run *run, struct scorer *s)
{
	const struct window *w = &run->window;
	const char *why = o.words || o.predict ? scorer_guess(s, w, run->rows, run->l) :
	    scorer_logp(s, w);

	if (why)
		die("%s: sentence %" PRIu64 ": %s", run->name, sentence_number(run), why);
	scorer_add_totals(s, w, run->in.vocab.unknown);
}

static void
score_window(struct run *run)
{
	for (size_t m = 0; m < run->n; m++)
		score_frames(run, &run->scorer[m]);
	for (size_t i = 0; i < run->window.n; i++) {
		print_frame(run, i);
		run->sentences++;
	}
	if (o.live)
		fflush(stdout);
	prog_check_output();
	window_clear(&run->window);
	frame_ids_clear(&run->ids);
	aligned_text_clear(&run->text);
	progress_show(&run->progress, "scoring", run->sentences, 0, "sentences");
}

/* Adds the current frame to the window. */
static const char *
add_frame(struct run *run)
{
	struct index_reader *r = &run->in;
	struct window *w = &run->window;
	const char *why;

	if (!window_has_room(w, &r->frame, run->rows))
		score_window(run);
	if ((why = window_add(w, &r->frame)) != NULL)
		return why;
	if (r->ids && !frame_ids_add(&run->ids, &r->frame))
		return "out of memory";
	if (!o.text)
		return NULL;
	why = aligned_text_frame(&run->text, &r->vocab, &r->frame,
	    (size_t)w->frame[w->n - 1].steps, run->name);
	if (why)
		die("%s: %s", o.text, why);
	return NULL;
}

/* The stream's table is the model's; notes where that is not all. */
static void
check_stream(const struct run *run, struct judge *j, bool first)
{
	const struct vocab *v = &run->in.vocab;
	const char *why = model_check_vocab(&j->model, v);

	if (why)
		die("%s: %s: %s", j->path, run->name, why);
	if (first)
		device_note_model(&j->model, v, j->path);
	if ((why = model_check_rules(&j->model, v)) != NULL)
		prog_warn("%s: %s: %s", j->path, run->name, why);
	if (model_joins(&j->model, v->unit) != model_joins(&run->judge->model, v->unit))
		die("%s: reads a stream %s, and %s otherwise (train -T 0); score each by itself",
		    j->path, model_joins(&j->model, v->unit) ? "as one sequence" : "line by line",
		    run->judge->path);
}

static void
begin_stream(struct run *run, struct prog_inputs *in)
{
	struct index_reader *r = &run->in;
	const char *why = index_open(r, in->f);

	run->name = in->name;
	if (why)
		die("%s: %s", in->name, why);
	for (size_t m = 0; m < run->n; m++)
		check_stream(run, &run->judge[m], in->next == 1);
	if (o.records && !r->ids)
		die("%s: its sentences have no ids, which tell the records; give %stok --ids, and "
		    "--by-record here", in->name, prog_prefix);
	run->window.joins = model_joins(&run->judge->model, r->vocab.unit);
	window_restart(&run->window);
	for (size_t m = 0; m < run->n; m++)
		scorer_restart(&run->scorer[m], run->window.joins);
	run->lines.vocab = &r->vocab;
	run->lines.ids = r->ids ? &run->ids : NULL;
	run->before = run->sentences;
}

static void
score_stream(struct run *run, struct prog_inputs *in)
{
	bool more;
	const char *why;

	begin_stream(run, in);
	while ((why = index_next(&run->in, &more)) == NULL && more) {
		if ((why = add_frame(run)) != NULL)
			break;
		if (o.live)
			score_window(run);
	}
	score_window(run);
	score_lines_end_record(&run->lines);
	if (why)
		die("%s: %s", in->name, why);
	index_close(&run->in);
}

/* Allocates the probabilities of all words, for -w and -p; of the models one at a time. */
static void
make_table(struct run *run)
{
	uint32_t v = run->judge->model.shape.vocab;
	size_t size = 0;

	for (size_t m = 0; m < run->n; m++)
		if (run->judge[m].net.size > size)
			size = run->judge[m].net.size;
	if (run->rows > REALS / v)
		run->rows = REALS / v ? REALS / v : 1;
	run->l = mem_zeros(run->rows * v, size);
	if (run->l == NULL)
		die("out of memory");
}

static void
check_options(void)
{
	if (o.totals + o.words + o.predict > 1)
		die_usage("-p, -t and -w exclude each other; give one of them");
	if (o.records && (o.totals || o.words || o.predict))
		die_usage("--by-record: -p, -t and -w are not by sentence; give one of them");
	if (o.text && !o.totals && !o.words)
		die_usage("--text: only -t and -w have a use for it; add one of them");
	if (o.text && strcmp(o.text, "-") == 0)
		die_usage("--text: needs a file; standard input may hold the index stream");
	o.live |= prog_is_terminal(STDOUT_FILENO);
}

static void
open_text(struct run *run)
{
	run->text_file = (struct prog_inputs){ .argc = 1, .argv = (char **)&o.text };
	prog_next_input(&run->text_file);
	aligned_text_open(&run->text, run->text_file.f);
	run->lines.text = &run->text;
}

/* The text must end where the index streams do. */
static void
end_text(struct run *run)
{
	const char *why = aligned_text_end(&run->text);

	if (why)
		die("%s: %s", o.text, why);
	prog_next_input(&run->text_file);
}

/* Loads a model, which must take the same streams as the first. */
static void
load_model(struct run *run, struct judge *j, const char *path)
{
	const char *why;

	j->path = path;
	device_load(&j->model, path, o.f64);
	why = model_check_alike(&j->model, &run->judge->model, run->judge->path);
	if (why)
		die("%s: %s", path, why);
}

/* Opens the models that the operands begin with; returns how many there are. */
static int
open_models(struct run *run, int argc, char **argv)
{
	size_t n = 1;

	while ((int)n < argc && device_is_model(argv[n]))
		n++;
	if (o.predict && n > 1)
		die_usage("-p: shows what one model predicts; give one model");
	run->n = n;
	run->judge = mem_zeros(n, sizeof(*run->judge));
	run->scorer = mem_zeros(n, sizeof(*run->scorer));
	if (run->judge == NULL || run->scorer == NULL ||
	    !score_lines_open(&run->lines, stdout, &run->window, run->scorer, n))
		die("out of memory");
	for (size_t m = 0; m < n; m++)
		load_model(run, &run->judge[m], argv[m]);
	return (int)n;
}

static void
open_nets(struct run *run)
{
	for (size_t m = 0; m < run->n; m++) {
		struct judge *j = &run->judge[m];

		j->k = device_net(&j->net, &j->model, o.device, o.threads,
		    (struct device_batch){ ROWS / 20, 20 });
		run->scorer[m].net = &j->net;
	}
	run->rows = ROWS;
	if (o.words || o.predict)
		make_table(run);
}

static void
close_models(struct run *run)
{
	score_lines_free(&run->lines);
	for (size_t m = 0; m < run->n; m++) {
		struct judge *j = &run->judge[m];

		scorer_free(&run->scorer[m]);
		net_free(&j->net);
		j->k->close(j->k);
		model_free(&j->model);
	}
	free(run->judge);
	free(run->scorer);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct prog_inputs in = { 0 };
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options();
	if (i == argc)
		die_usage("no model given; usage: %s [options] %s", prog_name, command.operands);
	i += open_models(&run, argc - i, argv + i);
	open_nets(&run);
	in.argc = argc - i;
	in.argv = argv + i;
	if (o.text)
		open_text(&run);
	progress_start(&run.progress, 0);
	while (prog_next_input(&in))
		score_stream(&run, &in);
	progress_clear(&run.progress);
	if (o.text)
		end_text(&run);
	if (o.totals)
		score_lines_totals(&run.lines);
	close_models(&run);
	window_free(&run.window);
	aligned_text_close(&run.text);
	free(run.l);
	frame_ids_free(&run.ids);
	return prog_finish();
}
