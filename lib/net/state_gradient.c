/*
 * state_gradient.c - back-propagation of the loss at single words.
 *
 * A pass computes the states of a sequence, and the error of the last layer's state at each
 * word.  Then the rows that lead to a word, from the farthest lag to the word itself, are
 * copied to a sequence of its own, whose last row alone has an error from the output.  Many
 * such sequences go back through the layers as one batch.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "state_gradient.h"

enum {
	CHUNK = 512,
	MEMORY = 1 << 23,	/* reals in the copies of rows, about */
	SEQUENCES = 256		/* in a batch at most */
};

/* Rows that are copied, for up to `capacity` rows in up to SEQUENCES sequences. */
struct state_gradient_rows {
	int capacity;
	struct batch b;
	int start[SEQUENCES + 1];
	int before[SEQUENCES];		/* the row of the pass before each sequence; -1: none */
	int *from;			/* (capacity) the row of the pass */
	void *a, *d;			/* (capacity, gates h) */
	void *s[2];			/* (capacity, h) of the layer, and of the one below */
	void *saved, *dstate, *dsaved;	/* (capacity, h); NULL for cells without */
	void *ds;			/* (capacity, h) error of the layer's output */
	void *s0, *saved0;		/* (SEQUENCES, h) */
	void *host, *host2;		/* (capacity, h) errors of the states, and second states */
};

static const char *const no_memory = "out of memory";

static const struct cell_kind *
kind_of(const struct net *n)
{
	return &cell_kinds[n->shape.cell];
}

/* Rows of a batch: what fits the memory, and at least one word's. */
static int
rows_capacity(const struct state_gradient *g)
{
	size_t row = (size_t)(2 * kind_of(g->n)->gates + 8) * (size_t)g->n->h;

	return g->lags + (int)(MEMORY / row);
}

static bool
new_rows(struct state_gradient *g, struct state_gradient_rows *r)
{
	struct net *n = g->n;
	const struct cell_kind *kind = kind_of(n);
	size_t h = (size_t)n->h, t = (size_t)r->capacity, gates = (size_t)kind->gates * h;

	r->from = mem_zeros(t, sizeof(*r->from));
	r->host = mem_zeros(t * h, n->size);
	r->host2 = mem_zeros(kind->has_second_state ? t * h : 0, n->size);
	return r->from && r->host && r->host2 && net_new_rows(n, &r->a, t, gates) &&
	    net_new_rows(n, &r->d, t, gates) && net_new_rows(n, &r->s[0], t, h) &&
	    net_new_rows(n, &r->s[1], t, h) && net_new_rows(n, &r->dstate, t, h) &&
	    net_new_rows(n, &r->ds, t, h) && net_new_rows(n, &r->s0, SEQUENCES, h) &&
	    net_new_rows(n, &r->saved0, SEQUENCES, h) &&
	    (!kind->has_saved || net_new_rows(n, &r->saved, t, h)) &&
	    (!kind->has_second_state || net_new_rows(n, &r->dsaved, t, h));
}

const char *
state_gradient_new(struct state_gradient *g, struct net *n, int lags)
{
	size_t all = (size_t)lags * n->shape.layers;

	*g = (struct state_gradient){ .n = n, .lags = lags, .chunk = CHUNK };
	g->words = mem_zeros((size_t)lags, sizeof(*g->words));
	g->norm = mem_zeros(all, sizeof(*g->norm));
	g->norm0 = mem_zeros(all, sizeof(*g->norm0));
	g->rows = mem_zeros(1, sizeof(*g->rows));
	if (!g->words || !g->norm || !g->norm0 || !g->rows)
		return no_memory;
	g->rows->capacity = rows_capacity(g);
	if (!new_rows(g, g->rows))
		return no_memory;
	return net_state_new(&g->state, n, 1);
}

