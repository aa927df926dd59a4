/*
 * tok - text to sentences, and sentences to words
 *
 * Reads CSV or plain text and writes the token stream: one sentence a line,
 * tokens separated by one space.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv_records.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "reader.h"
#include "tokenize.h"
#include "utf8.h"

enum { MAX_COLUMN = 1000000, OUT_BYTES = 1 << 16 };
enum format { CSV, TEXT };

static struct {
	bool chars, headless, ends;
	const char *column, *dir;
	int format, fold;
} o = { .column = "1", .format = -1, .fold = -1 };

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
	{ 0 }
};
static const struct command command = {
	.summary = "split text into sentences and tokens",
	.operands = "[file ...]",
	.example = "tok -c body comments.csv > tokens.txt",
	.table = options
};

static struct sentence_cutter cutter;
static struct punkt table;
static struct buf clean;		/* a text whose bad bytes were replaced */
static int status = PROG_OK;

/* With -S, the last line of a file that no end came after: the next file goes on
 * with it, as after cat. */
static struct {
	struct buf text;
	const char *name;
	uint64_t number;
} rest;

/* Bytes that were no UTF-8: how many, and where the first ones were. */
static struct {
	uint64_t n, record;
	const char *name, *what;
} bad;

/* Bytes read of the files before, and of all there are (0: unknown). */
static struct {
	struct progress line;
	uint64_t before, total;
} done;

/* Draws how far the input is, unless tokens go to the terminal as well. */
static void
start_progress(const struct prog_inputs *in)
{
	struct stat st;

	if (isatty(STDOUT_FILENO))
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

/* The column as a number from 0, or SIZE_MAX if it is a name. */
static size_t
column_number(void)
{
	size_t sign = *o.column == '-', digits = strspn(o.column + sign, "0123456789"), n;

	if (digits == 0 || o.column[sign + digits])
		return SIZE_MAX;
	errno = 0;
	n = strtoul(o.column + sign, NULL, 10);
	if (sign || errno || n < 1 || n > MAX_COLUMN)
		die_usage("-c: '%s' is not a column from 1 to %d", o.column, MAX_COLUMN);
	return n - 1;
}

/* What the options say together. */
static void
check_options(void)
{
	if (o.dir && o.chars)
		die_usage("-p: characters (-C) need no tables of sentences");
	if (o.ends && !o.chars)
		die_usage("-S: only characters (-C) have ends of line as tokens");
	if (o.format < 0)
		o.format = o.chars ? TEXT : CSV;
	if (o.fold < 0)
		o.fold = o.chars ? FOLD_NEVER : FOLD_EARLY;
	if (*o.column == '\0')
		die_usage("-c: an empty name");
	if (column_number() == SIZE_MAX && o.headless)
		die_usage("-c: '%s' is a name, but with -n there is no header", o.column);
}

static void
load_table(void)
{
	const char *why = o.dir ? punkt_load(&table, o.dir) : punkt_english(&table);

	if (why)
		die("%s: %s", o.dir ? o.dir : "built-in table", why);
	cutter.table = &table;
	cutter.fold = (enum fold)o.fold;
}

/* Writes the tokens of one record; `what` ("record", "line") and number are
 * its name in messages, ended whether an end of line came after it. */
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
	if (o.chars ? !tokenize_write_chars(&cutter, p, len, ended && o.ends, stdout) :
	    !tokenize_write(&cutter, p, len, stdout))
		die("%s: %s %llu: out of memory", name, what, (unsigned long long)number);
}

