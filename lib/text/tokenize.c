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
#include "normalise.h"
#include "sentence_marks.h"
#include "tokenize.h"
#include "unicode.h"
#include "unicode_words.h"
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

/* Appends the tokens of a part of a sentence to c->line, split into sentences again. */
static bool
split_again(struct tokenizer *c, const char *text, size_t len)
{
	struct span piece;

	punkt_begin(&c->inner, c->table, text, len);
	while (punkt_next(&c->inner, &piece))
		if (!word_tokenize(&c->words, text + piece.start, piece.end - piece.start, &c->line))
			return false;
	return !c->inner.failed;
}

/* Puts the tokens of a sentence in English, markers included, into c->line. */
static bool
split_english(struct tokenizer *c, const char *text, size_t len)
{
	size_t n, size = len + NSTART + NEND;

	c->wrapped.len = c->line.len = 0;
	if (!buf_reserve(&c->wrapped, size) ||
	    !buf_put(&c->wrapped, start, NSTART) || !buf_put(&c->wrapped, text, len) ||
	    !buf_put(&c->wrapped, end, NEND))
		return false;
	for (text = c->wrapped.p; size > 0; text += n, size -= n) {
		n = c->marks ? sentence_marks_next(text, size) : size;
		if (!split_again(c, text, n))
			return false;
	}
	return true;
}

/* Writes a sentence as a line.  The markers are always the first and the last token; the
 * newline replaces the space before the last. */
static bool
write_english(struct tokenizer *c, const char *p, size_t n, FILE *f)
{
	struct buf *line = &c->line;

	if (c->rules.words == WORDS_WEB) {
		if (!web_words_mark(&c->web, p, n))
			return false;
		if (c->web.n) {
			p = c->web.text.p;
			n = c->web.text.len;
		}
	}
	if (!split_english(c, p, n))
		return false;
	if (c->rules.words == WORDS_WEB && c->web.n) {
		if (!web_words_restore(&c->web, line->p, line->len))
			return false;
		line = &c->web.tokens;
	}
	if (!buf_putc(line, '\n'))
		return false;
	line->p[line->len - 1 - NEND] = '\n';
	n = line->len - NEND - NSTART;
	write_tokens(c, n ? line->p + NSTART : "\n", n ? n : 1, f);
	return true;
}

/* Writes the words that Unicode's boundaries or white space make. */
static bool
write_plain(struct tokenizer *c, const char *p, size_t n, FILE *f)
{
	c->line.len = 0;
	if (!(c->rules.words == WORDS_SPACE ? space_words : unicode_words)(p, n, &c->line) ||
	    !buf_putc(&c->line, '\n'))
		return false;
	if (c->line.len > 1 || c->one)
		write_tokens(c, c->line.p, c->line.len, f);
	return true;
}

/* Writes a sentence, or a line of WORDS_SPACE. */
static bool
write_sentence(struct tokenizer *c, const char *p, size_t n, FILE *f)
{
	if (c->rules.lower == FOLD_LATE) {
		if (!unicode_lower(&c->low, p, n))
			return false;
		p = c->low.p;
		n = c->low.len;
	}
	if (c->rules.words == WORDS_SPACE || c->rules.words == WORDS_UNICODE)
		return write_plain(c, p, n, f);
	return write_english(c, p, n, f);
}

/* Writes the sentences that Punkt finds in a text; the last one has `tail` more bytes. */
static bool
write_sentences(struct tokenizer *c, const char *text, size_t len, size_t tail, FILE *f)
{
	struct span s, next;
	bool more;

	punkt_begin(&c->outer, c->table, text, len);
	for (more = punkt_next(&c->outer, &next); more;) {
		s = next;
		more = punkt_next(&c->outer, &next);
		if (!more && tail)
			s.end = len + tail;
		if (!write_sentence(c, text + s.start, s.end - s.start, f))
			return false;
		tail = more ? tail : 0;
	}
	return !c->outer.failed && (tail == 0 || write_sentence(c, text + len, tail, f));
}

/* Writes the lines of a text that has its tokens. */
static bool
write_lines(struct tokenizer *c, const char *text, size_t len, FILE *f)
{
	const char *nl;

	while (len > 0 && (nl = memchr(text, '\n', len)) != NULL) {
		size_t n = (size_t)(nl - text);

		if (!write_sentence(c, text, n, f))
			return false;
		text += n + 1;
		len -= n + 1;
	}
	return len == 0 || write_sentence(c, text, len, f);
}

/* Converts a text to its normal form and, if that is done before anything else, to lower
 * case. */
static bool
prepare_text(struct tokenizer *c, const char **text, size_t *len)
{
	if (c->rules.form && !normalise_is_done(*text, *len, c->rules.form)) {
		if (!normalise(&c->form, &c->points, *text, *len, c->rules.form))
			return false;
		*text = c->form.p;
		*len = c->form.len;
	}
	if (c->rules.lower == FOLD_EARLY) {
		if (!unicode_lower(&c->low, *text, *len))
			return false;
		*text = c->low.p;
		*len = c->low.len;
	}
	return true;
}

bool
tokenize_write(struct tokenizer *c, const char *text, size_t len, FILE *f)
{
	size_t n, tail;

	if (!prepare_text(c, &text, &len))
		return false;
	if (!c->unspaced && len && c->rules.words != WORDS_SPACE && c->rules.words != WORDS_UNICODE)
		c->unspaced = unicode_words_are_unspaced(text, len);
	if (c->one)
		return write_sentence(c, len ? text : "", len, f);
	if (c->rules.words == WORDS_SPACE)
		return write_lines(c, text, len, f);
	for (; len > 0; text += n, len -= n) {
		n = c->marks ? sentence_marks_next(text, len) : len;
		/* at the end of a text for English, as NLTK has it */
		tail = n < len || (c->marks && c->rules.words == WORDS_UNICODE) ?
		    sentence_marks_tail(text, n) : 0;
		if (!write_sentences(c, text, n - tail, tail, f))
			return false;
	}
	return true;
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

	if (!prepare_text(c, &text, &len))
		return false;
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
	web_words_free(&c->web);
	buf_free(&c->form);
	buf_free(&c->points);
	buf_free(&c->low);
	buf_free(&c->wrapped);
	buf_free(&c->line);
}
