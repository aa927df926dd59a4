/*
 * gradient_sum.c - sums gradients over workers.
 *
 * Of a sparse gradient only the rows travel that some worker has touched: the workers first
 * tell each other which.  Then each either sends its own rows to all, who add them up, or all
 * add up the rows of the union, with zeros where a worker has none: whichever sends fewer
 * bytes.  A sum of D bytes over R workers sends 2 (R - 1) / R D; to give every worker the D
 * bytes that all have together, (R - 1) / R D.  So workers send their own rows unless each
 * row of the union is in more than two lists, in the mean.
 *
 * The rows of a union and all small gradients go in one message.  Large dense ones have gone before
 * (gradient_begin.c).
 *
 * Every worker lists the rows in the same order, which is that of their updates and of the
 * norm's rounding errors; so all keep the same bits.
 */
#include <stdlib.h>
#include <string.h>

#include "bf16.h"
#include "workers.h"

enum { LANES = 8 };	/* numbers that are added together */

/* The gradients of a step. */
struct sum_job {
	struct workers *w;
	struct net *n;
	const struct grad_view *view;	/* w->view */
	int sparse[WORKER_LISTS];	/* parameters that are sparse */
	int nsparse;
	uint32_t *rows[WORKER_LISTS];	/* rows of each that any worker touched, */
	int nrows[WORKER_LISTS];	/* so many */
	bool is_sent[WORKER_LISTS];	/* each worker sends its rows to all */
	bool rounds;			/* to bfloat16 */
};

static bool
find_sparse(struct sum_job *q, struct worker_note *mine)
{
	for (size_t i = 0; i < q->n->nparam; i++) {
		if (q->view[i].width == 0)
			continue;
		if (q->nsparse == WORKER_LISTS)
			return false;
		mine->rows[q->nsparse] = q->view[i].n;
		q->sparse[q->nsparse++] = (int)i;
	}
	return true;
}

/* Tells the others which rows this worker has touched: w->all has the lists of all. */
static bool
exchange_rows(struct sum_job *q)
{
	struct workers *w = q->w;
	size_t total = 0;
	char *to;

	for (int r = 0; r < w->size; r++) {
		w->bytes[r] = 0;
		for (int j = 0; j < q->nsparse; j++)
			w->bytes[r] += (size_t)w->notes[r].rows[j] * sizeof(uint32_t);
		total += w->bytes[r];
	}
	to = worker_memory(&w->mine, w->bytes[w->rank]);
	if (to == NULL || worker_memory(&w->all, 2 * total) == NULL)
		return false;
	for (int j = 0; j < q->nsparse; j++) {
		const struct grad_view *v = &q->view[q->sparse[j]];

		memcpy(to, v->row, (size_t)v->n * sizeof(*v->row));
		to += (size_t)v->n * sizeof(*v->row);
	}
	workers_gather(w, w->mine.p, w->all.p);
	q->rows[0] = (uint32_t *)(void *)(w->all.p + total);
	return true;
}

static size_t
row_bytes(const struct sum_job *q, int j)
{
	return (size_t)q->view[q->sparse[j]].width * q->n->size;
}

/* The same in a message to all. */
static size_t
sent_bytes(const struct sum_job *q, int j)
{
	return (size_t)q->view[q->sparse[j]].width * (q->rounds ? sizeof(uint16_t) : q->n->size);
}

/* A zero in w->slots for each row of sparse gradient j. */
static bool
clear_slots(struct sum_job *q, int j)
{
	const struct grad_view *v = &q->view[q->sparse[j]];
	size_t capacity = v->len / (size_t)v->width;

	if (worker_memory(&q->w->slots, capacity) == NULL)
		return false;
	memset(q->w->slots.p, 0, capacity);
	return true;
}

/* Adds to q->rows[j] the rows of one worker's list that are not there yet. */
static void
add_rows(struct sum_job *q, int j, const uint32_t *list, int n)
{
	char *seen = q->w->slots.p;

	for (int i = 0; i < n; i++) {
		if (seen[list[i]])
			continue;
		seen[list[i]] = 1;
		q->rows[j][q->nrows[j]++] = list[i];
	}
}

