/*
 * sample - generates sentences, or the text of a stream, and writes an index stream
 *
 * Sequences are generated in batches, each as it would be alone, and written in the order
 * of their numbers.  Memory does not grow with their number.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "errmsg.h"
#include "escape.h"
#include "generate.h"
#include "index_stream.h"
#include "mem.h"
#include "model.h"
#include "net.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "prompt.h"
#include "raw_text.h"
#include "raw_word.h"
#include "reader.h"
#include "render.h"
#include "visible.h"
#include "vocab_chars.h"
#include "vocab_table.h"

static struct {
	long threads, top_k, shortest, longest, sentences, seed;
	double top_p, temperature;
	bool f64, logp, text, unknown;
	int device;
	const char *end, *vocab, *prime, *prime_text, *rules;
	int unit;
} o = {
	.shortest = 7, .longest = 200, .sentences = 10, .seed = 10, .top_p = 1,
	.temperature = 1, .unit = -1
};

enum {
	STREAM_LONGEST = 2000,	/* default of -M for a stream */
	SIDE_BY_SIDE = 64	/* sequences in a step, about, for the choice of a device */
};

static const struct opt options[] = {
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "end", OPT_STR, { .s = &o.end }, "token", 0, 0,
	    "end a sequence after this token as well" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'k', "top-k", OPT_INT, { .i = &o.top_k }, "n", 0, VOCAB_MAX,
	    "draw from the n most probable tokens; 0: all" },
	{ 'm', "shortest", OPT_INT, { .i = &o.shortest }, "n", 1, 1e8,
	    "minimum number of tokens in a sentence" },
	{ 'M', "longest", OPT_INT, { .i = &o.longest }, "n", 1, 1e8,
	    "maximum number of tokens; of a stream: 2000" },
	{ 'n', "number", OPT_INT, { .i = &o.sentences }, "n", 0, 1e15,
	    "number of sentences; of a stream: 1" },
	{ 'P', "top-p", OPT_REAL, { .x = &o.top_p }, "p", 0, 1,
	    "nucleus sampling: draw from probability mass p" },
	{ 's', "seed", OPT_INT, { .i = &o.seed }, "n", 0, 4294967295.0, "random seed" },
	{ 't', "text", OPT_FLAG, { .flag = &o.text }, NULL, 0, 0, "write decimal indexes" },
	{ 'T', "temperature", OPT_REAL, { .x = &o.temperature }, "t", 0, 1e6,
	    "temperature; 0: most probable token" },
	{ 'u', "unknown", OPT_FLAG, { .flag = &o.unknown }, NULL, 0, 0, "allow UNKNOWN_TOKEN" },
	{ 'v', "vocabulary", OPT_STR, { .s = &o.vocab }, "file", 0, 0,
	    "vocabulary table, for a model without one" },
	{ 'w', "logp", OPT_FLAG, { .flag = &o.logp }, NULL, 0, 0,
	    "write lines of text with their log-probability" },
	{ 'x', "prime", OPT_STR, { .s = &o.prime }, "text", 0, 0,
	    "prompt that each sequence begins with; or @file" },
	{ 0, "prime-text", OPT_STR, { .s = &o.prime_text }, "text", 0, 0,
	    "the same as raw text, which tok would split" },
	PROGRESS_OPTION,
	{ 0, "rules", OPT_STR, { .s = &o.rules }, "rules", 0, 0,
	    "token rules of a model that does not state them" },
	{ 0, "unit", OPT_WORD, { .word = &o.unit }, UNIT_NAMES, 0, 0,
	    "with -v: unit of a table that has none" },
	{ 0 }
};
static const struct command command = {
	.summary = "generate text from a language model",
	.operands = "model",
	.example = "sample -n 5 -T 0.8 model.npz | decode -d",
	.table = options
};

struct run {
	const char *path;	/* the model file's */
	struct model model;
	struct net net;
	struct prompt prime;
	struct generator generator;
	bool characters;	/* the vocabulary consists of characters */
	int64_t newline;	/* the character \n, or -1 */
	struct index_writer out;
	struct buf line;	/* for -w */
	struct progress progress;
};

/* What the command line states about the vocabulary. */
static struct vocab_stated stated;

