/*
 * tok - splits text into sentences, and sentences into words or characters
 *
 * Reads CSV or plain text and writes a token stream: one sentence per line, its
 * tokens separated by single spaces.
 */
#include <string.h>
#include <unistd.h>

#include "csv_file.h"
#include "file_kind.h"
#include "options.h"
#include "paragraphs.h"
#include "prog.h"
#include "progress.h"
#include "reader.h"
#include "recode.h"
#include "shard.h"
#include "token_stream.h"
#include "tokenize.h"
#include "unicode_words.h"
#include "utf8.h"

enum { OUT_BYTES = 1 << 16 };
enum format { CSV, TEXT, PARAGRAPHS };
enum language { LANGUAGE_EN, LANGUAGE_AUTO, LANGUAGE_OTHER };
#define LANGUAGE_NAMES "en|auto|other"

static struct {
	bool chars, ends, live, numbers;
	const char *dir, *encoding, *delimiter, *quote, *escape;
	struct csv_file_options csv;
	const char *ids, *shard;
	int format, fold, words, form, language;
} o = { .csv.column = "1", .format = -1, .fold = -1, .language = -1 };

static struct tokenizer tokenizer;
static struct paragraph paragraph;	/* the current one, of -f paragraphs */

static const struct opt options[] = {
	{ 'C', "chars", OPT_FLAG, { .flag = &o.chars }, NULL, 0, 0,
	    "tokens are characters; implies -f text, -l never" },
	{ 'S', "line-ends", OPT_FLAG, { .flag = &o.ends }, NULL, 0, 0,
	    "with -C: keep line ends, as the token \\n" },
	{ 'c', "column", OPT_STR, { .s = &o.csv.column }, "name|n", 0, 0,
	    "CSV column, by header name or by number" },
	{ 'f', "format", OPT_WORD, { .word = &o.format }, "csv|text|paragraphs", 0, 0,
	    "a record is a CSV field, a line, a paragraph" },
	{ 'l', "lower", OPT_WORD, { .word = &o.fold }, "early|late|never", 0, 0,
	    "when to convert to lower case" },
	{ 'n', "no-header", OPT_FLAG, { .flag = &o.csv.headless }, NULL, 0, 0,
	    "the first CSV record is data, not a header" },
	{ 'p', "punkt", OPT_STR, { .s = &o.dir }, "dir", 0, 0,
	    "Punkt tables in the layout of NLTK's punkt_tab" },
	{ 0, "delimiter", OPT_STR, { .s = &o.delimiter }, "char", 0, 0,
	    "of CSV fields: a character, tab, or auto" },
	{ 0, "encoding", OPT_STR, { .s = &o.encoding }, "name", 0, 0,
	    "encoding of text without a byte order mark" },
	{ 0, "escape", OPT_STR, { .s = &o.escape }, "char", 0, 0,
	    "in CSV, takes the next character literally" },
	{ 0, "ids", OPT_STR, { .s = &o.ids }, "column", 0, 0,
	    "ids that lines begin with; 0: numbers" },
	{ 0, "keep-hyphens", OPT_FLAG, { .flag = &paragraph.keep_hyphens }, NULL, 0, 0,
	    "in paragraphs: keep hyphens at line ends" },
	{ 0, "language", OPT_WORD, { .word = &o.language }, LANGUAGE_NAMES, 0, 0,
	    "where sentences end, besides at . ? and !" },
	{ 0, "line-buffered", OPT_FLAG, { .flag = &o.live }, NULL, 0, 0,
	    "write the tokens of each record at once" },
	{ 0, "normalise", OPT_WORD, { .word = &o.form }, FORM_NAMES, 0, 0,
	    "convert text to a normal form of Unicode" },
	{ 0, "one", OPT_FLAG, { .flag = &tokenizer.one }, NULL, 0, 0,
	    "each record is one sentence, if empty, too" },
	PROGRESS_OPTION,
	{ 0, "quote", OPT_STR, { .s = &o.quote }, "char", 0, 0,
	    "quotation mark of CSV fields, or none" },
	{ 0, "ragged", OPT_FLAG, { .flag = &o.csv.ragged }, NULL, 0, 0,
	    "CSV records may have any number of fields" },
	{ 0, "shard", OPT_STR, { .s = &o.shard }, "i/n", 0, 0,
	    "the records of part i of n of the file" },
	{ 0, "words", OPT_WORD, { .word = &o.words }, WORDS_NAMES, 0, 0,
	    "how to cut words" },
	{ 0 }
};
static const struct command command = {
	.summary = "split text into sentences and tokens",
	.operands = "[file ...]",
	.example = "tok -c body comments.csv > tokens.txt",
	.table = options
};

