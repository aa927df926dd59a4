/*
 * score_lines.c - the lines of score(1).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score_lines.h"
#include "visible.h"

bool
score_lines_open(struct score_lines *s, FILE *f, const struct window *w,
    const struct scorer *model, size_t n)
{
	*s = (struct score_lines){ .f = f, .model = model, .n = n, .window = w };
	s->logp = mem_zeros(n, sizeof(*s->logp));
	return s->logp != NULL;
}

void
score_lines_free(struct score_lines *s)
{
	free(s->logp);
	buf_free(&s->id);
	*s = (struct score_lines){ 0 };
}

size_t
score_lines_infinite(const struct score_lines *s, size_t i)
{
	const struct window_frame *f = &s->window->frame[i];
	size_t m = 0;

	while (m < s->n && isfinite(scorer_frame_logp(&s->model[m], f)))
		m++;
	return m;
}

/* No more digits than are significant. */
static void
put_perplexity(FILE *f, double mean_loss)
{
	double x = exp(mean_loss);

	fprintf(f, x < 1e15 ? "\t%.4f" : "\t%g", x);
}

/* The mean of -logp over n tokens, or its exponential. */
static void
put_mean(FILE *f, double logp, uint64_t n, void (*put)(FILE *, double))
{
	if (n > 0)
		put(f, -logp / (double)n);
	else
		fputs("\tunknown", f);
}

/* What every line about frame i begins with, where frames have ids. */
static void
put_id(const struct score_lines *s, size_t i)
{
	const char *id;
	size_t len;

	if (s->ids == NULL)
		return;
	id = frame_ids_get(s->ids, i, &len);
	visible_put(id, len, s->f);
	putc('\t', s->f);
}

static void
begin_sums(struct score_lines *s)
{
	memset(s->logp, 0, s->n * sizeof(*s->logp));
	s->tokens = 0;
}

static void
add_to_sums(struct score_lines *s, size_t i)
{
	const struct window_frame *f = &s->window->frame[i];

	for (size_t m = 0; m < s->n; m++)
		s->logp[m] += scorer_frame_logp(&s->model[m], f);
	s->tokens += (uint64_t)f->steps;
}

static void
put_sums(const struct score_lines *s)
{
	for (size_t m = 0; m < s->n; m++)
		fprintf(s->f, "%.6f\t", s->logp[m]);
	fprintf(s->f, "%" PRIu64, s->tokens);
	for (size_t m = 0; m < s->n; m++)
		put_mean(s->f, s->logp[m], s->tokens, put_perplexity);
	putc('\n', s->f);
}

void
score_lines_sentence(struct score_lines *s, size_t i)
{
	begin_sums(s);
	add_to_sums(s, i);
	put_id(s, i);
	put_sums(s);
}

/* Whether an id is that of the record. */
static bool
is_record(const struct score_lines *s, const char *id, size_t len)
{
	return s->begun && s->id.len == len && (len == 0 || memcmp(s->id.p, id, len) == 0);
}

static bool
begin_record(struct score_lines *s, const char *id, size_t len)
{
	score_lines_end_record(s);
	begin_sums(s);
	s->begun = true;
	s->id.len = 0;
	return buf_put(&s->id, id, len);
}

bool
score_lines_record(struct score_lines *s, size_t i)
{
	size_t len;
	const char *id = frame_ids_get(s->ids, i, &len);

	if (!is_record(s, id, len) && !begin_record(s, id, len))
		return false;
	add_to_sums(s, i);
	return true;
}

void
score_lines_end_record(struct score_lines *s)
{
	if (!s->begun)
		return;
	visible_put(s->id.p, s->id.len, s->f);
	putc('\t', s->f);
	put_sums(s);
	s->begun = false;
}

static void
put_word(const struct score_lines *s, uint32_t word)
{
	size_t len;
	const char *p = vocab_word(s->vocab, word, &len);

	visible_put(p, len, s->f);
}

