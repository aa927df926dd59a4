/*
 * golden.h - arrays of numbers by name, as the oracles print them: a line of
 * name, rows and columns, and then the rows.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARRAYS = 64 };
static double *golden[ARRAYS];	/* as the file has them */
static char name_of[ARRAYS][32];
static size_t rows_of[ARRAYS], cols_of[ARRAYS];
static int narrays;

static void
golden_read(FILE *f)
{
	for (; narrays < ARRAYS && fscanf(f, "%31s %zu %zu", name_of[narrays], &rows_of[narrays],
	    &cols_of[narrays]) == 3; narrays++) {
		size_t n = rows_of[narrays] * cols_of[narrays];

		golden[narrays] = calloc(n, sizeof(double));
		for (size_t i = 0; golden[narrays] && i < n; i++)
			if (fscanf(f, "%lf", &golden[narrays][i]) != 1) {
				printf("not ok: %s is cut off\n", name_of[narrays]);
				exit(1);
			}
	}
}

/* The array's place in the lists above. */
static int
golden_at(const char *name)
{
	for (int i = 0; i < narrays; i++)
		if (golden[i] && strcmp(name_of[i], name) == 0)
			return i;
	printf("not ok: no %s in the file\n", name);
	exit(1);
}

#endif