static struct punkt table;
static bool told_unspaced;
static struct buf clean;		/* a text whose invalid bytes were replaced */
static struct buf id;			/* of the current record */
static uint64_t records;		/* those of the files before, or paragraphs */
static struct shard shard;
static enum shard_place place;		/* of the current record or paragraph in the shard */
static int status = PROG_OK;

/* With -S, the last line of a file that does not end in a newline: the next file
 * continues it, as with cat(1). */
static struct {
	struct buf text;
	const char *name;
	uint64_t number;
} rest;

/* Invalid text: the number of bytes, or of units of another encoding, and where the first
 * was found. */
static struct {
	uint64_t n, record;
	const char *name, *what, *encoding;
} bad;
static const char *encoding;		/* of the current file; NULL: UTF-8 */

/* Bytes of the files already read, and of all files (0: unknown). */
static struct {
	struct progress line;
	uint64_t before, total;
} done;

/* Starts the progress line, unless tokens go to the terminal as well. */
static void
start_progress(const struct prog_inputs *in)
{
	if (prog_is_terminal(STDOUT_FILENO))
		return;
	progress_start(&done.line, 0);
	done.total = prog_inputs_bytes(in);
}

static void
show_progress(uint64_t bytes)
{
	progress_show(&done.line, "reading", (done.before + bytes) >> 10, done.total >> 10,
	    "KiB");
}

static void
set_columns(void)
{
	struct errmsg err;
	const char *why;

	o.csv.ids = o.numbers ? NULL : o.ids;
	if ((why = csv_file_check(&o.csv, &err)) != NULL)
		die_usage("%s", why);
}

static void
set_dialect(void)
{
	struct errmsg err;
	const char *why = csv_dialect_parse(&o.csv.dialect, o.delimiter, o.quote, o.escape, &err);

	if (why)
		die_usage("%s", why);
	if (o.format != CSV)
		options_reject("c n delimiter escape quote ragged", "is for CSV files; drop it, or give -f csv");
	o.csv.dialect.encoding = o.encoding;
}

/* Rejects options that contradict each other, and sets defaults that depend on others. */
static void
check_options(void)
{
	if (o.ends && o.format == PARAGRAPHS)
		die_usage("-S: the lines of a paragraph are joined; drop -S, or -f paragraphs");
	if (o.ends && (o.ids || tokenizer.one))
		die_usage("%s: with -S, lines are no records; drop one of the two",
		    o.ids ? "--ids" : "--one");
	if (paragraph.keep_hyphens && o.format != PARAGRAPHS)
		die_usage("--keep-hyphens: only lines of paragraphs are joined; add -f paragraphs");
	if (o.ends && !o.chars)
		die_usage("-S: only characters have line ends as tokens; add -C");
	if (o.chars && o.words)
		die_usage("--words: -C makes characters the tokens; drop one of the two");
	if ((o.chars || o.words == WORDS_SPACE) && (o.language >= 0 || o.dir))
		die_usage("%s: no sentences are looked for with %s; drop it",
		    o.dir ? "-p" : "--language", o.chars ? "-C" : "--words space");
	if (o.format < 0)
		o.format = o.chars || o.words == WORDS_SPACE ? TEXT : CSV;
	if (o.fold < 0)
		o.fold = token_rules_fold(o.chars, (enum words)o.words);
	if (o.language < 0)
		o.language = o.words == WORDS_UNICODE ? LANGUAGE_AUTO : LANGUAGE_EN;
	o.live |= prog_is_terminal(STDOUT_FILENO);
	if (o.encoding && !recode_knows(o.encoding))
		die_usage("--encoding: '%s' is not the name of an encoding; `iconv -l` lists them",
		    o.encoding);
	o.numbers = o.ids && strcmp(o.ids, "0") == 0;
	if (o.ids && !o.numbers && o.format != CSV)
		die_usage("--ids: '%s': only CSV has columns; --ids 0 numbers the records", o.ids);
	set_columns();
	if (o.shard && !shard_parse(&shard, o.shard))
		die_usage("--shard: '%s' is not i/n, such as 1/4, with i from 1 to n, at most %d", o.shard,
		    SHARDS_MAX);
	o.csv.shard = &shard;
	set_dialect();
}

/* Sets the rules, and the header that states them where they are not the default. */
static void
set_rules(void)
{
	static char header[TOKEN_HEADER];
	struct token_rules r = { .characters = o.chars, .ends = o.ends,
	    .words = (enum words)o.words, .lower = (enum fold)o.fold,
	    .form = (enum normal_form)o.form };
	struct line_form form = { .empty = tokenizer.one, .ids = o.ids != NULL };

	if (o.chars && r.lower == FOLD_LATE)
		r.lower = FOLD_EARLY;
	tokenizer.rules = r;
	tokenizer.marks = o.language != LANGUAGE_EN;
	tokenizer.header = token_stream_header(&r, &form, header);
}

