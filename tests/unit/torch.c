/*
 * torch BACKEND lstm|gru < tests/expect/torch.CELL: one layer of cells as
 * PyTorch computes it, states and gradients, by the entries of a backend.
 *
 * The largest difference may be 1e-5 in float and 1e-12 in double.
 */
#include "agree.h"
#include "golden.h"

/* The array as reals of the backend, to be freed. */
static void *
as_real(struct backend *k, const char *name)
{
	int at = golden_at(name);
	size_t n = rows_of[at] * cols_of[at], size = size_of(k->real);
	void *p = need(calloc(n, size));

	for (size_t i = 0; i < n; i++)
		set(p, size, i, golden[at][i]);
	return p;
}

static void *
to_device(struct backend *k, const char *name)
{
	int at = golden_at(name);
	void *host = as_real(k, name), *dev = rows(k, rows_of[at] * cols_of[at], host);

	free(host);
	return dev;
}

static struct matrix *
to_mat(struct backend *k, enum role role, const char *name)
{
	int at = golden_at(name), m = (int)rows_of[at], n = (int)cols_of[at];
	void *host = as_real(k, name);
	struct matrix *to = mat(k, role, m, n, host);

	free(host);
	return to;
}

/* The largest difference of a result from the file's, reported if it is too large. */
static int
differs(struct backend *k, const struct result *res, int i)
{
	const double *want = golden[golden_at(res->name[i])];
	double bound = k->real == REAL_F32 ? 1e-5 : 1e-12, most = 0;

	for (size_t j = 0; j < res->n[i]; j++) {
		double e = fabs(res->x[i][j] - want[j]);

		most = e > most || isnan(e) ? e : most;
	}
	if (most <= bound)
		return 0;
	printf("not ok %s of %s in %s: %g\n", res->name[i], k->name,
	    k->real == REAL_F32 ? "float" : "double", most);
	return 1;
}

/* PyTorch has a second bias, inside the cell's product; its n part is the GRU's bn. */
struct layer {
	struct backend *k;
	bool gru;
	int t, h, n;
	struct batch b;
	struct matrix *m, *w, *bias, *second, *bn;
	void *x, *a, *s, *c, *s0, *c0;
};

static struct matrix *
part_of_bias(struct backend *k, int first, int n)
{
	char *host = as_real(k, "bw");
	struct matrix *b = mat(k, ROLE_BIAS, 1, n, host + (size_t)first * size_of(k->real));

	free(host);
	return b;
}

/* The second bias, except bn. */
static struct matrix *
bias_but(struct backend *k, int ngates, int n)
{
	char *host = as_real(k, "bw");
	struct matrix *b;

	memset(host + (size_t)n * size_of(k->real), 0, (size_t)(ngates - n) * size_of(k->real));
	b = mat(k, ROLE_BIAS, 1, ngates, host);
	free(host);
	return b;
}

static struct cell_args
args_of(const struct layer *l)
{
	return (struct cell_args){ .cell = l->gru ? CELL_GRU : CELL_LSTM, .w = l->w, .bias = l->bn,
	    .b = &l->b, .s0 = l->s0, .saved0 = l->c0, .a = l->a, .s = l->s, .saved = l->c };
}

static void
forward(struct layer *l, struct result *res)
{
	struct backend *k = l->k;
	int ngate = l->gru ? 3 : 4;
	struct cell_args args;

	l->m = to_mat(k, ROLE_DENSE, "m");
	l->w = to_mat(k, ROLE_GATES, "w");
	l->bias = to_mat(k, ROLE_BIAS, "b");
	l->second = bias_but(k, ngate * l->h, (l->gru ? 2 : 4) * l->h);
	l->bn = l->gru ? part_of_bias(k, 2 * l->h, l->h) : NULL;
	l->x = to_device(k, "x");
	l->s0 = to_device(k, "s0");
	l->c0 = l->gru ? NULL : to_device(k, "c0");
	l->a = rows(k, (size_t)l->t * l->h * ngate, NULL);
	l->s = rows(k, (size_t)l->t * l->h, NULL);
	l->c = rows(k, (size_t)l->t * l->h, NULL);
	k->dense_forward(k, l->m, l->t, l->x, l->a);
	k->bias_forward(k, l->bias, l->t, l->a);
	k->bias_forward(k, l->second, l->t, l->a);
	args = args_of(l);
	k->cell_forward(k, &args);
	keep_rows(k, res, "s", l->s, (size_t)l->t * l->h);
}

