/*
 * vocab_lookup.c - looks up the tokens of a line.
 */
#include <stdlib.h>

#include "vocab_lookup.h"
#include "errmsg.h"

static const char *
no_row(struct vocab_lookup *r, const struct token_stream *t, const struct token *w)
{
	char shown[ERRMSG_WORD];

	return errmsg_set(&r->err, "line %llu: '%s' is not in the vocabulary, which has no "
	    VOCAB_UNKNOWN "; leave it out, or train on a text that has it",
	    (unsigned long long)t->in.number, errmsg_word(shown, w->p, w->len));
}

const char *
vocab_lookup_of(struct vocab_lookup *r, const struct vocab *v, struct token_stream *t)
{
	bool sentence = v->unit == UNIT_SENTENCE;
	int64_t lowest = sentence ? VOCAB_END_ROW + 1 : 0;
	struct token w;
	uint32_t n = 0;

	if (!mem_grow(&r->w, &r->cap, t->n + 2, sizeof(*r->w)))
		return "out of memory";
	if (sentence)
		r->w[n++] = VOCAB_START_ROW;
	while (token_stream_word(t, &w)) {
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
	return n ? NULL : errmsg_set(&r->err, "line %llu: an empty line, which unit=stream does "
	    "not have; leave it out", (unsigned long long)t->in.number);
}

void
vocab_lookup_free(struct vocab_lookup *r)
{
	free(r->w);
	*r = (struct vocab_lookup){ 0 };
}
