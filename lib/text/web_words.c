/*
 * web_words.c - the mark is the noncharacter U+FDD0.  One that the text has itself is a piece,
 * too.
 */
#include <stdlib.h>
#include <string.h>

#include "unicode.h"
#include "utf8.h"
#include "web_piece.h"
#include "web_words.h"

static const char mark[] = "\xEF\xB7\x90";
enum { MARK = sizeof(mark) - 1 };

static bool
is_mark(const char *p, const char *end)
{
	return end - p >= MARK && memcmp(p, mark, MARK) == 0;
}

static bool
is_space(const char *p)
{
	return unicode_class(utf8_at(p)) & CHAR_SPACE;
}

static bool
add_piece(struct web_words *w, const char *p, size_t len)
{
	if (!mem_grow(&w->piece, &w->cap, w->n + 1, sizeof(*w->piece)) ||
	    !mem_grow(&w->piece_len, &w->len_cap, w->n + 1, sizeof(*w->piece_len)))
		return false;
	w->piece[w->n] = p;
	w->piece_len[w->n++] = len;
	return buf_put(&w->text, mark, MARK);
}

/* Marks the pieces of a chunk; *done is what w->text has so far. */
static bool
mark_chunk(struct web_words *w, const char *p, const char *end, const char **done)
{
	const char *start = p;

	while (p < end) {
		size_t n = is_mark(p, end) ? MARK : web_piece_at(p, start, end);

		if (n == 0) {
			p += utf8_len((unsigned char)*p);
			continue;
		}
		if (!buf_put(&w->text, *done, (size_t)(p - *done)) || !add_piece(w, p, n))
			return false;
		*done = start = p += n;
	}
	return true;
}

bool
web_words_mark(struct web_words *w, const char *p, size_t len)
{
	const char *end = p + len, *done = p, *start;

	w->text.len = w->n = 0;
	while (p < end) {
		while (p < end && is_space(p))
			p += utf8_len((unsigned char)*p);
		start = p;
		while (p < end && !is_space(p))
			p += utf8_len((unsigned char)*p);
		if (web_piece_is_likely(start, p) && !mark_chunk(w, start, p, &done))
			return false;
	}
	return w->n == 0 || buf_put(&w->text, done, (size_t)(end - done));
}

/* Ends a token, if one has begun. */
static bool
end_token(struct buf *out)
{
	return out->len == 0 || out->p[out->len - 1] == ' ' || buf_putc(out, ' ');
}

bool
web_words_restore(struct web_words *w, const char *p, size_t len)
{
	const char *end = p + len;
	size_t i = 0;

	w->tokens.len = 0;
	while (p < end) {
		const char *q = p;

		while (q < end && !is_mark(q, end))
			q++;
		p += q > p && *p == ' ' && w->tokens.len && w->tokens.p[w->tokens.len - 1] == ' ';
		if (!buf_put(&w->tokens, p, (size_t)(q - p)))
			return false;
		if (q < end && (!end_token(&w->tokens) ||
		    !buf_put(&w->tokens, w->piece[i], w->piece_len[i]) ||
		    !buf_putc(&w->tokens, ' ')))
			return false;
		i += q < end;
		p = q < end ? q + MARK : end;
	}
	return true;
}

void
web_words_free(struct web_words *w)
{
	buf_free(&w->text);
	buf_free(&w->tokens);
	free(w->piece);
	free(w->piece_len);
}
