/*
 * vocab_stream.c - reads and writes the vocabulary stream and checks its counts.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "decimal.h"
#include "header.h"
#include "errmsg.h"
#include "vocab_stream.h"

#define END_LINE "#end lines="
enum { HEADER_BYTES = 256 };	/* of any header */

uint32_t
vocab_stream_begin(FILE *f, const struct vocab *v, const struct vocab_count *c)
{
	char rules[TOKEN_RULES_FIELD], lines[LINE_FORM_FIELD], line[HEADER_BYTES];
	uint32_t crc;
	int n = snprintf(line, sizeof(line),
	    "#vocab %d size=%u unit=%s sentences=%llu tokens=%llu unique=%llu%s%s\n",
	    HEADER_VOCAB_VERSION, v->size, vocab_unit_name(v->unit), (unsigned long long)c->lines,
	    (unsigned long long)c->tokens, (unsigned long long)vocab_count_unique(c),
	    token_rules_field(&v->rules, rules), line_form_field(&c->form, lines));

	fwrite(line, 1, (size_t)n, f);
	vocab_write(v, f);
	fputc('\n', f);
	crc = (uint32_t)crc32_z(0, (const Bytef *)line, (size_t)n);
	return (uint32_t)crc32_z(vocab_crc_on(v, crc), (const Bytef *)"\n", 1);
}

void
vocab_lines_add(struct vocab_lines *l, const char *p, size_t len)
{
	l->crc = (uint32_t)crc32_z(l->crc, (const Bytef *)p, len);
	l->crc = (uint32_t)crc32_z(l->crc, (const Bytef *)"\n", 1);
	l->bytes += len + 1;
	l->n++;
}

void
vocab_stream_end(FILE *f, const struct vocab_lines *l, uint32_t begun)
{
	fprintf(f, END_LINE "%llu crc=%08lx\n", (unsigned long long)l->n,
	    (unsigned long)crc32_combine(begun, l->crc, (z_off_t)l->bytes));
}

/* What a header says about the rest. */
struct claims {
	uint64_t size, tokens;
};

static const char *
read_header(struct vocab_stream *s, struct claims *c)
{
	struct header_field f[] = { { .key = "size" }, { .key = "unit" },
		{ .key = "sentences" }, { .key = "tokens" }, { .key = "unique" },
		{ .key = "rules", .optional = true }, { .key = "lines", .optional = true } };
	struct vocab *v = &s->vocab;
	uint64_t version = 0;
	const char *why;

	why = header_read(&s->tokens.in, FILE_VOCAB, f, 7, &version, &s->err);
	s->summed = version >= 2;
	if (why == NULL)
		why = header_number(&f[0], VOCAB_MAX, &c->size, &s->err);
	if (why == NULL)
		why = header_number(&f[2], UINT64_MAX, &s->lines, &s->err);
	if (why == NULL)
		why = header_number(&f[3], UINT64_MAX, &c->tokens, &s->err);
	if (why == NULL)
		why = header_number(&f[4], UINT64_MAX, &s->unique, &s->err);
	if (why == NULL)
		why = header_unit(&f[1], &v->unit);
	if (why == NULL)
		why = header_rules(&f[5], &v->rules, &s->err);
	if (why == NULL)
		why = header_lines(&f[6], &s->tokens.form);
	return why ? why : vocab_stated_rules(s->stated, f[5].value != NULL, &v->rules, &s->err);
}

/* The distinct tokens are the words of the table and those counted as UNKNOWN_TOKEN,
 * at most as many as its count. */
static bool
unique_fits(const struct vocab_stream *s)
{
	const struct vocab *v = &s->vocab;
	uint64_t out = v->unknown < 0 ? 0 : v->row[v->unknown].count;
	uint64_t words = v->size - (v->unknown >= 0);

	return s->unique >= words && s->unique - words <= out;
}

static const char *
check_table(struct vocab_stream *s, const struct claims *c)
{
	const struct vocab *v = &s->vocab;
	uint64_t sum = 0;

	if (v->size != c->size) {
		return errmsg_set(&s->err, "header: size=%u, but the table has %u rows",
		    (unsigned)c->size, v->size);
	}
	if (v->places)
		return "table: a third column in a stream";
	for (uint32_t i = 0; i < v->size; i++) {
		if (v->row[i].count > c->tokens - sum)
			return "header: tokens= is less than the counts of the table add up to";
		sum += v->row[i].count;
	}
	if (sum != c->tokens)
		return "header: tokens= is more than the counts of the table add up to";
	if (!unique_fits(s))
		return "header: unique= is inconsistent with the table";
	return NULL;
}

