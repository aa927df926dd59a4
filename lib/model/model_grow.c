/*
 * model_grow.c - moves the rows of words to another vocabulary.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "model_arrays.h"
#include "model_grow.h"
#include "prog.h"

enum { RAREST = 10 };	/* the last 1/RAREST of the words have a new word's probability */

static int64_t
find_same(const struct vocab *v, const struct vocab *other, uint32_t word)
{
	size_t len;
	const char *p = vocab_word(other, word, &len);

	return vocab_find(v, p, len);
}

static const char *
missing_words(struct model *m, uint32_t n, uint32_t first)
{
	char shown[ERRMSG_WORD];
	size_t len;
	const char *p = vocab_word(&m->vocab, first, &len);

	return errmsg_set(&m->err, "the text's vocabulary lacks %lu of the model's %lu words, the first "
	    "is '%s'; keep them: %sinfo --words MODEL > LIST, then %svocab --keep LIST",
	    (unsigned long)n, (unsigned long)m->vocab.size, errmsg_word(shown, p, len), prog_prefix,
	    prog_prefix);
}

/* Counts the words that both have. */
static const char *
compare_words(struct model *m, const struct vocab *v, struct model_growth *g)
{
	uint32_t missing = 0, first = 0;

	*g = (struct model_growth){ 0 };
	for (uint32_t i = 0; i < m->vocab.size; i++) {
		if (find_same(v, &m->vocab, i) >= 0)
			g->kept++;
		else if (v->unit == UNIT_STREAM && i == m->vocab.unknown)
			g->drops_unknown = true;
		else if (missing++ == 0)
			first = i;
	}
	g->added = v->size - g->kept;
	return missing ? missing_words(m, missing, first) : NULL;
}

const char *
model_grow_refuse(const struct model *m)
{
	if (!m->has_vocab)
		return "the model has no vocabulary, which tells its words; omit --grow";
	if (m->shape.tree)
		return "a tree, its output layer, is made from the counts of all words, so the vocabulary "
		    "cannot grow; train a new model";
	if (m->shape.clusters.n)
		return "the clusters of its output layer are made from the counts of all words, so the "
		    "vocabulary cannot grow; train a new model";
	return NULL;
}

const char *
model_grow_check(struct model *m, const struct vocab *v, struct model_growth *g)
{
	if (v->unit != m->vocab.unit)
		return errmsg_set(&m->err, "the model's text has unit=%s, this one unit=%s; make the "
		    "vocabulary with%s -S: %svocab", vocab_unit_name(m->vocab.unit),
		    vocab_unit_name(v->unit), v->unit == UNIT_STREAM ? "out" : "", prog_prefix);
	return compare_words(m, v, g);
}

/* The numbers of a parameter that belong to a word: n of them, `step` apart, from `first`. */
struct word_row {
	size_t first, n, step;
};

static struct word_row
word_row(const struct model_param *p, uint32_t word)
{
	if (p->kind == PARAM_OUT)
		return (struct word_row){ word * p->cols, p->cols, 1 };
	return (struct word_row){ word, p->rows, p->cols };
}

static void
copy_row(const struct model *m, const struct model_param *to, uint32_t row,
    const struct model_param *from, uint32_t old)
{
	struct word_row a = word_row(to, row), b = word_row(from, old);

	for (size_t i = 0; i < a.n; i++)
		model_set_weight(to, m->shape.real, a.first + i * a.step,
		    model_weight(from, m->shape.real, b.first + i * b.step));
}

/* Adds the mean of old's rows of the n words at `rare` to the row of a new word; a bias becomes
 * the mean. */
static void
add_mean(const struct model *m, const struct model_param *to, uint32_t row,
    const struct model_param *from, const uint32_t *rare, uint32_t n)
{
	struct word_row a = word_row(to, row);

	for (size_t i = 0; i < a.n; i++) {
		size_t at = a.first + i * a.step;
		double sum = 0, own = model_weight(to, m->shape.real, at);

		for (uint32_t j = 0; j < n; j++) {
			struct word_row b = word_row(from, rare[j]);

			sum += model_weight(from, m->shape.real, b.first + i * b.step);
		}
		model_set_weight(to, m->shape.real, at, sum / n + (to->kind == PARAM_OUT ? own : 0));
	}
}

/* Collects the last words of v but markers into rare(v->size); returns how many. */
static uint32_t
find_rarest(const struct vocab *v, uint32_t *rare)
{
	uint32_t first = v->unit == UNIT_SENTENCE ? VOCAB_END_ROW + 1 : 0;
	uint32_t words = v->size - first - (v->unknown >= 0), n = 0;
	uint32_t wanted = words > RAREST ? words / RAREST : words ? 1 : 0;

	for (uint32_t i = v->size; n < wanted; )
		if (--i != v->unknown)
			rare[n++] = i;
	return n;
}

static void
grow_param(struct model *m, const struct model *old, size_t k, const uint32_t *rare, uint32_t n)
{
	const struct model_param *to = &m->param[k], *from = &old->param[k];
	bool output = to->kind == PARAM_OUT || to->kind == PARAM_OUT_BIAS;

	for (uint32_t i = 0; i < m->vocab.size; i++) {
		int64_t row = find_same(&old->vocab, &m->vocab, i);

		if (row >= 0)
			copy_row(m, to, i, from, (uint32_t)row);
		else if (output && n > 0)
			add_mean(m, to, i, from, rare, n);
	}
}

const char *
model_grow(struct model *m, const struct model *old)
{
	uint32_t *rare = mem_zeros(old->vocab.size, sizeof(*rare)), n;

	if (rare == NULL)
		return "out of memory";
	n = find_rarest(&old->vocab, rare);
	for (size_t k = 0; k < m->nparam; k++) {
		const struct model_param *p = &m->param[k];

		if (model_param_words(&m->shape, p))
			grow_param(m, old, k, rare, n);
		else
			memcpy(p->data, old->param[k].data, p->rows * p->cols *
			    npz_type_size(model_npz_type(m->shape.real)));
	}
	free(rare);
	return NULL;
}
