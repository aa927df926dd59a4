/*
 * tok - splits text into sentences, and sentences into words or characters
 *
 * Reads CSV or plain text and writes a token stream: one sentence per line, its
 * tokens separated by single spaces.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv_header.h"
#include "csv_records.h"
#include "file_kind.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "reader.h"
#include "token_stream.h"
#include "tokenize.h"
#include "unicode_words.h"
#include "utf8.h"

enum { MAX_COLUMN = 1000000, OUT_BYTES = 1 << 16 };
enum format { CSV, TEXT };
enum language { LANGUAGE_EN, LANGUAGE_AUTO, LANGUAGE_OTHER };
#define LANGUAGE_NAMES "en|auto|other"

static struct {
	bool chars, headless, ends, live;
	const char *column, *dir;
	int format, fold, words, form, language;
} o = { .column = "1", .format = -1, .fold = -1, .language = -1 };

static const struct opt options[] = {
	{ 'C', "chars", OPT_FLAG, { .flag = &o.chars }, NULL, 0, 0,
	    "tokens are characters; implies -f text, -l never" },
	{ 'S', "line-ends", OPT_FLAG, { .flag = &o.ends }, NULL, 0, 0,
	    "with -C: keep line ends, as the token \\n" },
	{ 'c', "column", OPT_STR, { .s = &o.column }, "name|n", 0, 0,
	    "CSV column, by header name or by number" },
	{ 'f', "format", OPT_WORD, { .word = &o.format }, "csv|text", 0, 0,
	    "input format; in text, each line is a record" },
	{ 'l', "lower", OPT_WORD, { .word = &o.fold }, "early|late|never", 0, 0,
	    "when to convert to lower case" },
	{ 'n', "no-header", OPT_FLAG, { .flag = &o.headless }, NULL, 0, 0,
	    "the first CSV record is data, not a header" },
	{ 'p', "punkt", OPT_STR, { .s = &o.dir }, "dir", 0, 0,
	    "Punkt tables in the layout of NLTK's punkt_tab" },
	{ 0, "language", OPT_WORD, { .word = &o.language }, LANGUAGE_NAMES, 0, 0,
	    "where sentences end, besides at . ? and !" },
	{ 0, "line-buffered", OPT_FLAG, { .flag = &o.live }, NULL, 0, 0,
	    "write the tokens of each record at once" },
	{ 0, "normalise", OPT_WORD, { .word = &o.form }, FORM_NAMES, 0, 0,
	    "convert text to a normal form of Unicode" },
	PROGRESS_OPTION,
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

static struct tokenizer tokenizer;
static struct punkt table;
static bool told_unspaced;
static struct buf clean;		/* a text whose invalid bytes were replaced */
static int status = PROG_OK;

/* With -S, the last line of a file that does not end in a newline: the next file
 * continues it, as with cat(1). */
static struct {
	struct buf text;
	const char *name;
	uint64_t number;
} rest;

/* Invalid UTF-8: the number of bytes, and where the first was found. */
static struct {
	uint64_t n, record;
	const char *name, *what;
} bad;

/* Bytes of the files already read, and of all files (0: unknown). */
static struct {
	struct progress line;
	uint64_t before, total;
} done;

/* Starts the progress line, unless tokens go to the terminal as well. */
static void
start_progress(const struct prog_inputs *in)
{
	struct stat st;

	if (prog_is_terminal(STDOUT_FILENO))
		return;
	progress_start(&done.line, 0);
	for (int i = 0; i < in->argc || i == 0; i++) {
		bool named = in->argc > 0 && strcmp(in->argv[i], "-") != 0;

		if ((named ? stat(in->argv[i], &st) : fstat(STDIN_FILENO, &st)) != 0 ||
		    !S_ISREG(st.st_mode)) {
			done.total = 0;
			return;
		}
		done.total += (uint64_t)st.st_size;
	}
}

