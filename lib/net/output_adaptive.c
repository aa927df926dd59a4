/*
 * output_adaptive.c - the adaptive softmax (Grave et al. 2017, "Efficient softmax
 * approximation for GPUs"): clusters.h says how it divides the words.
 *
 *	ln P(w) = ln softmax(V s + c)[w]	for a word of the head
 *	ln P(w) = ln softmax(V s + c)[entry of cluster i]
 *		+ ln softmax(V_i P_i s + c_i)[w]	for a word of cluster i
 *
 * Of a batch, only the rows whose target is in a cluster go through its softmax: they are
 * gathered, and their errors added to the head's.  Every product is a layer of backend.h.
 * A step without such a row does not visit the cluster's parameters: a lazy update of a
 * whole cluster, which makes up for it later (backend.h).
 */
#include <stdlib.h>

#include "mem.h"
#include "output_layer.h"
#include "real_array.h"

enum { ROWS = 64 };	/* of a distribution at a time, which bounds the memory */

struct cluster {
	int v, bias, project;	/* indexes of its parameters; bias -1: none */
	uint32_t first, end;	/* its words */
	int start, t;		/* its rows of the batch, in `row` and `word` below */
	bool touched;		/* since the last update */
	bool due;		/* for the current one */
};

struct adaptive_output {
	uint32_t n;		/* clusters */
	struct cluster cluster[CLUSTERS_MAX];
	int of_param[MODEL_PARAMS_MAX];	/* the cluster of a parameter; -1: none */
	uint32_t *head;		/* (capacity) entry of the head that each row is to predict */
	int *row;		/* (capacity) rows of the clusters' words, cluster by cluster */
	uint32_t *word;		/* (capacity) those words, counted from the cluster's first */
	double *logp;		/* (capacity) of a cluster's rows */
	void *s, *ds;		/* (capacity, width) on the device: the rows of S, and their errors */
	void *reduced, *d;	/* (capacity, width of the first cluster), likewise, of P_i s */
	void *l;		/* (ROWS, entries of the head) */
	void *part;		/* (ROWS, words of the largest cluster) */
};

static const char *
adaptive_open(struct net *n, const struct model *m)
{
	const struct clusters *c = &m->shape.clusters;
	struct adaptive_output *o = calloc(1, sizeof(*o));

	n->out.state = o;
	if (o == NULL)
		return "out of memory";
	o->n = c->n;
	for (uint32_t i = 0; i < c->n; i++)
		o->cluster[i] = (struct cluster){ .bias = -1, .first = clusters_first(c, i + 1),
		    .end = clusters_end(c, i + 1, m->shape.vocab) };
	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];
		struct cluster *q = &o->cluster[p->cluster ? p->cluster - 1 : 0];

		o->of_param[i] = (int)p->cluster - 1;
		if (p->cluster)
			*(p->kind == PARAM_OUT ? &q->v : p->kind == PARAM_OUT_BIAS ? &q->bias :
			    &q->project) = (int)i;
	}
	return NULL;
}

static void
adaptive_release(struct net *n)
{
	struct adaptive_output *o = n->out.state;

	output_full.release(n);
	if (o == NULL)
		return;
	net_free_rows(n, &o->s);
	net_free_rows(n, &o->ds);
	net_free_rows(n, &o->reduced);
	net_free_rows(n, &o->d);
	free(o->head);
	free(o->row);
	free(o->word);
	free(o->logp);
	free(o->l);
	free(o->part);
	o->head = o->word = NULL;
	o->row = NULL;
	o->logp = NULL;
	o->l = o->part = NULL;
}

static void
adaptive_close(struct net *n)
{
	free(n->out.state);
	n->out.state = NULL;
}

/* The parameters of the head; adaptive_open() finds those of the clusters. */
static void
adaptive_index_param(struct net *n, const struct model_param *p, int i)
{
	if (p->cluster == 0)
		output_full.index_param(n, p, i);
}

static size_t
adaptive_error_width(const struct net *n)
{
	return output_full.error_width(n);
}