static void
free_rows(struct net *n, struct state_gradient_rows *r)
{
	void **all[] = { &r->a, &r->d, &r->s[0], &r->s[1], &r->saved, &r->dstate, &r->dsaved,
	    &r->ds, &r->s0, &r->saved0 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		net_free_rows(n, all[i]);
	free(r->from);
	free(r->host);
	free(r->host2);
	free(r);
}

void
state_gradient_free(struct state_gradient *g)
{
	if (g->rows)
		free_rows(g->n, g->rows);
	net_state_free(&g->state);
	free(g->words);
	free(g->norm);
	free(g->norm0);
	free(g->w);
	free(g->logp);
	*g = (struct state_gradient){ 0 };
}

/* Lists the rows that lead to row r of the pass, as one more sequence. */
static void
list_sequence(const struct state_gradient *g, int r)
{
	struct state_gradient_rows *q = g->rows;
	int first = r < g->lags ? 0 : r - g->lags + 1;

	q->before[q->b.nseq++] = first - 1;
	for (int i = first; i <= r; i++)
		q->from[q->b.t++] = i;
	q->start[q->b.nseq] = q->b.t;
}

/* Lists the sequences of a batch, from row r of the pass on; returns the row after. */
static int
list_batch(const struct state_gradient *g, int r, int end)
{
	struct state_gradient_rows *q = g->rows;

	q->b = (struct batch){ .start = q->start };
	do {
		list_sequence(g, r++);
	} while (r < end && q->b.nseq < SEQUENCES && q->b.t + g->lags <= q->capacity);
	return r;
}

/* q->ds: the output's errors, each in the last row of its sequence, and zeros. */
static void
place_errors(const struct state_gradient *g)
{
	struct state_gradient_rows *q = g->rows;
	struct net *n = g->n;
	int *from = q->from;

	/* rows that are no word's own are taken from none */
	for (int i = 0; i < q->b.nseq; i++)
		for (int r = q->start[i]; r < q->start[i + 1] - 1; r++)
			from[r] = -1 - from[r];
	n->k->pick_rows(n->k, q->b.t, from, n->h, n->ds, q->ds);
	for (int r = 0; r < q->b.t; r++)
		from[r] = from[r] < 0 ? -1 - from[r] : from[r];
}

/* Copies layer l's rows; its states to q->s[0]. */
static void
copy_layer(const struct state_gradient *g, int l)
{
	struct state_gradient_rows *q = g->rows;
	const struct cell_kind *kind = kind_of(g->n);
	const struct net_rows *rows = &g->n->rows[l];
	struct backend *k = g->n->k;
	int h = g->n->h;

	k->pick_rows(k, q->b.t, q->from, h, rows->s, q->s[0]);
	k->pick_rows(k, q->b.nseq, q->before, h, rows->s, q->s0);
	if (kind->gates > 1)
		k->pick_rows(k, q->b.t, q->from, kind->gates * h, rows->a, q->a);
	if (kind->has_saved)
		k->pick_rows(k, q->b.t, q->from, h, rows->saved, q->saved);
	if (kind->has_second_state)
		k->pick_rows(k, q->b.nseq, q->before, h, rows->saved, q->saved0);
}

/* q->dstate: the errors of layer l's states; q->ds becomes the error of the layer below. */
static void
errors_back(const struct state_gradient *g, int l)
{
	struct state_gradient_rows *q = g->rows;
	struct net *n = g->n;
	const struct net_layer *at = &n->layer[l];
	struct cell_args c = {
		.cell = n->shape.cell, .w = n->p[at->state], .bias = net_optional(n->p, at->state_bias),
		.b = &q->b, .s0 = q->s0, .saved0 = kind_of(n)->has_second_state ? q->saved0 : NULL,
		.a = kind_of(n)->gates > 1 ? q->a : q->s[0], .s = q->s[0], .saved = q->saved,
		.bptt = g->lags, .ds = q->ds, .d = q->d, 
		.dstate = q->dstate, .dsaved = q->dsaved, .dw = n->g[at->state],
		.dbias = net_optional(n->g, at->state_bias)
	};

	copy_layer(g, l);
	n->k->cell_backward(n->k, &c);
	if (l == 0)
		return;
	n->k->pick_rows(n->k, q->b.t, q->from, n->h, n->rows[l - 1].s, q->s[1]);
	n->k->dense_backward(n->k, n->p[at->in], q->b.t, q->s[1], q->d, q->ds, n->g[at->in]);
}

/* The sum of squares of row r of host memory x(., h). */
static double
row_squares(const struct net *n, const void *x, int r)
{
	size_t at = (size_t)r * (size_t)n->h;
	double sum = 0;

	for (size_t j = at; j < at + (size_t)n->h; j++) {
		double e = n->size == sizeof(float) ? (double)((const float *)x)[j] :
		    ((const double *)x)[j];

		sum += e * e;
	}
	return sum;
}

/* The norm of all error of the state after row r. */
static double
row_norm(const struct state_gradient *g, int r)
{
	const struct state_gradient_rows *q = g->rows;

	return sqrt(row_squares(g->n, q->host, r) + (q->dsaved ? row_squares(g->n, q->host2, r) : 0));
}

/* Adds layer l's norms to the sums. */
static void
add_norms(struct state_gradient *g, int l)
{
	struct state_gradient_rows *q = g->rows;
	struct net *n = g->n;
	double *norm = g->norm + (size_t)l * (size_t)g->lags, *norm0 = g->norm0 + (norm - g->norm);

	n->k->get(n->k, q->host, q->dstate, (size_t)q->b.t * (size_t)n->h);
	if (q->dsaved)
		n->k->get(n->k, q->host2, q->dsaved, (size_t)q->b.t * (size_t)n->h);
	for (int i = 0; i < q->b.nseq; i++) {
		int last = q->start[i + 1] - 1;
		double own = row_norm(g, last);

		for (int r = last; r >= q->start[i]; r--) {
			norm[last - r] += row_norm(g, r);
			norm0[last - r] += own;
			g->words[last - r] += l == 0;
		}
	}
}

/* Keeps what the next pass has to begin with: the rows that its first words' lags reach
 * and the one before, and the states before those. */
static const char *
keep_context(struct state_gradient *g, int t)
{
	struct net *n = g->n;
	int keep = t < g->lags ? t : g->lags, before = t - keep - 1;

	for (uint32_t l = 0; before >= 0 && l < n->shape.layers; l++) {
		n->k->pick_rows(n->k, 1, &before, n->h, n->rows[l].s, g->state.s[l]);
		if (g->state.c[l])
			n->k->pick_rows(n->k, 1, &before, n->h, n->rows[l].saved, g->state.c[l]);
	}
	g->state.begun = g->state.begun || before >= 0;
	memmove(g->w, g->w + t - keep, ((size_t)keep + 1) * sizeof(*g->w));
	g->nw = (size_t)keep + 1;
	g->context = (size_t)keep;
	return n->k->error(n->k);
}

/* Adds the words that are not counted yet to the sums. */
static const char *
run_pass(struct state_gradient *g)
{
	int start[] = { 0, (int)g->nw - 1 }, t = start[1];
	struct batch b = { 1, t, start, g->w, g->w + 1 };
	const char *why;

	if (!mem_grow(&g->logp, &g->cap_logp, (size_t)t, sizeof(*g->logp)))
		return no_memory;
	if ((why = net_output_errors(g->n, &b, &g->state, g->logp)) != NULL)
		return why;
	for (int r = (int)g->context; r < t;) {
		r = list_batch(g, r, t);
		place_errors(g);
		for (int l = (int)g->n->shape.layers; l-- > 0;) {
			errors_back(g, l);
			add_norms(g, l);
		}
	}
	if ((why = keep_context(g, t)) != NULL)
		return why;
	return net_zero(g->n);
}

const char *
state_gradient_add(struct state_gradient *g, const uint32_t *w, size_t n)
{
	const char *why = NULL;

	for (size_t some; n > 0 && why == NULL; w += some, n -= some) {
		size_t room = g->context + 1 + g->chunk - g->nw;

		some = n < room ? n : room;
		if (!mem_grow(&g->w, &g->cap_w, g->nw + some, sizeof(*g->w)))
			return no_memory;
		memcpy(g->w + g->nw, w, some * sizeof(*w));
		g->nw += some;
		if (some == room)
			why = run_pass(g);
	}
	return why;
}

const char *
state_gradient_end(struct state_gradient *g)
{
	const char *why = g->nw > g->context + 1 ? run_pass(g) : NULL;

	g->nw = g->context = 0;
	net_state_reset(&g->state);
	return why;
}
