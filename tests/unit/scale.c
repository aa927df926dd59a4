/*
 * scale MODEL PARAMETER FACTOR OUT: a copy of a model with one parameter
 * multiplied, for tests that need weights too large to compute with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static void
scale(const struct model_param *p, enum real_type real, double factor)
{
	for (size_t i = 0; i < p->rows * p->cols; i++)
		if (real == REAL_F64)
			((double *)p->data)[i] *= factor;
		else
			((float *)p->data)[i] = (float)(((float *)p->data)[i] * factor);
}

int
main(int argc, char *argv[])
{
	struct model m;
	const char *why;

	if (argc != 5) {
		fputs("usage: scale model parameter factor out\n", stderr);
		return 2;
	}
	if ((why = model_load(&m, argv[1])) == NULL) {
		for (size_t i = 0; i < m.nparam; i++)
			if (strcmp(m.param[i].name, argv[2]) == 0)
				scale(&m.param[i], m.shape.real, strtod(argv[3], NULL));
		why = model_save(&m, argv[4]);
		model_free(&m);
	}
	if (why)
		fprintf(stderr, "scale: %s\n", why);
	return why != NULL;
}
