/*
 * vocab - counts the tokens of a stream, builds the table and writes both.
 *
 * The tokens are needed twice, to be counted and then copied, so a spool stores them
 * in between; the table alone (-t, -M) does without.
 */
#include <string.h>

#include "atomic_file.h"
#include "vocab_count.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "errmsg.h"
#include "spool.h"
#include "vocab_chars.h"
#include "vocab_stream.h"
#include "word_list.h"

static struct {
	long min, size;
	bool merge, stream, table, list;
	const char *out, *rules, *keep;
	int unit;
} o = { .min = 1, .size = 8000, .unit = -1 };

static const struct opt options[] = {
	{ 'M', "merge", OPT_FLAG, { .flag = &o.merge }, NULL, 0, 0,
	    "merge the tables of consecutive pieces of a text" },
	{ 'S', "stream", OPT_FLAG, { .flag = &o.stream }, NULL, 0, 0,
	    "vocabulary of a stream: no sentence markers" },
	{ 'm', "min-count", OPT_INT, { .i = &o.min }, "n", 1, 1e15,
	    "drop words that occur fewer than n times" },
	{ 'n', "size", OPT_INT, { .i = &o.size }, "n", 0, VOCAB_MAX,
	    "maximum rows, markers included; 0: no limit" },
	{ 'o', "output", OPT_STR, { .s = &o.out }, "file", 0, 0,
	    "also write the vocabulary table to this file" },
	{ 't', "table", OPT_FLAG, { .flag = &o.table }, NULL, 0, 0,
	    "write the table only, without the tokens" },
	{ 0, "from-list", OPT_FLAG, { .flag = &o.list }, NULL, 0, 0,
	    "make a table of plain lists of words" },
	{ 0, "keep", OPT_STR, { .s = &o.keep }, "file", 0, 0,
	    "list of words with a row whatever their count" },
	PROGRESS_OPTION,
	{ 0, "rules", OPT_STR, { .s = &o.rules }, "rules", 0, 0,
	    "token rules of input that does not state them" },
	{ 0, "unit", OPT_WORD, { .word = &o.unit }, UNIT_NAMES, 0, 0,
	    "with -M: unit of tables that state none" },
	{ 0 }
};
static const struct command command = {
	.summary = "count tokens and build a vocabulary",
	.operands = "[file ...]",
	.example = "tok comments.csv | vocab -n 8000 -o words.tsv > comments.vocab",
	.table = options
};

static struct progress progress;
static struct vocab_stated stated;

static struct vocab_lines copied;

static void
read_options(int argc, char *argv[], struct prog_inputs *in)
{
	int i = options_parse(argc, argv, &command), least;
	struct errmsg err;
	const char *why = vocab_state(&stated, o.unit, o.rules, &err);

	if (why)
		die_usage("%s", why);
	if (o.unit >= 0 && !o.merge)
		die_usage("--unit: only -M reads tables; the unit of a text is stream with -S");
	if (o.merge && o.stream)
		die_usage("-M: the unit is that of the tables; leave out -S");
	if (o.list)
		options_reject("M keep m n t", "is for words that are counted; a list is taken as "
		    "it is");
	if (o.keep && strcmp(o.keep, "-") == 0)
		die_usage("--keep: needs a file, because standard input may hold the tokens");
	least = o.stream || o.merge ? 2 : 3;
	if (o.size != 0 && o.size < least)
		die_usage("-n: %ld rows cannot hold the markers and UNKNOWN_TOKEN: "
		    "%d at least, or 0", o.size, least);
	if (o.merge)
		o.table = true;
	*in = (struct prog_inputs){ .argc = argc - i, .argv = argv + i };
}

/* Keeps the current line, and its newline, for the stream. */
static const char *
keep_line(struct spool *s, const struct reader *in)
{
	const char *why = spool_put(s, in->p, in->len);

	vocab_lines_add(&copied, in->p, in->len);
	return why ? why : spool_put(s, "\n", 1);
}

static void
count_input(struct vocab_count *c, struct spool *s, const char *name, FILE *f)
{
	struct token_stream t;
	const char *why;
	bool more, ended = true;

	token_stream_open(&t, f);
	t.stated = &stated;
	if ((why = token_stream_begin(&t)) == NULL)
		why = vocab_count_rules(c, &t.rules);
	if (why == NULL)
		why = vocab_count_form(c, &t.form);
	while (why == NULL && (why = token_stream_line(&t, &more)) == NULL && more) {
		ended = t.in.ended;
		progress_show(&progress, "counting", c->lines, 0, "lines");
		if ((why = vocab_count_line(c, &t)) == NULL && !o.table)
			why = keep_line(s, &t.in);
	}
	progress_clear(&progress);
	if (why != NULL)
		die("%s: %s", name, why);
	if (!ended)
		prog_warn("%s: the last line ends without a newline; "
		    "was the writer cut off?", name);
	token_stream_close(&t);
}