static void
show_progress(uint64_t bytes)
{
	progress_show(&done.line, "reading", (done.before + bytes) >> 10, done.total >> 10,
	    "KiB");
}

/* The column's number, from 0, or SIZE_MAX if -c gave a name. */
static size_t
column_number(void)
{
	size_t sign = *o.column == '-', digits = strspn(o.column + sign, "0123456789"), n;

	if (digits == 0 || o.column[sign + digits])
		return SIZE_MAX;
	errno = 0;
	n = strtoul(o.column + sign, NULL, 10);
	if (sign || errno || n < 1 || n > MAX_COLUMN)
		die_usage("-c: '%s' is not a column number from 1 to %d", o.column, MAX_COLUMN);
	return n - 1;
}

/* Rejects options that contradict each other, and sets defaults that depend on others. */
static void
check_options(void)
{
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
	if (*o.column == '\0')
		die_usage("-c: empty; give the number or the name of a column");
	if (column_number() == SIZE_MAX && o.headless)
		die_usage("-c: '%s' is a name, but -n says that there is no header; give a number",
		    o.column);
}

/* Sets the rules, and the header that states them where they are not the default. */
static void
set_rules(void)
{
	static char header[TOKEN_HEADER];
	struct token_rules r = { .characters = o.chars, .ends = o.ends,
	    .words = (enum words)o.words, .lower = (enum fold)o.fold,
	    .form = (enum normal_form)o.form };

	if (o.chars && r.lower == FOLD_LATE)
		r.lower = FOLD_EARLY;
	tokenizer.rules = r;
	tokenizer.marks = o.language != LANGUAGE_EN;
	tokenizer.header = token_stream_header(&r, header);
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

static void
report_bad_bytes(void)
{
	if (bad.n)
		prog_note("%s: %s %llu: invalid UTF-8, written as U+FFFD (%llu bytes in total); "
		    "iconv(1) converts other encodings", bad.name, bad.what,
		    (unsigned long long)bad.record, (unsigned long long)bad.n);
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
write_line(const struct reader *r, const char *name)
{
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
	why = file_kind_begin(&r, FILE_TEXT, &found, &r.err);
	while (why == NULL && (why = reader_line(&r, &more)) == NULL && more &&
	    !ferror(stdout)) {
		write_line(&r, in->name);
		show_progress(r.bytes);
	}
	progress_clear(&done.line);
	if (why)
		die("%s: %s", in->name, why);
	done.before += r.bytes;
	reader_close(&r);
}

/* A CSV file, and what is counted about its records.  Empty lines have no columns and
 * do not count. */
struct csv_file {
	const char *name;
	struct csv_records csv;
	uint64_t header;		/* records before the first of data: 1, or 0 */
	size_t want;			/* the column to write, from 0 */
	size_t columns;			/* of the header, or of the first record */
	uint64_t records;
	uint64_t other_columns;		/* records with more or fewer columns */
	uint64_t missing;		/* records without the column to write */
	uint64_t first_missing;		/* the first of them */
};

/* Reports an error in the current record, or in reading it. */
static _Noreturn void
die_in_record(const struct csv_file *file, const char *why)
{
	const struct csv_records *c = &file->csv;

	progress_clear(&done.line);
	if (c->read_failed)
		die("%s: %s", file->name, why);
	if (c->record <= file->header)
		die("%s: header: %s", file->name, why);
	die("%s: record %llu (line %llu): %s", file->name,
	    (unsigned long long)(c->record - file->header), (unsigned long long)c->line, why);
}

static void
count_record(struct csv_file *file, uint64_t number, bool missing)
{
	size_t n = file->csv.ncol;

	if (n == 0)
		return;
	if (file->columns == 0)
		file->columns = n;
	file->records++;
	file->other_columns += n != file->columns;
	if (missing && file->missing++ == 0)
		file->first_missing = number;
}

/* Reports what suggests that the file is damaged or is not CSV. */
static void
report_file(const struct csv_file *file)
{
	uint64_t stray = file->csv.stray_record;
	char where[40] = "header";

	if (file->missing) {
		prog_warn("%s: record %llu: no column %s (records without it: %llu); check "
		    "commas and quotation marks there", file->name,
		    (unsigned long long)file->first_missing, o.column,
		    (unsigned long long)file->missing);
		status = PROG_FAIL;
	} else if (file->other_columns) {
		prog_note("%s: %llu of %llu records have more or fewer fields than the first, "
		    "which has %zu; if the file is plain text, use -f text", file->name,
		    (unsigned long long)file->other_columns, (unsigned long long)file->records,
		    file->columns);
	}
	if (stray > file->header)
		snprintf(where, sizeof(where), "record %llu",
		    (unsigned long long)(stray - file->header));
	if (stray)
		prog_note("%s: %s: misplaced quotes, taken literally (%llu in total); inside a "
		    "quoted field a quote is written twice", file->name, where,
		    (unsigned long long)file->csv.stray);
}

/* Reads the header and sets the column to write. */
static void
read_header(struct csv_file *file)
{
	bool more, named = file->want == SIZE_MAX;
	const char *why = csv_records_next(&file->csv, CSV_RECORDS_ALL, &more);
	struct errmsg err;

	if (why)
		die_in_record(file, why);
	if (!more)
		die("%s: empty input where a header was expected; -n reads files without one",
		    file->name);
	if (file->csv.unclosed) {
		prog_warn("%s: header: quoted field never ends; is its closing quotation "
		    "mark missing?", file->name);
		status = PROG_FAIL;
	}
	file->columns = file->csv.ncol;
	if (named && (why = csv_header_find(&file->csv, o.column, &file->want, &err)) != NULL)
		die("%s: %s", file->name, why);
	why = csv_header_delimiter(&file->csv, &err);
	if (file->columns > 0 && file->want >= file->columns)
		die("%s: no column %s; %s", file->name, o.column, why ? why :
		    errmsg_set(&err, "the header has %zu", file->columns));
	if (why && !named)
		prog_note("%s: %s", file->name, why);
}

static void
write_record(struct csv_file *file, uint64_t number)
{
	const struct csv_records *c = &file->csv;
	size_t len;
	const char *field = csv_records_field(c, 0, &len);

	count_record(file, number, field == NULL);
	if (field)
		write_text(field, len, file->name, "record", number, true);
	if (c->unclosed) {
		progress_clear(&done.line);
		prog_warn("%s: record %llu: quoted field never ends (it starts on line %llu); is its "
		    "closing quotation mark missing?",
		    file->name, (unsigned long long)number, (unsigned long long)c->line);
		status = PROG_FAIL;
	}
}

static void
read_csv(const struct prog_inputs *in)
{
	struct csv_file file = { .name = in->name, .want = column_number() };
	struct csv_records *c = &file.csv;
	const char *why = csv_records_open(c, in->f);
	bool more = true;

	if (why)
		die("%s: %s", in->name, why);
	if (!o.headless) {
		file.header = 1;
		read_header(&file);
	}
	while ((why = csv_records_next(c, file.want, &more)) == NULL && more && !ferror(stdout)) {
		write_record(&file, c->record - file.header);
		show_progress(c->in.bytes);
	}
	if (why)
		die_in_record(&file, why);
	progress_clear(&done.line);
	report_file(&file);
	done.before += c->in.bytes;
	csv_records_close(c);
}

int
main(int argc, char *argv[])
{
	struct prog_inputs in = { 0 };
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options();
	load_table();
	set_rules();
	setvbuf(stdout, NULL, _IOFBF, OUT_BYTES);
	in.argc = argc - i;
	in.argv = argv + i;
	start_progress(&in);
	while (prog_next_input(&in)) {
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
	buf_free(&rest.text);
	prog_finish();
	return status;
}