/* The union of all workers' lists of a sparse gradient, which is written to `rows`. */
static bool
unite_rows(struct sum_job *q, int j, uint32_t *rows)
{
	const struct workers *w = q->w;
	const uint32_t *at = (const uint32_t *)(const void *)w->all.p;

	if (!clear_slots(q, j))
		return false;
	q->rows[j] = rows;
	for (int r = 0; r < w->size; r++)
		for (int l = 0; l < q->nsparse; l++) {
			if (l == j)
				add_rows(q, j, at, w->notes[r].rows[l]);
			at += w->notes[r].rows[l];
		}
	return true;
}

/* Decides how the rows of each sparse gradient go; the numbers that workers send in the first
 * way, all together. */
static size_t
choose_ways(struct sum_job *q)
{
	const struct workers *w = q->w;
	size_t numbers = 0;

	for (int j = 0; j < q->nsparse; j++) {
		int64_t listed = 0;

		for (int r = 0; r < w->size; r++)
			listed += w->notes[r].rows[j];
		q->is_sent[j] = listed <= 2 * (int64_t)q->nrows[j];
		if (q->is_sent[j])
			numbers += (size_t)listed * (size_t)q->view[q->sparse[j]].width;
	}
	return numbers;
}

/* This worker's rows of the first way, as a message. */
static void
copy_rows(const struct sum_job *q, char *to)
{
	for (int j = 0; j < q->nsparse; j++) {
		const struct grad_view *v = &q->view[q->sparse[j]];

		for (int i = 0; q->is_sent[j] && i < v->n; i++, to += sent_bytes(q, j)) {
			const void *row = (const char *)v->p + v->row[i] * row_bytes(q, j);

			if (q->rounds)
				bf16_pack((uint16_t *)(void *)to, row, (size_t)v->width);
			else
				memcpy(to, row, row_bytes(q, j));
		}
	}
}

/* Each worker's rows of the first way, to all: w->rows has those of worker 0, of 1, and so
 * on, in the order of their lists. */
static bool
send_rows(struct sum_job *q, size_t numbers)
{
	struct workers *w = q->w;
	char *own = worker_memory(&w->rows, numbers * q->n->size);

	if (own == NULL)
		return false;
	for (int r = 0; r < w->size; r++) {
		w->bytes[r] = 0;
		for (int j = 0; j < q->nsparse; j++)
			w->bytes[r] += q->is_sent[j] ? (size_t)w->notes[r].rows[j] * sent_bytes(q, j) : 0;
		own += r < w->rank ? w->bytes[r] : 0;
	}
	copy_rows(q, own);
	workers_gather(w, own, w->rows.p);
	return true;
}

#define ADD_ROW(type) \
static void \
add_ ## type(type *restrict to, const type *restrict from, size_t n) \
{ \
	size_t i = 0; \
	for (; i + LANES <= n; i += LANES) \
		for (size_t k = 0; k < LANES; k++) \
			to[i + k] += from[i + k]; \
	for (; i < n; i++) \
		to[i] += from[i]; \
}
ADD_ROW(float)
ADD_ROW(double)

/* to(n) = the numbers of a row in a message. */
static void
put_row(const struct sum_job *q, void *to, const void *from, size_t n)
{
	if (q->rounds)
		bf16_unpack(to, from, n);
	else
		memcpy(to, from, n * q->n->size);
}

/* to(n) += them. */
static void
add_row(const struct sum_job *q, void *to, const void *from, size_t n)
{
	if (q->rounds)
		bf16_add(to, from, n);
	else if (q->n->k->real == REAL_F64)
		add_double(to, from, n);
	else
		add_float(to, from, n);
}

/* The rows of one worker's list of gradient j, where the gradient has the sum of those of the
 * workers before; it has none of a row that is not `seen`. */
static void
add_sent(const struct sum_job *q, int j, const uint32_t *list, int n, const char *from)
{
	const struct grad_view *v = &q->view[q->sparse[j]];
	char *seen = q->w->slots.p;

	for (int i = 0; i < n; i++, from += sent_bytes(q, j)) {
		void *to = (char *)v->p + list[i] * row_bytes(q, j);

		(seen[list[i]] ? add_row : put_row)(q, to, from, (size_t)v->width);
		seen[list[i]] = 1;
	}
}

