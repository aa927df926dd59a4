/*
 * loss_watch.c - see loss_watch.h.
 */
#include <math.h>

#include "loss_watch.h"

void
loss_watch_begin(struct loss_watch *w, const struct model_progress *p, uint32_t vocab)
{
	*w = (struct loss_watch){ .limit = w->limit, .keeps_sum = w->keeps_sum,
		.chance = log(vocab), .sum = p->train_sum, .words = p->train_words,
		.ended = p->sentence == 0 };
}

/* Adds to the mean of the epoch. */
static void
add_loss(struct loss_watch *w, struct model_progress *p, double logp, uint64_t n)
{
	if (w->ended) {
		w->sum = 0;
		w->words = 0;
		w->ended = false;
	}
	w->sum -= logp;
	w->words += n;
	w->total += n;
	if (w->keeps_sum) {
		p->train_sum = w->sum;
		p->train_words = w->words;
	}
}

/* A warning is due once. */
static enum loss_verdict
verdict(struct loss_watch *w, bool diverged, bool high)
{
	if (diverged)
		return LOSS_DIVERGED;
	if (!high || w->warned)
		return LOSS_FINE;
	w->warned = true;
	return LOSS_RISEN;
}

enum loss_verdict
loss_watch_step(struct loss_watch *w, struct model_progress *p, double logp, uint64_t n)
{
	double loss = -logp / (double)n;
	uint64_t place = (p->steps - 1) % LOSS_STRETCH;
	enum loss_verdict result;

	add_loss(w, p, logp, n);
	if (place == 0)
		w->high = p->steep = 0;
	w->high += loss > LOSS_HIGH * w->chance;
	p->steep += w->limit > 0 && loss > w->limit * w->chance;
	result = verdict(w, p->steep > LOSS_STRETCH / 2, w->high > LOSS_STRETCH / 2);
	if (place == LOSS_STRETCH - 1)
		p->steep = 0;
	return result;
}

enum loss_verdict
loss_watch_evaluation(struct loss_watch *w, struct model_progress *p, double loss)
{
	if (p->sentence == 0) {
		p->train_sum = 0;
		p->train_words = 0;
	}
	if (p->steps == 0)
		return LOSS_FINE;
	return verdict(w, w->limit > 0 && loss > w->limit * w->chance,
	    loss > LOSS_HIGH * w->chance);
}

void
loss_watch_end_epoch(struct loss_watch *w)
{
	w->ended = true;
}

double
loss_watch_mean(const struct loss_watch *w)
{
	return w->words ? w->sum / (double)w->words : NAN;
}