static uint32_t
head_entries(const struct net *n)
{
	return clusters_rows(&n->shape.clusters, 0, n->shape.vocab);
}

static uint32_t
largest_cluster(const struct adaptive_output *o)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < o->n; i++)
		if (o->cluster[i].end - o->cluster[i].first > most)
			most = o->cluster[i].end - o->cluster[i].first;
	return most;
}

/* Memory on the device. */
static bool
reserve_rows(struct net *n, struct adaptive_output *o, size_t t)
{
	size_t width = n->out.width, reduced = clusters_width(&n->shape.clusters, 1, n->out.width);

	return net_new_rows(n, &o->s, t, width) && net_new_rows(n, &o->reduced, t, reduced) &&
	    (!n->backward || (net_new_rows(n, &o->ds, t, width) && net_new_rows(n, &o->d, t, reduced)));
}

static bool
adaptive_reserve(struct net *n, size_t t)
{
	struct adaptive_output *o = n->out.state;
	size_t rows = t < ROWS ? t : ROWS;

	o->head = mem_zeros(t, sizeof(*o->head));
	o->row = mem_zeros(t, sizeof(*o->row));
	o->word = mem_zeros(t, sizeof(*o->word));
	o->logp = mem_zeros(t, sizeof(*o->logp));
	o->l = mem_zeros(rows * head_entries(n), n->size);
	o->part = mem_zeros(rows * largest_cluster(o), n->size);
	return o->head && o->row && o->word && o->logp && o->l && o->part &&
	    reserve_rows(n, o, t) && output_full.reserve(n, t);
}

/* The batch's targets: of the head, and of each cluster. */
static void
divide_rows(struct net *n, const struct batch *b)
{
	struct adaptive_output *o = n->out.state;
	int at = 0;

	for (int r = 0; r < b->t; r++)
		o->head[r] = b->y[r];
	for (uint32_t i = 0; i < o->n; i++) {
		struct cluster *q = &o->cluster[i];

		q->start = at;
		for (int r = 0; r < b->t; r++) {
			if (b->y[r] < q->first || b->y[r] >= q->end)
				continue;
			o->head[r] = o->cluster[0].first + i;
			o->row[at] = r;
			o->word[at++] = b->y[r] - q->first;
		}
		q->t = at - q->start;
	}
}

/* Gathers and projects a cluster's rows of S; the arguments of its softmax. */
static struct output_args
cluster_args(struct net *n, const struct cluster *q, const void *s)
{
	struct adaptive_output *o = n->out.state;

	n->k->pick_rows(n->k, q->t, o->row + q->start, (int)n->out.width, s, o->s);
	n->k->dense_forward(n->k, n->p[q->project], q->t, o->s, o->reduced);
	return (struct output_args){ .v = n->p[q->v], .c = net_optional(n->p, q->bias), .t = q->t,
	    .s = o->reduced, .y = o->word + q->start, .logp = o->logp };
}

static void
add_logp(const struct adaptive_output *o, const struct cluster *q, double *logp)
{
	for (int i = 0; i < q->t; i++)
		logp[o->row[q->start + i]] += o->logp[i];
}

static void
adaptive_forward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct adaptive_output *o = n->out.state;
	struct output_args head = output_args_of(n, b, s);

	divide_rows(n, b);
	head.y = o->head;
	head.logp = logp;
	n->k->out_forward(n->k, &head);
	for (uint32_t i = 0; i < o->n; i++) {
		struct output_args a;

		if (o->cluster[i].t == 0)
			continue;
		a = cluster_args(n, &o->cluster[i], head.s);
		n->k->out_forward(n->k, &a);
		add_logp(o, &o->cluster[i], logp);
	}
}

/* A cluster's gradients; adds its part of dS to ds. */
static void
cluster_backward(struct net *n, struct cluster *q, const void *s, void *ds)
{
	struct adaptive_output *o = n->out.state;
	struct output_args a = cluster_args(n, q, s);

	a.ds = o->d;
	a.dv = n->g[q->v];
	a.dc = net_optional(n->g, q->bias);
	n->k->out_backward(n->k, &a);
	n->k->dense_backward(n->k, n->p[q->project], q->t, o->s, o->d, o->ds, n->g[q->project]);
	n->k->add_rows(n->k, q->t, o->row + q->start, (int)n->out.width, o->ds, ds);
	q->touched = true;
}