/* Reads the vocabulary of -v, for a model without one; otherwise it must be the same. */
static void
read_table(struct run *run, char *table)
{
	struct model *m = &run->model;
	struct prog_inputs file = { .argc = 1, .argv = &table };
	struct vocab v = { 0 };
	struct reader in;
	const char *why;

	prog_next_input(&file);
	reader_open(&in, file.f);
	if ((why = vocab_table_read(&v, &in, VOCAB_MAX, &stated)) != NULL)
		die("%s: %s", file.name, why);
	reader_close(&in);
	prog_next_input(&file);
	if (v.size != m->shape.vocab)
		die("%s: %" PRIu32 " words, but %s has %" PRIu32 "; name the vocabulary that it was "
		    "trained with", table, v.size, run->path, m->shape.vocab);
	if (m->has_vocab && vocab_crc(&v) != vocab_crc(&m->vocab))
		die("%s: not the vocabulary of %s; leave -v out to use its own", table, run->path);
	if (m->has_vocab) {
		vocab_free(&v);
		return;
	}
	m->vocab = v;
	m->has_vocab = true;
}

/* Token rules are those of the model or, if it has none, those of --rules. */
static void
set_rules(struct run *run)
{
	struct vocab *v = &run->model.vocab;
	const char *why = vocab_stated_rules(&stated, !token_rules_default(&v->rules), &v->rules,
	    &run->model.err);

	if (why == NULL)
		why = vocab_check_characters(v);
	if (why)
		die("%s: %s", run->path, why);
	if (!stated.has_rules && vocab_seems_characters(v))
		prog_note("%s: states no token rules, so its tokens are taken for words; if they are "
		    "characters: --rules characters", run->path);
}

/* The option that gives the prompt, for messages. */
static const char *
prime_option(void)
{
	return o.prime_text ? "--prime-text" : "-x";
}

/* Reads the prompt's file into text: without a byte order mark, without the line end at
 * its end, and with LF for CRLF. */
static void
read_prompt_file(struct buf *text, const char *name)
{
	struct prog_inputs file = { .argc = 1, .argv = (char **)&name };
	struct reader in;
	const char *why;
	bool more = true;

	if (strcmp(name, "-") != 0 && access(name, F_OK) != 0)
		die("%s: %s: no such file; a prompt that begins with @ is written @@",
		    prime_option(), name);
	prog_next_input(&file);
	reader_open(&in, file.f);
	in.crlf = true;
	why = reader_skip_bom(&in);
	while (why == NULL && (why = reader_line(&in, &more)) == NULL && more) {
		if (memchr(in.p, '\0', in.len))
			die("%s: %s: contains a NUL; a prompt is text", prime_option(), file.name);
		if ((in.number > 1 && !buf_putc(text, '\n')) || !buf_put(text, in.p, in.len))
			die("out of memory");
	}
	if (why)
		die("%s: %s: %s", prime_option(), file.name, why);
	reader_close(&in);
	prog_next_input(&file);
}

/* Appends the text of -x or --prime-text: the option's, or that of its file, whose name is
 * returned; otherwise NULL is. */
static const char *
read_prompt_text(struct buf *text)
{
	const char *given = o.prime_text ? o.prime_text : o.prime ? o.prime : "";

	if (strcmp(given, "@") == 0)
		die_usage("%s: '@' names no file; a prompt that begins with @ is written @@",
		    prime_option());
	if (*given == '@' && strncmp(given, "@@", 2) != 0) {
		read_prompt_file(text, given + 1);
		return given + 1;
	}
	given += *given == '@';
	if (!buf_put(text, given, strlen(given)))
		die("out of memory");
	return NULL;
}

/* Replaces a raw text by the tokens that tok makes of it. */
static void
split_prompt(const struct run *run, struct buf *text)
{
	struct buf tokens = { .len = 0 };
	const char *why = raw_text_tokens(&tokens, text->p ? text->p : "", text->len,
	    &run->model.vocab.rules);

	if (why)
		die("%s: %s", prime_option(), why);
	while (tokens.len > 0 && tokens.p[tokens.len - 1] == '\n')
		tokens.len--;
	buf_free(text);
	*text = tokens;
}

/* A prompt of sentences must be the beginning of a single one. */
static void
check_lines(const struct run *run, const char *text, const char *file)
{
	bool sentences = o.prime_text && !run->characters;
	size_t lines = 1;

	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	if (lines > 1 && run->model.vocab.unit == UNIT_SENTENCE)
		die("%s: %s%s%zu %s", prime_option(), file ? file : "", file ? ": " : "", lines,
		    sentences ? "sentences; a prompt is the beginning of one" :
		    "lines; a prompt is the beginning of one sentence");
}

