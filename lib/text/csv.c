/*
 * csv.c - a state machine over blocks of bytes.  Inside a field it copies
 * stretches up to the next byte that matters, found by memchr() in quotes.
 */
#include <stdlib.h>
#include <string.h>

#include "csv.h"

enum { MAX_KEPT = 1000000 };

enum state {
	FIELD_START,	/* before a field's first byte that counts */
	PLAIN,		/* in a field, or in what follows its closing quote */
	QUOTED,
	QUOTE,		/* after a quote within quotes: its end, or a doubled one */
	DONE		/* the record's end has been read */
};

const char *
csv_open(struct csv *c, FILE *f)
{
	*c = (struct csv){ 0 };
	return block_open(&c->in, f) ? NULL : "out of memory";
}

static bool
is_kept(const struct csv *c)
{
	return c->want == CSV_ALL || c->want == c->ncol;
}

/* Takes n bytes at p into the field. */
static const char *
take(struct csv *c, const char *p, size_t n)
{
	if (n > CSV_LIMIT - c->fieldlen || (is_kept(c) && n > CSV_LIMIT - c->text.len))
		return "a field of more than 256 MiB: is a quote missing?";
	c->fieldlen += n;
	if (is_kept(c) && !buf_put(&c->text, p, n))
		return "out of memory";
	return NULL;
}

static const char *
end_field(struct csv *c)
{
	if (is_kept(c)) {
		if (c->nkept == MAX_KEPT)
			return "more than a million columns";
		if (!mem_grow(&c->end, &c->endcap, c->nkept + 1, sizeof(*c->end)))
			return "out of memory";
		c->end[c->nkept++] = c->text.len;
	}
	c->ncol++;
	c->fieldlen = 0;
	return NULL;
}

/* The stretch at the head of the block that state s takes without looking. */
static size_t
stretch(const struct csv *c, enum state s)
{
	const char *p = c->in.p + c->in.pos, *q;
	size_t n = c->in.n - c->in.pos, i = 0;

	if (s == QUOTED) {
		q = memchr(p, '"', n);
		return q ? (size_t)(q - p) : n;
	}
	if (s != PLAIN)
		return 0;
	while (i < n && p[i] != ',' && p[i] != '\n' && p[i] != '\r')
		i++;
	return i;
}

static void
vocab_count_lines(struct csv *c, const char *p, size_t n)
{
	const char *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		c->lines++;
		p++;
	}
}

/* One byte that state s has to look at; gives the next state. */
static enum state
step(struct csv *c, enum state s, char ch, const char **why)
{
	if (s == QUOTED)
		return QUOTE;
	if (s == QUOTE && ch == '"') {
		*why = take(c, "\"", 1);
		return QUOTED;
	}
	if (ch == '\n' || ch == '\r') {
		*why = end_field(c);
		c->pending_lf = ch == '\r';
		c->lines++;
		return DONE;
	}
	if (ch == ',') {
		*why = end_field(c);
		return FIELD_START;
	}
	if (s == FIELD_START && ch == ' ')
		return FIELD_START;
	if (s == FIELD_START && ch == '"')
		return QUOTED;
	*why = take(c, &ch, 1);
	return PLAIN;
}

/* Reads up to the record's end, or the file's. */
static const char *
read_fields(struct csv *c)
{
	enum state s = FIELD_START;
	const char *why = NULL;

	while (s != DONE && why == NULL && block_fill(&c->in)) {
		size_t n = stretch(c, s);

		if (n > 0) {
			why = take(c, c->in.p + c->in.pos, n);
			if (s == QUOTED)
				vocab_count_lines(c, c->in.p + c->in.pos, n);
			c->in.pos += n;
			continue;
		}
		s = step(c, s, c->in.p[c->in.pos++], &why);
	}
	if (why || s == DONE)
		return why;
	c->unclosed = s == QUOTED;
	return end_field(c);
}

/* The second byte of a CRLF belongs to the record before. */
static bool
begin(struct csv *c)
{
	if (c->pending_lf && block_fill(&c->in) && c->in.p[c->in.pos] == '\n')
		c->in.pos++;
	c->pending_lf = false;
	return block_fill(&c->in);
}

const char *
csv_next(struct csv *c, size_t want, bool *more)
{
	char ch;

	c->want = want;
	c->text.len = 0;
	c->nkept = c->ncol = c->fieldlen = 0;
	c->unclosed = false;
	*more = begin(c);
	if (!*more)
		return NULL;
	c->record++;
	c->line = c->lines + 1;
	ch = c->in.p[c->in.pos];
	if (ch == '\n' || ch == '\r') {
		c->in.pos++;
		c->pending_lf = ch == '\r';
		c->lines++;
		return NULL;
	}
	return read_fields(c);
}

const char *
csv_field(const struct csv *c, size_t i, size_t *len)
{
	size_t start;

	if (i >= c->nkept)
		return NULL;
	start = i > 0 ? c->end[i - 1] : 0;
	*len = c->end[i] - start;
	return c->text.p ? c->text.p + start : "";
}

void
csv_close(struct csv *c)
{
	block_close(&c->in);
	buf_free(&c->text);
	free(c->end);
	*c = (struct csv){ 0 };
}
