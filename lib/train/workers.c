/*
 * workers.c - see workers.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "seconds.h"
#include "transport.h"
#include "workers.h"

enum { DEVICE_NAME = 128 };

const char *
workers_open(struct workers *w)
{
	const char *why;

	*w = (struct workers){ .size = 1 };
	if ((why = transport_open(&w->t)) != NULL)
		return why;
	if (w->t) {
		w->rank = w->t->rank;
		w->size = w->t->size;
		backend_choose(w->t->local_rank);
	}
	w->notes = mem_zeros((size_t)w->size, sizeof(*w->notes));
	w->bytes = mem_zeros((size_t)w->size, sizeof(*w->bytes));
	return w->notes && w->bytes ? NULL : "out of memory";
}

void
workers_close(struct workers *w)
{
	struct worker_memory *all[] = { &w->mine, &w->all, &w->rows, &w->numbers, &w->slots, &w->host };

	transport_close(w->t);
	w->t = NULL;
	free(w->notes);
	free(w->bytes);
	w->notes = NULL;
	w->bytes = NULL;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		free(all[i]->p);
		*all[i] = (struct worker_memory){ 0 };
	}
}

void *
worker_memory(struct worker_memory *m, size_t bytes)
{
	return mem_grow(&m->p, &m->cap, bytes + 1, 1) ? m->p : NULL;
}

long
workers_threads(const struct workers *w, long asked)
{
	long here = sysconf(_SC_NPROCESSORS_ONLN), own = backend_processors();

	if (asked || w->t == NULL || w->t->local_size == 1)
		return asked;
	here /= w->t->local_size;
	here = here > 0 ? here : 1;
	return here < own ? here : own;
}

/* A row of a lazy update would have to make up for other steps in each worker. */
static const char *
check_local_steps(struct workers *w, const struct model *m, uint64_t max_steps)
{
	uint64_t n = m->progress.hyper.local_steps;

	if (n == 0)
		return NULL;
	if (model_counts_rows(m))
		return "--local-steps needs -O sgd or adagrad with a softmax other than full, whose rows "
		    "are updated at different steps in each process";
	if (max_steps % n)
		return errmsg_set(&w->err, "-N must be a multiple of the %" PRIu64 " steps after which "
		    "processes average their weights (--local-steps)", n);
	return NULL;
}

const char *
workers_check(struct workers *w, const struct model *m, uint64_t max_steps)
{
	if (m->progress.hyper.reduce == REDUCE_BF16 && m->shape.real == REAL_F64)
		return "--reduce bf16 rounds gradients in float, and this model is in double precision (-D)";
	if (m->progress.batch >= (uint32_t)w->size)
		return check_local_steps(w, m, max_steps);
	return errmsg_set(&w->err, "a batch of %u cannot be divided among %d processes; give a larger "
	    "-B, or start fewer", (unsigned)m->progress.batch, w->size);
}

const char *
workers_check_device(struct workers *w, const struct backend *k)
{
	char mine[DEVICE_NAME] = "", *all = worker_memory(&w->all, (size_t)w->size * DEVICE_NAME);

	if (all == NULL)
		return "out of memory";
	snprintf(mine, sizeof(mine), "%s (%s)", k->name, k->isa);
	for (int r = 0; r < w->size; r++)
		w->bytes[r] = DEVICE_NAME;
	workers_gather(w, mine, all);
	for (int r = 1; r < w->size; r++) {
		if (strcmp(all, all + r * DEVICE_NAME) == 0)
			continue;
		if (w->rank > 0)
			workers_broadcast(w, all, 1);	/* until worker 0 has reported it */
		return errmsg_set(&w->err, "process 0 computes on %s and process %d on %s, which round "
		    "differently; give the same -d to all, and the same UNROLL_ISA", all, r,
		    all + r * DEVICE_NAME);
	}
	return NULL;
}

void
workers_broadcast(struct workers *w, void *p, size_t bytes)
{
	double start = seconds_now();

	if (w->size > 1 && bytes)
		w->t->broadcast(w->t, p, bytes);
	w->seconds += seconds_now() - start;
}

void
workers_gather(struct workers *w, const void *mine, void *all)
{
	double start = seconds_now();

	if (w->size > 1)
		w->t->gather(w->t, mine, all, w->bytes);
	else
		memcpy(all, mine, w->bytes[0]);
	w->seconds += seconds_now() - start;
}

static void
begin_sum(struct workers *w, enum sum_kind kind, void *x, size_t n)
{
	double start = seconds_now();

	if (w->size > 1)
		w->t->begin_sum(w->t, kind, x, n);
	w->seconds += seconds_now() - start;
	w->summed += (double)n * (double)sum_kind_bytes(kind);
}

void
workers_begin_gradient(struct workers *w, bool doubles, void *x, size_t n)
{
	begin_sum(w, doubles ? SUM_F64 : w->rounds ? SUM_BF16 : SUM_F32, x, n);
}

void
workers_finish_gradients(struct workers *w)
{
	double start = seconds_now();

	if (w->size > 1)
		w->t->finish_sums(w->t);
	w->seconds += seconds_now() - start;
}

void
workers_sum(struct workers *w, bool doubles, void *x, size_t n)
{
	begin_sum(w, doubles ? SUM_F64 : SUM_F32, x, n);
	workers_finish_gradients(w);
}

void
workers_exchange(struct workers *w, const struct worker_note *mine)
{
	for (int r = 0; r < w->size; r++)
		w->bytes[r] = sizeof(*mine);
	workers_gather(w, mine, w->notes);
	w->note = w->notes[0];
	for (int r = 1; r < w->size; r++) {
		w->note.logp += w->notes[r].logp;
		if (w->note.stop == 0)
			w->note.stop = w->notes[r].stop;
	}
}
