/*
 * csv_records.c - feeds libcsv in pieces that end where a record may end, and settles
 * the points in which Python's csv module reads otherwise:
 *
 *   blanks      libcsv strips the blanks on both sides of an unquoted field, Python
 *               those before a field only: is_leading_blank().
 *   blank line  libcsv has no field there, Python an empty one: end_record().
 *   quotes      libcsv keeps a closing quote that no comma follows, and the field open;
 *               Python drops it and reads on unquoted.  In strict mode libcsv stops at
 *               that byte: take_stray().
 *   end         libcsv in strict mode refuses a file that ends inside quotes, which
 *               shows that it did: end_file().
 *   escapes     libcsv has none: put_literal().
 *   no quotes   libcsv always has a quote.  It gets a byte that UTF-8 does not have, and
 *               which is a character like any other where a file has it: put_literal().
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "csv_records.h"
#include "file_kind.h"

enum {
	PIECE_BYTES = 4096,	/* so that the search for line ends does not go far */
	MAX_KEPT = 1000000,
	NO_QUOTE = 0xfe,
	AFTER_QUOTE = 3,	/* libcsv's state after what may be a closing quote */
	LENIENT = CSV_REPALL_NL,
	STRICT = CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI
};

/* libcsv passes its space function nothing but the byte.  This is the before_field of
 * the reader that is parsing. */
static _Thread_local bool before_field;

static int
is_leading_blank(unsigned char c)
{
	before_field = before_field && c == ' ';
	return before_field;
}

/* libcsv reports a failure as out of memory and asks for less before it gives up, so
 * its buffer grows up to the limit exactly. */
static void *
realloc_bounded(void *p, size_t size)
{
	return size > CSV_RECORDS_LIMIT ? NULL : realloc(p, size);
}

/* Why libcsv's buffer did not grow. */
static const char *
buffer_error(const struct csv_records *c)
{
	return csv_get_buffer_size(c->parser) >= CSV_RECORDS_LIMIT ?
	    "a field is longer than 256 MiB; check for a missing closing quote" :
	    "out of memory";
}

static const char *
keep_field(struct csv_records *c, const void *p, size_t len)
{
	if (c->nkept == MAX_KEPT)
		return "more than a million columns; check that this is CSV";
	if (len > CSV_RECORDS_LIMIT - c->text.len)
		return "the fields are longer than 256 MiB together; check for a missing "
		    "closing quote";
	if (!mem_grow(&c->end, &c->endcap, c->nkept + 1, sizeof(*c->end)) ||
	    !buf_put(&c->text, p, len))
		return "out of memory";
	c->end[c->nkept++] = c->text.len;
	return NULL;
}

/* Called by libcsv at the end of a field. */
static void
end_field(void *p, size_t len, void *reader)
{
	struct csv_records *c = reader;

	before_field = true;
	if (c->why == NULL && (c->want == CSV_RECORDS_ALL || c->want == c->ncol))
		c->why = keep_field(c, p, len);
	c->ncol++;
}

/* Called by libcsv at the end of a record. */
static void
end_record(int terminator, void *reader)
{
	struct csv_records *c = reader;

	(void)terminator;
	if (c->ncol == 0 && c->begins_blank)
		end_field(c->parser->entry_buf, 0, c);
	before_field = true;
	c->ended = true;
}

/* csv_parse() for this reader. */
static size_t
parse_bytes(struct csv_records *c, const char *p, size_t n)
{
	size_t used, size = csv_get_buffer_size(c->parser);

	/* doubling it keeps the time linear in the length of a field */
	csv_set_blk_size(c->parser, size > PIECE_BYTES ? size : PIECE_BYTES);
	before_field = c->before_field;
	used = csv_parse(c->parser, p, n, end_field, end_record, c);
	c->before_field = before_field;
	return used;
}

/*
 * The byte at which strict mode stopped: a quote in an unquoted field, which is a
 * character like any other, or what follows a closing quote.  Then libcsv has kept that
 * quote as the last byte of the field: the byte replaces it, and the field continues
 * unquoted.
 */
static bool
take_stray(struct csv_records *c, const char *p)
{
	struct csv_parser *parser = c->parser;
	bool after_quote = parser->quoted;
	size_t used;

	csv_set_opts(parser, LENIENT);
	used = parse_bytes(c, p, 1);
	csv_set_opts(parser, STRICT);
	if (used == 0)
		return false;
	if (after_quote) {
		parser->quoted = 0;
		parser->entry_pos--;
		parser->entry_buf[parser->entry_pos - 1] = (unsigned char)*p;
	}
	if (c->stray++ == 0)
		c->stray_record = c->record;
	return true;
}

/* Puts a byte into the current field, whatever it is: libcsv gets a letter in its place. */
static bool
put_literal(struct csv_records *c, char byte)
{
	struct csv_parser *parser = c->parser;

	if (parse_bytes(c, "x", 1) == 0 &&
	    (csv_error(parser) != CSV_EPARSE || !take_stray(c, "x")))
		return false;
	parser->entry_buf[parser->entry_pos - 1] = (unsigned char)byte;
	return true;
}

/* Bytes up to the first line end, that included, or PIECE_BYTES at most. */
static size_t
piece_length(const char *p, size_t n)
{
	const char *end;

	n = n < PIECE_BYTES ? n : PIECE_BYTES;
	if ((end = memchr(p, '\n', n)) != NULL)
		n = (size_t)(end - p) + 1;
	if ((end = memchr(p, '\r', n)) != NULL)
		n = (size_t)(end - p) + 1;
	return n;
}

