/*
 * sample - writes new sentences, or new text of a stream, as an index stream
 *
 * The hidden state is kept from word to word: a sentence costs what its length
 * says, and memory does not grow.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detok.h"
#include "index.h"
#include "mem.h"
#include "model.h"
#include "net.h"
#include "opt.h"
#include "prime.h"
#include "prog.h"
#include "progress.h"
#include "sampler.h"
#include "spelling.h"

static struct {
	long threads, top_k, shortest, longest, sentences, seed;
	double top_p, temperature;
	bool f64, logp, text, unknown;
	int device;
	const char *end, *vocab, *prime;
} o = {
	.shortest = 7, .longest = 200, .sentences = 10, .seed = 10, .top_p = 1,
	.temperature = 1
};

enum { STREAM_LONGEST = 2000 };		/* -M of a stream, where it is not given */

static const struct opt options[] = {
	{ 'd', "device", OPT_WORD, { .word = &o.device }, KERN_DEVICES, 0, 0,
	    "where the arithmetic runs" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "end", OPT_STR, { .s = &o.end }, "token", 0, 0,
	    "a sequence ends after this, too" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024, "0: one a processor" },
	{ 'k', "top-k", OPT_INT, { .i = &o.top_k }, "n", 0, VOCAB_MAX,
	    "only the n most probable words; 0: all" },
	{ 'm', "shortest", OPT_INT, { .i = &o.shortest }, "n", 1, 1e8, "tokens in a sentence" },
	{ 'M', "longest", OPT_INT, { .i = &o.longest }, "n", 1, 1e8,
	    "tokens in a sentence; of a stream: 2000" },
	{ 'n', "number", OPT_INT, { .i = &o.sentences }, "n", 0, 1e15,
	    "sentences to write; of a stream: 1" },
	{ 'P', "top-p", OPT_REAL, { .x = &o.top_p }, "p", 0, 1,
	    "only the first words that hold this share" },
	{ 's', "seed", OPT_INT, { .i = &o.seed }, "n", 0, 4294967295.0, "of the draws" },
	{ 't', "text", OPT_FLAG, { .flag = &o.text }, NULL, 0, 0, "write indexes in decimal" },
	{ 'T', "temperature", OPT_REAL, { .x = &o.temperature }, "t", 0, 1e6,
	    "below 1: likelier words; 0: the likeliest" },
	{ 'u', "unknown", OPT_FLAG, { .flag = &o.unknown }, NULL, 0, 0,
	    "UNKNOWN_TOKEN may be written" },
	{ 'v', "vocabulary", OPT_STR, { .s = &o.vocab }, "file", 0, 0,
	    "the table of a model without one" },
	{ 'w', "logp", OPT_FLAG, { .flag = &o.logp }, NULL, 0, 0,
	    "write lines: ln P, tab, the text" },
	{ 'x', "prime", OPT_STR, { .s = &o.prime }, "text", 0, 0,
	    "what each sentence begins with" },
	{ 0 }
};

struct run {
	const char *path;	/* of the model */
	struct model model;
	struct net net;
	struct sampler sampler;
	struct index_writer out;
	void *l;		/* (v) what the net says of the next word */
	void *first;		/* (v) of the first word, in unit=stream */
	int64_t end;		/* the word that ends a sequence, or -1 */
	int64_t newline;	/* the character that ends a line of a stream, or -1 */
	struct prime prime;
	uint32_t *w;		/* (n) the frame, with its markers */
	size_t n, cap;
	bool characters;	/* the words are */
	uint64_t bytes;		/* of the text the frame stands for, as encode counts */
	bool begun;		/* the net has read a word of the sequence */
	double logp;		/* of the sequence */
	struct buf line;	/* of -w */
	uint64_t words;		/* drawn in all */
	struct progress progress;
};

static void
load(struct run *run)
{
	struct model *m = &run->model;
	const char *why = model_load(m, run->path);

	if (why || (o.f64 && (why = model_set_real(m, REAL_F64)) != NULL))
		die("%s: %s", run->path, why);
}

/* The table of -v, for a model without one or to be held against its own. */
static void
read_table(struct run *run, char *table)
{
	struct model *m = &run->model;
	struct prog_inputs file = { .argc = 1, .argv = &table };
	struct vocab v = { 0 };
	const char *why;
	bool ended;

	prog_next_input(&file);
	if ((why = vocab_read(&v, file.f, &ended)) == NULL && ended)
		why = "an empty line after the rows: this is not a table alone";
	if (why)
		die("%s: %s", file.name, why);
	prog_next_input(&file);
	if (v.size != m->shape.vocab)
		die("%s: %" PRIu32 " words, but %s has %" PRIu32, table, v.size, run->path,
		    m->shape.vocab);
	if (m->has_vocab && vocab_crc(&v) != vocab_crc(&m->vocab))
		die("%s: not the vocabulary of %s", table, run->path);
	if (m->has_vocab)
		vocab_free(&m->vocab);
	m->vocab = v;
	m->has_vocab = true;
}

