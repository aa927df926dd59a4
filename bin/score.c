/*
 * score - prints the probabilities that a model gives to an index stream
 *
 * Frames are collected in a window, scored together and printed in their order.
 */
#include <inttypes.h>
#include <math.h>
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
#include "scoring.h"
#include "visible.h"

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
	.operands = "model [index-stream ...]",
	.example = "tok comments.csv | encode -v model.npz | score -t model.npz",
	.table = options
};

struct run {
	struct model model;
	struct net net;
	struct window window;
	size_t rows;			/* steps of a window at most */
	void *l;			/* (rows, v) ln P of all words, for -w and -p */
	struct index_reader in;		/* the current stream */
	const char *name;		/* its name */
	struct prog_inputs text_file;	/* that of --text, */
	struct aligned_text text;	/* and what it has */
	struct buf line;		/* the unfinished line of -p */
	struct frame_ids ids;		/* of the window's frames, if the stream has them */
	struct record_sum record;	/* the unfinished one of --by-record */
	struct totals totals;
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
check_finite(const struct run *run, double logp)
{
	if (!isfinite(logp))
		die("%s: sentence %" PRIu64 ": its probability is not a number; the model's "
		    "weights are too large: train it again at a lower rate", run->name,
		    sentence_number(run));
}

/* Prints no more digits than are significant. */
static void
print_perplexity(double mean_loss)
{
	double x = exp(mean_loss);

	printf(x < 1e15 ? "%.4f\n" : "%g\n", x);
}

/* Prints what every line about frame i of the window begins with. */
static void
print_id(const struct run *run, size_t i)
{
	size_t len;
	const char *id;

	if (!run->in.ids)
		return;
	id = frame_ids_get(&run->ids, i, &len);
	visible_put(id, len, stdout);
	putchar('\t');
}

static void
print_logp(double logp, uint64_t tokens)
{
	printf("%.6f\t%" PRIu64 "\t", logp, tokens);
	if (tokens)
		print_perplexity(-logp / (double)tokens);
	else
		puts("unknown");
}

/* Prints the record of --by-record, which is complete. */
static void
end_record(struct run *run)
{
	struct record_sum *r = &run->record;

	if (!r->begun)
		return;
	visible_put(r->id.p, r->id.len, stdout);
	putchar('\t');
	print_logp(r->logp, r->tokens);
	r->begun = false;
}

static void
add_to_record(struct run *run, size_t i, double logp, int steps)
{
	size_t len;
	const char *id = frame_ids_get(&run->ids, i, &len);

	if (!record_sum_is(&run->record, id, len)) {
		end_record(run);
		if (!record_sum_begin(&run->record, id, len))
			die("out of memory");
	}
	run->record.logp += logp;
	run->record.tokens += (uint64_t)steps;
}

static void
print_sentence(struct run *run, size_t i)
{
	const struct window_frame *f = &run->window.frame[i];
	double logp = window_frame_logp(&run->window, f);

	check_finite(run, logp);
	if (o.records) {
		add_to_record(run, i, logp, f->steps);
		return;
	}
	print_id(run, i);
	print_logp(logp, (uint64_t)f->steps);
}

static void
print_word(const struct run *run, uint32_t word)
{
	size_t len;
	const char *p = vocab_word(&run->in.vocab, word, &len);

	visible_put(p, len, stdout);
}

/* Prints a step for -w. */
static void
print_token(struct run *run, uint32_t y, const struct guess *g)
{
	bool unknown = (int64_t)y == run->in.vocab.unknown;
	size_t len;
	const char *p;

	if (o.text && unknown) {
		p = aligned_text_word(&run->text, &len);
		visible_put(p, len, stdout);
	} else {
		print_word(run, y);
	}
	printf("\t%.6f\t%" PRIu32, g->logp, g->rank);
	puts(!o.text ? "" : unknown ? "\tunknown" : "\tknown");
}

/* Prints a step of frame i for -w, or adds it to the line of -p; l(v) holds ln P of all
 * words. */
static void
print_step(struct run *run, const void *l, uint32_t y, size_t i, bool first)
{
	struct guess g = guess_of(l, run->net.size, run->model.shape.vocab, y);

	check_finite(run, g.logp);
	if (o.words || first)
		print_id(run, i);
	if (o.words) {
		print_token(run, y, &g);
	} else {
		size_t len;
		const char *p = vocab_word(&run->in.vocab, g.best, &len);

		if ((!first && !buf_putc(&run->line, ' ')) || !buf_put(&run->line, p, len))
			die("%s: out of memory", run->name);
	}
}

/* A frame longer than the window: scored step by step. */
static const char *
print_long(struct run *run, size_t i)
{
	const struct window *w = &run->window;
	const struct window_frame *f = &w->frame[i];
	const char *why;

	if (w->state == NULL)
		net_restart(&run->net);
	for (int r = f->first; r < f->first + f->steps; r++) {
		if ((why = net_next(&run->net, w->batcher.x[r], run->l)) != NULL)
			return why;
		print_step(run, run->l, w->batcher.y[r], i, r == f->first);
	}
	return NULL;
}

/* Prints the line of -p, which is complete. */
static void
end_line(struct run *run)
{
	if (run->line.len)
		visible_put(run->line.p, run->line.len, stdout);
	putchar('\n');
	run->line.len = 0;
}

static const char *
print_steps(struct run *run)
{
	const struct window *w = &run->window;
	size_t v = run->model.shape.vocab;
	const struct batch *b = &w->batcher.b;
	bool all = (size_t)b->t <= run->rows;
	const char *why = all && b->t > 0 ? net_logp_all(&run->net, b, w->state, run->l) : NULL;

	for (size_t i = 0; i < w->n && why == NULL; i++) {
		const struct window_frame *f = &w->frame[i];

		if (!all)
			why = print_long(run, i);
		for (int r = f->first; all && r < f->first + f->steps; r++)
			print_step(run, (const char *)run->l + (size_t)r * v * run->net.size,
			    b->y[r], i, r == f->first);
		if (o.predict)
			end_line(run);
		run->sentences++;
	}
	return why;
}

static const char *
print_sentences(struct run *run)
{
	struct window *w = &run->window;
	const char *why = window_logp(w, &run->net);

	if (why)
		return why;
	for (size_t i = 0; i < w->n; i++) {
		if (o.totals)
			check_finite(run, window_frame_logp(w, &w->frame[i]));
		else
			print_sentence(run, i);
		run->sentences++;
	}
	totals_add(&run->totals, w, run->in.vocab.unknown);
	return NULL;
}

static void
score_window(struct run *run)
{
	const char *why = o.words || o.predict ? print_steps(run) : print_sentences(run);

	if (why)
		die("%s: sentence %" PRIu64 ": %s", run->name, sentence_number(run), why);
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

static void
score_stream(struct run *run, const char *path, struct prog_inputs *in)
{
	struct index_reader *r = &run->in;
	bool more;
	const char *why;

	if ((why = index_open(r, in->f)) != NULL)
		die("%s: %s", in->name, why);
	if ((why = model_check_vocab(&run->model, &r->vocab)) != NULL)
		die("%s: %s: %s", path, in->name, why);
	if (in->next == 1)
		device_note_model(&run->model, &r->vocab, path);
	if ((why = model_check_rules(&run->model, &r->vocab)) != NULL)
		prog_warn("%s: %s: %s", path, in->name, why);
	if (o.records && !r->ids)
		die("%s: its sentences have no ids, which tell the records; give %stok --ids, and "
		    "--by-record here", in->name, prog_prefix);
	run->name = in->name;
	run->window.state = model_joins(&run->model, r->vocab.unit) ? &run->net.own_state : NULL;
	window_restart(&run->window);
	run->before = run->sentences;
	while ((why = index_next(r, &more)) == NULL && more) {
		if ((why = add_frame(run)) != NULL)
			break;
		if (o.live)
			score_window(run);
	}
	score_window(run);
	end_record(run);
	if (why)
		die("%s: %s", in->name, why);
	index_close(r);
}

static void
print_mean(const char *suffix, double logp, uint64_t n)
{
	if (n == 0) {
		printf("loss%s\tunknown\nperplexity%s\tunknown\n", suffix, suffix);
		return;
	}
	printf("loss%s\t%.6f\n", suffix, -logp / (double)n);
	printf("perplexity%s\t", suffix);
	print_perplexity(-logp / (double)n);
}

/* The number of different words outside the vocabulary is known from the text, or if it
 * is 0. */
static void
print_unknown(const struct run *run)
{
	uint64_t n = run->totals.tokens - run->totals.known;

	printf("tokens_unknown\t%" PRIu64 "\ntypes_unknown\t", n);
	if (o.text || n == 0)
		printf("%" PRIu32 "\n", run->text.types.size);
	else
		puts("unknown");
}

static void
print_totals(const struct run *run)
{
	const struct totals *t = &run->totals;

	printf("sentences\t%" PRIu64 "\ntokens\t%" PRIu64 "\n", t->sentences, t->tokens);
	print_mean("", t->logp, t->tokens);
	if (t->unknown_bytes || t->bytes == 0 || t->tokens == 0)
		puts("bits_per_byte\tunknown");
	else
		printf("bits_per_byte\t%.6f\n", -t->logp / log(2) / (double)t->bytes);
	printf("tokens_known\t%" PRIu64 "\n", t->known);
	print_mean("_known", t->logp_known, t->known);
	print_unknown(run);
}

/* Allocates the probabilities of all words, for -w and -p. */
static void
make_table(struct run *run)
{
	uint32_t v = run->model.shape.vocab;

	if (run->rows > REALS / v)
		run->rows = REALS / v ? REALS / v : 1;
	run->l = mem_zeros(run->rows * v, run->net.size);
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

int
main(int argc, char *argv[])
{
	static struct run run;
	struct prog_inputs in = { 0 };
	struct backend *k;
	const char *path;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options();
	if (i == argc)
		die_usage("no model given; usage: %s [options] model [index-stream ...]", prog_name);
	path = argv[i++];
	device_load(&run.model, path, o.f64);
	k = device_net(&run.net, &run.model, o.device, o.threads,
	    (struct device_batch){ ROWS / 20, 20 });
	run.rows = ROWS;
	if (o.words || o.predict)
		make_table(&run);
	in.argc = argc - i;
	in.argv = argv + i;
	if (o.text)
		open_text(&run);
	progress_start(&run.progress, 0);
	while (prog_next_input(&in))
		score_stream(&run, path, &in);
	progress_clear(&run.progress);
	if (o.text)
		end_text(&run);
	if (o.totals)
		print_totals(&run);
	net_free(&run.net);
	k->close(k);
	window_free(&run.window);
	aligned_text_close(&run.text);
	free(run.l);
	buf_free(&run.line);
	frame_ids_free(&run.ids);
	buf_free(&run.record.id);
	model_free(&run.model);
	return prog_finish();
}