/* The target at step r, as the text has it if there is one. */
static void
put_target(const struct score_lines *s, uint32_t y, bool unknown)
{
	size_t len;
	const char *p;

	if (s->text == NULL || !unknown) {
		put_word(s, y);
		return;
	}
	p = aligned_text_word(s->text, &len);
	visible_put(p, len, s->f);
}

static void
put_step(const struct score_lines *s, int r)
{
	uint32_t y = s->window->batcher.y[r];
	bool unknown = (int64_t)y == s->vocab->unknown;

	put_target(s, y, unknown);
	for (size_t m = 0; m < s->n; m++)
		fprintf(s->f, "\t%.6f", s->model[m].logp[r]);
	for (size_t m = 0; m < s->n; m++)
		fprintf(s->f, "\t%" PRIu32, s->model[m].guess[r].rank);
	if (s->text)
		fputs(unknown ? "\tunknown" : "\tknown", s->f);
	putc('\n', s->f);
}

void
score_lines_words(const struct score_lines *s, size_t i)
{
	const struct window_frame *f = &s->window->frame[i];

	for (int r = f->first; r < f->first + f->steps; r++) {
		put_id(s, i);
		put_step(s, r);
	}
}

void
score_lines_predicted(const struct score_lines *s, size_t i)
{
	const struct window_frame *f = &s->window->frame[i];

	if (f->steps > 0)
		put_id(s, i);
	for (int r = f->first; r < f->first + f->steps; r++) {
		if (r > f->first)
			putc(' ', s->f);
		put_word(s, s->model->guess[r].best);
	}
	putc('\n', s->f);
}

/* Values of the totals, each after a tab. */

static void
put_count(FILE *f, uint64_t n)
{
	fprintf(f, "\t%" PRIu64, n);
}

static void
put_loss(FILE *f, double mean)
{
	fprintf(f, "\t%.6f", mean);
}

static void
put_bits(FILE *f, const struct totals *t)
{
	if (t->unknown_bytes || t->bytes == 0 || t->tokens == 0)
		fputs("\tunknown", f);
	else
		fprintf(f, "\t%.6f", -t->logp / log(2) / (double)t->bytes);
}

/* The number of different words outside the vocabulary is known from the text, or if it
 * is 0. */
static void
put_types(const struct score_lines *s, const struct totals *t)
{
	if (s->text || t->tokens == t->known)
		put_count(s->f, s->text ? s->text->types.size : 0);
	else
		fputs("\tunknown", s->f);
}

/* The totals, in the order in which they are written. */
enum total {
	SENTENCES, TOKENS, LOSS, PERPLEXITY, BITS, KNOWN, LOSS_KNOWN, PERPLEXITY_KNOWN, UNKNOWN,
	TYPES, NTOTALS
};
static const char *const keys[NTOTALS] = {
	"sentences", "tokens", "loss", "perplexity", "bits_per_byte", "tokens_known",
	"loss_known", "perplexity_known", "tokens_unknown", "types_unknown"
};

static void
put_total(const struct score_lines *s, enum total key, const struct totals *t)
{
	switch (key) {
	case SENTENCES: put_count(s->f, t->sentences); break;
	case TOKENS: put_count(s->f, t->tokens); break;
	case LOSS: put_mean(s->f, t->logp, t->tokens, put_loss); break;
	case PERPLEXITY: put_mean(s->f, t->logp, t->tokens, put_perplexity); break;
	case BITS: put_bits(s->f, t); break;
	case KNOWN: put_count(s->f, t->known); break;
	case LOSS_KNOWN: put_mean(s->f, t->logp_known, t->known, put_loss); break;
	case PERPLEXITY_KNOWN: put_mean(s->f, t->logp_known, t->known, put_perplexity); break;
	case UNKNOWN: put_count(s->f, t->tokens - t->known); break;
	default: put_types(s, t);
	}
}

void
score_lines_totals(const struct score_lines *s)
{
	for (int key = 0; key < NTOTALS; key++) {
		fputs(keys[key], s->f);
		for (size_t m = 0; m < s->n; m++)
			put_total(s, (enum total)key, &s->model[m].totals);
		putc('\n', s->f);
	}
}