/* The bytes before the first that put_literal() is for. */
static size_t
plain_length(const struct csv_records *c, const char *p, size_t n)
{
	const char *at;

	if (c->escape && (at = memchr(p, c->escape, n)) != NULL)
		n = (size_t)(at - p);
	if (c->no_quote && (at = memchr(p, NO_QUOTE, n)) != NULL)
		n = (size_t)(at - p);
	return n;
}

/* Whether there is more to read; false on an error, too. */
static bool
fill_buffer(struct csv_records *c)
{
	bool more = false;

	if (c->why == NULL) {
		c->why = reader_fill(&c->in, &more);
		c->read_failed = c->why != NULL;
	}
	return more;
}

/* Parses an escape and the byte after it, or a byte that libcsv would take for a quote.
 * After a closing quote, and at the end of the file, an escape is a byte like any other. */
static void
parse_literal(struct csv_records *c)
{
	bool escape = c->in.data[c->in.pos] == c->escape && c->parser->pstate != AFTER_QUOTE;
	const char *p;
	size_t got;

	c->why = reader_peek(&c->in, 1 + escape, &p, &got);
	c->read_failed = c->why != NULL;
	if (c->why == NULL && !put_literal(c, p[got - 1]))
		c->why = buffer_error(c);
	if (c->why)
		return;
	c->lines += p[got - 1] == '\n';
	c->in.pos += got;
}

/* Parses the next piece of the buffer, up to a stray byte at most. */
static void
parse_piece(struct csv_records *c)
{
	const char *p = c->in.data + c->in.pos;
	size_t n = piece_length(p, c->in.end - c->in.pos), used;

	if ((c->escape || c->no_quote) && (n = plain_length(c, p, n)) == 0) {
		parse_literal(c);
		return;
	}
	used = parse_bytes(c, p, n);
	if (used < n && (csv_error(c->parser) != CSV_EPARSE || !take_stray(c, p + used++))) {
		c->why = buffer_error(c);
		return;
	}
	c->in.pos += used;
	if (c->ended || p[used - 1] == '\n')
		c->lines++;
	if (c->ended)
		c->pending_lf = p[used - 1] == '\r';
}

/* The file ends, and with it the record. */
static void
end_file(struct csv_records *c)
{
	c->unclosed = csv_fini(c->parser, end_field, end_record, c) != 0;
	if (c->unclosed) {
		csv_set_opts(c->parser, LENIENT);
		csv_fini(c->parser, end_field, end_record, c);
	}
	if (!c->ended)
		end_record(-1, c);
}

/* Tells libcsv the dialect, once the input can be read. */
static const char *
set_dialect(struct csv_records *c, const struct csv_dialect *d)
{
	const char *why = NULL;
	bool stated = false;

	c->escape = d->escape;
	c->no_quote = d->no_quote;
	c->delimiter = d->delimiter ? d->delimiter : ',';
	if (d->any_delimiter)
		why = csv_dialect_guess(d, &c->in, &c->delimiter, &stated);
	c->lines += stated;
	csv_set_delim(c->parser, (unsigned char)c->delimiter);
	c->quote = d->quote ? d->quote : '"';
	csv_set_quote(c->parser, d->no_quote ? NO_QUOTE : (unsigned char)c->quote);
	return why;
}

const char *
csv_records_open(struct csv_records *c, FILE *f, const struct csv_dialect *d)
{
	static const struct csv_dialect plain;
	enum file_kind found;
	const char *why;

	d = d ? d : &plain;
	*c = (struct csv_records){ .before_field = true };
	c->parser = mem_zeros(1, sizeof(*c->parser));
	if (c->parser == NULL)
		return "out of memory";
	csv_init(c->parser, STRICT);
	csv_set_space_func(c->parser, is_leading_blank);
	csv_set_realloc_func(c->parser, realloc_bounded);
	reader_open(&c->in, f);
	c->in.encoding = d->encoding;
	why = file_kind_begin(&c->in, FILE_TEXT, &found, &c->in.err);
	return why ? why : set_dialect(c, d);
}

/* The second byte of a CRLF belongs to the record before. */
static void
end_line(struct csv_records *c)
{
	if (c->pending_lf && fill_buffer(c) && c->in.data[c->in.pos] == '\n')
		c->in.pos++;
	c->pending_lf = false;
}

/* Whether there is another record. */
static bool
begin_record(struct csv_records *c, size_t want)
{
	end_line(c);
	c->want = want;
	c->text.len = 0;
	c->nkept = c->ncol = 0;
	c->unclosed = c->ended = false;
	if (!fill_buffer(c))
		return false;
	c->begins_blank = c->in.data[c->in.pos] == ' ';
	c->record++;
	c->line = c->lines + 1;
	return true;
}

const char *
csv_records_next(struct csv_records *c, size_t want, bool *more)
{
	*more = begin_record(c, want);
	while (*more && c->why == NULL && !c->ended)
		if (fill_buffer(c))
			parse_piece(c);
		else if (c->why == NULL)
			end_file(c);
	return c->why;
}

uint64_t
csv_records_offset(struct csv_records *c)
{
	end_line(c);
	return reader_offset(&c->in);
}

const char *
csv_records_field(const struct csv_records *c, size_t i, size_t *len)
{
	size_t start;

	if (i >= c->nkept)
		return NULL;
	start = i > 0 ? c->end[i - 1] : 0;
	*len = c->end[i] - start;
	return c->text.p ? c->text.p + start : "";
}

void
csv_records_close(struct csv_records *c)
{
	if (c->parser)
		csv_free(c->parser);
	free(c->parser);
	reader_close(&c->in);
	buf_free(&c->text);
	free(c->end);
	*c = (struct csv_records){ 0 };
}