/* Adds up what send_rows() has brought, of gradient j. */
static bool
add_all_sent(struct sum_job *q, int j)
{
	struct workers *w = q->w;
	const uint32_t *list = (const uint32_t *)(const void *)w->all.p;
	const char *from = w->rows.p;

	if (!q->is_sent[j])
		return true;
	if (!clear_slots(q, j))
		return false;
	for (int r = 0; r < w->size; r++)
		for (int l = 0; l < q->nsparse; l++) {
			int n = w->notes[r].rows[l];

			if (l == j)
				add_sent(q, j, list, n, from);
			list += n;
			from += q->is_sent[l] ? (size_t)n * sent_bytes(q, l) : 0;
		}
	w->summed += (double)q->nrows[j] * (double)sent_bytes(q, j);
	return true;
}

static bool
sum_sent(struct sum_job *q)
{
	size_t numbers = choose_ways(q);

	if (numbers == 0)
		return true;
	if (!send_rows(q, numbers))
		return false;
	for (int j = 0; j < q->nsparse; j++)
		if (!add_all_sent(q, j))
			return false;
	return true;
}

/* Whether gradient i is in the common message. */
static bool
is_small(const struct sum_job *q, size_t i)
{
	return q->view[i].width == 0 && !gradient_is_begun(&q->view[i]);
}

/* Numbers of the common message. */
static size_t
message_length(const struct sum_job *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n->nparam; i++)
		if (is_small(q, i))
			n += q->view[i].len;
	for (int j = 0; j < q->nsparse; j++)
		if (!q->is_sent[j])
			n += (size_t)q->nrows[j] * (size_t)q->view[q->sparse[j]].width;
	return n;
}

/* Copies the rows and the small gradients into the message, or back. */
static void
copy_message(const struct sum_job *q, char *p, bool back)
{
	size_t size = q->n->size;

	for (size_t i = 0; i < q->n->nparam; i++) {
		size_t bytes = q->view[i].len * size;

		if (!is_small(q, i))
			continue;
		memcpy(back ? q->view[i].p : p, back ? p : q->view[i].p, bytes);
		p += bytes;
	}
	for (int j = 0; j < q->nsparse; j++) {
		const struct grad_view *v = &q->view[q->sparse[j]];
		size_t bytes = (size_t)v->width * size;

		for (int i = 0; !q->is_sent[j] && i < q->nrows[j]; i++, p += bytes) {
			char *row = (char *)v->p + q->rows[j][i] * bytes;

			memcpy(back ? row : p, back ? p : row, bytes);
		}
	}
}

static bool
sum_all(struct sum_job *q)
{
	size_t n = message_length(q);
	char *message = worker_memory(&q->w->numbers, n * q->n->size);

	if (message == NULL)
		return false;
	copy_message(q, message, false);
	workers_begin_gradient(q->w, q->n->k->real == REAL_F64, message, n);
	workers_finish_gradients(q->w);
	copy_message(q, message, true);
	return true;
}

/* Gives the device its gradient back. */
static void
return_gradients(struct sum_job *q)
{
	struct net *n = q->n;

	for (size_t i = 0; n->k->grad_view == NULL && i < n->nparam; i++)
		n->k->mat_put(n->k, n->g[i], q->view[i].p);
	for (int j = 0; j < q->nsparse; j++)
		n->k->grad_set_rows(n->k, n->g[q->sparse[j]], q->rows[j], q->nrows[j]);
}

const char *
gradient_sum(struct workers *w, struct net *n, struct worker_note *mine)
{
	struct sum_job q = { .w = w, .n = n, .view = w->view,
	    .rounds = w->rounds && n->k->real == REAL_F32 };
	uint32_t *rows;

	if (!find_sparse(&q, mine))
		return "out of memory";
	workers_finish_gradients(w);
	workers_exchange(w, mine);
	if (q.nsparse && !exchange_rows(&q))
		return "out of memory";
	rows = q.rows[0];
	for (int j = 0; j < q.nsparse; j++) {
		if (!unite_rows(&q, j, rows))
			return "out of memory";
		rows += q.nrows[j];
	}
	if (!sum_sent(&q) || !sum_all(&q))
		return "out of memory";
	return_gradients(&q);
	return n->k->error(n->k);
}