/* What to do about tokens of the prompt that are not in the vocabulary. */
static const char *
prompt_remedy(const struct prompt *p, const struct vocab *v)
{
	bool one = p->missing.size == 1;

	if (p->glued && !o.prime_text)
		return "; separate words and punctuation by spaces, as tok does, or give the text "
		    "with --prime-text";
	if (p->capitals == p->missing.size && !o.prime_text)
		return one ? ", which has it in lower case; write it so, or give the text with "
		    "--prime-text" : ", which has them in lower case; write them so, or give the "
		    "text with --prime-text";
	if (p->capitals && !o.prime_text)
		return ", which has some of them in lower case; write these so, or give the text "
		    "with --prime-text";
	if (v->unknown >= 0)
		return one ? "; -u replaces it by " VOCAB_UNKNOWN :
		    "; -u replaces them by " VOCAB_UNKNOWN;
	if (o.unknown)
		return one ? ", nor is " VOCAB_UNKNOWN ", which -u would use; leave it out" :
		    ", nor is " VOCAB_UNKNOWN ", which -u would use; leave them out";
	return one ? "; leave it out" : "; leave them out";
}

/* Reports words that -u replaces although the vocabulary has them in lower case. */
static void
report_replaced(struct prompt *p)
{
	if (p->missing.size > 0 && p->capitals == p->missing.size)
		prog_note("%s: " VOCAB_UNKNOWN " replaces %s, which the vocabulary has in lower case",
		    prime_option(), prompt_missing(p));
}

/* Reads the prompt. */
static void
read_prime(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	struct prompt *p = &run->prime;
	struct buf text = { .len = 0 };
	const char *file = read_prompt_text(&text), *why;

	if (o.prime_text)
		split_prompt(run, &text);
	if (!buf_putc(&text, '\0'))
		die("out of memory");
	check_lines(run, text.p, file);
	why = o.prime_text ? prompt_read_tokens(p, v, text.p, o.unknown) :
	    prompt_read(p, v, text.p, o.unknown);
	if (why && p->missing.size)
		die("%s: %s %s not in the vocabulary%s", prime_option(), why,
		    p->missing.size == 1 ? "is" : "are", prompt_remedy(p, v));
	if (why)
		die("%s: %s", prime_option(), why);
	if (p->n > (size_t)o.longest)
		die_usage("%s: %zu %s, but -M allows at most %ld; raise it", prime_option(), p->n,
		    run->characters ? "characters" : "words", o.longest);
	report_replaced(p);
	buf_free(&text);
}

/* Sets the defaults that depend on the model. */
static void
set_defaults(const struct run *run)
{
	bool stream = run->model.vocab.unit == UNIT_STREAM;

	if (stream && options_given('m') && o.end == NULL)
		die_usage("-m: a stream has no end to delay; add -e, or drop -m");
	if (stream && !options_given('n'))
		o.sentences = 1;
	if (stream && !options_given('M'))
		o.longest = STREAM_LONGEST;
	if (!options_given('m') && (stream || run->characters))
		o.shortest = 1;
	if (!options_given('m') && o.shortest > o.longest)
		o.shortest = o.longest;
	if (o.shortest > o.longest)
		die_usage("-m %ld is more than -M %ld; lower -m or raise -M", o.shortest, o.longest);
}

/* The row of -e, or -1. */
static int64_t
end_word(const struct vocab *v)
{
	char shown[ERRMSG_WORD];
	struct buf low = { .len = 0 };
	int64_t end = o.end ? prompt_token(v, o.end) : -1;

	if (o.end && v->unit == UNIT_SENTENCE && end >= 0 && (end <= VOCAB_END_ROW || end == v->unknown))
		die("-e: %s is a marker, which is never drawn; name a word", o.end);
	if (o.end && end < 0)
		die("-e: '%s' is not in the vocabulary%s", errmsg_word(shown, o.end, strlen(o.end)),
		    raw_word_kind(&low, v, o.end, strlen(o.end)) == RAW_WORD_CAPITALS ?
		    ", which has it in lower case; write it so" : "; name one of its words");
	buf_free(&low);
	return end;
}

static void
begin_run(struct run *run)
{
	const struct vocab *v = &run->model.vocab;
	struct generate_rules r = { .unknown = o.unknown, .seed = (uint32_t)o.seed,
	    .temperature = o.temperature, .top_p = o.top_p, .top_k = (uint32_t)o.top_k };
	const char *why;

	run->characters = vocab_is_characters(v);
	run->newline = run->characters ? vocab_find(v, "\\n", 2) : -1;
	set_defaults(run);
	r.end = end_word(v);
	read_prime(run);
	r.number = (uint64_t)o.sentences;
	r.shortest = (size_t)o.shortest;
	r.longest = (size_t)o.longest;
	r.prime = run->prime.w;
	r.nprime = run->prime.n;
	r.cut = v->unit == UNIT_STREAM && !o.logp ? run->newline : -1;
	if ((why = generate_begin(&run->generator, &run->net, v, &r)) != NULL)
		die("%s", why);
}

