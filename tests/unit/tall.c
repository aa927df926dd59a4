/*
 * tall DEVICE - a product of more tiles than 65535 on top of each other, which is
 * what a GPU's grid can have in y: the gradient of a very large vocabulary.
 */
#include <stdio.h>
#include <stdlib.h>

#include "backend.h"

enum { ROWS = 65536 * 64 + 1 };		/* a row of small tiles too many */

static float d[ROWS], m[ROWS];

/* M(ROWS,1) += D(1,ROWS)' X(1,1) */
static int
wrong(struct backend *k)
{
	const float two = 2;
	void *x = k->alloc(k, 1), *dev = k->alloc(k, ROWS);
	struct matrix *dm = k->mat_new(k, ROLE_DENSE, ROWS, 1);
	int n = 0;

	if (x == NULL || dev == NULL || dm == NULL)
		return -1;
	k->put(k, x, &two, 1);
	k->put(k, dev, d, ROWS);
	k->dense_backward(k, dm, 1, x, dev, NULL, dm);
	k->mat_get(k, m, dm);
	for (int i = 0; i < ROWS; i++)
		n += m[i] != 2 * d[i];
	k->mat_free(k, dm);
	k->free(k, x);
	k->free(k, dev);
	return n;
}

int
main(int argc, char *argv[])
{
	const char *why = "";
	struct backend *k = argc == 2 ? backend_open(argv[1], REAL_F32, 0, &why) : NULL;
	int n;

	if (k == NULL) {
		printf("tall: %s\n", why);
		return 2;
	}
	for (int i = 0; i < ROWS; i++)
		d[i] = (float)(i % 1001 - 500);
	n = wrong(k);
	why = k->error(k);
	if (why || n != 0) {
		printf("tall: %s, %d of %d are wrong\n", why ? why : "no error", n, ROWS);
		return 1;
	}
	k->close(k);
	return 0;
}
