/*
 * tokenize.c - finds the sentences of a text and writes their words.
 *
 * As in the tutorial, each sentence is put between SENTENCE_START and SENTENCE_END and
 * split into sentences again before it is split into words.  This matters: an
 * abbreviation at the end of a sentence keeps its period, because no boundary is found
 * before SENTENCE_END.
 */
#include <string.h>

#include "escape.h"
#include "tokenize.h"
#include "unicode.h"
#include "utf8.h"
#include "visible.h"

static const char start[] = "SENTENCE_START ", end[] = " SENTENCE_END";
enum { NSTART = sizeof(start) - 1, NEND = sizeof(end) - 1 };

static void
write_tokens(struct tokenizer *c, const char *p, size_t len, FILE *f)
{
	if (c->header)
		fputs(c->header, f);
	c->header = NULL;
	if (c->id) {
		visible_put(c->id, c->id_len, f);
		putc('\t', f);
	}
	visible_put(p, len, f);
}

/* Puts the tokens of a sentence, markers included, into c->line. */
static bool
split_sentence(struct tokenizer *c, const char *text, size_t len)
{
	struct span piece;

	c->wrapped.len = c->line.len = 0;
	if (!buf_reserve(&c->wrapped, len + NSTART + NEND) ||
	    !buf_put(&c->wrapped, start, NSTART) || !buf_put(&c->wrapped, text, len) ||
	    !buf_put(&c->wrapped, end, NEND))
		return false;
	punkt_begin(&c->inner, c->table, c->wrapped.p, c->wrapped.len);
	while (punkt_next(&c->inner, &piece))
		if (!word_tokenize(&c->words, c->wrapped.p + piece.start,
		    piece.end - piece.start, &c->line))
			return false;
	return !c->inner.failed;
}

/* Writes the tokens of a sentence as a line. */
static bool
write_sentence(struct tokenizer *c, const char *p, size_t n, FILE *f)
{
	if (c->fold == FOLD_LATE) {
		if (!unicode_lower(&c->low, p, n))
			return false;
		p = c->low.p;
		n = c->low.len;
	}
	if (!split_sentence(c, p, n) || !buf_putc(&c->line, '\n'))
		return false;
	/* the markers are always the first and the last token; the newline
	 * replaces the space before the last */
	c->line.p[c->line.len - 1 - NEND] = '\n';
	n = c->line.len - NEND - NSTART;
	if (n > 0)
		write_tokens(c, c->line.p + NSTART, n, f);
	else
		write_tokens(c, "\n", 1, f);
	return true;
}

bool
tokenize_write(struct tokenizer *c, const char *text, size_t len, FILE *f)
{
	struct span s;

	if (c->fold == FOLD_EARLY) {
		if (!unicode_lower(&c->low, text, len))
			return false;
		text = c->low.p;
		len = c->low.len;
	}
	if (c->one)
		return write_sentence(c, len ? text : "", len, f);
	if (len == 0)
		return true;
	punkt_begin(&c->outer, c->table, text, len);
	while (punkt_next(&c->outer, &s))
		if (!write_sentence(c, text + s.start, s.end - s.start, f))
			return false;
	return !c->outer.failed;
}

/* Writes the characters of one line of text, given without its end. */
static bool
write_line_chars(struct tokenizer *c, const char *p, size_t len, bool ended, FILE *f)
{
	const char *last = p + len;
	char *out;

	c->line.len = 0;
	if (len > SIZE_MAX / 3 - 1 || !buf_reserve(&c->line, 3 * (len + 1)))
		return false;
	out = c->line.p;
	while (p < last) {
		size_t n = utf8_len((unsigned char)*p);

		if (escape_letter(*p)) {
			*out++ = '\\';
			*out++ = escape_letter(*p);
		} else {
			memcpy(out, p, n);
			out += n;
		}
		*out++ = ' ';
		p += n;
	}
	if (ended) {
		memcpy(out, "\\n ", 3);
		out += 3;
	}
	if (out == c->line.p && !c->one)
		return true;
	out += out == c->line.p;
	out[-1] = '\n';
	write_tokens(c, c->line.p, (size_t)(out - c->line.p), f);
	return true;
}

bool
tokenize_write_chars(struct tokenizer *c, const char *text, size_t len, bool ended,
    FILE *f)
{
	const char *nl;

	if (c->fold != FOLD_NEVER) {
		if (!unicode_lower(&c->low, text, len))
			return false;
		text = c->low.p;
		len = c->low.len;
	}
	if (len == 0)
		text = "";	/* not NULL, to which C allows no addition */
	while (len > 0 && !c->one && (nl = memchr(text, '\n', len)) != NULL) {
		size_t n = (size_t)(nl - text), cr = !ended && n > 0 && nl[-1] == '\r';

		if (!write_line_chars(c, text, n - cr, ended, f))
			return false;
		text += n + 1;
		len -= n + 1;
	}
	return write_line_chars(c, text, len, ended, f);
}

void
tokenize_free(struct tokenizer *c)
{
	punkt_end(&c->outer);
	punkt_end(&c->inner);
	word_tokenize_free(&c->words);
	buf_free(&c->low);
	buf_free(&c->wrapped);
	buf_free(&c->line);
}
