/*
 * sample - writes new sentences, as an index stream
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
#include "prog.h"
#include "progress.h"
#include "sampler.h"
#include "spelling.h"

static struct {
	long threads, top_k, shortest, longest, sentences, seed;
	double top_p, temperature;
	bool f64, text, unknown;
	int device;
	const char *vocab, *prime;
} o = {
	.shortest = 7, .longest = 200, .sentences = 10, .seed = 10, .top_p = 1,
	.temperature = 1
};

static const struct opt options[] = {
	{ 'd', "device", OPT_WORD, { .word = &o.device }, KERN_DEVICES, 0, 0,
	    "where the arithmetic runs" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024, "0: one a processor" },
	{ 'k', "top-k", OPT_INT, { .i = &o.top_k }, "n", 0, VOCAB_MAX,
	    "only the n most probable words; 0: all" },
	{ 'm', "shortest", OPT_INT, { .i = &o.shortest }, "n", 1, 1e8, "words in a sentence" },
	{ 'M', "longest", OPT_INT, { .i = &o.longest }, "n", 1, 1e8, "words in a sentence" },
	{ 'n', "number", OPT_INT, { .i = &o.sentences }, "n", 0, 1e15, "sentences to write" },
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
	int64_t end;		/* the word that ends a frame, or -1 */
	uint32_t *prime;	/* (nprime) */
	size_t nprime, cap_prime;
	uint32_t *w;		/* (n) the frame, with its markers */
	size_t n, cap;
	bool characters;	/* the words are */
	uint64_t bytes;		/* of the text the frame stands for, as encode counts */
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

static uint32_t
prime_word(const struct vocab *v, const char *p, size_t len)
{
	char shown[SPELLING_SHOWN];
	int64_t row = vocab_find(v, p, len);

	spelling_show(shown, p, len);
	if (v->unit == UNIT_SENTENCE && (row == VOCAB_START_ROW || row == VOCAB_END_ROW))
		die("-x: '%s' is a marker, not a word", shown);
	if (row >= 0 && (row != v->unknown || o.unknown))
		return (uint32_t)row;
	if (!o.unknown || v->unknown < 0)
		die("-x: '%s' is not in the vocabulary%s", shown,
		    v->unknown < 0 ? "" : " (-u makes it " VOCAB_UNKNOWN ")");
	return (uint32_t)v->unknown;
}

static void
read_prime(struct run *run)
{
	const char *p = o.prime ? o.prime : "";

	for (;;) {
		size_t len;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (len == 0)
			break;
		if (!mem_grow(&run->prime, &run->cap_prime, run->nprime + 1,
		    sizeof(*run->prime)))
			die("-x: out of memory");
		run->prime[run->nprime++] = prime_word(&run->model.vocab, p, len);
		p += len;
	}
	if (run->nprime > (size_t)o.longest)
		die_usage("-x: %zu words, but a sentence has at most %ld (-M)", run->nprime,
		    o.longest);
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

static void
begin(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	struct sampler *s = &run->sampler;
	const char *why = sampler_init(s, v->size, (uint32_t)o.seed);

	if (why)
		die("%s", why);
	s->temperature = o.temperature;
	s->top_k = (uint32_t)o.top_k;
	s->top_p = o.top_p;
	run->l = mem_zeros(v->size, run->net.size);
	if (run->l == NULL)
		die("out of memory");
	run->characters = detok_is_characters(v);
	if (v->unknown >= 0)
		s->barred[v->unknown] = !o.unknown;
	if (v->unit == UNIT_SENTENCE) {
		s->barred[VOCAB_START_ROW] = true;
		run->end = VOCAB_END_ROW;
	} else {
		set_first(run);
		run->end = vocab_find(v, "\\n", 2);
	}
	read_prime(run);
}

static void
append(struct run *run, uint32_t word)
{
	if (!mem_grow(&run->w, &run->cap, run->n + 1, sizeof(*run->w)))
		die("out of memory");
	run->w[run->n++] = word;
}

/* Appends a word of the text, and lets the net read it. */
static void
add_word(struct run *run, uint32_t word)
{
	const char *p, *why = net_next(&run->net, word, run->l);
	size_t len;

	if (why)
		die("device %s: %s", run->net.k->name, why);
	append(run, word);
	p = vocab_word(&run->model.vocab, word, &len);
	run->bytes += run->characters ? detok_text_bytes(p, len) : len + 1;
}

/* The next word, by l, after so many.  In a stream what ends a line is a word. */
static uint32_t
draw(struct run *run, const void *l, long words)
{
	bool counts = run->first != NULL;
	int64_t word;

	if (run->end >= 0)
		run->sampler.barred[run->end] = words + counts < o.shortest;
	word = sampler_draw(&run->sampler, l, run->net.size);
	if (word < 0)
		die("%s: it leaves no word to be drawn after %ld words", run->path, words);
	return (uint32_t)word;
}

/* One sentence, or one line of a stream, in run->w. */
static void
write_frame(struct run *run)
{
	bool sentence = run->first == NULL;
	long words = 0;
	uint32_t word = VOCAB_START_ROW;

	run->n = 0;
	run->bytes = 0;
	net_restart(&run->net);
	if (sentence) {
		add_word(run, word);
		run->bytes = 0;
	}
	for (; words < (long)run->nprime; words++)
		add_word(run, run->prime[words]);
	while (words < o.longest) {
		word = draw(run, run->n ? run->l : run->first, words);
		if (sentence && word == VOCAB_END_ROW)
			break;
		add_word(run, word);
		words++;
		if (word == run->end)
			break;
	}
	if (sentence)
		append(run, VOCAB_END_ROW);
	index_put(&run->out, run->w, (uint32_t)run->n,
	    run->bytes > UINT32_MAX ? 0 : (uint32_t)run->bytes);
}

static void
write_frames(struct run *run)
{
	struct progress progress;

	progress_start(&progress, 0);
	index_begin(&run->out, stdout, &run->model.vocab, o.text);
	for (long i = 0; i < o.sentences && !ferror(stdout); i++) {
		write_frame(run);
		progress_show(&progress, "writing", (uint64_t)i + 1, (uint64_t)o.sentences,
		    "sentences");
	}
	index_end(&run->out);
	progress_clear(&progress);
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
	if (!opt_given('m') && o.shortest > o.longest)
		o.shortest = o.longest;
	if (o.shortest > o.longest)
		die_usage("-m %ld is more than -M %ld", o.shortest, o.longest);
	run.path = argv[i];
	load(&run);
	if (o.vocab)
		read_table(&run, (char *)o.vocab);
	if (!run.model.has_vocab)
		die("%s: no vocabulary in it; name its table with -v", run.path);
	k = open_device(&run);
	begin(&run);
	write_frames(&run);
	sampler_free(&run.sampler);
	net_free(&run.net);
	k->close(k);
	model_free(&run.model);
	free(run.l);
	free(run.first);
	free(run.prime);
	free(run.w);
	return prog_finish();
}