static void
adaptive_backward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct adaptive_output *o = n->out.state;
	struct output_args head = output_args_of(n, b, s);

	divide_rows(n, b);
	head.y = o->head;
	head.logp = logp;
	head.ds = output_errors(n);
	head.dv = n->g[n->out.v];
	head.dc = net_optional(n->g, n->out.bias);
	n->k->out_backward(n->k, &head);
	for (uint32_t i = 0; i < o->n; i++) {
		if (o->cluster[i].t == 0)
			continue;
		cluster_backward(n, &o->cluster[i], head.s, head.ds);
		add_logp(o, &o->cluster[i], logp);
	}
	output_backward_projection(n, b, s);
}

/* l[to ...] = the `words` numbers at logp[from], plus `above`. */
static void
put_words(const struct net *n, const void *logp, size_t from, size_t words, double above, void *l,
    size_t to)
{
	for (size_t j = 0; j < words; j++)
		real_put(n->k->real, l, to + j, real_at(n->k->real, logp, from + j) + above);
}

/* l(t,v): the words of a cluster, from the rows of the head's input in s and of its
 * distribution in o->l. */
static void
cluster_distribution(struct net *n, uint32_t i, int t, const void *s, void *l)
{
	struct adaptive_output *o = n->out.state;
	const struct cluster *q = &o->cluster[i];
	size_t words = q->end - q->first, entries = head_entries(n), v = n->shape.vocab;
	struct output_args a = { .v = n->p[q->v], .c = net_optional(n->p, q->bias), .t = t,
	    .s = o->reduced, .l = o->part };

	n->k->dense_forward(n->k, n->p[q->project], t, s, o->reduced);
	n->k->out_logp(n->k, &a);
	for (size_t r = 0; r < (size_t)t; r++)
		put_words(n, o->part, r * words, words,
		    real_at(n->k->real, o->l, r * entries + o->cluster[0].first + i), l, r * v + q->first);
}

static void
rows_distribution(struct net *n, struct output_args *head, void *l)
{
	struct adaptive_output *o = n->out.state;
	size_t entries = head_entries(n), v = n->shape.vocab;

	head->l = o->l;
	n->k->out_logp(n->k, head);
	for (size_t r = 0; r < (size_t)head->t; r++)
		put_words(n, o->l, r * entries, o->cluster[0].first, 0, l, r * v);
	for (uint32_t i = 0; i < o->n; i++)
		cluster_distribution(n, i, head->t, head->s, l);
}

static void
adaptive_distribution(struct net *n, const struct batch *b, const void *s, void *l)
{
	struct output_args all = output_args_of(n, b, s), part = all;

	for (int r = 0; r < b->t; r += ROWS) {
		part.t = b->t - r < ROWS ? b->t - r : ROWS;
		part.s = (const char *)all.s + (size_t)r * n->out.width * n->size;
		rows_distribution(n, &part, (char *)l + (size_t)r * n->shape.vocab * n->size);
	}
}

/* Where there are several workers, another one's gradient may touch any cluster. */
static void
adaptive_begin_update(struct net *n)
{
	struct adaptive_output *o = n->out.state;

	for (uint32_t i = 0; i < o->n; i++) {
		struct cluster *q = &o->cluster[i];

		q->due = q->touched || n->reduce;
		q->touched = false;
	}
}

static bool
adaptive_is_due(const struct net *n, size_t i)
{
	const struct adaptive_output *o = n->out.state;

	return o->of_param[i] < 0 || o->cluster[o->of_param[i]].due;
}

const struct output_layer output_adaptive = {
	"adaptive", ROLE_OUT, ROLE_BIAS, true, adaptive_open, adaptive_close, adaptive_index_param,
	adaptive_reserve, adaptive_release, adaptive_error_width, adaptive_forward,
	adaptive_backward, adaptive_distribution, adaptive_begin_update, adaptive_is_due
};
