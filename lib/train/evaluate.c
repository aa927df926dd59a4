/*
 * evaluate.c - the loss of a whole text, forward only.
 */
#include "trainer.h"

enum {
	EVAL_ROWS = 4096,	/* steps in a batch */
	EVAL_STREAMS = 32	/* parallel streams of a joined corpus */
};

/* Adds -ln P of the current batch to *loss, and its steps to *done. */
static const char *
evaluate_batch(struct trainer *s, struct net_state *st, double *loss, uint64_t *done)
{
	const struct batch *b = &s->batcher.b;
	const char *why;

	if ((why = trainer_reserve(s, (size_t)b->t)) != NULL ||
	    (why = net_logp(s->net, b, st, s->logp)) != NULL)
		return why;
	*loss -= trainer_sum(s->logp, b->t);
	*done += (uint64_t)b->t;
	trainer_report_progress(s, *done);
	return NULL;
}

static const char *
evaluate_frames(struct trainer *s, const struct corpus *c, double *loss)
{
	const char *why = NULL;
	uint64_t done = 0;

	for (size_t first = 0, taken; first < c->n && why == NULL; first += taken) {
		why = batch_frames(&s->batcher, c, first, c->n - first, EVAL_ROWS, &taken);
		if (why == NULL)
			why = evaluate_batch(s, NULL, loss, &done);
		if (why || trainer_should_stop(s))
			break;
	}
	return why;
}

static const char *
evaluate_streams(struct trainer *s, const struct corpus *c, double *loss)
{
	struct streams cut = streams_cut(c->steps, EVAL_STREAMS, EVAL_ROWS / EVAL_STREAMS);
	struct net_state st;
	const char *why = net_state_new(&st, s->net, (int)cut.n);
	uint64_t done = 0;

	for (size_t i = 0; i < cut.chunks && why == NULL; i++) {
		why = batch_chunk(&s->batcher, c, &cut, i);
		if (why == NULL)
			why = evaluate_batch(s, &st, loss, &done);
		if (why || trainer_should_stop(s))
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
	const char *why = c->joined ? evaluate_streams(s, c, &sum) : evaluate_frames(s, c, &sum);

	*loss = sum / (double)c->steps;
	return why;
}