static void
load_table(void)
{
	const char *why = o.dir ? punkt_load(&table, o.dir) :
	    o.language == LANGUAGE_OTHER ? NULL : punkt_english(&table);

	if (why)
		die("%s: %s", o.dir ? o.dir : "built-in table", why);
	tokenizer.table = &table;
}

/* Reports, once, words without end. */
static void
report_unspaced(const char *name, const char *what, uint64_t number)
{
	told_unspaced = true;
	progress_clear(&done.line);
	prog_note("%s: %s %llu: a word of %d letters or more, in a script without spaces between "
	    "words; --words unicode cuts such text", name, what, (unsigned long long)number,
	    UNSPACED_MOST);
}

/* Writes the tokens of one record.  `what` ("record", "line") and number identify it in
 * messages; `ended` tells whether a line end followed it. */
static void
write_text(const char *p, size_t len, const char *name, const char *what, uint64_t number,
    bool ended)
{
	if (!utf8_is_clean(p, len)) {
		if (bad.n == 0) {
			bad.name = name;
			bad.what = what;
			bad.record = number;
			bad.encoding = encoding;
		}
		if (!utf8_clean(&clean, p, len, &bad.n))
			die("%s: %s %llu: out of memory", name, what,
			    (unsigned long long)number);
		p = clean.p;
		len = clean.len;
	}
	if (o.chars ? !tokenize_write_chars(&tokenizer, p, len, ended && o.ends, stdout) :
	    !tokenize_write(&tokenizer, p, len, stdout))
		die("%s: %s %llu: out of memory", name, what, (unsigned long long)number);
	if (tokenizer.unspaced && !told_unspaced)
		report_unspaced(name, what, number);
	if (o.live)
		fflush(stdout);
}

/* Sets the id of the lines that follow: the field at p, or the record's number. */
static void
set_id(const char *name, const char *what, uint64_t number, const char *p, size_t len)
{
	char digits[24];

	if (o.ids == NULL)
		return;
	if (o.numbers) {
		len = (size_t)snprintf(digits, sizeof(digits), "%llu",
		    (unsigned long long)(records + number));
		p = digits;
	}
	if (p == NULL)
		die("%s: %s %llu: no column %s, which is its id", name, what,
		    (unsigned long long)number, o.ids);
	if (!utf8_clean(&id, p, len, &bad.n))
		die("%s: %s %llu: out of memory", name, what, (unsigned long long)number);
	if (id.len > LINE_ID_MAX || (id.len && (memchr(id.p, '\t', id.len) ||
	    memchr(id.p, '\n', id.len))))
		die("%s: %s %llu: its id has a tab or a line end, or is longer than 64 KiB; take "
		    "another column, or --ids 0", name, what, (unsigned long long)number);
	tokenizer.id = id.len ? id.p : "";
	tokenizer.id_len = id.len;
}

static void
report_bad_bytes(void)
{
	if (bad.n)
		prog_note("%s: %s %llu: invalid %s, written as U+FFFD (%llu%s in total)%s", bad.name,
		    bad.what, (unsigned long long)bad.record, bad.encoding ? bad.encoding : "UTF-8",
		    (unsigned long long)bad.n, bad.encoding ? "" : " bytes",
		    bad.encoding ? "" : "; --encoding reads other encodings");
}

/* Appends the line to the unfinished one of the files before. */
static void
add_to_rest(const struct reader *r, const char *name)
{
	if (rest.text.len == 0) {
		rest.name = name;
		rest.number = r->number;
	}
	if (rest.text.len + r->len > READER_LINE_MAX)
		die("%s: line %llu: longer than 256 MiB with the files before; end the last line "
		    "of each file with a newline", name, (unsigned long long)r->number);
	if (!buf_put(&rest.text, r->p, r->len))
		die("%s: line %llu: out of memory", name, (unsigned long long)r->number);
}

static void
write_rest(bool ended)
{
	if (rest.text.len)
		write_text(rest.text.p, rest.text.len, rest.name, "line", rest.number, ended);
	rest.text.len = 0;
}

static void
write_paragraph(const char *name)
{
	if (paragraph.text.len == 0)
		return;
	set_id(name, "line", 1, NULL, 0);
	records++;
	if (place == SHARD_INSIDE)
		write_text(paragraph.text.p, paragraph.text.len, name, "line", paragraph.first, true);
	paragraph_clear(&paragraph);
}

