/*
 * aligned_text.c - compares lines of tokens with frames.
 */
#include <stdlib.h>

#include "aligned_text.h"

void
aligned_text_open(struct aligned_text *a, FILE *f)
{
	*a = (struct aligned_text){ .n = 0 };
	token_stream_open(&a->tokens, f);
}

/* Adds what is wrong to "line N: " and what to do. */
#define MISMATCH(a, fmt, ...)							\
	errmsg_set(&(a)->err, "line %llu: " fmt "; give the token stream that it was made "	\
	    "from", (unsigned long long)(a)->tokens.in.number, __VA_ARGS__)

/* Reads the next line, which must have n tokens. */
static const char *
read_line(struct aligned_text *a, size_t n, const char *name)
{
	bool more;
	const char *why = token_stream_line(&a->tokens, &more);

	if (why)
		return why;
	if (!more)
		return errmsg_set(&a->err, "ends after line %llu, where %s has more; give the token "
		    "stream that it was made from", (unsigned long long)a->tokens.in.number, name);
	if (a->tokens.n != n)
		return MISMATCH(a, "%zu tokens, where %s has %zu", a->tokens.n, name, n);
	return NULL;
}

static const char *
wrong_token(struct aligned_text *a, size_t i, const struct token *t, const struct vocab *v,
    uint32_t row, const char *name)
{
	char is[ERRMSG_WORD], has[ERRMSG_WORD];
	size_t len;
	const char *word = vocab_word(v, row, &len);

	return MISMATCH(a, "token %zu is '%s', where %s has '%s'", i + 1,
	    errmsg_word(is, t->p, t->len), name, errmsg_word(has, word, len));
}

/* Queues a word outside the vocabulary. */
static const char *
queue_word(struct aligned_text *a, const struct token *t)
{
	if (!mem_grow(&a->end, &a->cap, a->n + 1, sizeof(*a->end)) ||
	    !buf_put(&a->word, t->p, t->len))
		return "out of memory";
	a->end[a->n++] = a->word.len;
	return vocab_find(&a->types, t->p, t->len) >= 0 ? NULL :
	    vocab_add(&a->types, t->p, t->len, 0, VOCAB_NO_FIRST);
}

const char *
aligned_text_frame(struct aligned_text *a, const struct vocab *v, const struct frame *f,
    size_t predicted, const char *name)
{
	bool sentence = v->unit == UNIT_SENTENCE;
	size_t n = f->n - (sentence ? 2 : 0), given = f->n - predicted;
	int64_t lowest = sentence ? VOCAB_END_ROW + 1 : 0;
	const char *why = a->tokens.inside ? NULL : token_stream_begin(&a->tokens);
	struct token t;

	if (why == NULL && (n > 0 || a->tokens.form.empty))
		why = read_line(a, n, name);

	for (size_t i = 0; why == NULL && i < n && token_stream_word(&a->tokens, &t); i++) {
		int64_t row = vocab_find(v, t.p, t.len), has = f->w[i + sentence];

		if (row < lowest)
			row = v->unknown;
		if (row != has)
			why = wrong_token(a, i, &t, v, (uint32_t)has, name);
		else if (has == v->unknown && i + sentence >= given)
			why = queue_word(a, &t);
	}
	return why;
}

const char *
aligned_text_end(struct aligned_text *a)
{
	bool more;
	const char *why = token_stream_line(&a->tokens, &more);

	if (why || !more)
		return why;
	return errmsg_set(&a->err, "line %llu: past the last sentence of the index streams; give "
	    "the token stream that they were made from", (unsigned long long)a->tokens.in.number);
}

const char *
aligned_text_word(struct aligned_text *a, size_t *len)
{
	size_t begin = a->next > 0 ? a->end[a->next - 1] : 0;

	*len = a->end[a->next++] - begin;
	return a->word.p + begin;
}

void
aligned_text_clear(struct aligned_text *a)
{
	a->n = a->next = a->word.len = 0;
}

void
aligned_text_close(struct aligned_text *a)
{
	token_stream_close(&a->tokens);
	vocab_free(&a->types);
	buf_free(&a->word);
	free(a->end);
}
