/*
 * csv_skip.c - passes records without parsing them.
 *
 * Outside quotes, a quote opens a field where only blanks stand between it and a delimiter or
 * line end before it; every other one is a character of its field.  Inside, the next quote
 * closes, unless another one follows it; what follows is outside.  So it is enough to go from
 * quote to quote, and to count the line ends between them.
 */
#include <string.h>

#include "csv_records.h"

struct skipper {
	struct csv_records *c;
	uint64_t at;		/* where the record begins that is looked for, or before */
	bool quoted;		/* inside quotes */
	bool closing;		/* the byte before is a quote that may have closed them */
	bool opens;		/* a quote here would open a field */
	bool cr;		/* the byte before is a CR outside quotes */
};

static uint64_t
count_bytes(const char *p, size_t n, char byte)
{
	const char *end = p + n;
	uint64_t count = 0;

	for (; (p = memchr(p, byte, (size_t)(end - p))) != NULL; p++)
		count++;
	return count;
}

/* The LFs of p(n) that belong to a CRLF. */
static uint64_t
count_pairs(const struct skipper *k, const char *p, size_t n)
{
	const char *end = p + n, *q = p;
	uint64_t count = n && k->cr && *p == '\n';

	for (; (q = memchr(q, '\r', (size_t)(end - q))) != NULL; q++)
		count += q + 1 < end && q[1] == '\n';
	return count;
}

/* Takes p(n), outside quotes. */
static void
take_unquoted(struct skipper *k, const char *p, size_t n)
{
	uint64_t returns = count_bytes(p, n, '\r'), ends = returns + count_bytes(p, n, '\n');
	size_t last = n;

	if (n == 0)
		return;
	if (returns || k->cr)
		ends -= count_pairs(k, p, n);
	k->c->record += ends;
	k->c->lines += ends;
	k->cr = p[n - 1] == '\r';
	while (last > 0 && p[last - 1] == ' ')
		last--;
	if (last > 0)
		k->opens = p[last - 1] == k->c->delimiter || p[last - 1] == '\n' || p[last - 1] == '\r';
}

/* Takes bytes outside quotes, up to a quote, that included, or to the end of the record that is
 * the last one before k->at, where *found becomes true. */
static size_t
skip_unquoted(struct skipper *k, const char *p, size_t n, uint64_t where, bool *found)
{
	const char *quote = memchr(p, k->c->quote, n);
	size_t to = quote ? (size_t)(quote - p) : n, i = 0;

	if (k->at > where + 1)
		i = k->at - 1 - where < to ? (size_t)(k->at - 1 - where) : to;
	while (i < to && p[i] != '\n' && p[i] != '\r')
		i++;
	*found = i < to;
	take_unquoted(k, p, *found ? i + 1 : to);
	if (*found || quote == NULL)
		return *found ? i + 1 : n;
	k->quoted = k->opens;
	k->opens = k->cr = false;
	return to + 1;
}

/* The same inside quotes: up to what may be the closing quote. */
static size_t
skip_quoted(struct skipper *k, const char *p, size_t n)
{
	const char *quote = memchr(p, k->c->quote, n);
	size_t to = quote ? (size_t)(quote - p) : n;

	k->c->lines += count_bytes(p, to, '\n');
	k->closing = quote != NULL;
	return quote ? to + 1 : n;
}

/* A second quote is one of the field; another byte is outside. */
static size_t
settle_closing(struct skipper *k, const char *p)
{
	bool second = *p == k->c->quote;

	k->closing = false;
	k->quoted = second;
	return second;
}

/* Takes some of p(n), which begin at byte `where` of the file. */
static size_t
skip_some(struct skipper *k, const char *p, size_t n, uint64_t where, bool *found)
{
	if (k->closing)
		return settle_closing(k, p);
	return k->quoted ? skip_quoted(k, p, n) : skip_unquoted(k, p, n, where, found);
}

/* Whether the dialect has quotes as above, and no other way to hide them. */
static bool
is_plain(const struct csv_records *c)
{
	return c->escape == 0 && !c->no_quote && c->delimiter != ' ' && c->quote != ' ';
}

const char *
csv_records_skip(struct csv_records *c, uint64_t at)
{
	struct skipper k = { .c = c, .at = at, .opens = true };
	bool more = true, found = false;
	const char *why = NULL;

	if (!is_plain(c) || csv_records_offset(c) >= at)
		return NULL;
	while (!found && (why = reader_fill(&c->in, &more)) == NULL && more)
		c->in.pos += skip_some(&k, c->in.data + c->in.pos, c->in.end - c->in.pos,
		    reader_offset(&c->in), &found);
	c->read_failed = why != NULL;
	c->pending_lf = k.cr;
	return why;
}
