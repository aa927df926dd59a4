/*
 * tf32 DEVICE: products with operands rounded to TF32, in every position of a transposed
 * operand and of quads or numbers, against sums in double of operands that are rounded here.
 *
 * The bound leaves room for the order of a sum of floats only: operands that are not rounded,
 * or otherwise, exceed it.
 */
#include "agree.h"

struct shape {
	int t, n, m;	/* rows, inputs, outputs */
};

/* Parts of a tile, whole ones and several; depths that end within an mma, or in slices. */
static const struct shape shapes[] = {
	{ 1, 4, 4 }, { 3, 5, 7 }, { 17, 9, 33 }, { 64, 72, 65 }, { 130, 31, 200 }, { 129, 132, 260 }, { 700, 40, 24 },
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static int checks, failures;

/* 11 significant bits, ties away from zero. */
static double
rounded(double x)
{
	int exponent;
	double fraction = frexp(x, &exponent);

	return ldexp(round(fraction * 2048), exponent - 11);
}

static double
as_is(double x)
{
	return x;
}

/* x[i stride[0] + l stride[1]] */
struct operand {
	const float *x;
	size_t stride[2];
};

/* The largest error of C(m,n) = A(m,k) B(k,n), each relative to the sum of its magnitudes. */
static double
worst_error(const float *c, int m, int n, int k, struct operand a, struct operand b, double (*of)(double))
{
	double worst = 0;

	for (int e = 0; e < m * n; e++) {
		double sum = 0, size = 1e-30, error;

		for (int l = 0; l < k; l++) {
			double x = of(a.x[(size_t)(e / n) * a.stride[0] + (size_t)l * a.stride[1]]) *
			    of(b.x[(size_t)(e % n) * b.stride[0] + (size_t)l * b.stride[1]]);

			sum += x;
			size += fabs(x);
		}
		error = fabs(c[e] - sum) / size;
		worst = error <= worst ? worst : error;
	}
	return worst;
}

static void
check(const char *name, bool right)
{
	checks++;
	failures += !right;
	if (!right)
		printf("not ok %s\n", name);
}

static void
check_product(const char *name, const float *c, int m, int n, int k, struct operand a, struct operand b)
{
	const double bound = 1e-6;

	check(name, worst_error(c, m, n, k, a, b, rounded) < bound);
	check("operands that are not rounded", worst_error(c, m, n, k, a, b, as_is) > bound);
}

/* Numbers of which every fifth is between two of TF32. */
static float *
draw_numbers(struct rng *r, size_t n)
{
	float *x = draw(r, n, 1, sizeof(*x));

	for (size_t i = 0; i < n; i += 5)
		x[i] = (i % 2 ? -1.f : 1.f) + (float)(2 * (rng_u32(r) % 500) + 1) / 2048;
	return x;
}

/* C of the products in s: A = X M', dX = D M, dM = D' X. */
static void
check_shape(struct backend *k, struct shape s, struct rng *r)
{
	size_t t = (size_t)s.t, n = (size_t)s.n, m = (size_t)s.m;
	float *x = draw_numbers(r, t * n), *w = draw_numbers(r, m * n), *d = draw_numbers(r, t * m);
	float *a = need(calloc(t * m, sizeof(*a))), *dx = need(calloc(t * n, sizeof(*dx)));
	float *dm = need(calloc(m * n, sizeof(*dm))), *alone = need(calloc(m, sizeof(*alone)));
	struct matrix *mat_w = mat(k, ROLE_DENSE, s.m, s.n, w), *mat_dm = k->mat_new(k, ROLE_DENSE, s.m, s.n);
	void *dev_x = k->alloc(k, t * n), *dev_d = k->alloc(k, t * m), *dev_a = k->alloc(k, t * m);
	void *dev_dx = k->alloc(k, t * n);

	k->put(k, dev_x, x, t * n);
	k->put(k, dev_d, d, t * m);
	k->dense_forward(k, mat_w, s.t, dev_x, dev_a);
	k->dense_backward(k, mat_w, s.t, dev_x, dev_d, dev_dx, mat_dm);
	k->get(k, a, dev_a, t * m);
	k->get(k, dx, dev_dx, t * n);
	k->mat_get(k, dm, mat_dm);
	check_product("X M'", a, s.t, s.m, s.n, (struct operand){ x, { n, 1 } }, (struct operand){ w, { n, 1 } });
	check_product("D M", dx, s.t, s.n, s.m, (struct operand){ d, { m, 1 } }, (struct operand){ w, { 1, n } });
	check_product("D' X", dm, s.m, s.n, s.t, (struct operand){ d, { 1, m } }, (struct operand){ x, { 1, n } });
	k->put(k, dev_x, x + (t - 1) * n, n);
	k->dense_forward(k, mat_w, 1, dev_x, dev_a);
	k->get(k, alone, dev_a, m);
	check("a row alone", memcmp(alone, a + (t - 1) * m, m * sizeof(*a)) == 0);
	k->mat_free(k, mat_w);
	k->mat_free(k, mat_dm);
	for (void **p = (void *[]){ dev_x, dev_d, dev_a, dev_dx, NULL }; *p; p++)
		k->free(k, *p);
	for (void **p = (void *[]){ x, w, d, a, dx, dm, alone, NULL }; *p; p++)
		free(*p);
}

int
main(int argc, char *argv[])
{
	const char *why = "";
	struct backend *k;
	struct rng r;

	if (argc != 2)
		return 2;
	k = backend_open(argv[1], REAL_F32, 0, &why);
	if (k == NULL) {
		must(why);
		return 1;
	}
	must(k->use_tf32 ? k->use_tf32(k) : "no TF32");
	rng_seed(&r, 1);
	for (int i = 0; i < NSHAPES; i++)
		check_shape(k, shapes[i], &r);
	must(k->error(k));
	k->close(k);
	printf("tf32: %d checks, %d failures\n", checks, failures);
	return failures > 0;
}