static void
merge_input(struct vocab_count *c, const char *name, FILE *f)
{
	struct vocab v = { .size = 0 };
	const char *why;
	struct reader in;

	reader_open(&in, f);
	if ((why = vocab_table_read(&v, &in, UINT32_MAX - 1, &stated)) != NULL || (why = vocab_count_merge(c, &v)) != NULL)
		die("%s: %s", name, why);
	if (o.size == 2 && c->unit == UNIT_SENTENCE)
		die_usage("-n: 2 rows cannot hold the markers and UNKNOWN_TOKEN of %s", name);
	reader_close(&in);
	vocab_free(&v);
}

/* The messages of the tutorial. */
static void
report_counts(const struct vocab_count *c, const struct vocab *v)
{
	const char *lines = c->unit == UNIT_SENTENCE ? "sentences" : "lines";
	uint32_t last = v->size - 1 - (v->unknown >= 0 && v->size > 1);
	char shown[ERRMSG_WORD];
	size_t len;
	const char *word = vocab_word(v, last, &len);

	if (c->lines > 0)
		prog_note("Parsed %llu %s.", (unsigned long long)c->lines, lines);
	prog_note("Found %llu unique words tokens.", (unsigned long long)vocab_count_unique(c));
	prog_note("Using vocabulary size %u.", v->size);
	prog_note("The least frequent word in our vocabulary is '%s' and appeared %llu times.",
	    errmsg_word(shown, word, len), (unsigned long long)v->row[last].count);
	if (c->markers > 0)
		prog_note("%llu token%s of the text spelled like a marker: "
		    "counted as " VOCAB_UNKNOWN ".", (unsigned long long)c->markers,
		    c->markers == 1 ? "" : "s");
}

/* Writes the table of -o. */
static void
write_file(const struct vocab *v)
{
	struct atomic_file a;
	struct errmsg err;
	const char *why;

	if ((why = atomic_file_open(&a, o.out, &err)) != NULL)
		die("%s: %s", o.out, why);
	vocab_table_write(v, a.f);
	if ((why = atomic_file_commit(&a)) != NULL)
		die("%s: %s", o.out, why);
}

static void
write_output(const struct vocab_count *c, const struct vocab *v, struct spool *s)
{
	uint32_t begun;
	const char *why;

	if (o.out)
		write_file(v);
	if (o.table) {
		vocab_table_write(v, stdout);
		return;
	}
	begun = vocab_stream_begin(stdout, v, c);
	if ((why = spool_copy(s, stdout)) != NULL)
		die("%s", why);
	vocab_stream_end(stdout, &copied, begun);
}

/* Reads the lists, and writes the table of their words. */
static void
list_words(struct prog_inputs *in)
{
	struct vocab words = { .size = 0 };
	struct vocab v = { .unit = o.stream ? UNIT_STREAM : UNIT_SENTENCE, .unknown = -1 };
	const char *why;

	v.rules = stated.rules;
	while (prog_next_input(in))
		if ((why = word_list_read(&words, in->f)) != NULL)
			die("%s: %s", in->name, why);
	if ((why = word_list_table(&v, &words)) != NULL || (why = vocab_check_characters(&v)) != NULL)
		die("%s", why);
	prog_note("Using vocabulary size %u.", v.size);
	if (o.out)
		write_file(&v);
	vocab_table_write(&v, stdout);
	vocab_free(&v);
	vocab_free(&words);
}

static void
read_keep(struct vocab *keep)
{
	struct prog_inputs file = { .argc = 1, .argv = (char **)&o.keep };
	const char *why;

	prog_next_input(&file);
	if ((why = word_list_read(keep, file.f)) != NULL)
		die("%s: %s", o.keep, why);
	prog_next_input(&file);
}

int
main(int argc, char *argv[])
{
	struct vocab_count c = { .unit = UNIT_SENTENCE };
	struct prog_inputs in;
	struct spool s;
	struct vocab v, keep = { .size = 0 };
	struct errmsg err;
	const char *why;

	prog_init(argv[0]);
	read_options(argc, argv, &in);
	if (prog_reads(&in, o.out))
		die_usage("-o: %s is read, too: it would be written over", o.out);
	if (o.out && (why = atomic_file_check(o.out, &err)) != NULL)
		die("%s: %s", o.out, why);
	if (o.list) {
		list_words(&in);
		return prog_finish();
	}
	if (o.stream)
		c.unit = UNIT_STREAM;
	if (o.keep)
		read_keep(&keep);
	spool_init(&s);
	progress_start(&progress, 0);
	while (prog_next_input(&in)) {
		if (o.merge)
			merge_input(&c, in.name, in.f);
		else
			count_input(&c, &s, in.name, in.f);
	}
	if ((why = vocab_count_keep(&c, &keep)) != NULL)
		die("%s", why);
	if ((why = vocab_check_characters(&c.words)) != NULL)
		die("%s", why);
	if ((why = vocab_count_cut(&c, (uint32_t)o.size, (uint64_t)o.min, &v)) != NULL)
		die("%s", why);
	if (!o.table && v.size > VOCAB_MAX)
		die("%u words: more than a stream's table can hold; limit them with -n or -m",
		    v.size);
	report_counts(&c, &v);
	write_output(&c, &v, &s);
	vocab_free(&v);
	vocab_free(&keep);
	spool_free(&s);
	vocab_count_free(&c);
	return prog_finish();
}