static void
add_to_paragraph(const struct reader *r, const char *name)
{
	if (paragraph_ends_at(r->p, r->len)) {
		write_paragraph(name);
		return;
	}
	if (paragraph.text.len + r->len > READER_LINE_MAX)
		die("%s: line %llu: a paragraph longer than 256 MiB; does the text have empty lines?",
		    name, (unsigned long long)r->number);
	if (!paragraph_add(&paragraph, r->p, r->len, r->number))
		die("%s: line %llu: out of memory", name, (unsigned long long)r->number);
}

/* Finds the place of what begins here; a paragraph has that of its first line.  Whether there
 * is more to be written. */
static bool
begin_line(const struct reader *r)
{
	if (paragraph.text.len == 0)
		place = shard_place(&shard, reader_offset(r));
	return place != SHARD_AFTER;
}

static void
write_line(const struct reader *r, const char *name)
{
	if (o.format == PARAGRAPHS) {
		add_to_paragraph(r, name);
		return;
	}
	if (place == SHARD_BEFORE)
		return;
	set_id(name, "line", r->number, NULL, 0);
	if (!o.ends || (r->ended && rest.text.len == 0)) {
		write_text(r->p, r->len, name, "line", r->number, r->ended);
		return;
	}
	add_to_rest(r, name);
	if (r->ended)
		write_rest(true);
}

static void
read_lines(const struct prog_inputs *in)
{
	struct reader r;
	enum file_kind found;
	const char *why;
	bool more;

	reader_open(&r, in->f);
	r.crlf = !o.ends;
	r.encoding = o.encoding;
	why = file_kind_begin(&r, FILE_TEXT, &found, &r.err);
	encoding = r.encoding;
	why = why ? why : shard_check(&shard, &r, &r.err);
	while (why == NULL && begin_line(&r) && (why = reader_line(&r, &more)) == NULL && more &&
	    !ferror(stdout)) {
		write_line(&r, in->name);
		show_progress(r.bytes);
	}
	progress_clear(&done.line);
	if (why)
		die("%s: %s", in->name, why);
	write_paragraph(in->name);
	records += o.format == TEXT ? r.number : 0;
	done.before += r.bytes;
	reader_close(&r);
}

/* Reports what suggests that the file is damaged or is not CSV. */
static void
report_file(struct csv_file *file, const char *name)
{
	for (int i = 0; i < CSV_FILE_REMARKS; i++) {
		bool failed;
		const char *remark = csv_file_remark(file, i, &failed);

		if (remark == NULL)
			continue;
		if (!failed) {
			prog_note("%s: %s", name, remark);
			continue;
		}
		prog_warn("%s: %s", name, remark);
		status = PROG_FAIL;
	}
}

static void
read_csv(const struct prog_inputs *in)
{
	struct csv_file file;
	const char *why = csv_file_open(&file, in->f, &o.csv);
	uint64_t missing = 0;
	bool more = true;

	encoding = file.csv.in.encoding;
	why = why ? why : shard_check(&shard, &file.csv.in, &file.err);
	if (why == NULL && file.note)
		prog_note("%s: %s", in->name, file.note);
	while (why == NULL && (why = csv_file_next(&file, &more)) == NULL && more && !ferror(stdout)) {
		/* with --one, a record without the column has a line, too */
		bool written = file.text || (tokenizer.one && file.missing > missing);

		missing = file.missing;
		if (written)
			set_id(in->name, "record", file.number, file.id, file.id_len);
		if (written)
			write_text(file.text ? file.text : "", file.text ? file.len : 0, in->name, "record",
			    file.number, true);
		show_progress(file.csv.in.bytes);
	}
	progress_clear(&done.line);
	if (why)
		die("%s: %s", in->name, why);
	report_file(&file, in->name);
	records += file.number;
	done.before += file.csv.in.bytes;
	csv_file_close(&file);
}

int
main(int argc, char *argv[])
{
	struct prog_inputs in = { 0 };
	struct errmsg err;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options();
	load_table();
	set_rules();
	setvbuf(stdout, NULL, _IOFBF, OUT_BYTES);
	in.argc = argc - i;
	in.argv = argv + i;
	if (shard.n && o.ends && in.argc > 1)
		die_usage("-S: with --shard, the text has to be one file, as lines continue in the next");
	die_if(shard_measure(&shard, in.argc, in.argv, &err));
	start_progress(&in);
	while (prog_next_input(&in) && (place = shard_file(&shard, in.f)) != SHARD_AFTER) {
		if (place == SHARD_BEFORE && !o.numbers)
			continue;	/* its records need not even be counted */
		if (o.format == CSV)
			read_csv(&in);
		else
			read_lines(&in);
	}
	write_rest(false);
	report_bad_bytes();
	tokenize_free(&tokenizer);
	punkt_free(&table);
	buf_free(&clean);
	buf_free(&id);
	buf_free(&rest.text);
	buf_free(&paragraph.text);
	prog_finish();
	return status;
}