/* The length in bytes of the text of a piece, as encode counts it. */
static uint64_t
text_bytes(const struct run *run, const struct piece *p)
{
	const struct vocab *v = &run->model.vocab;
	size_t markers = v->unit == UNIT_SENTENCE, first = markers, end = p->n - markers, len;
	uint64_t bytes = 0;

	for (size_t i = first; i < end; i++) {
		const char *word = vocab_word(v, p->w[i], &len);

		bytes += !run->characters ? len + 1 : escape_undo(word, len) ? 1 : len;
	}
	/* the newline, unless it is a token */
	return bytes + (run->characters && v->unit == UNIT_SENTENCE &&
	    (int64_t)p->w[end - 1] != run->newline);
}

static void
put_frame(struct run *run, const struct piece *p)
{
	uint64_t bytes;

	if (p->n == 0)
		return;
	bytes = text_bytes(run, p);
	index_put(&run->out, p->w, (uint32_t)p->n, bytes > UINT32_MAX ? 0 : (uint32_t)bytes);
}

static void
put_line(struct run *run, const struct piece *p)
{
	struct frame f = { .n = (uint32_t)p->n, .w = (uint32_t *)p->w };

	if (!render_frame(&run->line, &run->model.vocab, &f, RENDER_LINE))
		die("out of memory");
	printf("%.6f\t", p->logp);
	visible_put(run->line.p, run->line.len, stdout);
}

static void
put_piece(struct run *run, const struct piece *p)
{
	if (o.logp && p->last)
		put_line(run, p);
	else if (!o.logp)
		put_frame(run, p);
	if (run->model.vocab.unit == UNIT_STREAM)
		progress_show(&run->progress, "writing", run->generator.words, 0, "tokens");
	else
		progress_show(&run->progress, "writing", run->generator.done,
		    (uint64_t)o.sentences, "sentences");
}

static void
write_sequences(struct run *run)
{
	struct piece p;
	const char *why;
	bool more = true;

	progress_start(&run->progress, 0);
	if (!o.logp)
		index_begin(&run->out, stdout, &run->model.vocab, o.text);
	while ((why = generate_next(&run->generator, &p, &more)) == NULL && more && !ferror(stdout))
		put_piece(run, &p);
	progress_clear(&run->progress);
	if (why && run->generator.wordless)
		die("%s: %s; allow " VOCAB_UNKNOWN " with -u, or train again at a lower rate",
		    run->path, why);
	if (why)
		die("device %s: %s", run->net.k->name, why);
	if (!o.logp)
		index_end(&run->out);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct backend *k;
	struct errmsg err;
	const char *why;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	if (argc - i != 1)
		die_usage("give one model; usage: %s [options] model", prog_name);
	if (o.prime && o.prime_text)
		die_usage("--prime-text: -x gives a prompt, too; drop one of the two");
	if ((why = vocab_state(&stated, o.unit, o.rules, &err)) != NULL)
		die_usage("%s", why);
	if (o.unit >= 0 && o.vocab == NULL)
		die_usage("--unit: only the table of -v can lack its unit; drop it");
	if (o.logp && o.text)
		die_usage("-t: -w writes no indexes; drop one of the two");
	if (!o.logp && !o.text && prog_is_terminal(STDOUT_FILENO))
		die_usage("standard output is a terminal, and an index stream is binary; pipe it to "
		    "`%sdecode`, or give -t for its text form", prog_prefix);
	run.path = argv[i];
	device_load(&run.model, run.path, o.f64);
	if (o.vocab)
		read_table(&run, (char *)o.vocab);
	if (!run.model.has_vocab)
		die("%s: has no vocabulary; name the file of it with -v", run.path);
	set_rules(&run);
	k = device_net(&run.net, &run.model, o.device, o.threads,
	    (struct device_batch){ (double)(o.sentences < SIDE_BY_SIDE ? o.sentences : SIDE_BY_SIDE), 1 });
	begin_run(&run);
	device_note_training(&run.model, run.path);
	write_sequences(&run);
	generate_free(&run.generator);
	net_free(&run.net);
	k->close(k);
	model_free(&run.model);
	prompt_free(&run.prime);
	buf_free(&run.line);
	return prog_finish();
}
