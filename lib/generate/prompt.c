/*
 * prompt.c - looks up the tokens of a prompt, and lists those that are missing.
 */
#include <stdlib.h>
#include <string.h>

#include "errmsg.h"
#include "escape.h"
#include "prompt.h"
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

/* Lists the missing words in one line, as many as it has room for. */
static const char *
list_missing(struct prompt *r, const struct vocab *missing)
{
	r->err.text[0] = '\0';
	for (uint32_t i = 0; i < missing->size; i++) {
		char shown[ERRMSG_WORD];
		size_t len;
		const char *p = vocab_word(missing, i, &len);

		if (strlen(r->err.text) > LISTED) {
			errmsg_add(&r->err, ", ...");
			break;
		}
		errmsg_add(&r->err, "%s'%s'", i ? ", " : "", errmsg_word(shown, p, len));
	}
	r->missing = missing->size;
	return errmsg_add(&r->err, " %s not in the vocabulary",
	    missing->size == 1 ? "is" : "are");
}

/* Appends a token, or adds it to the missing ones. */
static const char *
add_token(struct prompt *r, const struct vocab *v, const char *p, size_t len, bool unknown,
    struct vocab *missing)
{
	int64_t row = vocab_find(v, p, len);
	char shown[ERRMSG_WORD];

	if (v->unit == UNIT_SENTENCE && (row == VOCAB_START_ROW || row == VOCAB_END_ROW))
		return errmsg_set(&r->err, "'%s' is a marker, not a word; leave it out",
		    errmsg_word(shown, p, len));
	if (row < 0 && unknown)
		row = v->unknown;
	if (row < 0 || (row == v->unknown && !unknown))
		return vocab_find(missing, p, len) >= 0 ? NULL :
		    vocab_add(missing, p, len, 0, VOCAB_NO_FIRST);
	if (!mem_grow(&r->w, &r->cap, r->n + 1, sizeof(*r->w)))
		return "out of memory";
	r->w[r->n++] = (uint32_t)row;
	return NULL;
}

static const char *
add_characters(struct prompt *r, const struct vocab *v, const char *text, bool unknown,
    struct vocab *missing)
{
	const char *why = NULL;

	if (!utf8_is_clean(text, strlen(text)))
		return "invalid UTF-8; give the text in UTF-8";
	while (*text != '\0' && why == NULL) {
		size_t n = utf8_len((unsigned char)*text), len = n;
		const char *p = escape_spell(text, &len);

		why = add_token(r, v, p, len, unknown, missing);
		text += n;
	}
	return why;
}

static const char *
add_words(struct prompt *r, const struct vocab *v, const char *text, bool unknown,
    struct vocab *missing)
{
	const char *why = NULL;

	while (text += strspn(text, " "), *text != '\0' && why == NULL) {
		size_t len = strcspn(text, " ");

		why = add_token(r, v, text, len, unknown, missing);
		text += len;
	}
	return why;
}

const char *
prompt_read(struct prompt *r, const struct vocab *v, const char *text, bool unknown)
{
	struct vocab missing = { .size = 0 };
	const char *why = vocab_is_characters(v) ?
	    add_characters(r, v, text, unknown, &missing) :
	    add_words(r, v, text, unknown, &missing);

	if (why == NULL && missing.size > 0)
		why = list_missing(r, &missing);
	vocab_free(&missing);
	return why;
}

void
prompt_free(struct prompt *r)
{
	free(r->w);
	*r = (struct prompt){ .n = 0 };
}
