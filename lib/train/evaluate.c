/*
 * evaluate.c - the loss of a whole text, forward only.  Workers divide it: sentences a batch
 * each in turn, a joined corpus by its parallel streams.
 */
#include "trainer.h"
#include "weight_average.h"

enum {
	EVAL_ROWS = 4096,	/* steps in a batch */
	EVAL_STREAMS = 32	/* parallel streams of a joined corpus */
};

/* Adds -ln P of the current batch to *loss. */
static const char *
evaluate_batch(struct trainer *s, struct net_state *st, double *loss)
{
	const struct batch *b = &s->batcher.b;
	const char *why;

	if (b->t == 0)
		return NULL;
	if ((why = trainer_reserve(s, (size_t)b->t)) != NULL ||
	    (why = net_logp(s->net, b, st, s->logp)) != NULL)
		return why;
	*loss -= trainer_sum(s->logp, b->t);
	return NULL;
}

/* Adds the steps of a batch to *done; true: this evaluation is to end. */
static bool
count_batch(struct trainer *s, uint64_t *done, size_t steps)
{
	*done += steps;
	trainer_report_progress(s, *done);
	return trainer_is_asked(s);
}

static const char *
evaluate_frames(struct trainer *s, const struct corpus *c, double *loss)
{
	const char *why = NULL;
	uint64_t done = 0;
	int turn = 0;

	for (size_t first = 0, taken; first < c->n && why == NULL; first += taken) {
		why = batch_frames(&s->batcher, c, first, c->n - first, EVAL_ROWS, &taken);
		if (why == NULL && turn == s->workers->rank)
			why = evaluate_batch(s, NULL, loss);
		turn = (turn + 1) % s->workers->size;
		if (why || count_batch(s, &done, (size_t)s->batcher.b.t))
			break;
	}
	return why;
}

struct streams
trainer_evaluated_streams(uint64_t steps, const struct workers *w)
{
	struct streams cut = streams_cut(steps, EVAL_STREAMS, EVAL_ROWS / EVAL_STREAMS);

	streams_divide(&cut, cut.n, w->rank, w->size);
	return cut;
}

static const char *
evaluate_streams(struct trainer *s, const struct corpus *c, double *loss)
{
	struct streams cut = trainer_evaluated_streams(c->steps, s->workers);
	struct net_state st;
	const char *why;
	uint64_t done = 0;

	why = net_state_new(&st, s->net, cut.end > cut.first ? (int)(cut.end - cut.first) : 1);
	for (size_t i = 0; i < cut.chunks && why == NULL; i++) {
		why = batch_chunk(&s->batcher, c, &cut, i);
		if (why == NULL)
			why = evaluate_batch(s, &st, loss);
		if (why || count_batch(s, &done, part_of_chunk(&cut, i).all))
			break;
	}
	net_state_free(&st);
	return why;
}

const char *
trainer_evaluate(struct trainer *s, double *loss)
{
	const struct corpus *c = s->valid ? s->valid : s->train;
	double sum = 0;
	const char *why = weight_average_show(s->net, s->model);

	if (why == NULL)
		why = c->joined ? evaluate_streams(s, c, &sum) : evaluate_frames(s, c, &sum);
	if (why == NULL)
		why = weight_average_hide(s->net, s->model);
	if (why == NULL)
		trainer_agree(s, &sum);
	trainer_should_stop(s);
	*loss = sum / (double)c->steps;
	return why;
}