/* Puts the line after what is left of the files before. */
static void
add_to_rest(const struct reader *r, const char *name)
{
	if (rest.text.len == 0) {
		rest.name = name;
		rest.number = r->number;
	}
	if (rest.text.len + r->len > READER_LINE_MAX)
		die("%s: line %llu: longer than 256 MiB with the files before", name,
		    (unsigned long long)r->number);
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
	const char *why;
	bool more;

	reader_open(&r, in->f);
	r.crlf = !o.ends;
	why = reader_skip_bom(&r);
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

/* How many fields the records of a file have; empty lines have none, and do not count. */
struct widths {
	size_t first;			/* the header's, or the first record's */
	uint64_t records, others;	/* records of data; those that have not as many */
};

static void
vocab_count_width(struct widths *w, size_t ncol)
{
	if (w->first == 0)
		w->first = ncol;
	if (ncol > 0)
		w->records++;
	if (ncol > 0 && ncol != w->first)
		w->others++;
}

/* Says what of the records of a file cannot be as the user means it. */
static void
report_widths(const struct widths *w, const char *name, uint64_t missing, uint64_t first)
{
	if (missing) {
		prog_warn("%s: record %llu: no column %s (records without it: %llu)", name,
		    (unsigned long long)first, o.column, (unsigned long long)missing);
		status = PROG_FAIL;
	} else if (w->others) {
		prog_note("%s: %llu of %llu records have more or fewer fields than the first, which has "
		    "%zu; if this is no CSV, say -f text", name, (unsigned long long)w->others,
		    (unsigned long long)w->records, w->first);
	}
}

/* Reads the header and gives the column that is wanted. */
static size_t
read_header(struct csv_records *c, const struct prog_inputs *in)
{
	size_t want = column_number(), len;
	const char *why, *field;
	bool more;

	why = csv_records_next(c, want == SIZE_MAX ? CSV_RECORDS_ALL : want, &more);
	if (why)
		die(c->in.failed ? "%s: %s" : "%s: header: %s", in->name, why);
	if (!more)
		die("%s: empty input where a header was expected", in->name);
	if (c->unclosed) {
		prog_warn("%s: header: quoted field never ends", in->name);
		status = PROG_FAIL;
	}
	if (want != SIZE_MAX) {
		if (c->ncol > 0 && want >= c->ncol)
			die("%s: no column %s: the header has %zu", in->name, o.column, c->ncol);
		return want;
	}
	for (size_t i = 0; (field = csv_records_field(c, i, &len)) != NULL; i++)
		if (len == strlen(o.column) && memcmp(field, o.column, len) == 0)
			return i;
	die("%s: no column '%s' among the %zu in the header", in->name, o.column, c->ncol);
}

static void
read_csv(const struct prog_inputs *in)
{
	struct csv_records c;
	const char *why = csv_records_open(&c, in->f), *field;
	uint64_t header = o.headless ? 0 : 1, number, missing = 0, first = 0;
	size_t want, len;
	struct widths widths = { 0 };
	bool more = true;

	if (why)
		die("%s: %s", in->name, why);
	want = header ? read_header(&c, in) : column_number();
	widths.first = c.ncol;
	for (;;) {
		why = csv_records_next(&c, want, &more);
		number = c.record - header;
		if (why) {
			progress_clear(&done.line);
			if (c.in.failed)
				die("%s: %s", in->name, why);
			die("%s: record %llu (line %llu): %s", in->name,
			    (unsigned long long)number, (unsigned long long)c.line, why);
		}
		if (!more || ferror(stdout))
			break;
		vocab_count_width(&widths, c.ncol);
		field = csv_records_field(&c, 0, &len);
		if (field)
			write_text(field, len, in->name, "record", number, true);
		else if (c.ncol > 0 && missing++ == 0)
			first = number;
		show_progress(c.in.bytes);
		if (c.unclosed) {
			progress_clear(&done.line);
			prog_warn("%s: record %llu: quoted field never ends (it starts on line %llu)",
			    in->name, (unsigned long long)number, (unsigned long long)c.line);
			status = PROG_FAIL;
		}
	}
	progress_clear(&done.line);
	report_widths(&widths, in->name, missing, first);
	done.before += c.in.bytes;
	csv_records_close(&c);
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
	if (bad.n)
		prog_note("%s: %s %llu: bytes that are not UTF-8, written as U+FFFD (%llu in all)",
		    bad.name, bad.what, (unsigned long long)bad.record, (unsigned long long)bad.n);
	tokenize_free(&cutter);
	punkt_free(&table);
	buf_free(&clean);
	buf_free(&rest.text);
	prog_finish();
	return status;
}
