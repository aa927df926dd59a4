/*
 * raw_word.c - looks up the words that a raw word contains.
 */
#include <string.h>

#include "raw_word.h"
#include "unicode.h"
#include "utf8.h"

static bool
is_word(const struct vocab *v, const char *p, size_t len)
{
	int64_t row = vocab_find(v, p, len);

	return row >= 0 && row != v->unknown && !(v->unit == UNIT_SENTENCE && row <= VOCAB_END_ROW);
}

static bool
is_punctuation(char c)
{
	return c != '\0' && strchr("\"'()[]{}<>.,:;!?*-", c) != NULL;
}

/* Whether the text without the punctuation at its ends is a word, or what precedes the
 * apostrophe of a contraction. */
static bool
is_glued(const struct vocab *v, const char *p, size_t len)
{
	const char *quote;

	while (len > 0 && is_punctuation(*p)) {
		p++;
		len--;
	}
	while (len > 0 && is_punctuation(p[len - 1]))
		len--;
	if (len == 0)
		return false;
	quote = memchr(p, '\'', len);
	return is_word(v, p, len) || (quote && is_word(v, p, (size_t)(quote - p)));
}

enum raw_word
raw_word_kind(struct buf *low, const struct vocab *v, const char *p, size_t len)
{
	if (len == 0 || !utf8_is_clean(p, len) || !unicode_lower(low, p, len))
		return RAW_WORD_NONE;
	if (is_word(v, low->p, low->len))
		return RAW_WORD_CAPITALS;
	return is_glued(v, low->p, low->len) || is_glued(v, p, len) ? RAW_WORD_GLUED : RAW_WORD_NONE;
}

void
raw_count_line(struct raw_count *c, const struct vocab *v, struct token_stream *t)
{
	struct token w;

	token_stream_again(t);
	while (token_stream_word(t, &w)) {
		c->tokens++;
		if (is_word(v, w.p, w.len))
			continue;
		c->unknown++;
		c->raw += raw_word_kind(&c->low, v, w.p, w.len) != RAW_WORD_NONE;
	}
	token_stream_again(t);
}

/* In English, about one word in five is followed by punctuation or has a capital; among
 * tokens that were made in the same way as the vocabulary, raw words are rare. */
bool
raw_count_is_raw(const struct raw_count *c)
{
	return c->raw >= 2 && c->raw >= c->tokens / 10 && c->raw >= c->unknown / 2;
}
