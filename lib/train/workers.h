/*
 * workers.h - training by several processes, which may be on several machines: each is a
 * worker that computes the gradient of its part of every batch; all add the gradients up and
 * make the same update, so that they have the same model at every step.
 *
 * Worker 0 alone reads and writes files.  The others receive the run from it
 * (share_run.h).  A process alone is a worker, too: `size` is 1, and nothing is sent.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "errmsg.h"
#include "model.h"
#include "net.h"

struct transport;

enum { WORKER_LISTS = 4 };	/* sparse gradients of a model, at most */

/* What a worker says after its part of a step or of an evaluation. */
struct worker_note {
	double logp;		/* of its part, summed */
	int32_t stop;		/* it is to end the run: the signal, or -1 without one; 0: not */
	int32_t save;		/* of worker 0: it is time for a save */
	int32_t rows[WORKER_LISTS];	/* touched rows of each sparse gradient */
};

/* Scratch memory that grows. */
struct worker_memory {
	char *p;
	size_t cap;
};

struct workers {
	struct transport *t;	/* NULL: this process is alone */
	int rank, size;
	double seconds;		/* spent in messages and waiting for others */
	double summed;		/* bytes of gradients that were added up */
	bool rounds;		/* floats of gradients are sent as bfloat16 */
	struct worker_note note;	/* of the latest exchange: the sum, and what was decided */
	struct grad_view view[MODEL_PARAMS_MAX];	/* the gradients of the step, as they are completed */
	/* Ours: */
	struct worker_note *notes;	/* (size) of each worker */
	size_t *bytes;		/* (size) */
	struct worker_memory mine, all, rows, numbers, slots, host;	/* of gradient_sum.c, mostly */
	struct errmsg err;
};

/* Connects with the other workers if the process was started as one of several.  NULL or an
 * error message, which is empty where another worker has it.  workers_close(), which waits
 * for the others to do the same, is due after success; a program that ends without it ends
 * the others. */
const char *workers_open(struct workers *w);
void workers_close(struct workers *w);

/* The threads to use where `asked` were asked for: with 0, this worker's fraction of the
 * machine's processors. */
long workers_threads(const struct workers *w, long asked);

/* Whether the workers can divide the batches of this run of m, which is to end after max_steps
 * steps (0: no limit), and average its weights: NULL or an error message. */
const char *workers_check(struct workers *w, const struct model *m, uint64_t max_steps);
/* Whether all compute with the same code, so that they stay in step: likewise, in all. */
const char *workers_check_device(struct workers *w, const struct backend *k);

/* Tells the others, and sets w->note: logp summed in the order of the workers, the first
 * worker's `stop` that is not 0, and `save` of worker 0. */
void workers_exchange(struct workers *w, const struct worker_note *mine);

/* p(bytes) of worker 0 replaces that of the others. */
void workers_broadcast(struct workers *w, void *p, size_t bytes);
/* Gives `mine`, bytes[rank] bytes of w->bytes, to all: `all` has that of worker 0, of 1, and
 * so on. */
void workers_gather(struct workers *w, const void *mine, void *all);

/* x(n), doubles or floats, becomes its sum over the workers, in their order. */
void workers_sum(struct workers *w, bool doubles, void *x, size_t n);
/* The same of numbers of a gradient, in two parts: between them nobody touches x, and nothing
 * else is sent. */
void workers_begin_gradient(struct workers *w, bool doubles, void *x, size_t n);
void workers_finish_gradients(struct workers *w);

/* Weights and moments of n become the means of all workers' (local_steps.c).  NULL or an error
 * message. */
const char *workers_average(struct workers *w, struct net *n);

/* Begins to add up the gradients that a layer has completed (struct net, completed). */
const char *gradient_begin(struct workers *w, struct net *n, int layer);
/* Whether that does not leave the gradient to gradient_sum(). */
bool gradient_is_begun(const struct grad_view *v);
/* n->g = the sum of all workers' (struct net, reduce), whose touched rows are those of all.
 * mine: to be exchanged on the occasion.  NULL or an error message. */
const char *gradient_sum(struct workers *w, struct net *n, struct worker_note *mine);

/* Rows first .. first + n - 1 of each hidden state, of `streams` rows, are this worker's.
 * Copies them from m->carried to st, and those of all workers from their st to m->carried.
 * NULL or an error message. */
const char *carried_put(const struct model *m, struct net_state *st, size_t first, size_t streams);
const char *carried_get(struct workers *w, struct model *m, struct net_state *st, size_t streams);

/* Makes room for so many bytes, and returns them; NULL: out of memory. */
void *worker_memory(struct worker_memory *m, size_t bytes);

#endif
