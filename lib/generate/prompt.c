/*
 * prompt.c - looks up the tokens of a prompt, and lists those that are missing.
 */
#include <stdlib.h>
#include <string.h>

#include "errmsg.h"
#include "escape.h"
#include "prompt.h"
#include "raw_word.h"
#include "utf8.h"
#include "vocab_chars.h"

enum { LISTED = 1100 };		/* bytes of missing words after which a list ends */

int64_t
prompt_token(const struct vocab *v, const char *token)
{
	size_t len = strlen(token);
	int64_t row = vocab_find(v, token, len);

	if (row >= 0 || !vocab_is_characters(v))
		return row;
	token = escape_spell(token, &len);
	return vocab_find(v, token, len);
}

const char *
prompt_missing(struct prompt *r)
{
	r->err.text[0] = '\0';
	for (uint32_t i = 0; i < r->missing.size; i++) {
		char shown[ERRMSG_WORD];
		size_t len;
		const char *p = vocab_word(&r->missing, i, &len);

		if (strlen(r->err.text) > LISTED)
			return errmsg_add(&r->err, ", ...");
		errmsg_add(&r->err, "%s'%s'", i ? ", " : "", errmsg_word(shown, p, len));
	}
	return r->err.text;
}

/* A token that spells a marker, in whatever vocabulary. */
static const char *
marker_error(struct prompt *r, const struct vocab *v, const char *p, size_t len, bool unknown)
{
	const char *word = vocab_spells(p, len, VOCAB_START) ? VOCAB_START : VOCAB_END;

	if (!vocab_spells(p, len, VOCAB_UNKNOWN))
		return errmsg_set(&r->err, "'%s' is a marker, not a word; leave it out", word);
	if (v->unknown < 0)
		return "'" VOCAB_UNKNOWN "' is a marker, which stands for words outside the "
		    "vocabulary; this model has none, so leave it out";
	return unknown ? NULL : "'" VOCAB_UNKNOWN "' is a marker, which stands for words outside "
	    "the vocabulary; allow it with -u, or leave it out";
}

/* Adds a token to the missing ones. */
static const char *
add_missing(struct prompt *r, const struct vocab *v, const char *p, size_t len)
{
	struct buf low = { .len = 0 };
	enum raw_word kind;

	if (vocab_find(&r->missing, p, len) >= 0)
		return NULL;
	kind = raw_word_kind(&low, v, p, len);
	r->capitals += kind == RAW_WORD_CAPITALS;
	r->glued += kind == RAW_WORD_GLUED;
	buf_free(&low);
	return vocab_add(&r->missing, p, len, 0, VOCAB_NO_FIRST);
}

/* Appends a token, or adds it to the missing ones. */
static const char *
add_token(struct prompt *r, const struct vocab *v, const char *p, size_t len, bool unknown)
{
	int64_t row = vocab_find(v, p, len);
	const char *why = NULL;

	/* in a stream, a word may be spelled like a marker of sentences */
	if (vocab_is_marker(p, len) && (v->unit == UNIT_SENTENCE || row < 0 || row == v->unknown) &&
	    (why = marker_error(r, v, p, len, unknown)) != NULL)
		return why;
	if (row < 0) {
		why = add_missing(r, v, p, len);
		row = unknown ? v->unknown : -1;
	}
	if (row < 0 || why)
		return why;
	if (!mem_grow(&r->w, &r->cap, r->n + 1, sizeof(*r->w)))
		return "out of memory";
	r->w[r->n++] = (uint32_t)row;
	return NULL;
}

static const char *
add_characters(struct prompt *r, const struct vocab *v, const char *text, bool unknown)
{
	const char *why = NULL;

	if (!utf8_is_clean(text, strlen(text)))
		return "invalid UTF-8; give the text in UTF-8";
	while (*text != '\0' && why == NULL) {
		size_t n = utf8_len((unsigned char)*text), len = n;
		const char *p = escape_spell(text, &len);

		why = add_token(r, v, p, len, unknown);
		text += n;
	}
	return why;
}

static const char *
add_words(struct prompt *r, const struct vocab *v, const char *text, bool unknown)
{
	const char *why = NULL;

	while (text += strspn(text, " \n"), *text != '\0' && why == NULL) {
		size_t len = strcspn(text, " \n");

		why = add_token(r, v, text, len, unknown);
		text += len;
	}
	return why;
}

/* If tokens are missing and none stands for them, lists them. */
static const char *
check_missing(struct prompt *r, const struct vocab *v, bool unknown, const char *why)
{
	if (why || r->missing.size == 0 || (unknown && v->unknown >= 0))
		return why;
	return prompt_missing(r);
}

const char *
prompt_read(struct prompt *r, const struct vocab *v, const char *text, bool unknown)
{
	const char *why = vocab_is_characters(v) ? add_characters(r, v, text, unknown) :
	    add_words(r, v, text, unknown);

	return check_missing(r, v, unknown, why);
}

const char *
prompt_read_tokens(struct prompt *r, const struct vocab *v, const char *lines, bool unknown)
{
	return check_missing(r, v, unknown, add_words(r, v, lines, unknown));
}

void
prompt_free(struct prompt *r)
{
	free(r->w);
	vocab_free(&r->missing);
	*r = (struct prompt){ .n = 0 };
}