/* What each sequence begins with. */
static void
read_prime(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	struct prime *p = &run->prime;
	const char *why = prime_read(p, v, o.prime ? o.prime : "", o.unknown);

	if (why && p->missing && v->unknown >= 0)
		die("-x: %s (-u makes %s " VOCAB_UNKNOWN ")", why, p->missing == 1 ? "it" : "them");
	if (why)
		die("-x: %s", why);
	if (p->n > (size_t)o.longest)
		die_usage("-x: %zu %s, but a sentence has at most %ld (-M)", p->n,
		    run->characters ? "characters" : "words", o.longest);
}

/* A stream has no START to predict its first word from: its counts tell. */
static void
set_first(struct run *run)
{
	const struct vocab *v = &run->model.vocab;

	run->first = mem_zeros(v->size, run->net.size);
	if (run->first == NULL)
		die("out of memory");
	for (uint32_t i = 0; i < v->size; i++) {
		double x = log((double)v->row[i].count);

		if (run->net.size == sizeof(float))
			((float *)run->first)[i] = (float)x;
		else
			((double *)run->first)[i] = x;
	}
}

/* Where the options leave it to the model. */
static void
set_defaults(const struct run *run)
{
	bool stream = run->model.vocab.unit == UNIT_STREAM;

	if (stream && opt_given('m') && o.end == NULL)
		die_usage("-m: a stream has no end to be held back, but with -e");
	if (stream && !opt_given('n'))
		o.sentences = 1;
	if (stream && !opt_given('M'))
		o.longest = STREAM_LONGEST;
	if (!opt_given('m') && (stream || run->characters))
		o.shortest = 1;
	if (!opt_given('m') && o.shortest > o.longest)
		o.shortest = o.longest;
	if (o.shortest > o.longest)
		die_usage("-m %ld is more than -M %ld", o.shortest, o.longest);
}

static void
begin_sampler(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	struct sampler *s = &run->sampler;
	const char *why = sampler_init(s, v->size, (uint32_t)o.seed);

	if (why)
		die("%s", why);
	s->temperature = o.temperature;
	s->top_k = (uint32_t)o.top_k;
	s->top_p = o.top_p;
	if (v->unknown >= 0)
		s->barred[v->unknown] = !o.unknown;
	if (v->unit == UNIT_SENTENCE)
		s->barred[VOCAB_START_ROW] = true;
}

static void
begin(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	char shown[SPELLING_SHOWN];

	run->characters = detok_is_characters(v);
	set_defaults(run);
	begin_sampler(run);
	run->l = mem_zeros(v->size, run->net.size);
	if (run->l == NULL)
		die("out of memory");
	if (v->unit == UNIT_STREAM)
		set_first(run);
	run->end = o.end ? prime_token(v, o.end) : -1;
	if (o.end && run->end < 0)
		die("-e: '%s' is not in the vocabulary",
		    spelling_show(shown, o.end, strlen(o.end)));
	run->newline = v->unit == UNIT_STREAM && run->characters ? vocab_find(v, "\\n", 2) : -1;
	read_prime(run);
}

static double
logp_of(const struct run *run, uint32_t word)
{
	return run->net.size == sizeof(float) ? (double)((const float *)run->l)[word] :
	    ((const double *)run->l)[word];
}

static void
append(struct run *run, uint32_t word)
{
	if (!mem_grow(&run->w, &run->cap, run->n + 1, sizeof(*run->w)))
		die("out of memory");
	run->w[run->n++] = word;
	if (run->begun)
		run->logp += logp_of(run, word);
}

static void
put_frame(struct run *run)
{
	if (run->n > 0)
		index_put(&run->out, run->w, (uint32_t)run->n,
		    run->bytes > UINT32_MAX ? 0 : (uint32_t)run->bytes);
	run->n = 0;
	run->bytes = 0;
}

static void
put_line(struct run *run)
{
	struct frame f = { .n = (uint32_t)run->n, .w = run->w };

	if (!detok_frame(&run->line, &run->model.vocab, &f, DETOK_LINE))
		die("out of memory");
	printf("%.6f\t", run->logp);
	fwrite(run->line.p, 1, run->line.len, stdout);
}