const char *
vocab_stream_open(struct vocab_stream *s, FILE *f, const struct vocab_stated *stated)
{
	struct claims c = { 0 };
	const char *why;
	bool ended;

	*s = (struct vocab_stream){ .stated = stated };
	token_stream_open(&s->tokens, f);
	s->tokens.inside = true;
	s->tokens.in.sums = true;
	if ((why = read_header(s, &c)) != NULL)
		return why;
	why = vocab_read_rows(&s->vocab, &s->tokens.in, (uint32_t)c.size, &ended);
	if (why != NULL) {
		return errmsg_set(&s->err, "table: %s", why);
	}
	if (!ended)
		return "the stream ends inside its table";
	if ((why = check_table(s, &c)) != NULL)
		return why;
	s->seen = mem_zeros(s->vocab.size, sizeof(*s->seen));
	return s->seen ? NULL : "out of memory";
}

/* At the end: the lines and the count of each row must be those of header and table. */
static const char *
check_counts(struct vocab_stream *s)
{
	const struct vocab *v = &s->vocab;
	char shown[ERRMSG_WORD];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len;
		const char *word = vocab_word(v, i, &len);

		if (s->seen[i] == v->row[i].count)
			continue;
		return errmsg_set(&s->err, "the tokens do not add up to the table "
		    "(row %u, '%s': %llu counted, %llu in the table)", i,
		    errmsg_word(shown, word, len), (unsigned long long)s->seen[i],
		    (unsigned long long)v->row[i].count);
	}
	if (s->read == s->lines)
		return NULL;
	return errmsg_set(&s->err, "%llu lines of tokens, but the header says %llu",
	    (unsigned long long)s->read, (unsigned long long)s->lines);
}

static bool
is_end(const struct vocab_stream *s)
{
	const struct reader *in = &s->tokens.in;
	size_t len = sizeof(END_LINE) - 1;

	return s->summed && in->len > len && memcmp(in->p, END_LINE, len) == 0;
}

/* The end line, which is the current one: nothing follows, and all that precedes it is what
 * was written. */
static const char *
check_end(struct vocab_stream *s)
{
	const size_t start = sizeof(END_LINE) - 1, tail = sizeof(" crc=12345678") - 1;
	const struct reader *in = &s->tokens.in;
	size_t digits = in->len > start + tail ? in->len - start - tail : 0, got;
	uint32_t crc = 0;
	uint64_t lines = 0;
	const char *p, *why;

	if (!in->ended || !decimal_parse(in->p + start, digits, UINT64_MAX, &lines) ||
	    memcmp(in->p + in->len - tail, " crc=", 5) != 0 ||
	    !header_crc(in->p + in->len - 8, 8, &crc))
		return "the stream ends inside its end line";
	why = check_counts(s);
	if (why == NULL && (crc != in->crc || lines != s->read))
		why = "checksum mismatch: the stream was damaged or edited after it was written";
	if (why == NULL)
		why = reader_peek(&s->tokens.in, 1, &p, &got);
	return why ? why : got ? "data after the end line" : NULL;
}

/* The line after as many lines of tokens as the header says. */
static const char *
check_last(struct vocab_stream *s, bool *more)
{
	*more = false;
	if (is_end(s))
		return check_end(s);
	return errmsg_set(&s->err, "more than the %llu lines of tokens that the header says",
	    (unsigned long long)s->lines);
}

/* A line that holds a word outside the table, for the reason why. */
static const char *
no_row(struct vocab_stream *s, const char *why)
{
	if (!is_end(s))
		return why;
	return errmsg_set(&s->err, "%llu lines of tokens, but the header says %llu",
	    (unsigned long long)s->read, (unsigned long long)s->lines);
}

/* At the end of the input. */
static const char *
check_eof(struct vocab_stream *s)
{
	const char *why = check_counts(s);

	return why || !s->summed ? why :
	    "the stream lacks its end line: the program that wrote it did not finish";
}

const char *
vocab_stream_next(struct vocab_stream *s, struct vocab_lookup *r, bool *more)
{
	struct token_stream *t = &s->tokens;
	const char *why;

	if (s->summed && s->read == s->lines)
		t->form.ids = false;	/* the end line has none */
	if ((why = token_stream_line(t, more)) != NULL)
		return why;
	if (!*more)
		return check_eof(s);
	if (s->summed && s->read == s->lines)
		return check_last(s, more);
	if (!t->in.ended) {
		return errmsg_set(&s->err, "line %llu: ends without a newline: "
		    "the program that wrote the stream did not finish",
		    (unsigned long long)t->in.number);
	}
	if ((why = vocab_lookup_of(r, &s->vocab, t)) != NULL)
		return no_row(s, why);
	for (uint32_t i = 0; i < r->n; i++)
		s->seen[r->w[i]]++;
	s->read++;
	return NULL;
}

void
vocab_stream_close(struct vocab_stream *s)
{
	token_stream_close(&s->tokens);
	vocab_free(&s->vocab);
	free(s->seen);
	s->seen = NULL;
}
