/*
 * trainer_workers.c - where the training loop of one worker depends on the others.
 */
#include "signals.h"
#include "trainer.h"

bool
trainer_is_asked(const struct trainer *s)
{
	return s->callbacks.should_stop && s->callbacks.should_stop(s->callbacks.run_arg);
}

bool
trainer_should_stop(struct trainer *s)
{
	if (s->workers->size > 1 ? s->workers->note.stop != 0 && !s->apart : trainer_is_asked(s))
		s->stopped = true;
	return s->stopped;
}

/* What this worker has to say to the others. */
static struct worker_note
note_of(const struct trainer *s, double logp)
{
	const struct trainer_callbacks *c = &s->callbacks;
	int came = signals_came();

	return (struct worker_note){ .logp = logp,
		.stop = !trainer_is_asked(s) ? 0 : came ? came : -1,
		.save = c->is_save_due && c->is_save_due(c->run_arg) };
}

void
trainer_agree(struct trainer *s, double *logp)
{
	struct worker_note mine = note_of(s, *logp);

	if (s->workers->size == 1)
		return;
	workers_exchange(s->workers, &mine);
	*logp = s->workers->note.logp;
}

/* struct net, completed. */
static const char *
begin_sums(struct net *n, int layer, void *arg)
{
	struct trainer *s = arg;

	return gradient_begin(s->workers, n, layer);
}

/* struct net, reduce. */
static const char *
add_up(struct net *n, void *arg)
{
	struct trainer *s = arg;
	struct worker_note mine = note_of(s, trainer_sum(s->logp, s->batcher.b.t));

	if (s->p->hyper.local_steps == 0)
		return gradient_sum(s->workers, n, &mine);
	workers_exchange(s->workers, &mine);
	return NULL;
}

const char *
trainer_average(struct trainer *s, bool at_end)
{
	uint64_t n = s->p->hyper.local_steps;

	if (n == 0 || s->workers->size == 1)
		return NULL;
	s->apart = !at_end && s->p->steps % n;
	return s->apart ? NULL : workers_average(s->workers, s->net);
}

void
trainer_join(struct trainer *s)
{
	s->workers->rounds = s->p->hyper.reduce == REDUCE_BF16;
	s->net->reduce = add_up;
	s->net->completed = s->p->hyper.local_steps ? NULL : begin_sums;
	s->net->reduce_arg = s;
	s->net->grad_scale = s->p->hyper.local_steps ? s->workers->size : 1;
}

/* By the number of steps all workers know it; by time, worker 0 does. */
static bool
is_save_asked(const struct trainer *s)
{
	const struct trainer_callbacks *c = &s->callbacks;

	if (s->workers->size > 1 && s->save_steps == 0)
		return s->workers->note.save;
	return c->is_save_due && c->is_save_due(c->run_arg);
}

bool
trainer_is_save_due(struct trainer *s)
{
	bool due = is_save_asked(s) || s->save_waits;

	s->save_waits = due && s->apart;
	return due && !s->apart;
}