/* Appends a word of the text, and lets the net read it. */
static void
add_word(struct run *run, uint32_t word)
{
	const char *p, *why;
	size_t len;

	append(run, word);
	why = net_next(&run->net, word, run->l);
	if (why)
		die("device %s: %s", run->net.k->name, why);
	run->begun = true;
	p = vocab_word(&run->model.vocab, word, &len);
	run->bytes += run->characters ? detok_text_bytes(p, len) : len + 1;
	if (!o.logp && word == run->newline)
		put_frame(run);
}

/* The next word after so many. */
static uint32_t
draw(struct run *run, long words)
{
	const void *l = run->begun ? run->l : run->first;
	int64_t word;

	if (run->first == NULL)
		run->sampler.barred[VOCAB_END_ROW] = words < o.shortest;
	if (run->end >= 0)
		run->sampler.barred[run->end] = words + 1 < o.shortest;
	word = sampler_draw(&run->sampler, l, run->net.size);
	if (word < 0)
		die("%s: it leaves no word to be drawn after %ld words", run->path, words);
	return (uint32_t)word;
}

static void
begin_sequence(struct run *run)
{
	run->n = 0;
	run->begun = false;
	run->logp = 0;
	net_restart(&run->net);
	if (run->first == NULL)
		add_word(run, VOCAB_START_ROW);
	run->bytes = 0;
	for (size_t i = 0; i < run->prime.n; i++)
		add_word(run, run->prime.w[i]);
}

static void
end_sequence(struct run *run)
{
	const struct vocab *v = &run->model.vocab;

	if (v->unit == UNIT_SENTENCE) {
		/* the newline that is no token, as encode counts it */
		run->bytes += run->characters &&
		    (int64_t)run->w[run->n - 1] != vocab_find(v, "\\n", 2);
		append(run, VOCAB_END_ROW);
	}
	if (o.logp)
		put_line(run);
	else
		put_frame(run);
}

/* One sentence, or one piece of a stream: frames of a line each, the last
 * perhaps cut off. */
static void
write_sequence(struct run *run)
{
	begin_sequence(run);
	for (long words = (long)run->prime.n; words < o.longest; words++) {
		uint32_t word = draw(run, words);

		if (run->first == NULL && word == VOCAB_END_ROW)
			break;
		add_word(run, word);
		run->words++;
		if (run->first)
			progress_show(&run->progress, "writing", run->words, 0, "tokens");
		if (word == run->end || ferror(stdout))
			break;
	}
	end_sequence(run);
}

static void
write_sequences(struct run *run)
{
	progress_start(&run->progress, 0);
	if (!o.logp)
		index_begin(&run->out, stdout, &run->model.vocab, o.text);
	for (long i = 0; i < o.sentences && !ferror(stdout); i++) {
		write_sequence(run);
		if (run->first == NULL)
			progress_show(&run->progress, "writing", (uint64_t)i + 1,
			    (uint64_t)o.sentences, "sentences");
	}
	if (!o.logp)
		index_end(&run->out);
	progress_clear(&run->progress);
}

static struct kern *
open_device(struct run *run)
{
	const char *why;
	struct kern *k = kern_open(kern_device[o.device],
	    run->model.shape.real == REAL_F64 ? KERN_F64 : KERN_F32, (int)o.threads, &why);

	if (k == NULL)
		die("device %s: %s", kern_device[o.device], why);
	if (why)
		prog_note("running on %s (%s): %s", k->name, k->isa, why);
	if ((why = net_open(&run->net, k, &run->model)) != NULL)
		die("device %s: %s", k->name, why);
	return k;
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct kern *k;
	int i;

	prog_init(argv[0]);
	i = opt_parse(argc, argv, options, "model");
	if (argc - i != 1)
		die_usage("one model is needed; usage: sample [options] model");
	if (o.logp && o.text)
		die_usage("-t: with -w there are no indexes to write");
	run.path = argv[i];
	load(&run);
	if (o.vocab)
		read_table(&run, (char *)o.vocab);
	if (!run.model.has_vocab)
		die("%s: no vocabulary in it; name its table with -v", run.path);
	k = open_device(&run);
	begin(&run);
	write_sequences(&run);
	sampler_free(&run.sampler);
	net_free(&run.net);
	k->close(k);
	model_free(&run.model);
	free(run.l);
	free(run.first);
	prime_free(&run.prime);
	free(run.w);
	buf_free(&run.line);
	return prog_finish();
}
