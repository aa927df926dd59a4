/*
 * prime.c - looking up what was given by hand, and naming what is not there.
 */
#include <stdlib.h>
#include <string.h>

#include "detok.h"
#include "phrase.h"
#include "prime.h"
#include "spelling.h"
#include "utf8.h"

/* A character as a table spells it: one that cannot stand there has its escape. */
static const char *
spelled(const char *p, size_t *len)
{
	const char *escape = *len != 1 ? NULL : *p == ' ' ? "\\s" : *p == '\t' ? "\\t" :
	    *p == '\n' ? "\\n" : *p == '\\' ? "\\\\" : NULL;

	if (escape == NULL)
		return p;
	*len = 2;
	return escape;
}

int64_t
prime_token(const struct vocab *v, const char *token)
{
	size_t len = strlen(token);
	int64_t row = vocab_find(v, token, len);

	if (row >= 0 || !detok_is_characters(v))
		return row;
	token = spelled(token, &len);
	return vocab_find(v, token, len);
}

/* The words of the list in one line, as many as there is room for. */
static const char *
name_missing(struct prime *r, const struct vocab *missing)
{
	size_t at = 0;

	for (uint32_t i = 0; i < missing->size; i++) {
		char shown[SPELLING_SHOWN];
		size_t len;
		const char *p = vocab_word(missing, i, &len);

		if (at + 2 * SPELLING_SHOWN > sizeof(r->err)) {
			at += (size_t)snprintf(r->err + at, sizeof(r->err) - at, ", ...");
			break;
		}
		at += (size_t)snprintf(r->err + at, sizeof(r->err) - at, "%s'%s'", i ? ", " : "",
		    spelling_show(shown, p, len));
	}
	snprintf(r->err + at, sizeof(r->err) - at, " %s not in the vocabulary",
	    missing->size == 1 ? "is" : "are");
	r->missing = missing->size;
	return r->err;
}

/* Appends a token, or puts it on the list of those that are missing. */
static const char *
add(struct prime *r, const struct vocab *v, const char *p, size_t len, bool unknown,
    struct vocab *missing)
{
	int64_t row = vocab_find(v, p, len);
	char shown[SPELLING_SHOWN];

	if (v->unit == UNIT_SENTENCE && (row == VOCAB_START_ROW || row == VOCAB_END_ROW))
		return phrase(r->err, sizeof(r->err), "'%s' is a marker, not a word",
		    spelling_show(shown, p, len));
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
add_characters(struct prime *r, const struct vocab *v, const char *text, bool unknown,
    struct vocab *missing)
{
	const char *why = NULL;

	if (!utf8_is_clean(text, strlen(text)))
		return "not valid UTF-8";
	while (*text != '\0' && why == NULL) {
		size_t n = utf8_len((unsigned char)*text), len = n;
		const char *p = spelled(text, &len);

		why = add(r, v, p, len, unknown, missing);
		text += n;
	}
	return why;
}

static const char *
add_words(struct prime *r, const struct vocab *v, const char *text, bool unknown,
    struct vocab *missing)
{
	const char *why = NULL;

	while (text += strspn(text, " "), *text != '\0' && why == NULL) {
		size_t len = strcspn(text, " ");

		why = add(r, v, text, len, unknown, missing);
		text += len;
	}
	return why;
}

const char *
prime_read(struct prime *r, const struct vocab *v, const char *text, bool unknown)
{
	struct vocab missing = { .size = 0 };
	const char *why = detok_is_characters(v) ?
	    add_characters(r, v, text, unknown, &missing) :
	    add_words(r, v, text, unknown, &missing);

	if (why == NULL && missing.size > 0)
		why = name_missing(r, &missing);
	vocab_free(&missing);
	return why;
}

void
prime_free(struct prime *r)
{
	free(r->w);
	*r = (struct prime){ .n = 0 };
}
