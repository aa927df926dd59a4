/*
 * vocab_chars.c - vocabularies of characters.
 */
#include "escape.h"
#include "utf8.h"
#include "vocab_chars.h"

static bool
is_character(const char *p, size_t len)
{
	if (len == 1 && p[0] == '\\')
		return false;
	return escape_undo(p, len) || (len > 0 && utf8_check(p, len) == len);
}

/* The first word, markers aside, that is no character; -1: none. */
static int64_t
first_longer(const struct vocab *v)
{
	for (uint32_t i = v->unit == UNIT_SENTENCE ? VOCAB_END_ROW + 1 : 0; i < v->size; i++) {
		size_t len;
		const char *p = vocab_word(v, i, &len);

		if ((int64_t)i != v->unknown && !is_character(p, len))
			return i;
	}
	return -1;
}

bool
vocab_is_characters(const struct vocab *v)
{
	return v->rules.characters;
}

const char *
vocab_check_characters(struct vocab *v)
{
	int64_t row = v->rules.characters ? first_longer(v) : -1;
	char shown[ERRMSG_WORD];
	const char *word;
	size_t len;

	if (row < 0)
		return NULL;
	word = vocab_word(v, (uint32_t)row, &len);
	return errmsg_set(&v->err, "'%s' is not a character, though the token rules say that "
	    "tokens are characters", errmsg_word(shown, word, len));
}

bool
vocab_seems_characters(const struct vocab *v)
{
	return !v->rules.characters && (vocab_find(v, "\\s", 2) >= 0 || vocab_has_newline(v)) &&
	    first_longer(v) < 0;
}

bool
vocab_has_newline(const struct vocab *v)
{
	return vocab_find(v, "\\n", 2) >= 0;
}

const char *
vocab_text(const struct vocab *v, uint32_t i, bool characters, size_t *len)
{
	const char *p = vocab_word(v, i, len);
	char c = escape_undo(p, *len);

	if (!characters)
		return p;
	if ((int64_t)i == v->unknown) {
		*len = sizeof("\xEF\xBF\xBD") - 1;
		return "\xEF\xBF\xBD";
	}
	if (c == 0)
		return p;
	*len = 1;
	return c == ' ' ? " " : c == '\t' ? "\t" : c == '\n' ? "\n" : "\\";
}