static void
backward(struct layer *l, struct result *res)
{
	struct backend *k = l->k;
	int ngates = (l->gru ? 3 : 4) * l->h;
	struct matrix *dm = mat(k, ROLE_DENSE, ngates, l->n, NULL);
	struct matrix *dw = mat(k, ROLE_GATES, ngates, l->h, NULL);
	struct matrix *db = mat(k, ROLE_BIAS, 1, ngates, NULL);
	struct matrix *dbn = l->gru ? mat(k, ROLE_BIAS, 1, l->h, NULL) : NULL;
	void *ds = to_device(k, "weight"), *d = rows(k, (size_t)l->t * ngates, NULL);
	void *dx = rows(k, (size_t)l->t * l->n, NULL);
	struct cell_args args = args_of(l);

	args.ds = ds;
	args.d = d;
	args.dw = dw;
	args.dbias = dbn;
	k->cell_backward(k, &args);
	k->dense_backward(k, l->m, l->t, l->x, d, dx, dm);
	k->bias_backward(k, l->t, d, db);
	keep_rows(k, res, "dx", dx, (size_t)l->t * l->n);
	keep_mat(k, res, "dm", dm, (size_t)ngates * l->n);
	keep_mat(k, res, "dw", dw, (size_t)ngates * l->h);
	keep_mat(k, res, "db", db, (size_t)ngates);
	keep_mat(k, res, "dbw", db, (size_t)ngates);
	if (l->gru) {	/* the error of q in place of that of n */
		struct result *r = &(struct result){ .count = 0 };

		keep_mat(k, r, "dbn", dbn, (size_t)l->h);
		memcpy(res->x[res->count - 1] + 2 * l->h, r->x[0], (size_t)l->h * sizeof(double));
		free_result(r);
		k->mat_free(k, dbn);
	}
	for (struct matrix **p = (struct matrix *[]){ dm, dw, db, NULL }; *p; p++)
		k->mat_free(k, *p);
	for (void **p = (void *[]){ ds, d, dx, NULL }; *p; p++)
		k->free(k, *p);
}

static int
check(const char *backend, enum real_type real, bool gru)
{
	int x = golden_at("x"), s = golden_at("s"), nseq = (int)rows_of[golden_at("s0")];
	int *start = need(calloc((size_t)nseq + 1, sizeof(*start))), failures = 0;
	struct result res = { .count = 0 };
	struct layer l = { .k = open_or_die(backend, real, 2), .gru = gru, .t = (int)rows_of[x],
	    .h = (int)cols_of[s], .n = (int)cols_of[x] };
	struct backend *k = l.k;

	if (rows_of[golden_at("w")] != (size_t)(gru ? 3 : 4) * cols_of[s]) {
		puts("not ok: the file is another cell's");
		exit(1);
	}
	for (int i = 0; i <= nseq; i++)
		start[i] = l.t / nseq * i;
	l.b = (struct batch){ nseq, l.t, start, NULL, NULL };
	forward(&l, &res);
	backward(&l, &res);
	for (int i = 0; i < res.count; i++)
		failures += differs(k, &res, i);
	free_result(&res);
	free(start);
	for (struct matrix **p = (struct matrix *[]){ l.m, l.w, l.bias, l.second, l.bn, NULL };
	    *p; p++)
		k->mat_free(k, *p);
	for (void **p = (void *[]){ l.x, l.a, l.s, l.c, l.s0, l.c0, NULL }; *p; p++)
		k->free(k, *p);
	k->close(k);
	return failures;
}

int
main(int argc, char *argv[])
{
	int failures = 0;

	if (argc != 3) {
		fputs("usage: torch backend lstm|gru < expected\n", stderr);
		return 2;
	}
	golden_read(stdin);
	for (int real = REAL_F32; real <= REAL_F64; real++)
		failures += check(argv[1], (enum real_type)real, strcmp(argv[2], "gru") == 0);
	printf("%s, %s: %d failures\n", argv[1], argv[2], failures);
	for (int i = 0; i < narrays; i++)
		free(golden[i]);
	return failures != 0;
}
