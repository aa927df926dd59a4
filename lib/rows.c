/*
 * rows.c - looking up the tokens of a line.
 */
#include <stdlib.h>

#include "rows.h"
#include "spelling.h"

static const char *
no_row(struct rows *r, const struct tokens *t, const struct token *w)
{
	char shown[SPELLING_SHOWN];

	snprintf(r->err, sizeof(r->err),
	    "line %llu: '%s' is not in the vocabulary, which has no " VOCAB_UNKNOWN,
	    (unsigned long long)t->in.number, spelling_show(shown, w->p, w->len));
	return r->err;
}

const char *
rows_of(struct rows *r, const struct vocab *v, struct tokens *t)
{
	bool sentence = v->unit == UNIT_SENTENCE;
	int64_t lowest = sentence ? VOCAB_END_ROW + 1 : 0;
	struct token w;
	uint32_t n = 0;

	if (!mem_grow(&r->w, &r->cap, t->n + 2, sizeof(*r->w)))
		return "out of memory";
	if (sentence)
		r->w[n++] = VOCAB_START_ROW;
	while (tokens_word(t, &w)) {
		int64_t row = vocab_find(v, w.p, w.len);

		if (row < lowest)
			row = v->unknown;
		if (row < 0)
			return no_row(r, t, &w);
		r->w[n++] = (uint32_t)row;
	}
	if (sentence)
		r->w[n++] = VOCAB_END_ROW;
	r->n = n;
	return NULL;
}

void
rows_free(struct rows *r)
{
	free(r->w);
	*r = (struct rows){ 0 };
}
